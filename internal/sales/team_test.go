package sales_test

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// sees reports whether somebody can read the deal, and change it.
func sees(t *testing.T, k *apptest.Kit, who, deal value.ID) (read, change bool) {
	t.Helper()
	err := k.Try(t.Context(), who, func(s *record.Session) error {
		if _, err := s.Get(t.Context(), "deal", deal); err != nil {
			return err
		}
		read = true
		_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"next_step": "Call"})
		return err
	})
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
		t.Fatal(err)
	}
	return read, err == nil
}

// closed makes deals private to their owners and those above them.
func closed(t *testing.T, k *apptest.Kit) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
	})
}

func TestATeamMemberReachesTheDealWhileHeIsInTheTeam(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k)
		x := newShelf(t, k)
		expectSees := func(what string, read, change bool) {
			t.Helper()
			if r, c := sees(t, k, k.Olga, x.deal); r != read || c != change {
				t.Errorf("%s: reads %v, changes %v", what, r, c)
			}
		}
		expectSees("before", false, false)
		v := record.Values{"deal": x.deal, "member": k.Olga, "role": "expert", "access": "read"}
		if err := k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "deal_member", v)
			return err
		}); err == nil {
			t.Error("somebody let himself into a team")
		}
		id := k.Create(t, k.Rita, "deal_member", v)
		expect(t, "name", texts(t, k, "deal_member", id, "name"), "Olga")
		expectSees("may read", true, false)
		set := func(v record.Values) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "deal_member", id, 0, v)
				return err
			})
		}
		set(record.Values{"access": "update"})
		expectSees("may update", true, true)
		set(record.Values{"member": k.Max})
		expectSees("somebody else took his place", false, false)
		set(record.Values{"member": k.Olga})
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			err := s.Delete(t.Context(), "deal_member", id)
			act = s.Act()
			return err
		})
		expectSees("left", false, false)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.UndoAct(t.Context(), act)
			return err
		})
		expectSees("back in", true, true)
	})
}

func TestAShareFromBeforeOutlastsTheTeam(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k)
		x := newShelf(t, k)
		k.Write(t, k.Rita, func(s *record.Session) error {
			return access.Share(t.Context(), s.Tx(), access.Grant{Object: s.Schema().MustObject("deal"), Record: x.deal, Member: k.Olga, Level: access.ReadLevel, At: s.Now()})
		})
		id := k.Create(t, k.Rita, "deal_member", record.Values{"deal": x.deal, "member": k.Olga})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_member", id) })
		if read, _ := sees(t, k, k.Olga, x.deal); !read {
			t.Error("leaving the team took a share away that was there before")
		}
	})
}

func TestSharesOfADealAreTheWholeOfItAtMost(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		if err := x.move(stepTo(x, "Proposal", record.Values{"amount": "1000"})); err != nil {
			t.Fatal(err)
		}
		join := func(member value.ID, credit string) error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "deal_member", record.Values{"deal": x.deal, "member": member, "credit": credit})
				return err
			})
		}
		if err := join(k.Max, "140"); !refusedAt(err, "credit") {
			t.Errorf("140 %%: %v", err)
		}
		// Two who ask for 60 at once cannot both get it.
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, who := range []value.ID{k.Max, k.Olga} {
			wg.Go(func() { errs[i] = join(who, "60") })
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("60 and 60: %v, %v", errs[0], errs[1])
		}
		if err := join(k.Bob, "40"); err != nil {
			t.Fatal(err)
		}
		id := only(t, k, "deal_member", `credit = 60`)
		expect(t, "credited", texts(t, k, "deal_member", id, "credited"), "600.00 EUR")
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal", x.deal, 0, record.Values{"amount": "500"})
			return err
		})
		expect(t, "credited anew", texts(t, k, "deal_member", id, "credited"), "300.00 EUR")
		if err := join(k.Bob, "0"); err == nil {
			t.Error("somebody is in the team twice")
		}
	})
}

