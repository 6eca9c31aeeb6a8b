package sales

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Adjustments are what somebody says that a period will bring, whatever the
// deals come to: the person himself, and each of those who lead him. Each keeps
// his own; history has what he said before. They belong to the person they are
// about, and are seen by him and those who lead him.
var Adjustments = adjustments()

// Fields of an adjustment. Its owner is the person it is about.
var (
	AdjustmentName   = schema.Text(Adjustments, "name").ReadOnly()
	AdjustmentBy     = schema.Person(Adjustments, "said_by").ReadOnly()
	AdjustmentFrom   = schema.Date(Adjustments, "starts_on").Required()
	AdjustmentTo     = schema.Date(Adjustments, "ends_on").Required()
	AdjustmentAmount = schema.Money(Adjustments, "amount").Required()
	AdjustmentNote   = schema.LongText(Adjustments, "note")
	AdjustmentKey    = hidden(schema.Text(Adjustments, "pair").Unique().ReadOnly())
)

func adjustments() *schema.Object {
	o := schema.NewObject("forecast_adjustment", "forecast_adjustments", schema.Owned, "Forecast adjustment", "Forecast adjustments").Indexed("starts_on").RatedBy("starts_on")
	o.Hidden, o.Closed = true, true
	return o
}

// Adjustment is what somebody says of a person's period.
type Adjustment struct {
	ID, Person, By value.ID
	From, To       value.Date
	Amount         value.Money
	Note           string
	At             time.Time // when it was said last
}

// Adjust says what a person's period will bring, in the actor's name. What he
// said before stays in history.
func Adjust(ctx context.Context, s *record.Session, a Adjustment) (record.Outcome, error) {
	v := record.With(record.With(record.Values{}, AdjustmentFrom, a.From), AdjustmentTo, a.To)
	v[AdjustmentNote.Name()], v[AdjustmentAmount.Name()] = a.Note, nil
	if a.Amount.Currency != "" {
		record.With(v, AdjustmentAmount, a.Amount)
	}
	page, err := s.Query(ctx, record.Query{Object: Adjustments.Name, Limit: 1, Filter: joinAnd(`owner = "`+a.Person.String()+`"`, `said_by = me()`,
		`starts_on = date("`+a.From.String()+`")`, `ends_on = date("`+a.To.String()+`")`)})
	if err != nil {
		return record.Outcome{}, err
	}
	if len(page.Records) > 0 {
		return s.Update(ctx, Adjustments.Name, page.Records[0].ID, 0, v)
	}
	v["owner"] = a.Person
	return s.Create(ctx, Adjustments.Name, v)
}

// AdjustmentsOf lists what is said of a period, the latest first.
func AdjustmentsOf(ctx context.Context, s *record.Session, from, to value.Date) (list []Adjustment, err error) {
	if _, err := s.Object(Adjustments.Name); err != nil {
		return nil, nil // who may see none has none
	}
	err = eachAdjustment(ctx, s, from, to, time.Time{}, func(r *record.Record) error {
		list = append(list, adjustmentOf(r))
		return nil
	})
	return list, err
}

// eachAdjustment reads what is said of a period, the latest first, or what was taken
// back after a moment.
func eachAdjustment(ctx context.Context, s *record.Session, from, to value.Date, gone time.Time, fn func(*record.Record) error) error {
	return s.Each(ctx, record.Query{Object: Adjustments.Name, Filter: `starts_on = date("` + from.String() + `") and ends_on = date("` + to.String() + `")`, Sort: "-updated_at", Gone: gone}, fn)
}

func adjustmentOf(r *record.Record) Adjustment {
	a := Adjustment{ID: r.ID, Person: r.Owner()}
	a.From, _ = record.Get(r, AdjustmentFrom)
	a.To, _ = record.Get(r, AdjustmentTo)
	a.By, _ = record.Get(r, AdjustmentBy)
	a.Amount, _ = record.Get(r, AdjustmentAmount)
	a.Note, _ = record.Get(r, AdjustmentNote)
	a.At, _ = r.Field("updated_at").(time.Time)
	return a
}

