package process_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// incoming is a hook about leads that finds them by their address.
type incoming struct {
	*bench
	id     value.ID
	token  string
	secret string
}

const mapping = `[{"path":"customer.email","field":"email"},{"path":"customer.name","field":"name"},{"path":"notes","field":"description"},{"path":"=+34600100200","field":"phone"}]`

func (k *bench) incoming(more record.Values) *incoming {
	k.t.Helper()
	v := record.Values{"name": "Shop", "object": "lead", "mapping": mapping, "key_field": "email"}
	for name, x := range more {
		v[name] = x
	}
	h := &incoming{bench: k, id: k.Create(k.t, k.Ada, "incoming_hook", v)}
	k.Write(k.t, k.Ada, func(s *record.Session) (err error) {
		h.token, err = process.NewToken(k.t.Context(), s, h.id)
		return err
	})
	return h
}

// sign lets the hook ask for signatures.
func (h *incoming) sign() {
	h.t.Helper()
	secret, sealed, err := h.Workspace.Process().MakeSecret(h.t.Context())
	h.must(err)
	h.Write(h.t, h.Ada, func(s *record.Session) error { return h.Workspace.Process().NewSecret(h.t.Context(), s, h.id, sealed) })
	h.secret = secret
}

func (h *incoming) call(c process.Call) (value.ID, error) {
	h.t.Helper()
	if c.Token == "" {
		c.Token = h.token
	}
	return h.Workspace.Process().Receive(h.t.Context(), h.Workspace.Engine(), c)
}

// sends calls the hook and works what is to be done.
func (h *incoming) sends(body string) value.ID {
	h.t.Helper()
	id, err := h.call(process.Call{Body: []byte(body)})
	h.must(err)
	h.Drain(h.t)
	return id
}

func (h *incoming) calls() (list []process.HookCall) {
	h.t.Helper()
	h.Read(h.t, h.Ada, func(s *record.Session) (err error) {
		list, err = process.Calls(h.t.Context(), s, h.id, "", 0, 100)
		return err
	})
	return list
}

// told is what became of the latest call.
func (h *incoming) told() string {
	h.t.Helper()
	c := h.calls()[0]
	return strings.Join(strings.Fields(c.State+" "+c.Did+" "+c.Problem), " ")
}

func (h *incoming) wants(what string) {
	h.t.Helper()
	if got := h.told(); got != what {
		h.t.Errorf("told %q, not %q", got, what)
	}
}

func TestACallMakesAndChangesARecord(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		h.sends(`{"customer":{"email":"ann@acme.example","name":"Ann"},"notes":"Почему 为什么"}`)
		h.wants("done created")
		lead := h.calls()[0].Record
		for field, want := range map[string]any{"name": "Ann", "email": "ann@acme.example", "description": "Почему 为什么", "phone": "+34600100200", "owner": nil} {
			if got := k.get("lead", lead, field); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s is %v", field, got)
			}
		}
		h.sends(`{"customer":{"email":"ANN@acme.example","name":"Ann Lee"}}`) // says nothing of notes
		h.wants("done changed")
		if got := k.get("lead", lead, "description"); k.get("lead", lead, "name") != "Ann Lee" || got != "Почему 为什么" {
			t.Errorf("notes are %v", got)
		}
		h.sends(`{"customer":{"email":"ann@acme.example","name":"Ann Lee"},"notes":null}`)
		h.wants("done changed")
		if got := k.get("lead", lead, "description"); got != nil {
			t.Errorf("null left %v", got)
		}
		h.sends(`{"customer":{"email":"ann@acme.example"},"notes":""}`)
		h.wants("done found")
		if n := k.count("lead", ""); n != 1 {
			t.Errorf("%d leads", n)
		}
	})
}

