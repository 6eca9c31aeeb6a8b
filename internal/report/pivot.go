package report

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// Pivot is a report of two groups with the first down and the second across.
// Its totals are asked for by themselves: an average of averages is none.
type Pivot struct {
	*Table
	Down   []Row // by the first group
	Across []Row // by the second
	All    int   // of which there are so many in all
	cells  map[string]int
}

// mostAcross is how many columns a pivot has.
const mostAcross = 60

// Pivot answers a report of two groups crosswise.
func (b *Book) Pivot(ctx context.Context, s *record.Session, spec Spec, p Params) (*Pivot, error) {
	if len(spec.Group) != 2 || spec.Run != nil {
		return nil, fault.New(fault.Invalid, "report.no_pivot", nil)
	}
	p.Compare, spec.Compare = NoComparison, ""
	x := &Pivot{cells: map[string]int{}}
	var err error
	if x.Table, err = b.RunSpec(ctx, s, spec, p); err != nil {
		return nil, err
	}
	for i, to := range []*[]Row{&x.Down, &x.Across} {
		one := spec
		one.Group, one.Sort = spec.Group[i:i+1], ""
		t, err := b.RunSpec(ctx, s, one, p)
		if err != nil {
			return nil, err
		}
		*to = t.Rows
	}
	x.All = len(x.Across)
	x.Across = x.Across[:min(x.All, mostAcross)]
	for i, r := range x.Rows {
		x.cells[keyOf(r.Keys)] = i
	}
	return x, nil
}

// Cell is the line of two keys; false where there are no records of both.
func (x *Pivot) Cell(down, across Row) (Row, bool) {
	i, ok := x.cells[keyOf([]any{down.Keys[0], across.Keys[0]})]
	if !ok {
		return Row{}, false
	}
	return x.Rows[i], true
}
