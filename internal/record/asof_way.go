package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
)

// spanWay says how a statement over the past finds its spans, where the database
// is to be told; nil leaves it to the database.
type spanWay struct {
	hint string // the index whose order is that of the page; "" = the order of the records
	// counts says that nothing is read of the records.
	counts bool
}

// table is what stands in FROM in place of the object's table: the records that
// the actor may act on today, as they were.
func (p *past) table(action access.Action, way *spanWay, args *expr.Args) string {
	list := []string{"sp.record AS id"}
	if owner := p.inherited(args); owner != "" {
		list = append(list, owner+" AS owner_id")
	}
	for _, f := range p.o.Fields {
		from := "t."
		if f.Spanned() {
			from = "sp."
		} else if !constant4ever(f) || f.Name == "id" {
			continue
		}
		for _, c := range f.ReadColumns() {
			list = append(list, from+p.s.tx.Dialect().Quote(c.Name))
		}
	}
	return "(SELECT " + strings.Join(list, ", ") + " FROM " + p.spans(action, way, args) + ")"
}

// spans are those of the moment, with their records.
func (p *past) spans(action access.Action, way *spanWay, args *expr.Args) string {
	sp, join := "{"+p.o.SpanTable()+"} sp", "JOIN {"+p.o.Table+"} t ON t.id = "
	covers, rule := p.covers("sp", args), p.s.may(p.o, action, "t", args)
	postgres := p.s.tx.Dialect().Name() == "postgres"
	if way != nil && way.counts && rule == "" {
		// The trash holds few: with its list no record need be looked up, and the
		// join to them, which adds and drops nothing, is left out.
		gone := "SELECT gone.id FROM {" + p.o.Table + "} gone WHERE gone.deleted_at IS NOT NULL"
		if postgres {
			// Of an array it expects few rows, and hashes them. A trash that it takes
			// for larger than its memory it would read anew for each span.
			gone = "SELECT unnest(ARRAY(" + gone + "))"
		}
		return sp + way.hint + " LEFT " + join + "sp.record WHERE " + covers + " AND sp.record NOT IN (" + gone + ")"
	}
	allowed := "t.deleted_at IS NULL"
	if rule != "" {
		allowed += " AND " + rule
	}
	switch {
	case way == nil:
		return sp + " " + join + "sp.record WHERE " + covers + " AND " + allowed
	case postgres:
		// The spans come first and in order, and the records are looked up one by one.
		// It would else walk both tables by id from their ends, and read all records
		// that are younger than the moment.
		return sp + " CROSS JOIN LATERAL (SELECT " + p.born() + " FROM {" + p.o.Table + "} t WHERE t.id = sp.record AND " + allowed + " OFFSET 0) t WHERE " + covers
	}
	// The same on SQLite. It would else read all records first, to filter ids by what
	// they allow; it does not where that hangs on the span too, as it seems to here (ids
	// are above zero), and where no index of spans serves the join, nor the moment.
	return sp + way.hint + " " + join + "+sp.record WHERE +" + covers + " AND (sp.record < 0 OR " + allowed + ")"
}

// born are the columns that a record had from its beginning, its id first.
func (p *past) born() string {
	list := "t.id"
	for _, f := range p.o.Fields {
		if constant4ever(f) && f.Name != "id" {
			for _, c := range f.ReadColumns() {
				list += ", t." + p.s.tx.Dialect().Quote(c.Name)
			}
		}
	}
	return list
}

// pastWay is the way that has the order of the page, for a page of one owner the
// index that begins with him. Where the actor sees so few records that these are
// found first, and where nothing serves the order, the database chooses; so does
// PostgreSQL but for the order of ids.
func (l *listing) pastWay() *spanWay {
	if !l.big() || l.computed {
		return nil
	}
	if len(l.keys) == 1 {
		if l.match.pinned["owner"] || !l.reach.All && l.theirsFirst() {
			return nil
		}
		return &spanWay{}
	}
	if l.keys[0].field == nil || l.choosesIndexes() {
		return nil
	}
	name, ownerFirst := l.o.SpanIndexName(l.keys[0].field)
	if l.match.pinned["owner"] && l.hasSpans(ownerFirst) {
		name = ownerFirst
	}
	return l.byIndex(name)
}

// theirsFirst tells that the actor sees so few records that these are better found
// first than come upon on the way from the newest. PostgreSQL has fewer such actors:
// left to itself it reads everybody's records that are younger than the moment.
func (l *listing) theirsFirst() bool {
	if !l.choosesIndexes() {
		return l.ownerFirst(l.reach, served{})
	}
	share := float64(max(l.reach.Members, 1)) / float64(max(l.s.state.sizes["member"], int64(l.reach.Members), 1))
	return float64(l.rows())*share < float64(l.limit+1)/share
}

// countWay is by an index that holds all that the filter asks for, where the
// actor may read all.
func (l *listing) countWay() *spanWay {
	switch {
	case l.choosesIndexes() && l.reach.All && l.big():
		return &spanWay{counts: true}
	case l.choosesIndexes():
		return nil
	case !l.reach.All || !l.big():
		return l.pastWay()
	}
	name, ownerFirst := l.o.SpanIndexWith(l.match.uses())
	if l.match.pinned["owner"] {
		name = ownerFirst
	}
	way := l.byIndex(name)
	if way == nil {
		return l.pastWay()
	}
	way.counts = true
	return way
}

// choosesIndexes tells that the database takes no hints.
func (l *listing) choosesIndexes() bool { return l.s.tx.Dialect().Name() == "postgres" }

func (l *listing) byIndex(name string) *spanWay {
	if !l.hasSpans(name) {
		return nil
	}
	return &spanWay{hint: l.s.tx.Dialect().IndexHint(name)}
}

func (l *listing) hasSpans(index string) bool {
	return index != "" && l.s.engine.indexes.has(l.s.ctx, l.s, l.o.SpanTable(), index)
}
