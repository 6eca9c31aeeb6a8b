package sales

import (
	"context"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Filling tells records of what an older program did not keep, though history
// knows it: deals first, then leads, and never again.
type Filling struct {
	at           store.Setting[*FilledTo]
	job          jobs.Job
	deals, leads filler // without SQL there is nothing to do
}

// filler names the records that are behind one, and fills what they lack.
type filler struct {
	sql  string
	fill func(ctx context.Context, s *record.Session, ids []value.ID) error
}

// FilledTo is where a filling stands.
type FilledTo struct {
	After     value.ID `json:"after"`
	Done      bool     `json:"done"`
	AfterLead value.ID `json:"after_lead"`
	LeadsDone bool     `json:"leads_done"`
}

// filledAtOnce is how many records a portion looks at.
const filledAtOnce = 500

// Job is the work of what is left.
func (f Filling) Job() jobs.Job { return f.job }

// Done reports whether all deals and leads of an older program have been looked
// at.
func (f Filling) Done(ctx context.Context, s *record.Session) (bool, error) {
	x, err := f.at.Get(ctx, s.Tx())
	return f.ended(x), err
}

func (f Filling) ended(x *FilledTo) bool {
	return x != nil && (x.Done || f.deals.sql == "") && (x.LeadsDone || f.leads.sql == "")
}

// Fill looks at a portion, and reports whether there are more. A restart goes on
// where it ended.
func (f Filling) Fill(ctx context.Context, s *record.Session) (more bool, err error) {
	x, err := f.at.Get(ctx, s.Tx())
	if err != nil || f.ended(x) {
		return false, err
	}
	if x == nil {
		x = &FilledTo{}
	}
	of, after, done := f.deals, &x.After, &x.Done
	if x.Done || f.deals.sql == "" {
		of, after, done = f.leads, &x.AfterLead, &x.LeadsDone
	}
	ids, err := s.Tx().IDs(ctx, of.sql, *after, filledAtOnce)
	if err != nil {
		return false, err
	}
	if len(ids) > 0 {
		if err := of.fill(ctx, s, ids); err != nil {
			return false, err
		}
		*after = ids[len(ids)-1]
	}
	*done = len(ids) < filledAtOnce
	return !f.ended(x), f.at.Set(ctx, s.Tx(), x)
}
