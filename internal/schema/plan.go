package schema

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Plan is a reviewed change of the schema: what will be done, and what that
// does to what is stored.
type Plan struct {
	Base    int64    `json:"base"` // the version it was made against
	Changes []Change `json:"changes"`
	Effects []Effect `json:"effects"`

	old, next *Schema
	env       *Env
	joined    []*Object
}

// Weight says how an effect should be taken.
type Weight string

// Info merely tells, Warn wants a look, Refuse keeps the plan from being
// applied.
const (
	Info   Weight = "info"
	Warn   Weight = "warn"
	Refuse Weight = "refuse"
)

// Effect is one consequence of a change, in numbers.
type Effect struct {
	Change int        `json:"change"` // index into the plan's changes
	Weight Weight     `json:"weight"`
	Key    string     `json:"key"`
	Args   fault.Args `json:"args,omitempty"`
	Count  int64      `json:"count"`
	// Uses are what stands on what goes.
	Uses []Use `json:"uses,omitempty"`
}

// Effects tells what a change does to what one room knows: views that filter
// on a field, rules that use it.
type Effects func(ctx context.Context, tx *store.Tx, s *Schema, c Change) ([]Effect, error)

// Plan works the changes out on a copy and counts their effects. Nothing is
// written. env is the workspace's, for values that change their kind.
func (s *Schema) Plan(ctx context.Context, tx *store.Tx, changes []Change, env *Env, now time.Time, rooms ...Effects) (*Plan, error) {
	if len(changes) == 0 {
		return nil, fault.New(fault.Invalid, "schema.no_changes", nil)
	}
	d := s.draft(now)
	for i, c := range changes {
		if err := d.apply(c); err != nil {
			return nil, atChange(err, i)
		}
	}
	p := &Plan{Base: s.Version, Changes: changes, old: s, next: s, env: env}
	if p.Effects = s.stands(d, changes); len(p.Effects) == 0 { // else there is no next one
		next, err := s.follow(d, env)
		if err != nil {
			return nil, err
		}
		p.next = next
	}
	for i, c := range changes {
		if err := p.count(ctx, tx, i, c, rooms); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func atChange(err error, i int) error {
	if e, ok := fault.As(err); ok {
		return e.With(fault.Field{Path: fmt.Sprintf("changes[%d]", i), Key: e.Key, Args: e.Args})
	}
	return err
}

func (p *Plan) count(ctx context.Context, tx *store.Tx, i int, c Change, rooms []Effects) error {
	effects, err := p.own(ctx, tx, c)
	if err != nil {
		return err
	}
	effects = append(effects, p.uses(c)...)
	for _, room := range rooms {
		more, err := room(ctx, tx, p.old, c)
		if err != nil {
			return err
		}
		effects = append(effects, more...)
	}
	for _, e := range effects {
		e.Change = i
		p.Effects = append(p.Effects, e)
	}
	return nil
}

// own counts what the schema itself can know: records and values touched.
func (p *Plan) own(ctx context.Context, tx *store.Tx, c Change) ([]Effect, error) {
	o, ok := p.old.Object(c.Object)
	if !ok {
		return nil, nil
	}
	f, ok := o.Field(c.Field)
	switch {
	case c.Op == RemoveObject:
		return p.removedObject(ctx, tx, o)
	case !ok:
		return nil, nil
	case c.Op == RemoveField:
		return counted(ctx, tx, Warn, "schema.effect_hidden_values", o, f, f.filled(tx))
	case c.Op == ChangeField:
		return p.changedField(ctx, tx, o, f)
	case c.Op == RetypeField:
		return p.retyped(ctx, tx, o, f)
	}
	return nil, nil
}

// removedObject counts the records, and the fields that link to them.
func (p *Plan) removedObject(ctx context.Context, tx *store.Tx, o *Object) ([]Effect, error) {
	effects, err := counted(ctx, tx, Warn, "schema.effect_records", o, nil, "1 = 1")
	for _, link := range p.old.LinksTo(o.Name) {
		if _, stays := p.next.FieldByID(link.ID); !stays { // removed by the same plan
			continue
		}
		effects = append(effects, Effect{Weight: Refuse, Key: "schema.effect_linked", Count: 1,
			Args: fault.Args{"object": link.Object.Name, "field": link.Name}})
	}
	return effects, err
}

// changedField counts records without a value that becomes required, values
// that occur twice in a field that becomes unique, and uses of options taken
// away.
func (p *Plan) changedField(ctx context.Context, tx *store.Tx, o *Object, f *FieldDef) ([]Effect, error) {
	g, ok := p.next.FieldByID(f.ID)
	if !ok || len(f.Columns()) == 0 {
		return nil, nil
	}
	var effects []Effect
	add := func(more []Effect, err error) error { effects = append(effects, more...); return err }
	if g.Required && !f.Required {
		if err := add(counted(ctx, tx, Warn, "schema.effect_missing", o, f, "NOT ("+f.filled(tx)+")")); err != nil {
			return nil, err
		}
	}
	if g.Unique && !f.Unique {
		if err := add(doubled(ctx, tx, o, f)); err != nil {
			return nil, err
		}
	}
	for _, option := range f.Options {
		if _, ok := g.Option(option.Key); !ok {
			where, key := tx.Dialect().Quote(f.Column)+" = "+tx.Dialect().Param(1, store.Text), option.Key
			if f.Kind == KindChoices { // stored as |a|b|
				where = tx.Dialect().Quote(f.Column) + " LIKE " + tx.Dialect().Param(1, store.Text) + ` ESCAPE '\'`
				key = "%|" + likeLiteral(key) + "|%"
			}
			if err := add(counted(ctx, tx, Warn, "schema.effect_option_used", o, f, where, key)); err != nil {
				return nil, err
			}
		}
	}
	return effects, nil
}

func likeLiteral(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)
}

// filled is the condition that a record has a value in the field.
func (f *FieldDef) filled(tx *store.Tx) string {
	cs := f.Columns()
	if len(cs) == 0 {
		return "1 = 0"
	}
	return tx.Dialect().Quote(cs[0].Name) + " IS NOT NULL"
}

// counted makes an effect of the living records that a condition picks; none
// when there is none.
func counted(ctx context.Context, tx *store.Tx, w Weight, key string, o *Object, f *FieldDef, where string, args ...any) ([]Effect, error) {
	var n int64
	sql := fmt.Sprintf(`SELECT count(*) FROM {%s} WHERE deleted_at IS NULL AND (%s)`, o.Table, where)
	if _, err := tx.Row(ctx, sql, args, &n); err != nil || n == 0 {
		return nil, err
	}
	e := Effect{Weight: w, Key: key, Count: n, Args: fault.Args{"object": o.Name}}
	if f != nil {
		e.Args["field"] = f.Name
	}
	return []Effect{e}, nil
}

// doubled counts the values that a field holds more than once.
func doubled(ctx context.Context, tx *store.Tx, o *Object, f *FieldDef) ([]Effect, error) {
	var n int64
	c := tx.Dialect().Quote(f.UniqueColumn())
	sql := fmt.Sprintf(`SELECT count(*) FROM (SELECT %[1]s FROM {%[2]s} WHERE deleted_at IS NULL AND %[1]s IS NOT NULL
		GROUP BY %[1]s HAVING count(*) > 1) d`, c, o.Table)
	if _, err := tx.Row(ctx, sql, nil, &n); err != nil || n == 0 {
		return nil, err
	}
	return []Effect{{Weight: Refuse, Key: "schema.effect_doubled", Count: n, Args: fault.Args{"object": o.Name, "field": f.Name}}}, nil
}

// retyped tries every value on the new kind and counts those that do not fit.
func (p *Plan) retyped(ctx context.Context, tx *store.Tx, o *Object, f *FieldDef) ([]Effect, error) {
	g, ok := p.next.FieldByID(f.ID)
	if !ok {
		return nil, nil
	}
	bad := Effect{Weight: Refuse, Key: "schema.effect_unconvertible", Args: fault.Args{"object": o.Name, "field": f.Name, "to": string(g.Kind)}}
	good := Effect{Weight: Info, Key: "schema.effect_converted", Args: fault.Args{"object": o.Name, "field": f.Name, "to": string(g.Kind)}}
	err := eachValue(ctx, tx, o, f, func(_ value.ID, v any) error {
		if _, err := convert(g, v, p.env); err != nil {
			if bad.Count == 0 {
				bad.Args["example"] = value.Printable(Neutral(v))
			}
			bad.Count++
			return nil
		}
		good.Count++
		return nil
	})
	var effects []Effect
	for _, e := range []Effect{bad, good} {
		if e.Count > 0 {
			effects = append(effects, e)
		}
	}
	return effects, err
}

func stale(version int64) error {
	return fault.New(fault.Conflict, "schema.stale", fault.Args{"version": version})
}
