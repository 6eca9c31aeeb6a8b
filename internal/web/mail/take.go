package mail

import (
	"bytes"
	"cmp"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/mail"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/activity"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// intake is what was brought and what became of it.
type intake struct {
	About   []schema.Ref
	Title   string // of the one record that it is about
	Source  string // that was pasted
	Mails   []brought
	Problem string
	Names   *parts.Names
	// Contacts and Leads say that the actor may make some.
	Contacts, Leads bool
}

// brought is one message.
type brought struct {
	File    string // name, "" when pasted
	Message *mail.Message
	Kept    mail.Kept
	Problem string
	act     value.ID
}

// ask shows where mails are chosen or pasted.
func ask(c *door.Call) error {
	x := &intake{}
	err := c.Read(func(s *record.Session) error {
		if err := may(c, s); err != nil {
			return err
		}
		return x.target(c, s, c.R.URL.Query())
	})
	if err != nil {
		return err
	}
	return show(c, http.StatusOK, x)
}

func show(c *door.Call, status int, x *intake) error {
	if c.Fragment() {
		return c.Parts(status, takeDialog(c.View, x))
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.mail.title"), Nav: "/activities", Body: takePage(c.View, x)})
}

func may(c *door.Call, s *record.Session) error {
	o := s.Schema().MustObject(room.Activities.Name)
	if !s.Actor().Can(o, access.Create) {
		return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": o.Label(c.View.Lang).One})
	}
	return nil
}

// target reads about which record it is to be.
func (x *intake) target(c *door.Call, s *record.Session, form url.Values) error {
	for _, text := range form["about"] {
		ref, err := schema.ParseRef(text)
		if err != nil {
			continue
		}
		r, err := s.Get(c.Ctx, ref.Object, ref.ID)
		if err != nil {
			return err
		}
		x.About, x.Title = append(x.About, ref), r.Title()
	}
	return nil
}

// take keeps the messages of a form, each as an act of its own: one that is
// broken holds up none of the others.
func take(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &intake{Source: form.Get("source")}
	if err := c.Read(func(s *record.Session) error {
		if err := may(c, s); err != nil {
			return err
		}
		contacts, err := s.Object("contact")
		x.Contacts = err == nil && s.Actor().Can(contacts, access.Create)
		if x.Leads, err = takesLeads(c, s); err != nil {
			return err
		}
		return x.target(c, s, form)
	}); err != nil {
		return err
	}
	if err := x.read(c); err != nil {
		return err
	}
	for i := range x.Mails {
		if err := x.keep(c, &x.Mails[i]); err != nil {
			return err
		}
	}
	return x.answer(c)
}

// read takes the messages out of the request.
func (x *intake) read(c *door.Call) error {
	if strings.TrimSpace(x.Source) != "" {
		x.Mails = append(x.Mails, parsed("", []byte(x.Source), c.View))
	}
	if c.R.MultipartForm != nil {
		files := c.R.MultipartForm.File["file"]
		for _, h := range files[:min(len(files), mostMails)] {
			source, err := content(h)
			if err != nil {
				return err
			}
			x.Mails = append(x.Mails, parsed(h.Filename, source, c.View))
		}
		if len(files) > mostMails {
			x.Problem = c.View.T("web.mail.too_many", "count", mostMails)
		}
	}
	if len(x.Mails) == 0 {
		x.Problem = c.View.T("web.mail.nothing")
	}
	return nil
}

func content(h *multipart.FileHeader) ([]byte, error) {
	f, err := h.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, mail.MaxSize+1))
}

func parsed(name string, source []byte, v *kit.View) brought {
	b := brought{File: name}
	m, err := mail.Read(source)
	if err != nil {
		b.Problem = v.Fault(err)
		return b
	}
	b.Message = m
	return b
}

