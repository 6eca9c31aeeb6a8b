package process

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// calls is the job that works off what waits for an incoming hook.
type calls struct {
	Hook value.ID `json:"hook"`
}

// Kind implements jobs.Job.
func (calls) Kind() string { return "process.calls" }

// What a call did to its record.
const (
	didCreate = "created"
	didChange = "changed"
	didFind   = "found"
)

// kept is a call as it waits.
type kept struct {
	id, hook value.ID
	body     string
	round    int64
}

// maxTries is how often a call is tried of which the work breaks off.
const maxTries = 5

// AnswerCalls works off the calls of a hook, each in an act of its own, until none
// waits or others are to have their turn.
func (p *Process) AnswerCalls(ctx context.Context, e *record.Engine, hook value.ID) error {
	began := time.Now()
	for ctx.Err() == nil {
		if time.Since(began) > atOnce {
			return e.Write(ctx, caller("hooks.call"), func(s *record.Session) error { return s.Later(calls{Hook: hook}) })
		}
		more, err := p.answerNext(ctx, e, hook)
		if err != nil || !more {
			return err
		}
	}
	return ctx.Err()
}

// answerNext works the call that has waited longest. What is refused is written
// on it; what broke off is tried again.
func (p *Process) answerNext(ctx context.Context, e *record.Engine, hook value.ID) (more bool, err error) {
	var c kept
	who := record.Who{Door: "hook", Cause: "hooks.call"}
	err = e.Read(ctx, caller("hooks.call"), func(s *record.Session) error {
		b, err := bookOf(ctx, s)
		if err != nil || b.incoming[hook] == nil {
			return err
		}
		who.Member = cmp.Or(b.incoming[hook].member, b.service)
		more, err = s.Tx().Row(ctx, `SELECT id, hook, body, round FROM {hook_call} WHERE hook = $1 AND state = 'waiting' ORDER BY id LIMIT 1`,
			[]any{hook}, &c.id, &c.hook, &c.body, &c.round)
		return err
	})
	if err != nil || !more {
		return false, err
	}
	err = e.Write(ctx, who, func(s *record.Session) error { return p.answer(ctx, s, c) })
	if err == nil || ctx.Err() != nil {
		return true, err
	}
	if f, ok := fault.As(err); ok && f.Kind != fault.Unavailable {
		return true, fail(ctx, e, c, err, 1)
	}
	if lost := fail(ctx, e, c, err, maxTries); lost != nil {
		return false, lost
	}
	return false, err
}

