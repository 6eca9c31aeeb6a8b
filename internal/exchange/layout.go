package exchange

import (
	"slices"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// column is what one column of a file means to the import.
type column struct {
	index  int
	header string
	path   string
	field  *schema.FieldDef // the field itself, the link, or the back-link (line)
	part   string           // of an address
	key    *schema.FieldDef // of the linked object: the field that finds it
	target *schema.Object
	line   *schema.Object   // the child object of a lines.… path
	own    *schema.FieldDef // the child's field behind it
	create bool
	values map[string]string
	input  schema.Input
}

// layout is a mapping resolved against schema and file.
type layout struct {
	object  *schema.Object
	columns []column
	match   *schema.FieldDef
	headers []string
	unknown []string // headers that match nothing
	id      int      // column with the ids of records to update, -1 for none
}

// resolve turns the mapping and what is guessed of other headers into a layout.
// Paths that lead nowhere are errors by header, all at once.
func (m Mapping) resolve(o *schema.Object, s *schema.Schema, profiles []sheet.Profile, guesses map[string]string) (*layout, error) {
	headers := headersOf(profiles)
	l := &layout{object: o, headers: headers, id: slices.Index(headers, idColumn)}
	var wrong []fault.Field
	for i, p := range profiles {
		h := headers[i]
		path := guesses[h]
		if path == "id" && m.Match == "id" {
			l.id = i
			continue
		}
		if path == "" {
			if !slices.Contains(m.Ignore, h) && h != errorColumn && h != idColumn {
				l.unknown = append(l.unknown, h)
			}
			continue
		}
		c := column{index: i, header: h, path: path, values: m.Values[path], input: m.input(h, p)}
		if err := c.find(o, s, m.Create); err != nil {
			wrong = append(wrong, fault.Field{Path: h, Key: "import.unknown_path", Args: fault.Args{"path": path}})
			continue
		}
		l.columns = append(l.columns, c)
	}
	for h, path := range m.Columns {
		if !slices.Contains(headers, h) {
			wrong = append(wrong, fault.Field{Path: h, Key: "import.no_column", Args: fault.Args{"path": path}})
		}
	}
	wrong = append(wrong, l.matchBy(m.Match)...)
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "import.bad_columns", fault.Args{"object": o.Name}).With(wrong...)
	}
	if len(l.columns) == 0 {
		return nil, fault.New(fault.Invalid, "import.nothing_mapped", fault.Args{"object": o.Name})
	}
	return l, nil
}

// matchBy finds the column by which rows find the records they update.
func (l *layout) matchBy(name string) []fault.Field {
	if name == "" || name == "id" && l.id >= 0 {
		return nil
	}
	f, ok := l.object.Field(name)
	if !ok {
		return []fault.Field{{Path: "match", Key: "import.unknown_path", Args: fault.Args{"path": name}}}
	}
	l.match = f
	if l.matchColumn() == nil {
		return []fault.Field{{Path: "match", Key: "import.match_not_mapped", Args: fault.Args{"path": name}}}
	}
	return nil
}

// matchColumn is the column of the match field, nil for none.
func (l *layout) matchColumn() *column { return l.columnOf(l.match) }

func (l *layout) columnOf(f *schema.FieldDef) *column {
	for i, c := range l.columns {
		if f != nil && c.field == f && c.key == nil && c.part == "" {
			return &l.columns[i]
		}
	}
	return nil
}

// input is how the column's dates and numbers are spelt: as the mapping says,
// else as they look, and where that leaves it open as they were last time.
func (m Mapping) input(header string, p sheet.Profile) schema.Input {
	in := schema.Input{Dates: p.Date, Decimal: p.Decimal}
	if style, ok := value.DateStyleNamed(m.seen.Dates[header]); ok && p.DateAmbiguous {
		in.Dates = style
	}
	if r := []rune(m.seen.Decimal[header]); len(r) == 1 && p.DecimalAmbiguous {
		in.Decimal = r[0]
	}
	if name := m.Dates[header]; name != "" {
		if style, ok := value.DateStyleNamed(name); ok {
			in.Dates = style
		}
	}
	if r := []rune(m.Decimal[header]); len(r) == 1 {
		in.Decimal = r[0]
	}
	return in
}

// find resolves the path of a column.
func (c *column) find(o *schema.Object, s *schema.Schema, create []string) error {
	unknown := fault.New(fault.Invalid, "import.unknown_path", fault.Args{"path": c.path})
	first, rest, dotted := strings.Cut(c.path, ".")
	if link, ok := o.Back(first); ok && dotted && link.Object.Access == schema.Child {
		return c.findLine(link, rest, s, create)
	}
	f, ok := o.Field(first)
	if !ok {
		if c.field, c.part, ok = o.AddressPart(c.path); !ok {
			return unknown
		}
		return nil
	}
	c.field = f
	if !dotted {
		return nil
	}
	if !f.IsLink() {
		return unknown
	}
	c.target = s.Target(f)
	if c.key, ok = c.target.Field(rest); !ok {
		return unknown
	}
	c.create = slices.Contains(create, first) || slices.Contains(create, c.path)
	return nil
}

// findLine resolves lines.product.name and lines.quantity.
func (c *column) findLine(link *schema.FieldDef, rest string, s *schema.Schema, create []string) error {
	unknown := fault.New(fault.Invalid, "import.unknown_path", fault.Args{"path": c.path})
	c.field, c.line = link, link.Object
	name, key, dotted := strings.Cut(rest, ".")
	own, ok := c.line.Field(name)
	if !ok {
		return unknown
	}
	c.own = own
	if !dotted {
		return nil
	}
	if !own.IsLink() {
		return unknown
	}
	c.target = s.Target(own)
	if c.key, ok = c.target.Field(key); !ok {
		return unknown
	}
	prefix := strings.TrimSuffix(c.path, "."+key)
	c.create = slices.Contains(create, prefix) || slices.Contains(create, c.path) || slices.Contains(create, name)
	return nil
}

// cell is the column's text in a row, replaced as the mapping says. Text that
// somebody typed keeps the spaces around it; what is only spaces is empty.
func (c *column) cell(row sheet.Row) string {
	if c.index >= len(row.Cells) {
		return ""
	}
	text := row.Cells[c.index].Text
	bare := strings.TrimSpace(text)
	if to, ok := c.values[bare]; ok {
		return to
	}
	if bare == "" || !c.keepsSpaces() {
		return bare
	}
	return text
}

// keepsSpaces tells the columns whose very characters are the value.
func (c *column) keepsSpaces() bool {
	if c.key != nil || c.part != "" {
		return false
	}
	f := c.field
	if c.own != nil {
		f = c.own
	}
	return isText(f)
}

func isText(f *schema.FieldDef) bool {
	return f.Kind == schema.KindText || f.Kind == schema.KindLongText
}

// inputFor reads cells that a workbook has typed as neutral, others as the
// column is spelt.
func (c *column) inputFor(row sheet.Row) schema.Input {
	if row.Cells[c.index].Kind != sheet.Text {
		return schema.Input{Zone: c.input.Zone}
	}
	return c.input
}
