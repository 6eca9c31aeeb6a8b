package record

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// PlanSchema works out what changes of the schema would do. Nothing is
// written. It is for administrators.
func (e *Engine) PlanSchema(ctx context.Context, who Who, changes []schema.Change) (*schema.Plan, error) {
	var plan *schema.Plan
	err := e.Read(ctx, who, func(s *Session) error {
		var err error
		plan, err = s.plan(ctx, changes)
		return err
	}, store.Report)
	return plan, err
}

func (s *Session) plan(ctx context.Context, changes []schema.Change) (*schema.Plan, error) {
	if err := s.administers(); err != nil {
		return nil, err
	}
	return s.state.schema.Plan(ctx, s.tx, changes, s.store, s.now, append([]schema.Effects{viewEffects, access.RoleUses}, s.engine.needs.Effects...)...)
}

// ApplySchema plans and applies changes in one transaction, and makes the
// indexes that are missing afterwards, beside running work. base is the schema
// version that the plan was looked at, 0 = any.
func (e *Engine) ApplySchema(ctx context.Context, who Who, changes []schema.Change, base int64) (*schema.Plan, error) {
	return e.applySchema(ctx, who, changes, base, 0)
}

// applySchema is ApplySchema; undoes is the version that it takes back, 0 for
// none.
func (e *Engine) applySchema(ctx context.Context, who Who, changes []schema.Change, base, undoes int64) (*schema.Plan, error) {
	var plan *schema.Plan
	var later []store.Index
	if who.Cause == "" {
		who.Cause = "schema.apply"
	}
	err := e.Write(ctx, who, func(s *Session) error {
		if base != 0 && base != s.state.schema.Version {
			return fault.New(fault.Conflict, "schema.stale", fault.Args{"version": s.state.schema.Version})
		}
		var err error
		if plan, err = s.plan(ctx, changes); err != nil {
			return err
		}
		if later, err = plan.Apply(ctx, s.tx, s.store, s.actor.Member(), s.now); err != nil {
			return err
		}
		if err := noteUntold(ctx, s.tx, plan.Joined()); err != nil {
			return err
		}
		if err := s.noteSchema(ctx, plan.Next().Version, undoes); err != nil {
			return err
		}
		if err := s.renameViews(ctx, plan); err != nil {
			return err
		}
		if e.needs.Renamed != nil {
			if err := e.needs.Renamed(ctx, s, plan); err != nil {
				return err
			}
		}
		return s.searchAnew(ctx, plan.Next())
	}, store.Export)
	if err != nil {
		return plan, err
	}
	if err := e.MakeIndexes(ctx, later); err != nil {
		return plan, err
	}
	if err := e.backfill(ctx, plan); err != nil {
		return plan, err
	}
	return plan, e.needs.DB.Read(ctx, func(tx *store.Tx) error { return e.refresh(ctx, tx) })
}

// RevertSchema takes back the changes that led to a version, as a plan of its
// own against the schema of today.
func (e *Engine) RevertSchema(ctx context.Context, who Who, version int64) (*schema.Plan, error) {
	var changes []schema.Change
	var base int64
	if who.Cause == "" {
		who.Cause = "schema.revert"
	}
	err := e.Read(ctx, who, func(s *Session) error {
		if err := s.administers(); err != nil {
			return err
		}
		var err error
		base = s.state.schema.Version
		changes, err = s.state.schema.Inverse(ctx, s.tx, version)
		return err
	})
	if err != nil {
		return nil, err
	}
	return e.applySchema(ctx, who, changes, base, version)
}

// backfill computes stored formulas and roll-ups that a plan added, brought
// back or changed, in chunks, so that writers wait for none of them long.
func (e *Engine) backfill(ctx context.Context, plan *schema.Plan) error {
	for _, f := range plan.Computed() {
		if err := e.Refill(ctx, f.Object.Name, f.Name); err != nil {
			return err
		}
	}
	return nil
}

// Refill computes a stored formula or roll-up for every record anew.
func (e *Engine) Refill(ctx context.Context, object, field string) error {
	after := value.ID(0)
	for {
		var ids []value.ID
		err := e.Write(ctx, AsSystem("refill "+object+"."+field), func(s *Session) error {
			o, ok := s.state.schema.Object(object)
			if !ok {
				return nil
			}
			f, ok := o.Field(field)
			if !ok {
				return nil
			}
			var err error
			ids, err = s.tx.IDs(ctx, "SELECT t.id FROM {"+o.Table+"} t WHERE t.id > $1 ORDER BY t.id LIMIT 1000", after)
			if err != nil || len(ids) == 0 {
				return err
			}
			if f.Kind == schema.KindRollup {
				return s.rollUp(ctx, f, ids)
			}
			return s.refillFormula(ctx, o, f, ids)
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
	}
}

func (s *Session) refillFormula(ctx context.Context, o *schema.Object, f *schema.FieldDef, ids []value.ID) error {
	if !f.Stored {
		return nil
	}
	found, err := s.lock(ctx, o, ids, 0, false)
	if err != nil {
		return err
	}
	rows := make(map[value.ID][]any, len(found))
	drafts := make([]*Draft, 0, len(found))
	for id, l := range found {
		d := &Draft{Object: o, before: l.record, after: l.record.clone(), changed: make([]bool, len(o.Fields))}
		s.computeOnce(d, []*schema.FieldDef{f})
		drafts, rows[id] = append(drafts, d), []any{d.Value(f)}
	}
	if err := s.derivedSums(ctx, o, []*schema.FieldDef{f}, drafts); err != nil {
		return err
	}
	return s.SetDerived(ctx, o, []*schema.FieldDef{f}, rows)
}

// SchemaLog tells how the schema came to be as it is: the versions after one,
// the last first. It is for administrators.
func (s *Session) SchemaLog(ctx context.Context, after int64, limit int) ([]schema.Entry, error) {
	if !s.actor.Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	return s.state.schema.Log(ctx, s.tx, after, limit)
}

// Sampled is what a formula makes of one record: a value, or nothing and why.
type Sampled struct {
	Title string
	Value any
	Err   error
}

// Sample computes a formula of a planned schema for the records changed last,
// so that its author sees what it does before anybody else.
func (s *Session) Sample(ctx context.Context, f *schema.FieldDef, n int) ([]Sampled, error) {
	page, err := s.Query(ctx, Query{Object: f.Object.Name, Sort: "-updated_at", Limit: n})
	if err != nil || f.Expr == nil {
		return nil, err
	}
	var list []Sampled
	for _, r := range page.Records {
		x := Sampled{Title: r.Title()}
		if x.Value, x.Err = f.Expr.Eval(row{s, r}, s.env); x.Err == nil && x.Value != nil {
			if x.Value, x.Err = expr.Convert(x.Value, f.ExprType(), f.Scale); x.Err == nil && x.Value != nil {
				x.Value, x.Err = f.Check(x.Value, s.store)
			}
		}
		list = append(list, x)
	}
	return list, nil
}
