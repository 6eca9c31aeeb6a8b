package report_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// run answers a report as a member has it, in neutral text.
func run(t *testing.T, k *apptest.Kit, who value.ID, id value.ID, p report.Params) (text string, err error) {
	t.Helper()
	err = k.Try(t.Context(), who, func(s *record.Session) error {
		table, err := k.App.Reports().Run(t.Context(), s, id.String(), p)
		if err == nil {
			text = told(table)
		}
		return err
	})
	return text, err
}

func told(t *report.Table) string {
	var lines []string
	line := func(labels []string, r report.Row) {
		text := strings.Join(labels, "|") + ":"
		for i, m := range r.Values {
			text += " " + neutral(m)
			if len(r.Before) > 0 {
				text += "<" + neutral(r.Before[i])
			}
		}
		lines = append(lines, text)
	}
	for _, r := range t.Rows {
		line(r.Labels, r)
	}
	line([]string{"="}, *t.Total)
	return strings.Join(lines, "; ")
}

func neutral(m record.Measure) string {
	if m.Value == nil {
		return "-"
	}
	return schema.Neutral(m.Value)
}

func deals(t *testing.T, k *apptest.Kit) {
	t.Helper()
	for _, d := range []struct {
		name   string
		owner  value.ID
		amount string
		day    string
	}{{"a", k.Rita, "100", "2026-01-10"}, {"b", k.Rita, "50", "2026-02-10"}, {"c", k.Max, "30", "2026-02-11"}, {"d", k.Olga, "7", "2025-11-03"}, {"e", k.Rita, "20", "2025-02-20"}} {
		firm := k.Create(t, d.owner, "account", record.Values{"name": d.name})
		k.Create(t, d.owner, "deal", record.Values{"name": d.name, "account": firm, "amount": d.amount, "close_date": d.day})
	}
}

// A report is its owner's until he shows it; everybody has it with his own eyes.
func TestSavedReportsBelongToTheirOwners(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		deals(t, k)
		k.Write(t, k.Ada, func(s *record.Session) error {
			o, err := s.Object("deal")
			if err == nil {
				err = s.SetOpenness(t.Context(), o, access.Private)
			}
			return err
		})
		v := record.Values{"name": "By person", "object": "deals", "group": "owner.name", "measures": "count\nSum of amounts = sum:amount", "sort": "-sum:amount"}
		mine := k.Create(t, k.Rita, "report", v)
		if got, err := run(t, k, k.Rita, mine, report.Params{}); err != nil || !strings.Contains(got, "Rita: 3 170.00") {
			t.Errorf("%s, %v", got, err)
		}
		if _, err := run(t, k, k.Max, mine, report.Params{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("another's report: %v", err)
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "report", mine)
			if err == nil {
				_, err = s.Update(t.Context(), "report", mine, r.Version, record.Values{"visibility": "all"})
			}
			return err
		})
		if got, err := run(t, k, k.Olga, mine, report.Params{}); err != nil || strings.Contains(got, "Rita") || !strings.Contains(got, "Olga: 1 7.00") {
			t.Errorf("in Olga's eyes: %s, %v", got, err)
		}
		k.Read(t, k.Olga, func(s *record.Session) error {
			list, err := report.SavedSpecs(t.Context(), s)
			if err != nil || len(list) != 1 || list[0].Title != "By person" || list[0].Columns[1].Name != "sum_of_amounts" {
				t.Errorf("%+v, %v", list, err)
			}
			return nil
		})
		err := k.Try(t.Context(), k.Olga, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "report", mine, 2, record.Values{"name": "Olga's"})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("another's report is changed: %v", err)
		}
	})
}

// A team is meant with those below it, as in a forecast: who leads only teams reads
// what these did.
func TestATeamIsMeantWithThoseBelowIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		deals(t, k)
		for who, want := range map[value.ID]string{k.Bob: "Max: 1; Olga: 1; Rita: 3; =: 5", k.Rita: "Max: 1; Rita: 3; =: 4", k.Olga: "Olga: 1; =: 1"} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				spec := report.Spec{Name: "deals", Object: "deal", Group: []string{"owner.name"}, Columns: []report.Column{{Name: "count", Measure: "count"}}}
				x := report.Scope{Team: s.Roster().TeamOf(who)}
				table, err := k.App.Reports().RunSpec(t.Context(), s, spec, x.Params(s, spec, s.Schema().MustObject("deal")))
				if err != nil {
					return err
				}
				if got := told(table); got != want {
					t.Errorf("of the team of %d: %s, want %s", who, got, want)
				}
				return nil
			})
		}
	})
}