// AdjustmentsAsOf lists what had been said of a period by a moment, as history
// tells it, the latest first, and what was taken back since too; zero = now.
func AdjustmentsAsOf(ctx context.Context, s *record.Session, from, to value.Date, at time.Time) (list []Adjustment, err error) {
	if at.IsZero() {
		return AdjustmentsOf(ctx, s, from, to)
	}
	if _, err := s.Object(Adjustments.Name); err != nil {
		return nil, nil
	}
	var found []*record.Record // first all, for history is asked of each
	for _, gone := range []time.Time{{}, at} {
		if err := eachAdjustment(ctx, s, from, to, gone, func(r *record.Record) error { found = append(found, r); return nil }); err != nil {
			return nil, err
		}
	}
	for _, r := range found {
		a, said, err := saidThen(ctx, s, r, at)
		if err != nil {
			return nil, err
		}
		if said {
			list = append(list, a)
		}
	}
	slices.SortStableFunc(list, func(a, b Adjustment) int { return b.At.Compare(a.At) })
	return list, nil
}

// mostSaid is how often an adjustment is followed back.
const mostSaid = 1_000

// saidThen is what an adjustment was at a moment, and whether it had been said by
// then.
func saidThen(ctx context.Context, s *record.Session, r *record.Record, at time.Time) (a Adjustment, said bool, err error) {
	if a = adjustmentOf(r); !a.At.After(at) {
		return a, true, nil
	}
	entries, err := s.HistoryOf(ctx, r, mostSaid)
	if err != nil {
		return a, false, err
	}
	for _, e := range entries {
		if e.At <= at.UnixMilli() {
			a = adjustmentOf(r)
			a.At = time.UnixMilli(e.At).UTC()
			return a, true, nil
		}
		changes := map[string][2]json.RawMessage{}
		for _, c := range e.Changes {
			if f, ok := r.Object.Field(c.Field); ok {
				changes[f.ID] = [2]json.RawMessage{c.Old, c.New}
			}
		}
		r = s.Rewound(r, changes)
	}
	return a, false, nil
}

// MayAdjust reports whether the actor may say what a person's period will
// bring: of himself, and of those he leads.
func MayAdjust(s *record.Session, person value.ID) bool {
	a := s.Actor()
	if a.System() || person == a.Member() {
		return true
	}
	return leads(s) && a.Reaches(s.Schema().MustObject(Deals.Name), access.Update, person)
}

// signAdjustments says whose word an adjustment is, and keeps two of one person
// about the same apart.
func signAdjustments(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range living(drafts) {
		if d.Doing == record.Creating && !s.Actor().System() {
			record.Put(d, AdjustmentBy, s.Actor().Member())
		}
		by, _ := record.Will(d, AdjustmentBy)
		from, _ := record.Will(d, AdjustmentFrom)
		to, _ := record.Will(d, AdjustmentTo)
		record.Put(d, AdjustmentName, s.Roster().Name(d.Record().Owner())+" "+from.String()+"/"+to.String())
		record.Put(d, AdjustmentKey, d.Record().Owner().String()+" "+by.String()+" "+from.String()+" "+to.String())
	}
	return nil
}

// checkAdjustments lets everybody speak for himself only, of himself or of whom
// he leads.
func checkAdjustments(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if from, to := d.Field(AdjustmentFrom.Name()), d.Field(AdjustmentTo.Name()); d.Doing != record.Deleting && from != nil && to != nil && to.(value.Date) < from.(value.Date) {
			d.Refuse(AdjustmentTo.Name(), "forecast.ends_before", nil)
		}
		by, _ := record.Will(d, AdjustmentBy)
		if d.Doing == record.Updating && d.Changed("owner") {
			d.Refuse("owner", "forecast.other_person", nil)
			continue
		}
		if s.Actor().System() || s.Actor().Admin() && d.Doing == record.Deleting {
			continue
		}
		if by != s.Actor().Member() || !MayAdjust(s, d.Record().Owner()) {
			d.Fail(fault.New(fault.Forbidden, "forecast.may_not_adjust", nil))
		}
	}
	return nil
}
