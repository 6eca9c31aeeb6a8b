package support_test

import (
	"slices"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// desk is an installation with a customer and a deal of Rita's.
type desk struct {
	*apptest.Kit
	account, contact, deal value.ID
	states                 map[string]value.ID // by kind
}

func each(t *testing.T, test func(t *testing.T, k *desk)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, kit *apptest.Kit) {
		k := &desk{Kit: kit, states: map[string]value.ID{}}
		k.Read(t, k.Ada, func(s *record.Session) error {
			return s.Each(t.Context(), record.Query{Object: "case_state"}, func(r *record.Record) error {
				kind, _ := record.Get(r, support.StateKind)
				k.states[kind] = r.ID
				return nil
			})
		})
		k.account = k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.contact = k.Create(t, k.Rita, "contact", record.Values{"name": "Ann Smith", "account": k.account})
		k.deal = k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": k.account, "contact": k.contact})
		test(t, k)
	})
}

func (k *desk) update(t *testing.T, who value.ID, object string, id value.ID, v record.Values) error {
	t.Helper()
	return k.Try(t.Context(), who, func(s *record.Session) error {
		_, err := s.Update(t.Context(), object, id, 0, v)
		return err
	})
}

func (k *desk) get(t *testing.T, id value.ID, field string) (text string) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), "case", id)
		if err == nil {
			text = schema.Neutral(r.Field(field))
		}
		return err
	})
	return text
}

func refused(t *testing.T, err error, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok || f.Key != key && !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Key == key }) {
		t.Errorf("wanted %s, got %v", key, err)
	}
}

func TestACaseKnowsItsCustomerAndState(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		id := k.Create(t, k.Rita, "case", record.Values{"subject": "Pump leaks", "deal": k.deal})
		for field, want := range map[string]string{"account": k.account.String(), "contact": k.contact.String(), "status": "new",
			"state": k.states["new"].String(), "priority": "normal", "owner": k.Rita.String(), "solved_at": "", "number": "K-2026-00001"} {
			if got := k.get(t, id, field); got != want {
				t.Errorf("%s = %q, want %q", field, got, want)
			}
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "case", record.Values{"subject": "Nobody's"})
			return err
		})
		refused(t, err, "case.needs_customer")
		solved := record.Values{"state": k.states["solved"]}
		refused(t, k.update(t, k.Rita, "case", id, solved), "case.needs_solution")
		solved["solution"] = "   "
		refused(t, k.update(t, k.Rita, "case", id, solved), "case.needs_solution")
		solved["solution"] = "New gasket."
		if err := k.update(t, k.Rita, "case", id, solved); err != nil {
			t.Fatal(err)
		}
		if status, at := k.get(t, id, "status"), k.get(t, id, "solved_at"); status != "solved" || at == "" {
			t.Errorf("status %q, solved at %q", status, at)
		}
		if err := k.update(t, k.Rita, "case", id, record.Values{"state": k.states["working"]}); err != nil {
			t.Fatal(err)
		}
		if status, at := k.get(t, id, "status"), k.get(t, id, "solved_at"); status != "working" || at != "" {
			t.Errorf("opened again: status %q, solved at %q", status, at)
		}
		// States are the company's own list: an administrator's, and what is used keeps its meaning.
		refused(t, k.update(t, k.Ada, "case_state", k.states["working"], record.Values{"kind": "solved"}), "case.state_in_use")
		if err := k.update(t, k.Ada, "case_state", k.states["working"], record.Values{"name": "At the workshop"}); err != nil {
			t.Error(err)
		}
		if err := k.update(t, k.Rita, "case_state", k.states["waiting"], record.Values{"name": "Later"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep renamed a state: %v", err)
		}
		if err := k.update(t, k.Olga, "case", id, record.Values{"priority": "urgent"}); err == nil {
			t.Error("a colleague of another team changed the case")
		}
	})
}

