package dedupe_test

import (
	"bytes"
	"slices"
	"sync"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func merge(t *testing.T, k *apptest.Kit, by value.ID, x dedupe.Order) (m dedupe.Merged, err error) {
	t.Helper()
	err = k.Try(t.Context(), by, func(s *record.Session) error {
		m, err = dedupe.Merge(t.Context(), s, x)
		return err
	})
	return m, err
}

// field reads one value in somebody's name; "absent" when he cannot.
func field(t *testing.T, k *apptest.Kit, by value.ID, object string, id value.ID, name string) (text string) {
	t.Helper()
	k.Read(t, by, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if fault.Is(err, fault.NotFound) {
			text = "absent"
			return nil
		}
		if err == nil {
			text = schema.Neutral(r.Field(name))
		}
		return err
	})
	return text
}

func wants(t *testing.T, k *apptest.Kit, by value.ID, object string, id value.ID, name, want string) {
	t.Helper()
	if got := field(t, k, by, object, id, name); got != want {
		t.Errorf("%s.%s is %q, want %q", object, name, got, want)
	}
}

func undo(t *testing.T, k *apptest.Kit, by, act value.ID) (u *record.Undone) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) (err error) {
		u, err = s.UndoAct(t.Context(), act)
		return err
	})
	return u
}

func TestTwoAccountsBecomeOneAndTwoAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closedTo(t, k, "deal") // colleagues' deals are out of the merger's sight
		left := k.Create(t, k.Max, "account", record.Values{"name": "Acme", "phone": "+34 600 000 001", "tags": []string{"vip"}})
		right := k.Create(t, k.Max, "account", record.Values{"name": "ACME S.L.", "phone": "+34 600 000 002", "website": "https://acme.example",
			"tags": []string{"trade", "vip"}, "tax_id": "E-7"})
		child := k.Create(t, k.Max, "account", record.Values{"name": "Acme Norte", "parent": right})
		contact := k.Create(t, k.Max, "contact", record.Values{"name": "Ana", "account": right})
		deal := k.Create(t, k.Olga, "deal", record.Values{"name": "Hers", "account": right})
		note := k.Create(t, k.Max, "activity", record.Values{"kind": "note", "body": "x", "about": []schema.Ref{{Object: "account", ID: right}, {Object: "account", ID: left}}})
		var file record.File
		blob, err := k.Workspace.Engine().Upload(t.Context(), bytes.NewReader([]byte("hello")))
		if err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Max, func(s *record.Session) error {
			o, _ := s.Object("account")
			if file, err = s.Attach(t.Context(), "account", right, "a.txt", blob); err != nil {
				return err
			}
			return access.Share(t.Context(), s.Tx(), access.Grant{Object: o, Record: right, Member: k.Olga, Level: access.UpdateLevel, By: k.Max, At: s.Now()})
		})
		wants(t, k, k.Max, "deal", deal, "name", "absent")
		m, err := merge(t, k, k.Max, dedupe.Order{Object: "account", Winner: left, Loser: right, Picks: map[string]dedupe.Pick{"phone": dedupe.Right}})
		if err != nil || m.Running {
			t.Fatalf("%+v, %v", m, err)
		}
		wants(t, k, k.Max, "account", right, "name", "absent")
		wants(t, k, k.Max, "account", left, "name", "Acme")
		wants(t, k, k.Max, "account", left, "phone", "+34600000002")
		wants(t, k, k.Max, "account", left, "website", "https://acme.example")
		wants(t, k, k.Max, "account", left, "tax_id", "E-7")
		wants(t, k, k.Max, "account", left, "tags", "vip, trade")
		wants(t, k, k.Max, "account", child, "parent", left.String())
		wants(t, k, k.Max, "contact", contact, "account", left.String())
		wants(t, k, k.Olga, "deal", deal, "account", left.String())
		wants(t, k, k.Max, "activity", note, "about", "account:"+left.String())
		files := func(id value.ID) (n int) {
			k.Read(t, k.Max, func(s *record.Session) error {
				list, err := s.Files(t.Context(), "account", id)
				n = len(list)
				return err
			})
			return n
		}
		shares := func(id value.ID) (n int) {
			k.Read(t, k.Max, func(s *record.Session) error {
				o, _ := s.Object("account")
				list, err := access.Shares(t.Context(), s.Tx(), o, id, s.Now())
				n = len(list)
				return err
			})
			return n
		}
		leads := func(id value.ID) (to value.ID) {
			k.Read(t, k.Olga, func(s *record.Session) error {
				o, _ := s.Object("account")
				to, _, err = dedupe.Winner(t.Context(), s, o, id)
				return err
			})
			return to
		}
		if files(left) != 1 || shares(left) != 1 || leads(right) != left {
			t.Errorf("%d files, %d shares, leads to %v", files(left), shares(left), leads(right))
		}
		u := undo(t, k, k.Max, m.Act)
		if len(u.Kept) != 0 || u.Restored != 1 {
			t.Errorf("undo: %+v", u)
		}
		wants(t, k, k.Max, "account", right, "tax_id", "E-7")
		wants(t, k, k.Max, "account", left, "tax_id", "")
		wants(t, k, k.Max, "account", left, "phone", "+34600000001")
		wants(t, k, k.Max, "account", left, "tags", "vip")
		wants(t, k, k.Max, "account", child, "parent", right.String())
		wants(t, k, k.Max, "contact", contact, "account", right.String())
		wants(t, k, k.Olga, "deal", deal, "account", right.String())
		if files(left) != 0 || files(right) != 1 || shares(left) != 0 || shares(right) != 1 || leads(right) != 0 {
			t.Errorf("after undo: %d and %d files, %d and %d shares, leads to %v", files(left), files(right), shares(left), shares(right), leads(right))
		}
		if _, err := merge(t, k, k.Max, dedupe.Order{Object: "account", Winner: right, Loser: left}); err != nil {
			t.Errorf("the other way round: %v", err)
		}
		_ = file
	})
}

