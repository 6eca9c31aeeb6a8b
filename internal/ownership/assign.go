package ownership

import (
	"context"
	"slices"
	"sync"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Needs is what this room has from others.
type Needs struct {
	// Open is the condition of records still to be worked on, by object; they
	// are a member's load.
	Open map[string]string
	// Tasks are the open tasks about records that belong to the owner named with
	// each.
	Tasks func(ctx context.Context, s *record.Session, object string, owners map[value.ID]value.ID) ([]value.ID, error)
}

// Room gives records their owners. It is safe for concurrent use.
type Room struct {
	needs Needs
	mu    sync.Mutex
	turns map[value.ID]int // by rule, how many it has given in turn
}

// New makes the room of one workspace.
func New(n Needs) *Room { return &Room{needs: n, turns: map[value.ID]int{}} }

// Rules are what this room does to records.
func (x *Room) Rules() []record.Rule {
	return []record.Rule{
		{Name: "assignment rule", Objects: []string{AssignmentRules.Name}, Check: checkRules,
			Applied: func(ctx context.Context, s *record.Session, _ []*record.Draft) error { return s.Touch(ctx) }},
		{Name: "assignment", Objects: Assigned, Prepare: x.assign, Applied: x.settle},
		{Name: "assignment by lines", Objects: []string{dealLine}, Applied: x.byLines},
		{Name: "tasks of a new owner", Applied: x.bring},
	}
}

// rule is an assignment rule made ready.
type rule struct {
	id, team, fallback value.ID
	version            int64
	pool               pool
	name, object, how  string
	when               *expr.Expr // nil = always
	broken             error      // it holds for nothing
	amiss              error      // it holds, and chooses nobody
	members            []value.ID
	territory          string
	mostOpen           int64
	inHours            bool
}

type rulesKey struct{}

// rulesOf are the active rules in their order.
func rulesOf(ctx context.Context, s *record.Session) ([]rule, error) {
	return record.Keep(s, rulesKey{}, func() ([]rule, error) {
		sys := s.AsSystem("assignment rules")
		page, err := sys.Query(ctx, record.Query{Object: AssignmentRules.Name, Filter: "active = true", Sort: "position,id", Limit: 500})
		if err != nil {
			return nil, err
		}
		list := make([]rule, 0, len(page.Records))
		for _, r := range page.Records {
			list = append(list, ruleOf(sys, r))
		}
		return list, namePools(ctx, sys, list)
	})
}

func ruleOf(s *record.Session, r *record.Record) rule {
	x := rule{id: r.ID, version: r.Version, name: r.Title()}
	x.object, _ = record.Get(r, RuleObject)
	x.how, _ = record.Get(r, RuleHow)
	x.team, _ = record.Get(r, RuleTeam)
	x.fallback, _ = record.Get(r, RuleFallback)
	x.pool.team, _ = record.Get(r, RulePool)
	x.members, _ = record.Get(r, RuleMembers)
	x.territory, _ = record.Get(r, RuleTerritory)
	x.mostOpen, _ = record.Get(r, RuleMostOpen)
	x.inHours, _ = record.Get(r, RuleInHours)
	if text, ok := record.Get(r, RuleCondition); ok {
		x.when, x.broken = s.Check(s.Schema().MustObject(x.object), text, expr.Bool)
	}
	if x.how == ByTerritory {
		_, x.amiss = s.Check(s.Schema().MustObject(x.object), x.territory, expr.Text)
	}
	if !slices.ContainsFunc(s.Roster().MemberIDs(), func(m value.ID) bool { return x.names(s, m) }) {
		x.amiss = fault.New(fault.Invalid, "ownership.names_nobody_left", nil)
	}
	return x
}

// names reports whether the rule may choose a member who works here.
func (x rule) names(s *record.Session, m value.ID) bool {
	return s.Roster().Active(m) && (slices.Contains(x.members, m) || x.team != 0 && s.Roster().TeamOf(m) == x.team)
}

// checkRules refuses conditions that say nothing of their object, and rules
// that name nobody.
func checkRules(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating {
			continue
		}
		object, _ := record.Will(d, RuleObject)
		o, ok := s.Schema().Object(object)
		if !ok {
			continue
		}
		sys := s.AsSystem("a condition of the company")
		if text, ok := record.Will(d, RuleCondition); ok {
			if _, err := sys.Check(o, text, expr.Bool); err != nil {
				refuse(d, RuleCondition.Name(), err)
			}
		}
		if name, ok := record.Will(d, RuleTerritory); ok {
			if _, err := sys.Check(o, name, expr.Text); err != nil {
				refuse(d, RuleTerritory.Name(), err)
			}
		}
		if how, _ := record.Will(d, RuleHow); how == ByTerritory && d.Field(RuleTerritory.Name()) == nil {
			d.Refuse(RuleTerritory.Name(), "field.required", fault.Args{"field": RuleTerritory.Name()})
		}
		_, person := record.Will(d, RuleFallback)
		if _, pool := record.Will(d, RulePool); person && pool {
			d.Refuse(RulePool.Name(), "ownership.one_fallback", nil)
		}
		_, team := record.Will(d, RuleTeam)
		if members, _ := record.Will(d, RuleMembers); !team && len(members) == 0 {
			d.Refuse(RuleMembers.Name(), "ownership.names_nobody", nil)
		}
	}
	return nil
}

