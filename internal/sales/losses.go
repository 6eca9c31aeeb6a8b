package sales

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// lossReport is the report of the matrix.
const lossReport = "losses-by-person-and-stage"

// fewDeals is below how many deals little follows from a figure.
const fewDeals = 10

// lossAt is whose deals were lost in which stage, and lostThere how many, with the
// list of them.
type (
	lossAt    struct{ owner, stage value.ID }
	lostThere struct {
		n      int64
		behind report.Behind
	}
)

// lossMatrix tells in which stages people lose their deals, beside all people.
func lossMatrix(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
	closed := closedIn(p)
	stays, err := s.Stays(ctx, stayed(closed, p.AsOf))
	if err != nil {
		return nil, err
	}
	losses, err := lossesBy(ctx, s, closed, p)
	if err != nil {
		return nil, err
	}
	rates, err := lossRates(ctx, s, p, stays, losses)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"owner", "stage"}, Rows: []report.Row{}, Columns: []report.Column{
		{Name: "passed", Title: "Were in the stage", Adds: true}, {Name: "lost_there", Title: "Lost there", Adds: true}, {Name: "loss_rate", Title: "Loss rate", Rate: true},
		{Name: "team_rate", Title: "Of all", Rate: true}}}
	for _, x := range stays {
		if kind, _ := record.Get(x.Record, StageKind); kind != Open {
			continue
		}
		lost := losses[lossAt{x.By, x.Key}]
		t.Rows = append(t.Rows, report.Row{Keys: []any{x.By, x.Key}, Labels: []string{s.Roster().Name(x.By), x.Label}, Few: x.Records < fewDeals,
			Behind: []report.Behind{lossTrail(p, "passed", lossAt{x.By, x.Key}), lost.behind, lost.behind, {}}, // of the rate, those that were lost
			Values: []record.Measure{{Value: x.Records}, {Value: lost.n}, {Value: share(lost.n, x.Records)}, {Value: rates[x.Key]}}})
	}
	slices.SortStableFunc(t.Rows, func(a, b report.Row) int { return cmp.Compare(a.Labels[0], b.Labels[0]) })
	if len(t.Rows) > 0 && !seesAll(s, s.Schema().MustObject(Deals.Name)) { // else he takes it for the company's rate
		t.Notes = append(t.Notes, report.Note{Text: i18n.Text(language(s), "sales.losses_narrowed", nil)})
	}
	return t, nil
}

// lossRates are those of all people in each stage, also where the reader asks for some
// of them: beside himself alone nobody is worse or better.
func lossRates(ctx context.Context, s *record.Session, p report.Params, stays []record.Stay, losses map[lossAt]lostThere) (map[value.ID]any, error) {
	wide, err := ofEverybody(p.Filter)
	if err != nil {
		return nil, err
	}
	if wide != p.Filter {
		p.Filter = wide
		if stays, err = s.Stays(ctx, stayed(closedIn(p), p.AsOf)); err != nil {
			return nil, err
		}
		if losses, err = lossesBy(ctx, s, closedIn(p), p); err != nil {
			return nil, err
		}
	}
	lost, passed, rates := map[value.ID]int64{}, map[value.ID]int64{}, map[value.ID]any{}
	for at, x := range losses {
		lost[at.stage] += x.n
	}
	for _, x := range stays {
		passed[x.Key] += x.Records
	}
	for stage, n := range passed {
		rates[stage] = share(lost[stage], n)
	}
	return rates, nil
}

// ofEverybody is a filter without what in it says whose deals they are; whose team's
// they are stays.
func ofEverybody(filter string) (string, error) {
	if strings.TrimSpace(filter) == "" {
		return filter, nil
	}
	n, err := expr.Parse(filter)
	if err != nil {
		return "", err
	}
	left := expr.Without(n, func(part *expr.Node) bool {
		owners, others := 0, 0
		part.Paths(func(names []string) {
			if path := strings.Join(names, "."); path == "owner" || path == "owner.id" || path == "owner.name" {
				owners++
			} else {
				others++
			}
		})
		return owners > 0 && others == 0
	})
	switch {
	case left == nil:
		return "", nil
	case left.String() == n.String():
		return filter, nil
	}
	return left.String(), nil
}

