package moving

import (
	"cmp"
	"net/http"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// dialogue asks for what a move lacks, or for what there is to say of a deal's
// end, and then moves.
type dialogue struct {
	m               *moving
	names           *parts.Names
	record          *record.Record
	name, from, to  string
	kind            string   // won or lost when the move ends a deal, disqualified for a lead's end
	texts           []string // why it was refused, where no control says so
	controls        []parts.Control
	closing, opened bool   // asks for all that ends a deal; is on the page already
	beside          string // how a deal that is won says another amount than its lines
	url             string
	way             *process.Transition // of the process that governs the record; nil where none does
	fault           *fault.Error        // why the move was refused
}

// ask answers the dialogue of a move: what ends a deal or a lead, and what the
// process asks for on this way.
func ask(c *door.Call) error {
	m := &moving{c: c, form: c.R.URL.Query()}
	x := &dialogue{m: m}
	err := c.Read(func(s *record.Session) error {
		if err := m.find(s); err != nil {
			return err
		}
		if m.to == nil && closings[m.kind] == nil {
			return errNoState
		}
		if err := s.MayChange(c.Ctx, m.o.Name, m.id); err != nil {
			return err
		}
		return x.load(s, nil)
	})
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Show(kit.Page{Title: x.title(), Nav: "/" + m.o.Plural, Body: x.page()})
	}
	return c.Parts(http.StatusOK, x.dialog())
}

// refused asks for what the move lacks. Where nothing that can be typed would
// mend it, the refusal is all there is to say.
func (m *moving) refused(f *fault.Error) error {
	x := &dialogue{m: m, closing: m.form.Has("closing"), opened: m.form.Has("asked"), fault: f}
	if err := m.c.Read(func(s *record.Session) error { return x.load(s, f) }); err != nil {
		return err
	}
	if said := blamed(f, m.field.Name); said != nil && !x.opened { // nothing that is typed would open the way
		return fault.New(f.Kind, said.Key, said.Args)
	}
	if len(x.controls) == 0 && !x.asks() && !x.opened {
		return f
	}
	if query := m.c.R.URL.RawQuery; query != "" {
		x.url += "?" + query
	}
	switch {
	case !m.c.Fragment():
		return m.c.ShowStatus(http.StatusUnprocessableEntity, kit.Page{Title: x.title(), Nav: "/" + m.o.Plural, Body: x.page()})
	case x.opened:
		return m.c.Parts(http.StatusUnprocessableEntity, x.form())
	}
	return m.c.Parts(http.StatusUnprocessableEntity, x.part())
}

// load prepares the dialogue; f is why the move was refused, nil before it was
// tried.
func (x *dialogue) load(s *record.Session, f *fault.Error) (err error) {
	m := x.m
	if x.record, err = s.Get(m.c.Ctx, m.o.Name, m.id); err != nil {
		return err
	}
	x.url = "/" + m.o.Plural + "/" + m.id.String() + "/move"
	if x.kind, err = m.ends(s); err != nil {
		return err
	}
	x.closing = x.closing || f == nil && closings[x.kind] != nil
	if x.kind == sales.Won {
		x.beside = parts.BesideLines(m.c.View, s.Actor(), x.record)
	}
	if err := x.find(s); err != nil {
		return err
	}
	x.names = parts.NewNames(s)
	x.names.Want(m.field, x.record.Value(m.field))
	x.names.Want(m.field, m.to)
	first := slices.Clone(closings[x.kind]) // the reason before the day
	if x.way != nil {
		for _, a := range x.way.Ask {
			if !slices.Contains(first, a.Field) {
				first = append(first, a.Field)
			}
		}
	}
	for _, name := range first {
		if field, ok := m.o.Field(name); ok {
			x.add(s, field, f)
		}
	}
	for _, field := range m.o.Fields {
		if !slices.Contains(first, field.Name) {
			x.add(s, field, f)
		}
	}
	if err := x.names.Load(m.c.Ctx); err != nil {
		return err
	}
	if i := slices.IndexFunc(x.controls, func(c parts.Control) bool { return c.Error != "" }); i >= 0 {
		x.controls[i].Autofocus = true
	} else if len(x.controls) > 0 {
		x.controls[0].Autofocus = true
	}
	if f != nil && len(f.Fields) == 0 {
		x.texts = append(x.texts, m.c.View.Fault(f))
	}
	if said := blamed(f, m.field.Name); said != nil {
		x.texts = append(x.texts, m.c.View.FieldFault(*said))
	}
	x.name, x.from, x.to = title(m, x.record), m.label(x.names, x.record.Value(m.field)), m.label(x.names, m.to)
	return nil
}