func refuse(d *record.Draft, field string, err error) {
	if f, ok := fault.As(err); ok {
		d.Refuse(field, f.Key, f.Args)
	}
}

// Verdict is what the rules say of a record.
type Verdict struct {
	Record value.ID `json:"record"`
	Title  string   `json:"title"`
	Rule   value.ID `json:"rule"` // 0 = none holds
	Name   string   `json:"rule_name"`
	Owner  value.ID `json:"owner"`
	// Fallback says that nobody else could take it; Pool is the team where it waits
	// then for somebody who takes it.
	Fallback bool     `json:"fallback"`
	Pool     value.ID `json:"pool,omitempty"`
	pool     pool
	flaws    []flaw // of the rules that were asked
}

// round is one batch of records that are given out, or would be.
type round struct {
	room  *Room
	s     *record.Session
	rules []rule
	load  map[string]map[value.ID]int64 // by object
	turns map[value.ID]int              // of a dry run; nil = the real ones
	at    time.Time                     // when the record came in, of a trial; zero = now
}

// assign gives owners to new records that have none.
func (x *Room) assign(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if s.Undoing() || !slices.ContainsFunc(drafts, ownerless) {
		return nil
	}
	rules, err := rulesOf(ctx, s)
	if err != nil || len(rules) == 0 {
		return err
	}
	now := &round{room: x, s: s, rules: rules}
	for _, d := range drafts {
		if !ownerless(d) {
			continue
		}
		v, err := now.judge(ctx, d.Object.Name, d.Record())
		if err != nil {
			return err
		}
		if v.Owner != 0 || v.Pool != 0 {
			d.Assign(v.Owner)
		}
		told(s)[d.ID] = v
	}
	return nil
}

func ownerless(d *record.Draft) bool { return d.Doing == record.Creating && d.Field("owner") == nil }

type toldKey struct{}

// told are the verdicts of this transaction about new records.
func told(s *record.Session) map[value.ID]Verdict {
	m, _ := record.Memo(s, toldKey{}, func() (map[value.ID]Verdict, error) { return map[value.ID]Verdict{}, nil })
	return m
}

// judge finds the rule that holds and whom it chooses.
func (r *round) judge(ctx context.Context, object string, rec *record.Record) (Verdict, error) {
	v := Verdict{Record: rec.ID, Title: rec.Title()}
	for _, x := range r.rules {
		if x.object != object {
			continue
		}
		if x.broken != nil {
			v.flaws = append(v.flaws, flaw{x, x.broken})
			continue
		}
		if x.when != nil {
			holds, err := r.s.Judge(rec, x.when)
			if err != nil { // what cannot be told does not hold
				v.flaws = append(v.flaws, flaw{x, err})
			}
			if err != nil || !holds {
				continue
			}
		}
		if x.amiss != nil {
			v.flaws = append(v.flaws, flaw{x, x.amiss})
		}
		v.Rule, v.Name = x.id, x.name
		var err error
		if v.Owner, err = r.choose(ctx, x, rec); err != nil {
			return v, err
		}
		if v.Owner == 0 {
			v.fall(r.s, x)
		}
		return v, nil
	}
	return v, nil
}

// choose is the member whose turn it is, 0 for nobody.
func (r *round) choose(ctx context.Context, x rule, rec *record.Record) (value.ID, error) {
	able, err := r.able(ctx, x, rec)
	if err != nil || len(able) == 0 {
		return 0, err
	}
	load, err := r.loads(ctx, x.object)
	if err != nil {
		return 0, err
	}
	if x.mostOpen > 0 {
		able = slices.DeleteFunc(able, func(m value.ID) bool { return load[m] >= x.mostOpen })
	}
	if len(able) == 0 {
		return 0, nil
	}
	turn, err := r.turn(ctx, x, able)
	if err != nil {
		return 0, err
	}
	chosen := able[turn%len(able)]
	if x.how == ByLoad {
		for i := range able { // the turn decides between equals
			if m := able[(turn+i)%len(able)]; load[m] < load[chosen] {
				chosen = m
			}
		}
	}
	load[chosen]++
	return chosen, nil
}

