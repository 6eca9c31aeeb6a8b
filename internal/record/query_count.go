package record

import "strings"

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
	if !l.big() || l.q.Trash {
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

func (w *writer) countBranch(b branch) (string, error) {
	from := "{" + w.l.o.Table + "} t" + b.hint
	many := b.reach.Team != 0 && !b.extra
	join := ""
	if many { // member by member: each is one seek in the index of owners
		from = "{reach} m CROSS JOIN " + from
		join = "m.team = " + w.args.Add(int64(b.reach.Team), "bigint") + w.l.s.directly(b.reach, "m") + " AND t.owner_id = m.member AND "
		b.reach.All = true
	}
	where, err := w.conditions(b, false)
	if err != nil || w.never {
		return "", err
	}
	sql := "SELECT 1 FROM " + from + " WHERE " + join + where
	if w.limit > 0 {
		sql += " LIMIT " + w.limitParam()
	}
	return sql, nil
}
