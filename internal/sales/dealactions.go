package sales

import (
	"context"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// actionColumns are what is told of each deal; those without a measure are read
// from its activities.
var actionColumns = []report.Column{
	{Name: "last_action", Title: "Last action", Measure: "max:last_activity_at"}, {Name: "last_kind", Title: "What it was", Plain: true}, {Name: "last_by", Title: "By whom", Plain: true},
	{Name: "last_contact", Title: "Last contact", Measure: "max:last_contact_at"},
	{Name: "open_actions", Title: "Open actions", Plain: true, Adds: true}, {Name: "overdue", Title: "Overdue", Plain: true, Adds: true},
	{Name: "next_action", Title: "Next action", Measure: "min:next_activity_at"}, {Name: "next_what", Title: "What comes next", Plain: true},
	{Name: "unplanned", Title: "Nothing planned", Measure: "count{next_activity_at is empty}"}, {Name: "amount", Title: "Amount", Measure: "sum:amount"}}

// dealActions tells of each open deal what was done last, what is open and what
// comes next.
func dealActions() report.Spec {
	spec := report.Spec{Name: "deal-actions", Title: "Last and next action by deal", Object: Deals.Name, Filter: isOpen, Group: []string{"id"}, Sort: "min:next_activity_at", Limit: 500,
		Help: "Open deals with what was done last and by whom, how much is open and overdue, and what comes next, the most urgent first; those with nothing planned stand last. Notes are no actions."}
	inner := spec
	for _, c := range actionColumns {
		if c.Measure != "" {
			inner.Columns = append(inner.Columns, c)
		}
	}
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		t, err := inner.Table(ctx, s, p)
		if err != nil {
			return nil, err
		}
		return t, tellActions(ctx, s, t)
	}
	return spec
}

// tellActions fills in what the activities of the deals tell.
func tellActions(ctx context.Context, s *record.Session, t *report.Table) error {
	var ids []value.ID
	for _, r := range t.Rows {
		if id, ok := r.Keys[0].(value.ID); ok {
			ids = append(ids, id)
		}
	}
	found, err := activity.Standings(ctx, s, Deals.Name, ids)
	if err != nil {
		return err
	}
	measured := t.Columns
	t.Columns = actionColumns
	for i := range t.Rows {
		r := &t.Rows[i]
		id, _ := r.Keys[0].(value.ID)
		x := found[id]
		if x == nil && found != nil {
			x = &activity.Standing{}
		}
		r.Values, r.Behind = actionsOf(s, x, measured, r.Values), make([]report.Behind, len(actionColumns))
		for j, c := range actionColumns {
			if n, ok := r.Values[j].Value.(int64); ok && c.Plain && n > 0 { // they stand on the deal's own page
				r.Behind[j].Path = "/deals/" + id.String()
			}
		}
	}
	if t.Total != nil {
		t.Total.Values = actionsOf(s, nil, measured, t.Total.Values)
	}
	return nil
}

// actionsOf are the figures of a deal in their order: times of its activities are
// those that the reader may know of.
func actionsOf(s *record.Session, x *activity.Standing, columns []report.Column, measured []record.Measure) []record.Measure {
	told := map[string]any{}
	if x != nil {
		told["open_actions"], told["overdue"] = x.Open, x.Overdue
		if a := x.Last; a != nil {
			told["last_action"], told["last_kind"] = a.At, report.Said(kindOf(s, a.Kind))
			if a.By != 0 {
				told["last_by"] = report.Said(s.Roster().Name(a.By))
			}
		}
		if a := x.Next; a != nil {
			told["next_action"], told["next_what"] = a.At, report.Said(kindOf(s, a.Kind))
			if a.Subject != "" {
				told["next_what"] = report.Said(a.Subject)
			}
		}
	}
	out := make([]record.Measure, len(actionColumns))
	for i, c := range actionColumns {
		out[i].Value = told[c.Name]
		for j, m := range columns {
			if m.Name == c.Name && c.Name != "last_action" && c.Name != "next_action" {
				out[i] = measured[j]
			}
		}
	}
	return out
}

// kindOf is what a kind of activity is called.
func kindOf(s *record.Session, kind string) string {
	f, _ := s.Schema().MustObject(activity.Activities.Name).Field(activity.Kind.Name())
	return f.OptionLabel(kind, language(s))
}
