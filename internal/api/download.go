package api

import (
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// download streams a file. The headers go out with its first byte: an error
// before is a problem document like any other.
type download struct {
	c           *call
	contentType string
	name        string
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	if !d.c.begun {
		d.c.begun = true
		h := d.c.w.Header()
		h.Set("Content-Type", d.contentType)
		h.Set("Content-Disposition", disposition(d.name))
		d.c.w.WriteHeader(d.c.status)
	}
	return d.c.w.Write(p)
}

// disposition makes a browser save a file rather than show it: what somebody
// uploaded must never run in the name of this site.
func disposition(name string) string {
	if text := mime.FormatMediaType("attachment", map[string]string{"filename": name}); text != "" {
		return text
	}
	return "attachment"
}

// safeName is the last part of a file's name, without what a file system or a
// header could take amiss.
func safeName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || strings.ContainsRune(`/:*?"<>|`, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	for len(name) > 200 {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return name
}

// close sends the headers of a download that had nothing to say.
func (d *download) close() error {
	if d.c.begun {
		return nil
	}
	_, err := d.Write(nil)
	return err
}
