package board

import (
	"context"
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// input is before the names of fields that a refused move asks for.
const input = "f."

// moving is one card on its way to another column.
type moving struct {
	c      *door.Call
	form   url.Values
	o      *schema.Object
	field  *schema.FieldDef
	id     value.ID
	to     any // canonical; nil = none
	v      int64
	values record.Values // what the move was found to lack
	act    value.ID
}

// move puts a record into another column: one way for drag, keys and menu, and
// for the record's own page.
func move(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	m := &moving{c: c, form: form}
	err = c.Write(c.R.PathValue("plural")+".move", func(s *record.Session) error {
		if err := m.read(s); err != nil {
			return err
		}
		return m.do(s)
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && m.values != nil {
		return m.refused(f)
	}
	if err != nil {
		return err
	}
	if form.Get("board") == "" {
		return c.Go("/" + m.o.Plural + "/" + m.id.String())
	}
	return m.answer()
}

// read understands the form.
func (m *moving) read(s *record.Session) (err error) {
	m.field, m.values = nil, nil // the transaction may run twice
	if m.o, err = m.c.Object(s); err != nil {
		return err
	}
	if m.id, err = m.c.ID(); err != nil {
		return err
	}
	for _, f := range States(s, m.o) {
		if f.Name == m.form.Get("field") || m.field == nil && m.form.Get("field") == "" {
			m.field = f
		}
	}
	if m.field == nil {
		return errNoBoard
	}
	m.v, _ = strconv.ParseInt(m.form.Get("v"), 10, 64)
	if m.to, err = m.target(); err != nil {
		return err
	}
	m.values = record.Values{}
	for name := range m.form {
		f, ok := m.o.Field(trimmed(name))
		if !ok || trimmed(name) == "" || f == m.field || !s.Actor().CanWrite(f) {
			continue
		}
		if m.values[f.Name], err = parts.Read(m.c.View, s, f, m.form, name); err != nil {
			return err
		}
	}
	return nil
}

// trimmed is the field that a control is for, "" when it is for none.
func trimmed(name string) string {
	if len(name) > len(input) && name[:len(input)] == input {
		return name[len(input):]
	}
	return ""
}

func (m *moving) target() (any, error) {
	key := m.form.Get("to")
	if key == none {
		return nil, nil
	}
	if m.field.IsLink() {
		id, err := value.ParseID(key)
		if err != nil {
			return nil, errNoColumn
		}
		return id, nil
	}
	if _, ok := m.field.Option(key); !ok {
		return nil, errNoColumn
	}
	return key, nil
}

// do moves the record. What a deal's stages mean is the sales room's.
func (m *moving) do(s *record.Session) error {
	ctx, version := m.c.Ctx, m.v
	defer func() { m.act = s.Act() }()
	stage, ok := m.to.(value.ID)
	if m.field.ID != sales.DealStage.ID() || !ok {
		v := record.Values{m.field.Name: m.to}
		for name, x := range m.values {
			v[name] = x
		}
		_, err := s.Update(ctx, m.o.Name, m.id, version, v)
		return err
	}
	reason, _ := m.values[sales.DealLostReason.Name()].(string)
	competitor, _ := m.values[sales.DealCompetitor.Name()].(string)
	if others := m.others(); len(others) > 0 {
		out, err := s.Update(ctx, m.o.Name, m.id, version, others)
		if err != nil {
			return err
		}
		version = out.Version
	}
	return moveDeal(ctx, s, m.id, stage, version, sales.Close{Reason: reason, Competitor: competitor})
}

// others are the fields that were asked for and have nothing to do with
// closing.
func (m *moving) others() record.Values {
	v := record.Values{}
	for name, x := range m.values {
		if name != sales.DealLostReason.Name() && name != sales.DealCompetitor.Name() {
			v[name] = x
		}
	}
	return v
}

// moveDeal closes, reopens or moves a deal, as the stages are.
func moveDeal(ctx context.Context, s *record.Session, id, stage value.ID, version int64, how sales.Close) error {
	deal, err := s.Get(ctx, sales.Deals.Name, id)
	if err != nil {
		return err
	}
	to, err := s.Get(ctx, sales.Stages.Name, stage)
	if err != nil {
		return errNoColumn
	}
	kind, _ := record.Get(to, sales.StageKind)
	status, _ := record.Get(deal, sales.DealStatus)
	var out record.Outcome
	switch {
	case kind == sales.Won && status == sales.Open:
		out, err = sales.Win(ctx, s, id, version, how)
	case kind == sales.Lost && status == sales.Open:
		out, err = sales.Lose(ctx, s, id, version, how)
	case kind == sales.Open && status != sales.Open && status != "":
		out, err = sales.Reopen(ctx, s, id, version)
	case kind == sales.Lost && how.Reason != "":
		v := record.With(record.With(record.Values{}, sales.DealStage, stage), sales.DealLostReason, how.Reason)
		_, err = s.Update(ctx, sales.Deals.Name, id, version, v)
		return err
	default:
		_, err = sales.Move(ctx, s, id, stage, version)
		return err
	}
	if err != nil {
		return err
	}
	_, err = sales.Move(ctx, s, id, stage, out.Version) // there may be several stages of a kind
	return err
}

// answer brings the figures of the columns, the card and the way back.
func (m *moving) answer() error {
	var b *board
	var x card
	var to *column
	err := m.c.Read(func(s *record.Session) (err error) {
		if b, err = open(m.c, s, m.o); err != nil {
			return err
		}
		r, err := s.Get(m.c.Ctx, m.o.Name, m.id)
		if err != nil {
			return err
		}
		if to = b.columnOf(r.Value(b.field)); to == nil {
			return errNoColumn
		}
		p, err := s.Query(m.c.Ctx, record.Query{Object: m.o.Name, Filter: `id = "` + m.id.String() + `"`, Fields: b.cardFields(), Limit: 1})
		if err == nil && len(p.Records) == 1 {
			r = p.Records[0]
		}
		x = b.card(r, to)
		return err
	})
	if err != nil {
		return err
	}
	return m.c.Parts(200, b.moved(&x, to, m.form.Get("placed") != "", door.Undo(m.act)))
}

// refusal is a move that lacks something.
type refusal struct {
	name, text, from string
	to               *column
	url              string
	controls         []templ.Component
	hidden           [][2]string
}

// refused asks for just what the move lacks; a move that lacks nothing that
// could be typed is told why it cannot be.
func (m *moving) refused(f *fault.Error) error {
	var b *board
	r := &refusal{text: m.c.View.Fault(f), hidden: [][2]string{{"field", m.field.Name}, {"to", m.form.Get("to")}, {"v", m.form.Get("v")}, {"board", m.form.Get("board")}}}
	err := m.c.Read(func(s *record.Session) (err error) {
		if b, err = open(m.c, s, m.o); err != nil {
			return err
		}
		if r.to, err = b.column(m.form.Get("to")); err != nil {
			return err
		}
		rec, err := s.Get(m.c.Ctx, m.o.Name, m.id)
		if err != nil {
			return err
		}
		r.name = rec.Title()
		if from := b.columnOf(rec.Value(m.field)); from != nil {
			r.from = from.Label
		}
		return m.ask(s, rec, f, r)
	})
	if err != nil {
		return err
	}
	if len(r.controls) == 0 {
		return f
	}
	r.url = "/" + m.o.Plural + "/" + m.id.String() + "/move?" + b.query()
	return m.c.Parts(422, b.needs(r))
}

// ask makes the controls: of the fields that were refused, and of those that
// were answered before.
func (m *moving) ask(s *record.Session, rec *record.Record, f *fault.Error, r *refusal) error {
	names := parts.NewNames(s)
	wrong := map[string]string{}
	for _, x := range f.Fields {
		wrong[x.Path] = m.c.View.FieldFault(x)
	}
	for _, field := range m.o.Fields {
		text, refused := wrong[field.Name]
		_, answered := m.values[field.Name]
		if !refused && !answered || field == m.field || !field.Writable() || !s.Actor().CanWrite(field) {
			continue
		}
		name := input + field.Name
		if !parts.Sent(field, m.form, name) {
			text = ""
		}
		control := parts.Control{ID: "need-" + field.Name, Name: name, Field: field, Value: rec.Value(field),
			Error: text, Autofocus: len(r.controls) == 0, Required: refused}
		if parts.Sent(field, m.form, name) {
			control.Typed = parts.Typed(field, m.form, name)
		}
		names.WantControl(control)
		r.controls = append(r.controls, parts.Labeled(m.c.View, names, control))
	}
	return names.Load(m.c.Ctx)
}
