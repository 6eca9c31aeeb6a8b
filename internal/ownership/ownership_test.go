package ownership_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/ownership"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// stray makes a lead that nobody owns.
func stray(t *testing.T, k *apptest.Kit, v record.Values) (id value.ID, owner value.ID) {
	t.Helper()
	if v["name"] == nil {
		v["name"] = "Ann"
	}
	err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		out, err := s.Create(t.Context(), "lead", v)
		id = out.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id, ownerOf(t, k, "lead", id)
}

func ownerOf(t *testing.T, k *apptest.Kit, object string, id value.ID) (owner value.ID) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err == nil {
			owner = r.Owner()
		}
		return err
	})
	return owner
}

func rule(t *testing.T, k *apptest.Kit, v record.Values) value.ID {
	t.Helper()
	if v["members"] == nil {
		v["members"] = []value.ID{k.Rita, k.Max, k.Olga}
	}
	return k.Create(t, k.Ada, "assignment_rule", v)
}

func TestInTurnAlsoAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rule(t, k, record.Values{"name": "All"})
		var mu sync.Mutex
		got := map[value.ID]int{}
		var all sync.WaitGroup
		for range 9 {
			all.Go(func() {
				_, owner := stray(t, k, record.Values{})
				mu.Lock()
				defer mu.Unlock()
				got[owner]++
			})
		}
		all.Wait()
		if got[k.Rita] != 3 || got[k.Max] != 3 || got[k.Olga] != 3 {
			t.Errorf("in turn: %v", got)
		}
		if mine := ownerOf(t, k, "lead", k.Create(t, k.Bob, "lead", record.Values{"name": "Own"})); mine != k.Bob {
			t.Error("who makes a lead himself does not own it")
		}
	})
}

// Whom the rules choose need not be within reach of who makes the record, and
// what a rule does not take is his who brings it.
func TestRulesServeRepsAndImports(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		rule(t, k, record.Values{"name": "South", "members": []value.ID{k.Olga}, "condition": `company = "Roma"`})
		id := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "company": "Roma", "owner": nil})
		if owner := ownerOf(t, k, "lead", id); owner != k.Olga {
			t.Errorf("a rep's lead that a rule takes is %s's", owner)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead", record.Values{"name": "Ben", "company": "Roma", "owner": k.Olga})
			return err
		})
		if err == nil {
			t.Error("a rep makes a lead for a colleague out of his reach")
		}
		brought := func(assign bool) (owners []value.ID) {
			im := k.Workspace.Importer()
			run, err := im.Start(t.Context(), apptest.As(k.Bob), exchange.Request{Object: "lead", Name: "a.csv", Mapping: exchange.Mapping{AssignOwners: assign},
				File: strings.NewReader("name,company\nCara,Roma\nDan,Oslo\n")}, false)
			if err != nil {
				t.Fatal(err)
			}
			if err := im.Go(t.Context(), run, nil); err != nil {
				t.Fatal(err)
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				page, err := s.Query(t.Context(), record.Query{Object: "lead", Filter: `name in ("Cara", "Dan")`, Sort: "-id", Limit: 2})
				for _, r := range page.Records {
					owners = append(owners, r.Owner())
				}
				return err
			})
			return owners
		}
		if got := brought(false); !slices.Equal(got, []value.ID{k.Bob, k.Bob}) {
			t.Errorf("an import without rules is %v's", got)
		}
		if got := brought(true); !slices.Equal(got, []value.ID{k.Bob, k.Olga}) {
			t.Errorf("an import by rules is %v's, want %v", got, []value.ID{k.Bob, k.Olga})
		}
	})
}

