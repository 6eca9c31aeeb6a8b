package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
)

// count writes the statement that counts. Order does not matter, so the index
// that begins with the owner is right for every scope: it reads matches only.
func (w *writer) count() (string, error) {
	var parts []string
	for _, b := range w.countBranches() {
		sql, err := w.countBranch(b)
		if err != nil || w.never {
			return "", err
		}
		parts = append(parts, sql)
	}
	inner := strings.Join(parts, " UNION ALL ")
	if len(parts) > 1 && w.limit > 0 {
		for i, p := range parts {
			parts[i] = "SELECT 1 FROM (" + p + ") " + w.args.Alias()
		}
		inner = strings.Join(parts, " UNION ALL ") + " LIMIT " + w.limitParam()
	}
	return "SELECT count(*) FROM (" + inner + ") c", nil
}

func (w *writer) countBranches() []branch {
	if w.l.past != nil {
		return w.branches()
	}
	var branches []branch
	if !w.l.reach.None {
		branches = append(branches, branch{reach: w.l.reach, named: w.l.match.pinned["owner"], hint: w.countHint()})
	}
	if w.l.reach.Extra {
		branches = append(branches, branch{reach: w.l.reach, extra: true})
	}
	return branches
}

// countHint names the index that holds the pinned fields, behind the owner
// where owners matter.
func (w *writer) countHint() string {
	l := w.l
	if !l.big() || l.deleted() {
		return ""
	}
	x, ok := covering(l.o, l.match.pinned)
	if !ok || l.elsewhere(x) {
		return ""
	}
	name := x.sortFirst
	if !l.reach.All || l.match.pinned["owner"] {
		name = x.ownerFirst
	}
	if !l.hasIndex(name) {
		return ""
	}
	return l.s.tx.Dialect().IndexHint(name)
}

// countBranch counts member by member where there are many: each is one seek in
// the index of owners. PostgreSQL has to be told by LATERAL; it would gather
// all rows of all members first (30 ms against 3).
func (w *writer) countBranch(b branch) (string, error) {
	l, of := w.l, ""
	switch {
	case b.extra || b.reach.All:
	case b.reach.Team != 0:
		of = "(SELECT r.member FROM {reach} r WHERE r.team = " + w.args.Add(int64(b.reach.Team), "bigint") + l.s.directly(b.reach, "r") + ") m"
	case l.big() && len(b.reach.Owners) > 1 && l.s.tx.Dialect().Name() == "postgres":
		of = "(VALUES " + owners(b.reach, w.args) + ") AS m(member)"
	}
	if of != "" {
		b.reach.All = true
	}
	where, err := w.conditions(b, false)
	if err != nil || w.never {
		return "", err
	}
	limit := ""
	if w.limit > 0 {
		limit = " LIMIT " + w.limitParam()
	}
	from := w.countTable() + " t" + b.hint
	switch {
	case of == "":
		return "SELECT 1 FROM " + from + " WHERE " + where + limit, nil
	case l.s.tx.Dialect().Name() == "postgres" && w.limit > 0:
		return "SELECT 1 FROM " + of + " CROSS JOIN LATERAL (SELECT 1 FROM " + from + " WHERE t.owner_id = m.member AND " + where + limit + ") n" + limit, nil
	}
	return "SELECT 1 FROM " + of + " CROSS JOIN " + from + " WHERE t.owner_id = m.member AND " + where + limit, nil
}

func (w *writer) countTable() string {
	if w.l.past == nil {
		return w.table()
	}
	return w.l.past.table(w.l.right(), w.l.countWay(), w.args)
}

// owners writes the owners of the reach as rows.
func owners(r access.Reach, args *expr.Args) string {
	return "(" + strings.ReplaceAll(idList(r.Owners, args), ", ", "), (") + ")"
}
