package create

import (
	"context"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// form is a new record that is being written.
type form struct {
	Object   *schema.Object
	Title    string
	Names    *parts.Names
	First    []parts.Control
	More     []parts.Control
	Problems []problem
	// Token names this form, so that sending it twice makes one record.
	Token string
	// Into is the id of the combobox that waits for the record.
	Into string
	// Open shows the folded fields; Dirty says that something is typed already.
	Open, Dirty bool

	view    *kit.View
	session *record.Session
	fields  []*schema.FieldDef
	is      sales.Choice        // what the record type chooses for the form
	values  map[string]any      // defaults and prefilled ones, by name
	typed   map[string][]string // after a refusal
	faults  map[string]string
	loose   map[string]string // titles that no record has, of comboboxes of many
	ahead   map[string]bool   // prefilled: shown first
	told    map[string]string // what a field says below itself
	sent    url.Values        // what was typed, nil while nothing is
}

// problem is one thing that is wrong, with the control to mend; "" for none.
type problem struct{ ID, Label, Text string }

// The form's own inputs begin with an underscore, which no field does.
const intoName = "_into"

func newForm(c *door.Call, s *record.Session, o *schema.Object) *form {
	f := &form{Object: o, view: c.View, session: s, Names: parts.NewNames(s), fields: askable(s, o), Token: door.Token(nil),
		Title:  c.View.T("web.create.title", "object", parts.InSentence(o.Label(c.View.Lang).One)),
		values: map[string]any{}, faults: map[string]string{}, loose: map[string]string{}, ahead: map[string]bool{}}
	for _, field := range f.fields {
		if v := startValue(s, field); v != nil {
			f.values[field.Name] = v
		}
	}
	return f
}

// startValue is what a field begins with.
func startValue(s *record.Session, f *schema.FieldDef) any {
	if f.Name == "owner" {
		return s.Actor().Member()
	}
	if f.Default == "" {
		return nil
	}
	if f.Default[0] != '=' {
		v, err := f.Parse(f.Default, &schema.Env{Currency: s.Settings().Currency, Region: s.Settings().Region})
		if err != nil {
			return nil
		}
		return v
	}
	e, err := expr.Check(f.Default[1:], s.Scope(f.Object), expr.Type{})
	if err != nil {
		return nil // the engine knows names that the actor does not
	}
	v, err := e.Eval(blank{}, s.Env())
	if err != nil || v == nil {
		return nil
	}
	if v, err = f.Check(v, s.StoreEnv()); err != nil {
		return nil
	}
	return v
}

// blank is a record of which nothing is known yet.
type blank struct{}

func (blank) Get(expr.Field) any               { return nil }
func (blank) Link(expr.Field) (expr.Row, bool) { return nil, false }
func (blank) Children(expr.Back) []expr.Row    { return nil }

// own takes the form's own inputs.
func (f *form) own(values url.Values) {
	f.Token = door.Token(values)
	f.Into = values.Get(intoName)
}

// prefill takes what the address says of fields; "text" is of the title, as a
// combobox sends it.
func (f *form) prefill(query url.Values) {
	f.Into = query.Get("into")
	if text := query.Get("text"); text != "" && !query.Has(f.Object.Title) {
		query.Set(f.Object.Title, text)
	}
	for _, field := range f.fields {
		if !parts.Sent(field, query, field.Name) {
			continue
		}
		f.ahead[field.Name] = true
		v, err := parts.Read(f.view, f.session, field, query, field.Name)
		if err != nil {
			f.blame(err)
			f.retype(field, query)
			continue
		}
		f.values[field.Name] = v
	}
}

func (f *form) retype(field *schema.FieldDef, from url.Values) {
	if f.typed == nil {
		f.typed = map[string][]string{}
	}
	f.typed[field.Name] = parts.Typed(field, from, field.Name)
}

// keep remembers everything that was typed.
func (f *form) keep(values url.Values) {
	f.Dirty, f.sent = true, values
	f.own(values)
	for _, field := range f.fields {
		if parts.Sent(field, values, field.Name) {
			f.retype(field, values)
			f.loose[field.Name] = values.Get(field.Name + ".text")
		}
	}
}

// blame puts what is wrong at its fields.
func (f *form) blame(err error) {
	e, ok := fault.As(err)
	if !ok {
		return
	}
	for _, x := range e.Fields {
		if f.faults[x.Path] == "" {
			f.faults[x.Path] = f.view.FieldFault(f.localized(x))
		}
	}
	if len(e.Fields) == 0 {
		f.faults[""] = f.view.Fault(err)
	}
}

// localized calls the field by its name in the user's language.
func (f *form) localized(x fault.Field) fault.Field {
	if field, ok := f.Object.Field(x.Path); ok && x.Args["field"] != nil {
		args := fault.Args{}
		for k, v := range x.Args {
			args[k] = v
		}
		args["field"] = field.Label(f.view.Lang)
		x.Args = args
	}
	return x
}

// finish makes the controls and loads the titles of what they link to.
func (f *form) finish(ctx context.Context) error {
	f.fields = f.adapted()
	if err := f.ofType(ctx); err != nil {
		return err
	}
	first, more := arrange(f.Object, f.fields, f.is)
	more = slices.DeleteFunc(more, func(field *schema.FieldDef) bool {
		if f.ahead[field.Name] {
			first = append(first, field)
		}
		return f.ahead[field.Name]
	})
	f.First, f.More = f.controls(first), f.controls(more)
	if len(f.First) > 0 && len(f.faults) == 0 && !f.Dirty {
		f.First[f.focus()].Autofocus = true
	}
	f.Open = slices.ContainsFunc(f.More, func(c parts.Control) bool { return c.Error != "" })
	f.summarize()
	for _, c := range slices.Concat(f.First, f.More) {
		f.Names.WantControl(c)
	}
	return f.Names.Load(ctx)
}

// adapted leaves out what the chosen option of the adapting field hides.
func (f *form) adapted() []*schema.FieldDef {
	a, ok := adapting[f.Object.Name]
	if !ok {
		return f.fields
	}
	chosen, _ := f.values[a.field].(string)
	if typed := f.typed[a.field]; len(typed) > 0 {
		chosen = typed[0]
	}
	return slices.DeleteFunc(slices.Clone(f.fields), func(x *schema.FieldDef) bool { return slices.Contains(a.hides[chosen], x.Name) })
}

// focus is the first control that waits to be filled.
func (f *form) focus() int {
	for i, c := range f.First {
		if value.IsEmpty(c.Value) {
			return i
		}
	}
	return 0
}

func (f *form) controls(fields []*schema.FieldDef) []parts.Control {
	out := make([]parts.Control, len(fields))
	for i, field := range fields {
		typed := f.typed[field.Name]
		if f.typed != nil && f.Dirty && typed == nil {
			typed = []string{}
		}
		if told := f.told[field.Name]; told != "" {
			saying := *field
			saying.Help, field = told, &saying
		}
		out[i] = parts.Control{ID: f.id(field.Name), Name: field.Name, Field: field, Value: f.values[field.Name], Typed: typed,
			Error: f.faults[field.Name], Unresolved: f.loose[field.Name], Required: field.Required, Attrs: f.hints(field)}
	}
	return out
}

// id is a control's, unlike those of a form below.
func (f *form) id(name string) string { return "n" + f.Token[:6] + "-" + name }

// hints makes the controls that tell a record apart ask whether it is there
// already.
func (f *form) hints(field *schema.FieldDef) templ.Attributes {
	if adapting[f.Object.Name].field == field.Name || field.Name == sales.DealType.Name() && sales.Typed(f.Object) {
		return templ.Attributes{"hx-post": "/" + f.Object.Plural + "/new?adapt=1", "hx-trigger": "change", "hx-target": "closest form", "hx-swap": "outerHTML"}
	}
	if !tells(f.Object, field) {
		return nil
	}
	return templ.Attributes{"hx-get": "/" + f.Object.Plural + "/duplicates", "hx-trigger": "input changed delay:400ms",
		"hx-target": "#" + f.id("-there"), "hx-swap": "innerHTML"}
}

// summarize lists what is wrong, in the order of the form.
func (f *form) summarize() {
	known := map[string]bool{}
	for _, c := range slices.Concat(f.First, f.More) {
		known[c.Name] = true
		if c.Error != "" {
			f.Problems = append(f.Problems, problem{c.ID, c.Field.Label(f.view.Lang), c.Error})
		}
	}
	for name, text := range f.faults {
		if known[name] {
			continue
		}
		label := ""
		if field, ok := f.Object.Field(name); ok && f.session.Sees(field) {
			label = field.Label(f.view.Lang)
		}
		f.Problems = append(f.Problems, problem{"", label, text})
	}
}

// Loose reports whether something is wrong that no control shows.
func (f *form) Loose() bool {
	return slices.ContainsFunc(f.Problems, func(p problem) bool { return p.ID == "" })
}
