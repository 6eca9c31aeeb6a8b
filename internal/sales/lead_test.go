package sales_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// refusedAt says that an error is about one field.
func refusedAt(err error, field string) bool {
	e, ok := fault.As(err)
	return ok && slices.ContainsFunc(e.Fields, func(f fault.Field) bool { return f.Path == field })
}

// only is the single record of an object with that value.
func only(t *testing.T, k *apptest.Kit, object, filter string) value.ID {
	t.Helper()
	var id value.ID
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: object, Filter: filter})
		if err == nil && len(page.Records) != 1 {
			t.Fatalf("%d of %s where %s", len(page.Records), object, filter)
		}
		if err == nil {
			id = page.Records[0].ID
		}
		return err
	})
	return id
}

// oldLead is a lead of Rita's from before anybody kept how leads came.
func oldLead(t *testing.T, k *apptest.Kit, v record.Values) (lead value.ID) {
	t.Helper()
	v["owner"] = k.Rita
	if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		out, err := s.Save(t.Context(), record.Batch{Object: "lead", Changes: []record.Change{{Values: v, At: k.Now(), By: k.Rita}}})
		if err == nil {
			lead = out[0].ID
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return lead
}

func TestALeadIsACompanyOrAPrivatePerson(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for mode, v := range map[string]record.Values{"company": {"company": "Acme"}, "person": {"phone": "+49 30 123456"}} {
			lead := k.Create(t, k.Rita, "lead", v)
			expect(t, "mode", texts(t, k, "lead", lead, "mode", "status"), mode, "new")
		}
		for field, v := range map[string]record.Values{"name": {"source": "web"}, "company": {"name": "Ann", "mode": "person", "company": "Acme"}} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "lead", v)
				return err
			})
			if !refusedAt(err, field) {
				t.Errorf("%v: %v, want a fault at %s", v, err, field)
			}
		}
		ann := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead_person", record.Values{"lead": ann, "name": "Bo"})
			return err
		})
		if !refusedAt(err, "lead") {
			t.Errorf("a private person got people: %v", err)
		}
	})
}

// A company with people is no private person, whoever says so; without them it may
// be one, and then nobody comes back.
func TestACompanyWithPeopleStaysOne(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		firm := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		bo := k.Create(t, k.Rita, "lead_person", record.Values{"lead": firm, "name": "Bo"})
		alone := k.Create(t, k.Rita, "lead", record.Values{"company": "Other"})
		private := record.Values{"mode": "person", "company": nil}
		set := func(by value.ID) error {
			return k.Try(t.Context(), by, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", firm, 0, private)
				return err
			})
		}
		for _, by := range []value.ID{k.Rita, k.Ada} {
			if err := set(by); !refusedAt(err, "mode") {
				t.Errorf("a company with people became a private person: %v", err)
			}
		}
		k.Write(t, k.Rita, func(s *record.Session) error { // many at once: each for itself
			out, err := s.Save(t.Context(), record.Batch{Object: "lead", PerRow: true, Changes: []record.Change{{ID: firm, Values: private}, {ID: alone, Values: private}}})
			if err == nil && (!refusedAt(out[0].Err, "mode") || out[1].Err != nil) {
				t.Errorf("outcomes %v", out)
			}
			return err
		})
		expect(t, "lead", texts(t, k, "lead", firm, "mode", "company"), "company", "Acme")
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "lead_person", bo) })
		if err := set(k.Rita); err != nil {
			t.Error(err)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "lead_person", bo) })
		if !refusedAt(err, "lead") {
			t.Errorf("a private person got people back: %v", err)
		}
	})
}

// Of two who add a person and call the company a private person at once, one is
// refused.
func TestPeopleAndPrivatePersonAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		for range 5 {
			firm := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme", "name": "Ann"})
			errs := make(chan error, 2)
			go func() {
				errs <- k.Try(t.Context(), k.Rita, func(s *record.Session) error {
					_, err := s.Create(t.Context(), "lead_person", record.Values{"lead": firm, "name": "Bo"})
					return err
				})
			}()
			go func() {
				errs <- k.Try(t.Context(), k.Bob, func(s *record.Session) error {
					_, err := s.Update(t.Context(), "lead", firm, 0, record.Values{"mode": "person", "company": nil})
					return err
				})
			}()
			first, second := <-errs, <-errs
			if (first == nil) == (second == nil) {
				t.Errorf("answers %v and %v", first, second)
			}
		}
	})
}

