package record

import (
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// lineNames are what a line shows, in its order; lineInputs what is typed.
var (
	lineNames  = []string{"product", "description", "quantity", "unit_price", "discount", "tax_rate", "billing", "periods", "amount"}
	totalNames = []string{"once_total", "yearly_recurring", "net_total", "tax_total", "gross_total", "total"}
)

// lined are the objects whose lines are edited on their page, by the lines and
// their link: those of a deal, and those of a contract as they were sold.
var lined = map[string]schema.Field[value.ID]{sales.Deals.Name: sales.LineDeal, commerce.Contracts.Name: commerce.LineContract}

// linesOf is the object of the record's lines, "" where it has none.
func (m *model) linesOf() string {
	switch m.o.Name {
	case sales.Deals.Name:
		return sales.DealLines.Name
	case commerce.Contracts.Name:
		return commerce.Lines.Name
	}
	return ""
}

// fixedLines reports whether the lines stay as they are: those of a contract
// that has left draft.
func (m *model) fixedLines() bool {
	state, _ := m.r.Field(commerce.ContractState.Name()).(string)
	return m.o.Name == commerce.Contracts.Name && state != commerce.Draft
}

// maxLines is how many lines of a record are shown.
const maxLines = 500

// lineList is what a deal or a contract sells.
type lineList struct {
	m       *model
	o       *schema.Object
	columns []*schema.FieldDef
	rows    []*record.Record
	totals  []*schema.FieldDef
	change  bool
	add     bool
}

// lineEdit is a line while it is edited; a new one has no record.
type lineEdit struct {
	x        *lineList
	id       string // "new" for a new one
	version  int64
	controls []parts.Control
	other    string
}

const newLine = "new"

func linesPanel(c *door.Call, s *record.Session, m *model) (templ.Component, error) {
	x, err := readLines(c, s, m)
	if err != nil {
		return nil, err
	}
	return lineTable(x), nil
}

func readLines(c *door.Call, s *record.Session, m *model) (*lineList, error) {
	o, err := s.Object(m.linesOf())
	if err != nil {
		return nil, err
	}
	x := &lineList{m: m, o: o, change: m.change && !m.fixedLines()}
	x.add = x.change && s.Actor().Can(o, access.Create)
	for _, name := range lineNames {
		if f, ok := o.Field(name); ok && s.Actor().Sees(f) {
			x.columns = append(x.columns, f)
		}
	}
	for _, name := range totalNames {
		if f := m.field(name); f != nil && m.r.Value(f) != nil {
			x.totals = append(x.totals, f)
		}
	}
	page, err := s.Query(c.Ctx, record.Query{Object: o.Name, Filter: lined[m.o.Name].Name() + ` = "` + m.r.ID.String() + `"`, Sort: "position,id", Limit: maxLines})
	if err != nil {
		return nil, err
	}
	x.rows = page.Records
	for _, r := range x.rows {
		m.n.WantRecord(r, x.columns)
	}
	return x, m.n.Load(c.Ctx)
}

// beside says how the amount of a deal is not that of its lines; "" where it is.
func (x *lineList) beside() string {
	if !x.m.deal() {
		return ""
	}
	return parts.BesideLines(x.m.v, x.m.actor, x.m.r)
}

// filled are the columns that hold something; those of every line always do.
func (x *lineList) filled() []*schema.FieldDef {
	var columns []*schema.FieldDef
	for _, f := range x.columns {
		if slices.Contains([]string{"product", "quantity", "unit_price", "amount"}, f.Name) ||
			slices.ContainsFunc(x.rows, func(r *record.Record) bool { return !value.IsEmpty(r.Value(f)) }) {
			columns = append(columns, f)
		}
	}
	return columns
}

// inputs are the columns that people fill in.
func (x *lineList) inputs() []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, f := range x.columns {
		if f.Writable() && x.m.actor.CanWrite(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// loadLine reads the deal, its lines and the line of the address; nil for a
// new one.
func loadLine(c *door.Call, s *record.Session) (*lineList, *record.Record, error) {
	m, err := load(c, s)
	if err != nil {
		return nil, nil, err
	}
	if m.linesOf() == "" {
		return nil, nil, errNoState
	}
	x, err := readLines(c, s, m)
	if err != nil || c.R.PathValue("line") == newLine {
		return x, nil, err
	}
	id, err := c.IDOf("line")
	if err != nil {
		return nil, nil, err
	}
	for _, r := range x.rows {
		if r.ID == id {
			return x, r, nil
		}
	}
	return nil, nil, errNoState
}

// editLine answers the form of a line.
func editLine(c *door.Call) error {
	var e *lineEdit
	err := c.Read(func(s *record.Session) error {
		x, r, err := loadLine(c, s)
		if err == nil {
			e = edited(x, r, nil, nil)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, lineDialog(e))
}

// edited prepares the form of a line, after a refusal with what was typed.
func edited(x *lineList, r *record.Record, form url.Values, refusal *fault.Error) *lineEdit {
	e := &lineEdit{x: x, id: newLine}
	if r != nil {
		e.id, e.version = r.ID.String(), r.Version
	}
	told := refusal == nil
	for i, f := range x.inputs() {
		control := parts.Control{ID: "ln-" + f.Name, Name: f.Name, Field: f, Autofocus: i == 0, Required: f.Required}
		if r != nil {
			control.Value = r.Value(f)
		}
		control.Refill(form)
		told = control.Blame(x.m.v, refusal) || told
		e.controls = append(e.controls, control)
	}
	if !told {
		e.other = x.m.v.Fault(refusal)
	}
	return e
}

// saveLine adds or changes a line.
func saveLine(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	err = c.Write(c.R.PathValue("plural")+".line", func(s *record.Session) error {
		x, r, err := loadLine(c, s)
		if err != nil {
			return err
		}
		values, err := readLine(c, s, x, form)
		if err != nil {
			return err
		}
		if r != nil {
			_, err = s.Update(c.Ctx, x.o.Name, r.ID, version(form), values)
		} else {
			values[lined[x.m.o.Name].Name()], values[sales.LinePosition.Name()] = x.m.r.ID, int64(len(x.rows)+1)
			_, err = s.Create(c.Ctx, x.o.Name, values)
		}
		act = s.Act()
		return err
	})
	if refusal, ok := fault.As(err); ok && refusal.Kind == fault.Invalid && c.Fragment() {
		return refusedLine(c, form, refusal)
	}
	if err != nil {
		return err
	}
	return refreshed(c, c.View.T("web.record.line_saved"), door.Undo(act))
}

func refusedLine(c *door.Call, form url.Values, refusal *fault.Error) error {
	var e *lineEdit
	err := c.Read(func(s *record.Session) error {
		x, r, err := loadLine(c, s)
		if err == nil {
			e = edited(x, r, form, refusal)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusUnprocessableEntity, lineForm(e))
}

// readLine reads what was typed; what a new line leaves out comes from its
// product.
func readLine(c *door.Call, s *record.Session, x *lineList, form url.Values) (record.Values, error) {
	values, err := parts.ReadAll(c.View, s, x.inputs(), form, "")
	if c.R.PathValue("line") == newLine {
		maps.DeleteFunc(values, func(_ string, v any) bool { return v == nil })
	}
	return values, err
}

// dropLine deletes a line.
func dropLine(c *door.Call) error {
	var act value.ID
	err := c.Write(c.R.PathValue("plural")+".line", func(s *record.Session) error {
		x, r, err := loadLine(c, s)
		if err == nil && r == nil {
			err = errNoState
		}
		if err == nil {
			err = s.Delete(c.Ctx, x.o.Name, r.ID)
		}
		act = s.Act()
		return err
	})
	if err != nil {
		return err
	}
	return refreshed(c, c.View.T("web.record.line_deleted"), door.Undo(act))
}

// title is the verb of the dialog and of its button.
func (e *lineEdit) title() string {
	if e.id == newLine {
		return e.x.m.v.T("web.record.add_line")
	}
	return e.x.m.v.T("web.record.save_line")
}
