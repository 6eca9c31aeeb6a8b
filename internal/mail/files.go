package mail

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/jhillyerd/enmime/v2"
)

// files takes what came along: attachments, named parts inside the text, and
// other parts that are no text.
func (m *Message) files(env *enmime.Envelope) {
	for _, p := range slices.Concat(env.Attachments, env.Inlines, env.OtherParts) {
		if len(p.Content) == 0 || !attached(p) {
			continue
		}
		if len(m.Files) == maxFiles {
			m.Cut = true
			return
		}
		m.Files = append(m.Files, File{Name: m.fileName(p), Content: p.Content})
	}
}

// attached reports whether a part is a file of its own: the reports and
// signatures that programs add are not.
func attached(p *enmime.Part) bool {
	switch p.ContentType {
	case "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature", "message/delivery-status", "text/rfc822-headers":
		return false
	}
	return p.FileName != "" || p.Disposition == "attachment" || !strings.HasPrefix(p.ContentType, "text/")
}

// extensions are those of parts without a name; the system's table would make
// them differ from machine to machine.
var extensions = map[string]string{"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "application/pdf": ".pdf", "text/plain": ".txt",
	"text/html": ".html", "text/calendar": ".ics", "message/rfc822": ".eml", "application/zip": ".zip"}

// fileName is the name that the part says, without folders, or a number.
func (m *Message) fileName(p *enmime.Part) string {
	name := strings.ReplaceAll(p.FileName, `\`, "/")
	if decoded, err := new(mime.WordDecoder).DecodeHeader(name); err == nil {
		name = decoded
	}
	name = line(name[strings.LastIndex(name, "/")+1:], 120)
	if name == "" || strings.Trim(name, ".") == "" {
		name = "file-" + strconv.Itoa(len(m.Files)+1) + extensions[p.ContentType]
	}
	return name
}
