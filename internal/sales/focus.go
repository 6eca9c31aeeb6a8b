package sales

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Why is one reason for a deal to be looked at, with the points it gives. Count
// is how many days it is about, or percent, where it is about some.
type Why struct {
	Key    string `json:"key"`
	Points int64  `json:"points"`
	Count  int64  `json:"count,omitempty"`
}

// Reasons why a deal is in focus.
const (
	WhyValue     = "value"      // it is worth more than most
	WhyChance    = "chance"     // it is likely, by percent
	WhyOverdue   = "overdue"    // what was planned is late by days
	WhyToday     = "today"      // something is planned for today
	WhyNoStep    = "no_step"    // nothing is planned
	WhyQuiet     = "quiet"      // nothing happened for days
	WhySlow      = "slow"       // it stays longer in its stage than is usual, by days
	WhyClosePast = "close_past" // it should have closed days ago
	WhyCloseSoon = "close_soon" // it should close within days
)

// focusFacts are what the focus of a deal follows from.
type focusFacts struct {
	worth    float64 // in amounts of a typical deal; below 0 = unknown
	chance   float64 // in percent
	close    value.Date
	next     value.Date // what is planned
	last     value.Date // what happened
	since    value.Date // in its stage
	usual    int64      // days in that stage
	today    value.Date
	hasUsual bool
}

// reasons weighs the facts: up to 30 for value, 25 for chance, 20 for what is
// due, 15 for the close date and 10 for staleness.
func (f focusFacts) reasons() []Why {
	var list []Why
	add := func(key string, points, count int64) {
		if points > 0 {
			list = append(list, Why{Key: key, Points: points, Count: count})
		}
	}
	if f.worth > 0 {
		add(WhyValue, min(30, int64(f.worth*15+0.5)), 0)
	}
	add(WhyChance, int64(f.chance/4+0.5), int64(f.chance+0.5))
	switch away := int64(f.next) - int64(f.today); {
	case f.next == 0:
		add(WhyNoStep, 10, 0)
	case away < 0:
		add(WhyOverdue, 20, -away)
	case away == 0:
		add(WhyToday, 15, 0)
	}
	switch left := int64(f.close) - int64(f.today); {
	case f.close == 0:
	case left < 0:
		add(WhyClosePast, 15, -left)
	case left <= 7:
		add(WhyCloseSoon, 12, left)
	case left <= 21:
		add(WhyCloseSoon, 6, left)
	}
	quiet, slow := int64(0), int64(0)
	if f.last != 0 {
		quiet = int64(f.today) - int64(f.last)
	}
	if f.hasUsual && f.since != 0 {
		slow = int64(f.today) - int64(f.since) - f.usual
	}
	if slow > 0 {
		add(WhySlow, min(10, 5+slow/7), slow)
	} else if quiet >= 7 {
		add(WhyQuiet, min(10, quiet/3), quiet)
	}
	slices.SortStableFunc(list, func(a, b Why) int { return cmp.Compare(b.Points, a.Points) })
	return list
}

// rank is the sum of the reasons' points, 0 to 100.
func rank(list []Why) (sum int64) {
	for _, x := range list {
		sum += x.Points
	}
	return min(sum, 100)
}

// FocusWhy tells why a deal is in focus, the weightiest first; nothing for a
// closed one. What of the deal the reader may not see does not count for what he
// is told.
func FocusWhy(ctx context.Context, s *record.Session, deal *record.Record) ([]Why, error) {
	if status, _ := record.Get(deal, DealStatus); status == Won || status == Lost {
		return []Why{}, nil
	}
	book, err := bookOf(ctx, s)
	if err != nil {
		return nil, err
	}
	typical, err := typicalDeal(ctx, s)
	if err != nil {
		return nil, err
	}
	return factsOf(s, book, typical, deal).reasons(), nil
}

func factsOf(s *record.Session, book *stageBook, typical float64, d *record.Record) focusFacts {
	zone := s.Env().Zone
	day := func(name string) value.Date {
		t, ok := d.Field(name).(time.Time)
		if !ok {
			return 0
		}
		return value.DateOf(t, zone)
	}
	f := focusFacts{today: s.Today(), next: day("next_activity_at"), last: day("last_activity_at"), since: day(DealStageSince.Name())}
	if m, ok := record.Get(d, DealAmount); ok && typical > 0 {
		if base, known := s.Base(m); known {
			f.worth = float64(base) / typical
		}
	}
	if p, ok := d.Field(DealChance.Name()).(decimal.Decimal); ok {
		f.chance, _ = p.Float64()
	}
	f.close, _ = record.Get(d, DealCloseDate)
	if id, ok := record.Get(d, DealStage); ok {
		st := book.byID[id]
		f.usual, f.hasUsual = st.usual, st.usual > 0 && st.kind == Open
	}
	return f
}

type typicalKey struct{}

