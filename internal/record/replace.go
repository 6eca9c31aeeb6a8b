package record

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Removal is what Remove deletes.
type Removal struct {
	Object string
	IDs    []value.ID
	// PerRow deletes those that can go; otherwise one that is held holds all.
	PerRow bool
	// Into takes their place: what would hold them links to it instead. 0 = what
	// is held stays.
	Into value.ID
}

// MaxReplaced is how many records may be made to link elsewhere when one goes:
// about half a second of the writer. A merge moves more.
const MaxReplaced = 1000

// Holder is a field by which living records hold on to others, and how many do.
type Holder struct {
	Field *schema.FieldDef
	Count int
}

// holds reports whether a link keeps its target from being deleted.
func holds(f *schema.FieldDef) bool {
	return f.OnDelete != schema.Clear && f.OnDelete != schema.Cascade && f.Kind != schema.KindLinks && len(f.Columns()) > 0
}

// Holders tells what keeps a record from being deleted, whoever may see it.
func (s *Session) Holders(ctx context.Context, o *schema.Object, id value.ID) ([]Holder, error) {
	var all []Holder
	for _, f := range s.state.schema.LinksTo(o.Name) {
		if !holds(f) {
			continue
		}
		n, err := s.CountLinks(ctx, f, schema.Ref{Object: o.Name, ID: id})
		if err != nil {
			return nil, err
		}
		if n > 0 {
			all = append(all, Holder{f, int(n)})
		}
	}
	return all, nil
}

// replace lets everything that holds on to the leaving records link to another
// one, as the actor: what he may not change is not moved, and refuses the whole.
func (s *Session) replace(ctx context.Context, o *schema.Object, leaving []*Draft, into value.ID) error {
	if err := s.checkReplacement(ctx, o, leaving, into); err != nil {
		return err
	}
	left := MaxReplaced
	err := s.eachLinkTo(ctx, o, leaving, func(f *schema.FieldDef, _ []*Draft, by map[value.ID]value.ID) error {
		if !holds(f) {
			return nil
		}
		if left -= len(by); left < 0 {
			return fault.New(fault.Conflict, "record.replaces_too_many", fault.Args{"max": MaxReplaced})
		}
		return s.linkInstead(ctx, f, by, into)
	})
	s.gone(leaving)
	return err
}

// checkReplacement refuses one that is not there, out of sight, or leaving
// itself.
func (s *Session) checkReplacement(ctx context.Context, o *schema.Object, leaving []*Draft, into value.ID) error {
	refused := func(key string, args fault.Args) error {
		return fault.New(fault.Invalid, key, args).With(fault.Field{Path: "replace_with", Key: key, Args: args})
	}
	if slices.ContainsFunc(leaving, func(d *Draft) bool { return d.ID == into }) {
		return refused("record.replaces_itself", nil)
	}
	good, err := s.readable(ctx, o, []value.ID{into})
	if err == nil && !good[into] {
		err = refused("field.dead_link", fault.Args{"object": o.Name, "id": into.String()})
	}
	return err
}

// linkInstead moves the links of one field.
func (s *Session) linkInstead(ctx context.Context, f *schema.FieldDef, by map[value.ID]value.ID, into value.ID) error {
	b := Batch{Object: f.Object.Name, PerRow: true, Accept: true}
	for _, id := range slices.Sorted(slices.Values(keys(by))) {
		v := Values{f.Name: into}
		if id == into { // it stood below the one that goes
			v[f.Name] = nil
		}
		b.Changes = append(b.Changes, Change{ID: id, Values: v})
	}
	if len(b.Changes) == 0 {
		return nil
	}
	shut := fault.Args{"by": f.Object.Name, "field": f.Name, "count": len(by)}
	out, err := s.Save(ctx, b)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) { // no right to the object at all
		return fault.New(fault.Conflict, "record.replaces_shut", shut).Because(err)
	}
	if err != nil {
		return err
	}
	n, first := 0, error(nil)
	for _, x := range out {
		if fault.Is(x.Err, fault.Forbidden) || fault.Is(x.Err, fault.NotFound) {
			n++
		}
		first = cmp.Or(first, x.Err)
	}
	if n > 0 {
		shut["count"] = n
		return fault.New(fault.Conflict, "record.replaces_shut", shut).Because(first)
	}
	return InWords(first)
}

// InWords is why a record that another act changes along with its own refuses
// that: the field which says so is none of the act's.
func InWords(err error) error {
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid && len(e.Fields) > 0 {
		return fault.New(fault.Conflict, e.Fields[0].Key, e.Fields[0].Args).Because(err)
	}
	return err
}
