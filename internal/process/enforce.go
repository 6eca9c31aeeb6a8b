package process

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// How a record came into a state.
const (
	kindStart    = "start"    // it was made, or came under the blueprint
	kindMove     = "move"     // by a move
	kindSkip     = "skip"     // forward without one
	kindBack     = "back"     // back without one
	kindOverride = "override" // by somebody who may do anything
	kindSystem   = "system"   // by the program: an import's past, an undo
	kindUndo     = "undo"
	kindLeave    = "leave" // it is no longer under the blueprint
)

// decision is what becomes of one draft under one blueprint.
type decision struct {
	of       *blueprint // that governs after the change; nil = it left was
	left     *blueprint // that governed before and does not any more
	kind     string
	move     *move
	was, now string
	run      *run // as it was
	enters   *run // as it will be, once nothing refuses the draft
	next     *time.Time
}

// decisions are those of a transaction's drafts, from the check to the applied
// phase, and where their records stood when they were made.
type decisions struct {
	of   map[*record.Draft][]decision
	runs map[runKey]*run
}

type decisionsKey struct{}

func decided(s *record.Session) (*decisions, error) {
	return record.Memo(s, decisionsKey{}, func() (*decisions, error) {
		return &decisions{map[*record.Draft][]decision{}, map[runKey]*run{}}, nil
	})
}

