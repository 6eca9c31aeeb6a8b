package form

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// home are the settings of the forms that strangers see.
const home = "/settings/forms"

// builderRoutes are the addresses at which administrators make forms.
func builderRoutes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/forms", Do: list},
		{Pattern: "POST /settings/forms", Do: add},
		{Pattern: "GET /settings/forms/{id}", Do: build},
		{Pattern: "POST /settings/forms/{id}", Do: saveWords},
		{Pattern: "POST /settings/forms/{id}/preview", Do: preview},
		{Pattern: "POST /settings/forms/{id}/order", Do: arrange},
		{Pattern: "POST /settings/forms/{id}/questions", Do: saveQuestion},
		{Pattern: "POST /settings/forms/{id}/delete", Do: remove},
		{Pattern: "GET /settings/forms/{id}/submissions", Do: submissions},
		{Pattern: "POST /settings/forms/{id}/submissions/{submission}", Do: judge},
	}
}

// known is a form in the list.
type known struct {
	Rec    *record.Record
	URL    string
	On     bool
	Counts string
}

// listing is all forms, and the name of one that was refused.
type listing struct {
	Forms []known
	Name  string
	Err   error
}

func list(c *door.Call) error { return (&listing{}).answer(c) }

func (l *listing) answer(c *door.Call) error {
	err := c.AdminRead(func(s *record.Session) error {
		counts, err := countsOf(c, s, "")
		if err != nil {
			return err
		}
		return s.Each(c.Ctx, record.Query{Object: marketing.Forms.Name, Sort: "name"}, func(r *record.Record) error {
			active, said := record.Get(r, marketing.FormActive)
			l.Forms = append(l.Forms, known{Rec: r, URL: home + "/" + r.ID.String(), On: active || !said, Counts: counts.words(c.View, r.ID)})
			return nil
		})
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(l.Err), kit.Page{Title: c.View.T("web.form.forms"), Nav: "/settings", Body: listPage(c.View, l)})
}

// add makes a form that asks what most forms ask.
func add(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	l := &listing{Name: strings.TrimSpace(form.Get("name"))}
	var made value.ID
	act, err := c.AdminWrite("forms.add", func(s *record.Session) error {
		out, err := s.Create(c.Ctx, marketing.Forms.Name, record.With(record.Values{}, marketing.FormName, l.Name))
		made = out.ID
		return err
	})
	if door.Showable(err) {
		l.Err = err
		return l.answer(c)
	}
	if err != nil {
		return err
	}
	return c.Leave(home+"/"+made.String(), c.View.T("web.form.made"), door.Undo(act))
}

// builder is one form while it is made.
type builder struct {
	c        *door.Call
	v        *kit.View
	Rec      *record.Record
	Form     marketing.Form
	On       bool
	Public   string // its address for strangers
	Edit     string // the field whose question is open
	Rows     []question
	Free     []*schema.FieldDef // that it does not ask for yet
	Shown    *sheet             // as strangers see it
	Came     string             // how many submissions there are
	form     url.Values         // what was typed and refused
	Err      error
	controls []parts.Control
	names    *parts.Names
}

// question is one thing that the form asks for.
type question struct {
	marketing.Input
	Known string // what the field is called
	Gone  bool   // leads have no such field any more
	Empty bool   // it offers products, and the form has none
}

func (q question) label() string {
	if q.Label != "" {
		return q.Label
	}
	return q.Known
}

// seen is the order of the questions that the page shows.
func (b *builder) seen() string { return kit.Seen(fieldsOf(b.Form.Inputs)) }

func fieldsOf(list []marketing.Input) []string {
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = x.Field
	}
	return names
}

func (b *builder) URL() string { return home + "/" + b.Rec.ID.String() }

// wordFields are what is said of a form beside its questions.
var wordFields = []string{"name", "title", "intro", "button", "consent", "thanks", "thanks_url", "source", "products", "slug", "sites", "active"}

func build(c *door.Call) error { return (&builder{Edit: c.R.URL.Query().Get("edit")}).answer(c) }

