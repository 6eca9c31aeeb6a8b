package exchange

import (
	"slices"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// cell sets one value of the row's own record. An empty cell of a new record
// sets nothing but keeps defaults away where they would invent a fact; of an
// existing one it leaves the field as it is.
func (w *worker) cell(s *record.Session, it *item, c column, row sheet.Row, text string) error {
	name := c.field.Name
	if c.part != "" {
		name += "_" + c.part
	}
	if text == "" {
		if _, set := it.change.Values[name]; !set && c.part == "" && keepsEmpty(c.field) {
			it.change.Values[name] = nil
		}
		return nil
	}
	if c.key != nil {
		id, wait, err := w.lookups.link(c, text, w.layout.object)
		if wait {
			it.waits = append(it.waits, waiting{c.path, text})
		} else if err == nil {
			it.change.Values[name] = id
		}
		return err
	}
	v, err := w.parse(s, c, row, text)
	if err != nil {
		return err
	}
	if before, ok := it.change.Values[name].(string); ok && isText(c.field) { // a second column of the same text
		v = before + " " + text
	}
	it.change.Values[name] = v
	return nil
}

// keepsEmpty tells fields whose default would say something about the past
// that the file does not say: days, amounts and links.
func keepsEmpty(f *schema.FieldDef) bool {
	switch f.Kind {
	case schema.KindDate, schema.KindMoment, schema.KindMoney, schema.KindLink, schema.KindPerson:
		return f.Name != "owner"
	}
	return false
}

func (w *worker) parse(s *record.Session, c column, row sheet.Row, text string) (any, error) {
	f := c.field
	if c.own != nil {
		f = c.own
	}
	if c.part != "" {
		return text, nil
	}
	env := *s.StoreEnv()
	env.Input = c.inputFor(row)
	env.Input.Zone = s.Env().Zone
	if w.mapping.Currency != "" {
		env.Currency = w.mapping.Currency
	}
	v, err := f.Parse(text, &env)
	if e, ok := fault.As(err); ok && len(e.Fields) > 0 {
		fields := slices.Clone(e.Fields)
		fields[0].Path = c.header
		return nil, fault.New(e.Kind, e.Key, e.Args).With(fields...)
	}
	return v, err
}

// lineCell sets one value of the row's line (engine decision 12).
func (w *worker) lineCell(s *record.Session, c column, row sheet.Row, text string, lines map[*schema.FieldDef]record.Values) error {
	if text == "" {
		return nil
	}
	if lines[c.field] == nil {
		lines[c.field] = record.Values{}
	}
	if c.key != nil {
		id, _, err := w.lookups.link(c, text, w.layout.object)
		if err == nil {
			lines[c.field][c.own.Name] = id
		}
		return err
	}
	v, err := w.parse(s, c, row, text)
	if err == nil {
		lines[c.field][c.own.Name] = v
	}
	return err
}
