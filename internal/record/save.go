package record

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Values are what a caller sets, by API name: canonical Go values, or decoded
// JSON (with json.Number), which is checked and made canonical.
type Values map[string]any

// With adds a typed value for a built-in field.
func With[T any](v Values, f schema.Field[T], x T) Values {
	v[f.Name()] = x
	return v
}

// Change is one record to create (ID 0) or update.
type Change struct {
	ID value.ID
	// Version is the one the caller saw; 0 = whatever is there. Fields that
	// others changed since are merged when they are not the caller's own.
	Version int64
	// Strict refuses to merge.
	Strict bool
	Values Values
	// At is when it really happened and By the member who did it, for the system
	// bringing in a past that others recorded; zero = now, by the session's actor.
	At time.Time
	By value.ID
	// Took is a record that went into this one: history tells of it, also where
	// no field changes.
	Took value.ID
}

// Batch is up to 1,000 changes of one object.
type Batch struct {
	Object  string
	Changes []Change
	// PerRow writes what can be written and reports the rest; otherwise one
	// refused change refuses all.
	PerRow bool
	// Accept takes records that lack what a rule demands (imports).
	Accept bool
	// OwnersByRule leaves new records that name no owner to the rules that give
	// one (Draft.Assign); those that none takes are the actor's, as always.
	OwnersByRule bool
}

// Outcome tells what became of one change.
type Outcome struct {
	ID      value.ID
	Version int64
	Created bool
	Merged  bool
	Changed bool  // false for an update that changed nothing
	Err     error // PerRow only
	Warned  []fault.Field
}

// MaxBatch is the most changes one batch may hold.
const MaxBatch = 1000

// Create makes one record.
func (s *Session) Create(ctx context.Context, object string, v Values) (Outcome, error) {
	return s.one(ctx, object, Change{Values: v})
}

// Update changes one record. Version 0 takes whatever is there.
func (s *Session) Update(ctx context.Context, object string, id value.ID, version int64, v Values) (Outcome, error) {
	return s.one(ctx, object, Change{ID: id, Version: version, Values: v})
}

func (s *Session) one(ctx context.Context, object string, c Change) (Outcome, error) {
	out, err := s.Save(ctx, Batch{Object: object, Changes: []Change{c}})
	if err != nil {
		return Outcome{}, err
	}
	return out[0], nil
}

// Save creates and updates records of one object.
func (s *Session) Save(ctx context.Context, b Batch) ([]Outcome, error) {
	o, err := s.Object(b.Object)
	if err != nil {
		return nil, err
	}
	if len(b.Changes) > MaxBatch {
		return nil, fault.New(fault.TooLarge, "record.batch_too_large", fault.Args{"max": MaxBatch})
	}
	drafts, err := s.drafts(ctx, o, b)
	if err != nil {
		return nil, err
	}
	if err := s.carryOut(ctx, o, drafts, b.PerRow); err != nil {
		return nil, err
	}
	out := make([]Outcome, len(drafts))
	for i, d := range drafts {
		out[i] = Outcome{ID: d.ID, Version: d.after.Version, Created: d.Doing == Creating, Merged: d.merged,
			Changed: d.before == nil || d.after.Version != d.before.Version, Err: d.err}
		if d.err == nil {
			out[i].Warned = d.warned
		}
		if d.err != nil && d.Doing == Creating {
			out[i].ID = 0
		}
	}
	return out, nil
}

// drafts turns changes into drafts, in their order.
func (s *Session) drafts(ctx context.Context, o *schema.Object, b Batch) ([]*Draft, error) {
	before, err := s.lockChanged(ctx, o, b.Changes)
	if err != nil {
		return nil, err
	}
	createScope := s.actor.Scope(o, access.Create)
	drafts := make([]*Draft, len(b.Changes))
	for i, c := range b.Changes {
		d := &Draft{Object: o, ID: c.ID, Row: i, accept: b.Accept, took: c.Took, ownerless: b.OwnersByRule,
			given: make([]bool, len(o.Fields)), changed: make([]bool, len(o.Fields))}
		drafts[i] = d
		if d.at, d.by = s.now, s.actor.Member(); s.actor.System() {
			d.recall(c)
		}
		if c.ID != 0 {
			s.beginUpdate(ctx, d, c, before)
			continue
		}
		d.Doing, d.after = Creating, newRecord(o)
		if createScope == access.None {
			d.err = fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": o.Name})
			continue
		}
		s.beginCreate(d)
		s.fill(d, c.Values)
		s.setDefaults(d)
	}
	return drafts, nil
}

// ownLeft makes the actor the owner of new records that waited for a rule to
// give them one, and got none.
func (s *Session) ownLeft(drafts []*Draft) {
	for _, d := range drafts {
		if d.ownerless && !d.ruled && d.Doing == Creating && d.after.Owner() == 0 && s.actor.Member() != 0 && d.Object.Access == schema.Owned {
			d.Set("owner", s.actor.Member())
		}
	}
}

