package moving

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// input is before the names of fields that the dialogue asks for.
const input = "f."

// Moved is what a move has done.
type Moved struct {
	Object *schema.Object
	ID     value.ID
	Said   string // what to tell
	Undo   string // the address that takes it back
	// Placed says that the page has put the record in its new place already.
	Placed bool
}

// moving is one record on its way.
type moving struct {
	c      *door.Call
	form   url.Values
	o      *schema.Object
	field  *schema.FieldDef
	id     value.ID
	to     any    // canonical; nil = none
	kind   string // of stage, where the form names no stage
	values record.Values
	said   record.Said
	files  []upload
	moved  Moved
}

// move changes the state of a record, with what the dialogue gave.
func move(c *door.Call, onBoard, onPage Answer) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	m := &moving{c: c, form: form}
	if err := m.receive(); err != nil {
		return err
	}
	err = c.Write(c.R.PathValue("plural")+".move", m.do)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && m.values != nil {
		return m.refused(f)
	}
	switch {
	case err != nil:
		return err
	case !c.Fragment():
		return c.Go("/" + m.o.Plural + "/" + m.id.String())
	case form.Has("board"):
		return onBoard(c, &m.moved)
	}
	return onPage(c, &m.moved)
}

// do moves the record; it may run twice.
func (m *moving) do(s *record.Session) error {
	if err := m.find(s); err != nil {
		return err
	}
	if err := m.readValues(s); err != nil {
		return err
	}
	before, err := s.Get(m.c.Ctx, m.o.Name, m.id)
	if err != nil {
		return err
	}
	if err := m.attach(s); err != nil {
		return err
	}
	if err := m.write(s); err != nil {
		return err
	}
	after, err := s.Get(m.c.Ctx, m.o.Name, m.id)
	if fault.Is(err, fault.NotFound) { // out of one's own sight
		after, err = before, nil
	}
	if err != nil {
		return err
	}
	return m.tell(s, before, after)
}

// find understands which record goes where.
func (m *moving) find(s *record.Session) (err error) {
	m.field, m.values = nil, nil
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
		return errNoField
	}
	m.to, m.kind, err = read(m.field, m.form.Get("to"))
	return err
}

// readValues reads what the dialogue asked for, and tells all that is wrong
// with it at once.
func (m *moving) readValues(s *record.Session) error {
	asked := slices.DeleteFunc(slices.Clone(m.o.Fields), func(f *schema.FieldDef) bool { return f == m.field || !s.Actor().CanWrite(f) })
	values, err := parts.ReadAll(m.c.View, s, asked, m.form, input)
	m.values = values
	return err
}

func (m *moving) write(s *record.Session) error {
	if m.said = said(m.form); !m.said.Zero() {
		m.values[record.SaidKey] = m.said
	}
	version, _ := strconv.ParseInt(m.form.Get("v"), 10, 64)
	defer func() { m.moved = Moved{Object: m.o, ID: m.id, Undo: door.Undo(s.Act()), Placed: m.form.Has("placed")} }()
	stage, named := m.to.(value.ID)
	if byStage(m.field) && (named || m.kind != "") {
		_, err := sales.Move(m.c.Ctx, s, sales.Step{Deal: m.id, Version: max(version, 0), Stage: stage, Kind: m.kind, Values: m.values,
			Close: sales.Close{Note: strings.TrimSpace(m.form.Get("note"))}})
		return err
	}
	if m.kind == sales.Disqualified {
		_, err := sales.Disqualify(m.c.Ctx, s, m.id, max(version, 0), m.values, strings.TrimSpace(m.form.Get("note")))
		return err
	}
	v := record.Values{m.field.Name: m.to}
	maps.Copy(v, m.values)
	_, err := s.Update(m.c.Ctx, m.o.Name, m.id, max(version, 0), v)
	return err
}

// tell says what became of the record.
func (m *moving) tell(s *record.Session, before, after *record.Record) error {
	names := parts.NewNames(s)
	names.Want(m.field, after.Value(m.field))
	if err := names.Load(m.c.Ctx); err != nil {
		return err
	}
	v, was, is := m.c.View, "", ""
	if byStage(m.field) {
		was, _ = record.Get(before, sales.DealStatus)
		is, _ = record.Get(after, sales.DealStatus)
	}
	title, to := title(m, after), m.label(names, after.Value(m.field))
	switch {
	case was != is && is == sales.Won:
		m.moved.Said = v.T("web.moving.won", "title", title)
	case was != is && is == sales.Lost:
		m.moved.Said = v.T("web.moving.lost", "title", title)
	case was != is && is == sales.Open:
		m.moved.Said = v.T("web.moving.reopened", "title", title, "state", to)
	default:
		m.moved.Said = v.T("web.moving.moved", "title", title, "state", to)
	}
	return nil
}

func title(m *moving, r *record.Record) string {
	if t := r.Title(); t != "" {
		return t
	}
	return m.o.Label(m.c.View.Lang).One
}
