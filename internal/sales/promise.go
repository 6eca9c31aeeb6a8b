package sales

import (
	"context"
	"time"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// promiseLeads keeps until when new leads are to be answered: the company's time
// for that after they came, in the working time of whoever answers for them.
func promiseLeads(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing == record.Creating || d.Doing == record.Updating && (d.Changed(LeadCapturedAt.Name()) || d.Changed("owner")) {
			ids = append(ids, d.ID)
		}
	}
	return promise(ctx, s, ids)
}

// promise writes until when leads are to be answered, where that is something
// new. Who was answered is measured by what held then.
func promise(ctx context.Context, s *record.Session, leads []value.ID) error {
	if len(leads) == 0 {
		return nil
	}
	took := hours.Duration{N: s.Settings().ResponseMinutes, Unit: hours.BusinessMinutes}
	type waiting struct {
		lead, owner value.ID
		from, due   int64
		came        bool
	}
	var list []waiting
	err := each(ctx, s, leads, func(in string) string {
		return `SELECT id, captured_at, owner_id, response_due FROM {lead} WHERE id IN (` + in + `) AND (first_response_at IS NULL OR response_due IS NULL)`
	}, func(rows *store.Rows) error {
		var x waiting
		x.lead, _ = rows.ID(0)
		x.from, x.came = rows.Int(1)
		x.owner, _ = rows.ID(2)
		x.due, _ = rows.Int(3)
		list = append(list, x)
		return nil
	})
	if err != nil {
		return err
	}
	derive := map[value.ID][]any{}
	for _, x := range list {
		if !x.came {
			if x.due != 0 {
				derive[x.lead] = []any{nil}
			}
			continue
		}
		cal, err := hours.Whose(ctx, s, x.owner)
		if err != nil {
			return err
		}
		if due := cal.Add(time.UnixMilli(x.from).UTC(), took); due.UnixMilli() != x.due {
			derive[x.lead] = []any{due.UTC()}
		}
	}
	if len(derive) == 0 {
		return nil
	}
	return setDerived(ctx, s, Leads, derive, LeadResponseDue.Name())
}

// Promise is the work of telling anew until when leads are to be answered.
type Promise struct {
	After value.ID `json:"after,omitzero"`
}

// Kind implements jobs.Job.
func (Promise) Kind() string { return "sales.promise" }

// TimeChanged asks for that work where the company gives itself another time.
func TimeChanged(_ context.Context, s *record.Session, was, now record.Settings) error {
	if was.ResponseMinutes == now.ResponseMinutes && was.Zone == now.Zone && was.Region == now.Region {
		return nil
	}
	return s.Later(Promise{})
}

// promisedAtOnce is how many leads a portion looks at.
const promisedAtOnce = 500

// PromiseAnew does a portion of that work: open leads that wait for an answer, and
// those of an older program that know no time. It answers what is left to do.
func PromiseAnew(ctx context.Context, s *record.Session, j Promise) (rest Promise, more bool, err error) {
	ids, err := s.Tx().IDs(ctx, `SELECT id FROM {lead} WHERE id > $1 AND captured_at IS NOT NULL AND (response_due IS NULL
		OR first_response_at IS NULL AND status IN ('new', 'working', 'qualified')) ORDER BY id LIMIT $2`, j.After, promisedAtOnce)
	if err != nil || len(ids) == 0 {
		return j, false, err
	}
	if err := lockRows(ctx, s, Leads.Table, ids); err != nil {
		return j, false, err
	}
	return Promise{After: ids[len(ids)-1]}, len(ids) == promisedAtOnce, promise(ctx, s, ids)
}
