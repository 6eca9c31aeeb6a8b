package report

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Saved are the reports that people make. A report belongs to who made it; he
// may show it to his team or to everybody. Reports that the program ships are
// code, not rows.
var Saved = saved()

// Fields of a saved report. Group, Sort and Measures are as in
// record.Aggregate: groups with commas between, measures a line each, "title =
// measure" where it has a title.
var (
	SavedName       = schema.Text(Saved, "name").Required()
	SavedHelp       = schema.LongText(Saved, "description")
	SavedObject     = schema.Text(Saved, "object").Required()
	SavedFilter     = schema.LongText(Saved, "filter")
	SavedGroup      = schema.LongText(Saved, "group")
	SavedMeasures   = schema.LongText(Saved, "measures")
	SavedSort       = schema.LongText(Saved, "sort")
	SavedLimit      = schema.Int(Saved, "limit").Between(1, 10_000)
	SavedPeriod     = schema.Text(Saved, "period_field")
	SavedSpan       = schema.Choice(Saved, "period", Spans...)
	SavedCompare    = schema.Choice(Saved, "compare", PreviousPeriod, LastYear)
	SavedPerDay     = schema.Bool(Saved, "per_working_day")
	SavedShow       = schema.Choice(Saved, "show", Shows...)
	SavedVisibility = schema.Choice(Saved, "visibility", record.ViewPrivate, record.ViewTeam, record.ViewAll).Default(record.ViewPrivate).Required()
)

func saved() *schema.Object {
	o := schema.NewObject("report", "saved_reports", schema.Owned, "Report", "Reports").PersonalBy("visibility")
	o.Hidden = true // it has pages of its own
	return o
}

// Shows are the ways in which a report can be drawn; the table is always there.
var Shows = []string{"table", "pivot", "bars", "ranks", "line", "area", "donut", "heat", "funnel", "number"}

// What a period is compared with.
const (
	PreviousPeriod = "previous"
	LastYear       = "last_year"
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Saved, Dashboards, Schedules} }

// mostSaved is how many saved reports are offered.
const mostSaved = 500

// SavedSpecs lists the saved reports that the actor sees, by name.
func SavedSpecs(ctx context.Context, s *record.Session) ([]Spec, error) {
	if _, err := s.Object(Saved.Name); err != nil {
		return nil, nil
	}
	page, err := s.Query(ctx, record.Query{Object: Saved.Name, Limit: mostSaved})
	if err != nil {
		return nil, err
	}
	list := make([]Spec, 0, len(page.Records))
	for _, r := range page.Records {
		list = append(list, specOf(ctx, s, r))
	}
	slices.SortStableFunc(list, func(a, b Spec) int {
		return cmp.Or(strings.Compare(a.Title, b.Title), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// SavedSpec reads one saved report, as the actor has it.
func SavedSpec(ctx context.Context, s *record.Session, id value.ID) (Spec, error) {
	r, err := s.Get(ctx, Saved.Name, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			return Spec{}, absent(id.String())
		}
		return Spec{}, err
	}
	return specOf(ctx, s, r), nil
}

// WrittenSpec is a saved report as it is written, also where it asks for what is
// gone or hidden: running it tells. It is for whoever mends it.
func WrittenSpec(ctx context.Context, s *record.Session, id value.ID) (Spec, error) {
	r, err := s.Get(ctx, Saved.Name, id)
	if err != nil {
		return Spec{}, err
	}
	return written(s, r), nil
}

func specOf(ctx context.Context, s *record.Session, r *record.Record) Spec {
	x := written(s, r)
	if x.Problem = x.problem(ctx, s); x.Problem != nil {
		x.Filter, x.Sort, x.Group, x.Columns = "", "", nil, nil
	}
	return x
}

func written(s *record.Session, r *record.Record) Spec {
	x := Spec{ID: r.ID, Version: r.Version, Owner: r.Owner(), Name: r.ID.String()}
	for to, of := range map[*string]schema.Field[string]{&x.Title: SavedName, &x.Help: SavedHelp, &x.Object: SavedObject, &x.Filter: SavedFilter,
		&x.Sort: SavedSort, &x.Period: SavedPeriod, &x.Span: SavedSpan, &x.Compare: SavedCompare, &x.Show: SavedShow, &x.Visibility: SavedVisibility} {
		*to, _ = record.Get(r, of)
	}
	limit, _ := record.Get(r, SavedLimit)
	x.Limit = int(limit)
	x.PerDay, _ = record.Get(r, SavedPerDay)
	group, _ := record.Get(r, SavedGroup)
	x.Group = record.SplitList(group)
	measures, _ := record.Get(r, SavedMeasures)
	x.Columns = ParseColumns(measures)
	if o, err := s.Object(x.Object); err == nil {
		x = x.ByRecord(s, o)
	}
	return x
}

// problem tells what keeps the report from being run: what it asks for is gone,
// or the actor may not read it.
func (spec Spec) problem(ctx context.Context, s *record.Session) *fault.Error {
	err := spec.check(ctx, s)
	if err == nil {
		return nil
	}
	args := fault.Args{"report": spec.Title}
	if broken, ok := fault.As(spec.check(ctx, s.AsSystem("tell what is gone from what is hidden"))); ok {
		return fault.New(fault.Invalid, "report.broken", args).Because(broken)
	}
	return fault.New(fault.Forbidden, "report.hidden", args)
}

// Values are the report as fields of its record.
func (spec Spec) Values() record.Values {
	v := record.Values{SavedName.Name(): none(spec.Title), SavedHelp.Name(): none(spec.Help), SavedObject.Name(): none(spec.Object), SavedFilter.Name(): none(spec.Filter),
		SavedGroup.Name(): none(strings.Join(spec.Group, ", ")), SavedMeasures.Name(): none(ColumnsText(spec.Columns)), SavedSort.Name(): none(spec.Sort),
		SavedPeriod.Name(): none(spec.Period), SavedSpan.Name(): none(spec.Span), SavedCompare.Name(): none(spec.Compare), SavedPerDay.Name(): spec.PerDay,
		SavedShow.Name(): none(spec.Show), SavedLimit.Name(): nil}
	if spec.Limit > 0 {
		v[SavedLimit.Name()] = int64(spec.Limit)
	}
	if spec.Visibility != "" {
		v[SavedVisibility.Name()] = spec.Visibility
	}
	return v
}

func none(text string) any {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	return text
}
