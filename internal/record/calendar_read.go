package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// CalendarQuery asks what records in a state come to whose day lies in a time.
type CalendarQuery struct {
	Object, State string
	// From and To are in it, both; From 0 = from the first day that there is.
	From, To value.Date
	// Undated asks for records without a day instead.
	Undated bool
}

// CalendarSum is what some records of one owner come to in one amount.
type CalendarSum struct {
	Owner value.ID // 0 = nobody
	By    []string // neutral texts, as in schema.Calendar
	// Amount is the place among the object's kept amounts. Rows of the first
	// count all records, those of others count them again.
	Amount int
	N      int64
	Measure
}

// mostMonths is how many are read from kept sums at once.
const mostMonths = 600

// CalendarSums answers from sums that are kept by month, and of the records
// themselves where a time begins or ends within one. It is false where they
// cannot tell: the object keeps none, the actor may not see all that they are
// of, or too much is shared with him.
func (s *Session) CalendarSums(ctx context.Context, q CalendarQuery) (list []CalendarSum, ok bool, err error) {
	c, ok, err := s.calendar(ctx, q)
	if !ok || err != nil {
		return nil, false, err
	}
	rows := sumRows{}
	if q.Undated {
		err = c.months(ctx, rows, []string{""})
	} else if q.From, ok, err = c.first(ctx, q); ok && err == nil {
		ok, err = c.within(ctx, rows, q.From, q.To)
	}
	if err != nil || !ok {
		return nil, false, err
	}
	if c.src.reach.Extra {
		if err := c.extra(ctx, rows, q); err != nil {
			return nil, false, err
		}
	}
	return c.answer(rows), true, nil
}

// calendarRead is a question to kept months.
type calendarRead struct {
	s     *Session
	o     *schema.Object
	kept  keptSums
	src   *sumSource
	state string
}

func (s *Session) calendar(ctx context.Context, q CalendarQuery) (*calendarRead, bool, error) {
	o, err := s.Object(q.Object)
	if err != nil {
		return nil, false, err
	}
	kept, ok := sumsOf(o)
	if !ok || kept.calendar == nil || !s.state.sums[o.ID] || o.Secret != "" {
		return nil, false, nil
	}
	owner, ok := o.Field("owner")
	if !ok || slices.ContainsFunc(slices.Concat(kept.calendar.fields(), kept.amounts, []*schema.FieldDef{owner}), func(f *schema.FieldDef) bool { return !s.actor.CanFilter(f) }) {
		return nil, false, nil
	}
	c := &calendarRead{s: s, o: o, kept: kept, state: q.State, src: &sumSource{s: s, o: o, group: kept.group, fields: kept.amounts, reach: s.actor.Reach(o, access.Read)}}
	if c.src.reach.None || c.src.reach.Shown != "" {
		return nil, false, nil
	}
	if c.src.reach.Extra {
		ok, err = s.fewExtra(ctx, c.src)
	}
	return c, ok, err
}

// first is the day that a question begins with; of an open one the first day of
// all, which an index knows.
func (c *calendarRead) first(ctx context.Context, q CalendarQuery) (value.Date, bool, error) {
	if q.From != 0 {
		return q.From, true, nil
	}
	d := c.s.tx.Dialect()
	rows, err := c.s.tx.Query(ctx, "SELECT min(t."+d.Quote(c.kept.calendar.day.Column)+") FROM {"+c.o.Table+"} t WHERE t.deleted_at IS NULL AND t."+
		d.Quote(c.kept.calendar.state.Column)+" = $1", c.state)
	if err != nil {
		return 0, false, err
	}
	defer rows.Close()
	first := q.To
	if rows.Next() {
		if day, ok := rows.Date(0); ok {
			first = day
		}
	}
	return min(first, q.To), true, rows.Err()
}

// within adds up the months between two days, and the days of those that are
// not whole.
func (c *calendarRead) within(ctx context.Context, rows sumRows, from, to value.Date) (bool, error) {
	var months []string
	for m := from.MonthStart(); m <= to; m = m.AddMonths(1) {
		end := m.AddMonths(1).AddDays(-1)
		first, last := max(m, from), min(end, to)
		if first == m && last == end {
			months = append(months, monthOf(m))
			continue
		}
		if err := c.part(ctx, rows, m, first, last); err != nil {
			return false, err
		}
	}
	if len(months) > mostMonths {
		return false, nil
	}
	return true, c.months(ctx, rows, months)
}

// part adds some days of a month: where they are most of it, the month less the
// others.
func (c *calendarRead) part(ctx context.Context, rows sumRows, month, first, last value.Date) error {
	end := month.AddMonths(1).AddDays(-1)
	if first > month && last < end || 2*int(last-first+1) <= int(end-month+1) {
		return c.days(ctx, rows, first, last, 1)
	}
	if err := c.months(ctx, rows, []string{monthOf(month)}); err != nil {
		return err
	}
	if first > month {
		return c.days(ctx, rows, month, first.AddDays(-1), -1)
	}
	return c.days(ctx, rows, last.AddDays(1), end, -1)
}