func TestLoadTerritoryAndConditions(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rule(t, k, record.Values{"name": "Big", "position": int64(1), "condition": `company contains "AG"`, "how": "by_load"})
		rule(t, k, record.Values{"name": "Places", "position": int64(2), "how": "by_territory", "territory_field": "channel", "fallback": k.Bob})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "member", k.Olga, 0, record.Values{"region": "South, West"})
			return err
		})
		for _, busy := range []value.ID{k.Rita, k.Max, k.Rita} {
			k.Create(t, busy, "lead", record.Values{"name": "Work"})
		}
		if _, owner := stray(t, k, record.Values{"company": "Acme AG"}); owner != k.Olga {
			t.Error("the idlest did not get it")
		}
		if _, owner := stray(t, k, record.Values{"channel": "west"}); owner != k.Olga {
			t.Error("not by territory")
		}
		lost, owner := stray(t, k, record.Values{"channel": "East"})
		if owner != k.Bob {
			t.Error("not the fallback")
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			list, err := k.Workspace.Owners().Try(t.Context(), s, "lead", `id = "`+lost.String()+`"`, 10)
			if err == nil && (len(list) != 1 || list[0].Name != "Places" || !list[0].Fallback || list[0].Owner != k.Bob) {
				t.Errorf("dry run: %+v", list)
			}
			return err
		})
	})
}

func TestNobodyOutOfHours(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rule(t, k, record.Values{"name": "Office", "in_hours": true, "fallback": k.Bob})
		if _, owner := stray(t, k, record.Values{}); !slices.Contains([]value.ID{k.Rita, k.Max, k.Olga}, owner) { // Monday noon
			t.Error("nobody at noon")
		}
		k.Pass(12 * time.Hour)
		if _, owner := stray(t, k, record.Values{}); owner != k.Bob {
			t.Error("somebody at midnight")
		}
	})
}

// Whoever has a holiday where he works gets nothing in working hours; the others do.
func TestNobodyOnHisHoliday(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		rule(t, k, record.Values{"name": "Office", "in_hours": true, "fallback": k.Bob})
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Away", "day": "2026-03-02", "region": "FI"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, who := range []value.ID{k.Rita, k.Max} {
				if _, err := s.Update(t.Context(), "member", who, 0, record.Values{"holiday_region": "FI"}); err != nil {
					return err
				}
			}
			return nil
		})
		for range 3 {
			if _, owner := stray(t, k, record.Values{}); owner != k.Olga {
				t.Errorf("%v got it, who is on holiday", owner)
			}
		}
	})
}

func TestTransferBringsTasks(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		task := k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "about": []schema.Ref{{Object: "lead", ID: lead}}, "due_at": k.Now().Add(time.Hour)})
		of := k.Workspace.Owners()
		if err := k.Try(t.Context(), k.Olga, func(s *record.Session) error { return of.Reclaim(t.Context(), s, "lead", lead) }); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team took the lead: %v", err)
		}
		k.Write(t, k.Bob, func(s *record.Session) error { return of.Reclaim(t.Context(), s, "lead", lead) })
		if ownerOf(t, k, "lead", lead) != k.Bob || ownerOf(t, k, "activity", task) != k.Bob {
			t.Error("the manager did not get lead and task back")
		}
		k.Write(t, k.Bob, func(s *record.Session) error {
			_, err := of.Transfer(t.Context(), s, "lead", []value.ID{lead}, k.Max, false)
			return err
		})
		if ownerOf(t, k, "lead", lead) != k.Max || ownerOf(t, k, "activity", task) != k.Bob {
			t.Error("the task followed although nobody asked")
		}
		if err := k.Workspace.SetMemberActive(t.Context(), apptest.As(k.Ada), k.Olga, false); err != nil {
			t.Fatal(err)
		}
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := of.Transfer(t.Context(), s, "lead", []value.ID{lead}, k.Olga, true)
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("transferred to somebody who left: %v", err)
		}
	})
}

func TestRulesThatCannotBe(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for field, v := range map[string]record.Values{"condition": {"condition": `colour = "red"`}, "members": {"members": []value.ID{}}, "territory_field": {"how": "by_territory"}} {
			if v["members"] == nil {
				v["members"] = []value.ID{k.Rita}
			}
			v["name"] = "Wrong"
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), ownership.AssignmentRules.Name, v)
				return err
			})
			if e, ok := fault.As(err); !ok || len(e.Fields) == 0 || e.Fields[0].Path != field {
				t.Errorf("%v: %v", v, err)
			}
		}
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), ownership.AssignmentRules.Name, record.Values{"name": "Mine", "members": []value.ID{k.Rita}})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep made a rule: %v", err)
		}
	})
}
