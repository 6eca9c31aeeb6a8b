package record

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Stay is how long records were in one state of a tracked link field.
type Stay struct {
	Key     value.ID
	Label   string
	Record  *Record  // the state itself
	By      value.ID // what they are told apart by, 0 for none
	Records int64
	ms      int64
	visits  int64
	// business days, and whether they were counted
	business int64
	counted  bool
}

// AverageDays is the mean over the records that were in the state, all visits
// of a record summed, with two decimals.
func (x Stay) AverageDays() any {
	if x.Records == 0 {
		return nil
	}
	const day = 24 * 60 * 60 * 1000
	return decimal.NewFromInt(x.ms).Div(decimal.NewFromInt(x.Records * day)).RoundBank(2)
}

// AverageBusinessDays is the same in days on which their owners work, nil where
// they were not counted.
func (x Stay) AverageBusinessDays() any {
	if x.Records == 0 || !x.counted {
		return nil
	}
	return decimal.NewFromInt(x.business).Div(decimal.NewFromInt(x.Records)).RoundBank(2)
}

// StayQuery asks how long records were in the states of a tracked link field.
type StayQuery struct {
	Object, Field, Filter string
	// By tells them apart by another link of the object, such as its owner.
	By string
	// From and To narrow to what was entered on these days; 0 = open.
	From, To value.Date
	// Brought counts records also in the state that an import made them in. How long
	// they have been there nobody knows, so it is for counts alone.
	Brought bool
	// Business counts the working days of a record's owner, or the company's (0),
	// between two moments; nil = nobody wants to know.
	Business func(owner value.ID, from, to time.Time) int
	// AsOf is the moment looked back to: stays up to it, of records as they were.
	AsOf time.Time
	// Before begins lists behind a record, the last of the page before; 0 = with
	// the newest.
	Before value.ID
}

// counted is the beginning of the condition of what counts.
func (q StayQuery) counted() string {
	if q.Brought {
		return ""
	}
	return "x.brought = 0 AND "
}

// until is the moment up to which stays are measured.
func (q StayQuery) until(s *Session) int64 {
	if q.AsOf.IsZero() {
		return s.now.UnixMilli()
	}
	return q.AsOf.UnixMilli() + 1
}

// mostVisits is how many are counted in the company's days.
const mostVisits = 50_000

// Stays measures the spans of a tracked link field over the records that the
// actor may read and that fit the filter. A record that came into a state by an
// import is left out of that state: nobody knows since when it really was there.
func (s *Session) Stays(ctx context.Context, q StayQuery) ([]Stay, error) {
	o, f, by, err := s.stayFields(q)
	if err != nil {
		return nil, err
	}
	found, err := s.measureStays(ctx, o, f, by, q)
	if err != nil {
		return nil, err
	}
	return s.labelStays(ctx, f, found)
}

// stayFields are the object, the tracked link and what tells the stays apart.
func (s *Session) stayFields(q StayQuery) (o *schema.Object, f, by *schema.FieldDef, err error) {
	o, err = s.Object(q.Object)
	if err != nil {
		return nil, nil, nil, err
	}
	for name, to := range map[string]**schema.FieldDef{q.Field: &f, q.By: &by} {
		if name == "" {
			continue
		}
		found, ok := o.Field(name)
		if !ok || !s.actor.CanFilter(found) {
			return nil, nil, nil, schema.UnknownField(o, name, s.Sees)
		}
		*to = found
	}
	if !f.Tracked || !f.IsLink() {
		return nil, nil, nil, fault.New(fault.Invalid, "record.not_tracked", fault.Args{"field": q.Field})
	}
	return o, f, by, nil
}

// StayedIn lists the records that were in a state, the newest first, up to a limit,
// those of one of By where that is not 0, and counts all of them.
func (s *Session) StayedIn(ctx context.Context, q StayQuery, state, of value.ID, limit int) (ids []value.ID, n int64, err error) {
	o, f, by, err := s.stayFields(q)
	if err != nil {
		return nil, 0, err
	}
	args := s.args()
	inner, err := s.staySQL(ctx, o, f, by, q, args)
	if err != nil {
		return nil, 0, err
	}
	sql := " FROM (" + inner + ") x WHERE " + q.counted() + "x.state = " + args.Add(int64(state), "bigint")
	if by != nil {
		sql += " AND x.part = " + args.Add(int64(of), "bigint")
	}
	if _, err := s.tx.Row(ctx, "SELECT count(*)"+sql, args.Values(), &n); err != nil {
		return nil, 0, err
	}
	if q.Before != 0 {
		sql += " AND x.record < " + args.Add(int64(q.Before), "bigint")
	}
	ids, err = s.tx.IDs(ctx, "SELECT x.record"+sql+" ORDER BY x.record DESC LIMIT "+args.Add(int64(limit), "bigint"), args.Values()...)
	return ids, n, err
}

