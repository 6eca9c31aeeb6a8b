package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/activity"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// wonAfterFigure counts the deals that were won after somebody had done something
// about them.
const wonAfterFigure = "won_after"

// mostFollowed is how many activities are followed to their deals.
const mostFollowed = 200_000

// fewActivities is below how many activities little follows from a line.
const fewActivities = 10

// wonAfter are won deals by who had done something about them until the day on which
// they were won; a deal of several people is of each.
type wonAfter struct {
	by  map[value.ID]map[value.ID]bool
	all map[value.ID]bool
}

// followed adds the deals won afterwards to a report of what people did, and greys
// lines of little.
func followed(spec report.Spec) report.Spec {
	plain := spec
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t, err := plain.Table(ctx, s, p)
		if err != nil {
			return nil, err
		}
		for i := range t.Rows {
			t.Rows[i].Few = whole(t.Rows[i].Values[0]) < fewActivities
		}
		if !seesWins(s) {
			return t, nil
		}
		x, known, err := findWonAfter(ctx, s, plain, p)
		if err != nil {
			return nil, err
		}
		if !known {
			t.Notes = append(t.Notes, report.Note{Text: i18n.Text(i18n.FormatFor(s.Who().Locale).Language(), "sales.too_many_followed", nil)})
		}
		t.Columns = append(slices.Clone(t.Columns), report.Column{Name: wonAfterFigure, Title: "Deals won after", Adds: true})
		add := func(r *report.Row, trail string, won map[value.ID]bool) {
			r.Behind = make([]report.Behind, len(t.Columns))
			if !known {
				r.Values = append(r.Values, record.Measure{})
				return
			}
			if r.Values = append(r.Values, record.Measure{Value: int64(len(won))}); len(won) > 0 {
				r.Behind[len(t.Columns)-1] = p.Trail(plain.Name, trail)
			}
		}
		for i := range t.Rows {
			owner, _ := t.Rows[i].Keys[0].(value.ID)
			add(&t.Rows[i], wonAfterFigure+"::"+owner.String(), x.by[owner])
		}
		if t.Total != nil {
			add(t.Total, wonAfterFigure, x.all)
		}
		return t, nil
	}
	spec.Behind = func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
		return wonAfterBehind(ctx, s, plain, t)
	}
	return spec
}

// seesWins reports whether the reader may know which deals were won when, and what
// activities are about.
func seesWins(s *record.Session) bool {
	for object, fields := range map[string][]string{Deals.Name: {DealStatus.Name(), DealCloseDate.Name()}, activity.Activities.Name: {activity.At.Name(), activity.Targets.Name()}} {
		o, err := s.Object(object)
		if err != nil {
			return false
		}
		for _, name := range fields {
			if f, ok := o.Field(name); !ok || !s.Sees(f) {
				return false
			}
		}
	}
	return true
}

// findWonAfter finds the deals that were won after what the report counts; false where that
// is too much to follow, or the reader knows of no deals.
func findWonAfter(ctx context.Context, s *record.Session, spec report.Spec, p report.Params) (*wonAfter, bool, error) {
	x := &wonAfter{by: map[value.ID]map[value.ID]bool{}, all: map[value.ID]bool{}}
	if !seesWins(s) {
		return x, false, nil
	}
	type deed struct{ owner, deal value.ID }
	first, deals, n := map[deed]value.Date{}, map[value.ID]bool{}, 0
	q := record.Query{Object: activity.Activities.Name, Filter: spec.Condition(p), Fields: []string{"owner", activity.At.Name(), activity.Targets.Name()}, Limit: 500, Export: p.Export}
	for more := true; more; {
		page, err := s.Query(ctx, q)
		if err != nil {
			return x, false, err
		}
		if n += len(page.Records); n > mostFollowed {
			return x, false, nil
		}
		for _, r := range page.Records {
			at, ok := record.Get(r, activity.At)
			about, _ := r.Field(activity.Targets.Name()).([]schema.Ref)
			for _, ref := range about {
				if ref.Object != Deals.Name || !ok {
					continue
				}
				d, day := deed{r.Owner(), ref.ID}, value.DateOf(at, s.Env().Zone)
				if was, had := first[d]; !had || day < was {
					first[d] = day
				}
				deals[ref.ID] = true
			}
		}
		q.Cursor, more = page.Next, page.Next != ""
	}
	won, err := wonOn(ctx, s, slices.Sorted(maps.Keys(deals)), p.Export)
	if err != nil {
		return x, false, err
	}
	for d, day := range first {
		on, is := won[d.deal]
		if !is || on < day {
			continue
		}
		if x.by[d.owner] == nil {
			x.by[d.owner] = map[value.ID]bool{}
		}
		x.by[d.owner][d.deal], x.all[d.deal] = true, true
	}
	return x, true, nil
}

// wonOn are the days on which deals that the reader sees were won.
func wonOn(ctx context.Context, s *record.Session, ids []value.ID, export bool) (map[value.ID]value.Date, error) {
	won := map[value.ID]value.Date{}
	for chunk := range slices.Chunk(ids, report.MostBehind) {
		q := record.Query{Object: Deals.Name, Filter: isWon + " and " + record.Among("id", chunk), Fields: []string{DealCloseDate.Name()}, Limit: len(chunk), Export: export}
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			won[r.ID], _ = record.Get(r, DealCloseDate)
		}
	}
	return won, nil
}

// wonAfterBehind lists them.
func wonAfterBehind(ctx context.Context, s *record.Session, spec report.Spec, t report.Trail) (report.Found, error) {
	figure, _, text := readTrail(t.Of)
	owner, _ := value.ParseID(text)
	x, known, err := findWonAfter(ctx, s, spec, t.Params)
	won := x.by[owner]
	if !strings.Contains(t.Of, ":") {
		won = x.all
	}
	switch {
	case err != nil:
		return report.Found{}, err
	case !known || figure != wonAfterFigure:
		return report.Found{}, report.NoFigure(t.Of)
	}
	f := report.Found{Object: Deals.Name, Label: s.Roster().Name(owner), Column: figure, Count: int64(len(won))}
	ids := slices.SortedFunc(maps.Keys(won), func(a, b value.ID) int { return cmp.Compare(b, a) })
	if t.Before != 0 {
		ids = slices.DeleteFunc(ids, func(id value.ID) bool { return id >= t.Before })
	}
	f.IDs = ids[:min(len(ids), t.Limit)]
	return f, nil
}
