package process

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// trial is a blueprint or rule tried on a real record, of which nothing stays.
type trial struct {
	text     string
	found    []choice
	record   value.ID
	title    string
	state    string
	to, as   string
	form     url.Values
	wanted   []string // paths that the try lacked
	controls []parts.Control
	points   []process.Check
	names    *parts.Names
	out      *process.Rehearsal
}

func (t *trial) ticked(key string) bool { return slices.Contains(t.form["check"], key) }

// pick finds the records to choose from, and the one that is chosen. Those that
// the condition holds for come first; to a rule others may be given too, which
// it leaves as they are.
func (t *trial) pick(c *door.Call, s *record.Session, x *sheet) (err error) {
	t.names = parts.NewNames(s)
	filter := ""
	if x.when != "" {
		if e, err := s.Check(x.o, x.when, expr.Bool); err == nil && e.Refusal() == nil {
			filter = x.when
		}
	}
	if t.found, err = found(c.Ctx, s, x.o, t.text, filter); err != nil {
		return err
	}
	if left := mostFound - len(t.found); filter != "" && x.field == nil && left > 0 {
		others, err := found(c.Ctx, s, x.o, t.text, "not ("+filter+")")
		if err != nil {
			return err
		}
		t.found = append(t.found, others[:min(left, len(others))]...)
	}
	if t.record == 0 {
		return nil
	}
	r, err := s.Get(c.Ctx, x.o.Name, t.record)
	if err != nil {
		return err
	}
	t.title = cmp.Or(r.Title(), x.o.Label(x.v.Lang).One)
	if x.field != nil {
		if v := r.Value(x.field); v != nil {
			t.state = schema.Neutral(v)
		}
	}
	return nil
}

func showTest(c *door.Call) error {
	q := c.R.URL.Query()
	return testing(c, &trial{text: q.Get("q"), record: idOf(q, "record"), to: q.Get("to"), form: url.Values{}}, false)
}

func runTest(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return testing(c, &trial{record: idOf(form, "record"), to: form.Get("to"), as: form.Get("as"), form: form}, true)
}

// testing shows the page, with what came of a try.
func testing(c *door.Call, t *trial, try bool) error {
	var x *sheet
	do := func(s *record.Session) (err error) {
		if x, err = load(c, s, ""); err != nil {
			return err
		}
		if err = t.pick(c, s, x); err != nil || !try {
			return err
		}
		step := process.Step{ID: t.record, To: t.to, Said: record.Said{Note: t.form.Get("note"), Reason: t.form.Get("reason"), Checked: t.form["check"]}, Values: record.Values{}}
		for _, f := range x.o.Fields {
			if !parts.Sent(f, t.form, "f."+f.Name) {
				continue
			}
			v, err := parts.Read(c.View, s, f, t.form, "f."+f.Name)
			if err != nil {
				return err
			}
			step.Values[f.Name] = v
		}
		if t.out, err = c.WS.Process().Rehearse(c.Ctx, s, x.r.ID, idOf(t.form, "as"), step); err != nil {
			return err
		}
		t.want(x)
		return t.names.Load(c.Ctx)
	}
	run := read
	if try { // in a transaction, of which nothing stays
		run = func(c *door.Call, do func(*record.Session) error) error { return write(c, "process.test", do) }
	}
	err := run(c, do)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && x != nil {
		t.out, err = &process.Rehearsal{Refused: c.View.Said(f)}, nil
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.test"), testPage(x, t))
}

// want asks for what the try lacked.
func (t *trial) want(x *sheet) {
	for _, f := range t.out.Fields {
		t.wanted = append(t.wanted, f.Path)
	}
	for i := range x.def.Moves {
		m := &x.def.Moves[i]
		if m.To != t.to || len(m.From) > 0 && !slices.Contains(m.From, t.state) {
			continue
		}
		t.points = append(t.points, m.Checklist...)
		for _, a := range m.Ask {
			if f, ok := x.o.Field(a.Field); ok {
				c := parts.Control{ID: "t-" + f.Name, Name: "f." + f.Name, Field: f}
				if parts.Sent(f, t.form, c.Name) {
					c.Typed = parts.Typed(f, t.form, c.Name)
				}
				t.names.WantControl(c)
				t.controls = append(t.controls, c)
			}
		}
	}
}

// changed says what would be written to a record.
func (x *sheet) changed(r process.Rehearsed) string {
	o, ok := x.schema.Object(r.Object)
	if !ok {
		return r.Title
	}
	one := o.Label(x.v.Lang).One
	if r.Kind == "create" {
		return x.v.T("web.process.would_make", "object", one, "title", r.Title)
	}
	var fields []string
	for _, c := range r.Changes {
		f, ok := o.Field(c.Field)
		if !ok {
			f, ok = o.FieldByID(c.Field)
		}
		if ok && !f.Engine {
			fields = append(fields, f.Label(x.v.Lang))
		}
	}
	return x.v.T("web.process.would_change", "object", one, "title", r.Title, "fields", x.v.List(fields))
}
