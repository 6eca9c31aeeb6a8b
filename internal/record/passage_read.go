package record

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/value"
)

// marked are the records that changed since what is kept was worked in.
func (x *passing) marked(args *expr.Args) string {
	c := args.Alias()
	return "SELECT " + c + ".record FROM {passage_changed} " + c + " WHERE " + c + ".object = " + args.Add(x.o.ID, "text")
}

// keptWays hands on what is kept by state, way and part, less what is kept of
// marked records.
func (x *passing) keptWays(ctx context.Context, fn func(way, Passed)) error {
	known, _, err := ways(ctx, x.s.tx)
	if err != nil {
		return err
	}
	args := x.s.args()
	sql, err := x.keptSQL(ctx, args)
	if err != nil {
		return err
	}
	rows, err := x.s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var y Passed
		y.State, _ = rows.ID(0)
		id, _ := rows.Int(1)
		y.Records, _ = rows.Int(2)
		y.Timed, _ = rows.Int(3)
		ms, _ := rows.Int(4)
		y.Spent = time.Duration(ms) * time.Millisecond
		if x.by != nil {
			y.By = x.by.Load(rows, 5)
		}
		fn(known[id], y)
	}
	return rows.Err()
}

func (x *passing) keptSQL(ctx context.Context, args *expr.Args) (string, error) {
	reach := x.s.actor.Reach(x.o, access.Read)
	if x.p.Filter != "" || x.by != nil || reach.Extra || reach.Shown != "" || x.s.secret(x.o, "t", x.s.args()) != "" {
		return x.rowsSQL(ctx, args)
	}
	whose := func(alias string) string {
		if reach.All {
			return ""
		}
		return " AND " + x.s.inReach(reach, alias, args)
	}
	lo, hi := x.blocks()
	parts := []string{}
	rows := func(sign, from, where string) {
		parts = append(parts, "SELECT q.state, q.way, "+sign+"count(*), "+sign+"count(q.ms), "+sign+"CAST(coalesce(sum(q.ms), 0) AS bigint) FROM "+from+"{passage} q WHERE q.state IN ("+
			x.states(args)+")"+where+whose("q")+" GROUP BY q.state, q.way")
	}
	if lo < hi {
		owner := whose("c")
		if reach.All {
			owner = " AND c.owner_id = " + args.Add(int64(anybody), "bigint")
		}
		cohort := int64(0)
		if x.p.Cohort {
			cohort = 1
		}
		parts = append(parts, "SELECT c.state, c.way, CAST(sum(c.n) AS bigint), CAST(sum(c.timed) AS bigint), CAST(sum(c.ms) AS bigint) FROM {passage_sum} c WHERE c.cohort = "+
			args.Add(cohort, "bigint")+" AND c.state IN ("+x.states(args)+")"+owner+" AND c.block >= "+args.Add(lo, "bigint")+" AND c.block < "+args.Add(hi, "bigint")+
			" GROUP BY c.state, c.way")
		x.edges(lo*passageBlock, hi*passageBlock, func(from, to int64) { rows("", "", x.between(from, to, args)) })
	} else {
		rows("", "", x.period(args))
	}
	// The marks come first: asked for as a condition, SQLite reads everything of the
	// period to find the few that are marked.
	rows("-", "("+x.marked(args)+" GROUP BY 1) m CROSS JOIN ", x.period(args)+" AND q.record = m.record")
	return strings.Join(parts, " UNION ALL "), nil
}

// rowsSQL reads the records one by one, for whatever filter.
func (x *passing) rowsSQL(ctx context.Context, args *expr.Args) (string, error) {
	where, err := x.records(ctx, args)
	return "SELECT q.state, q.way, count(*), count(q.ms), CAST(coalesce(sum(q.ms), 0) AS bigint), " + x.part() + " FROM {passage} q JOIN {" + x.o.Table +
		"} t ON t.id = q.record WHERE " + where + " AND q.state IN (" + x.states(args) + ")" + x.period(args) + " AND q.record NOT IN (" + x.marked(args) +
		") GROUP BY q.state, q.way, 6", err
}

