package report

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Book is all reports of a workspace.
type Book struct{ specs []Spec }

// New collects the reports that rooms declare.
func New(specs ...[]Spec) *Book { return &Book{specs: slices.Concat(specs...)} }

// Specs lists the reports that the actor may run: those over objects he knows.
func (b *Book) Specs(s *record.Session) []Spec {
	var out []Spec
	for _, spec := range b.specs {
		if _, err := s.Object(spec.Object); err == nil {
			out = append(out, spec)
		}
	}
	return out
}

// Run answers a report in the session's name.
func (b *Book) Run(ctx context.Context, s *record.Session, name string, p Params) (*Table, error) {
	i := slices.IndexFunc(b.specs, func(x Spec) bool { return x.Name == name })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "report.absent", fault.Args{"name": value.Printable(name)})
	}
	spec := b.specs[i]
	if p.From != 0 && p.To != 0 && p.To < p.From {
		return nil, fault.New(fault.Invalid, "report.bad_period", nil)
	}
	if spec.Run != nil {
		t, err := spec.Run(ctx, s, p)
		if t != nil {
			t.Name, t.Title, t.Help = spec.Name, spec.Title, spec.Help
		}
		return t, err
	}
	return spec.aggregate(ctx, s, p)
}

// Table answers the aggregate of the spec, for reports that add to it.
func (spec Spec) Table(ctx context.Context, s *record.Session, p Params) (*Table, error) {
	return spec.aggregate(ctx, s, p)
}

func (spec Spec) aggregate(ctx context.Context, s *record.Session, p Params) (*Table, error) {
	if strings.TrimSpace(p.Filter) != "" { // by itself, so that it cannot end the brackets around it
		if _, err := expr.Parse(p.Filter); err != nil {
			return nil, err
		}
	}
	a := record.Aggregate{Object: spec.Object, Filter: spec.condition(p), Group: spec.Group, Sort: spec.Sort, Limit: spec.Limit}
	if p.Limit > 0 {
		a.Limit = p.Limit
	}
	for _, c := range spec.Columns {
		a.Measures = append(a.Measures, c.Measure)
	}
	r, err := s.Aggregate(ctx, a)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: spec.Name, Title: spec.Title, Help: spec.Help, Object: r.Object, Groups: append([]string{}, spec.Group...), Columns: spec.Columns, More: r.More, Rows: []Row{}}
	for _, g := range r.Groups {
		t.Rows = append(t.Rows, rowOf(g))
	}
	total := rowOf(r.Total)
	t.Total = &total
	return t, nil
}

func rowOf(g record.Group) Row {
	return Row{Keys: g.Keys, Labels: g.Labels, Filter: g.Filter, Values: g.Values}
}

// condition is the report's filter, narrowed by period and what the reader
// adds.
func (spec Spec) condition(p Params) string {
	var parts []string
	for _, text := range []string{spec.Filter, p.Filter} {
		if strings.TrimSpace(text) != "" {
			parts = append(parts, "("+text+")")
		}
	}
	if spec.Period != "" {
		if p.From != 0 {
			parts = append(parts, spec.Period+` >= date("`+p.From.String()+`")`)
		}
		if p.To != 0 {
			parts = append(parts, spec.Period+` <= date("`+p.To.String()+`")`)
		}
	}
	return strings.Join(parts, " and ")
}

// AppendJSON writes a table as the API answers it: figures by column name.
func (t *Table) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"name":`...)
	dst = schema.AppendString(dst, t.Name)
	dst = append(append(dst, `,"title":`...), schema.AppendString(nil, t.Title)...)
	dst = append(append(dst, `,"help":`...), schema.AppendString(nil, t.Help)...)
	dst = append(append(dst, `,"object":`...), schema.AppendString(nil, t.Object)...)
	dst = append(dst, `,"groups":`...)
	dst = schema.AppendJSON(dst, t.Groups)
	dst = append(dst, `,"columns":[`...)
	for i, c := range t.Columns {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(append(append(dst, `{"name":`...), schema.AppendString(nil, c.Name)...), `,"title":`...), schema.AppendString(nil, c.Title)...), '}')
	}
	dst = append(dst, `],"rows":[`...)
	for i, r := range t.Rows {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = t.appendRow(dst, r)
	}
	dst = append(dst, ']')
	if t.Total != nil {
		dst = t.appendRow(append(dst, `,"total":`...), *t.Total)
	}
	if t.More {
		dst = append(dst, `,"more":true`...)
	}
	return append(dst, '}')
}

func (t *Table) appendRow(dst []byte, r Row) []byte {
	dst = append(dst, `{"keys":[`...)
	for i, k := range r.Keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = schema.AppendJSON(dst, k)
	}
	dst = append(dst, `],"labels":`...)
	if r.Labels == nil {
		dst = append(dst, "[]"...)
	} else {
		dst = schema.AppendJSON(dst, r.Labels)
	}
	if r.Filter != "" {
		dst = append(append(dst, `,"filter":`...), schema.AppendString(nil, r.Filter)...)
	}
	for i, c := range t.Columns {
		dst = append(append(append(dst, ','), schema.AppendString(nil, c.Name)...), ':')
		dst = AppendMeasure(dst, r.Values[i])
	}
	return append(dst, '}')
}

// AppendMeasure writes one figure: a plain value; for sums of money an object
// with the sum in the workspace currency, those by currency, and how many
// amounts have no rate.
func AppendMeasure(dst []byte, m record.Measure) []byte {
	if len(m.Sums) == 0 && m.Missing == 0 {
		return schema.AppendJSON(dst, m.Value)
	}
	dst = append(dst, `{"base":`...)
	dst = schema.AppendJSON(dst, m.Value)
	dst = append(dst, `,"sums":[`...)
	for i, x := range m.Sums {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = schema.AppendJSON(dst, x)
	}
	dst = append(dst, ']')
	if m.Missing > 0 {
		dst = append(dst, `,"without_rate":`...)
		dst = schema.AppendJSON(dst, m.Missing)
	}
	return append(dst, '}')
}
