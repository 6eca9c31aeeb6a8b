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
	// first says that records are walked in their order, those passed over that began
	// since, and their spans looked up one by one.
	first bool
	// born is the index that tells of records when they began and whose they are; "" =
	// none.
	born string
	// counts says that the trash is told by its list, for ways that read many spans.
	counts bool
}

// table is what stands in FROM in place of the object's table: the records that
// the actor may act on today, as they were.
func (p *past) table(action access.Action, way *spanWay, args *expr.Args) string {
	list := []string{"sp.record AS id"}
	if way != nil && way.first {
		list[0] = "t.id"
	}
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
	gone := "SELECT gone.id FROM {" + p.o.Table + "} gone WHERE gone.deleted_at IS NOT NULL"
	if postgres {
		// Of an array it expects few rows, and hashes them. A trash that it takes
		// for larger than its memory it would read anew for each span.
		gone = "SELECT unnest(ARRAY(" + gone + "))"
	}
	alive := "sp.record NOT IN (" + gone + ")"
	if way != nil && way.counts && rule == "" {
		// The trash holds few: with its list no record need be looked up, and the
		// join to them, which adds and drops nothing, is left out.
		return sp + way.hint + " LEFT " + join + "sp.record WHERE " + covers + " AND " + alive
	}
	allowed := "t.deleted_at IS NULL"
	if rule != "" {
		allowed += " AND " + rule
	}
	switch {
	case way != nil && way.first:
		return "{" + p.o.Table + "} t" + way.born + " CROSS JOIN " + sp + " WHERE t.created_at <= " + args.Add(p.at.UnixMilli(), "bigint") + " AND " + allowed +
			" AND sp.record = t.id AND " + covers
	case way == nil:
		return sp + " " + join + "sp.record WHERE " + covers + " AND " + allowed
	case postgres:
		// The spans come first and in order, and the records are looked up one by one.
		// It would else walk both tables by id from their ends, and read all records
		// that are younger than the moment.
		return sp + " CROSS JOIN LATERAL (SELECT " + p.born() + " FROM {" + p.o.Table + "} t WHERE t.id = sp.record AND " + allowed + " OFFSET 0) t WHERE " + covers
	}
	// The same on SQLite, where no index of spans is to serve the moment.
	if way.born != "" {
		return sp + way.hint + " CROSS JOIN {" + p.o.Table + "} t" + way.born + " WHERE +" + covers + " AND t.id = sp.record AND " + allowed
	}
	// It would else read all records first, to filter ids by what they allow; it does not
	// where that hangs on the span too, as it seems to here (ids are above zero), and where
	// no index of spans serves the join.
	if way.counts { // the trash by its list again: deleted_at stands at the end of long rows
		return sp + way.hint + " " + join + "+sp.record WHERE +" + covers + " AND " + alive + " AND (sp.record < 0 OR " + rule + ")"
	}
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

// pastWay is the way that has the order of the page, for a page of one owner or of
// one group the index that begins with it. Where the actor sees so few records that
// these are found first, and where nothing serves the order, the database chooses;
// so does PostgreSQL but for the order of ids.
func (l *listing) pastWay() *spanWay {
	if !l.big() || l.computed {
		return nil
	}
	if len(l.keys) == 1 {
		return l.newestWay()
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

// newestWay is that of a page in the order of the records. One group is walked in
// that order. Of one owner all spans are read and sorted, unless he has so many that
// passing over those of others costs less.
func (l *listing) newestWay() *spanWay {
	switch {
	case !l.reach.All && l.theirsFirst():
		return nil
	case l.choosesIndexes() && l.match.pinned["owner"]:
		return nil
	case l.choosesIndexes():
		return &spanWay{}
	}
	f, name := l.o.SpanGroup()
	if f != nil && l.match.pinned[f.Name] && l.hasSpans(name) {
		return l.byIndex(name)
	}
	if l.rows()/max(1, l.s.state.sizes.rows["member"]) < gatheredRows {
		if way := l.ownerWay(); way != nil {
			way.counts = true
			return way
		}
	}
	born := l.born()
	return &spanWay{born: born, first: born != ""}
}

// born is the hint at the index of beginnings; "" = there is none.
func (l *listing) born() string {
	name := l.o.BornIndex()
	if !l.hasIndex(name) {
		return ""
	}
	return l.s.tx.Dialect().IndexHint(name)
}

// theirsFirst tells that the actor sees so few records that these are better found
// first than come upon on the way from the newest. PostgreSQL has fewer such actors:
// left to itself it reads everybody's records that are younger than the moment.
func (l *listing) theirsFirst() bool {
	if !l.choosesIndexes() {
		return l.ownerFirst(l.reach, served{})
	}
	share := float64(max(l.reach.Members, 1)) / float64(max(l.s.state.sizes.rows["member"], int64(l.reach.Members), 1))
	return float64(l.rows())*share < float64(l.limit+1)/share
}

// gatheredRows is how many records of one owner are rather read and sorted.
const gatheredRows = 50_000

// gathered reads what is of one owner, or of some groups; nil where the filter names
// neither.
func (l *listing) gathered() *spanWay {
	if way := l.ownerWay(); way != nil {
		return way
	}
	f, name := l.o.SpanGroup()
	if f == nil || !l.match.pinned[f.Name] && !l.match.listed[f.Name] {
		return nil
	}
	return l.byIndex(name)
}

// ownerWay reads the spans of the owner that the filter names; nil where it names none.
func (l *listing) ownerWay() *spanWay {
	if !l.match.pinned["owner"] {
		return nil
	}
	for _, x := range l.o.Indexes {
		if f, ok := l.o.Field(strings.TrimPrefix(x.Fields[0], "-")); ok {
			if _, name := l.o.SpanIndexName(f); l.hasSpans(name) {
				return l.byIndex(name)
			}
		}
	}
	return nil
}

// countWay reads the spans of one owner or group where the filter names one, else,
// where the actor may read all, an index that holds all that the filter asks for,
// which PostgreSQL finds by itself.
func (l *listing) countWay() *spanWay {
	switch {
	case !l.big(), l.choosesIndexes() && !l.reach.All:
		return nil
	case l.choosesIndexes():
		return &spanWay{counts: true}
	}
	way := l.gathered()
	if way == nil && l.reach.All {
		way = l.byIndex(l.o.SpanIndexWith(l.match.uses()))
	}
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
	return &spanWay{hint: l.s.tx.Dialect().IndexHint(name), born: l.born()}
}

func (l *listing) hasSpans(index string) bool {
	return index != "" && l.s.engine.indexes.has(l.s.ctx, l.s, l.o.SpanTable(), index)
}

// pastWay reads the spans of one owner or group where the filter names one. Where it
// asks for nothing or for states alone, which most records may have, all spans are
// read as they lie: an index would lead to them one by one.
func (p *aggregation) pastWay() *spanWay {
	l := &listing{s: p.s, o: p.o, match: p.match, reach: p.s.actor.Reach(p.o, p.right())}
	if !l.big() || l.choosesIndexes() || !l.reach.All {
		return nil
	}
	way := l.gathered()
	if way == nil && l.o.SpanStates(l.match.uses()) {
		way = &spanWay{hint: " NOT INDEXED"}
	}
	if way != nil {
		way.counts = true
	}
	return way
}