// The same message twice makes one, whether one after the other or at once.
// Somebody of whom a hook tells is a lead with its first touch, by the hook's name
// where the mapping names no channel; who is one already gets another touch, also
// when two hooks tell of him at once.
func TestAHookBringsLeads(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		touches := func(lead value.ID) (list []string) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				list = nil
				return s.Each(t.Context(), record.Query{Object: "touch", Filter: `lead = "` + lead.String() + `"`, Sort: "id"}, func(r *record.Record) error {
					list = append(list, fmt.Sprint(r.Title(), " by ", r.Field("channel")))
					return nil
				})
			})
			return list
		}
		shop := k.incoming(nil)
		shop.sends(`{"customer":{"email":"ann@acme.example","name":"Ann"}}`)
		lead := shop.calls()[0].Record
		if got := fmt.Sprint(k.get("lead", lead, "source"), k.get("lead", lead, "channel"), touches(lead)); got != "apiShop[API by Shop]" {
			t.Errorf("a lead by a hook: %s", got)
		}
		shop.sends(`{"customer":{"email":"ann@acme.example","name":"Ann"}}`)
		shop.wants("done found")
		fair := k.incoming(record.Values{"name": "Fair", "key_field": nil,
			"mapping": `[{"path":"who","field":"name"},{"path":"tel","field":"phone"},{"path":"mail","field":"email"},{"path":"=event","field":"source"},{"path":"=展会","field":"channel"}]`})
		fair.sends(`{"who":"A. L.","mail":"Ann@Acme.example"}`) // within minutes, by another way
		fair.wants("done changed")
		if c := fair.calls()[0]; c.Record != lead {
			t.Errorf("she is lead %v and %v", lead, c.Record)
		}
		if got := fmt.Sprint(k.get("lead", lead, "name"), k.get("lead", lead, "source"), touches(lead)); got != "Annapi[API by Shop API by Shop Event by 展会]" {
			t.Errorf("she came three times: %s", got)
		}
		known := k.incoming(record.Values{"name": "Known", "mapping": `[{"path":"mail","field":"email"},{"path":"=event","field":"source"}]`})
		known.sends(`{"mail":"ann@acme.example"}`)
		if got := fmt.Sprint(k.get("lead", lead, "source"), touches(lead)[3:]); got != "api[Event by Known]" {
			t.Errorf("how she came first is gone: %s", got)
		}
		changes := k.incoming(record.Values{"name": "Changes", "does": "change"})
		changes.sends(`{"customer":{"email":"ann@acme.example","name":"Ann Lee"}}`)
		if n := len(touches(lead)); n != 4 || k.get("lead", lead, "name") != "Ann Lee" {
			t.Errorf("what only changes is no touch: %d", n)
		}

		other := k.incoming(record.Values{"name": "Other", "mapping": `[{"path":"customer.email","field":"email"},{"path":"customer.name","field":"name"}]`})
		var both sync.WaitGroup
		both.Go(func() {
			_, err := other.call(process.Call{Body: []byte(`{"customer":{"email":"bo@acme.example","name":"Bo"}}`)})
			k.must(err)
		})
		both.Go(func() {
			_, err := fair.call(process.Call{Body: []byte(`{"who":"Bo","mail":"bo@acme.example"}`)})
			k.must(err)
		})
		both.Wait()
		errs := make(chan error, 2)
		for _, id := range []value.ID{other.id, fair.id} {
			go func() { errs <- k.Workspace.Process().AnswerCalls(t.Context(), k.Workspace.Engine(), id) }()
		}
		for range 2 {
			k.must(<-errs)
		}
		if a, b := other.calls()[0], fair.calls()[0]; a.Record != b.Record || a.Record == 0 || a.Record == lead || len(touches(a.Record)) != 2 {
			t.Errorf("two at once: %+v and %+v", a, b)
		}
	})
}

