package record

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/value"
)

// passOver counts records in states that they came past without being in them.
func (x *passing) passOver(ctx context.Context, found passedBook) error {
	args := x.s.args()
	inner, err := x.over(ctx, args)
	if err != nil || inner == "" {
		return err
	}
	rows, err := x.s.tx.Query(ctx, "SELECT w.state, w.part, count(*) FROM ("+inner+") w GROUP BY w.state, w.part", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		y := Passed{To: Further}
		y.State, _ = rows.ID(0)
		if x.by != nil {
			y.By = x.by.Load(rows, 1)
		}
		y.Records, _ = rows.Int(2)
		found.add(y)
	}
	return rows.Err()
}

// overThrough lists records that came past the one state asked for without being
// in it, the newest first.
func (x *passing) overThrough(ctx context.Context, limit int) ([]value.ID, error) {
	args := x.s.args()
	inner, err := x.over(ctx, args)
	if err != nil || inner == "" {
		return nil, err
	}
	sql := "SELECT w.record FROM (" + inner + ") w WHERE w.state = " + args.Add(int64(x.p.In), "bigint")
	return x.s.tx.IDs(ctx, sql+x.page("w.record", limit, args), args.Values()...)
}

// over is a row for each record and state, of all or the one asked for, that it
// came past without being in it; "" where there are none to come past. What is
// kept does not tell when, so the spans are asked.
func (x *passing) over(ctx context.Context, args *expr.Args) (string, error) {
	whole := *x
	whole.kept = false
	if x.p.In != 0 {
		whole.p.Order = from(x.p.In, x.p.Order)
	}
	placed, err := whole.placed(ctx, args)
	if err != nil {
		return "", err
	}
	open := ""
	for _, id := range slices.Sorted(maps.Keys(x.p.Order)) {
		if at := x.p.Order[id]; at >= 0 && at < Done && (x.p.In == 0 || x.p.In == id) {
			if open != "" {
				open += ", "
			}
			open += "(" + args.Add(int64(id), "bigint") + fmt.Sprintf(", %d)", at)
		}
	}
	if open == "" {
		return "", nil
	}
	past := "SELECT st.column1 AS state, q.record, max(q.part) AS part, min(q.first_ms) AS first_ms FROM (" + placed + ") q JOIN (VALUES " + open +
		") st ON q.place > st.column2 OR q.state = st.column1 GROUP BY st.column1, q.record HAVING max(CASE WHEN q.state = st.column1 THEN 1 ELSE 0 END) = 0"
	return "SELECT u.state, u.record, u.part FROM (" + past + ") u" + entered(x.p, args), nil
}

// from is the order of a state and of those after it, which tell who came past.
func from(state value.ID, order map[value.ID]int) map[value.ID]int {
	rest := maps.Clone(order)
	maps.DeleteFunc(rest, func(id value.ID, at int) bool { return id != state && at <= order[state] })
	return rest
}
