package sales

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// StageTime is how long a deal or lead was in one stage, all its visits together (R37).
type StageTime struct {
	Stage    value.ID      `json:"stage"`
	Name     string        `json:"name"`
	Visits   int           `json:"visits"`
	Spent    time.Duration `json:"-"`
	Days     int           `json:"days"`
	Business int           `json:"business_days"`
	// Known is false where a visit began before an import.
	Known bool `json:"known"`
}

// StageTimes are the stages that a deal or lead was in, in the order in which it first
// came to them.
func StageTimes(ctx context.Context, s *record.Session, object *schema.Object, id value.ID) ([]StageTime, error) {
	visits, err := Path(ctx, s, object, id)
	if err != nil {
		return nil, err
	}
	r, err := s.Get(ctx, object.Name, id)
	if err != nil {
		return nil, err
	}
	calendar, err := hours.Whose(ctx, s, r.Owner())
	if err != nil {
		return nil, err
	}
	list, at := []StageTime{}, map[value.ID]int{}
	for _, v := range visits {
		i, ok := at[v.Stage]
		if !ok {
			i = len(list)
			at[v.Stage], list = i, append(list, StageTime{Stage: v.Stage, Name: v.Name, Known: true})
		}
		x, left := &list[i], s.Now()
		if v.Left != nil {
			left = *v.Left
		}
		x.Visits++
		x.Known = x.Known && v.Known
		x.Spent += max(0, left.Sub(v.Entered))
		x.Business += calendar.BusinessDays(v.Entered, left)
	}
	for i := range list {
		x := &list[i]
		if x.Days = int(x.Spent / (24 * time.Hour)); !x.Known {
			x.Spent, x.Days, x.Business = 0, 0, 0
		}
	}
	return list, nil
}

// stayReport sums the spans of each deal in each stage (R37), by something of
// the deal where that is named. The period is that of entering the stage.
func stayReport(name, title, by string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Deals.Name, Period: DealStageSince.Name(), Past: true,
		Help: "Days in each stage from history, all visits of a deal summed. Stages that imported deals were in when they came are unknown and left out.",
		Run: func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
			return timeInStage(ctx, s, name, p, by)
		},
		Behind: func(ctx context.Context, s *record.Session, t report.Trail) (report.Found, error) {
			return stayBehind(ctx, s, t, by)
		}}
}

// stayOf is what is asked of stays in stages.
func stayOf(p report.Params, by string) record.StayQuery {
	return record.StayQuery{Object: Deals.Name, Field: DealStage.Name(), Filter: p.Filter, By: by, From: p.From, To: p.To, AsOf: p.AsOf}
}

// stayBehind lists the deals that were in a stage.
func stayBehind(ctx context.Context, s *record.Session, t report.Trail, by string) (report.Found, error) {
	figure, at, text := readTrail(t.Of)
	of, _ := value.ParseID(text)
	if figure != "deals" || at == 0 {
		return report.Found{}, report.NoFigure(t.Of)
	}
	f, q := report.Found{Column: figure}, stayOf(t.Params, by)
	st, err := s.Get(ctx, Stages.Name, at)
	if err != nil {
		return f, err
	}
	f.Label = st.Title()
	if by != "" {
		labels, err := stayLabels(ctx, s, []record.Stay{{By: of}}, by)
		if err != nil {
			return f, err
		}
		if labels[of] != "" {
			f.Label = labels[of] + ", " + f.Label
		}
	}
	q.Before = t.Before
	f.IDs, f.Count, err = s.StayedIn(ctx, q, at, of, t.Limit)
	return f, err
}

func timeInStage(ctx context.Context, s *record.Session, name string, p report.Params, by string) (*report.Table, error) {
	calendars, err := hours.Everybodys(ctx, s)
	if err != nil {
		return nil, err
	}
	q := stayOf(p, by)
	q.Business = func(owner value.ID, from, to time.Time) int { return calendars.Of(owner).BusinessDays(from, to) }
	stays, err := s.Stays(ctx, q)
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Deals.Name, Groups: []string{"stage.name"}, Rows: []report.Row{}, Columns: []report.Column{
		{Name: "deals", Title: "Deals", Adds: true}, {Name: "avg_days", Title: "Average days"}, {Name: "avg_business_days", Title: "Average business days"},
		{Name: "usual_days", Title: "Usual days"}}}
	labels, err := stayLabels(ctx, s, stays, by)
	if err != nil {
		return nil, err
	}
	if by != "" {
		t.Groups = []string{by + ".name", "stage.name"}
	}
	if by == DealPipeline.Name() {
		book, err := bookOf(ctx, s)
		if err != nil {
			return nil, err
		}
		slices.SortStableFunc(stays, func(a, b record.Stay) int {
			return cmp.Compare(slices.Index(book.pipelines, a.By), slices.Index(book.pipelines, b.By))
		})
	}
	for _, x := range stays {
		if kind, _ := record.Get(x.Record, StageKind); kind != Open { // where deals end they stay for good
			continue
		}
		of := ""
		row := report.Row{Keys: []any{x.Key}, Labels: []string{x.Label},
			Values: []record.Measure{{Value: x.Records}, {Value: x.AverageDays()}, {Value: x.AverageBusinessDays()}, {}}}
		if usual, ok := record.Get(x.Record, StageUsualDays); ok {
			row.Values[3] = record.Measure{Value: usual}
		}
		if by != "" {
			row.Keys, row.Labels = []any{x.By, x.Key}, []string{labels[x.By], x.Label}
			of = x.By.String()
		}
		row.Behind = trails(name, p, x.Key, of, t.Columns, row.Values, map[string]string{"avg_days": "deals", "avg_business_days": "deals"})
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// stayLabels are the names of what stays are told apart by.
func stayLabels(ctx context.Context, s *record.Session, stays []record.Stay, by string) (map[value.ID]string, error) {
	names := map[value.ID]string{}
	if by == "" {
		return names, nil
	}
	f, _ := s.Schema().MustObject(Deals.Name).Field(by)
	var ids []value.ID
	for _, x := range stays {
		if f.Kind == schema.KindPerson {
			names[x.By] = s.Roster().Name(x.By)
		} else if x.By != 0 {
			ids = append(ids, x.By)
		}
	}
	if len(ids) == 0 {
		return names, nil
	}
	found, err := s.GetMany(ctx, f.Target, ids)
	for id, r := range found {
		names[id] = r.Title()
	}
	return names, err
}

// slip counts how often the close date of an open deal was moved, and by how
// many days in all: later is more. Closing it says when it really closed, which
// is no move.
func slip(s *record.Session, d *record.Draft) {
	was, had := record.Was(d, DealCloseDate)
	is, has := record.Will(d, DealCloseDate)
	before, _ := record.Was(d, DealStatus)
	after, _ := record.Will(d, DealStatus)
	if s.Undoing() || d.Doing != record.Updating || !had || !has || was == is || before != Open || after != Open {
		return
	}
	moves, _ := record.Will(d, DealMoves)
	days, _ := record.Will(d, DealSlip)
	record.Put(d, DealMoves, moves+1)
	record.Put(d, DealSlip, days+int64(is)-int64(was))
}