// keep stores the files of a message, then the message. Of two who bring the
// same one at once, the later finds it on the second try.
func (x *intake) keep(c *door.Call, b *brought) error {
	if b.Message == nil {
		return nil
	}
	var files []mail.Upload
	for _, f := range b.Message.Files {
		blob, err := c.WS.Engine().Upload(c.Ctx, bytes.NewReader(f.Content))
		if err != nil {
			return err
		}
		files = append(files, mail.Upload{Name: f.Name, Blob: blob})
	}
	var err error
	for range 3 {
		err = c.Write("mail.keep", func(s *record.Session) (err error) {
			b.Kept, err = mail.Keep(c.Ctx, s, b.Message, x.About, files)
			b.act = s.Act()
			return err
		})
		if !mail.Clashed(err) {
			break
		}
	}
	if f, ok := fault.As(err); ok {
		b.Problem = c.View.Fault(err)
		if len(f.Fields) > 0 {
			b.Problem = c.View.FieldFault(f.Fields[0])
		}
		return nil
	}
	return err
}

// answer tells what became of each: in a word where all is well, at length
// where something is left to do.
func (x *intake) answer(c *door.Call) error {
	status := http.StatusOK
	if !x.any() {
		status = http.StatusUnprocessableEntity
	}
	if err := x.names(c); err != nil {
		return err
	}
	if !c.Fragment() {
		return c.ShowStatus(status, kit.Page{Title: c.View.T("web.mail.title"), Nav: "/activities", Body: takePage(c.View, x)})
	}
	var answer []templ.Component
	if len(x.About) == 1 && x.any() {
		var err error
		if answer, err = activity.Touched(c, x.About[0].String()); err != nil {
			return err
		}
	}
	if text, undo, plain := x.said(c.View); plain {
		return c.Parts(status, append(answer, kit.ToastPart(c.View, text, undo))...)
	}
	return c.Parts(status, append(answer, resultDialog(c.View, x))...)
}

// said is what became of a single message without anything left to do.
func (x *intake) said(v *kit.View) (text, undo string, plain bool) {
	if len(x.Mails) != 1 || x.Mails[0].Problem != "" || x.Problem != "" {
		return "", "", false
	}
	b := x.Mails[0]
	if len(b.Kept.Strangers) > 0 && (x.Contacts || x.Leads) || b.Message.Damaged || b.Message.Cut {
		return "", "", false
	}
	return b.state(v), door.Undo(b.act), true
}

func (x *intake) any() bool {
	for _, b := range x.Mails {
		if b.Problem == "" {
			return true
		}
	}
	return false
}

// state is what became of a message.
func (b brought) state(v *kit.View) string {
	switch {
	case b.Kept.Added:
		return v.T("web.mail.added", "subject", b.subject(v))
	case b.Kept.Known:
		return v.T("web.mail.known", "subject", b.subject(v))
	case len(b.Kept.About) == 0:
		return v.T("web.mail.alone", "subject", b.subject(v))
	}
	return v.T("web.mail.kept", "subject", b.subject(v))
}

func (b brought) subject(v *kit.View) string {
	if b.Message == nil {
		return cmp.Or(b.File, v.T("web.mail.pasted"))
	}
	return cmp.Or(b.Message.Subject, v.T("web.mail.no_subject"))
}

// names loads the titles of the records that the messages are about.
func (x *intake) names(c *door.Call) error {
	return c.Read(func(s *record.Session) error {
		x.Names = parts.NewNames(s)
		f, _ := s.Schema().MustObject(room.Activities.Name).Field(room.Targets.Name())
		for _, b := range x.Mails {
			x.Names.Want(f, b.Kept.About)
		}
		return x.Names.Load(c.Ctx)
	})
}

// createContact is the address of the form that makes a contact of a stranger.
func createContact(a mail.Address) string {
	return "/contacts/new?" + url.Values{"name": {called(a)}, "email": {a.Email}}.Encode()
}

// called is how a stranger is called until somebody knows better.
func called(a mail.Address) string {
	local, _, _ := strings.Cut(a.Email, "@")
	return cmp.Or(a.Name, local)
}

// headLabel is the name of a line above a mail's text.
func headLabel(v *kit.View, name string) string {
	switch name {
	case "From":
		return v.T("web.mail.from")
	case "To":
		return v.T("web.mail.to")
	case "Cc":
		return v.T("web.mail.cc")
	}
	return v.T("web.mail.files")
}

// long is how much of a mail is shown without unfolding it.
const long = 900

func isLong(text string) bool { return len(text) > long || strings.Count(text, "\n") > 14 }