func TestAMessageComesTwice(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(record.Values{"key_field": nil, "mapping": `[{"path":"customer.name","field":"name"}]`}) // nothing by which Ann is known again
		c := process.Call{Message: "msg_1", Body: []byte(`{"customer":{"name":"Ann"}}`)}
		ids := make([]value.ID, 4)
		errs := make([]error, 4)
		var wait sync.WaitGroup
		for i := range ids {
			wait.Go(func() { ids[i], errs[i] = h.call(c) })
		}
		wait.Wait()
		for i := range ids {
			if errs[i] != nil || ids[i] != ids[0] {
				t.Errorf("answered %v, %v", ids, errs)
			}
		}
		k.Drain(t)
		again, err := h.call(c)
		if k.Drain(t); err != nil || again != ids[0] || k.count("lead", "") != 1 || len(h.calls()) != 1 {
			t.Errorf("answered %v, %v; %d leads", again, err, k.count("lead", ""))
		}
		_, err = h.call(process.Call{Message: "msg_2", Body: c.Body})
		k.must(err)
		if k.Drain(t); k.count("lead", "") != 2 {
			t.Errorf("another message makes %d leads", k.count("lead", ""))
		}
	})
}

// What a call lacks is said on it; once that is mended it is tried again.
func TestACallFailsInWords(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		for body, want := range map[string]string{
			`{}`:                                     "failed Nothing stands at “customer.email”, by which the record is found.",
			`{"customer":{"email":null}}`:            "failed Nothing stands at “customer.email”, by which the record is found.",
			`{"customer":{"email":["a@b.example"]}}`: "failed Nothing stands at “customer.email”, by which the record is found.",
			`{"customer":{"email":"nowhere","name":"Ann"}}`:  "",
			`{"customer":{"email":"x@y.example","name":[]}}`: "",
			`[1, 2]`: "failed Nothing stands at “customer.email”, by which the record is found.",
		} {
			h.sends(body)
			if got := h.told(); want != "" && got != want || !strings.HasPrefix(got, "failed ") {
				t.Errorf("%s: %q", body, got)
			}
		}
		k.Create(t, k.Rita, "lead", record.Values{"name": "One", "email": "two@acme.example"})
		k.Create(t, k.Rita, "lead", record.Values{"name": "Two", "email": "two@acme.example"})
		h.sends(`{"customer":{"email":"two@acme.example"}}`)
		h.wants("failed 2 records have “two@acme.example”; only one may.")
		k.must(k.set(k.Ada, "incoming_hook", h.id, record.Values{"does": "find"}))
		failed := h.sends(`{"customer":{"email":"new@acme.example","name":"New"}}`)
		h.wants("failed No record has “new@acme.example”.")

		k.must(k.set(k.Ada, "incoming_hook", h.id, record.Values{"does": "save"}))
		try := func(who, id value.ID) (n int64, err error) {
			err = k.Try(t.Context(), who, func(s *record.Session) error {
				n, err = process.Again(t.Context(), s, h.id, id)
				return err
			})
			return n, err
		}
		if _, err := try(k.Rita, failed); !fault.Is(err, fault.Forbidden) {
			t.Errorf("Rita tries again: %v", err)
		}
		if n, err := try(k.Ada, failed); n != 1 || err != nil {
			t.Errorf("tried %d, %v", n, err)
		}
		k.Drain(t)
		h.wants("done created")
		if _, err := try(k.Ada, failed); !fault.Is(err, fault.NotFound) {
			t.Errorf("a call that was done is tried again: %v", err)
		}
		if n, err := try(k.Ada, 0); n != 7 || err != nil {
			t.Errorf("tried all: %d, %v", n, err)
		}
	})
}

