package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// trails leads from the figures of a line on a stage to the records that were
// there: those that there are, to their own; those that follow from others, as
// the map says, to theirs.
func trails(name string, p report.Params, stage value.ID, by string, columns []report.Column, figures []record.Measure, follows map[string]string) []report.Behind {
	list := make([]report.Behind, len(columns))
	for i, c := range columns {
		of, ok, counted := c.Name, c.Adds, i
		if to, has := follows[c.Name]; has {
			of, ok = to, true
			if j := slices.IndexFunc(columns, func(c report.Column) bool { return c.Name == to }); j >= 0 {
				counted = j
			}
		}
		if ok && report.Size(figures[counted]) != 0 {
			list[i] = p.Trail(name, of+":"+stage.String()+":"+by)
		}
	}
	return list
}

// readTrail takes apart what trails made: the figure, the stage, and what tells
// lines of the same stage apart.
func readTrail(of string) (figure string, stage value.ID, by string) {
	figure, rest, _ := strings.Cut(of, ":")
	text, by, _ := strings.Cut(rest, ":")
	stage, _ = value.ParseID(text)
	return figure, stage, by
}

// foundThrough completes what was found by the records that went through a stage.
func foundThrough(ctx context.Context, s *record.Session, q record.Passage, t report.Trail, stage value.ID, to []record.PassedTo, f report.Found) (report.Found, error) {
	q.In, q.Over = stage, q.Over && (len(to) == 0 || slices.Contains(to, record.Further))
	passed, err := s.Pass(ctx, q)
	if err != nil {
		return f, err
	}
	for _, x := range passed {
		if len(to) == 0 || slices.Contains(to, x.To) {
			f.Count += x.Records
		}
	}
	q.Before = t.Before
	f.IDs, err = s.PassedThrough(ctx, q, stage, to, t.Limit)
	return f, err
}

// funnelBehind lists the deals behind a figure of a funnel.
func funnelBehind(ctx context.Context, s *record.Session, q FunnelQuery, t report.Trail) (report.Found, error) {
	figure, at, _ := readTrail(t.Of)
	b, err := bookOf(ctx, s)
	if err != nil {
		return report.Found{}, err
	}
	to, ok := funnelFigures[figure]
	i := slices.IndexFunc(b.ordered, func(st stage) bool { return st.id == at })
	if !ok || i < 0 {
		return report.Found{}, report.NoFigure(t.Of)
	}
	q.Pipeline = b.ordered[i].pipeline
	return foundThrough(ctx, s, q.passage(s, b), t, at, to, report.Found{Label: b.ordered[i].name, Column: figure})
}