func closedTo(t *testing.T, k *apptest.Kit, objects ...string) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		for _, name := range objects {
			if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestWhoMayMerge(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		mine := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana"})
		team := k.Create(t, k.Max, "contact", record.Values{"name": "Ana"})
		far := k.Create(t, k.Olga, "contact", record.Values{"name": "Ana"})
		for _, c := range []struct {
			by, winner, loser value.ID
			kind              fault.Kind
		}{
			{k.Rita, mine, mine, fault.Invalid},
			{k.Rita, mine, 77, fault.NotFound},
			{k.Rita, 77, mine, fault.NotFound},
			{k.Rita, mine, team, fault.Forbidden}, // a rep deletes his own alone
			{k.Rita, far, mine, fault.Forbidden},  // and changes his team's
		} {
			if _, err := merge(t, k, c.by, dedupe.Order{Object: "contact", Winner: c.winner, Loser: c.loser}); !fault.Is(err, c.kind) {
				t.Errorf("%v into %v: %v", c.loser, c.winner, err)
			}
		}
		closedTo(t, k, "contact")
		if _, err := merge(t, k, k.Rita, dedupe.Order{Object: "contact", Winner: mine, Loser: far}); !fault.Is(err, fault.NotFound) {
			t.Errorf("one out of sight: %v", err)
		}
		for _, bad := range []dedupe.Order{
			{Object: "activity", Winner: mine, Loser: team}, {Object: "nothing", Winner: mine, Loser: team},
			{Object: "contact", Winner: mine, Loser: team, Picks: map[string]dedupe.Pick{"nothing": dedupe.Left}},
			{Object: "contact", Winner: mine, Loser: team, Picks: map[string]dedupe.Pick{"name": "middle"}},
			{Object: "contact", Winner: mine, Loser: team, Values: record.Values{"email": "no address"}},
		} {
			if _, err := merge(t, k, k.Bob, bad); err == nil {
				t.Errorf("%+v was merged", bad)
			}
		}
		if _, err := merge(t, k, k.Bob, dedupe.Order{Object: "contact", Winner: mine, Loser: far, Values: record.Values{"name": "Ana López"}}); err != nil {
			t.Errorf("a manager: %v", err)
		}
		wants(t, k, k.Rita, "contact", mine, "name", "Ana López")
	})
}