// keptThrough lists what is kept of a state.
func (x *passing) keptThrough(ctx context.Context, state value.ID, to []PassedTo, limit int) ([]value.ID, error) {
	known, _, err := ways(ctx, x.s.tx)
	if err != nil {
		return nil, err
	}
	args := x.s.args()
	where, err := x.records(ctx, args)
	if err != nil {
		return nil, err
	}
	sql := "SELECT q.record FROM {passage} q JOIN {" + x.o.Table + "} t ON t.id = q.record WHERE " + where + " AND q.state = " + args.Add(int64(state), "bigint") +
		x.period(args) + " AND q.record NOT IN (" + x.marked(args) + ")"
	if len(to) > 0 {
		var ids []value.ID
		for id, w := range known {
			if slices.Contains(w.states, state) && slices.Contains(to, w.passed(x.p.Order, state)) {
				ids = append(ids, value.ID(id))
			}
		}
		if len(ids) == 0 {
			return nil, nil
		}
		slices.Sort(ids)
		sql += " AND q.way IN (" + idList(ids, args) + ")"
	}
	return x.s.tx.IDs(ctx, sql+x.page("q.record", limit, args), args.Values()...)
}

// keptCame lists what is kept of records that came to a place or further, each
// by one of its states.
func (x *passing) keptCame(ctx context.Context, least, limit int) ([]value.ID, error) {
	known, _, err := ways(ctx, x.s.tx)
	if err != nil {
		return nil, err
	}
	byState := map[value.ID][]value.ID{} // ways
	for id, w := range known {
		if far, one, ok := w.far(x.p.Order); ok && far >= least {
			byState[one] = append(byState[one], value.ID(id))
		}
	}
	if len(byState) == 0 {
		return nil, nil
	}
	args := x.s.args()
	where, err := x.records(ctx, args)
	if err != nil {
		return nil, err
	}
	sql := "SELECT q.record FROM {passage} q JOIN {" + x.o.Table + "} t ON t.id = q.record WHERE " + where + x.period(args) + " AND q.record NOT IN (" + x.marked(args) + ") AND ("
	for i, state := range slices.Sorted(maps.Keys(byState)) {
		if i > 0 {
			sql += " OR "
		}
		slices.Sort(byState[state])
		sql += "q.state = " + args.Add(int64(state), "bigint") + " AND q.way IN (" + idList(byState[state], args) + ")"
	}
	return x.s.tx.IDs(ctx, sql+")"+x.page("q.record", limit, args), args.Values()...)
}

func (x *passing) states(args *expr.Args) string {
	return idList(slices.Sorted(maps.Keys(x.p.Order)), args)
}

// blocks are those that lie in the period whole.
func (x *passing) blocks() (lo, hi int64) {
	lo, hi = -1<<40, 1<<40
	if !x.p.From.IsZero() {
		lo = blockOf(x.p.From.UnixMilli() + passageBlock - 1)
	}
	if !x.p.To.IsZero() {
		hi = blockOf(x.p.To.UnixMilli())
	}
	return lo, hi
}

// edges are what sticks out of the blocks.
func (x *passing) edges(lo, hi int64, fn func(from, to int64)) {
	if from := x.p.From.UnixMilli(); !x.p.From.IsZero() && from < lo {
		fn(from, lo)
	}
	if to := x.p.To.UnixMilli(); !x.p.To.IsZero() && hi < to {
		fn(hi, to)
	}
}

// when is the column that the period bounds.
func (x *passing) when() string {
	if x.p.Cohort {
		return " AND q.made_ms "
	}
	return " AND q.first_ms "
}

func (x *passing) between(from, to int64, args *expr.Args) string {
	return x.when() + ">= " + args.Add(from, "bigint") + x.when() + "< " + args.Add(to, "bigint")
}

func (x *passing) period(args *expr.Args) (sql string) {
	if !x.p.From.IsZero() {
		sql += x.when() + ">= " + args.Add(x.p.From.UnixMilli(), "bigint")
	}
	if !x.p.To.IsZero() {
		sql += x.when() + "< " + args.Add(x.p.To.UnixMilli(), "bigint")
	}
	return sql
}
