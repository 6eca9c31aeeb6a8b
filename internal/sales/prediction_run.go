package sales

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Relearn is the work of learning anew what wins deals. Forced, it is done even
// where nothing has changed.
type Relearn struct {
	Forced bool `json:"forced"`
}

// Kind implements jobs.Job.
func (Relearn) Kind() string { return "sales.relearn" }

// Foretell is the work of foretelling open deals: some, or where none are named
// all from a place in their order on.
type Foretell struct {
	Deals  []value.ID `json:"deals"`
	Cursor string     `json:"cursor,omitempty"`
}

// Kind implements jobs.Job.
func (Foretell) Kind() string { return "sales.foretell" }

// NeedsRelearning reports whether deals have ended, or come back to life, since
// the workspace last learnt, or a field changed that it learnt from.
func NeedsRelearning(ctx context.Context, s *record.Session) (bool, error) {
	p, err := PredictionsOf(ctx, s)
	if err != nil {
		return false, err
	}
	if p != nil && looksAt(s.Schema()).lacks(p.Seen) {
		return true, nil
	}
	var n int64
	var last *int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*), max(closed_at) FROM {deal} WHERE status IN ('won', 'lost') AND deleted_at IS NULL`, nil, &n, &last); err != nil {
		return false, err
	}
	return p == nil && n > 0 || p != nil && (int(n) != p.Closed || last != nil && time.UnixMilli(*last).After(p.Trained)), nil
}

// relearnAfter is how long a change of the schema waits for further ones.
const relearnAfter = 10 * time.Minute

// FieldsChanged has the workspace learn anew where a plan changes or removes a field
// that it learnt from. Many changes in a row are one work.
func FieldsChanged(ctx context.Context, s *record.Session, plan *schema.Plan) error {
	p, err := PredictionsOf(ctx, s)
	if err != nil || p == nil || !looksAt(plan.Next()).lacks(p.Seen) {
		return err
	}
	waits, err := jobs.Waits(ctx, s.Tx(), Relearn{})
	if err != nil || waits {
		return err
	}
	return s.LaterAt(s.Now().Add(relearnAfter), Relearn{})
}

// Foretold is the chance of some deals, and which version of each it is of.
type Foretold map[value.ID]Chance

// Chance is a percentage, nil where nothing is said.
type Chance struct {
	Of      any
	Version int64
}

// foretellAtOnce is how many deals are a portion.
const foretellAtOnce = 500

// Foretelling is a Foretell under way.
type Foretelling struct {
	Rest Foretell // what is left to do
	More bool     // whether anything is

	read Reading
	p    *Predictions
	past *pastReader
	all  bool
}

// BeginForetelling reads what every portion takes; nil where nothing was learnt.
func BeginForetelling(ctx context.Context, read Reading, j Foretell) (*Foretelling, error) {
	x := &Foretelling{Rest: j, More: true, read: read, all: j.Deals == nil}
	err := read(ctx, func(s *record.Session) (err error) {
		if x.p, err = PredictionsOf(ctx, s); err != nil || x.p == nil {
			return err
		}
		if x.past, err = newPastReader(ctx, s); err == nil && x.all {
			x.past.results, err = readResults(ctx, s)
		}
		return err
	})
	if err != nil || x.p == nil {
		return nil, err
	}
	if x.all {
		x.past.results.sort()
	}
	return x, nil
}

// Next works out a portion. What it answers is to be kept after its snapshot is
// closed, so that no writer waits for it.
func (x *Foretelling) Next(ctx context.Context) (told Foretold, err error) {
	if !x.all {
		x.past.results = nil
	}
	rest := x.Rest
	told, err = x.past.foretell(ctx, x.read, x.p, func() (ids []value.ID, err error) {
		if x.all {
			ids, rest.Cursor, err = openDeals(ctx, x.past.s, x.Rest.Cursor)
			return ids, err
		}
		n := min(len(x.Rest.Deals), foretellAtOnce)
		ids, rest.Deals = x.Rest.Deals[:n], x.Rest.Deals[n:]
		return ids, nil
	})
	if err == nil {
		x.Rest, x.More = rest, rest.Cursor != "" || len(rest.Deals) > 0
	}
	return told, err
}

// foretell works out the chances of the deals that which answers.
func (r *pastReader) foretell(ctx context.Context, read Reading, p *Predictions, which func() ([]value.ID, error)) (Foretold, error) {
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
				c.Of = decimal.NewFromInt(percentOf(learnt.Model.Chance(learnt.Model.Arrange(r.look.columns, row))))
			}
			out[d.id] = c
		}
		return err
	})
	return out, err
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