// similar are the subjects of the solved cases that somebody finds to be alike.
func (k *desk) similar(t *testing.T, who, id value.ID) (list []string) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) error {
		found, err := support.Similar(t.Context(), s, id, 5)
		for _, x := range found {
			list = append(list, x.Case.Title()+": "+strings.Join(x.Shared, " "))
		}
		return err
	})
	return list
}

func TestSolvedCasesHelpWithTheNext(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump"})
		solved := func(who value.ID, subject, text, solution string, more ...value.ID) {
			v := record.Values{"subject": subject, "description": text, "solution": solution, "account": k.account, "state": k.states["solved"]}
			if len(more) > 0 {
				v["product"] = more[0]
			}
			k.Create(t, who, "case", v)
		}
		solved(k.Rita, "Invoice twice", "The invoice came two times.", "Credit note sent.")
		solved(k.Rita, "Noise", "The pump hums at night.", "Bearing replaced, gasket oiled.", pump)
		solved(k.Rita, "Gasket leaks", "Water below the pump.", "New gasket.")
		solved(k.Rita, "泵漏水", "垫圈坏了", "更换垫圈")
		open := k.Create(t, k.Rita, "case", record.Values{"subject": "Gasket broken again", "account": k.account})
		id := k.Create(t, k.Rita, "case", record.Values{"subject": "Gasket broken", "description": "There is water everywhere.", "account": k.account, "product": pump})
		got := k.similar(t, k.Rita, id)
		if want := []string{"Gasket leaks: water gasket", "Noise: gasket"}; !slices.Equal(got, want) {
			t.Errorf("similar: %q, want %q", got, want)
		}
		_ = open // alike, and not solved
		if got := k.similar(t, k.Rita, k.Create(t, k.Rita, "case", record.Values{"subject": "漏水", "account": k.account})); !slices.Equal(got, []string{"泵漏水: 漏水"}) {
			t.Errorf("in Chinese: %q", got)
		}
		if got := k.similar(t, k.Rita, k.Create(t, k.Rita, "case", record.Values{"subject": "Lost key", "account": k.account})); len(got) != 0 {
			t.Errorf("nothing is similar, got %q", got)
		}
	})
}

// Whoever may not read a case, or a field of cases, learns nothing of it from
// those that are alike.
func TestSimilarCasesAreThoseOneMayRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.Create(t, k.Rita, "case", record.Values{"subject": "Gasket leaks", "solution": "New gasket.", "account": k.account, "state": k.states["solved"]})
		mine := k.Create(t, k.Olga, "case", record.Values{"subject": "Gasket broken", "account": k.account})
		hidden := k.Create(t, k.Olga, "case", record.Values{"subject": "Sealing, as new", "account": k.account})
		k.Create(t, k.Olga, "case", record.Values{"subject": "Dry", "solution": "Sealing replaced.", "account": k.account, "state": k.states["solved"]})
		if got := k.similar(t, k.Olga, mine); !slices.Equal(got, []string{"Gasket leaks: gasket"}) {
			t.Errorf("while everybody reads: %q", got)
		}
		if got := k.similar(t, k.Olga, hidden); !slices.Equal(got, []string{"Dry: sealing"}) {
			t.Errorf("by the solution: %q", got)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("case"), access.Private)
		})
		if got := k.similar(t, k.Olga, mine); len(got) != 0 {
			t.Errorf("of a colleague's private cases: %q", got)
		}
		if err := k.Workspace.Read(t.Context(), apptest.As(k.Max), func(s *record.Session) error {
			_, err := support.Similar(t.Context(), s, mine, 5)
			return err
		}); !fault.Is(err, fault.NotFound) {
			t.Errorf("of a case that he may not read: %v", err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			rep, _ := s.Roster().Role("rep")
			_, err := s.Update(t.Context(), "role", rep, 0, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}}, "fields": {"case.solution": "none"}}`})
			return err
		})
		if got := k.similar(t, k.Olga, hidden); len(got) != 0 {
			t.Errorf("by a solution that she may not read: %q", got)
		}
	})
}
