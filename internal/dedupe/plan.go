package dedupe

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Pick is which side's value of a field stays.
type Pick string

// The picks. Left is the record that stays, right the one that goes into it.
const (
	Left  Pick = "left"
	Right Pick = "right"
	Both  Pick = "both" // of fields that hold many
)

// Order is what somebody wants merged, and how.
type Order struct {
	Object        string
	Winner, Loser value.ID
	// Picks by field; a field without one keeps what is there, the winner's
	// first, and both where it holds many.
	Picks map[string]Pick
	// Values are given anew, whatever is picked.
	Values record.Values
}

// Field is one field of the two records, side by side.
type Field struct {
	Def         *schema.FieldDef
	Left, Right any
	Pick        Pick
	Many        bool // both can stay
	Result      any
}

// Differs reports whether there is something to pick.
func (f Field) Differs() bool {
	return f.Left != nil && f.Right != nil && !schema.Equal(f.Left, f.Right)
}

// Move is how many records will link to the winner instead.
type Move struct {
	Field *schema.FieldDef
	Count int64
}

// Plan is what a merge would do.
type Plan struct {
	Object        *schema.Object
	Winner, Loser *record.Record
	Fields        []Field // that the actor may see and write
	Moves         []Move
	Files, Shares int
	Total         int64 // of the moves
	// Refused is why the merge would be refused as it is (Try).
	Refused *fault.Error

	// What there really is, whatever the actor may see of it; what he may not set
	// is filled where the winner has nothing.
	winner, loser *record.Record
	quiet         record.Values
}

// Mergeable reports whether records of the object can be merged.
func Mergeable(o *schema.Object) bool {
	return o.Access == schema.Owned && o.Timeline && o.Personal == ""
}

// Look tells what a merge would do. It takes the right to change both records,
// and to delete the one that goes.
func Look(ctx context.Context, s *record.Session, x Order) (*Plan, error) {
	o, err := s.Object(x.Object)
	if err != nil {
		return nil, err
	}
	if !Mergeable(o) {
		return nil, fault.New(fault.Invalid, "dedupe.not_mergeable", fault.Args{"object": o.Name})
	}
	if x.Winner == x.Loser {
		return nil, fault.New(fault.Invalid, "dedupe.itself", nil).With(fault.Field{Path: "with", Key: "dedupe.itself"})
	}
	p := &Plan{Object: o}
	if p.Winner, err = s.Get(ctx, o.Name, x.Winner); err != nil {
		return nil, err
	}
	if p.Loser, err = s.Get(ctx, o.Name, x.Loser); err != nil {
		return nil, err
	}
	for _, id := range []value.ID{x.Winner, x.Loser} {
		if err := s.MayChange(ctx, o.Name, id); err != nil {
			return nil, err
		}
	}
	if !s.Actor().Reaches(o, access.Delete, p.Loser.Owner()) {
		return nil, fault.New(fault.Forbidden, "dedupe.may_not_delete", nil)
	}
	sys := s.AsSystem("what a merge takes over unseen")
	if p.winner, err = sys.Get(ctx, o.Name, x.Winner); err != nil {
		return nil, err
	}
	if p.loser, err = sys.Get(ctx, o.Name, x.Loser); err != nil {
		return nil, err
	}
	if err := p.pick(s, x); err != nil {
		return nil, err
	}
	return p, p.count(ctx, s)
}

// mostTried is how many links a merge is tried with before it is shown.
const mostTried = 250

// Try is Look that also tells whether the merge would be refused: it is made and
// put back, unless it has much to move, in a session that writes.
func Try(ctx context.Context, s *record.Session, x Order) (*Plan, error) {
	p, err := Look(ctx, s, x)
	if err != nil || p.Total > mostTried {
		return p, err
	}
	err = s.Rehearse(ctx, func() error {
		_, err := Merge(ctx, s, x)
		return err
	})
	if f, ok := fault.As(err); ok && (f.Kind == fault.Conflict || f.Kind == fault.Invalid || f.Kind == fault.Forbidden) {
		p.Refused, err = f, nil
	}
	return p, err
}

