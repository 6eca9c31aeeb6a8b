// Package static holds what browsers load beside the pages: style, scripts,
// fonts and icons. All of it is in the binary, under addresses that change with
// its content, so that browsers keep it for ever.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed css js vendor fonts print icons.svg icon.svg
var files embed.FS

// Path is where the files live.
const Path = "/static/"

// Styles is all of css in one file, in the order of names; Modules loads the
// modules of js, so that an area adds its own by putting it there.
const (
	Styles  = "css/wellmet.css"
	Modules = "js/app.js"
)

// asset is one file, ready to be sent.
type asset struct {
	kind         string
	plain, small []byte // small is gzip; nil where that gains nothing
}

// tree is all files and the hash of them together: one hash for all lets
// modules import one another by relative addresses.
var tree = sync.OnceValue(func() (t struct {
	hash   string
	base   string // of addresses
	assets map[string]asset
}) {
	t.assets = map[string]asset{}
	sum := sha256.New()
	var styles []byte
	var modules loader
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		_, _ = sum.Write([]byte(name))
		_, _ = sum.Write(data)
		switch path.Dir(name) {
		case "css":
			styles = append(styles, squeezed(data)...)
			return nil
		case "js":
			data = trimmed(data)
			modules.add(path.Base(name), data)
		}
		t.assets[name] = newAsset(name, data)
		return nil
	})
	if err != nil {
		panic("static: " + err.Error()) // an embedded tree always reads
	}
	t.assets[Styles], t.assets[Modules] = newAsset(Styles, styles), newAsset(Modules, modules.script())
	t.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	t.base = Path + t.hash + "/"
	return t
})

func newAsset(name string, data []byte) asset {
	a := asset{kind: mime.TypeByExtension(path.Ext(name)), plain: data}
	switch path.Ext(name) {
	case ".js":
		a.kind = "text/javascript; charset=utf-8"
	case ".css":
		a.kind = "text/css; charset=utf-8"
	case ".svg":
		a.kind = "image/svg+xml"
	case ".woff2":
		a.kind = "font/woff2"
		return a // compressed already
	}
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	if w.Close() == nil && b.Len() < len(data) {
		a.small = b.Bytes()
	}
	return a
}

// URL is the address of a file such as "css/wellmet.css".
func URL(name string) string { return tree().base + name }

// Size is how many bytes of a file travel; 0 for one that is not there.
func Size(name string) int {
	a := tree().assets[name]
	if a.small != nil {
		return len(a.small)
	}
	return len(a.plain)
}

// ServeHTTP answers a file. An address of an older version gets the file of
// today, uncached: a page that was loaded before an update goes on working.
func ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Path), "/")
	a, found := tree().assets[name]
	if !found {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if hash == tree().hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	data := a.plain
	if a.small != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		data = a.small
	}
	_, _ = w.Write(data)
}
