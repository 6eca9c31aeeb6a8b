package record

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/store"
)

// TestWaysIntoThePast: of a big object a page of the past is read in the order it
// has, newest first too, so that nothing is sorted; a count by whoever may read
// all looks no record up. PostgreSQL is told only to take the spans first for a page
// in the order of ids, and finds indexes itself.
func TestWaysIntoThePast(t *testing.T) {
	t.Parallel()
	shops.Each(t, func(t *testing.T, server *store.Server) {
		k := newShop(t, server)
		for range 5 {
			k.make(k.rep, "bill", Values{"amount": eur(100)})
		}
		at := k.clock()
		k.wait(time.Second)
		for _, c := range []struct {
			q       Query
			page, n []string // of the plan on SQLite
		}{
			{Query{}, []string{"SCAN t USING COVERING INDEX bill_born", "SEARCH sp USING INDEX sqlite_autoindex_span_bill_1 (record=?"}, []string{"SCAN sp USING COVERING INDEX span_bill_by_amount"}},
			{Query{Filter: `status = "new"`}, []string{"SEARCH sp USING COVERING INDEX span_bill_group_newest (status=?)"}, []string{"SEARCH sp USING COVERING INDEX span_bill_group_newest (status=?)"}},
			{Query{Filter: `status in ("new", "sent")`, Sort: "-amount"}, []string{"sp USING COVERING INDEX span_bill_by_amount"}, []string{"SEARCH sp USING COVERING INDEX span_bill_group_newest (status=?)"}},
			{Query{Filter: `status = "new"`, Sort: "-amount"}, []string{"sp USING COVERING INDEX span_bill_by_amount"}, []string{"SEARCH sp USING COVERING INDEX span_bill_group_newest (status=?)"}},
			{Query{Sort: "-amount"}, []string{"sp USING COVERING INDEX span_bill_by_amount"}, []string{"SCAN sp USING COVERING INDEX span_bill_by_amount"}},
			{Query{Filter: `owner = me()`}, []string{"SCAN t USING COVERING INDEX bill_born"}, []string{"SEARCH sp USING COVERING INDEX span_bill_o_by_amount"}},
		} {
			c.q.Object, c.q.AsOf, c.q.Limit = "bill", at, 2
			k.as(k.admin, func(s *Session) {
				l, err := s.grow(1_000_000).list(k.ctx(), c.q)
				if err != nil {
					t.Fatal(err)
				}
				page, args, err := l.statement(l.segments()[0], l.limit+1)
				if err != nil {
					t.Fatal(err)
				}
				w := &writer{l: l, limit: CountCap + 1, args: s.args()}
				count, err := w.count()
				if err != nil {
					t.Fatal(err)
				}
				if s.tx.Dialect().Name() != "sqlite" {
					told := strings.Contains(page, "LATERAL")
					if plan := k.planned(s, page, args); told != (c.q.Sort == "" && !strings.Contains(c.q.Filter, "owner")) || told && !strings.Contains(plan, "id = sp") {
						t.Errorf("%s looks records up otherwise: %s", page, plan)
					}
					if plan := k.planned(s, count, w.args.Values()); strings.Contains(plan, " on bill t") || !strings.Contains(plan, "hashed SubPlan") {
						t.Errorf("%s runs as %s", count, plan)
					}
					return
				}
				k.runsAs(s, &statement{sql: page, args: args}, c.page)
				plan := k.runsAs(s, &statement{sql: count, args: w.args.Values()}, c.n)
				if strings.Contains(plan, "SEARCH t ") {
					t.Errorf("%s looks records up: %s", count, plan)
				}
			})
		}
		for rows, told := range map[int64]bool{100: false, 1_000_000: true} { // so do lists of who sees some owners'
			k.as(k.rep, func(s *Session) {
				l, err := s.grow(rows).list(k.ctx(), Query{Object: "bill", AsOf: at, Limit: 2})
				if err != nil {
					t.Fatal(err)
				}
				page, _, err := l.statement(l.segments()[0], l.limit+1)
				if err != nil || strings.Contains(page, "LATERAL") != (told && s.tx.Dialect().Name() == "postgres") {
					t.Errorf("of %d records: %s, %v", rows, page, err)
				}
			})
		}
	})
}

// TestThePastOfSomeIsReadWithinIndexes: on SQLite no record is looked up in its own
// row to tell whose it is, be it walked first or found by a span.
func TestThePastOfSomeIsReadWithinIndexes(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.crowd()
		for range 5 {
			k.make(k.rep, "bill", Values{"amount": eur(100)})
		}
		at := k.clock()
		k.wait(time.Second)
		for _, c := range []struct {
			rows  int64 // that there seem to be
			q     Query
			steps []string
		}{
			{1_000_000, Query{}, []string{"SCAN t USING COVERING INDEX bill_born"}},
			{1_000_000, Query{Sort: "id", Filter: `status != "new"`}, []string{"SCAN t USING COVERING INDEX bill_born"}},
			{1_000_000, Query{Sort: "-amount"}, []string{"SEARCH t USING COVERING INDEX bill_born (id=?)", " sp USING COVERING INDEX span_bill_by_amount"}},
			{1_000_000, Query{Filter: `status = "new"`}, []string{"SEARCH t USING COVERING INDEX bill_born (id=?)", "SEARCH sp USING COVERING INDEX span_bill_group_newest (status=?)"}},
			{1_000_000, Query{Filter: `owner = me()`}, []string{"SCAN t USING COVERING INDEX bill_born"}},
			{hintRows + 1, Query{Filter: `owner = me()`}, []string{"SEARCH t USING COVERING INDEX bill_born (id=?)", "SEARCH sp USING COVERING INDEX span_bill_o_by_amount (owner_id=?)", "USE TEMP B-TREE FOR ORDER BY"}},
		} {
			c.q.Object, c.q.AsOf, c.q.Limit = "bill", at, 2
			k.as(k.rep, func(s *Session) {
				if s.tx.Dialect().Name() != "sqlite" {
					if names, err := s.tx.TableIndexes(k.ctx(), "bill"); err != nil || slices.Contains(names["bill"], "bill_born") {
						t.Errorf("PostgreSQL writes an index that it does not read: %v, %v", names, err)
					}
					return
				}
				s = s.grow(c.rows)
				s.state.sizes.rows["member"] = 15
				l, err := s.list(k.ctx(), c.q)
				if err != nil {
					t.Fatal(err)
				}
				page, args, err := l.statement(l.segments()[0], l.limit+1)
				if err != nil {
					t.Fatal(err)
				}
				k.runsAs(s, &statement{sql: page, args: args}, c.steps)
			})
		}
	})
}

// planned tells how PostgreSQL runs a statement.
func (k *kit) planned(s *Session, sql string, args []any) string {
	k.t.Helper()
	rows, err := s.tx.Query(k.ctx(), "EXPLAIN "+sql, args...)
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		line, _ := rows.Text(0)
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		k.t.Fatal(err)
	}
	return plan.String()
}

// runsAs expects steps in how a statement is run, and no sorting but what they say.
func (k *kit) runsAs(s *Session, st *statement, steps []string) string {
	k.t.Helper()
	plan, err := k.explained(s, st)
	for _, step := range steps {
		if err != nil || !strings.Contains(plan, step) {
			k.t.Errorf("%s runs as %s, not as %s: %v", st.sql, plan, step, err)
		}
	}
	const sorts = "USE TEMP B-TREE FOR ORDER BY"
	if strings.Contains(plan, sorts) && !slices.Contains(steps, sorts) {
		k.t.Errorf("%s sorts: %s", st.sql, plan)
	}
	return plan
}
