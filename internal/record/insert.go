package record

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// insertRows writes new records, all columns, in few statements.
func (s *Session) insertRows(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if len(drafts) == 0 {
		return nil
	}
	columns := insertColumns(o)
	rows := make([][]any, len(drafts))
	for i, d := range drafts {
		rows[i] = s.storedRow(d, columns.fields, columns.n)
	}
	prefix := "INSERT INTO {" + o.Table + "} (" + columns.list(s.tx.Dialect()) + ") VALUES"
	if _, err := s.tx.ExecRows(ctx, prefix, columns.n, rows, ""); err != nil {
		return s.clashed(err, o)
	}
	return nil
}

// columnSet is some of an object's fields with all their columns.
type columnSet struct {
	fields []*schema.FieldDef
	names  []schema.Column
	n      int
	rate   bool // rate_day stands at the end
}

func insertColumns(o *schema.Object) columnSet {
	var c columnSet
	for _, f := range o.Fields {
		c.add(f)
	}
	if o.HasMoney() {
		c.rate = true
		c.names = append(c.names, schema.Column{Name: "rate_day", Type: store.Date})
		c.n++
	}
	return c
}

func (c *columnSet) add(f *schema.FieldDef) {
	columns := f.Columns()
	if len(columns) == 0 {
		return
	}
	c.fields = append(c.fields, f)
	c.names = append(c.names, columns...)
	c.n += len(columns)
}

func (c *columnSet) list(d store.Dialect) string {
	names := make([]string, len(c.names))
	for i, x := range c.names {
		names[i] = d.Quote(x.Name)
	}
	return strings.Join(names, ", ")
}

func (s *Session) storedRow(d *Draft, fields []*schema.FieldDef, n int) []any {
	out := make([]any, 0, n+2)
	env := s.storing(d.after)
	for _, f := range fields {
		out = f.Store(d.Value(f), env, out)
		s.keepBase(d.after, f)
	}
	if len(out) < n { // rate_day
		out = append(out, s.ratedOn(d.after, s.Today()))
	}
	return out
}

// clashed turns a unique violation that slipped past checkUnique (two at once)
// into the same answer that the check gives.
func (s *Session) clashed(err error, o *schema.Object) error {
	index, ok := store.IsUnique(err)
	if !ok {
		return fmt.Errorf("write %s: %w", o.Name, err)
	}
	for _, f := range o.Fields {
		if f.Unique && index == f.UniqueIndex() {
			return fault.New(fault.Invalid, "record.invalid", fault.Args{"object": o.Name}).
				With(fault.Field{Path: f.Name, Key: "field.in_use"}).Because(err)
		}
	}
	return fault.New(fault.Conflict, "record.in_use", fault.Args{"object": o.Name}).Because(err)
}

// updateRows writes changed records: one statement for all drafts that change
// the same fields. Version and permission stand in the statement, so a record
// that somebody changed meanwhile, or that left the actor's reach, is not
// touched.
func (s *Session) updateRows(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	groups := map[string][]*Draft{}
	var order []string
	for _, d := range drafts {
		if d.before == nil {
			continue
		}
		key := d.signature()
		if groups[key] == nil {
			order = append(order, key)
		}
		groups[key] = append(groups[key], d)
	}
	for _, key := range order {
		for chunk := range slices.Chunk(groups[key], 200) {
			if err := s.updateGroup(ctx, o, chunk); err != nil {
				return err
			}
		}
	}
	return nil
}

// signature tells drafts apart by what they do and which fields they change.
func (d *Draft) signature() string {
	var b strings.Builder
	b.WriteString(string(d.Doing))
	for i, c := range d.changed {
		if c {
			b.WriteByte(' ')
			b.WriteString(strconv.Itoa(i))
		}
	}
	return b.String()
}

func (s *Session) updateGroup(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	var c columnSet
	for i, f := range o.Fields {
		if drafts[0].changed[i] && f.Name != "id" || drafts[0].rerated() && f.InMoney() {
			c.add(f)
		}
	}
	if c.hasMoney() {
		c.rate = true
		c.names = append(c.names, schema.Column{Name: "rate_day", Type: store.Date})
		c.n++
	}
	b := updateStatement{args: s.args(), d: s.tx.Dialect()}
	b.begin(o, c, drafts[0].Doing, s.now.UnixMilli(), s.act)
	for i, d := range drafts {
		b.row(i, d, c, s.storedRow(d, c.fields, c.n))
	}
	b.end(o, drafts[0].Doing, s.may(o, actionOf(drafts[0].Doing), "t", b.args))
	n, err := s.tx.Exec(ctx, b.sql.String(), b.args.Values()...)
	if err != nil {
		return s.clashed(err, o)
	}
	if n != int64(len(drafts)) {
		return fault.New(fault.Conflict, "record.changed_meanwhile", fault.Args{"object": o.Name})
	}
	return nil
}

func (c *columnSet) hasMoney() bool {
	return slices.ContainsFunc(c.fields, func(f *schema.FieldDef) bool { return f.ValueKind() == schema.KindMoney })
}

func actionOf(d Doing) access.Action {
	if d == Deleting || d == Restoring {
		return access.Delete
	}
	return access.Update
}