func TestCreditByPersonIsTheWholeRevenue(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		for member, share := range map[value.ID]string{k.Max: "25", k.Olga: "15", k.Rita: "10"} {
			k.Create(t, k.Rita, "deal_member", record.Values{"deal": x.deal, "member": member, "credit": share})
		}
		if err := x.move(stepTo(x, "Won", record.Values{"amount": "1000"})); err != nil {
			t.Fatal(err)
		}
		all := map[string]string{"Rita": "600.00 EUR", "Max": "250.00 EUR", "Olga": "150.00 EUR"}
		for filter, want := range map[string]map[string]string{
			"": all, `owner.name = "Rita" and amount.in("EUR") >= 1000 or name is empty`: all, `amount.in("EUR") > 1000`: {},
		} {
			got := map[string]string{}
			k.Read(t, k.Ada, func(s *record.Session) error {
				table, err := k.App.Reports().Run(t.Context(), s, "credit-by-person", report.Params{Filter: filter})
				if err != nil {
					return err
				}
				for _, r := range table.Rows {
					m, _ := table.Value(r, "won_revenue")
					got[r.Labels[0]] = fmt.Sprint(m.Value)
				}
				return nil
			})
			if !maps.Equal(got, want) {
				t.Errorf("%s: %v, want %v", filter, got, want)
			}
		}
	})
}

func TestALossNamesItsCompetitor(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		rival := k.Create(t, k.Ada, "competitor", record.Values{"name": "Trakka"})
		other := k.Create(t, k.Ada, "competitor", record.Values{"name": "Sano"})
		k.Create(t, k.Rita, "deal_competitor", record.Values{"deal": x.deal, "competitor": other, "standing": "behind"})
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "deal_competitor", record.Values{"deal": x.deal, "competitor": other})
			return err
		}); err == nil {
			t.Error("one competitor twice")
		}
		lose := stepTo(x, "Lost", nil)
		lose.Reason, lose.Competitor = "competitor", "trakka"
		if err := x.move(lose); err != nil {
			t.Fatal(err)
		}
		marked := func() (n int64) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				p, err := s.Query(t.Context(), record.Query{Object: "deal_competitor", Filter: `lost_to = true`, Count: record.CountExact})
				n = p.Count
				return err
			})
			return n
		}
		id := only(t, k, "deal_competitor", `lost_to = true`)
		expect(t, "lost to", texts(t, k, "deal_competitor", id, "name", "competitor"), "Trakka", rival.String())
		if err := x.move(stepTo(x, "Proposal", nil)); err != nil {
			t.Fatal(err)
		}
		if n := marked(); n != 0 {
			t.Errorf("%d marked after it was taken up again", n)
		}
	})
}

// reads reports whether somebody can read a record, and finds it in the list.
func reads(t *testing.T, k *apptest.Kit, who value.ID, object string, id value.ID) bool {
	t.Helper()
	got, listed := false, false
	k.Read(t, who, func(s *record.Session) error {
		_, err := s.Get(t.Context(), object, id)
		if got = err == nil; err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		page, err := s.Query(t.Context(), record.Query{Object: object, Filter: `id = "` + id.String() + `"`})
		if err == nil {
			listed = len(page.Records) == 1
		}
		return err
	})
	if got != listed {
		t.Errorf("%s: read %v, listed %v", object, got, listed)
	}
	return got
}

