package schema

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/store"
)

// indexName is the name of an index without its table: its fields in order.
func indexName(x Index) string {
	var b strings.Builder
	for i, f := range x.Fields {
		if i > 0 {
			b.WriteByte('_')
		}
		if rest, ok := strings.CutPrefix(f, "-"); ok {
			b.WriteString(rest + "_d")
		} else {
			b.WriteString(f)
		}
	}
	return b.String()
}

// SortColumn is the column that orders records by the field.
func (f *FieldDef) SortColumn() string {
	if f.Many {
		return f.Column
	}
	switch f.ValueKind() {
	case KindText, KindNumber:
		return f.Column + "_k"
	case KindLongText:
		return f.Column + "_s"
	case KindMoney:
		return f.Column + "_b"
	case KindAddress:
		return f.Column + "_city"
	case KindPlace:
		return f.Column + "_lat"
	}
	return f.Column
}

// HasSortKey reports whether a column of the field holds a key of the
// workspace's collation.
func (f *FieldDef) HasSortKey() bool {
	x, ok := f.spec.(textSpec)
	return ok && x.sortable && len(f.Columns()) > 0
}

// UniqueColumn is the column whose values a unique field keeps apart.
func (f *FieldDef) UniqueColumn() string {
	if _, ok := f.spec.(textSpec); ok {
		return f.Column + "_s"
	}
	return f.Column
}

// UniqueIndex is the database's name of the index behind a unique field.
func (f *FieldDef) UniqueIndex() string { return dbIndexName(f.Object.Table, f.Column+"_u") }

// maxIdentifier is what PostgreSQL keeps of a name.
const maxIdentifier = 63

// dbIndexName is unique in the database, and cut to what PostgreSQL keeps: it
// would cut it itself, and then the index is never found under its name.
func dbIndexName(table, name string) string {
	full := table + "_" + name
	if len(full) <= maxIdentifier {
		return full
	}
	h := fnv.New64a()
	h.Write([]byte(full))
	tail := strconv.FormatUint(h.Sum64(), 36)
	return full[:maxIdentifier-1-len(tail)] + "_" + tail
}

// alive is the condition of partial indexes: records in the trash are in none
// of them.
const alive = `"deleted_at" IS NULL`

// Indexes lists every index the object's table should have, as the database
// makes them: unique fields, links (for back-links and cascades), the declared
// ones, and for served sorts of owned objects the owner-first twin.
func (o *Object) dbIndexes(d store.Dialect) []store.Index {
	var xs []store.Index
	add := func(name string, unique bool, columns ...string) {
		xs = append(xs, store.Index{Name: dbIndexName(o.Table, name), Table: o.Table, Columns: columns, Where: alive, Unique: unique})
	}
	for _, f := range o.Fields {
		switch {
		case f.Unique && len(f.Columns()) > 0:
			add(f.Column+"_u", true, d.Quote(f.UniqueColumn()))
		case f.IsLink() && !f.Engine && f.Name != "owner" && f.ValueKind() == KindLink && len(f.Columns()) > 0 && !o.leads(f):
			add(f.Column, false, d.Quote(f.Column))
		}
	}
	if f, ok := o.lookedUp(); ok {
		add(f.Column+"_s", false, d.Quote(f.Column+"_s"))
	}
	for _, x := range o.Indexes {
		add(x.madeAs(), x.Unique, append(o.indexColumns(d, x), o.carried(d, x)...)...)
		if o.HasOwner() && x.Served {
			add("o_"+x.Name, false, append([]string{d.Quote("owner_id")}, o.indexColumns(d, x)...)...)
		}
	}
	if o.HasOwner() {
		add("owner", false, d.Quote("owner_id"), d.Quote("id")+" DESC")
	}
	// PostgreSQL is quick without it, and writes a row anew into every index.
	if name := o.BornIndex(); name != "" && d.Name() == "sqlite" {
		xs = append(xs, store.Index{Name: name, Table: o.Table, Columns: o.bornColumns(d), Where: alive})
	}
	xs = append(xs, store.Index{Name: dbIndexName(o.Table, "trash"), Table: o.Table, Columns: []string{d.Quote("deleted_at")},
		Where: `"deleted_at" IS NOT NULL`})
	return append(xs, o.spanIndexes(d)...)
}

// OrderIndexes are the indexes of the object and of its spans that only reading
// in order needs. What writes look up by, links and unique fields, is not among
// them.
func (o *Object) OrderIndexes(d store.Dialect) []store.Index {
	kept := map[string]bool{}
	for _, f := range o.Fields {
		kept[dbIndexName(o.Table, f.Column)] = f.Column != ""
	}
	if f, ok := o.lookedUp(); ok {
		kept[dbIndexName(o.Table, f.Column+"_s")] = true
	}
	for _, x := range o.Indexes {
		if f, ok := o.Field(strings.TrimPrefix(x.Fields[0], "-")); ok && f.IsLink() {
			kept[dbIndexName(o.Table, x.Name)] = true
		}
	}
	return slices.DeleteFunc(o.dbIndexes(d), func(x store.Index) bool { return x.Unique || kept[x.Name] })
}