func (s *Session) lockChanged(ctx context.Context, o *schema.Object, changes []Change) (map[value.ID]locked, error) {
	var ids []value.ID
	for _, c := range changes {
		if c.ID != 0 {
			ids = append(ids, c.ID)
		}
	}
	return s.lock(ctx, o, ids, access.Update, false)
}

func (s *Session) beginCreate(d *Draft) {
	d.ID = value.NewID(s.now)
	d.after.ID, d.after.Version = d.ID, 1
	d.Set("id", d.ID)
	d.Set("version", int64(1))
	d.Set("created_at", d.at)
	d.Set("updated_at", d.at)
	if d.by != 0 {
		d.Set("created_by", d.by)
		d.Set("updated_by", d.by)
	}
}

// beginUpdate readies a draft of an existing record, or fails it.
func (s *Session) beginUpdate(ctx context.Context, d *Draft, c Change, before map[value.ID]locked) {
	d.Doing = Updating
	l, ok := before[c.ID]
	if !ok {
		d.after = newRecord(d.Object)
		d.err = absent(d.Object, c.ID)
		return
	}
	d.before, d.after = l.record, l.record.clone()
	if !l.may {
		d.err = fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": d.Object.Name})
		return
	}
	s.fill(d, c.Values)
	if c.Version != 0 && c.Version != d.before.Version && d.err == nil {
		d.err = s.merge(ctx, d, c)
	}
	if d.err != nil {
		return
	}
	d.after.Version = d.before.Version + 1
	d.Set("version", d.after.Version)
	d.Set("updated_at", d.at)
	if d.by != 0 {
		d.Set("updated_by", d.by)
	}
}

// absent is the answer for a record that is not there, and for one that the
// actor may not see.
func absent(o *schema.Object, id value.ID) error {
	return fault.New(fault.NotFound, "record.absent", fault.Args{"object": o.Name, "id": id.String()})
}

// fill puts the caller's values into the draft. Names come in random order
// from a map and are sorted, so that errors do too.
func (s *Session) fill(d *Draft, v Values) {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name == SaidKey {
			d.hear(v[name])
			continue
		}
		s.fillOne(d, name, v[name])
	}
}

func (s *Session) fillOne(d *Draft, name string, raw any) {
	f, ok := d.Object.Field(name)
	if !ok && s.fillAddressPart(d, name, raw) {
		return
	}
	if !ok || !s.actor.Sees(f) {
		d.Fail(s.inRow(schema.UnknownField(d.Object, value.Printable(name), s.Sees), d.Row))
		return
	}
	if !s.maySet(f) {
		d.Refuse(name, "field.not_writable", nil)
		return
	}
	v, err := f.Check(raw, s.store)
	if err != nil {
		d.Fail(s.inRow(err, d.Row))
		return
	}
	d.given[d.Object.Slot(f)] = true
	d.set(f, s.withUnseen(d, f, v))
}

// withUnseen keeps what an activity is about beside what the actor may know:
// he writes the list as he reads it.
func (s *Session) withUnseen(d *Draft, f *schema.FieldDef, v any) any {
	if f.Kind != schema.KindAbout || d.before == nil {
		return v
	}
	refs := slices.Clone(refsOf(f, v))
	for _, r := range refsOf(f, d.before.Value(f)) {
		if s.unseen(r) && !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	return linkValue(f, refs)
}

// maySet reports whether the actor may set the field. The system may also set
// what rules usually write, so that history can be imported.
func (s *Session) maySet(f *schema.FieldDef) bool {
	if s.actor.System() {
		return !f.Engine && !f.Derived()
	}
	return f.Writable() && s.actor.Field(f) == access.WriteField
}

// fillAddressPart sets billing_address_city and the like.
func (s *Session) fillAddressPart(d *Draft, name string, raw any) bool {
	f, part, ok := d.Object.AddressPart(name)
	if !ok || !s.actor.Sees(f) {
		return false
	}
	if !s.maySet(f) {
		d.Refuse(name, "field.not_writable", nil)
		return true
	}
	address, _ := d.Value(f).(value.Address)
	v, err := f.WithAddressPart(address, part, raw)
	if err != nil {
		d.Fail(s.inRow(err, d.Row))
		return true
	}
	d.given[d.Object.Slot(f)] = true
	d.set(f, v)
	return true
}

// inRow names the row in all that an error says of fields.
func (s *Session) inRow(err error, row int) error {
	e, ok := fault.As(err)
	if !ok || row == 0 {
		return err
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Row = row
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fields...).Because(err)
}

// setDefaults gives a new record what the caller left out. The owner is the
// actor, unless the caller says otherwise, even "nobody".
func (s *Session) setDefaults(d *Draft) {
	for i, f := range d.Object.Fields {
		if d.given[i] || d.after.values[i] != nil {
			continue
		}
		if f.Name == "owner" && d.Object.Access == schema.Owned {
			if m := s.actor.Member(); m != 0 && !d.ownerless {
				d.set(f, m)
			}
			continue
		}
		if f.Default == "" {
			continue
		}
		v, err := s.defaultOf(d, f)
		if err != nil {
			d.Fail(err)
			continue
		}
		d.set(f, v)
	}
}
