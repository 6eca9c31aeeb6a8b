package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/store"
)

// engineColumns are the columns that every record table has besides those of
// its fields.
var engineColumns = []Column{{Name: "deleted_at", Type: store.Int}, {Name: "deleted_act", Type: store.Int}}

// TableColumns lists all columns of an object's table, without doubles.
func (o *Object) TableColumns() []Column {
	var cs []Column
	for _, f := range o.Fields {
		for _, c := range f.Columns() {
			if !slices.ContainsFunc(cs, func(x Column) bool { return x.Name == c.Name }) {
				cs = append(cs, c)
			}
		}
	}
	if hasMoney(o) {
		cs = append(cs, Column{Name: "rate_day", Type: store.Date})
	}
	return append(cs, engineColumns...)
}

func hasMoney(o *Object) bool {
	return slices.ContainsFunc(o.Fields, func(f *FieldDef) bool { return f.ValueKind() == KindMoney })
}

// InMoney reports whether the field is an amount that the record itself holds.
func (f *FieldDef) InMoney() bool {
	return f.ValueKind() == KindMoney && len(f.Columns()) > 0 && f.Kind != KindRollup
}

// HasMoney reports whether the table has a rate_day.
func (o *Object) HasMoney() bool { return hasMoney(o) }

// TrackedFields lists the fields whose spans are kept.
func (o *Object) TrackedFields() []*FieldDef {
	var fs []*FieldDef
	for _, f := range o.Fields {
		if f.Spanned() {
			fs = append(fs, f)
		}
	}
	return fs
}

// Tables lists the tables of all objects and of their spans.
func (s *Schema) Tables() []string {
	var tables []string
	for _, o := range s.objects {
		if tables = append(tables, o.Table); o.SpanTable() != "" {
			tables = append(tables, o.SpanTable())
		}
	}
	return tables
}

// Spanned reports whether spans hold the field: it is tracked, or a stored
// formula of nothing but such fields, which the database could not compute anew.
func (f *FieldDef) Spanned() bool {
	return f.Tracked || f.Kind == KindFormula && f.Stored && f.Expr != nil && f.ofTracked()
}

func (f *FieldDef) ofTracked() bool {
	refs := f.Expr.Fields()
	return len(refs) > 0 && !slices.ContainsFunc(refs, func(ref expr.Ref) bool {
		in, ok := f.Object.Field(ref.Path[0])
		return !ok || len(ref.Path) > 1 || ref.Many || ref.Field.Formula == nil && !in.Spanned()
	})
}

// SpanTable is the table of the object's spans, "" when it tracks nothing.
func (o *Object) SpanTable() string {
	if len(o.TrackedFields()) == 0 {
		return ""
	}
	return "span_" + o.Table
}

// Reconcile gives the database what the schema needs and it has not: tables,
// columns and indexes. It never drops what holds data. Rows made before a column have it
// empty. What is left to be done beside running work is returned.
func Reconcile(ctx context.Context, tx *store.Tx, s *Schema) (Leftover, error) {
	var left Leftover
	have, err := lookUp(ctx, tx, s)
	if err != nil {
		return left, err
	}
	for _, o := range s.objects {
		made, spans, added, err := reconcileObject(ctx, tx, o, have)
		if err != nil {
			return left, err
		}
		missing, outdated := missingIndexes(tx, o, have)
		if !made {
			switch spans {
			case spansMade:
				left.Untold = append(left.Untold, o)
			case spansJoined:
				left.Joined = append(left.Joined, o)
			}
			left.Indexes = append(left.Indexes, missing...)
			left.Outdated = append(left.Outdated, outdated...)
			left.Computed = append(left.Computed, computed(o, added)...)
			continue
		}
		for _, x := range missing {
			if err := tx.CreateIndex(ctx, x); err != nil {
				return left, fmt.Errorf("create index %s: %w", x.Name, err)
			}
		}
	}
	return left, nil
}

// catalog is what the database had of tables before a schema was reconciled with
// it: the columns and indexes of each.
type catalog struct{ columns, indexes map[string][]string }

func lookUp(ctx context.Context, tx *store.Tx, s *Schema) (catalog, error) {
	tables := s.Tables()
	columns, err := tx.TableColumns(ctx, tables...)
	if err != nil {
		return catalog{}, err
	}
	indexes, err := tx.TableIndexes(ctx, tables...)
	return catalog{columns, indexes}, err
}

// Leftover is what Reconcile leaves to do for tables that may hold many rows
// already.
type Leftover struct {
	Indexes []store.Index
	// Outdated are names of indexes to be dropped when those that took their place
	// are there.
	Outdated []string
	// Computed are built-in formulas and roll-ups that a newer program brought:
	// the records of before have them empty.
	Computed []*FieldDef
	// Untold are objects that are tracked from now on: what history knows of the
	// records of before is still to be told in spans.
	Untold []*Object
	// Joined are objects whose spans were there already, and hold only from now on
	// what the records belong to. Those that have ended know no whole, so that
	// whoever asks by it would find too few: all are to be told anew.
	Joined []*Object
}

