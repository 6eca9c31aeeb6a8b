package sales

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Relearn is the work of learning anew what wins deals. Forced, it is done even
// where nothing has changed.
type Relearn struct {
	Forced bool `json:"forced"`
}

// Kind implements jobs.Job.
func (Relearn) Kind() string { return "sales.relearn" }

// Foretell is the work of foretelling open deals: some, or all.
type Foretell struct {
	Deals []value.ID `json:"deals"`
}

// Kind implements jobs.Job.
func (Foretell) Kind() string { return "sales.foretell" }

// NeedsRelearning reports whether deals have ended, or come back to life, since
// the workspace last learnt.
func NeedsRelearning(ctx context.Context, s *record.Session) (bool, error) {
	p, err := PredictionsOf(ctx, s)
	if err != nil {
		return false, err
	}
	var n int64
	var last *int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*), max(closed_at) FROM {deal} WHERE status IN ('won', 'lost') AND deleted_at IS NULL`, nil, &n, &last); err != nil {
		return false, err
	}
	return p == nil && n > 0 || p != nil && (int(n) != p.Closed || last != nil && time.UnixMilli(*last).After(p.Trained)), nil
}

// Foretold is the chance of some deals, and which version of each it is of.
type Foretold map[value.ID]Chance

// Chance is a percentage, nil where nothing is said.
type Chance struct {
	Of      any
	Version int64
}

// ForetellDeals works out what is foretold of some deals, or of all open ones where
// ids is nil, and hands it on portion by portion.
func ForetellDeals(ctx context.Context, read Reading, ids []value.ID, keep func(Foretold) error) error {
	var p *Predictions
	var past *pastReader
	err := read(ctx, func(s *record.Session) (err error) {
		if p, err = PredictionsOf(ctx, s); err != nil || p == nil {
			return err
		}
		if past, err = newPastReader(ctx, s); err == nil && ids == nil {
			past.results, err = readResults(ctx, s)
		}
		return err
	})
	if err != nil || p == nil {
		return err
	}
	if ids == nil {
		past.results.sort()
		return past.foretellAll(ctx, read, p, keep)
	}
	for chunk := range slices.Chunk(ids, 500) {
		past.results = nil
		if err := past.foretell(ctx, read, p, keep, func() ([]value.ID, error) { return chunk, nil }); err != nil {
			return err
		}
	}
	return nil
}

func (r *pastReader) foretellAll(ctx context.Context, read Reading, p *Predictions, keep func(Foretold) error) error {
	for cursor, more := "", true; more; more = cursor != "" {
		err := r.foretell(ctx, read, p, keep, func() (ids []value.ID, err error) {
			ids, cursor, err = openDeals(ctx, r.s, cursor)
			return ids, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// foretell works out a portion, and hands it on when its snapshot is closed.
func (r *pastReader) foretell(ctx context.Context, read Reading, p *Predictions, keep func(Foretold) error, which func() ([]value.ID, error)) error {
	out := Foretold{}
	err := r.portion(ctx, read, func() error {
		ids, err := which()
		if err != nil {
			return err
		}
		list, err := r.ask(ctx, p.Of[0], ids)
		now := r.s.Now().UnixMilli()
		for _, d := range list {
			c := Chance{Version: d.version}
			if learnt, told := p.For(d.pipeline); told && d.status == Open {
				row, _ := r.row(d, now)
				c.Of = decimal.NewFromInt(percentOf(learnt.Model.Chance(row)))
			}
			out[d.id] = c
		}
		return err
	})
	if err != nil || len(out) == 0 {
		return err
	}
	return keep(out)
}

// percentOf is a chance in percent: nothing that is open is sure.
func percentOf(chance float64) int64 { return int64(min(99, max(1, math.Round(chance*100)))) }

// ask reads some deals and, where not all was read, what became of the deals of
// their owners and accounts.
func (r *pastReader) ask(ctx context.Context, whole *Learnt, ids []value.ID) ([]*dealPast, error) {
	list, err := r.read(ctx, ids)
	if err != nil || r.results != nil {
		return list, err
	}
	var owners, accounts []value.ID
	for _, d := range list {
		if n := len(d.spans); n > 0 {
			owners = append(owners, d.spans[n-1].owner)
		}
		accounts = append(accounts, accountsOf(&d.life)...)
	}
	slices.Sort(owners)
	slices.Sort(accounts)
	usual := 0.5
	if whole != nil && whole.Closed > 0 {
		usual = float64(whole.Won) / float64(whole.Closed)
	}
	r.results, err = readSomeResults(ctx, r.s, slices.Compact(owners), slices.Compact(accounts), usual)
	return list, err
}

// KeepForetold writes what changed of what is foretold. It follows from other
// fields and the day, so it makes no history. A deal that changed since is another
// one than was judged: it is judged anew instead, so that nothing older than what is
// there already takes its place.
func KeepForetold(ctx context.Context, s *record.Session, told Foretold) error {
	ids := slices.Sorted(maps.Keys(told))
	found, err := s.AsSystem("prediction").GetMany(ctx, Deals.Name, ids)
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	var anew []value.ID
	for _, id := range ids {
		switch r, is := found[id], told[id]; {
		case r == nil:
		case r.Version != is.Version:
			anew = append(anew, id)
		case !same(is.Of, r.Field(DealPrediction.Name())):
			rows[id] = []any{is.Of}
		}
	}
	if len(anew) > 0 {
		if err := s.Later(Foretell{Deals: anew}); err != nil {
			return err
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return setDerived(ctx, s, Deals, rows, DealPrediction.Name())
}

func same(a, b any) bool {
	x, ok := a.(decimal.Decimal)
	y, ok2 := b.(decimal.Decimal)
	return ok == ok2 && (!ok || x.Equal(y))
}

// foretold are the fields whose change asks for a new prediction at once; what
// else changes is looked at every night.
var foretold = []string{DealStage.Name(), DealStatus.Name(), DealAmount.Name(), DealCloseDate.Name(), DealAccount.Name(), "owner"}

// foretellChanged has deals foretold again that changed, where the workspace
// foretells at all.
func foretellChanged(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	p, err := PredictionsOf(ctx, s)
	if err != nil || p == nil || p.Of[0] == nil || p.Of[0].Model == nil {
		return err
	}
	var ids []value.ID
	for _, d := range living(drafts) {
		if d.Doing != record.Updating || slices.ContainsFunc(foretold, d.Changed) {
			ids = append(ids, d.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.Later(Foretell{Deals: ids})
}