// ends is the kind of stage that the move leads to when it ends a deal.
func (m *moving) ends(s *record.Session) (string, error) {
	stage, ok := m.to.(value.ID)
	if !byStage(m.field) || !ok {
		return m.kind, nil
	}
	r, err := s.Get(m.c.Ctx, sales.Stages.Name, stage)
	if err != nil {
		return "", errNoState
	}
	kind, _ := record.Get(r, sales.StageKind)
	return kind, nil
}

// closings are the fields that say how a deal or a lead ended.
var closings = map[string][]string{
	sales.Disqualified: {sales.LeadLostReason.Name()},
	sales.Won:          {sales.DealWonReason.Name(), sales.DealCloseDate.Name()},
	sales.Lost:         {sales.DealLostReason.Name(), sales.DealCompetitor.Name(), sales.DealCloseDate.Name()},
}

// add puts a field's control into the dialogue when the move was refused for
// it, when it was asked for before, or when it belongs to a deal's end.
func (x *dialogue) add(s *record.Session, field *schema.FieldDef, f *fault.Error) {
	m, name := x.m, input+field.Name
	sent := f != nil && parts.Sent(field, m.form, name)
	ending := x.closing && slices.Contains(closings[x.kind], field.Name)
	blame := blamed(f, field.Name)
	asked := x.asked(field.Name)
	if blame == nil && !sent && !ending && asked == nil || field == m.field || !field.Writable() || !s.Actor().CanWrite(field) {
		return
	}
	control := parts.Control{ID: "mv-" + field.Name, Name: name, Field: field, Value: x.record.Value(field),
		Required: blame != nil || asked != nil && asked.Required || ending && (field.Name == sales.DealCloseDate.Name() || field.Name == sales.DealLostReason.Name())}
	if ending && field.Name == sales.DealCloseDate.Name() {
		control.Value = s.Today()
	}
	if sent {
		control.Refill(m.form)
	}
	switch {
	case blame != nil && (sent || x.opened):
		control.Error = m.c.View.FieldFault(*blame)
	case blame != nil && asked == nil: // nobody was asked for it yet: it is missing, not wrong
		x.texts = append(x.texts, m.c.View.FieldFault(*blame))
	}
	x.names.WantControl(control)
	x.controls = append(x.controls, control)
}

func blamed(f *fault.Error, field string) *fault.Field {
	if f == nil {
		return nil
	}
	for i := range f.Fields {
		if f.Fields[i].Path == field {
			return &f.Fields[i]
		}
	}
	return nil
}

// title of the dialogue: what is to be done, or what it lacks.
func (x *dialogue) title() string {
	if x.closing || x.way != nil {
		return x.verb()
	}
	return x.m.c.View.T("web.moving.needs", "title", x.name, "state", x.to)
}

// verb is what the dialogue's button does.
func (x *dialogue) verb() string {
	switch x.kind {
	case sales.Won:
		return x.m.c.View.T("web.moving.mark_won")
	case sales.Lost:
		return x.m.c.View.T("web.moving.mark_lost")
	case sales.Disqualified:
		return x.m.c.View.T("web.moving.disqualify")
	}
	if x.way != nil && x.way.Key != "" {
		return cmp.Or(x.way.Name, x.way.Label)
	}
	return x.m.c.View.T("web.moving.move", "state", x.to)
}

// kept are the parts of the form that nobody types.
func (x *dialogue) kept() [][2]string {
	kept := [][2]string{{"field", x.m.field.Name}, {"to", x.m.form.Get("to")}, {"asked", "1"}}
	for _, name := range []string{"v", "board"} {
		if x.m.form.Has(name) {
			kept = append(kept, [2]string{name, x.m.form.Get(name)})
		}
	}
	if x.closing {
		kept = append(kept, [2]string{"closing", "1"})
	}
	return kept
}