// leads reports whether a declared index begins with the field, so that it
// serves look-ups by it too: every index costs each write.
func (o *Object) leads(f *FieldDef) bool {
	return slices.ContainsFunc(o.Indexes, func(x Index) bool { return x.Fields[0] == f.Name })
}

// lookedUp is the title of an object that is listed by it: people and files
// name such records by it too, and that compares folded, which the index of
// the sort cannot serve. Without one every 500 rows of an import read all
// accounts.
func (o *Object) lookedUp() (*FieldDef, bool) {
	f, ok := o.Field(o.Title)
	if !ok || f.Unique || len(f.Columns()) == 0 || f.UniqueColumn() == f.Column {
		return nil, false
	}
	return f, slices.ContainsFunc(o.Indexes, func(x Index) bool { return x.Served && x.Fields[0] == f.Name })
}

// indexColumns ends a sort index with the id, which makes the order total, and
// lets a served one carry the owner so that scopes are checked inside it.
func (o *Object) indexColumns(d store.Dialect, x Index) []string {
	var columns []string
	for _, name := range x.Fields {
		stem, down := strings.CutPrefix(name, "-")
		f, ok := o.Field(stem)
		if !ok {
			continue
		}
		c := d.Quote(f.SortColumn())
		if f.IsLink() || f.ValueKind() == KindChoice {
			c = d.Quote(f.Column)
		}
		if down {
			c += " DESC"
		}
		columns = append(columns, c)
	}
	if x.Served {
		columns = append(columns, d.Quote("id")+" DESC")
		if o.HasOwner() {
			columns = append(columns, d.Quote("owner_id"))
		}
	}
	return columns
}

// carried are the columns behind those that order an index, with the owner
// where they do not hold him.
func (o *Object) carried(d store.Dialect, x Index) (columns []string) {
	for _, name := range x.Carries {
		if f, ok := o.Field(name); ok {
			for _, c := range f.ReadColumns() {
				columns = append(columns, d.Quote(c.Name))
			}
		}
	}
	switch {
	case len(columns) > 0 && x.Served:
		// Every statement names it. SQLite takes only an index with all columns that
		// are named for one that spares it the records.
		columns = append(columns, d.Quote("deleted_at"))
	case len(columns) > 0 && o.HasOwner():
		columns = append(columns, d.Quote("owner_id"))
	}
	return columns
}

// madeAs is the name in the database, without the table. A served index that
// carries has another than one that does not, whose place it took.
func (x Index) madeAs() string {
	if x.Served && len(x.Carries) > 0 {
		return x.Name + "_carrying"
	}
	return x.Name
}

func (o *Object) spanIndexes(d store.Dialect) []store.Index {
	t := o.SpanTable()
	if t == "" {
		return nil
	}
	xs := []store.Index{{Name: dbIndexName(t, "time"), Table: t, Columns: []string{d.Quote("from_ms"), d.Quote("to_ms")}}}
	if link, ok := o.ParentLink(); ok && link.Spanned() { // parts are found by what they belonged to, and nobody asks what changed
		return append(xs, store.Index{Name: dbIndexName(t, "whole"), Table: t, Columns: []string{d.Quote(link.Column), d.Quote("from_ms"), d.Quote("to_ms")}})
	}
	xs = append(xs, store.Index{Name: dbIndexName(t, "end"), Table: t, Columns: []string{d.Quote("to_ms"), d.Quote("record")}, Where: fmt.Sprintf(`"to_ms" < %d`, runs)})
	if f, name := o.SpanGroup(); f != nil {
		columns := []string{d.Quote(f.Column), d.Quote("record") + " DESC", d.Quote("from_ms"), d.Quote("to_ms")}
		xs = append(xs, store.Index{Name: name, Table: t, Columns: append(columns, o.spanStates(d, f)...)})
	}
	for _, x := range o.Indexes {
		f, ok := o.spanOrder(x)
		if !ok {
			continue
		}
		order := d.Quote(f.SortColumn())
		if strings.HasPrefix(x.Fields[0], "-") {
			order += " DESC"
		}
		columns := append([]string{order, d.Quote("record") + " DESC", d.Quote("from_ms"), d.Quote("to_ms")}, o.spanStates(d, nil)...)
		first, ownerFirst := o.SpanIndexName(f)
		xs = append(xs, store.Index{Name: first, Table: t, Columns: columns})
		if ownerFirst != "" {
			xs = append(xs, store.Index{Name: ownerFirst, Table: t, Columns: append([]string{d.Quote("owner_id")}, columns...)})
		}
	}
	return xs
}

