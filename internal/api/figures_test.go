package api

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// follow lists by name the records behind a figure of a line, by its own filter or
// path as a program would, two a page.
func (d *door) follow(t *testing.T, who value.ID, row map[string]any, column string) string {
	t.Helper()
	behind, _ := row["behind"].(map[string]any)
	of, _ := behind[column].(map[string]any)
	var list []string
	if path, _ := of["path"].(string); path != "" {
		for next := ""; ; {
			page := d.call(t, who, GET, base+path+"&limit=2&fields=name"+next, nil).is(200).json()
			for _, x := range page["items"].([]any) {
				list = append(list, x.(map[string]any)["name"].(string))
			}
			if page["next"] == nil {
				break
			}
			next = "&before=" + page["next"].(string)
		}
	} else if filter, _ := of["filter"].(string); filter != "" {
		object := of["object"].(string)
		for _, x := range d.call(t, who, GET, base+"/"+object+"s?fields=name&filter="+url.QueryEscape(filter), nil).is(200).items() {
			list = append(list, x["name"].(string))
		}
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

// A program reads the funnel as it can be counted by hand, and lists the deals behind
// each figure.
func TestAFunnelIsCountedAndListedAlike(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		stages := map[string]string{}
		for _, x := range d.call(t, d.Rita, GET, base+"/stages", nil).is(200).items() {
			stages[x["name"].(string)] = x["id"].(string)
		}
		account := d.Create(t, d.Rita, "account", record.Values{"name": "Acme"})
		began := d.Now().AddDate(0, 0, -30)
		for name, way := range map[string][]string{"straight": {"Prospecting", "Qualified", "Won"}, "skips": {"Prospecting", "Proposal", "Lost"},
			"returns": {"Prospecting", "Qualified", "Prospecting"}, "begins": {"Qualified"}} {
			var steps []apptest.Step
			for i, stage := range way {
				v := record.Values{"stage": stages[stage]}
				if i == 0 {
					v["name"], v["account"] = name, account
				}
				if stage == "Lost" {
					v["lost_reason"] = "price"
				}
				steps = append(steps, apptest.Step{Day: 2 * i, Values: v})
			}
			d.Walk(t, "deal", d.Rita, began, steps...)
		}
		for name, want := range map[string]map[string]string{
			"funnel":                  {"Prospecting": "3 2 0 1 0 0.666667 2", "Qualified": "3 1 0 1 1 0.333333 2", "Proposal": "1 0 1 0 0 0 2", "Won": "1 0 0 1 0 <nil> <nil>"},
			"funnel-by-cohort-passed": {"Prospecting": "4 3 0 1 0 0.75 2", "Qualified": "4 2 0 1 1 0.5 2", "Proposal": "2 1 1 0 0 0.5 2", "Won": "1 0 0 1 0 <nil> <nil>"},
		} {
			table := d.call(t, d.Rita, GET, base+"/reports/"+name, nil).is(200).json()
			for _, x := range table["rows"].([]any) {
				row := x.(map[string]any)
				stage := row["labels"].([]any)[1].(string)
				if want[stage] == "" {
					continue
				}
				got := fmt.Sprint(row["entered"], row["advanced"], row["lost"], row["here"], row["back"], row["conversion"], row["avg_days"])
				if got = strings.Join(strings.Fields(strings.NewReplacer("<nil>", " <nil> ").Replace(got)), " "); got != want[stage] {
					t.Errorf("%s: %s is %s, want %s", name, stage, got, want[stage])
				}
				for _, figure := range []string{"entered", "advanced", "lost", "here", "back"} {
					if listed := len(strings.Fields(d.follow(t, d.Rita, row, figure))); fmt.Sprint(row[figure]) != fmt.Sprint(listed) {
						t.Errorf("%s: %v %s in %s, %d listed", name, row[figure], figure, stage, listed)
					}
				}
			}
		}
	})
}
