package record

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// refreshRollups brings the figures of the parents up to date: one UPDATE for
// each roll-up over the object, quiet (no version, no rules, no history).
func (s *Session) refreshRollups(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	for _, f := range s.state.schema.RollupsOver(o.Name) {
		link, _ := o.Field(f.Rollup.Link)
		parents := map[value.ID]bool{}
		for _, d := range drafts {
			if d.touches(f) {
				for _, id := range append(linkedIDs(d.before.valueOrNil(link)), linkedIDs(d.Value(link))...) {
					parents[id] = true
				}
			}
		}
		if len(parents) == 0 {
			continue
		}
		ids := keys(parents)
		slices.Sort(ids)
		if err := s.rollUp(ctx, f, ids); err != nil {
			return err
		}
		if err := s.recomputeFormulas(ctx, f.Object, ids); err != nil {
			return err
		}
		if err := s.rollFurther(ctx, f.Object, ids); err != nil {
			return err
		}
	}
	return nil
}

// rollFurther refreshes roll-ups over an object's computed fields after those
// were refreshed. The schema has refused circles.
func (s *Session) rollFurther(ctx context.Context, o *schema.Object, ids []value.ID) error {
	return s.rollOver(ctx, o, ids, func(f *schema.FieldDef) bool { return standsOnDerived(o, f) })
}

// rollOver refreshes those of the roll-ups over some records, and what stands on
// these.
func (s *Session) rollOver(ctx context.Context, o *schema.Object, ids []value.ID, which func(*schema.FieldDef) bool) error {
	for _, f := range s.state.schema.RollupsOver(o.Name) {
		if !which(f) {
			continue
		}
		link, _ := o.Field(f.Rollup.Link)
		parents, err := s.linkTargets(ctx, o, link, ids)
		if err != nil {
			return err
		}
		if len(parents) == 0 {
			continue
		}
		if err := s.rollUp(ctx, f, parents); err != nil {
			return err
		}
		if err := s.recomputeFormulas(ctx, f.Object, parents); err != nil {
			return err
		}
		if err := s.rollFurther(ctx, f.Object, parents); err != nil {
			return err
		}
	}
	return nil
}

func standsOnDerived(child *schema.Object, f *schema.FieldDef) bool {
	if of, ok := child.Field(f.Rollup.Field); ok && of.Derived() {
		return true
	}
	return f.Expr != nil && slices.ContainsFunc(f.Expr.Fields(), func(r expr.Ref) bool {
		of, ok := child.FieldByID(r.Field.ID)
		return ok && of.Derived()
	})
}

// linkTargets reads what some records link to.
func (s *Session) linkTargets(ctx context.Context, o *schema.Object, link *schema.FieldDef, ids []value.ID) ([]value.ID, error) {
	column := "t." + s.tx.Dialect().Quote(link.Column)
	var targets []value.ID
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		found, err := s.tx.IDs(ctx, "SELECT DISTINCT "+column+" FROM {"+o.Table+"} t WHERE t.id IN ("+idList(chunk, args)+") AND "+column+" IS NOT NULL", args.Values()...)
		if err != nil {
			return nil, err
		}
		targets = append(targets, found...)
	}
	slices.Sort(targets)
	return slices.Compact(targets), nil
}

func (r *Record) valueOrNil(f *schema.FieldDef) any {
	if r == nil {
		return nil
	}
	return r.Value(f)
}

// touches reports whether the draft can move the roll-up's figure.
func (d *Draft) touches(f *schema.FieldDef) bool {
	if d.Doing != Updating || d.Changed(f.Rollup.Link) || d.Changed(f.Rollup.Field) {
		return true
	}
	if f.Expr == nil {
		return false
	}
	for _, ref := range f.Expr.Fields() {
		if len(ref.Path) > 1 || d.Changed(ref.Field.Name) {
			return true
		}
	}
	return false
}

// rollUp computes one roll-up of some parents anew.
func (s *Session) rollUp(ctx context.Context, f *schema.FieldDef, ids []value.ID) error {
	for chunk := range slices.Chunk(ids, 500) {
		args := s.args()
		sets, err := s.rollupSets(f, args)
		if err != nil {
			return err
		}
		sql := "UPDATE {" + f.Object.Table + "} AS t SET " + sets + " WHERE t.id IN (" + idList(chunk, args) + ")"
		if err := s.tx.Post(ctx, sql, args.Values()...); err != nil {
			return err
		}
	}
	return nil
}