// Calls that are not taken say why, and are kept within bounds.
func TestACallIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		body := []byte(`{"customer":{"email":"ann@acme.example","name":"Ann"}}`)
		refused := func(c process.Call, kind fault.Kind, key string) {
			t.Helper()
			_, err := h.call(c)
			if f, ok := fault.As(err); !ok || f.Kind != kind || f.Key != key {
				t.Errorf("want %s, got %v", key, err)
			}
		}
		refused(process.Call{Token: "nobody", Body: body}, fault.NotFound, "process.no_such_hook")
		for _, text := range []string{``, `{`, `{"a":1} {"b":2}`, `name=Ann`, `<xml/>`} {
			refused(process.Call{Body: []byte(text)}, fault.Invalid, "process.no_json")
		}
		refused(process.Call{Unread: fault.New(fault.TooLarge, "api.body_too_large", fault.Args{"max": 1024})}, fault.TooLarge, "api.body_too_large")
		refused(process.Call{Body: body, Message: strings.Repeat("x", 201)}, fault.Invalid, "process.long_message_id")
		refused(process.Call{Body: body, Round: "5"}, fault.Conflict, "process.hook_loop")
		h.wants("refused Stopped: more than 4 hooks have set off one another.")

		h.sign()
		now := k.Now()
		signed := func(at time.Time, id string, body []byte) process.Call {
			text, err := process.Sign(h.secret, id, at, body)
			k.must(err)
			return process.Call{Message: id, Timestamp: strconv.FormatInt(at.Unix(), 10), Signatures: text, Body: body}
		}
		refused(process.Call{Body: body}, fault.Unauthenticated, "process.bad_signature")
		refused(signed(now.Add(-time.Hour), "a", body), fault.Unauthenticated, "process.bad_signature")
		forged := signed(now, "b", body)
		forged.Body = []byte(`{}`)
		refused(forged, fault.Unauthenticated, "process.bad_signature")
		if _, err := h.call(signed(now, "b", body)); err != nil { // the forged one has not taken its id
			t.Errorf("a signed call: %v", err)
		}
		former := signed(now, "c", body)
		h.sign()
		if _, err := h.call(former); err != nil {
			t.Errorf("the former secret: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return process.DropSecret(t.Context(), s, h.id) })
		_, err := h.call(process.Call{Body: body})
		k.must(err)

		k.must(k.set(k.Ada, "incoming_hook", h.id, record.Values{"active": false}))
		refused(process.Call{Body: body}, fault.Conflict, "process.hook_off")
		k.must(k.set(k.Ada, "incoming_hook", h.id, record.Values{"active": true}))
		old := h.token
		k.Write(t, k.Ada, func(s *record.Session) (err error) {
			h.token, err = process.NewToken(t.Context(), s, h.id)
			return err
		})
		refused(process.Call{Token: old, Body: body}, fault.NotFound, "process.no_such_hook")

		last := ""
		for range 130 {
			if _, err := h.call(process.Call{Body: []byte(`no`)}); err != nil {
				f, _ := fault.As(err)
				last = f.Key
			}
		}
		if last != "process.many_calls" {
			t.Errorf("the last of many: %s", last)
		}
		kept, beyond := 0, int64(0)
		for _, c := range h.calls() {
			if c.State == process.CallRefused {
				kept, beyond = kept+1, beyond+c.Beyond
			}
		}
		if kept != 20 || beyond < 50 {
			t.Errorf("%d kept, %d beyond", kept, beyond)
		}
		k.Pass(time.Minute)
		if _, err := h.call(process.Call{Body: body}); err != nil {
			t.Errorf("a minute later: %v", err)
		}
	})
}

