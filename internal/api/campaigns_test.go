package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

var broughtColumns = []string{"leads", "members", "qualified", "deals", "amount", "won", "won_revenue", "cost"}

// broughtFigure is a figure of a report's answer as plain text, "-" for none.
func broughtFigure(row map[string]any, column string) string {
	switch v := row[column].(type) {
	case nil:
		return "-"
	case map[string]any:
		if in, ok := v["base"].(map[string]any); ok {
			v = in
		}
		return fmt.Sprint(v["amount"])
	default:
		return fmt.Sprint(v)
	}
}

// brought are the lines of a report of attribution by what heads them, "all" for the
// total; each whole figure is held against the list behind it, and all lines add up.
func (d *door) brought(t testing.TB, who value.ID, name string, from value.Date) (lines map[string]string, table map[string]any) {
	t.Helper()
	table = d.call(t, who, GET, base+"/reports/"+name+"?from="+from.String(), nil).is(200).json()
	lines, sums := map[string]string{}, map[string]decimal.Decimal{}
	rows := append(table["rows"].([]any), table["total"])
	for i, x := range rows {
		row, label := x.(map[string]any), "all"
		if i < len(rows)-1 {
			label, _ = row["labels"].([]any)[0].(string)
		}
		texts := make([]string, len(broughtColumns))
		for j, c := range broughtColumns {
			texts[j] = broughtFigure(row, c)
			if n, err := decimal.NewFromString(texts[j]); err == nil && label != "all" {
				sums[c] = sums[c].Add(n)
			}
			if n, err := decimal.NewFromString(texts[j]); err == nil && label == "all" && c != "members" && !n.Equal(sums[c]) {
				t.Errorf("%s: lines have %s %s of %s", name, sums[c], c, n)
			}
		}
		counts := []string{"leads", "members", "qualified", "deals", "won"}
		if strings.HasSuffix(name, "-even") && label != "all" { // behind parts stand all that have one
			counts = []string{"members"}
		}
		d.listedBehind(t, who, name+" "+label, row, counts)
		lines[label] = strings.Join(texts, " ")
	}
	return lines, table
}

// listedBehind holds counts of a line against the list behind it.
func (d *door) listedBehind(t testing.TB, who value.ID, what string, row map[string]any, counts []string) {
	t.Helper()
	behind, _ := row["behind"].(map[string]any)
	for _, c := range counts {
		n, whole := row[c].(float64)
		of, _ := behind[c].(map[string]any)
		filter, _ := of["filter"].(string)
		if !whole || filter == "" {
			continue
		}
		if listed := len(d.call(t, who, GET, fmt.Sprintf("%s/%vs?filter=%s", base, of["object"], url.QueryEscape(filter)), nil).is(200).items()); float64(listed) != n {
			t.Errorf("%s: %v %s, %d listed", what, n, c, listed)
		}
	}
}