// spanOrder is the field that a served index sorts by, where lists of the past
// are sorted by it too: in most of the order of a field there soon is a page of
// spans that hold a moment.
func (o *Object) spanOrder(x Index) (*FieldDef, bool) {
	if !x.Served || len(x.Fields) != 1 {
		return nil, false
	}
	f, ok := o.Field(strings.TrimPrefix(x.Fields[0], "-"))
	return f, ok && f.Spanned() && slices.ContainsFunc(f.ReadColumns(), func(c Column) bool { return c.Name == f.SortColumn() })
}

// BornIndex is the index that tells, newest first, when records began and whose they
// are, for lists of the past in that order: what began since is passed over within it.
// "" = none.
func (o *Object) BornIndex() string {
	if !slices.ContainsFunc(o.Indexes, func(x Index) bool { _, ok := o.spanOrder(x); return ok }) {
		return ""
	}
	return dbIndexName(o.Table, "born")
}

// bornColumns end with deleted_at for the reason that carried gives.
func (o *Object) bornColumns(d store.Dialect) []string {
	columns := []string{d.Quote("id"), d.Quote("created_at")}
	if o.HasOwner() {
		columns = append(columns, d.Quote("owner_id"))
	}
	return append(columns, d.Quote("deleted_at"))
}

// spanStates are the columns that most lists are filtered by, so that those of
// the past are within an index.
func (o *Object) spanStates(d store.Dialect, but *FieldDef) (columns []string) {
	for _, f := range o.TrackedFields() {
		if f != but && f.spanState() {
			columns = append(columns, d.Quote(f.Column))
		}
	}
	return columns
}

func (f *FieldDef) spanState() bool {
	return (f.Builtin || f.Engine) && (f.IsLink() || f.ValueKind() == KindPerson || f.ValueKind() == KindChoice) && len(f.ReadColumns()) == 1 && !f.Many
}

// SpanStates reports whether all of some fields are such as indexes of spans hold.
func (o *Object) SpanStates(fields []string) bool {
	return !slices.ContainsFunc(fields, func(name string) bool {
		f, own := o.Field(name)
		return !own || !f.Spanned() || !f.spanState()
	})
}

// SpanGroup is the field that sums are kept by, where spans hold it, and the index
// of spans that begins with it, then newest first; "" = none.
func (o *Object) SpanGroup() (f *FieldDef, index string) {
	if o.Sum == nil || o.SpanTable() == "" {
		return nil, ""
	}
	if f, ok := o.Field(o.Sum.Group); ok && f.Tracked && f.Column != "" {
		return f, dbIndexName(o.SpanTable(), "group_newest")
	}
	return nil, ""
}

// SpanIndexWith is an index of spans that holds all of some fields; "" = none.
func (o *Object) SpanIndexWith(fields []string) string {
	for _, x := range o.Indexes {
		by, ok := o.spanOrder(x)
		if ok && !slices.ContainsFunc(fields, func(name string) bool {
			f, own := o.Field(name)
			return !own || f != by && f.Name != "id" && !(f.Spanned() && f.spanState())
		}) {
			first, _ := o.SpanIndexName(by)
			return first
		}
	}
	return ""
}

// SpanIndexName is the index of spans in the order of a field, and its twin for
// the spans of one owner, which the chief amount alone has; "" = none.
func (o *Object) SpanIndexName(f *FieldDef) (first, ownerFirst string) {
	if !slices.ContainsFunc(o.Indexes, func(x Index) bool { g, ok := o.spanOrder(x); return ok && g == f }) {
		return "", ""
	}
	first = dbIndexName(o.SpanTable(), "by_"+f.Column)
	if owner, ok := o.Field("owner"); ok && o.HasOwner() && owner.Spanned() && o.Sum != nil && len(o.Sum.Amounts) > 0 && o.Sum.Amounts[0] == f.Name {
		ownerFirst = dbIndexName(o.SpanTable(), "o_by_"+f.Column)
	}
	return first, ownerFirst
}

// IndexName is the database's name of an index serving the fields, and of its
// owner-first twin.
func (o *Object) IndexName(x Index) (sortFirst, ownerFirst string) {
	return dbIndexName(o.Table, x.madeAs()), dbIndexName(o.Table, "o_"+x.Name)
}

// missingIndexes lists what the tables of an object lack, and the names of what
// indexes of theirs took the place of.
func missingIndexes(tx *store.Tx, o *Object, there catalog) (missing []store.Index, outdated []string) {
	have := map[string]bool{}
	for _, t := range []string{o.Table, o.SpanTable()} {
		for _, n := range there.indexes[t] {
			have[n] = true
		}
	}
	for _, x := range o.dbIndexes(tx.Dialect()) {
		if !have[x.Name] {
			missing = append(missing, x)
		}
	}
	for _, x := range o.Indexes {
		if plain := dbIndexName(o.Table, x.Name); x.madeAs() != x.Name && have[plain] {
			outdated = append(outdated, plain)
		}
	}
	if _, name := o.SpanGroup(); name != "" && have[dbIndexName(o.SpanTable(), "group")] { // which group_newest took the place of
		outdated = append(outdated, dbIndexName(o.SpanTable(), "group"))
	}
	return missing, outdated
}
