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