// rollupSets writes the assignments of a roll-up's columns. Amounts are summed
// in the workspace currency: children may be in several.
func (s *Session) rollupSets(f *schema.FieldDef, args *expr.Args) (string, error) {
	d := s.tx.Dialect()
	child := s.state.schema.MustObject(f.Rollup.Child)
	link, _ := child.Field(f.Rollup.Link)
	where := "c." + d.Quote(link.Column) + " = t.id AND c.deleted_at IS NULL"
	if f.Expr != nil {
		sql, err := f.Expr.SQL(columns{s.system()}, s.env, "c", args)
		if err != nil {
			return "", err
		}
		where += " AND (" + sql + ")"
	}
	sub := func(what string) string {
		return "(SELECT " + what + " FROM {" + child.Table + "} c WHERE " + where + ")"
	}
	if f.Rollup.Function == "count" {
		return d.Quote(f.Column) + " = " + sub("count(*)"), nil
	}
	of, _ := child.Field(f.Rollup.Field)
	what := f.Rollup.Function + "(c." + d.Quote(of.SortColumn()) + ")"
	if f.Rollup.Function == "sum" {
		what = exactSum(d, "c."+d.Quote(of.SortColumn()))
	}
	if f.ValueKind() != schema.KindMoney {
		return d.Quote(f.Column) + " = " + sub(what), nil
	}
	figures := [3]string{0: sub(what), 2: sub(what)}
	if !f.Rollup.Own {
		figures[1] = args.Add(s.state.settings.Currency, "text") // PostgreSQL wants every parameter used
	} else {
		for i, part := range ownMoney(d, "c."+d.Quote(of.Column), "c."+d.Quote(of.Column+"_c"), "c."+d.Quote(of.Column+"_b")) {
			figures[i] = sub(part)
		}
	}
	return strings.Join([]string{d.Quote(f.Column) + " = " + figures[0], d.Quote(f.Column+"_b") + " = " + figures[2],
		d.Quote(f.Column+"_c") + " = " + figures[1]}, ", "), nil
}

// ownMoney sums amounts in their own currency, which is empty over several, and
// in the workspace's, which is empty while an amount has no rate.
func ownMoney(d store.Dialect, amount, currency, base string) [3]string {
	same := "min(" + currency + ") = max(" + currency + ")"
	return [3]string{
		"CASE WHEN " + same + " THEN " + exactSum(d, amount) + " END",
		"CASE WHEN " + same + " THEN min(" + currency + ") END",
		"CASE WHEN " + same + " AND count(" + amount + ") = count(" + base + ") THEN " + exactSum(d, base) + " END"}
}

// maxLive is how many children a live roll-up looks at.
const maxLive = 10_001

// liveRollup writes the columns of a roll-up over the children that the actor
// reads, up to maxLive of them (engine decision 4).
func (s *Session) liveRollup(f *schema.FieldDef, alias string, args *expr.Args) (string, error) {
	d, c := s.tx.Dialect(), columns{s}
	child := s.state.schema.MustObject(f.Rollup.Child)
	link, _ := child.Field(f.Rollup.Link)
	inner := "1 AS v"
	if f.Rollup.Function != "count" {
		of, _ := child.Field(f.Rollup.Field)
		inner = "c." + d.Quote(of.SortColumn()) + " AS v"
		if f.Rollup.Own {
			inner = "c." + d.Quote(of.Column) + " AS v, c." + d.Quote(of.Column+"_c") + " AS cur, c." + d.Quote(of.Column+"_b") + " AS b"
		}
	}
	figure := func(what string) (string, error) {
		where := "c." + d.Quote(link.Column) + " = " + alias + ".id AND " + c.Rule(child.Name, "c", args)
		if f.Expr != nil {
			sql, err := f.Expr.SQL(c, s.env, "c", args)
			if err != nil {
				return "", err
			}
			where += " AND (" + sql + ")"
		}
		return "(SELECT " + what + " FROM (SELECT " + inner + " FROM {" + child.Table + "} c WHERE " + where +
			" LIMIT " + strconv.Itoa(maxLive) + ") l)", nil
	}
	if f.Rollup.Own {
		var sql []string
		for _, part := range ownMoney(d, "l.v", "l.cur", "l.b") {
			x, err := figure(part)
			if err != nil {
				return "", err
			}
			sql = append(sql, x)
		}
		return strings.Join(sql, ", "), nil
	}
	what := f.Rollup.Function + "(l.v)"
	switch f.Rollup.Function {
	case "count":
		what = "count(*)"
	case "sum":
		what = exactSum(d, "l.v")
	}
	sql, err := figure(what)
	if err != nil || f.ValueKind() != schema.KindMoney {
		return sql, err
	}
	base, err := figure(what)
	return sql + ", " + args.Add(s.state.settings.Currency, "text") + ", " + base, err
}