// months adds kept sums.
func (c *calendarRead) months(ctx context.Context, rows sumRows, months []string) error {
	if len(months) == 0 {
		return nil
	}
	args := c.s.args()
	var parts []string
	for _, from := range [][2]string{{"{sum_owner}", "f"}, {"{sum_delta}", "d"}} {
		whose, err := c.src.whose(from[1], args)
		if err != nil {
			return err
		}
		var fields []string
		for _, amount := range c.kept.amounts {
			for _, month := range months {
				fields = append(fields, args.Add(c.kept.calendar.of(amount.ID, c.state, month), "text"))
			}
		}
		a := from[1] + "."
		parts = append(parts, "SELECT "+a+"object, "+a+"field, "+a+"owner_id, "+a+"group_key, "+a+"currency, "+a+"n, "+a+"amount, "+a+"base, "+a+"missing FROM "+
			from[0]+" "+from[1]+" WHERE "+a+"object = "+args.Add(c.o.ID, "text")+" AND "+a+"field IN ("+strings.Join(fields, ", ")+")"+whose)
	}
	return c.read(ctx, rows, strings.Join(parts, " UNION ALL "), args, 1)
}

// days adds the records of some days that are in the actor's scope, or takes
// them away. Two questions of one transaction often need the same.
func (c *calendarRead) days(ctx context.Context, rows sumRows, first, last value.Date, sign int64) error {
	type key struct {
		object, state string
		who           value.ID
		first, last   value.Date
	}
	found, err := Memo(c.s, key{c.o.ID, c.state, c.s.actor.Member(), first, last}, func() (sumRows, error) {
		found := sumRows{}
		return found, c.count(ctx, found, func(args *expr.Args) string {
			scope := c.between(first, last, args)
			if !c.src.reach.All {
				scope += " AND " + c.s.inReach(c.src.reach, "t", args)
			}
			return scope
		})
	})
	for k, row := range found {
		if err == nil {
			err = rows.add(k, row, sign)
		}
	}
	return err
}

// extra adds the shared records out of the actor's scope.
func (c *calendarRead) extra(ctx context.Context, rows sumRows, q CalendarQuery) error {
	return c.count(ctx, rows, func(args *expr.Args) string {
		scope := c.between(q.From, q.To, args)
		if q.Undated {
			scope = "t." + c.s.tx.Dialect().Quote(c.kept.calendar.day.Column) + " IS NULL"
		}
		return scope + " AND " + c.s.shared(c.src.reach, "t", args) + " AND (" + c.s.inReach(c.src.reach, "t", args) + ") IS NOT TRUE"
	})
}

func (c *calendarRead) between(first, last value.Date, args *expr.Args) string {
	day := "t." + c.s.tx.Dialect().Quote(c.kept.calendar.day.Column)
	return day + " >= " + args.Add(first, "date") + " AND " + day + " <= " + args.Add(last, "date")
}

// count adds records in the state that fulfil a condition.
func (c *calendarRead) count(ctx context.Context, rows sumRows, where func(*expr.Args) string) error {
	d := c.s.tx.Dialect()
	for _, amount := range c.kept.amounts {
		args := c.s.args()
		sql := "SELECT " + args.Add(c.o.ID, "text") + ", " + args.Add(amount.ID, "text") + sumColumns(d, c.o, amount, c.kept.calendar.keysSQL(d)) +
			" FROM {" + c.o.Table + "} t WHERE t.deleted_at IS NULL AND t." + d.Quote(c.kept.calendar.state.Column) + " = " + args.Add(c.state, "text") +
			" AND " + where(args) + " GROUP BY 3, 4, 5"
		if err := c.read(ctx, rows, sql, args, 1); err != nil {
			return err
		}
	}
	return nil
}

// read adds the rows of a statement, whichever month they are of.
func (c *calendarRead) read(ctx context.Context, rows sumRows, sql string, args *expr.Args, sign int64) error {
	found, err := c.s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return err
	}
	sums, err := readSums(found)
	if err != nil {
		return err
	}
	for k, row := range sums {
		k.field, _, _ = strings.Cut(k.field, behind)
		if err := rows.add(k, row, sign); err != nil {
			return err
		}
	}
	return nil
}

// answer makes figures of rows, currency by currency.
func (c *calendarRead) answer(rows sumRows) []CalendarSum {
	found := sortedKeys(rows)
	slices.SortStableFunc(found, func(a, b sumKey) int { return cmp.Compare(a.currency, b.currency) })
	var list []CalendarSum
	for _, k := range found {
		row := rows[k]
		if row.n == 0 {
			continue
		}
		x := CalendarSum{Owner: k.owner, N: row.n, By: strings.Split(k.group, between), Amount: slices.IndexFunc(c.kept.amounts, func(f *schema.FieldDef) bool { return f.ID == k.field })}
		if k.currency != "" {
			x.Sums, x.Missing = []value.Money{{Minor: row.amount, Currency: k.currency}}, row.missing
			if row.n > row.missing {
				x.Value = value.Money{Minor: row.base, Currency: c.s.state.settings.Currency}
			}
		}
		list = append(list, x)
	}
	return list
}