// A rule waits for a hook: its condition and actions are those of any rule. What
// it would have done is told.
func TestARuleWaitsForAHook(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		from := k.Now()
		h := k.incoming(record.Values{"does": "find"})
		rule := k.rule("hook", `status = "new"`, []process.Action{{Do: "set", Field: "description", Value: "Called"}, {Do: "task", Text: "Call {{name}}", To: "owner"}}, record.Values{"object": "lead", "hook": h.id})
		k.rule("hook", `description = "Called"`, []process.Action{{Do: "set", Field: "job_title", Value: "Second"}}, record.Values{"object": "lead", "hook": h.id, "position": int64(9)})
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@acme.example"})
		k.must(k.set(k.Rita, "lead", lead, record.Values{"job_title": "Buyer"})) // saving is no call
		if n := k.count("activity", `subject = "Call Ann"`); n != 0 {
			t.Errorf("%d tasks before the call", n)
		}
		k.Pass(time.Minute)
		h.sends(`{"customer":{"email":"ann@acme.example"}}`)
		h.wants("done found")
		if k.get("lead", lead, "description") != "Called" || k.get("lead", lead, "job_title") != "Second" || k.count("activity", `subject = "Call Ann"`) != 1 {
			t.Errorf("the rules say %q", k.log("lead", lead))
		}
		k.Pass(time.Minute)
		k.must(k.set(k.Rita, "lead", lead, record.Values{"status": "working"}))
		k.Pass(time.Minute)
		h.sends(`{"customer":{"email":"ann@acme.example"}}`)
		k.Pass(time.Minute)
		k.Read(t, k.Ada, func(s *record.Session) error {
			got, err := process.Dry(t.Context(), s, rule, from, k.Now())
			if err == nil && (got.Looked != 2 || got.Fired != 1 || got.Records != 1) {
				t.Errorf("the dry run tells %+v", got)
			}
			return err
		})
	})
}

// Rules of hooks name a hook about their object.
func TestRulesOfHooksAreChecked(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		of := func(v record.Values) error {
			return k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "rule", v)
				return err
			})
		}
		base := record.Values{"name": "x", "trigger": "hook", "object": "deal", "active": true, "actions": `[{"do":"task","text":"x"}]`}
		k.refused(of(base), "hook", "process.wants_hook")
		base["hook"] = h.id
		k.refused(of(base), "hook", "process.hook_of_other")
		if err := k.Try(t.Context(), k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "incoming_hook", h.id) }); err != nil {
			t.Errorf("a hook that nobody waits for stays: %v", err)
		}
	})
}

// A hook works in the name of whom the administrator chose, and what that one
// may not, it may not.
func TestAHookWorksInSomebodysName(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(record.Values{"acts_as": k.Rita})
		h.sends(`{"customer":{"email":"new@acme.example","name":"New"}}`)
		h.wants("done created")
		if lead := h.calls()[0].Record; k.get("lead", lead, "created_by") != k.Rita || k.get("lead", lead, "owner") != k.Rita {
			t.Errorf("made by %v for %v", k.get("lead", lead, "created_by"), k.get("lead", lead, "owner"))
		}
		k.must(k.set(k.Ada, "member", k.Rita, record.Values{"active": false}))
		h.sends(`{"customer":{"email":"later@acme.example","name":"Later"}}`)
		if got := h.told(); !strings.HasPrefix(got, "failed ") || k.count("lead", "") != 1 {
			t.Errorf("in the name of one who left: %q", got)
		}
	})
}

// A hook that could not work is refused, at the field that is wrong.
func TestHooksAreChecked(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		for _, x := range []struct {
			path, key string
			v         record.Values
		}{
			{"object", "record.no_object", record.Values{"object": "nothing"}},
			{"object", "process.not_on_itself", record.Values{"object": "rule"}},
			{"object", "process.not_on_itself", record.Values{"object": "member", "mapping": nil, "key_field": nil}},
			{"mapping", "process.bad_mapping", record.Values{"mapping": `{"a":1}`}},
			{"mapping", "process.unknown_field", record.Values{"mapping": `[{"path":"a","field":"nowhere"},{"path":"b","field":"email"}]`}},
			{"mapping", "process.not_writable", record.Values{"mapping": `[{"path":"a","field":"created_at"},{"path":"b","field":"email"}]`}},
			{"mapping", "process.mapped_twice", record.Values{"mapping": `[{"path":"a","field":"email"},{"path":"b","field":"email"}]`}},
			{"mapping", "process.bad_path", record.Values{"mapping": `[{"path":"a..b","field":"email"}]`}},
			{"key_field", "process.bad_key", record.Values{"key_field": "company"}},
			{"key_field", "process.bad_key", record.Values{"key_field": "description"}},
			{"key_field", "process.wants_key", record.Values{"key_field": nil, "does": "find"}},
		} {
			v := record.Values{"name": "Shop", "object": "lead", "mapping": mapping, "key_field": "email"}
			for name, y := range x.v {
				v[name] = y
			}
			k.refused(k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "incoming_hook", v)
				return err
			}), x.path, x.key)
		}
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "incoming_hook", record.Values{"name": "Mine", "object": "lead"})
			return err
		}); err == nil {
			t.Error("Rita makes a hook")
		}
		h := k.incoming(nil)
		k.refused(k.set(k.Ada, "incoming_hook", h.id, record.Values{"object": "deal"}), "object", "process.hook_object_fixed")
		for name, do := range map[string]func(*record.Session) error{
			"address": func(s *record.Session) error { _, err := process.NewToken(t.Context(), s, h.id); return err },
			"calls":   func(s *record.Session) error { _, err := process.Calls(t.Context(), s, h.id, "", 0, 9); return err },
			"facts":   func(s *record.Session) error { _, err := process.FactsOf(t.Context(), s, h.id); return err },
			"secret":  func(s *record.Session) error { return process.DropSecret(t.Context(), s, h.id) },
		} {
			if err := k.Try(t.Context(), k.Rita, do); !fault.Is(err, fault.Forbidden) {
				t.Errorf("Rita and the %s: %v", name, err)
			}
		}
	})
}