// exactSum is a sum that is empty when it does not fit: one huge figure must
// not keep a child from being written, and a wrong total must not be stored.
func exactSum(d store.Dialect, column string) string {
	high, low := d.SumParts(column)
	if d.Name() == "sqlite" {
		high = "(" + high + " + (" + low + " >> 32))"
		return "CASE WHEN " + high + " BETWEEN -2147483648 AND 2147483647 THEN (" + high + " << 32) | (" + low + " & 4294967295) END"
	}
	sum := "sum(" + column + ")" // numeric there
	return "CASE WHEN " + sum + " BETWEEN -9223372036854775808 AND 9223372036854775807 THEN CAST(" + sum + " AS bigint) END"
}

// recomputeFormulas refreshes stored formulas that stand on roll-ups.
func (s *Session) recomputeFormulas(ctx context.Context, o *schema.Object, ids []value.ID) error {
	var formulas []*schema.FieldDef
	for _, f := range o.Fields {
		if f.Kind == schema.KindFormula && f.Stored && standsOnRollup(o, f) {
			formulas = append(formulas, f)
		}
	}
	if len(formulas) == 0 {
		return nil
	}
	sys := s.system()
	found, err := sys.lock(ctx, o, ids, 0, false)
	if err != nil {
		return err
	}
	derived := make(map[value.ID][]any, len(found))
	for id, l := range found {
		d := &Draft{Object: o, before: l.record, after: l.record.clone(), changed: make([]bool, len(o.Fields))}
		for range formulas {
			if !s.computeOnce(d, formulas) {
				break
			}
		}
		var row []any
		for _, f := range formulas {
			row = append(row, d.Value(f))
		}
		derived[id] = row
	}
	return s.SetDerived(ctx, o, formulas, derived)
}

func standsOnRollup(o *schema.Object, f *schema.FieldDef) bool {
	return slices.ContainsFunc(f.Expr.Fields(), func(r expr.Ref) bool {
		of, ok := o.FieldByID(r.Field.ID)
		return ok && (of.Kind == schema.KindRollup || of.Kind == schema.KindFormula)
	})
}

// SetDerived writes engine-derived values (engine decision 15): no version, no
// rules, no history but the spans of tracked fields. rows holds, for each
// record, one value a field.
func (s *Session) SetDerived(ctx context.Context, o *schema.Object, fields []*schema.FieldDef, rows map[value.ID][]any) error {
	var c columnSet
	for _, f := range fields {
		c.add(f)
	}
	ids := keys(rows)
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, 200) {
		envs, err := s.storingOf(ctx, o, fields, chunk)
		if err != nil {
			return err
		}
		b := updateStatement{args: s.args(), d: s.tx.Dialect()}
		b.begin(o, c, Updating, 0, 0)
		for i, id := range chunk {
			var values []any
			env := cmp.Or(envs[id], s.store)
			for j, f := range fields {
				values = f.Store(rows[id][j], env, values)
			}
			b.row(i, &Draft{ID: id, before: &Record{}}, c, values)
		}
		b.sql.WriteString(") AS v WHERE t.id = v.column1")
		if err := s.tx.Post(ctx, b.sql.String(), b.args.Values()...); err != nil {
			return err
		}
		if slices.ContainsFunc(fields, (*schema.FieldDef).Spanned) {
			if err := s.respan(ctx, o, chunk); err != nil {
				return err
			}
		}
	}
	return nil
}