func TestSavedReportsAreChecked(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for want, v := range map[string]record.Values{
			"object":       {"object": "nothing"},
			"filter":       {"filter": `colour = "red"`},
			"group":        {"group": "colour"},
			"measures":     {"measures": "sum:name"},
			"sort":         {"sort": "-sum:amount"},
			"period_field": {"period_field": "name"},
			"period":       {"period": "next_decade"},
			"show":         {"show": "pie in the sky"},
			"limit":        {"limit": 0},
		} {
			values := record.Values{"name": "x", "object": "deal"}
			for field, x := range v {
				values[field] = x
			}
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "report", values)
				return err
			})
			if e, ok := fault.As(err); !ok || len(e.Fields) == 0 || e.Fields[0].Path != want {
				t.Errorf("%v: %v", v, err)
			}
		}
		for _, v := range []record.Values{{"compare": "previous"}, {"group": "stage, owner, source"}} {
			v["name"], v["object"] = "x", "deal"
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "report", v)
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%v: %v", v, err)
			}
		}
	})
}

func change(t *testing.T, k *apptest.Kit, changes ...schema.Change) {
	t.Helper()
	if _, err := k.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: k.Ada, Door: "page"}, changes, 0); err != nil {
		t.Fatal(err)
	}
}

// A report follows a field that gets another name, in every text; when the
// field goes, the report says so and counts nothing, least of all everything.
func TestSavedReportsFollowFields(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		set := func(name, kind string) json.RawMessage {
			return json.RawMessage(`{"name":"` + name + `","kind":"` + kind + `","labels":{"en":"X"}}`)
		}
		change(t, k, schema.Change{Op: schema.AddField, Object: "deal", Set: set("seats", "whole")}, schema.Change{Op: schema.AddField, Object: "deal", Set: set("rollout", "date")})
		firm := k.Create(t, k.Rita, "account", record.Values{"name": "A"})
		k.Create(t, k.Rita, "deal", record.Values{"name": "a", "account": firm, "seats": 5, "rollout": "2026-03-05", "close_date": "2026-03-01"})
		k.Create(t, k.Rita, "deal", record.Values{"name": "b", "account": firm, "seats": 1, "rollout": "2026-04-05", "close_date": "2026-03-01"})
		id := k.Create(t, k.Rita, "report", record.Values{"name": "Seats", "object": "deal", "filter": "seats > 2", "group": "rollout:month", "sort": "-sum:seats", "visibility": "all",
			"measures": "sum:seats\nDays = avg:rollout-close_date\nShare = rate{seats > 4 / rollout is not empty}", "period_field": "rollout", "period": "this_month"})
		board := func(name, tiles string) value.ID {
			return k.Create(t, k.Rita, "dashboard", record.Values{"name": name, "layout": `{"tiles":[` + tiles + `]}`})
		}
		mail := func(name, of string) {
			k.Create(t, k.Rita, "schedule", record.Values{"name": name, "of": of, "receivers": []value.ID{k.Rita}})
		}
		board("Shows it", `{"kind":"table","of":"`+id.String()+`","width":6}`)
		listing := board("Lists them", `{"kind":"list","of":"deals","column":"name,seats","width":6}`)
		other := board("Nothing of it", `{"kind":"list","of":"accounts","column":"name","width":6},{"kind":"table","of":"pipeline","width":6}`)
		mail("Every Monday", "report:"+id.String())
		mail("Every day", "dashboard:"+listing.String())
		mail("Another", "dashboard:"+other.String())
		want := "2026-03: 5 4 1; =: 5 4 1"
		if got, err := run(t, k, k.Rita, id, report.Params{}); err != nil || got != want {
			t.Errorf("%s, %v", got, err)
		}
		change(t, k, schema.Change{Op: schema.ChangeField, Object: "deal", Field: "seats", Set: json.RawMessage(`{"name":"places"}`)},
			schema.Change{Op: schema.ChangeField, Object: "deal", Field: "rollout", Set: json.RawMessage(`{"name":"starts_on"}`)})
		if got, err := run(t, k, k.Rita, id, report.Params{}); err != nil || got != want {
			t.Errorf("after the new names: %s, %v", got, err)
		}
		plan, err := k.Workspace.Engine().PlanSchema(t.Context(), record.Who{Member: k.Ada}, []schema.Change{{Op: schema.RemoveField, Object: "deal", Field: "places"}})
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]bool{}
		for _, e := range plan.Effects {
			for _, u := range e.Uses {
				told[u.Kind+" "+u.Name] = true
			}
		}
		uses := map[string]bool{"report Seats": true, "dashboard Shows it": true, "dashboard Lists them": true, "schedule Every Monday": true, "schedule Every day": true}
		if !reflect.DeepEqual(told, uses) {
			t.Errorf("what uses the field is %v, want %v", told, uses)
		}
		change(t, k, schema.Change{Op: schema.RemoveField, Object: "deal", Field: "places"})
		got, err := run(t, k, k.Rita, id, report.Params{})
		if e, ok := fault.As(err); !ok || e.Key != "report.broken" {
			t.Errorf("a report on a field that is gone: %s, %v", got, err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			spec, err := report.SavedSpec(t.Context(), s, id)
			if err != nil || spec.Problem == nil || spec.Filter != "" {
				t.Errorf("%+v, %v", spec, err)
			}
			return nil
		})
	})
}

