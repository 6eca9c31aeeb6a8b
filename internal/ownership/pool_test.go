package ownership_test

import (
	"sync"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// teamOf is the team of a member.
func teamOf(t *testing.T, k *apptest.Kit, member value.ID) (team value.ID) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		team = s.Roster().TeamOf(member)
		return nil
	})
	return team
}

// told counts what a member was told of a record.
func told(t *testing.T, k *apptest.Kit, member, id value.ID, key string) (n int64) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {notice} WHERE member = $1 AND record = $2 AND "key" = $3`, []any{member, id, key}, &n)
		return err
	})
	return n
}

// What nobody of a rule can take waits in its pool: a team that sees and may
// take it, and nobody else; the manager is told.
func TestWhatNobodyTakesWaitsInAPool(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		north := teamOf(t, k, k.Rita)
		if north == 0 || teamOf(t, k, k.Olga) == north {
			t.Fatal("Rita and Olga are of one team")
		}
		private(t, k, "lead")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "team", north, 0, record.Values{"lead": k.Max})
			return err
		})
		rule(t, k, record.Values{"name": "Busy", "members": []value.ID{k.Olga}, "most_open": int64(1), "pool": north})
		if _, owner := stray(t, k, record.Values{}); owner != k.Olga {
			t.Fatal("the first one is not Olga's")
		}
		lead, owner := stray(t, k, record.Values{"name": "Waits"})
		if owner != 0 {
			t.Errorf("a lead in the pool is %s's", owner)
		}
		sees := func(who value.ID) bool {
			return k.Try(t.Context(), who, func(s *record.Session) error {
				_, err := s.Get(t.Context(), "lead", lead)
				return err
			}) == nil
		}
		take := func(who value.ID) error {
			return k.Try(t.Context(), who, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"owner": who})
				return err
			})
		}
		if !sees(k.Rita) || !sees(k.Max) || sees(k.Olga) {
			t.Errorf("seen by Rita %v, Max %v, Olga %v", sees(k.Rita), sees(k.Max), sees(k.Olga))
		}
		if err := take(k.Olga); err == nil {
			t.Error("somebody outside the pool took it")
		}
		for who, want := range map[value.ID]int64{k.Max: 1, k.Bob: 0, k.Rita: 0, k.Olga: 0} {
			if n := told(t, k, who, lead, "ownership.fell_to_pool"); n != want {
				t.Errorf("%s was told %d times, want %d", who, n, want)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			list, err := k.Workspace.Owners().Try(t.Context(), s, "lead", `id = "`+lead.String()+`"`, 10)
			if err == nil && (len(list) != 1 || !list[0].Fallback || list[0].Pool != north || list[0].Owner != 0) {
				t.Errorf("dry run: %+v", list)
			}
			return err
		})
		if err := take(k.Rita); err != nil {
			t.Fatal(err)
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			shares, err := access.Shares(t.Context(), s.Tx(), s.Schema().MustObject("lead"), lead, s.Now())
			if err == nil && len(shares) != 0 {
				t.Errorf("taken, and still in the pool: %+v", shares)
			}
			return err
		})
		if ownerOf(t, k, "lead", lead) != k.Rita {
			t.Error("Rita does not own it")
		}
		// Taking it back puts it where it was, also when two do so at once.
		act := func() (id value.ID) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"owner": k.Rita})
				id = s.Act()
				return err
			})
			return id
		}
		undo := func(who, act value.ID) error {
			return k.Try(t.Context(), who, func(s *record.Session) error {
				_, err := s.Undo(t.Context(), act)
				return err
			})
		}
		pools := func() (list []access.Grant) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				list, err = access.Shares(t.Context(), s.Tx(), s.Schema().MustObject("lead"), lead, s.Now())
				return err
			})
			return list
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"owner": nil})
			return err
		})
		if ownerOf(t, k, "lead", lead) != 0 || len(pools()) != 0 {
			t.Error("who lets a lead go by hand puts it into a pool")
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.Share(t.Context(), s.Tx(), access.Grant{Object: s.Schema().MustObject("lead"), Record: lead, Team: north, Level: access.UpdateLevel, At: s.Now()})
		})
		was, taken := pools(), act()
		if len(was) != 1 || len(pools()) != 0 {
			t.Fatalf("shared %+v, then %+v", was, pools())
		}
		errs := make([]error, 2)
		var wait sync.WaitGroup
		for i, who := range []value.ID{k.Ada, k.Bob} {
			wait.Go(func() { errs[i] = undo(who, taken) })
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("two took it back: %v", errs)
		}
		if now := pools(); ownerOf(t, k, "lead", lead) != 0 || len(now) != 1 || now[0].Team != north || now[0].Level != was[0].Level || !sees(k.Max) {
			t.Errorf("taken back: shared %+v", now)
		}
		if err := take(k.Rita); err != nil || len(pools()) != 0 {
			t.Errorf("taken again: %v, %+v", err, pools())
		}
		// A rep brings one that nobody can take: it waits, whether or not he is of the pool.
		mine := k.Create(t, k.Olga, "lead", record.Values{"name": "Brought", "owner": nil})
		if owner := ownerOf(t, k, "lead", mine); owner != 0 {
			t.Errorf("what a rep brings is %s's", owner)
		}
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "assignment_rule", record.Values{"name": "Both", "members": []value.ID{k.Olga}, "pool": north, "fallback": k.Bob})
			return err
		})
		if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Key != "ownership.one_fallback" {
			t.Errorf("both a person and a pool: %v", err)
		}
	})
}

// Rules go by the product that a lead asks for, and by what the lines of a deal
// sell, though they come after it.
func TestRulesByProduct(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump"})
		valve := k.Create(t, k.Ada, "product", record.Values{"name": "Valve"})
		rule(t, k, record.Values{"name": "Pumps", "position": int64(1), "members": []value.ID{k.Olga}, "condition": `product.name = "Pump"`})
		rule(t, k, record.Values{"name": "Rest", "position": int64(2), "members": []value.ID{k.Max}})
		if _, owner := stray(t, k, record.Values{"product": pump}); owner != k.Olga {
			t.Error("a lead for a pump is not Olga's")
		}
		if _, owner := stray(t, k, record.Values{"product": valve}); owner != k.Max {
			t.Error("a lead for a valve is not Max's")
		}
		rule(t, k, record.Values{"name": "Pump deals", "object": "deal", "members": []value.ID{k.Olga}, "condition": `any(lines, product.name = "Pump")`})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		sold := func(product value.ID) (deal value.ID) {
			t.Helper()
			if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
				out, err := s.Create(t.Context(), "deal", record.Values{"name": "Sale", "account": account})
				if deal = out.ID; err == nil {
					_, err = s.Create(t.Context(), "deal_line", record.Values{"deal": deal, "product": product})
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return deal
		}
		if owner := ownerOf(t, k, "deal", sold(pump)); owner != k.Olga {
			t.Errorf("a deal over a pump is %s's", owner)
		}
		other := sold(valve)
		if owner := ownerOf(t, k, "deal", other); owner != 0 {
			t.Errorf("a deal over a valve is %s's", owner)
		}
		k.Create(t, k.Ada, "deal_line", record.Values{"deal": other, "product": pump}) // the pump comes later
		if owner := ownerOf(t, k, "deal", other); owner != k.Olga {
			t.Errorf("a deal to which a pump comes is %s's", owner)
		}
		own := k.Create(t, k.Rita, "deal", record.Values{"name": "Mine", "account": account})
		k.Create(t, k.Rita, "deal_line", record.Values{"deal": own, "product": pump})
		if owner := ownerOf(t, k, "deal", own); owner != k.Rita {
			t.Errorf("Rita's own deal went to %s", owner)
		}
	})
}

// private lets nobody see records of an object but who owns them or is above.
func private(t *testing.T, k *apptest.Kit, object string) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(object), access.Private)
	})
}