// Whoever works on a deal reads for whom: the account, the contact and the people
// with a role in it. Nothing else of that customer is opened to him (R39).
func TestATeamReadsItsCustomerAndNoOtherDeal(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, object := range []string{"deal", "account", "contact"} {
				if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(object), access.Private); err != nil {
					return err
				}
			}
			return nil
		})
		account, other := k.Create(t, k.Rita, "account", record.Values{"name": "Gremi"}), k.Create(t, k.Rita, "account", record.Values{"name": "Altra"})
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana", "account": account})
		buyer := k.Create(t, k.Rita, "contact", record.Values{"name": "Bea", "account": account})
		stranger := k.Create(t, k.Rita, "contact", record.Values{"name": "Carl", "account": account})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Ours", "account": account, "contact": contact})
		second := k.Create(t, k.Rita, "deal", record.Values{"name": "Not his", "account": account})
		k.Create(t, k.Rita, "deal_contact", record.Values{"deal": deal, "contact": buyer, "role": "buyer"})
		expectReads := func(what string, want string) {
			t.Helper()
			got := ""
			for _, x := range []struct {
				letter, object string
				id             value.ID
			}{{"a", "account", account}, {"o", "account", other}, {"c", "contact", contact}, {"b", "contact", buyer}, {"s", "contact", stranger}, {"d", "deal", deal}, {"2", "deal", second}} {
				if reads(t, k, k.Olga, x.object, x.id) {
					got += x.letter
				}
			}
			if got != want {
				t.Errorf("%s: reads %q, want %q", what, got, want)
			}
		}
		do := func(fn func(s *record.Session) error) (act value.ID) {
			t.Helper()
			k.Write(t, k.Rita, func(s *record.Session) error {
				err := fn(s)
				act = s.Act()
				return err
			})
			return act
		}
		set := func(v record.Values) value.ID {
			return do(func(s *record.Session) error { _, err := s.Update(t.Context(), "deal", deal, 0, v); return err })
		}
		expectReads("a stranger", "")
		member := k.Create(t, k.Rita, "deal_member", record.Values{"deal": deal, "member": k.Olga, "access": "update"})
		expectReads("in the team", "acbd")
		k.Read(t, k.Olga, func(s *record.Session) error {
			found, err := s.Search(t.Context(), record.SearchQuery{Text: "Gremi"})
			if err == nil && len(found.Hits) != 1 {
				t.Errorf("search finds %d", len(found.Hits))
			}
			return err
		})
		if err := k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"name": "Hers"})
			return err
		}); err == nil {
			t.Error("a member of the team changes the account")
		}
		act := set(record.Values{"account": other, "contact": nil})
		expectReads("another customer", "obd")
		do(func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
		expectReads("taken back", "acbd")

		again := k.Create(t, k.Rita, "deal_member", record.Values{"deal": second, "member": k.Olga, "access": "read"})
		do(func(s *record.Session) error { return s.Delete(t.Context(), "deal_member", member) })
		expectReads("in the team of one deal still", "a2")
		act = do(func(s *record.Session) error { return s.Delete(t.Context(), "deal", second) })
		expectReads("that deal has gone", "")
		do(func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
		expectReads("that deal is back", "a2")
		do(func(s *record.Session) error { return s.Delete(t.Context(), "deal_member", again) })
		expectReads("in no team", "")
	})
}

// A share that a colleague gave stands beside what follows from a team, a member
// who changes teams keeps it, and teams of an older program get it once.
func TestReadingACustomerByATeamIsNoShare(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		var object *schema.Object
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Gremi"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			object = s.Schema().MustObject("account")
			if err := access.SetOpenness(t.Context(), s.Tx(), object, access.Private); err != nil {
				return err
			}
			return access.Share(t.Context(), s.Tx(), access.Grant{Object: object, Record: account, Member: k.Olga, Level: access.UpdateLevel, At: s.Now()})
		})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Ours", "account": account})
		member := k.Create(t, k.Rita, "deal_member", record.Values{"deal": deal, "member": k.Olga})
		k.Create(t, k.Rita, "deal_member", record.Values{"deal": deal, "member": k.Max})
		k.Read(t, k.Ada, func(s *record.Session) error {
			shares, err := access.Shares(t.Context(), s.Tx(), object, account, s.Now())
			if len(shares) != 1 || shares[0].Level != access.UpdateLevel {
				t.Errorf("shares: %+v", shares)
			}
			return err
		})
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_member", member) })
		if !reads(t, k, k.Olga, "account", account) {
			t.Error("the share has gone with the team")
		}
		team := k.Create(t, k.Ada, "team", record.Values{"name": "Elsewhere"})
		update(t, k, k.Ada, "member", k.Max, record.Values{"team": team})
		if !reads(t, k, k.Max, "account", account) {
			t.Error("who changes teams loses the customer of his deal")
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Tx().Exec(t.Context(), `DELETE FROM {extra_access} WHERE member = $1`, k.Max)
			return err
		})
		if err := k.Workspace.OpenTeams(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !reads(t, k, k.Max, "account", account) {
			t.Error("a team of an older program does not read its customer")
		}
	})
}