// What a report asks for and its reader may not read is refused, not left out.
func TestSavedReportsTellNoSecrets(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		deals(t, k)
		id := k.Create(t, k.Ada, "report", record.Values{"name": "Rich", "object": "deal", "filter": "amount > 60", "visibility": "all"})
		k.Write(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "role", Filter: `key = "rep"`})
			if err != nil || len(page.Records) != 1 {
				t.Fatalf("%v, %v", page, err)
			}
			r := page.Records[0]
			full, err := s.Get(t.Context(), "role", r.ID)
			if err != nil {
				return err
			}
			text, _ := full.Field("permissions").(string)
			rights := map[string]any{}
			if err := json.Unmarshal([]byte(text), &rights); err != nil {
				return err
			}
			rights["fields"] = map[string]string{"deal.amount": "none"}
			out, _ := json.Marshal(rights)
			_, err = s.Update(t.Context(), "role", r.ID, full.Version, record.Values{"permissions": string(out)})
			return err
		})
		if got, err := run(t, k, k.Ada, id, report.Params{}); err != nil || got != "=: 1" {
			t.Errorf("%s, %v", got, err)
		}
		got, err := run(t, k, k.Rita, id, report.Params{})
		if e, ok := fault.As(err); !ok || e.Key != "report.hidden" {
			t.Errorf("%s, %v", got, err)
		}
	})
}

// Two periods stand beside each other, month against month; for each working
// day where that is asked.
func TestReportsCompare(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		deals(t, k)
		id := k.Create(t, k.Ada, "report", record.Values{"name": "Q", "object": "deal", "group": "close_date:month", "measures": "count\nsum:amount", "period_field": "close_date"})
		day := func(text string) value.Date {
			d, err := value.ParseDate(text)
			if err != nil {
				t.Fatal(err)
			}
			return d
		}
		for _, x := range []struct {
			p    report.Params
			want string
		}{
			{report.Params{From: day("2026-01-01"), To: day("2026-03-31"), Compare: report.PreviousPeriod},
				"2026-01: 1<- 100.00 EUR<-; 2026-02: 2<1 80.00 EUR<7.00 EUR; =: 3<1 180.00 EUR<7.00 EUR"},
			{report.Params{From: day("2026-01-01"), To: day("2026-02-28"), Compare: report.LastYear},
				"2026-01: 1<- 100.00 EUR<-; 2026-02: 2<1 80.00 EUR<20.00 EUR; =: 3<1 180.00 EUR<20.00 EUR"},
			{report.Params{From: day("2026-02-01"), To: day("2026-02-28"), Compare: report.PreviousPeriod, PerDay: true},
				"2026-02: 0.1<0.05 4.00 EUR<4.55 EUR; =: 0.1<0.05 4.00 EUR<4.55 EUR"},
			{report.Params{Compare: report.PreviousPeriod}, "2025-02: 1 20.00 EUR; 2025-11: 1 7.00 EUR; 2026-01: 1 100.00 EUR; 2026-02: 2 80.00 EUR; =: 5 207.00 EUR"},
		} {
			if got, err := run(t, k, k.Ada, id, x.p); err != nil || got != x.want {
				t.Errorf("%+v:\n got %s\nwant %s (%v)", x.p, got, x.want, err)
			}
		}
	})
}
