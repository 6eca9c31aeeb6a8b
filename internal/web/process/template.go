package process

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/views"
)

// text is a template as its page shows it.
type text struct {
	id                                           value.ID
	name, kind, object, lang, subject, body, err string
	refused                                      error // why it was not saved
	published                                    bool
	objects, kinds                               []choice
	places                                       []choice // placeholders
	find                                         string
	found                                        []choice
	preview                                      *process.Written
}

func showTemplates(c *door.Call) error {
	var list []row
	err := read(c, func(s *record.Session) error {
		return s.Each(c.Ctx, record.Query{Object: process.Templates.Name, Sort: "name"}, func(r *record.Record) error {
			x := row{Name: r.Title(), URL: templatesURL + "/" + r.ID.String(), Tag: c.View.T("web.process.draft"), Color: "amber"}
			kind, _ := record.Get(r, process.TemplateKind)
			object, _ := record.Get(r, process.TemplateObject)
			x.Help = labelOf(kindsOf(c, s), kind)
			if o, ok := s.Schema().Object(object); ok {
				x.Help += " · " + o.Label(c.View.Lang).Many
			}
			if status, _ := record.Get(r, process.TemplateStatus); status == process.Published {
				x.Tag, x.Color = c.View.T("web.process.in_use"), "green"
			}
			list = append(list, x)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.templates"), templatesPage(c.View, list))
}

// kindsOf are the kinds of templates.
func kindsOf(c *door.Call, s *record.Session) []choice {
	var list []choice
	if f, ok := s.Schema().MustObject(process.Templates.Name).Field(process.TemplateKind.Name()); ok {
		for _, o := range f.Options {
			list = append(list, choice{o.Key, f.OptionLabel(o.Key, c.View.Lang)})
		}
	}
	return list
}

func showTemplate(c *door.Call) error { return template(c, http.StatusOK, nil, nil) }

// template shows a template: as it is, or as it was typed.
func template(c *door.Call, status int, form url.Values, refused error) error {
	x := &text{kind: process.MailTemplate, object: "deal", refused: refused, find: c.R.URL.Query().Get("q")}
	if refused != nil {
		x.err = c.View.Said(refused)
	}
	if id, err := c.ID(); err == nil {
		x.id = id
	}
	err := read(c, func(s *record.Session) error {
		if x.id != 0 {
			r, err := s.Get(c.Ctx, process.Templates.Name, x.id)
			if err != nil {
				return err
			}
			x.fill(r)
		}
		if form != nil {
			x.read(form)
		}
		x.objects, x.kinds = business(c.View, s), kindsOf(c, s)
		o, ok := s.Schema().Object(x.object)
		if !ok {
			return nil
		}
		y := &sheet{v: c.View, o: o, schema: s.Schema()}
		x.places = y.places()
		var err error
		if x.id == 0 {
			return nil
		}
		if x.found, err = found(c.Ctx, s, o, x.find, ""); err != nil {
			return err
		}
		return x.show(c, s)
	})
	if err != nil {
		return err
	}
	title := x.name
	if x.id == 0 {
		title = c.View.T("web.process.new_template")
	}
	return page(c, status, title, templatePage(c.View, title, x))
}

// show fills the template for the record that was chosen.
func (x *text) show(c *door.Call, s *record.Session) error {
	id := idOf(c.R.URL.Query(), "record")
	if id == 0 {
		return nil
	}
	r, err := s.Get(c.Ctx, x.object, id)
	if err != nil {
		return err
	}
	w, err := process.Write(c.Ctx, s, x.id, r)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		x.err = c.View.Fault(f)
		return nil
	}
	w.Empty = views.Labels(c.View, s, r.Object, w.Empty)
	x.preview = &w
	return err
}

func (x *text) fill(r *record.Record) {
	x.name, _ = record.Get(r, process.TemplateName)
	x.kind, _ = record.Get(r, process.TemplateKind)
	x.object, _ = record.Get(r, process.TemplateObject)
	x.lang, _ = record.Get(r, process.TemplateLanguage)
	x.subject, _ = record.Get(r, process.TemplateSubject)
	x.body, _ = record.Get(r, process.TemplateBody)
	status, _ := record.Get(r, process.TemplateStatus)
	x.published = status == process.Published
}

func (x *text) read(form url.Values) {
	x.name, x.kind, x.object = strings.TrimSpace(form.Get("name")), form.Get("kind"), form.Get("object")
	x.subject, x.body = form.Get("subject"), strings.ReplaceAll(form.Get("body"), "\r\n", "\n")
	x.published, x.lang = form.Has("published"), form.Get("language")
}

func saveTemplate(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &text{}
	x.read(form)
	id, _ := c.ID()
	err = write(c, "templates.save", func(s *record.Session) error {
		status := process.Draft
		if x.published {
			status = process.Published
		}
		v := record.Values{"name": x.name, "kind": x.kind, "object": x.object, "subject": x.subject, "body": x.body, "language": x.lang, "status": status}
		if id != 0 {
			_, err := s.Update(c.Ctx, process.Templates.Name, id, 0, v)
			return err
		}
		out, err := s.Create(c.Ctx, process.Templates.Name, v)
		id = out.ID
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return template(c, http.StatusUnprocessableEntity, form, f)
	}
	if err != nil {
		return err
	}
	return c.Go(templatesURL + "/" + id.String())
}

// places are the placeholders that a text can have: the record's fields, and
// those of what it links to.
func (x *sheet) places() []choice {
	var list []choice
	for _, f := range x.o.Visible() {
		if f.Name == "id" || f.Name == "version" || len(f.Columns()) == 0 && !f.IsLink() {
			continue
		}
		list = append(list, choice{"{{" + f.Name + "}}", f.Label(x.v.Lang)})
		target := x.target(f)
		if target == nil || f.Many || target.StateList {
			continue
		}
		for _, g := range target.Visible() {
			if g.Name != "id" && g.Name != "version" && !g.IsLink() && !g.Engine && len(g.Columns()) > 0 {
				list = append(list, choice{"{{" + f.Name + "." + g.Name + "}}", x.v.T("web.views.over", "link", f.Label(x.v.Lang), "field", g.Label(x.v.Lang))})
			}
		}
	}
	return list
}

func languages() []string { return i18n.Languages() }

func (x *text) url() string {
	if x.id == 0 {
		return templatesURL + "/new"
	}
	return templatesURL + "/" + x.id.String()
}
