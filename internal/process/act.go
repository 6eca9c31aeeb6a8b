package process

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Needs are what this room asks of rooms above it. A function that is missing
// makes its action fail, which the run log tells.
type Needs struct {
	// Task makes a task about a record.
	Task func(ctx context.Context, s *record.Session, t Task) error
	// Assign gives records to whom an assignment rule chooses, with their open
	// tasks where said.
	Assign func(ctx context.Context, s *record.Session, object string, ids []value.ID, rule string, tasks bool) error
	// Paper makes a PDF of a text under a title, in a language.
	Paper func(s *record.Session, title, text, language string) ([]byte, error)
	// NoMail reports whether somebody with an address wants no mails.
	NoMail func(ctx context.Context, s *record.Session, address string) (bool, error)
	// Private lets webhooks reach addresses of the server's own network.
	Private bool
	// Seal and Unseal keep the secrets of webhooks.
	Seal, Unseal func(ctx context.Context, text string) (string, error)
	// Now is the clock that calls of hooks are counted by.
	Now func() time.Time
	// Arrivals are what hooks do about people who come to us, by object.
	Arrivals map[string]Arrival
}

// Task is a task that an action makes.
type Task struct {
	About   schema.Ref
	Subject string
	Owner   value.ID
	Due     hoursDue
}

// Process does what blueprints and rules say, in one workspace.
type Process struct {
	needs  Needs
	client *http.Client
	calls  *access.Limiter // of incoming hooks
}

// New makes the room for a workspace.
func New(n Needs) *Process {
	return &Process{needs: n, client: newClient(n.Private), calls: access.NewLimiter(n.Now, mostCalls, callWindow)}
}

// hit is a record that something is done about.
type hit struct {
	record *record.Record
	actor  value.ID // who caused it, 0 for the clock
}

// cause says in whose name and why something is done.
type cause struct {
	source value.ID           // rule or blueprint
	name   string             // created, changed, date, move, limit
	made   map[value.ID]int64 // the versions that records have come to by it
}

