package report_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// Whatever a report groups by, nothing at all, Chinese names or what was deleted since,
// page, file, API and lists tell the same, and all lines come to all records.
func TestOddGroupsAgreeAtEachDoor(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		firm, twin, plain := s.Create(t, s.Rita, "account", record.Values{"name": `天津"泵业", 有限公司`}), s.Create(t, s.Rita, "account", record.Values{"name": "Twin"}), s.Create(t, s.Rita, "account", record.Values{"name": "Twin"})
		kept := s.Create(t, s.Ada, "record_type", record.Values{"name": "续约"})
		gone := s.Create(t, s.Ada, "record_type", record.Values{"name": "Gone"})
		for _, x := range []struct {
			account, kind value.ID
			step          any
		}{{firm, kept, "电话"}, {firm, gone, nil}, {twin, gone, "电话"}, {plain, gone, nil}, {plain, 0, "=1+1"}} {
			v := record.Values{"name": "Pumps", "account": x.account, "next_step": x.step}
			if x.kind != 0 {
				v["record_type"] = x.kind
			}
			s.Create(t, s.Rita, "deal", v)
		}
		s.Write(t, s.Ada, func(x *record.Session) error { return x.Delete(t.Context(), "record_type", gone) })
		w := &walker{t: t, User: s.User(t, s.Rita), counts: map[string]int64{}}
		for group, lines := range map[string]int{"next_step": 3, "account": 3, "record_type": 2, "account, record_type": 4, "record_type, next_step": 4, "close_date:month": 1, "lost_reason": 1, "contact": 1, "contact, account": 3, "account.industry": 1} {
			id := s.Create(t, s.Rita, "report", record.Values{"name": "按" + group, "object": "deal", "group": group}).String()
			groups := strings.Count(group, ",") + 1
			page, csv, answer := readPage(t, w.Get("/reports/"+id).Body).figures, readCSV(t, w.Get("/reports/"+id+"/csv").Body), w.answer(id)
			book := readBook(t, w.Get("/reports/"+id+"/xlsx").Body)
			if len(page.rows) != lines || len(csv) != lines+1 || len(book) != lines+1 || len(answer.Rows) != lines {
				t.Errorf("by %s: %d lines on the page, %d in a file, %d over the API, want %d", group, len(page.rows), len(csv)-1, len(answer.Rows), lines)
				continue
			}
			all := int64(0)
			for i, r := range page.rows {
				var names []string
				if err := json.Unmarshal(answer.Rows[i]["labels"], &names); err != nil {
					t.Fatal(err)
				}
				for g := range groups {
					here := strings.Replace(r[g].text, "None", "", 1)
					if csv := strings.TrimPrefix(csv[i+1][g], "'"); here != names[g] || csv != names[g] || strings.TrimPrefix(book[i+1][g], "'") != names[g] {
						t.Errorf("by %s: %q on the page, %q and %q in files, %q over the API", group, here, csv, book[i+1][g], names[g])
					}
				}
				n := w.count(r[groups].href)
				if all += n; r[groups].text != csv[i+1][groups] || r[groups].text != string(answer.Rows[i]["figure_1"]) || r[groups].text != strconv.FormatInt(n, 10) {
					t.Errorf("by %s, %v: %s on the page, %s in a file, %s over the API, %d listed", group, names, r[groups].text, csv[i+1][groups], answer.Rows[i]["figure_1"], n)
				}
			}
			if all != 5 || page.foot[1].text != "5" {
				t.Errorf("by %s: %d of 5 deals, %v in all", group, all, page.foot)
			}
		}
	})
}
