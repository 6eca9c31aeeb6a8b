package api

import (
	"compress/gzip"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Headers that every answer carries. What the API sends is data for programs:
// no browser may sniff it, frame it, run it or keep it.
var (
	onlyType   = []string{"nosniff"}
	noScripts  = []string{"default-src 'none'; frame-ancestors 'none'"}
	noReferrer = []string{"no-referrer"}
	sameOrigin = []string{"same-origin"}
	noStore    = []string{"no-store"}
	hsts       = []string{"max-age=31536000"}
	jsonType   = []string{"application/json"}
)

func setHeaders(h http.Header, secure bool) {
	h["X-Content-Type-Options"] = onlyType
	h["Content-Security-Policy"] = noScripts
	h["Referrer-Policy"] = noReferrer
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	h["Cache-Control"] = noStore
	if secure {
		h["Strict-Transport-Security"] = hsts
	}
}

// send writes c.out as the answer.
func (c *call) send() error {
	if c.status == http.StatusNoContent || len(c.out) == 0 && c.status == http.StatusOK {
		c.begun, c.status = true, http.StatusNoContent
		c.w.WriteHeader(c.status)
		return nil
	}
	c.nameRecord()
	return c.sendAs("application/json", c.out)
}

// sendAs writes any bytes as the answer, compressed when that pays.
func (c *call) sendAs(contentType string, content []byte) error {
	h := c.w.Header()
	if h["Content-Type"] = jsonType; contentType != "application/json" {
		h["Content-Type"] = []string{contentType}
	}
	c.begun = true
	if len(content) >= worthZipping {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(c.r) {
			return c.sendZipped(content)
		}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(content))}
	c.w.WriteHeader(c.status)
	_, _ = c.w.Write(content) // a caller who has gone is no error
	return nil
}

// worthZipping is where compressing begins: below, a local network is faster
// than the processor.
const worthZipping = 32 << 10

var zippers = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return z
}}

func (c *call) sendZipped(content []byte) error {
	c.w.Header().Set("Content-Encoding", "gzip")
	c.w.WriteHeader(c.status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(c.w)
	if _, err := z.Write(content); err == nil {
		_ = z.Close()
	}
	return nil
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if (name == "gzip" || name == "*") && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// nameRecord tells the version, and where a new record is, of answers that are
// one record: those begin with id and version.
func (c *call) nameRecord() {
	id, version, ok := recordHead(c.out)
	if !ok {
		return
	}
	c.w.Header()["Etag"] = []string{`"` + version + `"`}
	if c.status == http.StatusCreated {
		c.w.Header().Set("Location", c.r.URL.Path+"/"+id)
	}
}

// recordHead reads {"id":"7","version":3 at the beginning of a record.
func recordHead(b []byte) (id, version string, ok bool) {
	text := string(b[:min(len(b), 64)])
	rest, ok := strings.CutPrefix(text, `{"id":"`)
	if !ok {
		return "", "", false
	}
	id, rest, ok = strings.Cut(rest, `","version":`)
	if !ok {
		return "", "", false
	}
	end := strings.IndexAny(rest, ",}")
	if end < 1 {
		return "", "", false
	}
	return id, rest[:end], true
}

// sendValue answers a Go value. It is for rare and small answers; records are
// written straight from the database.
func (c *call) sendValue(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.out = append(c.out[:0], text...)
	return c.send()
}

// appendText appends "name":"text" to an object that is being written.
func appendText(dst []byte, name, text string) []byte {
	return schema.AppendString(appendName(dst, name), text)
}

// appendName appends the name of the next member, with the comma before it.
func appendName(dst []byte, name string) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '{' && dst[n-1] != '[' {
		dst = append(dst, ',')
	}
	return append(schema.AppendString(dst, name), ':')
}

func appendID(dst []byte, name string, id value.ID) []byte {
	return schema.AppendJSON(appendName(dst, name), id)
}

func appendInt(dst []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendName(dst, name), n, 10)
}

// appendNext begins the next element of a list.
func appendNext(dst []byte) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '[' {
		dst = append(dst, ',')
	}
	return dst
}

func appendQuoted(dst []byte, text string) []byte { return schema.AppendString(dst, text) }

func boolText(yes bool) string { return strconv.FormatBool(yes) }
