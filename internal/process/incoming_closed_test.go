package process_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// disqualify ends the work on a lead.
func (k *bench) disqualify(lead value.ID) {
	k.t.Helper()
	k.Write(k.t, k.Ada, func(s *record.Session) error {
		_, err := sales.Disqualify(k.t.Context(), s, lead, 0, record.Values{"lost_reason": "other"}, "")
		return err
	})
}

// Who comes again after his lead was closed is a new lead, as by a form; the
// closed one stays as it was, and the next call is about the open one.
func TestAHookLeavesClosedLeads(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(nil)
		came := func(name string) value.ID {
			k.Pass(time.Hour)
			h.sends(`{"customer":{"email":"ann@acme.example","name":"` + name + `"}}`)
			return h.calls()[0].Record
		}
		is := func(what string, lead value.ID, want string) {
			t.Helper()
			if got := fmt.Sprint(k.get("lead", lead, "name"), " ", k.get("lead", lead, "status"), " ", k.get("lead", lead, "touch_count")); got != want {
				t.Errorf("%s: %s, not %s", what, got, want)
			}
		}
		first := came("Ann")
		k.disqualify(first)
		second := came("Bea")
		h.wants("done created")
		is("disqualified", first, "Ann disqualified 1")
		is("who came after it", second, "Bea new 1")
		if came("Cho") != second {
			t.Error("the open lead of two was not chosen")
		}
		is("the open one", second, "Cho new 2")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := sales.Convert(t.Context(), s, second, sales.Options{})
			return err
		})
		third := came("Dee")
		h.wants("done created")
		is("converted", second, "Cho converted 2")
		is("who came after both", third, "Dee new 1")

		k.disqualify(third)
		k.must(k.set(k.Ada, "incoming_hook", h.id, record.Values{"does": "change"}))
		came("Eve")
		h.wants("failed 3 records have “ann@acme.example”; only one may.")
	})
}

// What only one lead may have stays with the closed one, by which the hook has
// found it; a call that goes by our own id is about that very lead.
func TestAHookMeetsAClosedLeadByItsOwnKey(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(record.Values{"key_field": "external_id", "mapping": `[{"path":"no","field":"external_id"},{"path":"name","field":"name"},{"path":"state","field":"status"}]`})
		h.sends(`{"no":"C-7","name":"Ann"}`)
		first := h.calls()[0].Record
		h.sends(`{"no":"C-7","name":"Anna"}`)
		h.wants("done changed")
		k.disqualify(first)
		h.sends(`{"no":"C-7","name":"Bea"}`)
		h.wants("done created")
		second := h.calls()[0].Record
		if k.get("lead", first, "name") != "Anna" || k.get("lead", first, "external_id") != "C-7" || k.get("lead", second, "name") != "Bea" || k.get("lead", second, "external_id") != nil {
			t.Errorf("%v has %v, %v has %v", k.get("lead", first, "name"), k.get("lead", first, "external_id"), k.get("lead", second, "name"), k.get("lead", second, "external_id"))
		}
		h.sends(`{"no":"C-7","name":"Bea"}`) // within minutes
		if got := h.calls()[0].Record; got != second || k.count("lead", "") != 2 {
			t.Errorf("told twice: %v and %v", second, got)
		}
		h.sends(`{"no":"C-7","name":"Cho","state":"disqualified"}`) // it knows where the lead stands
		h.wants("done changed")
		if k.get("lead", first, "name") != "Cho" || k.count("lead", "") != 2 {
			t.Errorf("told of a closed lead: %v", k.get("lead", first, "name"))
		}

		byID := k.incoming(record.Values{"name": "By id", "key_field": "id", "mapping": `[{"path":"id","field":"id"},{"path":"name","field":"name"}]`})
		byID.sends(`{"id":"` + first.String() + `","name":"Dee"}`)
		byID.wants("failed The lead is converted or disqualified: it gets no more touches.")
		if k.get("lead", first, "name") != "Cho" {
			t.Error("a closed lead was changed by its id")
		}
	})
}

// A touch is of the moment at which the lead was captured elsewhere.
func TestAHookTellsWhenSomebodyCame(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		h := k.incoming(record.Values{"mapping": `[{"path":"mail","field":"email"},{"path":"at","field":"captured_at"}]`})
		h.sends(`{"mail":"ann@acme.example","at":"2026-02-01T08:00:00Z"}`)
		lead := h.calls()[0].Record
		h.sends(`{"mail":"ann@acme.example","at":"2026-02-03T08:00:00Z"}`)
		for field, want := range map[string]string{"captured_at": "2026-02-01T08:00:00Z", "first_touch_at": "2026-02-01T08:00:00Z", "last_touch_at": "2026-02-03T08:00:00Z", "touch_count": "2"} {
			if got := value.Text(k.get("lead", lead, field)); got != want {
				t.Errorf("%s is %s", field, got)
			}
		}
	})
}

// A hook in the name of a member who sees a lead and may not change it leaves the
// touch alone, by a key as without one.
func TestAHookTouchesWhatItMayNotChange(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@acme.example"})
		for i, x := range []struct {
			as   value.ID
			key  any
			want string
			name string
		}{{k.Olga, nil, "done changed", "Ann"}, {k.Olga, "email", "done found", "Ann"}, {k.Rita, "email", "done changed", "Zoe"}} {
			h := k.incoming(record.Values{"name": fmt.Sprint("Shop ", i), "acts_as": x.as, "key_field": x.key})
			h.sends(`{"customer":{"email":"ann@acme.example","name":"Zoe"},"notes":"Called"}`)
			h.wants(x.want)
			if got := k.get("lead", lead, "touch_count"); h.calls()[0].Record != lead || got != int64(i+2) || k.get("lead", lead, "name") != x.name {
				t.Errorf("%d: %v touches of %v", i, got, k.get("lead", lead, "name"))
			}
		}
		h := k.incoming(record.Values{"name": "Changes", "does": "change", "acts_as": k.Olga})
		h.sends(`{"customer":{"email":"ann@acme.example","name":"Yan"}}`)
		if got := h.calls()[0]; got.State != "failed" || k.get("lead", lead, "name") != "Zoe" {
			t.Errorf("what only changes: %+v", got)
		}
	})
}