func TestAParentIsMergedIntoItsGrandchild(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		top := k.Create(t, k.Rita, "account", record.Values{"name": "Top"})
		old := k.Create(t, k.Rita, "account", record.Values{"name": "Old", "parent": top})
		mid := k.Create(t, k.Rita, "account", record.Values{"name": "Mid", "parent": old})
		low := k.Create(t, k.Rita, "account", record.Values{"name": "Low", "parent": mid})
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "account", Winner: low, Loser: old})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, k, k.Rita, "account", low, "parent", top.String())
		wants(t, k, k.Rita, "account", mid, "parent", low.String())
		undo(t, k, k.Rita, m.Act)
		wants(t, k, k.Rita, "account", low, "parent", mid.String())
		wants(t, k, k.Rita, "account", mid, "parent", old.String())
		m, err = merge(t, k, k.Rita, dedupe.Order{Object: "account", Winner: top, Loser: old})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, k, k.Rita, "account", top, "parent", "")
		wants(t, k, k.Rita, "account", mid, "parent", top.String())
		undo(t, k, k.Rita, m.Act)
		wants(t, k, k.Rita, "account", old, "parent", top.String())
	})
}

func TestTwoWhoMergeAtOnceMakeOne(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for range 5 {
			a := k.Create(t, k.Rita, "lead", record.Values{"name": "Ana"})
			b := k.Create(t, k.Rita, "lead", record.Values{"name": "Ana", "email": "ana@example.com"})
			var wg sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				x := dedupe.Order{Object: "lead", Winner: a, Loser: b}
				if i%2 == 1 {
					x.Winner, x.Loser = b, a
				}
				wg.Go(func() { _, errs[i] = merge(t, k, k.Bob, x) })
			}
			wg.Wait()
			made := 0
			for _, err := range errs {
				if err == nil {
					made++
				} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
					t.Errorf("refused by %v", err)
				}
			}
			left := slices.DeleteFunc([]value.ID{a, b}, func(id value.ID) bool { return field(t, k, k.Rita, "lead", id, "email") == "absent" })
			if made != 1 || len(left) != 1 {
				t.Fatalf("%d merges, %d leads left", made, len(left))
			}
			wants(t, k, k.Rita, "lead", left[0], "email", "ana@example.com")
		}
	})
}

func TestALargeMergeGoesOnByItself(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		left := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		right := k.Create(t, k.Rita, "account", record.Values{"name": "Acme", "tax_id": "X"})
		const deals = 2300
		for from := 0; from < deals; from += 1000 {
			b := record.Batch{Object: "deal"}
			for range min(1000, deals-from) {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "D", "account": right}})
			}
			k.Write(t, k.Rita, func(s *record.Session) error { _, err := s.Save(t.Context(), b); return err })
		}
		count := func(account value.ID) (n int64) {
			k.Read(t, k.Rita, func(s *record.Session) (err error) {
				n, _, err = s.Count(t.Context(), record.Query{Object: "deal", Filter: `account = "` + account.String() + `"`, Count: record.CountExact})
				return err
			})
			return n
		}
		began := time.Now()
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "account", Winner: left, Loser: right})
		t.Logf("first part %s", time.Since(began))
		if err != nil || !m.Running || count(left) != 1000 {
			t.Fatalf("%+v, %v, %d deals", m, err, count(left))
		}
		if _, err := merge(t, k, k.Bob, dedupe.Order{Object: "account", Winner: right, Loser: left}); !fault.Is(err, fault.Conflict) {
			t.Errorf("the other way round meanwhile: %v", err)
		}
		k.Drain(t)
		t.Logf("the whole %s", time.Since(began))
		if count(left) != deals {
			t.Errorf("%d deals", count(left))
		}
		wants(t, k, k.Rita, "account", right, "name", "absent")
		wants(t, k, k.Rita, "account", left, "tax_id", "X")
		if u := undo(t, k, k.Rita, m.Act); u.Run == nil {
			t.Errorf("undone at once: %+v", u)
		}
		k.Drain(t)
		if count(left) != 0 || count(right) != deals {
			t.Errorf("after undo %d and %d deals", count(left), count(right))
		}
		wants(t, k, k.Rita, "account", right, "tax_id", "X")
		wants(t, k, k.Rita, "account", left, "tax_id", "")
	})
}

func TestUniqueValuesComeAlongAndGoBack(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		a := k.Create(t, k.Rita, "lead", record.Values{"name": "Ana"})
		b := k.Create(t, k.Rita, "lead", record.Values{"name": "Ana B.", "external_id": "L-1", "description": "first"})
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "lead", Winner: a, Loser: b})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, k, k.Rita, "lead", a, "external_id", "L-1")
		k.Write(t, k.Rita, func(s *record.Session) error { // what was changed since stays
			_, err := s.Update(t.Context(), "lead", a, 0, record.Values{"description": "second"})
			return err
		})
		u := undo(t, k, k.Rita, m.Act)
		if len(u.Kept) != 1 || u.Kept[0].Field != "description" || u.Restored != 1 {
			t.Errorf("undo: %+v", u)
		}
		wants(t, k, k.Rita, "lead", a, "external_id", "")
		wants(t, k, k.Rita, "lead", a, "description", "second")
		wants(t, k, k.Rita, "lead", b, "external_id", "L-1")
	})
}

