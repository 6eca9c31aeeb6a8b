package home

import (
	"cmp"
	"time"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// belongs is the condition of a section, over a record that was read. Days are
// the workspace's, as in the expressions.
func (l *look) belongs(key string, r *record.Record) bool {
	today, zone := l.s.Today(), l.s.Env().Zone
	day := func(name string) (value.Date, bool) {
		t, ok := r.Field(name).(time.Time)
		return value.DateOf(t, zone), ok
	}
	switch key {
	case "tasks":
		due, ok := day("due_at")
		return ok && due <= today && r.Field("kind") == "task"
	case "meetings":
		at, ok := day("at")
		return ok && at == today && (r.Field("kind") == "call" || r.Field("kind") == "meeting")
	case "late":
		close, ok := r.Field("close_date").(value.Date)
		return ok && close < today
	case "payments":
		return r.Field("state") == commerce.PlanOverdue
	case "no_step":
		return r.Field("next_activity_at") == nil
	case "slow":
		stage, _ := r.Field("stage").(value.ID)
		since, ok := day("stage_since")
		usual, has := l.stages.days[stage]
		return ok && has && since < today.AddDays(-int(usual))
	}
	return true
}

// before orders the records of a section as its list does.
func (l *look) before(key string, a, b *record.Record) int {
	moment := func(r *record.Record, name string) time.Time { t, _ := r.Field(name).(time.Time); return t }
	amount := func(r *record.Record) int64 { m, _ := r.Field("amount").(value.Money); return m.Minor }
	switch key {
	case "tasks":
		return moment(a, "due_at").Compare(moment(b, "due_at"))
	case "meetings":
		return moment(a, "at").Compare(moment(b, "at"))
	case "late":
		x, _ := a.Field("close_date").(value.Date)
		y, _ := b.Field("close_date").(value.Date)
		return cmp.Compare(x, y)
	case "payments":
		x, _ := record.Get(a, commerce.PlanDueOn)
		y, _ := record.Get(b, commerce.PlanDueOn)
		return cmp.Compare(x, y)
	case "no_step":
		return cmp.Compare(amount(b), amount(a))
	case "slow":
		return moment(a, "stage_since").Compare(moment(b, "stage_since"))
	}
	return moment(b, "created_at").Compare(moment(a, "created_at"))
}