// checkMoves decides about every draft that changes a state, and refuses those
// for which there is no way.
func checkMoves(ctx context.Context, s *record.Session, list []*blueprint, drafts []*record.Draft) error {
	var ids []value.ID
	var moved []*record.Draft
	for _, d := range drafts {
		if writes(d) && slices.ContainsFunc(list, func(b *blueprint) bool { return b.concerned(d) }) {
			moved = append(moved, d)
			if d.Doing == record.Updating {
				ids = append(ids, d.ID)
			}
		}
	}
	if len(moved) == 0 {
		return nil
	}
	runs, err := runsOf(ctx, s, ids)
	if err != nil {
		return err
	}
	memo, err := decided(s)
	if err != nil {
		return err
	}
	memo.runs = runs
	for _, d := range moved {
		if memo.of[d], err = decide(ctx, s, list, runs, d); err != nil {
			return err
		}
		for i := range memo.of[d] {
			x := &memo.of[d][i]
			if err := x.leave(ctx, s, d); err != nil {
				return err
			}
			if x.of == nil {
				continue
			}
			if err := x.enforce(ctx, s, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// concerned reports whether the draft may move the record in the blueprint, or
// under it.
func (b *blueprint) concerned(d *record.Draft) bool {
	return d.Doing == record.Creating || d.Changed(b.field.Name) || slices.ContainsFunc(b.whenFields, d.Changed)
}

// decide finds the blueprints that govern the draft, one for each state field:
// the one that the record runs under, or the first whose condition it fulfils.
func decide(ctx context.Context, s *record.Session, list []*blueprint, runs map[runKey]*run, d *record.Draft) ([]decision, error) {
	var out []decision
	done := map[*schema.FieldDef]bool{}
	for _, b := range list {
		if done[b.field] || !b.concerned(d) {
			continue
		}
		done[b.field] = true
		x := decision{was: stateKey(d.Before(b.field.Name)), now: stateKey(d.Value(b.field))}
		before, run, err := governs(ctx, s, list, b.field, runs, d.ID, beforeOf(d))
		if err != nil {
			return nil, err
		}
		after, _, err := governs(ctx, s, list, b.field, runs, d.ID, d.Record())
		if err != nil {
			return nil, err
		}
		if before == nil && after == nil {
			continue
		}
		x.run = run
		if x.of = after; before != nil && (after == nil || after.id != before.id) {
			x.left = before
		}
		if x.of != nil && before != nil && x.left == nil && x.was == x.now {
			continue // under the same blueprint, in the same state
		}
		out = append(out, x)
	}
	return out, nil
}

func beforeOf(d *record.Draft) *record.Record {
	if d.Doing != record.Updating {
		return nil
	}
	return d.Past()
}

// governs finds the blueprint of a record over a field: nil for none.
func governs(ctx context.Context, s *record.Session, list []*blueprint, f *schema.FieldDef, runs map[runKey]*run, id value.ID, r *record.Record) (*blueprint, *run, error) {
	if r == nil {
		return nil, nil, nil
	}
	for _, b := range list {
		if b.field != f {
			continue
		}
		at := runs[runKey{b.id, id}]
		v := b
		if at != nil && at.version != b.version {
			old, err := versionOf(ctx, s, at.version)
			if err != nil {
				return nil, nil, err
			}
			if old != nil && old.states[at.state] != nil && !old.final(at.state) { // what is over begins anew
				v = old
			}
		}
		yes := v.when == nil
		if !yes {
			var err error
			if yes, err = s.Judge(r, v.when); err != nil && !isFault(err) {
				return nil, nil, err
			}
		}
		if yes {
			return v, at, nil
		}
	}
	return nil, nil, nil
}

func isFault(err error) bool { _, ok := fault.As(err); return ok }

// enforce finds the way of one draft, or refuses it.
func (x *decision) enforce(ctx context.Context, s *record.Session, d *record.Draft) error {
	b := x.of
	free := s.Undoing() || s.Actor().System()
	begins := d.Doing == record.Creating || x.left != nil || x.was == "" || b.states[x.was] == nil && b.states[x.now] != nil || beginsHere(x, d)
	switch {
	case begins:
		x.kind = kindStart
		return x.start(ctx, s, d, free)
	case s.Undoing():
		x.kind = kindUndo
		return nil
	}
	candidates := x.candidates()
	if free {
		if x.kind = kindSystem; len(candidates) > 0 {
			x.kind, x.move = kindMove, candidates[0]
		}
		return nil
	}
	if len(candidates) > 0 {
		return x.byMove(ctx, s, d, candidates)
	}
	return x.without(ctx, s, d)
}

// leave asks of a record that goes to a state outside its process, such as one of
// another pipeline, what is asked of a jump. Rules and those who write processes
// may let it go; what is over may go anywhere.
func (x *decision) leave(ctx context.Context, s *record.Session, d *record.Draft) error {
	b := x.left
	if b == nil || d.Doing != record.Updating || !b.outside(x.was, x.now) || s.Undoing() || s.Actor().System() || s.Actor().Admin() || automation(s) {
		return nil
	}
	if b.Skip == Free {
		return nil
	}
	yes, err := b.Override.is(s, d.Record())
	if err != nil {
		return err
	}
	if yes || b.Skip == Reason {
		wantsReason(d)
		return nil
	}
	out := decision{of: b, was: x.was, now: x.now}
	return out.refuse(ctx, s, d)
}

// outside reports whether a step leads from within the process, before its end,
// to a state that it does not have.
func (b *blueprint) outside(was, now string) bool {
	return b.states[was] != nil && !b.final(was) && b.states[now] == nil
}

// beginsHere reports whether the record came under the blueprint by this very
// change, of a field other than its state.
func beginsHere(x *decision, d *record.Draft) bool {
	return x.run == nil && !d.Changed(x.of.field.Name)
}

// start lets a record begin where the blueprint lets records begin. An import
// that makes records brings a past with it, which may stand anywhere.
func (x *decision) start(ctx context.Context, s *record.Session, d *record.Draft, free bool) error {
	b := x.of
	if free || x.now == "" || s.Who().Imports() && d.Doing == record.Creating || d.Doing == record.Updating && !d.Changed(b.field.Name) {
		return nil
	}
	if len(b.starts) == 0 && b.states[x.now] != nil || slices.Contains(b.starts, x.now) {
		return nil
	}
	if yes, err := b.Override.is(s, d.Record()); err != nil || yes {
		return err
	}
	labels, err := labelsOf(ctx, s, b.field)
	if err != nil {
		return err
	}
	allowed := b.starts
	if len(allowed) == 0 {
		for _, st := range b.States {
			allowed = append(allowed, st.State)
		}
	}
	d.Refuse(b.field.Name, "process.no_start", fault.Args{"state": label(labels, x.now), "allowed": names(labels, allowed)})
	return nil
}

func names(labels map[string]string, keys []string) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = label(labels, k)
	}
	return strings.Join(list, ", ")
}

func (x *decision) candidates() []*move {
	var list []*move
	for _, m := range x.of.moves {
		if m.To == x.now && m.from(x.was) {
			list = append(list, m)
		}
	}
	return list
}

// byMove takes the first of the moves that the actor may make now; where there
// is none, the one that came nearest says why.
func (x *decision) byMove(ctx context.Context, s *record.Session, d *record.Draft, list []*move) error {
	var why *fault.Error
	for _, m := range list {
		no, err := m.open(s, d.Record())
		if err != nil {
			return err
		}
		if no == nil {
			x.kind, x.move = kindMove, m
			return m.during(ctx, s, d)
		}
		if why == nil || no.Key == "process.not_now" {
			why = no
		}
	}
	if ok, err := x.override(s, d); err != nil || ok {
		return err
	}
	d.Refuse(x.of.field.Name, why.Key, why.Args)
	return nil
}

// open tells why the actor may not make the move now; nil when he may.
func (m *move) open(s *record.Session, r *record.Record) (*fault.Error, error) {
	if m.broken {
		return fault.New(fault.Conflict, "process.broken", fault.Args{"move": m.Name}), nil
	}
	yes, err := m.Who.is(s, r)
	if err != nil {
		return nil, err
	}
	if !yes && m.Who != nil && !automation(s) {
		return fault.New(fault.Forbidden, "process.not_yours", fault.Args{"move": m.Name}), nil
	}
	if m.when == nil {
		return nil, nil
	}
	if yes, err = s.Judge(r, m.when); err != nil && !isFault(err) {
		return nil, err
	}
	if yes && err == nil {
		return nil, nil
	}
	if m.Why != "" {
		return fault.New(fault.Invalid, "process.not_now_why", fault.Args{"move": m.Name, "why": m.Why}), nil
	}
	return fault.New(fault.Invalid, "process.not_now", fault.Args{"move": m.Name}), nil
}

// is reports whether the actor is meant; nil names nobody.
func (w *Who) is(s *record.Session, r *record.Record) (bool, error) {
	if w == nil {
		return false, nil
	}
	me, roster := s.Actor().Member(), s.Roster()
	if me == 0 {
		return false, nil
	}
	owner := r.Owner()
	if w.Owner && owner == me || w.Manager && owner != 0 && roster.ManagerOf(owner) == me || slices.Contains(w.Members, me) {
		return true, nil
	}
	return w.placed(s, me), nil
}

// placed reports whether a member is meant by role or team.
func (w *Who) placed(s *record.Session, me value.ID) bool {
	roster := s.Roster()
	for _, key := range w.Roles {
		if id, ok := roleNamed(s, key); ok && id == roster.RoleOf(me) {
			return true
		}
	}
	return slices.ContainsFunc(w.Teams, func(t value.ID) bool { return roster.InTeam(me, t) })
}

// roleNamed finds a role by its key or its id.
func roleNamed(s *record.Session, key string) (value.ID, bool) {
	if id, ok := s.Roster().Role(key); ok {
		return id, true
	}
	id, err := value.ParseID(key)
	return id, err == nil
}

// without lets a change through for which there is no move, where the
// blueprint says so.
func (x *decision) without(ctx context.Context, s *record.Session, d *record.Draft) error {
	from, to := x.of.states[x.was], x.of.states[x.now]
	leave := No
	switch {
	case from == nil || to == nil:
	case to.at > from.at:
		leave, x.kind = x.of.Skip, kindSkip
	default:
		leave, x.kind = x.of.Back, kindBack
	}
	if leave == Free {
		return nil
	}
	if leave == Reason {
		wantsReason(d)
		return nil
	}
	if ok, err := x.override(s, d); err != nil || ok {
		return err
	}
	return x.refuse(ctx, s, d)
}

// override lets somebody who may do anything do it, with a reason.
func (x *decision) override(s *record.Session, d *record.Draft) (bool, error) {
	yes, err := x.of.Override.is(s, d.Record())
	if err != nil || !yes || x.of.states[x.now] == nil {
		return false, err
	}
	x.kind, x.move = kindOverride, nil
	wantsReason(d)
	return true, nil
}

func wantsReason(d *record.Draft) {
	if strings.TrimSpace(d.Said().Reason) == "" {
		d.Refuse(record.SaidKey+".reason", "process.wants_reason", nil)
	}
}

// refuse names the moves that there are.
func (x *decision) refuse(ctx context.Context, s *record.Session, d *record.Draft) error {
	labels, err := labelsOf(ctx, s, x.of.field)
	if err != nil {
		return err
	}
	var allowed []string
	for _, m := range x.of.moves {
		if !m.from(x.was) {
			continue
		}
		no, err := m.open(s, d.Record())
		if err != nil {
			return err
		}
		if no == nil && !slices.Contains(allowed, m.To) {
			allowed = append(allowed, m.To)
		}
	}
	key, args := "process.no_move", fault.Args{"from": label(labels, x.was), "to": label(labels, x.now), "allowed": names(labels, allowed)}
	if len(allowed) == 0 {
		key = "process.no_move_at_all"
		delete(args, "allowed")
	}
	d.Refuse(x.of.field.Name, key, args)
	return nil
}
