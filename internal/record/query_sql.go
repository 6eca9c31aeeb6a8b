package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
)

// statement writes the SQL of one segment of the page; "" = nothing can match.
//
// A page that one index walk finds reads its columns right there. Everything
// else is two steps: find the ids and keys of the page, then read the columns
// and linked records of those few rows.
func (l *listing) statement(seg segment, limit int) (string, []any, error) {
	args := l.s.args()
	w := writer{l: l, seg: seg, limit: limit, args: args}
	sql, err := w.page()
	if err != nil || w.never {
		return "", nil, err
	}
	return sql, args.Values(), nil
}

// writer writes one statement.
type writer struct {
	l     *listing
	seg   segment
	limit int
	args  *expr.Args
	never bool // the filter excludes everything
}

func (w *writer) page() (string, error) {
	l := w.l
	branches := w.branches()
	if len(branches) == 1 && !branches[0].lateral && !l.computed && len(l.out.joins) == 0 && l.past == nil {
		columns, err := l.out.columns(w.args, "t")
		if err != nil {
			return "", err
		}
		for i := range l.keys[:len(l.keys)-1] {
			columns += ", " + w.own(i)
		}
		return w.branch(branches[0], columns, true)
	}
	inner, err := w.found(branches)
	if err != nil || w.never {
		return "", err
	}
	columns, err := l.out.columns(w.args, "t")
	if err != nil {
		return "", err
	}
	name := l.keyNames("p")
	for i := range l.keys[:len(l.keys)-1] {
		columns += ", " + name(i)
	}
	return "SELECT " + columns + " FROM (" + inner + ") p JOIN {" + l.o.Table + "} t ON t.id = p.id" +
		l.out.from(w.args) + " ORDER BY " + l.orderBy(name), nil
}

// found writes the query that yields the ids and keys of the page.
func (w *writer) found(branches []branch) (string, error) {
	switch {
	case w.l.computed:
		return w.computed(branches)
	case len(branches) == 1:
		return w.branch(branches[0], w.idAndKeys(), true)
	}
	parts := make([]string, len(branches))
	for i, b := range branches {
		sql, err := w.branch(b, w.idAndKeys(), true)
		if err != nil || w.never {
			return "", err
		}
		alias := w.args.Alias()
		parts[i] = "SELECT " + w.keyList(alias) + " FROM (" + sql + ") " + alias
	}
	return "SELECT " + w.keyList("u") + " FROM (" + strings.Join(parts, " UNION ALL ") + ") u ORDER BY " +
		w.l.orderBy(w.l.keyNames("u")) + " LIMIT " + w.limitParam(), nil
}

// computed sorts all matches by expressions, then takes those behind the mark.
func (w *writer) computed(branches []branch) (string, error) {
	parts := make([]string, len(branches))
	for i, b := range branches {
		columns, err := w.computedKeys()
		if err != nil {
			return "", err
		}
		if parts[i], err = w.branch(b, columns, false); err != nil || w.never {
			return "", err
		}
	}
	name := w.l.keyNames("u")
	sql := "SELECT " + w.keyList("u") + " FROM (" + strings.Join(parts, " UNION ALL ") + ") u"
	if w.seg.general != nil {
		sql += " WHERE " + w.l.condition(w.seg, name, w.args)
	}
	return sql + " ORDER BY " + w.l.orderBy(name) + " LIMIT " + w.limitParam(), nil
}

// branch writes the rows of one branch, with their order and limit if it is to
// have its own.
func (w *writer) branch(b branch, columns string, ordered bool) (string, error) {
	where, err := w.conditions(b, ordered)
	if err != nil || w.never {
		return "", err
	}
	sql := "SELECT " + columns + " FROM " + w.table() + " t" + b.hint + " WHERE " + where
	if !ordered {
		return sql, nil
	}
	order := w.l.orderBy(w.own)
	if b.lateral {
		way := "t.owner_id, " // one owner at a time: see branch.condition
		if !w.l.keys[len(w.l.keys)-1].down {
			way = "t.owner_id DESC, "
		}
		order = way + order
	}
	sql += " ORDER BY " + order + " LIMIT " + w.limitParam()
	if b.lateral {
		sql = "SELECT " + w.keyList("n") + " FROM (VALUES " + owners(b.reach, w.args) + ") AS o(member) CROSS JOIN LATERAL (" + sql + ") n ORDER BY " + w.l.orderBy(w.l.keyNames("n")) + " LIMIT " + w.limitParam()
	}
	return sql, nil
}