// perform does what is asked for with all the records, in a savepoint of its
// own: what fails is logged and undoes itself alone. It answers an error only
// when the transaction cannot go on.
func (p *Process) perform(ctx context.Context, s *record.Session, deeds []deed, hits []hit, why cause) error {
	hits, err := p.entering(ctx, s, hits, why)
	if err != nil || len(hits) == 0 || len(deeds) == 0 {
		return err
	}
	auto, as, err := asService(ctx, s)
	if err != nil {
		return logRuns(ctx, s, why, hits, outcomeFailed, err)
	}
	now := as.begin(why.source, hits)
	why.made = now.made
	defer func() { as.going = as.going[:len(as.going)-1] }()
	papers := len(as.papers)
	err = s.Try(ctx, func() error { return p.all(ctx, auto, deeds, hits) })
	if err == nil {
		as.pass(now)
		return logRuns(ctx, s, why, hits, outcomeDone, nil)
	}
	as.takeBack(now, papers)
	if ctx.Err() != nil {
		return err
	}
	if len(hits) == 1 {
		return logRuns(ctx, s, why, hits, outcomeFailed, err)
	}
	for i := range hits { // find those that can be served
		one := hits[i : i+1]
		outcome, papers := outcomeDone, len(as.papers)
		if err = s.Try(ctx, func() error { return p.all(ctx, auto, deeds, one) }); err != nil {
			if outcome = outcomeFailed; ctx.Err() != nil {
				return err
			}
			as.takeBack(now, papers)
		}
		as.pass(now)
		if err := logRuns(ctx, s, why, one, outcome, err); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(hits []hit) map[value.ID]bool {
	ids := make(map[value.ID]bool, len(hits))
	for _, h := range hits {
		ids[h.record.ID] = true
	}
	return ids
}

// maxRounds is how deep automations may set off one another.
const maxRounds = 4

// entering leaves out records that the same rule is at already: that it sees
// its own change is no news, that another one's change brings it back is a
// loop, which is stopped and told.
func (p *Process) entering(ctx context.Context, s *record.Session, hits []hit, why cause) ([]hit, error) {
	_, as, _ := asService(ctx, s)
	if as == nil || len(as.going) == 0 {
		return hits, nil
	}
	if len(as.going) >= maxRounds {
		return nil, logRuns(ctx, s, why, hits, outcomeStopped, fault.New(fault.Conflict, "process.too_deep", fault.Args{"max": maxRounds}))
	}
	last := len(as.going) - 1
	var free, looped []hit
	for _, h := range hits {
		at := slices.IndexFunc(as.going, func(g doing) bool { return g.source == why.source && g.records[h.record.ID] })
		switch {
		case at < 0:
			free = append(free, h)
		case at < last:
			looped = append(looped, h)
		}
	}
	if len(looped) == 0 {
		return free, nil
	}
	return free, logRuns(ctx, s, why, looped, outcomeStopped, fault.New(fault.Conflict, "process.loop", nil))
}

// all does the deeds one after the other; changes of the records themselves
// are made in one save.
func (p *Process) all(ctx context.Context, s *record.Session, deeds []deed, hits []hit) error {
	o := hits[0].record.Object
	changes := make([]record.Values, len(hits))
	for i := range deeds {
		d := &deeds[i]
		switch d.Do {
		case DoSet, DoMove, DoAssign:
			if strings.HasPrefix(d.To, toRule) && d.Do == DoAssign {
				continue
			}
			for n, h := range hits {
				if changes[n] == nil {
					changes[n] = record.Values{}
				}
				if err := d.change(s, h, changes[n]); err != nil {
					return err
				}
			}
		}
	}
	if err := save(ctx, s, o, hits, changes); err != nil {
		return err
	}
	for i := range deeds {
		if err := p.one(ctx, s, &deeds[i], hits); err != nil {
			return err
		}
	}
	return nil
}

func save(ctx context.Context, s *record.Session, o *schema.Object, hits []hit, changes []record.Values) error {
	b := record.Batch{Object: o.Name}
	for i, v := range changes {
		if len(v) > 0 {
			b.Changes = append(b.Changes, record.Change{ID: hits[i].record.ID, Values: v})
		}
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err := s.Save(ctx, b)
	return err
}

// change puts what the deed sets on the record itself into v.
func (d *deed) change(s *record.Session, h hit, v record.Values) error {
	switch d.Do {
	case DoMove:
		v[d.field.Name] = d.value
	case DoAssign:
		if to := member(s, d.To, h); to != 0 {
			if v["owner"] = to; d.Tasks {
				v[record.SaidKey] = record.Said{Tasks: true}
			}
		}
	case DoSet:
		if d.worth != nil {
			x, err := s.Eval(h.record, d.worth)
			if err != nil {
				return err
			}
			v[d.field.Name] = x
			return nil
		}
		if d.value == nil && d.Value != "" { // an amount, in the workspace's currency
			x, err := d.field.Parse(d.Value, s.StoreEnv())
			if err != nil {
				return err
			}
			v[d.field.Name] = x
			return nil
		}
		v[d.field.Name] = d.value
	}
	return nil
}

// one does a deed that leaves the records as they are.
func (p *Process) one(ctx context.Context, s *record.Session, d *deed, hits []hit) error {
	switch d.Do {
	case DoTask:
		return p.each(hits, func(h hit) error { return p.task(ctx, s, d, h) }, p.needs.Task != nil, DoTask)
	case DoNotify:
		return p.each(hits, func(h hit) error { return tell(ctx, s, d, h) }, true, DoNotify)
	case DoSend:
		return p.each(hits, func(h hit) error { return p.send(ctx, s, d, h) }, true, DoSend)
	case DoDocument:
		return p.each(hits, func(h hit) error { return document(ctx, s, d, h) }, p.needs.Paper != nil, DoDocument)
	case DoWebhook:
		return p.callHook(ctx, s, d.Webhook, hits)
	case DoAssign:
		rule, ok := strings.CutPrefix(d.To, toRule)
		if !ok {
			return nil
		}
		if p.needs.Assign == nil {
			return missing(DoAssign)
		}
		ids := make([]value.ID, len(hits))
		for i, h := range hits {
			ids[i] = h.record.ID
		}
		return p.needs.Assign(ctx, s, hits[0].record.Object.Name, ids, rule, d.Tasks)
	}
	return nil
}

func missing(action string) error {
	return fault.New(fault.Unavailable, "process.cannot", fault.Args{"action": action})
}

func (p *Process) each(hits []hit, do func(hit) error, can bool, action string) error {
	if !can {
		return missing(action)
	}
	for _, h := range hits {
		if err := do(h); err != nil {
			return err
		}
	}
	return nil
}

func (p *Process) task(ctx context.Context, s *record.Session, d *deed, h hit) error {
	subject, _, err := d.text.Fill(ctx, s, h.record)
	if err != nil {
		return err
	}
	t := Task{About: refOf(h.record), Subject: first(subject, 200), Owner: member(s, d.To, h)}
	if t.Owner == 0 {
		t.Owner = h.actor
	}
	if d.Due != nil {
		cal, err := hours.Whose(ctx, s, t.Owner)
		if err != nil {
			return err
		}
		t.Due.At, t.Due.Set = cal.Add(s.Now(), *d.Due), true
	}
	return p.needs.Task(ctx, s, t)
}

// tell lets members know, each in the words that he may read.
func tell(ctx context.Context, s *record.Session, d *deed, h hit) error {
	for _, to := range people(s, d.Tell, h) {
		actor, err := s.Roster().Actor(to)
		if err != nil {
			continue
		}
		text, _, err := d.text.Fill(ctx, s.As(actor), h.record)
		if err != nil {
			return err
		}
		if err := notify.Send(ctx, s, notify.Notice{To: []value.ID{to}, Kind: notify.Process, Key: "process.told",
			Args: fault.Args{"text": text}, Link: refOf(h.record).String()}); err != nil {
			return err
		}
	}
	return nil
}

func refOf(r *record.Record) schema.Ref { return schema.Ref{Object: r.Object.Name, ID: r.ID} }

// member is whom one word of an action names; 0 for nobody.
func member(s *record.Session, to string, h hit) value.ID {
	owner := h.record.Owner()
	switch to {
	case "", toOwner:
		return owner
	case toManager:
		return s.Roster().ManagerOf(owner)
	}
	id, err := value.ParseID(to)
	if err != nil || !s.Roster().Active(id) {
		return 0
	}
	return id
}

// people are all that an action names, each once, without those who have left.
func people(s *record.Session, list []string, h hit) []value.ID {
	var ids []value.ID
	add := func(id value.ID) {
		if id != 0 && s.Roster().Active(id) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, to := range list {
		role, isRole := strings.CutPrefix(to, toRole)
		team, isTeam := strings.CutPrefix(to, toTeam)
		switch {
		case isTeam:
			if id, err := value.ParseID(team); err == nil {
				for _, m := range s.Roster().TeamMembers(id) {
					add(m)
				}
			}
		case isRole:
			id, ok := roleNamed(s, role)
			for _, m := range s.Roster().MemberIDs() {
				if ok && s.Roster().RoleOf(m) == id {
					add(m)
				}
			}
		default:
			add(member(s, to, h))
		}
	}
	return ids
}
