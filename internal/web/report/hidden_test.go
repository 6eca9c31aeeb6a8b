package report_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// allBut gives reps all but one field, which they do not see or see masked.
func allBut(field, level string) string {
	return `{"objects": {"*": {"read": "all", "create": "all", "update": "all", "export": "all"}}, "fields": {"` + field + `": "` + level + `"}}`
}

// Attribution stands on amounts: who may not read these is told so at each door, and
// gives none away; whatever else is hidden, no report stumbles.
func TestAttributionOfHiddenAmounts(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		ads := s.Create(t, s.Ada, "lead_source", record.Values{"name": "Ads", "way": "campaign"})
		lead := s.Create(t, s.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		s.Create(t, s.Ada, "touch", record.Values{"lead": lead, "source": ads, "channel": "Banner", "campaign": "spring", "at": s.Now()})
		s.Write(t, s.Ada, func(x *record.Session) error {
			c, err := sales.Convert(t.Context(), x, lead, sales.Options{Deal: record.Values{"amount": "4321"}})
			if err == nil {
				_, err = sales.Win(t.Context(), x, c.Deal, 0, sales.Close{})
			}
			return err
		})
		var names []string
		var tiles []report.Tile
		for _, by := range []string{"lead", "channel", "campaign"} {
			for _, model := range []string{"", "-last", "-even"} {
				names = append(names, by+"-attribution"+model)
				tiles = append(tiles, report.Tile{Kind: report.TableTile, Of: by + "-attribution" + model, Width: 12})
			}
		}
		board := s.Create(t, s.Ada, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all", "layout": report.Layout{Tiles: tiles}.String()}).String()
		rita, ada := s.User(t, s.Rita), s.User(t, s.Ada)
		doors := func(i int, name string) []string {
			return []string{"/reports/" + name, "/reports/" + name + "/csv", "/reports/" + name + "/xlsx", "/reports/" + name + "/print", base + "/reports/" + name, base + "/reports/file/" + name + "?format=csv",
				fmt.Sprintf("%s/reports/dashboards/%s/%d", base, board, i), fmt.Sprintf("/dashboards/%s/tiles/%d", board, i)}
		}
		told := func(a webtest.Answer) bool {
			plain := strings.ReplaceAll(a.Words(), ",", "")
			return strings.Contains(plain, "4321") || strings.Contains(plain, "4.3k") || strings.Contains(plain, "2160.5") // half of it
		}
		for i, name := range names {
			for _, path := range doors(i, name) {
				if a := ada.Get(path); a.Status != 200 || !told(a) && !strings.Contains(path, "xlsx") {
					t.Errorf("%s for who may: %d %.300s", path, a.Status, a.Body)
				}
			}
		}
		for _, level := range []string{"none", "masked"} {
			rights(t, s, allBut("deal.amount", level))
			for i, name := range names {
				for _, path := range doors(i, name) {
					a := rita.Get(path)
					want := 403
					if strings.HasPrefix(path, "/dashboards/") { // a tile says it in its place
						want = 200
					}
					if a.Status != want || told(a) || !strings.Contains(a.Body, "asks for something that you may not read") || strings.Contains(a.Body, "no field") {
						t.Errorf("amounts %s, %s: %d %.500s", level, path, a.Status, a.Body)
					}
				}
			}
		}
		refused := 0
		for _, field := range []string{"deal.status", "deal.cycle_days", "deal.name", "lead.status", "lead.converted_deal", "lead.first_source", "lead.owner", "touch.source", "touch.channel", "touch.campaign",
			"touch.at", "touch.lead", "source_cost.amount", "source_cost.source", "source_cost.first_day", "lead_source.name", "lead_source.cost", "campaign.code", "campaign.name"} {
			rights(t, s, allBut(field, "none"))
			for i, name := range names {
				for _, path := range doors(i, name)[:7] {
					a := rita.Get(path)
					if a.Status == 403 {
						refused++
					}
					if a.Status != 200 && (a.Status != 403 || !strings.Contains(a.Body, "asks for something that you may not read")) {
						t.Errorf("%s hidden, %s: %d %.500s", field, path, a.Status, a.Body)
					}
				}
			}
		}
		if refused == 0 {
			t.Error("nothing is refused, whatever is hidden")
		}
	})
}

// Nobody learns by a tile whether a field is hidden from him or not there: on his own
// dashboard he is told of his own words, of another's that it is one or the other.
func TestTilesTellHiddenFromMissingNowhere(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		rights(t, s, allBut("deal.amount", "none"))
		of := func(field string) []report.Tile {
			return []report.Tile{{Kind: report.TableTile, Of: "deals-by-stage", Column: "", Filter: field + " = 7", Width: 6}, {Kind: report.NumberTile, Of: "new-deals-by-month", Column: "deals", Filter: field + " = 7", Width: 6},
				{Kind: report.ListTile, Of: "deals", Filter: field + " = 7", Width: 6}, {Kind: report.ListTile, Of: "deals", Column: "name, " + field, Width: 6}, {Kind: report.ListTile, Of: "deals", Sort: field, Width: 6}}
		}
		board := func(owner value.ID, field string) string {
			return s.Create(t, owner, report.Dashboards.Name, record.Values{"name": field, "visibility": "all", "layout": report.Layout{Tiles: of(field)}.String()}).String()
		}
		rita := s.User(t, s.Rita)
		list := rita.Get(base + "/deals?filter=" + url.QueryEscape("amount = 7"))
		for whose, owner := range map[string]value.ID{"her own": s.Rita, "another's": s.Ada} {
			hidden, missing := board(owner, "amount"), board(owner, "nosuchx")
			for n := range of("") {
				a, b := rita.Get(fmt.Sprintf("%s/reports/dashboards/%s/%d", base, hidden, n)), rita.Get(fmt.Sprintf("%s/reports/dashboards/%s/%d", base, missing, n))
				if want := map[bool]int{true: list.Status, false: 403}[owner == s.Rita]; a.Status != want || b.Status != want {
					t.Errorf("%s, tile %d: hidden %d %s, missing %d %s", whose, n, a.Status, a.Body, b.Status, b.Body)
				}
				if owner == s.Rita && keyOf(t, a.Body) != keyOf(t, b.Body) || owner == s.Ada && a.Body != b.Body {
					t.Errorf("%s, tile %d: hidden %s, missing %s", whose, n, a.Body, b.Body)
				}
				here, there := rita.Get(fmt.Sprintf("/dashboards/%s/tiles/%d", hidden, n)).Body, rita.Get(fmt.Sprintf("/dashboards/%s/tiles/%d", missing, n)).Body
				if got := strings.ReplaceAll(there, missing, hidden); owner == s.Ada && got != here {
					t.Errorf("%s, page of tile %d: hidden %s, missing %s", whose, n, here, got)
				}
			}
			if a := s.User(t, s.Ada).Get(fmt.Sprintf("%s/reports/dashboards/%s/2", base, missing)); a.Status != 422 || !strings.Contains(a.Body, "nosuchx") {
				t.Errorf("who sees everything is not told what is gone: %d %s", a.Status, a.Body)
			}
		}
	})
}

// keyOf is what a program tells a refusal by, whether a name was near or not.
func keyOf(t *testing.T, body string) string {
	t.Helper()
	var x struct{ Key string }
	if err := json.Unmarshal([]byte(body), &x); err != nil || x.Key == "" {
		t.Errorf("%v %s", err, body)
	}
	return strings.TrimSuffix(strings.TrimSuffix(x.Key, ".like"), "_near")
}