// computed lists the object's own formulas and roll-ups that have one of these
// columns, roll-ups first, since formulas may use them.
func computed(o *Object, columns []string) []*FieldDef {
	var list []*FieldDef
	for _, kind := range []Kind{KindRollup, KindFormula} {
		for _, f := range o.Fields {
			if f.Kind == kind && f.Builtin && slices.ContainsFunc(f.Columns(), func(c Column) bool { return slices.Contains(columns, c.Name) }) {
				list = append(list, f)
			}
		}
	}
	return list
}

// What became of the table of an object's spans.
type spansChange int

const (
	spansKept spansChange = iota
	spansMade
	spansJoined
)

// reconcileObject reports whether the object's table is new, what became of that
// of its spans, and otherwise which columns it got.
func reconcileObject(ctx context.Context, tx *store.Tx, o *Object, have catalog) (made bool, spans spansChange, added []string, err error) {
	if made, added, err = reconcileTable(ctx, tx, o.Table, have.columns[o.Table], o.TableColumns(), "id"); err != nil {
		return false, spansKept, nil, err
	}
	if o.SpanTable() != "" {
		spans, err = reconcileSpans(ctx, tx, o, have)
	}
	return made, spans, added, err
}

func reconcileSpans(ctx context.Context, tx *store.Tx, o *Object, have catalog) (spansChange, error) {
	made, columns, err := reconcileTable(ctx, tx, o.SpanTable(), have.columns[o.SpanTable()], o.spanColumns(), "record, from_ms")
	switch link, is := o.ParentLink(); {
	case err != nil:
		return spansKept, err
	case made:
		return spansMade, nil
	case is && slices.Contains(columns, link.Column):
		return spansJoined, nil
	}
	return spansKept, o.trackOn(ctx, tx, columns)
}

// trackOn lets the running spans hold what a newer program tracks besides; what
// that was before is not known.
func (o *Object) trackOn(ctx context.Context, tx *store.Tx, columns []string) error {
	for _, c := range columns {
		c = tx.Dialect().Quote(c)
		_, err := tx.Exec(ctx, "UPDATE {"+o.SpanTable()+"} AS sp SET "+c+" = (SELECT t."+c+" FROM {"+o.Table+"} t WHERE t.id = sp.record) WHERE sp.to_ms = "+
			tx.Dialect().Param(1, store.Int), runs)
		if err != nil {
			return fmt.Errorf("track %s of %s: %w", c, o.Name, err)
		}
	}
	return nil
}

// spanColumns are the span's record and time and the main columns of the
// tracked fields, money with its currency and base.
func (o *Object) spanColumns() []Column {
	cs := []Column{{Name: "record", Type: store.Int}, {Name: "from_ms", Type: store.Int}, {Name: "to_ms", Type: store.Int},
		{Name: "act", Type: store.Int}}
	for _, f := range o.TrackedFields() {
		cs = append(cs, f.ReadColumns()...)
	}
	return cs
}

// ReadColumns are the columns that a field is read from: those it has without
// its search and sort shadows.
func (f *FieldDef) ReadColumns() []Column {
	cs := f.Columns()
	if _, ok := f.spec.(textSpec); ok && len(cs) > 0 {
		return cs[:1]
	}
	return cs
}

func reconcileTable(ctx context.Context, tx *store.Tx, table string, have []string, want []Column, key string) (made bool, added []string, err error) {
	if len(have) == 0 {
		return true, nil, createTable(ctx, tx, table, want, key)
	}
	d := tx.Dialect()
	for _, c := range want {
		if slices.Contains(have, c.Name) {
			continue
		}
		sql := fmt.Sprintf(`ALTER TABLE {%s} ADD COLUMN %s %s`, table, d.Quote(c.Name), columnType(d, c.Type))
		if c.Default != "" {
			sql += " DEFAULT " + c.Default
		}
		if _, err := tx.Exec(ctx, sql); err != nil {
			return false, nil, fmt.Errorf("add column %s to %s: %w", c.Name, table, err)
		}
		added = append(added, c.Name)
	}
	return false, added, nil
}

// columnType is the type of a column, for texts with the order of their bytes:
// people's order is in the keys that Go makes, and LIKE 'x%' uses an index only
// under this one.
func columnType(d store.Dialect, t store.Type) string {
	if t == store.Text && d.Name() == "postgres" {
		return d.ColumnType(t) + ` COLLATE "C"`
	}
	return d.ColumnType(t)
}

func createTable(ctx context.Context, tx *store.Tx, table string, want []Column, key string) error {
	d := tx.Dialect()
	var b strings.Builder
	fmt.Fprintf(&b, "CREATE TABLE {%s} (", table)
	for _, c := range want {
		fmt.Fprintf(&b, "%s %s", d.Quote(c.Name), columnType(d, c.Type))
		if slices.Contains(strings.Split(key, ", "), c.Name) || c.Name == "version" {
			b.WriteString(" NOT NULL")
		}
		b.WriteString(", ")
	}
	fmt.Fprintf(&b, "PRIMARY KEY (%s))%s", key, d.TableOptions())
	if _, err := tx.Exec(ctx, b.String()); err != nil {
		return fmt.Errorf("create table %s: %w", table, err)
	}
	return nil
}