// typicalDeal is the average amount of open deals in minor units of the
// workspace's currency; 0 = there is none. It is kept, and read anew every
// night.
func typicalDeal(ctx context.Context, s *record.Session) (float64, error) {
	load := func() (float64, error) { return averageOpen(ctx, s) }
	kept, err := record.Keep(s, typicalKey{}, load)
	if err != nil || kept > 0 {
		return kept, err
	}
	return record.Memo(s, typicalKey{}, load) // the first days of a company
}

func averageOpen(ctx context.Context, s *record.Session) (float64, error) {
	book, err := bookOf(ctx, s)
	if err != nil {
		return 0, err
	}
	r, err := s.AsSystem("what a typical deal is worth").Aggregate(ctx, record.Aggregate{Object: Deals.Name, Group: []string{DealStage.Name()},
		Measures: []string{"count", "sum:amount"}, Unlabeled: true})
	if err != nil {
		return 0, err
	}
	sum, count := float64(0), int64(0)
	for _, g := range r.Groups {
		id, _ := g.Keys[0].(value.ID)
		n, _ := g.Values[0].Value.(int64)
		m, _ := g.Values[1].Value.(value.Money)
		if book.byID[id].kind == Open {
			sum, count = sum+float64(m.Minor), count+n
		}
	}
	return sum / float64(max(count, 1)), nil
}

// focusChanged ranks deals that changed.
func focusChanged(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	found := map[value.ID]*record.Record{}
	for _, d := range living(drafts) {
		found[d.ID] = d.Record()
	}
	return focusOn(ctx, s, found)
}

// focusWorked ranks the deals that activities are, or were, about.
func focusWorked(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		before, _ := record.Was(d, activity.Targets)
		about, _ := record.Will(d, activity.Targets)
		for _, ref := range slices.Concat(before, about) {
			if ref.Object == Deals.Name {
				ids = append(ids, ref.ID)
			}
		}
	}
	return Focus(ctx, s, ids)
}

// Focus ranks some deals.
func Focus(ctx context.Context, s *record.Session, ids []value.ID) error {
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), 500) {
		found, err := s.AsSystem("focus").GetMany(ctx, Deals.Name, chunk)
		if err != nil {
			return err
		}
		if err := focusOn(ctx, s, found); err != nil {
			return err
		}
	}
	return nil
}

// focusOn ranks deals: what is open by its reasons, what is closed not at all.
// The rank follows from other fields and the day, so it makes no history.
func focusOn(ctx context.Context, s *record.Session, found map[value.ID]*record.Record) error {
	if len(found) == 0 {
		return nil
	}
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	typical, err := typicalDeal(ctx, s)
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	for id, r := range found {
		var is, rots any
		if status, _ := record.Get(r, DealStatus); status == Open {
			facts := factsOf(s, book, typical, r)
			is, rots = rank(facts.reasons()), facts.rots()
		}
		if is != r.Field(DealFocus.Name()) || rots != r.Field(DealRots.Name()) {
			rows[id] = []any{is, rots}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return setDerived(ctx, s, Deals, rows, DealFocus.Name(), DealRots.Name())
}

// rots is the day from which the deal stays too long in its stage; nil where
// nobody knows.
func (f focusFacts) rots() any {
	if !f.hasUsual || f.since == 0 {
		return nil
	}
	return f.since.AddDays(int(f.usual) + 1)
}

// Refocus is the work of ranking all open deals again, a chunk at a time: days
// pass without anybody doing anything.
type Refocus struct {
	Cursor string `json:"cursor"` // of the next page, "" = from the first deal
}

// Kind implements jobs.Job.
func (Refocus) Kind() string { return "sales.refocus" }

// refocusStages has deals ranked anew whose stages are called slow otherwise.
func refocusStages(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing == record.Updating && d.Changed(StageUsualDays.Name()) {
			return s.Later(Refocus{})
		}
	}
	return nil
}

// Run ranks a chunk and answers what is left to do, false for nothing.
func (j Refocus) Run(ctx context.Context, s *record.Session) (next Refocus, more bool, err error) {
	if j.Cursor == "" { // what is typical may have changed
		if err := s.Touch(ctx); err != nil {
			return j, false, err
		}
	}
	ids, cursor, err := openDeals(ctx, s, j.Cursor)
	if err != nil {
		return j, false, err
	}
	return Refocus{Cursor: cursor}, cursor != "", Focus(ctx, s, ids)
}

// openDeals is a chunk of the deals that are open.
func openDeals(ctx context.Context, s *record.Session, cursor string) ([]value.ID, string, error) {
	page, err := s.Query(ctx, record.Query{Object: Deals.Name, Filter: Deals.Open, Sort: "id", Fields: []string{"id"}, Limit: 500, Cursor: cursor})
	if err != nil {
		return nil, "", err
	}
	ids := make([]value.ID, len(page.Records))
	for i, r := range page.Records {
		ids[i] = r.ID
	}
	return ids, page.Next, nil
}
