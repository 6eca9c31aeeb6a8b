package sales_test

import (
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Whoever worked on the deal meanwhile keeps it; the lead stays converted, so
// that no second deal comes of it.
func TestAConversionWhoseDealIsWorkedOnStays(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for name, work := range map[string]func(deal value.ID) (act value.ID){
			"changed": func(deal value.ID) (act value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "500.00"})
					act = s.Act()
					return err
				})
				return act
			},
			"won": func(deal value.ID) (act value.ID) {
				k.Write(t, k.Rita, func(s *record.Session) error {
					_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
					act = s.Act()
					return err
				})
				return act
			},
		} {
			lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "company": "Acme " + name, "email": name + "@home.example"})
			c, act := convert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}})
			worked := work(c.Deal)
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
			if f, ok := fault.As(err); !ok || f.Kind != fault.Conflict || f.Key != "lead.conversion_touched" || f.Args["deal"] != "Acme "+name {
				t.Errorf("%s: %v", name, err)
			}
			expect(t, name, texts(t, k, "lead", lead, "status", "converted_deal"), "converted", c.Deal.String())
			if err := tryConvert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}}); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: converted again: %v", name, err)
			}
			takeBack(t, k, k.Rita, worked)
			takeBack(t, k, k.Rita, act)
			expect(t, name+" taken back", texts(t, k, "lead", lead, "status", "converted_deal"), "new", "")
		}
	})
}

// Who may not delete what he made takes it back whole a moment later, and not at
// all when the moment is over: never half of it.
func TestAConversionIsUndoneWhole(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		lead, call := anna(t, k)
		undo := func(by, act value.ID) error {
			return k.Try(t.Context(), by, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
		}
		_, act := convert(t, k, k.Max, lead, sales.Options{Deal: record.Values{}})
		takeBack(t, k, k.Max, act)
		expect(t, "lead", texts(t, k, "lead", lead, "status", "converted_deal"), "qualified", "")
		for _, object := range []string{"account", "contact", "deal"} {
			if got := named(t, k, object); len(got) != 0 {
				t.Errorf("left of the %s: %q", object, got)
			}
		}

		c, act := convert(t, k, k.Max, lead, sales.Options{Deal: record.Values{}})
		k.Pass(time.Hour)
		err := undo(k.Max, act)
		if f, ok := fault.As(err); !ok || f.Kind != fault.Forbidden || f.Key != "record.undo_undeletable" || f.Args["title"] == "" {
			t.Errorf("undone an hour later: %v", err)
		}
		expect(t, "lead", texts(t, k, "lead", lead, "status", "converted_deal"), "converted", c.Deal.String())
		if err := undo(k.Olga, act); !fault.Is(err, fault.NotFound) {
			t.Errorf("undone by a stranger: %v", err)
		}
		takeBack(t, k, k.Rita, act) // hers to delete
		expect(t, "call", texts(t, k, "activity", call, "about"), "lead:"+lead.String())

		// The customer whom others work with stays, and the lead with him.
		c, act = convert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}})
		update(t, k, k.Max, "contact", c.Contact, record.Values{"job_title": "采购"})
		if f, ok := fault.As(undo(k.Rita, act)); !ok || f.Kind != fault.Conflict || f.Key != "lead.customer_touched" || f.Args["title"] != "Anna Ek" {
			t.Errorf("undone though others work with the contact: %v", f)
		}
		expect(t, "lead", texts(t, k, "lead", lead, "status"), "converted")
	})
}

// What somebody gave away in many records at once comes back to him, though it is
// no longer his to change; an hour later, or changed since, it stays.
func TestWhatWasGivenAwayComesBack(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		var ids []value.ID
		for range 3 {
			ids = append(ids, k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"}))
		}
		give := func() (act value.ID) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				b := record.Batch{Object: "lead"}
				for _, id := range ids {
					b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{"owner": k.Olga}})
				}
				_, err := s.Save(t.Context(), b)
				act = s.Act()
				return err
			})
			return act
		}
		takeBack(t, k, k.Rita, give())
		expect(t, "lead", texts(t, k, "lead", ids[0], "owner"), k.Rita.String())

		act := give()
		update(t, k, k.Olga, "lead", ids[1], record.Values{"name": "Anna"})
		k.Write(t, k.Rita, func(s *record.Session) error {
			u, err := s.UndoAct(t.Context(), act)
			if err == nil && (u.Reverted != 2 || len(u.Kept) != 1 || u.Kept[0].ID != ids[1]) {
				t.Errorf("undo: %+v", u)
			}
			return err
		})
		expect(t, "what Olga works on", texts(t, k, "lead", ids[1], "owner", "name"), k.Olga.String(), "Anna")
		update(t, k, k.Olga, "lead", ids[1], record.Values{"owner": k.Rita})

		act = give()
		token := apptest.As(k.Rita)
		token.Scopes = []string{"accounts:write"}
		for _, who := range []record.Who{token, apptest.As(k.Rita)} {
			err := k.Workspace.Write(t.Context(), who, func(s *record.Session) error { _, err := s.UndoAct(t.Context(), act); return err })
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("undone with a token for accounts alone, or an hour later: %v", err)
			}
			k.Pass(time.Hour)
		}
		expect(t, "lead", texts(t, k, "lead", ids[0], "owner"), k.Olga.String())
	})
}
