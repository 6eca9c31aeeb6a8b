package commerce

import (
	"context"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Remind tells the owners of contracts in the morning of the day, by the clock
// of each, which planned payments are due and not paid, if that moment lies
// behind from and not behind to. zone is a member's.
func Remind(ctx context.Context, s *record.Session, zone func(value.ID) *time.Location, from, to time.Time) error {
	due, err := duePayments(ctx, s, value.DateOf(from, time.UTC).AddDays(-1), value.DateOf(to, time.UTC).AddDays(1))
	if err != nil {
		return err
	}
	plan := s.Schema().MustObject(PlanLines.Name)
	reminded, _ := plan.Field(PlanRemindedOn.Name())
	rows := map[value.ID][]any{}
	for _, x := range due {
		here := zone(x.owner)
		if at := activity.RemindAt(x.on.Time(here), here); !at.After(from) || at.After(to) {
			continue
		}
		rows[x.id] = []any{x.on}
		if err := notify.Send(ctx, s, notify.Notice{To: []value.ID{x.owner}, Kind: notify.Due, Key: "notify.payment_due",
			Link: schema.Ref{Object: Contracts.Name, ID: x.contract}.String(), Once: "due:" + x.id.String() + ":" + x.on.String()}); err != nil {
			return err
		}
	}
	return s.SetDerived(ctx, plan, []*schema.FieldDef{reminded}, rows)
}

type duePayment struct {
	id, contract, owner value.ID
	on                  value.Date
}

// duePayments are those that somebody owes and nobody was reminded of: a contract
// that is fulfilled may still be paid for.
func duePayments(ctx context.Context, s *record.Session, from, to value.Date) (list []duePayment, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT p.id, p.contract_id, c.owner_id, p.due_on FROM {payment_plan_line} p JOIN {contract} c ON c.id = p.contract_id
		WHERE p.deleted_at IS NULL AND p.due_on >= $1 AND p.due_on <= $2 AND p.progress IS DISTINCT FROM 'paid' AND p.reminded_on IS NULL
		AND c.deleted_at IS NULL AND c.owner_id IS NOT NULL AND c.state IN ('signed', 'active', 'completed') ORDER BY p.due_on, p.id`, from, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var x duePayment
		if err := rows.Scan(&x.id, &x.contract, &x.owner, &x.on); err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, rows.Err()
}
