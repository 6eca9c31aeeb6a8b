package process

import (
	"context"
	"net/url"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// AdherencePath is the page of the records behind figures of adherence.
const AdherencePath = "/reports/adherence"

// Reports tell, of each object, how its published processes were kept to: what
// the page of adherence tells, for files, mails, dashboards and programs.
func Reports(objects ...*schema.Object) (list []report.Spec) {
	for _, o := range objects {
		list = append(list, report.Spec{Name: "adherence-of-" + o.Plural, Title: "Process kept to: " + o.Plural, Object: o.Name, Period: "created_at", Run: adherenceOf(o.Name),
			Help: "Steps that were taken in the period by state and person, and what was skipped, late or is missing. Optional steps, and what was made up for, are not counted."})
	}
	return list
}

func adherenceOf(object string) func(context.Context, *record.Session, report.Params) (*report.Table, error) {
	return func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		o, err := s.Object(object)
		if err != nil {
			return nil, err
		}
		b, err := bookOf(ctx, s)
		if err != nil {
			return nil, err
		}
		t := &report.Table{Object: object, Groups: []string{"", "owner"}, Rows: []report.Row{}, Columns: []report.Column{
			{Name: "entered", Title: "Entered", Adds: true}, {Name: "skipped", Title: "Skipped", Adds: true}, {Name: "late", Title: "Late", Adds: true},
			{Name: "missing", Title: "Missing", Adds: true}, {Name: "kept", Title: "Kept to", Rate: true}}}
		span := Span{From: time.UnixMilli(0), To: s.Now().Add(time.Second), Zone: s.Env().Zone}
		if p.From != 0 {
			span.From = p.From.Time(span.Zone)
		}
		if p.To != 0 {
			span.To = p.To.AddDays(1).Time(span.Zone)
		}
		if p.Filter != "" {
			if span.Only, err = s.Check(o, p.Filter, expr.Bool); err != nil {
				return nil, err
			}
		}
		for _, of := range b.blueprints[object] {
			if !s.Actor().Sees(of.field) {
				continue
			}
			a, err := Adhere(ctx, s, of.id, span)
			if err != nil {
				return nil, err
			}
			t.Groups[0] = groupOf(s, of.field)
			t.Rows = append(t.Rows, a.lines(s, len(b.blueprints[object]) > 1)...)
		}
		if len(t.Rows) == 0 && t.Groups[0] == "" {
			t.Groups = []string{"owner"}
		}
		return t, nil
	}
}

// groupOf is what rows by the state of a field are grouped by.
func groupOf(s *record.Session, f *schema.FieldDef) string {
	if to := s.Schema().Target(f); to != nil {
		return f.Name + "." + to.Title
	}
	return f.Name
}

// lines are the rows of a table, in the order of the states.
func (a *Adherence) lines(s *record.Session, several bool) (rows []report.Row) {
	for _, st := range a.States {
		label := st.Name
		if several {
			label = a.Name + " · " + label
		}
		for _, x := range a.Rows {
			if x.State != st.Key {
				continue
			}
			lapses := x.Skipped + x.Late + x.Missing
			row := report.Row{Keys: []any{st.Key, x.Owner}, Labels: []string{label, s.Roster().Name(x.Owner)}, Behind: make([]report.Behind, 5), Values: []record.Measure{
				{Value: int64(x.Entered)}, {Value: int64(x.Skipped)}, {Value: int64(x.Late)}, {Value: int64(x.Missing)}, {}}}
			if all := x.Entered + x.Skipped; all > 0 {
				row.Values[4].Value = decimal.NewFromInt(int64(max(0, all-lapses))).DivRound(decimal.NewFromInt(int64(all)), 6)
			}
			for i, kind := range []string{LapseSkipped, LapseLate, LapseMissing} {
				if row.Values[i+1].Value != int64(0) {
					row.Behind[i+1].Path = a.path(x, kind)
				}
			}
			if id, err := value.ParseID(st.Key); err == nil {
				row.Keys[0] = id
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// path is the page of the records behind a figure.
func (a *Adherence) path(x Kept, kind string) string {
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	q := url.Values{"process": {a.Blueprint.String()}, "to": {day(a.To.Add(-time.Second))}, "owner": {x.Owner.String()}, "state": {x.State}, "kind": {kind}}
	if a.From.UnixMilli() > 0 {
		q.Set("from", day(a.From))
	}
	return AdherencePath + "?" + q.Encode() + "#behind"
}
