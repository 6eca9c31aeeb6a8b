package exchange

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// target is an object that the user may import into.
type target struct{ name, label string }

// newForm is the first step, before there is a file.
type newForm struct {
	v       *kit.View
	targets []target
	object  string
	problem error
}

// choose asks for the object and the file.
func choose(c *door.Call) error {
	return answerNew(c, http.StatusOK, c.R.URL.Query().Get("object"), nil)
}

func targets(c *door.Call, s *record.Session) []target {
	var list []target
	for _, o := range s.Schema().Objects() {
		if door.Kept(o) && !s.Actor().Admin() { // everybody may make views, and nobody brings them along
			continue
		}
		if !o.Hidden && s.Actor().Scope(o, access.Import) != access.None && s.Actor().Can(o, access.Create) {
			list = append(list, target{o.Name, o.Label(c.View.Lang).Many})
		}
	}
	slices.SortStableFunc(list, func(a, b target) int { return usual(a.name) - usual(b.name) })
	return list
}

// usual is where an object stands in the choice: what people bring along most
// often goes first.
func usual(name string) int {
	first := []string{"account", "contact", "lead", "deal", "product"}
	if i := slices.Index(first, name); i >= 0 {
		return i
	}
	return len(first)
}

func answerNew(c *door.Call, status int, object string, problem error) error {
	f := &newForm{v: c.View, object: object, problem: problem}
	if err := c.Read(func(s *record.Session) error {
		f.targets = targets(c, s)
		return nil
	}); err != nil {
		return err
	}
	if f.problem == nil && len(f.targets) == 0 {
		return fault.New(fault.Forbidden, "web.exchange.nowhere", nil)
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.exchange.new"), Nav: "/imports", Body: newPage(f)})
}

// upload streams the file into the store. A file that is no table is refused
// with what to do; nothing is kept of it.
func upload(c *door.Call) error {
	r, err := readUpload(c.R)
	if err == nil {
		var id value.ID
		if id, err = c.WS.Importer().Prepare(c.Ctx, c.Who, r); err == nil {
			return c.Go("/imports/" + id.String() + "?step=file")
		}
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		err = fault.New(fault.TooLarge, "sheet.file_too_large", fault.Args{"limit": exchange.MaxFile >> 20})
	}
	if f, ok := fault.As(err); ok && (f.Kind == fault.Invalid || f.Kind == fault.TooLarge) {
		return answerNew(c, door.Status(err), r.Object, err)
	}
	return err
}

// readUpload reads the form up to its file, which comes last.
func readUpload(r *http.Request) (exchange.Request, error) {
	var out exchange.Request
	form, err := r.MultipartReader()
	if err != nil {
		return out, fault.New(fault.Invalid, "web.bad_form", nil).Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return out, fault.New(fault.Invalid, "web.exchange.no_file", nil)
		}
		if err != nil {
			return out, fault.New(fault.Invalid, "web.bad_form", nil).Because(err)
		}
		switch part.FormName() {
		case "object":
			text, err := io.ReadAll(io.LimitReader(part, 200))
			if err != nil {
				return out, err
			}
			out.Object = string(text)
		case "file":
			out.Name, out.File = fileName(part), part
			if out.Name == "" {
				return out, fault.New(fault.Invalid, "web.exchange.no_file", nil)
			}
			return out, nil
		}
	}
}

// fileName is the file's own name, without what a page could take amiss.
func fileName(part *multipart.Part) string {
	name := path.Base(strings.ReplaceAll(strings.ToValidUTF8(part.FileName(), ""), `\`, "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name))
	for len(name) > 200 {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	if name == "." || name == "/" {
		return ""
	}
	return name
}

func objectLabel(s *record.Session, name, lang string) schema.Label {
	if o, err := s.Object(name); err == nil {
		return o.Label(lang)
	}
	return schema.Label{One: name, Many: name}
}
