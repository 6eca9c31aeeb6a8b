package sales_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// What sources and campaigns brought and cost, by the first touch, by the last and by
// all of them, can be counted by hand, and adds up to the leads of the period.
func TestAttributionTellsWhatIsCountedByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		from := k.PlantCampaigns(t).From
		// leads, members, qualified, deals, amount, won, won revenue, days to win, cost, cost per lead, return
		const none = "2 - 1 1 40.00_EUR 1 40.00_EUR 7 - - -"
		for name, want := range map[string]map[string]string{
			"lead-attribution": {"Ads": "3 3 2 2 300.00_EUR 2 300.00_EUR 10 60.00_EUR 20.00_EUR 4", "Fair": "1 3 1 0 - 0 - - 90.00_EUR 90.00_EUR -1", "": none},
			"lead-attribution-last": {"Ads": "1 3 0 0 - 0 - - 60.00_EUR 60.00_EUR -1",
				"Fair": "3 3 3 2 300.00_EUR 2 300.00_EUR 10 90.00_EUR 30.00_EUR 2.333333", "": none},
			"lead-attribution-even": {"Ads": "2.17 3 1.17 1.17 183.34_EUR 1.17 183.34_EUR 10.7143 60.00_EUR 27.65_EUR 2.055667",
				"Fair": "1.83 3 1.83 0.83 116.66_EUR 0.83 116.66_EUR 9 90.00_EUR 49.18_EUR 0.296222", "": none},
			"campaign-attribution": {"Spring": "2 3 1 1 100.00_EUR 1 100.00_EUR 5 60.00_EUR 30.00_EUR 0.666667", "Autumn": "2 3 2 1 200.00_EUR 1 200.00_EUR 15 90.00_EUR 45.00_EUR 1.222222", "": none},
			"campaign-attribution-last": {"Spring": "1 3 0 0 - 0 - - 60.00_EUR 60.00_EUR -1", "Autumn": "2 3 2 1 100.00_EUR 1 100.00_EUR 5 90.00_EUR 45.00_EUR 0.111111",
				"": "3 - 2 2 240.00_EUR 2 240.00_EUR 11 - - -"},
			"campaign-attribution-even": {"Spring": "1.83 3 0.83 0.83 116.67_EUR 0.83 116.67_EUR 9 60.00_EUR 32.79_EUR 0.9445", "Autumn": "1.84 3 1.84 0.84 116.67_EUR 0.84 116.67_EUR 9 90.00_EUR 48.91_EUR 0.296333",
				"": "2.33 - 1.33 1.33 106.66_EUR 1.33 106.66_EUR 9 - - -"},
		} {
			p := report.Params{From: from}
			table, _ := reported(t, k, k.Ada, name, p)
			lines, sums := map[string]string{}, map[string]decimal.Decimal{}
			for _, r := range table.Rows {
				lines[r.Labels[0]] = figuresOf(r)
				addAll(sums, table, r)
				listsWhole(t, k, k.Ada, table, r)
			}
			for label, line := range want {
				equal(t, name+": "+label, lines[label], line)
			}
			equal(t, name+" in all", figuresOf(*table.Total), "6 4 4 3 340.00_EUR 3 340.00_EUR 9 150.00_EUR 25.00_EUR 1.266667")
			equal(t, name+" adds up", fmt.Sprint(sums["leads"], sums["qualified"], sums["deals"], sums["amount"], sums["won"], sums["won_revenue"], sums["cost"]), "6 4 3 340 3 340 150")
			if len(table.Rows) != 3 || len(table.Notes) != 0 {
				t.Errorf("%s: %d lines, %+v", name, len(table.Rows), table.Notes)
			}
			listsWhole(t, k, k.Ada, table, *table.Total)
		}
		table, rows := reported(t, k, k.Ada, "campaign-attribution", report.Params{})
		equal(t, "the earlier lead, too", shownAll(table, rows["[Spring]"], "leads", "cost"), "3 60.00 EUR")
		for figure, want := range map[string]string{"leads": "Ann Bo Di Early", "members": "Ann Bo Di Early", "qualified": "Ann Bo"} {
			equal(t, "who has a part in Spring: "+figure, namedBy(t, k, "campaign-attribution-even", "Spring", figure), want)
		}
		equal(t, "last by Autumn", namedBy(t, k, "campaign-attribution-last", "Autumn", "leads"), "Ann Cy")
		equal(t, "by nothing known", namedBy(t, k, "campaign-attribution-last", "", "leads"), "Bo Eve 天津")
	})
}

// namedBy are the names of the leads behind a figure of a line, in their order.
func namedBy(t *testing.T, k *apptest.Kit, name, label, column string) string {
	t.Helper()
	table, rows := reported(t, k, k.Ada, name, report.Params{})
	b, _ := table.BehindOf(rows["["+label+"]"], slices.IndexFunc(table.Columns, func(c report.Column) bool { return c.Name == column }))
	var list []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: b.Object, Filter: b.Filter}, func(r *record.Record) error {
			list = append(list, r.Title())
			return nil
		})
	})
	slices.Sort(list)
	return strings.Join(list, " ")
}

// Who may not know costs, sees a part of the leads or asks for a part is told no
// figure that follows from costs, on no line, and in words why; all else stays.
func TestCostsStayWithWhoMayKnowThem(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.PlantCampaigns(t)
		idle := k.Create(t, k.Ada, "campaign", record.Values{"name": "Secret"})
		k.Create(t, k.Ada, "source_cost", record.Values{"name": "Nobody came", "campaign": idle, "amount": "777.13", "first_day": "2026-04-01"})
		told := func(who value.ID, p report.Params, leads, words string) {
			t.Helper()
			for _, name := range []string{"lead-attribution", "lead-attribution-even", "channel-attribution-last", "campaign-attribution", "campaign-attribution-even"} {
				table, rows := reported(t, k, who, name, p)
				for _, r := range append(table.Rows, *table.Total) {
					equal(t, name+fmt.Sprint(r.Labels), shownAll(table, r, "cost", "cost_per_lead", "return"), "<nil> <nil> <nil>")
				}
				if _, leaks := rows["[Secret]"]; leaks {
					t.Errorf("%s names what only costs tell", name)
				}
				equal(t, name, shown(table, *table.Total, "leads"), leads)
				if text := string(table.AppendJSON(nil)); len(table.Notes) != 1 || !strings.Contains(table.Notes[0].Text, words) || strings.Contains(text, "777.") {
					t.Errorf("%s: %s", name, text)
				}
			}
		}
		table, rows := reported(t, k, k.Ada, "campaign-attribution", report.Params{})
		equal(t, "who may know", shownAll(table, rows["[Secret]"], "leads", "cost")+" "+shown(table, *table.Total, "cost"), "0 777.13 EUR 927.13 EUR")
		told(k.Ada, report.Params{Filter: `name != "Ann"`}, "6", "the list is narrowed")
		k.Mask(t, "source_cost.amount")
		told(k.Rita, report.Params{}, "7", "you may not see what was spent")
		k.Mask(t, "lead_source.cost")
		k.Write(t, k.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("lead"), access.Private)
		})
		rep := `{"objects": {"*": {"read": "all"}, "lead": {"read": "own"}}}`
		k.Write(t, k.Ada, func(s *record.Session) error {
			id, _ := s.Roster().Role(access.RepRole)
			_, err := s.Update(t.Context(), "role", id, 0, record.Values{"permissions": rep})
			return err
		})
		told(k.Max, report.Params{}, "0", "you see a part of them")
	})
}
