package process

import (
	"context"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rehearsal is what would happen to a real record.
type Rehearsal struct {
	// Refused says that the change would not be made, and why.
	Refused string       `json:"refused,omitempty"`
	Fields  []fieldWords `json:"fields,omitempty"`
	// Standing is where the record would stand afterwards.
	Standing []Standing `json:"standing,omitempty"`
	// Changes are what would be written, to this record and to others.
	Changes []Rehearsed `json:"changes,omitempty"`
	// Log is what automations would say.
	Log []LogEntry `json:"log,omitempty"`
	// Messages would be sent to webhooks.
	Messages int64 `json:"messages,omitempty"`
	// Documents would be made and attached to the record.
	Documents []string `json:"documents,omitempty"`
}

type fieldWords struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Rehearsed is a record that would be written.
type Rehearsed struct {
	Object  string               `json:"object"`
	ID      value.ID             `json:"id"`
	Title   string               `json:"title"`
	Kind    string               `json:"kind"`
	Changes []record.FieldChange `json:"changes,omitempty"`
}

// Rehearse tries a blueprint's draft on a real record: the step is made in a
// transaction in which the draft governs, everything that follows is looked at,
// and all of it is taken back. Nothing is saved and nothing leaves. It is for
// administrators, who may try it in somebody else's name.
func (p *Process) Rehearse(ctx context.Context, s *record.Session, id value.ID, as value.ID, x Step) (*Rehearsal, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	r, err := s.Get(ctx, Blueprints.Name, id)
	if err != nil {
		return nil, err
	}
	b, problems := compile(s.Schema(), storedBlueprint(r), nil)
	if b == nil {
		return nil, refuseProblems(problems, false)
	}
	x.Object = b.object.Name
	if x.Field == "" {
		x.Field = b.field.Name
	}
	return p.try(ctx, s, as, func(bk *book) {
		list := []*blueprint{b}
		for _, other := range bk.blueprints[b.object.Name] {
			if other.id != b.id {
				list = append(list, other)
			}
		}
		bk.blueprints[b.object.Name] = list
	}, b, x)
}

// onTrial is a rule as it stands now, active or not, for an administrator who
// wants to see what it does; nil where it cannot stand.
func onTrial(ctx context.Context, s *record.Session, id value.ID) (*rule, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if _, err := s.Get(ctx, Rules.Name, id); err != nil {
		return nil, err
	}
	list, err := ruleSources(ctx, s, `id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	r, problems := compileRule(s.Schema(), list[0], nil)
	if err := refuseProblems(problems, false); err != nil {
		return nil, err
	}
	return r, nil
}

// TryRule tries a rule, active or not, on a real record as if somebody had just
// saved it with these values.
func (p *Process) TryRule(ctx context.Context, s *record.Session, id, on value.ID) (*Rehearsal, error) {
	r, err := onTrial(ctx, s, id)
	if err != nil || r == nil {
		return nil, err
	}
	x, err := s.Get(ctx, r.object.Name, on)
	if err != nil {
		return nil, err
	}
	out := &Rehearsal{}
	yes, err := r.holds(s, x)
	if err != nil {
		return nil, err
	}
	if !yes {
		out.Refused = i18n.Text(langOf(s), "process.does_not_hold", nil)
		return out, nil
	}
	return out, p.taken(ctx, s, out, x, func(s *record.Session) error {
		if r.trigger == WhenChecked {
			return fault.New(fault.Invalid, "process.would_refuse", fault.Args{"rule": r.name})
		}
		return p.perform(ctx, s, r.deeds, []hit{{x, s.Actor().Member()}}, cause{source: r.id, name: r.trigger})
	})
}

// try makes a step under a changed book and takes it back.
func (p *Process) try(ctx context.Context, s *record.Session, as value.ID, change func(*book), b *blueprint, x Step) (*Rehearsal, error) {
	r, err := s.Get(ctx, x.Object, x.ID)
	if err != nil {
		return nil, err
	}
	if as != 0 {
		actor, err := s.Roster().Actor(as)
		if err != nil {
			return nil, err
		}
		s = s.As(actor)
	}
	out := &Rehearsal{}
	return out, p.taken(ctx, s, out, r, func(s *record.Session) error {
		// No run under an older version may stand in the draft's way.
		if _, err := s.Tx().Exec(ctx, `DELETE FROM {process_run} WHERE blueprint = $1 AND record = $2`, b.id, x.ID); err != nil {
			return err
		}
		if err := s.Touch(ctx); err != nil {
			return err
		}
		bk, err := bookOf(ctx, s)
		if err != nil {
			return err
		}
		change(bk)
		if _, err := Go(ctx, s, x); err != nil {
			return err
		}
		now, err := s.Get(ctx, x.Object, x.ID)
		if err == nil {
			out.Standing, err = Standings(ctx, s, now)
		}
		return err
	})
}

// taken does something, notes what it wrote, and takes it back.
func (p *Process) taken(ctx context.Context, s *record.Session, out *Rehearsal, r *record.Record, do func(*record.Session) error) error {
	err := s.Rehearse(ctx, func() error {
		if err := do(s); err != nil {
			return err
		}
		return out.note(ctx, s, r)
	})
	if err == nil {
		return nil
	}
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	out.Refused = words(s, e)
	for _, f := range e.Fields {
		out.Fields = append(out.Fields, fieldWords{f.Path, i18n.Text(langOf(s), f.Key, f.Args)})
	}
	return nil
}

// note reads what the act has written so far.
func (out *Rehearsal) note(ctx context.Context, s *record.Session, r *record.Record) error {
	var err error
	if out.Log, err = logLines(ctx, s, `record = $1`, r.ID, 0, 50); err != nil {
		return err
	}
	var n int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM {webhook_delivery} WHERE record = $1 AND created_at = $2`, []any{r.ID, s.Now()}, &n); err != nil {
		return err
	}
	out.Messages = n
	as, err := underWay(s)
	if err != nil {
		return err
	}
	for _, j := range as.papers {
		if j.Record == r.ID {
			out.Documents = append(out.Documents, j.Title)
		}
	}
	if s.Act() == 0 {
		out.Log = keepNow(out.Log, s)
		return nil
	}
	act, err := s.AsSystem("rehearsal").ReadAct(ctx, s.Act(), "", 100)
	if err != nil {
		return err
	}
	for _, e := range act.Entries {
		x := Rehearsed{Object: e.Object.Name, ID: e.Record, Kind: e.Kind, Changes: e.Changes}
		if found, err := s.AsSystem("rehearsal").GetMany(ctx, e.Object.Name, []value.ID{e.Record}); err != nil {
			return err
		} else if found[e.Record] != nil {
			x.Title = found[e.Record].Title()
		}
		out.Changes = append(out.Changes, x)
	}
	out.Log = keepNow(out.Log, s)
	return nil
}

// keepNow leaves out what the log said before the rehearsal.
func keepNow(list []LogEntry, s *record.Session) []LogEntry {
	var now []LogEntry
	for _, e := range list {
		if e.At.Equal(s.Now()) && e.Act == s.Act() {
			now = append(now, e)
		}
	}
	return now
}

// CheckRule says what is wrong with a rule as it stands, for an administrator.
func CheckRule(ctx context.Context, s *record.Session, id value.ID) ([]Problem, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	list, err := ruleSources(ctx, s, `id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return problemsOf(ctx, s, list[0], nil)
}

// CheckAction says what is wrong with one action, of a rule about an object or
// of a definition over it.
func CheckAction(s *record.Session, o *schema.Object, d *Definition, a Action) error {
	c := newCompiler(s.Schema(), o, nil)
	var b *blueprint
	if d != nil {
		if a.Do == DoMove { // its state is looked up where the field is known
			return nil
		}
		b = &blueprint{object: o, Definition: *d, states: map[string]*state{}}
	}
	c.deed("action", a, b)
	return firstOf(c.problems)
}

func firstOf(list []Problem) error {
	if len(list) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, list[0].Key, list[0].Args)
}