// stayKey tells the stays of one answer apart.
type stayKey struct{ state, by value.ID }

func (s *Session) measureStays(ctx context.Context, o *schema.Object, f, by *schema.FieldDef, q StayQuery) (map[stayKey]*Stay, error) {
	args := s.args()
	inner, err := s.staySQL(ctx, o, f, by, q, args)
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.Query(ctx, "SELECT x.state, x.part, count(*), CAST(sum(x.ms) AS bigint), CAST(sum(x.visits) AS bigint) FROM ("+inner+
		") x WHERE "+q.counted()+"x.state IS NOT NULL GROUP BY x.state, x.part", args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found, visits := map[stayKey]*Stay{}, int64(0)
	for rows.Next() {
		x := &Stay{}
		x.Key, _ = rows.ID(0)
		x.By, _ = rows.ID(1)
		x.Records, _ = rows.Int(2)
		x.ms, _ = rows.Int(3)
		x.visits, _ = rows.Int(4)
		visits += x.visits
		found[stayKey{x.Key, x.By}] = x
	}
	if err := rows.Err(); err != nil || q.Business == nil || visits > mostVisits {
		return found, err
	}
	return found, s.countBusiness(ctx, o, f, by, q, found)
}

// staySQL is a row for each record and state it was in.
func (s *Session) staySQL(ctx context.Context, o *schema.Object, f, by *schema.FieldDef, q StayQuery, args *expr.Args) (string, error) {
	part := "CAST(0 AS bigint)"
	if by != nil {
		part = "coalesce(t." + s.tx.Dialect().Quote(by.Column) + ", 0)"
	}
	column := "sp." + s.tx.Dialect().Quote(f.Column)
	now := args.Add(q.until(s), "bigint")
	from, err := s.stayFrom(ctx, o, column, now, q, args)
	if err != nil {
		return "", err
	}
	return "SELECT sp.record, " + column + " AS state, " + part + " AS part, sum((CASE WHEN sp.to_ms > " + now + " THEN " + now +
		" ELSE sp.to_ms END) - sp.from_ms) AS ms, count(*) AS visits, max(CASE WHEN a.door = 'import' THEN 1 ELSE 0 END) AS brought" +
		from + " GROUP BY sp.record, " + column + ", " + part, nil
}

// longPast is from how many days on spans are read in the order of records and not
// of moments: to pass over older ones is cheaper then than to sort all others and
// to look up the record of each (5.7 and 22 s of CPU for 20 months of a million
// deals on SQLite).
const longPast = 180

// stayFrom is where spans are read from, and which.
func (s *Session) stayFrom(ctx context.Context, o *schema.Object, column, now string, q StayQuery, args *expr.Args) (string, error) {
	then, past, err := s.then(o, q.AsOf)
	if err != nil {
		return "", err
	}
	cond, err := then.filter(ctx, o, q.Filter, nil)
	if err == nil {
		err = past.knew(cond.where)
	}
	if err != nil {
		return "", err
	}
	table := "{" + o.Table + "} t ON t.id = sp.record AND t.deleted_at IS NULL"
	if past != nil {
		table = past.table(access.Read, nil, args) + " t ON t.id = sp.record"
	}
	moment := "sp.from_ms"
	if q.From != 0 && s.Today()-q.From > longPast {
		moment = "+" + moment // an expression, which the index of moments does not serve
	}
	sql := " FROM {" + o.SpanTable() + "} sp JOIN " + table +
		" JOIN {act} a ON a.id = sp.act WHERE " + column + " IS NOT NULL AND " + moment + " < " + now
	if q.From != 0 {
		sql += " AND " + moment + " >= " + args.Add(q.From.Time(s.state.zone).UnixMilli(), "bigint")
	}
	if q.To != 0 {
		sql += " AND " + moment + " < " + args.Add(q.To.AddDays(1).Time(s.state.zone).UnixMilli(), "bigint")
	}
	if rule := s.may(o, access.Read, "t", args); past == nil && rule != "" {
		sql += " AND " + rule
	}
	if cond.where != nil {
		text, err := cond.where.SQL(then.columnsOf(past, args), then.env, "t", args)
		if err != nil {
			return "", err
		}
		sql += " AND (" + text + ")"
	}
	return sql, nil
}

// stretch is one span of a record in a state.
type stretch struct {
	record     value.ID
	owner      value.ID
	key        stayKey
	begin, end int64
	door       string
}

// eachStretch reads the spans that a query asks for, record by record, the first
// first.
func (s *Session) eachStretch(ctx context.Context, o *schema.Object, f, by *schema.FieldDef, q StayQuery, fn func(stretch)) error {
	args := s.args()
	column := "sp." + s.tx.Dialect().Quote(f.Column)
	part, owner := "CAST(0 AS bigint)", "CAST(0 AS bigint)"
	if by != nil {
		part = "coalesce(t." + s.tx.Dialect().Quote(by.Column) + ", 0)"
	}
	if f, owned := o.Field("owner"); owned {
		owner = "coalesce(t." + s.tx.Dialect().Quote(f.Column) + ", 0)"
	}
	from, err := s.stayFrom(ctx, o, column, args.Add(q.until(s), "bigint"), q, args)
	if err != nil {
		return err
	}
	rows, err := s.tx.Query(ctx, "SELECT sp.record, "+column+", "+part+", sp.from_ms, sp.to_ms, a.door, "+owner+from+" ORDER BY sp.record, sp.from_ms", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		x := stretch{}
		x.record, _ = rows.ID(0)
		x.key.state, _ = rows.ID(1)
		x.key.by, _ = rows.ID(2)
		x.begin, _ = rows.Int(3)
		x.end, _ = rows.Int(4)
		x.door, _ = rows.Text(5)
		x.owner, _ = rows.ID(6)
		fn(x)
	}
	return rows.Err()
}

// countBusiness adds up the working days of every visit, the same records and
// states left out.
func (s *Session) countBusiness(ctx context.Context, o *schema.Object, f, by *schema.FieldDef, q StayQuery, found map[stayKey]*Stay) error {
	for _, x := range found {
		x.counted = true
	}
	var record value.ID
	days, brought := map[stayKey]int{}, map[value.ID]bool{}
	settle := func() {
		for key, n := range days {
			if x := found[key]; x != nil && !brought[key.state] {
				x.business += int64(n)
			}
		}
		clear(days)
		clear(brought)
	}
	at := visit{}
	err := s.eachStretch(ctx, o, f, by, q, func(x stretch) {
		if x.record != record || x.key != at.key || x.begin != at.end {
			days[at.key] += at.days(q.Business)
			at = visit{key: x.key, owner: x.owner, begin: x.begin}
		}
		if x.record != record {
			settle()
			record = x.record
		}
		brought[x.key.state] = brought[x.key.state] || x.door == "import"
		at.end = min(x.end, q.until(s))
	})
	days[at.key] += at.days(q.Business)
	settle()
	return err
}

// visit is one stay in a state, over all spans that touch.
type visit struct {
	key        stayKey
	owner      value.ID
	begin, end int64
}

func (v visit) days(count func(owner value.ID, from, to time.Time) int) int {
	if v.end <= v.begin {
		return 0
	}
	return count(v.owner, time.UnixMilli(v.begin), time.UnixMilli(v.end))
}

// labelStays puts the states in their order.
func (s *Session) labelStays(ctx context.Context, f *schema.FieldDef, found map[stayKey]*Stay) ([]Stay, error) {
	target := s.state.schema.Target(f)
	ids := map[value.ID]bool{}
	for key := range found {
		ids[key.state] = true
	}
	states, err := s.GetMany(ctx, target.Name, keys(ids))
	if err != nil {
		return nil, err
	}
	var out []Stay
	for key, x := range found {
		if r, ok := states[key.state]; ok {
			x.Record, x.Label = r, r.Title()
			out = append(out, *x)
		}
	}
	order, err := s.States(ctx, target)
	slices.SortFunc(out, func(a, b Stay) int {
		return cmp.Or(cmp.Compare(a.By, b.By), cmp.Compare(order.Place(a.Key), order.Place(b.Key)), cmp.Compare(a.Key, b.Key))
	})
	return out, err
}

// Leaving is a record's going from one state of a tracked link to the next.
type Leaving struct {
	Record, From, To value.ID
	By               value.ID // what they are told apart by, 0 for none
	At               time.Time
	Stayed           time.Duration
	// Known is false where the record was imported in the state: since when it
	// really was there nobody knows.
	Known bool
}

// Leavings reads each going from a state to another over the records that Stays
// would count, record by record.
func (s *Session) Leavings(ctx context.Context, q StayQuery, fn func(Leaving)) error {
	o, f, by, err := s.stayFields(q)
	if err != nil {
		return err
	}
	var at stretch
	return s.eachStretch(ctx, o, f, by, q, func(x stretch) {
		if x.record == at.record && x.key.state == at.key.state && x.begin == at.end {
			at.end = x.end // something else of the record changed
			return
		}
		if x.record == at.record && x.begin == at.end {
			fn(Leaving{Record: x.record, From: at.key.state, To: x.key.state, By: x.key.by, At: time.UnixMilli(x.begin).UTC(),
				Stayed: time.Duration(at.end-at.begin) * time.Millisecond, Known: at.door != "import"})
		}
		at = x
	})
}
