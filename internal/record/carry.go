package record

import (
	"context"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// carryOut takes drafts of one object through all that a change means. With
// perRow the refused ones are left out; otherwise one refusal refuses all.
func (s *Session) carryOut(ctx context.Context, o *schema.Object, drafts []*Draft, perRow bool) error {
	if !s.tx.Writing() {
		return fault.New(fault.Forbidden, "record.read_only", nil)
	}
	if s.depth >= maxDepth {
		return fault.New(fault.Conflict, "record.too_deep", fault.Args{"object": o.Name})
	}
	s.depth++
	defer func() { s.depth-- }()
	defer s.gone(drafts)
	if err := s.consider(ctx, o, drafts); err != nil {
		return err
	}
	if err := refused(drafts); err != nil && !perRow {
		return err
	}
	live := changing(alive(drafts))
	if len(live) == 0 {
		return nil
	}
	if err := s.release(ctx, o, live, drafts); err != nil {
		return err
	}
	if err := s.giveGapless(ctx, o, live); err != nil {
		return err
	}
	if err := s.phase(ctx, o, live, func(r Rule) func(context.Context, *Session, []*Draft) error { return r.Derive }); err != nil {
		return err
	}
	if err := s.writeAll(ctx, o, live); err != nil {
		return err
	}
	s.warn(live)
	return s.phase(ctx, o, live, func(r Rule) func(context.Context, *Session, []*Draft) error { return r.Applied })
}

// consider runs everything that may change or refuse a draft.
func (s *Session) consider(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	refuseDoubles(drafts)
	if err := s.phase(ctx, o, drafts, func(r Rule) func(context.Context, *Session, []*Draft) error { return r.Prepare }); err != nil {
		return err
	}
	live := alive(drafts)
	s.ownLeft(live)
	steps := []func(context.Context, *schema.Object, []*Draft) error{
		s.inheritOwners, s.giveNumbers, s.countNothing, s.computeFormulas,
		s.checkRequired, s.checkLinks, s.checkUnique, s.checkOwners, s.checkHeld,
	}
	for _, step := range steps {
		if err := step(ctx, o, live); err != nil {
			return err
		}
		live = alive(live)
	}
	return s.phase(ctx, o, drafts, func(r Rule) func(context.Context, *Session, []*Draft) error { return r.Check })
}

// refuseDoubles refuses the second draft of one record in a batch: the two would
// be made against the same version.
func refuseDoubles(drafts []*Draft) {
	first := make(map[value.ID]int, len(drafts))
	for _, d := range drafts {
		if row, ok := first[d.ID]; ok {
			d.err = nil
			d.Refuse("id", "field.record_twice", fault.Args{"row": row})
			continue
		}
		first[d.ID] = d.Row
	}
}

// writeAll puts the drafts into the database with everything that follows
// from them.
func (s *Session) writeAll(ctx context.Context, o *schema.Object, live []*Draft) error {
	if err := s.giveActs(ctx, live); err != nil {
		return err
	}
	var creates, updates []*Draft
	for _, d := range live {
		if d.Doing == Creating {
			creates = append(creates, d)
		} else {
			updates = append(updates, d)
		}
	}
	if err := s.insertRows(ctx, o, creates); err != nil {
		return err
	}
	if err := s.updateRows(ctx, o, updates); err != nil {
		return err
	}
	steps := []func(context.Context, *schema.Object, []*Draft) error{
		s.writeLinks, s.writeHistory, s.writeSpans, s.notePassages, s.writeSums, s.writeSearchText, s.passOwnersDown, s.refreshRollups,
	}
	for _, step := range steps {
		if err := step(ctx, o, live); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(live, func(d *Draft) bool { return d.Doing == Deleting || d.Changed("owner") }) {
		s.lost++
	}
	return nil
}

// changing drops updates that change nothing: they make no version, no
// history and no work.
func changing(drafts []*Draft) []*Draft {
	out := drafts[:0:0]
	for _, d := range drafts {
		if d.Doing != Updating || d.took != 0 || d.changesAnything() {
			out = append(out, d)
			continue
		}
		d.after.Version = d.before.Version
	}
	return out
}

func (d *Draft) changesAnything() bool {
	for i, f := range d.Object.Fields {
		if d.changed[i] && !f.Engine {
			return true
		}
	}
	return false
}

// refused joins the errors of refused drafts into one.
func refused(drafts []*Draft) error {
	var joined *fault.Error
	for _, d := range drafts {
		if d.err == nil {
			continue
		}
		e, ok := fault.As(d.err)
		if !ok {
			return d.err
		}
		if joined == nil {
			joined = e
			continue
		}
		joined = joined.With(e.Fields...)
	}
	if joined == nil {
		return nil
	}
	return joined
}

// defaultOf evaluates a field's default: a neutral text, or "=expression".
func (s *Session) defaultOf(d *Draft, f *schema.FieldDef) (any, error) {
	text := f.Default
	if text[0] != '=' {
		return f.Parse(text, &schema.Env{Currency: s.store.Currency, Region: s.store.Region})
	}
	e, err := expr.Check(text[1:], s.state.schema.Scope(d.Object, nil), expr.Type{})
	if err != nil {
		return nil, err
	}
	v, err := e.Eval(row{s, d.after}, s.env)
	if err != nil || v == nil {
		return nil, err
	}
	return f.Check(v, s.store)
}

// countNothing begins the counts of a new record, which nothing links to yet, so
// that they are nought like those of a record whose children have gone.
func (s *Session) countNothing(_ context.Context, o *schema.Object, drafts []*Draft) error {
	for _, f := range o.Fields {
		if f.Kind != schema.KindRollup || f.Rollup.Function != "count" {
			continue
		}
		for _, d := range drafts {
			if d.Doing == Creating {
				d.set(f, int64(0))
			}
		}
	}
	return nil
}

// computeFormulas fills stored formulas. Some stand on others, so it goes
// round until nothing moves; the schema has refused circles.
func (s *Session) computeFormulas(_ context.Context, o *schema.Object, drafts []*Draft) error {
	var formulas []*schema.FieldDef
	for _, f := range o.Fields {
		if f.Kind == schema.KindFormula && f.Stored {
			formulas = append(formulas, f)
		}
	}
	for _, d := range drafts {
		for range formulas {
			if !s.computeOnce(d, formulas) {
				break
			}
		}
	}
	return nil
}

// computeOnce evaluates each formula and reports whether one moved. A formula
// that cannot be computed (a division by zero) is empty.
func (s *Session) computeOnce(d *Draft, formulas []*schema.FieldDef) bool {
	moved := false
	for _, f := range formulas {
		v, err := f.Expr.Eval(row{s, d.after}, s.env)
		if err == nil && v != nil {
			v, err = expr.Convert(v, f.ExprType(), f.Scale)
		}
		if err == nil && v != nil {
			v, err = f.Check(v, s.store)
		}
		if err != nil {
			v = nil
		}
		if !schema.Equal(d.Value(f), v) {
			d.set(f, v)
			moved = true
		}
	}
	return moved
}

// inheritOwners gives children the owner of their parent (engine decision 2).
func (s *Session) inheritOwners(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	link, ok := o.ParentLink()
	if !ok {
		return nil
	}
	ids := map[value.ID]bool{}
	for _, d := range drafts {
		if id, ok := d.Value(link).(value.ID); ok && d.Changed(link.Name) {
			ids[id] = true
		}
	}
	owners, err := s.ownersOf(ctx, s.state.schema.Target(link), keys(ids))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if d.Changed(link.Name) { // to no parent: to no owner
			id, _ := d.Value(link).(value.ID)
			d.Set("owner", owners[id])
		}
	}
	return nil
}

func keys[K comparable, V any](m map[K]V) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}
