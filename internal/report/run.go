package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Book is all reports of a workspace, and the dashboards that come with them.
type Book struct {
	specs   []Spec
	days    WorkingDays
	shipped []Dashboard
	panels  []Panel
}

// WorkingDays makes a counter of the working days from one day to another, both
// included.
type WorkingDays func(ctx context.Context, s *record.Session) (func(from, to value.Date) int, error)

// New collects the reports that rooms declare.
func New(specs ...[]Spec) *Book { return &Book{specs: slices.Concat(specs...)} }

// Counting is the book with working days.
func (b *Book) Counting(days WorkingDays) *Book { b.days = days; return b }

// Specs lists the reports that the program ships and the actor may run: those
// over objects he knows.
func (b *Book) Specs(s *record.Session) []Spec {
	var out []Spec
	for _, spec := range b.specs {
		if _, err := s.Object(spec.Object); err == nil {
			out = append(out, spec)
		}
	}
	return out
}

// Find is the report of that name, or the saved one of that id.
func (b *Book) Find(ctx context.Context, s *record.Session, name string) (Spec, error) {
	if id, err := value.ParseID(name); err == nil {
		return SavedSpec(ctx, s, id)
	}
	if i := slices.IndexFunc(b.specs, func(x Spec) bool { return x.Name == name }); i >= 0 {
		return b.specs[i], nil
	}
	return Spec{}, absent(name)
}

func absent(name string) error {
	return fault.New(fault.NotFound, "report.absent", fault.Args{"name": value.Printable(name)})
}

// Run answers a report in the session's name: a ready one by its name, a saved
// one by its id.
func (b *Book) Run(ctx context.Context, s *record.Session, name string, p Params) (*Table, error) {
	spec, err := b.Find(ctx, s, name)
	if err != nil {
		return nil, err
	}
	return b.RunSpec(ctx, s, spec, p)
}

// RunSpec answers a report that may be neither ready nor saved.
func (b *Book) RunSpec(ctx context.Context, s *record.Session, spec Spec, p Params) (*Table, error) {
	t, err := b.table(ctx, s, spec, p)
	return t, spec.ready(s, p, err)
}

func (b *Book) table(ctx context.Context, s *record.Session, spec Spec, p Params) (*Table, error) {
	if spec.Problem != nil {
		return nil, spec.Problem
	}
	if _, err := s.Object(spec.Object); err != nil { // also where a report would find nothing to tell
		return nil, err
	}
	if p.From != 0 && p.To != 0 && p.To < p.From {
		return nil, fault.New(fault.Invalid, "report.bad_period", nil)
	}
	if spec.Whole && strings.TrimSpace(p.Filter) != "" {
		return nil, fault.New(fault.Invalid, "report.whole", nil).With(fault.Field{Path: "filter", Key: "report.whole"})
	}
	if strings.TrimSpace(p.Filter) != "" { // by itself, so that it cannot end the brackets around it
		if _, err := expr.Parse(p.Filter); err != nil {
			return nil, err
		}
	}
	p = spec.asked(s, p)
	spec, unknown, err := spec.then(ctx, s, p)
	if err != nil {
		return nil, err
	}
	run := spec.run
	if p.Compare != "" {
		run = func(ctx context.Context, s *record.Session, p Params) (*Table, error) {
			return b.compare(ctx, s, spec, p)
		}
	}
	t, err := run(ctx, s, p)
	if err != nil {
		return nil, err
	}
	t.Name, t.Title, t.Help, t.From, t.To = spec.Name, spec.Title, spec.Help, p.From, p.To
	t.AsOf, t.Unknown = p.AsOf, unknown
	return t, t.inStates(ctx, s, spec)
}

// asked completes what the reader asks for by what the report says. Without a
// period there is nothing to compare with.
func (spec Spec) asked(s *record.Session, p Params) Params {
	if spec.Period == "" {
		p.From, p.To = 0, 0
	} else if p.From == 0 && p.To == 0 {
		p.From, p.To = spanAt(cmp.Or(p.Span, spec.Span), s, p.AsOf)
	}
	p.Compare = cmp.Or(p.Compare, spec.Compare)
	p.PerDay = p.PerDay || spec.PerDay
	if p.From == 0 || p.To == 0 || p.Compare != PreviousPeriod && p.Compare != LastYear {
		p.Compare = ""
	}
	return p
}

func (spec Spec) run(ctx context.Context, s *record.Session, p Params) (*Table, error) {
	switch {
	case spec.Then != nil && !p.AsOf.IsZero():
		return spec.Then(ctx, s, p)
	case spec.Run != nil:
		return spec.Run(ctx, s, p)
	}
	return spec.aggregate(ctx, s, p)
}

// Table answers the aggregate of the spec, for reports that add to it.
func (spec Spec) Table(ctx context.Context, s *record.Session, p Params) (*Table, error) {
	return spec.aggregate(ctx, s, p)
}

func (spec Spec) aggregate(ctx context.Context, s *record.Session, p Params) (*Table, error) {
	a := record.Aggregate{Object: spec.Object, Filter: spec.Condition(p), Group: spec.Group, Sort: spec.Sort, Limit: spec.Limit, Export: p.Export, AsOf: p.AsOf}
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

// Condition is the report's filter, narrowed by period and what the reader
// adds.
func (spec Spec) Condition(p Params) string {
	var parts []string
	for _, text := range []string{spec.Filter, p.Filter} {
		if strings.TrimSpace(text) != "" {
			parts = append(parts, "("+text+")")
		}
	}
	return strings.Join(append(parts, spec.within(p)...), " and ")
}

// within is the condition of the period.
func (spec Spec) within(p Params) (parts []string) {
	if spec.Period != "" {
		if p.From != 0 {
			parts = append(parts, spec.Period+` >= date("`+p.From.String()+`")`)
		}
		if p.To != 0 {
			parts = append(parts, spec.Period+` <= date("`+p.To.String()+`")`)
		}
	}
	return parts
}