func TestAStageDecidesTheStatus(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		trying := k.Create(t, k.Ada, "lead_stage", record.Values{"name": "Trying to reach", "kind": "working", "position": int64(9)})
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		set := func(v record.Values) error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, v)
				return err
			})
		}
		if err := set(record.Values{"stage": trying}); err != nil {
			t.Fatal(err)
		}
		expect(t, "in a stage of its own", texts(t, k, "lead", lead, "status", "stage"), "working", trying.String())
		if err := set(record.Values{"status": "qualified"}); err != nil {
			t.Fatal(err)
		}
		expect(t, "by status", texts(t, k, "lead", lead, "stage"), only(t, k, "lead_stage", `kind = "qualified"`).String())
		lost := only(t, k, "lead_stage", `kind = "disqualified"`)
		if err := set(record.Values{"stage": lost}); !refusedAt(err, "lost_reason") {
			t.Errorf("disqualified without a reason: %v", err)
		}
		if err := set(record.Values{"stage": lost, "lost_reason": "no_budget"}); err != nil {
			t.Error(err)
		}
		err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead_stage", lost, 0, record.Values{"kind": "new"})
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a stage changed its kind under its leads: %v", err)
		}
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead_stage", record.Values{"name": "Mine", "kind": "new"})
			return err
		}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep made a stage: %v", err)
		}
	})
}

func TestTheChecklistComesBeforeQualifying(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		question := only(t, k, "lead_question", `name = "Are they interested in what we sell?"`)
		k.Read(t, k.Rita, func(s *record.Session) error {
			list, err := sales.Checklist(t.Context(), s, lead)
			if err == nil && (len(list) != 7 || list[0].Answer != "unknown" || list[6].Topic != "BANT") {
				t.Errorf("checklist %+v", list)
			}
			return err
		})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead_question", question, 0, record.Values{"required": true})
			return err
		})
		qualify := func() error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"status": "qualified"})
				return err
			})
		}
		answer := func(by value.ID, is string) error {
			return k.Try(t.Context(), by, func(s *record.Session) error {
				_, err := sales.Answer(t.Context(), s, lead, question, is, "said so")
				return err
			})
		}
		if err := qualify(); !refusedAt(err, "stage") {
			t.Errorf("qualified although nobody asked: %v", err)
		}
		if err := answer(k.Olga, "yes"); !fault.Is(err, fault.Forbidden) { // another team's lead
			t.Errorf("a rep of another team answered: %v", err)
		}
		for _, is := range []string{"no", "yes"} {
			if err := answer(k.Max, is); err != nil {
				t.Fatal(err)
			}
			if err := qualify(); (err == nil) != (is == "yes") {
				t.Errorf("answered %s: %v", is, err)
			}
		}
		only(t, k, "lead_answer", `lead = "`+lead.String()+`"`)
	})
}

func TestConvertMakesAContactOfEachPerson(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		there := k.Create(t, k.Rita, "contact", record.Values{"name": "Bo Ek", "email": "bo@acme.example"})
		lead := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		for i, v := range []record.Values{{"name": "Cara"}, {"email": "bo@acme.example"}} {
			v["lead"], v["position"] = lead, int64(i)
			k.Create(t, k.Rita, "lead_person", v)
		}
		c, _ := convert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}})
		if len(c.People) != 2 || c.People[1] != there || c.Contact != c.People[0] {
			t.Fatalf("people %v, contact %v; Bo is %v", c.People, c.Contact, there)
		}
		expect(t, "Cara", texts(t, k, "contact", c.People[0], "name", "account"), "Cara", c.Account.String())
		expect(t, "deal", texts(t, k, "deal", c.Deal, "contact"), c.People[0].String())
		expect(t, "person", texts(t, k, "lead_person", only(t, k, "lead_person", `name = "Cara"`), "contact"), c.People[0].String())
	})
}

