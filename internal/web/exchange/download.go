package exchange

import (
	"mime"
	"net/http"
)

// download streams a file; its headers go out with the first byte, so that an
// error before is a page like any other.
type download struct {
	w          http.ResponseWriter
	kind, name string
	begun      bool
}

// Write implements io.Writer.
func (d *download) Write(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		h := d.w.Header()
		h.Set("Content-Type", d.kind)
		h.Set("Cache-Control", "no-store")
		if text := mime.FormatMediaType("attachment", map[string]string{"filename": d.name}); text != "" {
			h.Set("Content-Disposition", text)
		} else {
			h.Set("Content-Disposition", "attachment")
		}
	}
	return d.w.Write(p)
}