func (b *builder) answer(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.AdminRead(func(s *record.Session) error { return b.load(c, s, id) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(b.Err), kit.Page{Title: b.Form.Name, Nav: "/settings", Body: buildPage(b)})
}

func (b *builder) load(c *door.Call, s *record.Session, id value.ID) (err error) {
	b.c, b.v, b.names = c, c.View, parts.NewNames(s)
	if b.Rec, err = s.Get(c.Ctx, marketing.Forms.Name, id); err != nil {
		return err
	}
	if b.Form, err = marketing.FormOf(b.Rec); err != nil {
		return err
	}
	if b.Form.Products, err = marketing.Offered(c.Ctx, s, b.Rec); err != nil {
		return err
	}
	active, said := record.Get(b.Rec, marketing.FormActive)
	b.On = active || !said
	b.Public = c.Address("/w/" + c.WS.Slug() + "/f/" + url.PathEscape(b.Form.Slug))
	lead := s.Schema().MustObject(sales.Leads.Name)
	b.Rows, b.Free = nil, marketing.Askable(s.Schema())
	for _, in := range b.Form.Inputs {
		q := question{Input: in, Known: in.Field}
		f, ok := lead.Field(in.Field)
		if !ok {
			q.Gone = true
			f = gone(s.Schema(), lead, in.Field)
		}
		if f != nil {
			q.Known = f.Label(b.v.Lang)
		}
		q.Empty = ok && marketing.Offers(f) && len(b.Form.Products) == 0
		b.Rows = append(b.Rows, q)
		b.Free = slices.DeleteFunc(b.Free, func(f *schema.FieldDef) bool { return f.Name == in.Field })
	}
	counts, err := countsOf(c, s, id.String())
	if err != nil {
		return err
	}
	b.Came = counts.words(b.v, id)
	b.Shown = b.sheet(s.Schema(), b.Form)
	b.controls = parts.Controls(b.v, b.Rec, s.Schema().MustObject(marketing.Forms.Name), wordFields, b.form, b.Err)
	for _, x := range b.controls {
		b.names.WantControl(x)
	}
	return b.names.Load(c.Ctx)
}

// gone is a field that was taken away, nil for one that nobody knows any more.
func gone(sc *schema.Schema, o *schema.Object, name string) *schema.FieldDef {
	all := sc.RemovedFields(o)
	if i := slices.IndexFunc(all, func(f *schema.FieldDef) bool { return f.Name == name }); i >= 0 {
		return all[i]
	}
	return nil
}

// sheet is the form as strangers see it, in their language.
func (b *builder) sheet(sc *schema.Schema, f marketing.Form) *sheet {
	x := &sheet{Form: f, Values: url.Values{}, wrong: map[string]string{}, seen: b.v}
	if f.Language != "" {
		seen := *b.v
		seen.Format = i18n.FormatFor(f.Language)
		seen.Lang = seen.Format.Language()
		x.seen = &seen
	}
	x.fill(x.seen, sc)
	return x
}

// saveWords saves what is said of a form beside its questions.
func saveWords(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("forms.change", func(s *record.Session) error {
		v, err := words(c, s, form)
		if err != nil {
			return err
		}
		_, err = s.Update(c.Ctx, marketing.Forms.Name, id, 0, v)
		return err
	})
	return ended(c, &builder{form: form}, err, c.View.T("web.form.saved"), act)
}

// words reads what was typed of a form.
func words(c *door.Call, s *record.Session, form url.Values) (record.Values, error) {
	v, err := parts.ReadAll(c.View, s, parts.Fields(s.Schema().MustObject(marketing.Forms.Name), wordFields...), form, "")
	if lang := form.Get("language"); slices.Contains(i18n.Languages(), lang) {
		record.With(v, marketing.FormLanguage, lang)
	} else if form.Has("language") {
		v[marketing.FormLanguage.Name()] = nil
	}
	return v, err
}

// ended answers a change of a form: what it can show is shown in it.
func ended(c *door.Call, b *builder, err error, text string, act value.ID) error {
	switch {
	case err == nil:
		return c.Leave(home+"/"+c.R.PathValue("id"), text, door.Undo(act))
	case !door.Showable(err):
		return err
	}
	b.Err = err
	return b.answer(c)
}

// preview shows the form as it would be with what is typed, and saves nothing.
func preview(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	b := &builder{}
	err = c.AdminRead(func(s *record.Session) error {
		if err := b.load(c, s, id); err != nil {
			return err
		}
		f := b.Form
		for name, to := range map[string]*string{"name": &f.Name, "title": &f.Title, "intro": &f.Intro, "button": &f.Button, "consent": &f.Consent, "language": &f.Language} {
			if form.Has(name) {
				*to = form.Get(name)
			}
		}
		b.Shown = b.sheet(s.Schema(), f)
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, previewBox(b))
}

// arrange moves a question, or leaves it out.
func arrange(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	text, overtaken := c.View.T("web.form.moved"), false
	act, err := c.AdminWrite("forms.order", func(s *record.Session) error {
		return marketing.SetInputs(c.Ctx, s, id, func(list []marketing.Input) ([]marketing.Input, error) {
			if gone, ok := strings.CutPrefix(form.Get("do"), "drop:"); ok {
				text = c.View.T("web.form.dropped")
				return slices.DeleteFunc(list, func(x marketing.Input) bool { return x.Field == gone }), nil
			}
			ids, by := fieldsOf(list), map[string]marketing.Input{}
			for _, x := range list {
				by[x.Field] = x
			}
			overtaken = kit.Overtaken(form, ids)
			var to []marketing.Input
			for _, field := range kit.Moved(ids, form.Get("do"), form.Get("what"), form["group"]) {
				to = append(to, by[field])
			}
			if to == nil {
				if overtaken {
					return nil, fault.New(fault.Conflict, "web.settings.meanwhile", nil)
				}
				return nil, fault.New(fault.Invalid, "form.bad_input", fault.Args{"field": value.Printable(form.Get("what"))})
			}
			return to, nil
		})
	})
	if overtaken && err == nil {
		c.Warn("web.settings.overtaken")
	}
	return ended(c, &builder{}, err, text, act)
}

// saveQuestion adds a question at the end, or changes one where it stands.
func saveQuestion(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	in := marketing.Input{Field: form.Get("field"), Label: strings.TrimSpace(form.Get("label")), Required: form.Get("required") != ""}
	text := c.View.T("web.form.added")
	act, err := c.AdminWrite("forms.question", func(s *record.Session) error {
		return marketing.SetInputs(c.Ctx, s, id, func(list []marketing.Input) ([]marketing.Input, error) {
			i := slices.IndexFunc(list, func(x marketing.Input) bool { return x.Field == in.Field })
			if i < 0 {
				return append(list, in), nil
			}
			text = c.View.T("web.form.saved")
			in.Was = list[i].Was
			list[i] = in
			return list, nil
		})
	})
	return ended(c, &builder{Edit: in.Field}, err, text, act)
}

// remove deletes a form with what it brought; the leads stay.
func remove(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("forms.delete", func(s *record.Session) error { return s.Delete(c.Ctx, marketing.Forms.Name, id) })
	if err != nil {
		return err
	}
	return c.Leave(home, c.View.T("web.form.deleted"), door.Undo(act))
}

// embed is the line of HTML that shows the form on another page.
func (b *builder) embed() string {
	return `<iframe src="` + templ.EscapeString(b.Public) + `" title="` + templ.EscapeString(b.Form.Name) + `" width="100%" height="` + b.height() + `" style="border:0"></iframe>`
}

// height is about as high as the form is, in pixels.
func (b *builder) height() string {
	high := 240 + 70*len(b.Form.Inputs)
	if b.Form.Consent != "" {
		high += 60
	}
	return strconv.Itoa(high)
}

// blamed are the controls that may show what was refused; a question's has none.
func (b *builder) blamed() []parts.Control {
	if b.form == nil {
		return nil
	}
	return b.controls
}