// closedIn is the condition of the deals that were closed in the report's period.
func closedIn(p report.Params) string {
	return report.Spec{Filter: isClosed, Period: DealCloseDate.Name()}.Condition(p)
}

// lossTrail leads to the deals behind a figure.
func lossTrail(p report.Params, figure string, x lossAt) report.Behind {
	return p.Trail(lossReport, figure+":"+x.stage.String()+":"+x.owner.String())
}

// stayed asks for the stays of closed deals by person. A deal that was imported in a
// stage was there and may be lost there like any other.
func stayed(closed string, at time.Time) record.StayQuery {
	return record.StayQuery{Object: Deals.Name, Field: DealStage.Name(), By: "owner", Filter: closed, AsOf: at, Brought: true}
}

// lossesBy counts the losses in each stage: of today as deals tell it, of a past
// day as their spans do.
func lossesBy(ctx context.Context, s *record.Session, closed string, p report.Params) (map[lossAt]lostThere, error) {
	losses := map[lossAt]lostThere{}
	if !p.AsOf.IsZero() {
		return losses, lostThen(ctx, s, closed, p.AsOf, func(_ value.ID, x lossAt) {
			losses[x] = lostThere{losses[x].n + 1, lossTrail(p, "lost_there", x)}
		})
	}
	lost, err := s.Aggregate(ctx, record.Aggregate{Object: Deals.Name, Filter: report.Both(closed, isLost), Group: []string{"owner", DealLostStage.Name()}, Measures: []string{"count"}, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	for _, g := range lost.Groups {
		x := lossAt{}
		x.owner, _ = g.Keys[0].(value.ID)
		x.stage, _ = g.Keys[1].(value.ID)
		losses[x] = lostThere{whole(g.Values[0]), report.Behind{Filter: g.Filter}}
	}
	return losses, nil
}

// lostThen tells of each deal that was lost at a moment in which stage that was:
// the open one it came from. Deals that had been won before, or came lost, were
// lost in none.
func lostThen(ctx context.Context, s *record.Session, closed string, at time.Time, fn func(deal value.ID, x lossAt)) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	kind := func(stage value.ID) string { return book.byID[stage].kind }
	deal, x := value.ID(0), lossAt{}
	tell := func() {
		if x.stage != 0 {
			fn(deal, x)
		}
	}
	err = s.Leavings(ctx, stayed(report.Both(closed, isLost), at), func(l record.Leaving) {
		if l.Record != deal {
			tell()
			deal, x = l.Record, lossAt{owner: l.By}
		}
		switch {
		case kind(l.To) != Lost:
			x.stage = 0
		case kind(l.From) == Open:
			x.stage = l.From
		}
	})
	if err == nil {
		tell()
	}
	return err
}

// lossBehind lists the deals of a person that were in a stage, or only those that were
// lost in it by a past day.
func lossBehind(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
	figure, at, text := readTrail(t.Of)
	owner, _ := value.ParseID(text)
	st, err := s.Get(ctx, Stages.Name, at)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && figure != "passed" && figure != "lost_there":
		return report.Found{}, report.NoFigure(t.Of)
	case err != nil:
		return report.Found{}, err
	}
	f := report.Found{Label: st.Title(), Column: figure}
	if name := s.Roster().Name(owner); name != "" {
		f.Label = name + ", " + f.Label
	}
	if figure == "passed" {
		q := stayed(closedIn(t.Params), t.AsOf)
		q.Before = t.Before
		f.IDs, f.Count, err = s.StayedIn(ctx, q, at, owner, t.Limit)
		return f, err
	}
	if t.AsOf.IsZero() {
		t.AsOf = s.Now()
	}
	err = lostThen(ctx, s, closedIn(t.Params), t.AsOf, func(deal value.ID, x lossAt) {
		if x != (lossAt{owner, at}) {
			return
		}
		if f.Count++; t.Before == 0 || deal < t.Before {
			f.IDs = append(f.IDs, deal)
		}
	})
	slices.SortFunc(f.IDs, func(a, b value.ID) int { return cmp.Compare(b, a) })
	f.IDs = f.IDs[:min(len(f.IDs), t.Limit)]
	return f, err
}