// able are the members who may get the record, in a fixed order.
func (r *round) able(ctx context.Context, x rule, rec *record.Record) ([]value.ID, error) {
	var able []value.ID
	for _, m := range r.s.Roster().MemberIDs() {
		if !x.names(r.s, m) {
			continue
		}
		if x.inHours {
			cal, err := hours.Whose(ctx, r.s, m)
			if err != nil {
				return nil, err
			}
			if !cal.Open(r.moment()) {
				continue
			}
		}
		able = append(able, m)
	}
	slices.Sort(able)
	if x.how != ByTerritory || len(able) == 0 {
		return able, nil
	}
	return r.atHome(ctx, x, rec, able)
}

// moment is when the record comes in.
func (r *round) moment() time.Time {
	if r.at.IsZero() {
		return r.s.Now()
	}
	return r.at
}

// loads are the open records of each member.
func (r *round) loads(ctx context.Context, object string) (map[value.ID]int64, error) {
	if load := r.load[object]; load != nil {
		return load, nil
	}
	load := map[value.ID]int64{}
	if r.load == nil {
		r.load = map[string]map[value.ID]int64{}
	}
	r.load[object] = load
	if !slices.ContainsFunc(r.rules, func(x rule) bool { return x.object == object && (x.how == ByLoad || x.mostOpen > 0) }) {
		return load, nil
	}
	a, err := r.s.AsSystem("how much members have to do").Aggregate(ctx, record.Aggregate{Object: object, Filter: r.room.needs.Open[object],
		Group: []string{"owner"}, Measures: []string{"count"}, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	for _, g := range a.Groups {
		if m, ok := g.Keys[0].(value.ID); ok {
			load[m], _ = g.Values[0].Value.(int64)
		}
	}
	return load, nil
}

// turn counts one more of the rule's records. Counting is this node's own: no
// two transactions wait for each other, and after a restart the rule goes on
// behind the member who got the last record.
func (r *round) turn(ctx context.Context, x rule, able []value.ID) (int, error) {
	if r.turns != nil {
		r.turns[x.id]++
		return r.turns[x.id], nil
	}
	room := r.room
	room.mu.Lock()
	n, known := room.turns[x.id]
	if known {
		room.turns[x.id] = n + 1
	}
	room.mu.Unlock()
	if known {
		return n + 1, nil
	}
	begin, err := r.after(ctx, x, able)
	if err != nil {
		return 0, err
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	if n, known := room.turns[x.id]; known { // another was quicker
		begin = n + 1
	}
	room.turns[x.id] = begin
	return begin, nil
}

// after is the place behind the owner of the latest record.
func (r *round) after(ctx context.Context, x rule, able []value.ID) (int, error) {
	var last value.ID
	d := r.s.Tx().Dialect()
	if _, err := r.s.Tx().Row(ctx, `SELECT owner_id FROM {`+x.object+`} WHERE deleted_at IS NULL AND `+d.AnyOf("owner_id", d.Param(1, store.IDList))+
		` ORDER BY id DESC LIMIT 1`, []any{store.IDs(d, able)}, &last); err != nil {
		return 0, err
	}
	return slices.Index(able, last) + 1, nil
}

// Try tells whom the rules would give existing records to, and changes nothing.
func (x *Room) Try(ctx context.Context, s *record.Session, object, filter string, most int) ([]Verdict, error) {
	if !slices.Contains(Assigned, object) {
		return nil, fault.New(fault.Invalid, "ownership.not_assigned", fault.Args{"object": value.Printable(object)})
	}
	rules, err := rulesOf(ctx, s)
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, record.Query{Object: object, Filter: filter, Limit: min(max(most, 1), 500)})
	if err != nil {
		return nil, err
	}
	now := &round{room: x, s: s, rules: rules, turns: map[value.ID]int{}}
	list := make([]Verdict, 0, len(page.Records))
	for _, r := range page.Records {
		v, err := now.judge(ctx, object, r)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// Gives reports whether some active rule gives records of an object an owner.
func Gives(ctx context.Context, s *record.Session, object string) (bool, error) {
	rules, err := rulesOf(ctx, s)
	return slices.ContainsFunc(rules, func(x rule) bool { return x.object == object }), err
}