// A program reads what campaigns brought and cost by the first touch, by the last and
// by all of them, as it can be counted by hand, and every line adds up to the leads of
// the period; so it does after a lead was given up, another deleted with its campaign
// gone, and a deal thrown away.
func TestCampaignsOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		x := d.PlantCampaigns(t)
		is := func(when string, want map[string]map[string]string) {
			t.Helper()
			for name, lines := range want {
				got, _ := d.brought(t, d.Ada, name, x.From)
				for label, line := range lines {
					if got[label] != line {
						t.Errorf("%s: %s: %s: %s, want %s", when, name, label, got[label], line)
					}
				}
				if len(got) != len(lines) {
					t.Errorf("%s: %s: lines %v", when, name, got)
				}
			}
		}
		// leads, members, qualified, deals, amount, won, won revenue, cost
		const none, all = "2 - 1 1 40.00 1 40.00 -", "6 4 4 3 340.00 3 340.00 150.00"
		is("planted", map[string]map[string]string{
			"campaign-attribution":      {"Spring": "2 3 1 1 100.00 1 100.00 60.00", "Autumn": "2 3 2 1 200.00 1 200.00 90.00", "": none, "all": all},
			"campaign-attribution-last": {"Spring": "1 3 0 0 - 0 - 60.00", "Autumn": "2 3 2 1 100.00 1 100.00 90.00", "": "3 - 2 2 240.00 2 240.00 -", "all": all},
			"campaign-attribution-even": {"Spring": "1.83 3 0.83 0.83 116.67 0.83 116.67 60.00", "Autumn": "1.84 3 1.84 0.84 116.67 0.84 116.67 90.00", "": "2.33 - 1.33 1.33 106.66 1.33 106.66 -", "all": all},
			"lead-attribution":          {"Ads": "3 3 2 2 300.00 2 300.00 60.00", "Fair": "1 3 1 0 - 0 - 90.00", "": none, "all": all},
		})
		d.call(t, d.Rita, PATCH, base+"/leads/"+x.Leads["Di"].String(), map[string]any{"status": "disqualified", "lost_reason": "no_budget"}).is(200)
		d.call(t, d.Ada, DELETE, base+"/leads/"+x.Leads["Cy"].String(), nil).is(204)
		d.call(t, d.Ada, DELETE, base+"/campaigns/"+x.Campaigns["Spring"].String(), nil).is(204)
		const left = "5 3 3 3 340.00 3 340.00 150.00"
		is("a lead given up, one deleted and a campaign gone", map[string]map[string]string{
			// Its touches still call it by its code; its cost is of nothing known.
			"campaign-attribution":      {"Spring-26": "2 3 1 1 100.00 1 100.00 -", "Autumn": "1 2 1 1 200.00 1 200.00 90.00", "": "2 - 1 1 40.00 1 40.00 60.00", "all": left},
			"campaign-attribution-last": {"Spring-26": "1 3 0 0 - 0 - -", "Autumn": "1 2 1 1 100.00 1 100.00 90.00", "": "3 - 2 2 240.00 2 240.00 60.00", "all": left},
			"campaign-attribution-even": {"Spring-26": "1.83 3 0.83 0.83 116.67 0.83 116.67 -", "Autumn": "0.84 2 0.84 0.84 116.67 0.84 116.67 90.00", "": "2.33 - 1.33 1.33 106.66 1.33 106.66 60.00", "all": left},
		})
		for _, deal := range d.call(t, d.Ada, GET, base+"/deals?filter="+url.QueryEscape("amount = 200"), nil).is(200).items() {
			d.call(t, d.Ada, DELETE, base+"/deals/"+deal["id"].(string), nil).is(204)
		}
		const fewer = "5 3 3 2 140.00 2 140.00 150.00"
		is("a deal thrown away", map[string]map[string]string{
			"campaign-attribution":      {"Spring-26": "2 3 1 1 100.00 1 100.00 -", "Autumn": "1 2 1 0 - 0 - 90.00", "": "2 - 1 1 40.00 1 40.00 60.00", "all": fewer},
			"campaign-attribution-even": {"Spring-26": "1.83 3 0.83 0.5 50.00 0.5 50.00 -", "Autumn": "0.84 2 0.84 0.5 50.00 0.5 50.00 90.00", "": "2.33 - 1.33 1 40.00 1 40.00 60.00", "all": fewer},
		})
	})
}

// Who may not see costs reads everything else, and why that is not told.
func TestCampaignsWithoutCostsOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		x := d.PlantCampaigns(t)
		d.Mask(t, "source_cost.amount")
		for _, name := range []string{"campaign-attribution", "campaign-attribution-even", "lead-attribution-last"} {
			got, table := d.brought(t, d.Rita, name, x.From)
			if got["all"] != "6 4 4 3 340.00 3 340.00 -" {
				t.Errorf("%s: %v", name, got)
			}
			for label, line := range got {
				if !strings.HasSuffix(line, " -") {
					t.Errorf("%s: %q tells costs: %s", name, label, line)
				}
			}
			if text := fmt.Sprint(table); !strings.Contains(text, "you may not see what was spent") || strings.Contains(text, "60.00") || strings.Contains(text, "90.00") {
				t.Errorf("%s: %s", name, text)
			}
			if ada, _ := d.brought(t, d.Ada, name, x.From); !strings.HasSuffix(ada["all"], " 150.00") {
				t.Errorf("%s: who may: %v", name, ada)
			}
		}
	})
}
