package sales

import (
	"context"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// FillLost is the work of filling it.
type FillLost struct{}

// Kind implements jobs.Job.
func (FillLost) Kind() string { return "sales.fill_lost_stages" }

// LostStages is where the filling of lost_stage stands: an older program did not
// keep in which stage a deal or a lead was lost, though history tells it.
type LostStages struct {
	After     value.ID `json:"after"`
	Done      bool     `json:"done"`
	AfterLead value.ID `json:"after_lead"`
	LeadsDone bool     `json:"leads_done"`
}

var lostStages = store.Setting[*LostStages]{Key: "lost_stages"}

// lostAtOnce is how many records a portion looks at.
const lostAtOnce = 500

// LostStagesFilled reports whether all deals and leads that were lost under an
// older program have been looked at.
func LostStagesFilled(ctx context.Context, s *record.Session) (bool, error) {
	x, err := lostStages.Get(ctx, s.Tx())
	return x != nil && x.Done && x.LeadsDone, err
}

// FillLostStages tells of a portion of lost deals, then of leads, in which stage
// they were lost and when, as far as history knows, and reports whether there are
// more. A restart goes on where it ended.
func FillLostStages(ctx context.Context, s *record.Session) (more bool, err error) {
	x, err := lostStages.Get(ctx, s.Tx())
	if err != nil || x != nil && x.Done && x.LeadsDone {
		return false, err
	}
	if x == nil {
		x = &LostStages{}
	}
	sql, after, done, fill := `SELECT id FROM {deal} WHERE status = 'lost' AND lost_stage_id IS NULL AND id > $1 ORDER BY id LIMIT $2`, &x.After, &x.Done, fillLost
	if x.Done {
		sql, after, done, fill = `SELECT id FROM {lead} WHERE status = 'disqualified' AND lost_at IS NULL AND id > $1 ORDER BY id LIMIT $2`, &x.AfterLead, &x.LeadsDone, fillLostLeads
	}
	ids, err := s.Tx().IDs(ctx, sql, *after, lostAtOnce)
	if err != nil {
		return false, err
	}
	if len(ids) > 0 {
		if err := fill(ctx, s, ids); err != nil {
			return false, err
		}
		*after = ids[len(ids)-1]
	}
	*done = len(ids) < lostAtOnce
	return !x.LeadsDone, lostStages.Set(ctx, s.Tx(), x)
}

// loss is what spans tell of one record: its status and stage, and since when it is
// lost and from where, 0 = from none that was open.
type loss struct {
	status    string
	in, stage value.ID
	since     int64
}

// lossesOf follows the spans of records through to the last one.
func lossesOf(ctx context.Context, s *record.Session, ids []value.ID, table, lost string, open func(string) bool) (map[value.ID]*loss, error) {
	of := map[value.ID]*loss{}
	return of, each(ctx, s, ids, func(in string) string {
		return `SELECT record, status, stage_id, from_ms FROM {` + table + `} WHERE record IN (` + in + `) ORDER BY record, from_ms`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		status, _ := rows.Text(1)
		in, _ := rows.ID(2)
		from, _ := rows.Int(3)
		x := of[id]
		if x == nil {
			x = &loss{}
			of[id] = x
		}
		switch {
		case status != lost:
			x.stage, x.since = 0, 0
		case open(x.status):
			x.stage, x.since = x.in, from
		}
		x.status, x.in = strings.Clone(status), in
		return nil
	})
}

// fillLost writes the stage that lost deals were in when they were lost. Those
// that were won before, or came lost, were lost in none.
func fillLost(ctx context.Context, s *record.Session, ids []value.ID) error {
	if err := lockRows(ctx, s, Deals.Table, ids); err != nil {
		return err
	}
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	of, err := lossesOf(ctx, s, ids, Deals.SpanTable(), Lost, func(status string) bool { return status == Open })
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	for id, x := range of {
		if _, known := book.byID[x.stage]; known && x.status == Lost {
			rows[id] = []any{x.stage}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return setDerived(ctx, s, Deals, rows, DealLostStage.Name())
}

// fillLostLeads does the same for leads, with the moment.
func fillLostLeads(ctx context.Context, s *record.Session, ids []value.ID) error {
	if err := lockRows(ctx, s, Leads.Table, ids); err != nil {
		return err
	}
	book, err := leadBookOf(ctx, s)
	if err != nil {
		return err
	}
	of, err := lossesOf(ctx, s, ids, Leads.SpanTable(), Disqualified, func(status string) bool { return status == Fresh || status == Working || status == Qualified })
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	for id, x := range of {
		if x.status != Disqualified || x.since == 0 {
			continue
		}
		row := []any{time.UnixMilli(x.since).UTC(), nil}
		if _, known := book.byID[x.stage]; known {
			row[1] = x.stage
		}
		rows[id] = row
	}
	if len(rows) == 0 {
		return nil
	}
	return setDerived(ctx, s, Leads, rows, LeadLostAt.Name(), LeadLostStage.Name())
}