// pick decides field by field.
func (p *Plan) pick(s *record.Session, x Order) error {
	for name, pick := range x.Picks {
		f, ok := p.Object.Field(name)
		if !ok || !s.Actor().Sees(f) {
			return schema.UnknownField(p.Object, value.Printable(name), s.Sees)
		}
		if pick != Left && pick != Right && pick != Both {
			return fault.New(fault.Invalid, "dedupe.bad_pick", fault.Args{"field": f.Name}).With(fault.Field{Path: f.Name, Key: "dedupe.bad_pick", Args: fault.Args{"field": f.Name}})
		}
	}
	p.quiet = record.Values{}
	for _, f := range p.Object.Fields {
		if f.Engine && f.Name != "owner" || f.Derived() || !f.Writable() || f.Kind == schema.KindNumber {
			continue
		}
		if f.Hidden || !s.Actor().System() && !s.Actor().CanWrite(f) {
			if x := p.loser.Value(f); (p.winner.Value(f) == nil || refuses(f, x)) && x != nil && !p.own(x) {
				p.quiet[f.Name] = x
			}
			continue
		}
		y := Field{Def: f, Left: p.winner.Value(f), Right: p.loser.Value(f), Many: many(f)}
		y.Pick = y.usual(x.Picks[f.Name])
		if refuses(f, y.Left) {
			y.Pick = Left
		} else if refuses(f, y.Right) {
			y.Pick = Right
		}
		y.Result = y.result()
		if p.own(y.Result) { // a parent that is merged into its child
			y.Result = nil
			if !p.own(y.Right) {
				y.Result = y.Right
			}
		}
		p.Fields = append(p.Fields, y)
	}
	return nil
}

// refuses reports whether a value is somebody's wish to be left alone, which
// stays whatever is picked.
func refuses(f *schema.FieldDef, v any) bool { return f.OptOut && v == true }

// own reports whether a value links to one of the two.
func (p *Plan) own(v any) bool {
	id, ok := v.(value.ID)
	return ok && (id == p.Winner.ID || id == p.Loser.ID)
}

// many reports whether the field can hold both sides' values.
func many(f *schema.FieldDef) bool {
	return f.Many || f.Kind == schema.KindLinks || f.ValueKind() == schema.KindChoices
}

func (f Field) usual(pick Pick) Pick {
	switch {
	case pick == Both && !f.Many, pick == "" && (f.Left != nil || f.Right == nil) && !f.Many:
		return Left
	case pick == "" && f.Many && f.Left != nil && f.Right != nil:
		return Both
	case pick == "" && f.Left != nil:
		return Left
	case pick == "":
		return Right
	}
	return pick
}

func (f Field) result() any {
	switch f.Pick {
	case Right:
		return f.Right
	case Both:
		return joined(f.Left, f.Right)
	}
	return f.Left
}

// joined is what either side has, each once.
func joined(a, b any) any {
	if a == nil {
		return b
	}
	switch x := a.(type) {
	case []string:
		y, _ := b.([]string)
		return union(x, y)
	case []value.ID:
		y, _ := b.([]value.ID)
		return union(x, y)
	}
	return a
}

func union[T comparable](a, b []T) []T {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// count tells what else comes along, however much of it the actor may see.
func (p *Plan) count(ctx context.Context, s *record.Session) error {
	ref := schema.Ref{Object: p.Object.Name, ID: p.Loser.ID}
	for _, f := range s.LinkFields(p.Object) {
		n, err := s.CountLinks(ctx, f, ref)
		if err != nil {
			return err
		}
		if n > 0 {
			p.Moves = append(p.Moves, Move{f, n})
			p.Total += n
		}
	}
	files, err := s.Files(ctx, p.Object.Name, p.Loser.ID)
	if err != nil {
		return err
	}
	shares, err := access.Shares(ctx, s.Tx(), p.Object, p.Loser.ID, s.Now())
	p.Files, p.Shares = len(files), len(shares)
	return err
}

// values are what the winner is given: what differs from what it has.
func (p *Plan) values(given record.Values) record.Values {
	v := record.Values{}
	for _, f := range p.Fields {
		if !schema.Equal(f.Result, f.Left) {
			v[f.Def.Name] = f.Result
		}
	}
	for name, x := range given {
		v[name] = x
	}
	return v
}