// fail notes on a call that its work went wrong; after so many times it waits no
// longer. While many have failed, no more of one is kept than of those that are
// done.
func fail(ctx context.Context, e *record.Engine, c kept, why error, tries int64) error {
	return e.Write(ctx, caller("hooks.failed"), func(s *record.Session) error {
		if _, err := s.Tx().Exec(ctx, `UPDATE {hook_call} SET attempt = attempt + 1, problem = $1 WHERE id = $2 AND state = 'waiting'`, problemOf(why), c.id); err != nil {
			return err
		}
		n, err := s.Tx().Exec(ctx, `UPDATE {hook_call} SET state = 'failed', done_at = $1 WHERE id = $2 AND state = 'waiting' AND attempt >= $3`, s.Now(), c.id, tries)
		if err != nil || n == 0 {
			return err
		}
		var failed int64
		if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM {hook_call} WHERE hook = $1 AND state = 'failed' LIMIT $2) AS f`, []any{c.hook, mostWaiting + 1}, &failed); err != nil {
			return err
		}
		if failed > mostWaiting {
			_, err = s.Tx().Exec(ctx, `UPDATE {hook_call} SET body = $1 WHERE id = $2`, first(c.body, MostKept), c.id)
		}
		return err
	})
}

// answer does what a call asks for, in one transaction with the note that it is
// done: it is done once, whoever works beside us.
func (p *Process) answer(ctx context.Context, s *record.Session, c kept) error {
	if _, err := s.Tx().Exec(ctx, `UPDATE {hook_address} SET calls = calls + 1, last_at = $1 WHERE hook = $2`, s.Now(), c.hook); err != nil { // one after the other
		return err
	}
	n, err := s.Tx().Exec(ctx, `UPDATE {hook_call} SET state = 'done', attempt = attempt + 1, problem = '', body = $1, done_at = $2 WHERE id = $3 AND state = 'waiting'`,
		first(c.body, MostKept), s.Now(), c.id)
	if err != nil || n == 0 {
		return err
	}
	b, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	h := b.incoming[c.hook]
	if h == nil {
		return fault.New(fault.NotFound, "process.no_such_hook", nil)
	}
	if h.broken != nil {
		return h.broken
	}
	as, err := underWay(s)
	if err != nil {
		return err
	}
	as.round = c.round
	did, id, err := h.apply(ctx, s, c.body, p.needs.Arrivals)
	if err != nil {
		return err
	}
	version, err := p.called(ctx, s, b.called[h.id], h, id)
	if err != nil {
		return err
	}
	_, err = s.Tx().Exec(ctx, `UPDATE {hook_call} SET object = $1, record = $2, version = $3, did = $4 WHERE id = $5`, h.object.ID, id, version, did, c.id)
	return err
}

// Arrival is what a hook does about an object whose records are people who come
// to us. The hook is told by its name.
type Arrival struct {
	// Come makes a record of somebody, or adds to the one that he is already.
	Come func(ctx context.Context, s *record.Session, hook string, v record.Values) (id value.ID, made bool, err error)
	// Again writes down that somebody who is there came once more, and leaves of
	// what was brought that which is to be changed. It does not join him to a
	// record on which the work has ended: he is to come as a new one.
	Again func(ctx context.Context, s *record.Session, hook string, id value.ID, v record.Values) (joined bool, err error)
	// Open reports whether somebody is still worked on.
	Open func(*record.Record) bool
	// Closed is why a record that is not open takes no call about itself.
	Closed error
}

// apply finds the record that a call is about and writes what it brought. A hook
// that saves brings people; one that changes or finds does not.
func (h *incoming) apply(ctx context.Context, s *record.Session, body string, arrivals map[string]Arrival) (did string, id value.ID, err error) {
	sent, err := readJSON(body)
	if err != nil {
		return "", 0, err
	}
	v, err := h.values(s, sent)
	if err != nil {
		return "", 0, err
	}
	arrival, arrives := arrivals[h.object.Name]
	if h.key != nil {
		if id, err = h.find(ctx, s, sent, arrival.Open); err != nil {
			return "", 0, err
		}
	}
	came := arrives && h.does == HookSaves
	if id != 0 && came {
		joined, err := arrival.Again(ctx, s, h.name, id, v)
		switch {
		case err != nil:
			return "", 0, err
		case !joined && h.key.field.Name == idField: // it is about that very record
			return "", 0, arrival.Closed
		case !joined:
			id = 0
		}
	}
	switch {
	case h.does == HookFinds:
		return didFind, id, nil
	case id != 0:
		return h.change(ctx, s, id, v, came)
	}
	if member, err := service.Get(ctx, s.Tx()); err != nil {
		return "", 0, err
	} else if _, said := v["owner"]; !said && member == s.Actor().Member() && h.object.Access == schema.Owned {
		v["owner"] = nil // whom the rules of assignment choose
	}
	if arrives {
		id, made, err := arrival.Come(ctx, s, h.name, v)
		if made {
			return didCreate, id, err
		}
		return didChange, id, err
	}
	out, err := s.Create(ctx, h.object.Name, v)
	return didCreate, out.ID, err
}

// change writes what a call brought to the record that it is about. Who came again
// has come, also where the member whose name the hook bears may change nothing.
func (h *incoming) change(ctx context.Context, s *record.Session, id value.ID, v record.Values, came bool) (string, value.ID, error) {
	if came {
		if err := s.MayChange(ctx, h.object.Name, id); fault.Is(err, fault.Forbidden) {
			return didFind, id, nil
		} else if err != nil {
			return "", 0, err
		}
	}
	delete(v, h.key.field.Name) // it has that, as it is spelt here
	out, err := s.Update(ctx, h.object.Name, id, 0, v)
	if err == nil && !out.Changed {
		return didFind, id, nil
	}
	return didChange, id, err
}

// values are what the mapping takes from what was sent. A place that is missing
// says nothing; null empties its field.
func (h *incoming) values(s *record.Session, sent any) (record.Values, error) {
	v := record.Values{}
	for _, x := range h.mapping {
		if !x.field.Writable() {
			continue
		}
		if x.path == nil {
			read, err := x.field.Parse(x.text, s.StoreEnv())
			if err != nil {
				return nil, err
			}
			v[x.field.Name] = read
			continue
		}
		one, ok := x.path.Find(sent)
		if !ok {
			continue
		}
		text, plain := plainText(one)
		if !plain {
			v[x.field.Name] = one // a list, or an object as the API takes it
			continue
		}
		read, err := x.field.Parse(text, s.StoreEnv())
		if err != nil {
			return nil, err
		}
		v[x.field.Name] = read
	}
	return v, nil
}

// plainText is a JSON value as people would type it; lists and objects are none.
func plainText(v any) (string, bool) {
	switch x := v.(type) {
	case nil:
		return "", true
	case string:
		return x, true
	case json.Number:
		return x.String(), true
	case bool:
		if x {
			return "true", true
		}
		return "false", true
	}
	return "", false
}

// find is the one record that has the key, 0 where one may be made. Of people who
// come to us it is the one that is open, whatever became of them before.
func (h *incoming) find(ctx context.Context, s *record.Session, sent any, open func(*record.Record) bool) (value.ID, error) {
	text, ok := h.key.text, true
	if h.key.path != nil {
		var one any
		if one, ok = h.key.path.Find(sent); ok {
			text, ok = plainText(one)
		}
	}
	if !ok || text == "" {
		return 0, fault.New(fault.Invalid, "process.no_key", fault.Args{"path": h.key.path.String()})
	}
	if h.key.field.Name == idField {
		id, err := value.ParseID(text)
		if err != nil {
			return 0, fault.New(fault.NotFound, "process.key_unknown", fault.Args{"value": value.Printable(text)})
		}
		_, err = s.Get(ctx, h.object.Name, id)
		return id, err
	}
	spelt := []string{text}
	if lower := strings.ToLower(text); h.key.field.Kind == schema.KindEmail && lower != text {
		spelt = append(spelt, lower)
	}
	found, err := s.FindBy(ctx, h.object, h.key.field, spelt)
	if err != nil {
		return 0, err
	}
	ids := found[text]
	if len(spelt) > 1 {
		ids = append(ids, found[spelt[1]]...)
	}
	if open != nil && len(ids) > 1 {
		if ids, err = h.choose(ctx, s, ids, open); err != nil {
			return 0, err
		}
	}
	switch {
	case len(ids) > 1:
		return 0, fault.New(fault.Conflict, "process.key_twice", fault.Args{"value": value.Printable(text), "count": len(ids)})
	case len(ids) == 1:
		return ids[0], nil
	case h.does != HookSaves:
		return 0, fault.New(fault.NotFound, "process.key_unknown", fault.Args{"value": value.Printable(text)})
	}
	return 0, nil
}

// choose leaves of the people who have one key those that are open. Where none is,
// a hook that saves needs but one, the latest: who comes is a new one.
func (h *incoming) choose(ctx context.Context, s *record.Session, ids []value.ID, open func(*record.Record) bool) ([]value.ID, error) {
	found, err := s.AsSystem("whom a hook is about").GetMany(ctx, h.object.Name, ids)
	if err != nil {
		return nil, err
	}
	var chosen []value.ID
	for _, id := range ids {
		if r := found[id]; r != nil && open(r) {
			chosen = append(chosen, id)
		}
	}
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case h.does == HookSaves:
		return []value.ID{slices.Max(ids)}, nil
	}
	return ids, nil
}

// called lets the rules that wait for a hook look at the record that it was
// called about, each as the one before has left it. It answers the version that
// they saw first.
func (p *Process) called(ctx context.Context, s *record.Session, list []*rule, h *incoming, id value.ID) (version int64, err error) {
	sys := s.AsSystem("rules of a hook")
	for i := 0; i == 0 || i < len(list); i++ {
		found, err := sys.GetMany(ctx, h.object.Name, []value.ID{id})
		if err != nil || found[id] == nil {
			return version, err
		}
		if i == 0 {
			version = found[id].Version
		}
		if i == len(list) || list[i].object.Name != h.object.Name {
			continue
		}
		yes, err := list[i].holds(s, found[id])
		if err != nil {
			return version, err
		}
		if !yes {
			continue
		}
		if err := p.perform(ctx, s, list[i].deeds, []hit{{found[id], s.Actor().Member()}}, cause{source: list[i].id, name: WhenCalled}); err != nil {
			return version, err
		}
	}
	return version, nil
}