// Two deals become one that is worth what both were, to the cent; undo makes two
// of it again.
func TestDealsAreMerged(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "Ida"})
		var deals []value.ID
		for _, price := range []string{"33.33", "66.68"} {
			deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps " + price, "account": account})
			k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "description": "Pump", "unit_price": price, "discount": "0"})
			k.Create(t, k.Rita, "deal_contact", record.Values{"deal": deal, "contact": contact, "role": "champion"})
			deals = append(deals, deal)
		}
		left, right := deals[0], deals[1]
		if _, err := merge(t, k, k.Olga, dedupe.Order{Object: "deal", Winner: left, Loser: right}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("who may not change them: %v", err)
		}
		if _, err := merge(t, k, k.Rita, dedupe.Order{Object: "deal", Winner: left, Loser: left}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a deal with itself: %v", err)
		}
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "deal", Winner: left, Loser: right, Picks: map[string]dedupe.Pick{"name": dedupe.Right}})
		if err != nil {
			t.Fatal(err)
		}
		wants(t, k, k.Rita, "deal", left, "name", "Pumps 66.68")
		wants(t, k, k.Rita, "deal", left, "amount", "100.01 EUR")
		wants(t, k, k.Rita, "deal", right, "name", "absent")
		parts := func(object string, deal value.ID, want int64) {
			t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				n, _, err := s.Count(t.Context(), record.Query{Object: object, Filter: `deal = "` + deal.String() + `"`})
				if n != want {
					t.Errorf("%d of %s, want %d", n, object, want)
				}
				return err
			})
		}
		parts("deal_line", left, 2)
		parts("deal_contact", left, 1) // one person has one role
		undo(t, k, k.Rita, m.Act)
		wants(t, k, k.Rita, "deal", left, "amount", "33.33 EUR")
		wants(t, k, k.Rita, "deal", right, "amount", "66.68 EUR")
		parts("deal_line", right, 1)
		parts("deal_contact", right, 1)
	})
}

// Also where no field of the one that stays changes, its history tells of the
// merge, by the act that can be taken back.
func TestTheOneThatStaysTellsOfTheMerge(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		var made value.ID
		var left value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			out, err := s.Create(t.Context(), "contact", record.Values{"name": "Ana López"})
			left, made = out.ID, s.Act()
			return err
		})
		right := k.Create(t, k.Rita, "contact", record.Values{"name": "Ana L."})
		m, err := merge(t, k, k.Rita, dedupe.Order{Object: "contact", Winner: left, Loser: right})
		if err != nil || m.Act == 0 || m.Winner.Version != 2 {
			t.Fatalf("%+v, %v", m, err)
		}
		latest := func() (e record.Entry) {
			k.Read(t, k.Rita, func(s *record.Session) error {
				list, err := s.History(t.Context(), "contact", left, 0, 1)
				if err == nil {
					e = list[0]
				}
				items, _, err2 := activity.Timeline(t.Context(), s, "contact", left, activity.Filter{}, nil, 10)
				if err2 != nil || len(items) != 2 || items[0].Change == nil || items[0].Change.Took != right {
					t.Errorf("timeline %+v, %v", items, err2)
				}
				return err
			})
			return e
		}
		if e := latest(); e.Kind != "merge" || e.Act != m.Act || e.Took != right || e.TookTitle != "Ana L." || e.Undone || len(e.Changes) != 0 {
			t.Errorf("history %+v", e)
		}
		if u := undo(t, k, k.Rita, made); u.Deleted != 0 || len(u.Kept) != 1 || u.Kept[0].Act != m.Act { // something went into it since
			t.Errorf("undone to %+v", u)
		}
		wants(t, k, k.Rita, "contact", left, "name", "Ana López")
		if u := undo(t, k, k.Rita, m.Act); len(u.Kept) != 0 || u.Restored != 1 {
			t.Errorf("undo: %+v", u)
		}
		wants(t, k, k.Rita, "contact", right, "name", "Ana L.")
		if e := latest(); !e.Undone {
			t.Errorf("history %+v", e)
		}
	})
}