// Two workers at once do each call once, and one after the other: two calls about
// one new key make one record.
func TestTwoWorkAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		for i := range 6 {
			_, err := h.call(process.Call{Body: fmt.Appendf(nil, `{"customer":{"email":"ann@acme.example","name":"Ann %d"}}`, i)})
			k.must(err)
		}
		var wait sync.WaitGroup
		for range 3 {
			wait.Go(func() { k.must(h.Workspace.Process().AnswerCalls(t.Context(), h.Workspace.Engine(), h.id)) })
		}
		wait.Wait()
		if n := k.count("lead", ""); n != 1 {
			t.Errorf("%d leads", n)
		}
		for _, c := range h.calls() {
			if c.State != process.CallDone || c.Attempts != 1 {
				t.Errorf("a call is %+v", c)
			}
		}
	})
}

// Who erases a person takes out what other programs sent about the record.
func TestErasingForgetsCalls(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(record.Values{"object": "contact", "mapping": `[{"path":"email","field":"email"},{"path":"name","field":"last_name"}]`})
		h.sends(`{"email":"anna@ek.example","name":"Ek"}`)
		h.wants("done created")
		contact := h.calls()[0].Record
		h.sends(`{"email":"annab@ek.example","name":"B_"}`)
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := customer.Erase(t.Context(), s, contact)
			return err
		})
		var bodies []string
		for _, c := range h.calls() {
			bodies = append(bodies, c.Body)
		}
		if got := strings.Join(bodies, "|"); got != `{"email":"annab@ek.example","name":"B_"}|` {
			t.Errorf("kept %q", got)
		}
	})
}

// FuzzPaths reads paths and follows them; a path that is written is the same one
// when it is read.
func FuzzPaths(f *testing.F) {
	for _, text := range []string{"a", "customer.email", "items.0.price", `a\.b.c`, `\\`, "", ".", "a..b", "\x00", "имя.名", strings.Repeat("a.", 30)} {
		f.Add(text, `{"a":{"b":[1,{"c":null}]},"customer":{"email":"x"},"items":[{"price":1.5}],"имя":{"名":"ok"}}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		p, err := process.ReadPath(text)
		if err != nil {
			if _, ok := fault.As(err); !ok {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := process.ReadPath(p.String())
		if err != nil || again.String() != p.String() || len(again) != len(p) {
			t.Fatalf("%q becomes %q, %v", text, p, err)
		}
		var v any
		if json.Unmarshal([]byte(body), &v) == nil {
			p.Find(v)
		}
		if list, err := process.ParseMapping(body); err == nil {
			if _, err := process.ParseMapping(process.MappingText(list)); err != nil {
				t.Fatalf("%q: %v", body, err)
			}
		}
	})
}
