package record

import (
	"strconv"
	"strings"

	"wellmet/internal/expr"
)

// segment is a stretch of the order that an index can walk from one end to the
// other: some keys held to a value, one beyond a value or with any value at
// all, the rest free. A page reads segment after segment until it is full.
//
// This is how NULLs come last on both databases, whichever end their indexes
// keep them at: the rows with a leading key and those without are two segments.
// And it keeps later pages as cheap as the first one: "(a, b) behind (1, 2)"
// with different directions, or with NULLs, is no condition that an index can
// begin at, but a = 1 AND b > 2 and then a > 1 are two.
type segment struct {
	parts []keyPart
	// general is for computed keys: all rows behind the mark, in one go.
	general *mark
}

// keyPart is one condition on the key of that number.
type keyPart struct {
	key  int
	op   string // "=", ">", "<", "IS NULL", "IS NOT NULL"
	v    any
	pair *keyPart // compared together with the key that follows
}

// segments lists the stretches of the order from the cursor on.
func (l *listing) segments() []segment {
	if l.computed {
		return []segment{{general: l.from}}
	}
	if l.from == nil {
		if l.keys[0].sure {
			return []segment{{}}
		}
		return []segment{{parts: []keyPart{{key: 0, op: "IS NOT NULL"}}}, {parts: []keyPart{{key: 0, op: "IS NULL"}}}}
	}
	var out []segment
	for _, parts := range l.behind(0) {
		out = append(out, segment{parts: parts})
	}
	return out
}

// behind lists the conditions for what follows the cursor in the keys from
// number i on, those before it being equal.
func (l *listing) behind(i int) [][]keyPart {
	if i == len(l.keys)-1 {
		return [][]keyPart{{{key: i, op: l.beyond(i), v: int64(l.from.id)}}}
	}
	k, v := l.keys[i], l.from.values[i]
	null := []keyPart{{key: i, op: "IS NULL"}}
	if v == nil {
		return prefixed(null[0], l.behind(i+1))
	}
	var out [][]keyPart
	next := keyPart{key: i, op: l.beyond(i), v: v}
	if i == len(l.keys)-2 && l.keys[i+1].down == k.down {
		next.pair = &keyPart{key: i + 1, v: int64(l.from.id)}
	} else {
		out = prefixed(keyPart{key: i, op: "=", v: v}, l.behind(i+1))
	}
	out = append(out, []keyPart{next})
	if !k.sure {
		out = append(out, null)
	}
	return out
}

func prefixed(p keyPart, rest [][]keyPart) [][]keyPart {
	out := make([][]keyPart, len(rest))
	for i, r := range rest {
		out[i] = append([]keyPart{p}, r...)
	}
	return out
}

// beyond is the comparison that a later row fulfils.
func (l *listing) beyond(i int) string {
	if l.keys[i].down {
		return "<"
	}
	return ">"
}

// condition writes the segment's parts over the columns that name gives.
func (l *listing) condition(seg segment, name func(int) string, args *expr.Args) string {
	if seg.general != nil {
		return l.generally(seg.general, 0, name, args)
	}
	parts := make([]string, len(seg.parts))
	for n, p := range seg.parts {
		column := name(p.key)
		switch {
		case p.pair != nil:
			parts[n] = "(" + column + ", " + name(p.pair.key) + ") " + p.op + " (" + l.add(p, args) + ", " + l.add(*p.pair, args) + ")"
		case p.op[0] == 'I':
			parts[n] = column + " " + p.op
		default:
			parts[n] = column + " " + p.op + " " + l.add(p, args)
		}
	}
	return strings.Join(parts, " AND ")
}

func (l *listing) add(p keyPart, args *expr.Args) string {
	return args.Add(p.v, sqlType(l.keys[p.key].typ))
}

// generally writes "behind the mark" as one condition, which no index serves.
func (l *listing) generally(m *mark, i int, name func(int) string, args *expr.Args) string {
	column := name(i)
	if i == len(l.keys)-1 {
		return column + " " + l.beyond(i) + " " + l.add(keyPart{key: i, v: int64(m.id)}, args)
	}
	if m.values[i] == nil {
		return "(" + column + " IS NULL AND " + l.generally(m, i+1, name, args) + ")"
	}
	p := keyPart{key: i, v: m.values[i]}
	sql := "(" + column + " " + l.beyond(i) + " " + l.add(p, args) + " OR " +
		"(" + column + " = " + l.add(p, args) + " AND " + l.generally(m, i+1, name, args) + ")"
	if !l.keys[i].sure {
		sql += " OR " + column + " IS NULL"
	}
	return sql + ")"
}

// orderBy writes ORDER BY over the columns that name gives. NULLs come last;
// where they do so by themselves, saying it would keep an index from serving.
// Inside a segment the leading key has either no NULLs or nothing else.
func (l *listing) orderBy(name func(int) string) string {
	sqlite := l.s.tx.Dialect().Name() == "sqlite"
	var b strings.Builder
	for i, k := range l.keys {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name(i))
		if k.down {
			b.WriteString(" DESC")
		}
		if !k.sure && (i > 0 || l.computed) && k.down != sqlite {
			b.WriteString(" NULLS LAST")
		}
	}
	return b.String()
}

// keyNames are the keys as an inner query calls them.
func (l *listing) keyNames(alias string) func(int) string {
	return func(i int) string {
		if i == len(l.keys)-1 {
			return alias + ".id"
		}
		return alias + ".k" + strconv.Itoa(i)
	}
}