// table is the object's, or what stands for it at a moment of the past: the
// actor's rights are within.
func (w *writer) table() string {
	if w.l.past == nil {
		return "{" + w.l.o.Table + "}"
	}
	return w.l.past.table(w.l.right(), w.l.pastWay(), w.args)
}

// right is what the actor has to be allowed to see a record listed.
func (l *listing) right() access.Action {
	if l.q.Export {
		return access.Export
	}
	return access.Read
}

// conditions writes WHERE: what the trash divides, the actor's rights, the
// filter, and the segment.
func (w *writer) conditions(b branch, segment bool) (string, error) {
	l := w.l
	parts := []string{"t.deleted_at IS NULL"}
	if l.past != nil {
		parts = []string{"1 = 1"}
	}
	if !l.q.Gone.IsZero() {
		parts = []string{"t.deleted_at > " + w.args.Add(l.q.Gone.UnixMilli(), "bigint")}
	}
	if l.q.Trash {
		parts = []string{"t.deleted_at IS NOT NULL"}
		if rule := l.s.may(l.o, access.Read, "t", w.args); rule != "" {
			parts = append(parts, rule)
		}
	}
	if access := b.condition(l.s, w.args); access != "" {
		parts = append(parts, access)
	}
	if secret := l.s.secret(l.o, "t", w.args); secret != "" && l.past == nil {
		parts = append(parts, secret)
	}
	if l.match.where != nil {
		sql, err := l.match.where.SQL(l.s.columnsOf(l.past, w.args), l.s.env, "t", w.args)
		switch {
		case err != nil:
			return "", err
		case sql == "FALSE":
			w.never = true
			return "", nil
		case strings.Contains(sql, " OR "):
			sql = "(" + sql + ")"
		}
		if sql != "TRUE" {
			parts = append(parts, sql)
		}
	}
	if l.q.Text != "" {
		sql, err := l.s.textCondition(l.o, l.q.Text, "t", w.args)
		if err != nil {
			return "", err
		}
		if sql != "" {
			parts = append(parts, sql)
		}
	}
	if segment && len(w.seg.parts) > 0 {
		parts = append(parts, l.condition(w.seg, w.own, w.args))
	}
	return strings.Join(parts, " AND "), nil
}

// own is the column of a key in the object's table. Text is compared byte by
// byte on both databases.
func (w *writer) own(i int) string {
	k := w.l.keys[i]
	if k.column == "id" {
		return "t.id"
	}
	return "t." + w.l.s.tx.Dialect().Quote(k.column) + w.l.bytewise(i)
}

func (l *listing) bytewise(i int) string {
	if sqlType(l.keys[i].typ) == "text" && l.s.tx.Dialect().Name() == "postgres" {
		return ` COLLATE "C"`
	}
	return ""
}

func (w *writer) idAndKeys() string {
	var b strings.Builder
	b.WriteString("t.id AS id")
	name := w.l.keyNames("")
	for i := range w.l.keys[:len(w.l.keys)-1] {
		b.WriteString(", " + w.own(i) + " AS " + name(i)[1:])
	}
	return b.String()
}

func (w *writer) keyList(alias string) string {
	var b strings.Builder
	b.WriteString(alias + ".id")
	name := w.l.keyNames(alias)
	for i := range w.l.keys[:len(w.l.keys)-1] {
		b.WriteString(", " + name(i))
	}
	return b.String()
}

func (w *writer) computedKeys() (string, error) {
	var b strings.Builder
	b.WriteString("t.id AS id")
	name := w.l.keyNames("")
	for i, k := range w.l.keys[:len(w.l.keys)-1] {
		sql := ""
		if k.column != "" {
			sql = w.own(i)
		} else {
			var err error
			if sql, err = k.compute("t", w.args); err != nil {
				return "", err
			}
			sql += w.l.bytewise(i)
		}
		b.WriteString(", " + sql + " AS " + name(i)[1:])
	}
	return b.String(), nil
}

func (w *writer) limitParam() string { return w.args.Add(int64(w.limit), "bigint") }