func TestEveryWayInIsATouch(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		capture := func(a sales.Arrival) (c sales.Captured) {
			t.Helper()
			if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) (err error) {
				c, err = sales.Capture(t.Context(), s, a)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return c
		}
		ads := k.Create(t, k.Ada, "lead_source", record.Values{"name": "Spring ads", "way": "campaign", "cost": "500"})
		ann := record.Values{"name": "Ann", "email": "Ann@home.example"}
		first := capture(sales.Arrival{Values: ann, Touch: sales.Touch{Source: ads, Channel: "Banner"}})
		k.Pass(5 * time.Minute)
		again := capture(sales.Arrival{Values: record.Values{"email": "ann@home.example", "phone": "+49 30 555555"}, Touch: sales.Touch{Way: "phone"}})
		if !first.New || again.New || again.Lead != first.Lead {
			t.Fatalf("%+v, then %+v", first, again)
		}
		web := only(t, k, "lead_source", `way = "phone"`)
		expect(t, "lead", texts(t, k, "lead", first.Lead, "name", "phone", "source", "channel", "first_source", "last_source", "touch_count"),
			"Ann", "+4930555555", "campaign", "Banner", ads.String(), web.String(), "2")
		k.Pass(31 * time.Minute)
		if later := capture(sales.Arrival{Values: record.Values{"email": "ann@home.example"}, Touch: sales.Touch{Way: "web"}}); !later.New {
			t.Error("half an hour later the same person is not a lead of his own")
		}
		manual := k.Create(t, k.Rita, "lead", record.Values{"name": "Bo", "email": "bo@home.example", "source": "referral"})
		expect(t, "by hand", texts(t, k, "lead", manual, "touch_count", "first_source"), "1", only(t, k, "lead_source", `way = "referral"`).String())
		if bo := capture(sales.Arrival{Values: record.Values{"email": "bo@home.example"}, Touch: sales.Touch{Way: "web"}}); bo.Lead != manual {
			t.Error("a lead made by hand a moment ago was not found")
		}
		oldLead(t, k, record.Values{"name": "From nowhere"})
		checkSources(t, k, ads)
	})
}

// checkSources holds the report to what is known: totals are the list's.
func checkSources(t *testing.T, k *apptest.Kit, ads value.ID) {
	t.Helper()
	won := only(t, k, "lead", `first_source = "`+ads.String()+`"`)
	k.Write(t, k.Ada, func(s *record.Session) error {
		c, err := sales.Convert(t.Context(), s, won, sales.Options{Deal: record.Values{"amount": "900", "started_on": "2026-02-20"}})
		if err == nil {
			_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
		}
		return err
	})
	k.Read(t, k.Ada, func(s *record.Session) error {
		table, err := k.App.Reports().Run(t.Context(), s, "lead-attribution", report.Params{})
		if err != nil {
			return err
		}
		rows := map[string]report.Row{}
		for _, r := range table.Rows {
			rows[r.Labels[0]] = r
		}
		figure := func(r report.Row, name string) any { m, _ := table.Value(r, name); return m.Value }
		if r := rows["Spring ads"]; figure(r, "leads") != int64(1) || figure(r, "won") != int64(1) || figure(r, "won_revenue") != (value.Money{Minor: 90000, Currency: "EUR"}) ||
			figure(r, "cost") != (value.Money{Minor: 50000, Currency: "EUR"}) {
			t.Errorf("Spring ads: %+v", r)
		}
		if figure(*table.Total, "leads") != int64(4) || figure(rows[""], "leads") != int64(1) {
			t.Errorf("total %v, unknown %v", table.Total, rows[""])
		}
		return nil
	})
}

func TestTwoCapturesOfOnePersonAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
					v := record.Values{"name": "Ann", "email": "ann@home.example"}
					if i%2 == 0 {
						v["phone"] = "+49 30 555555"
					}
					_, err := sales.Capture(t.Context(), s, sales.Arrival{Values: v, Touch: sales.Touch{Way: "web"}})
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		expect(t, "one lead", texts(t, k, "lead", only(t, k, "lead", ""), "touch_count"), "8")
	})
}

func TestLeadsSwitchedOff(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann"})
		second := k.Create(t, k.Ada, "pipeline", record.Values{"name": "Direct", "uses_leads": false})
		k.Create(t, k.Ada, "stage", record.Values{"name": "Talk", "pipeline": second})
		if err := tryConvert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{"pipeline": second.String()}}); !refusedAt(err, "deal.pipeline") {
			t.Errorf("a lead became a deal in a pipeline without leads: %v", err)
		}
		for _, name := range []string{"Sales", "Private customers"} {
			k.Write(t, k.Ada, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "pipeline", only(t, k, "pipeline", `name = "`+name+`"`), 0, record.Values{"uses_leads": false})
				return err
			})
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Create(t.Context(), "lead", record.Values{"name": "Bo"})
			return err
		})
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("a lead was made although no pipeline uses leads: %v", err)
		}
	})
}
