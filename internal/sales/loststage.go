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

// LostStages fills lost_stage: an older program did not keep in which stage a deal
// or a lead was lost, and when, though history tells it.
var LostStages = Filling{
	at:    store.Setting[*FilledTo]{Key: "lost_stages"},
	job:   FillLost{},
	deals: filler{`SELECT id FROM {deal} WHERE status = 'lost' AND lost_stage_id IS NULL AND id > $1 ORDER BY id LIMIT $2`, fillLost},
	leads: filler{`SELECT id FROM {lead} WHERE status = 'disqualified' AND lost_at IS NULL AND id > $1 ORDER BY id LIMIT $2`, fillLostLeads},
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
