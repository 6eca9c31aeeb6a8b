package api

import (
	"fmt"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/value"
)

// Figures that no filter lists name a path of which the API answers the records, page
// by page, to each caller those that he may read.
func TestRecordsBehindFiguresAnswer(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		d.open(t, "lead", access.Private)
		for i := range 3 {
			d.create(t, d.Rita, "leads", map[string]any{"name": fmt.Sprint("Ann ", i), "email": fmt.Sprint("ann", i, "@home.example"), "source": "web"})
		}
		d.create(t, d.Ada, "leads", map[string]any{"name": "Bo", "email": "bo@home.example", "source": "web"})
		path := func(row map[string]any, column string) string {
			behind, _ := row["behind"].(map[string]any)
			of, _ := behind[column].(map[string]any)
			text, _ := of["path"].(string)
			return text
		}
		for _, name := range []string{"leads-reached", "leads-reached-by-month", "lead-funnel", "lead-funnel-passed"} {
			for who, n := range map[value.ID]int{d.Ada: 4, d.Rita: 3} {
				row := d.call(t, who, GET, base+"/reports/"+name, nil).is(200).json()["rows"].([]any)[0].(map[string]any)
				at := path(row, "leads")
				if !strings.HasPrefix(at, "/reports/behind/"+name+"?") || row["leads"] != float64(n) {
					t.Fatalf("%s: %v", name, row)
				}
				seen, next := 0, ""
				for {
					page := d.call(t, who, GET, base+at+"&limit=2&fields=name"+next, nil).is(200).json()
					items := page["items"].([]any)
					if page["object"] != "lead" || page["count"] != float64(n) {
						t.Errorf("%s: %v", name, page)
					}
					for _, x := range items {
						if x.(map[string]any)["name"] == "Bo" && who != d.Ada {
							t.Errorf("%s shows Rita a lead of Ada's", name)
						}
					}
					seen += len(items)
					if page["next"] == nil {
						break
					}
					next = "&before=" + page["next"].(string)
				}
				if seen != n {
					t.Errorf("%s: %d leads listed, want %d", name, seen, n)
				}
			}
		}
		d.call(t, d.Ada, GET, base+"/reports/behind/lead-funnel", nil).problem(404, "report.no_figure")
		d.call(t, d.Ada, GET, base+"/reports/behind/pipeline?of=deals", nil).problem(404, "report.no_figure")
		d.call(t, d.Ada, GET, base+"/reports/behind/none?of=deals", nil).problem(404, "report.absent")
		d.call(t, d.Ada, GET, base+"/reports/behind/lead-funnel?of=x&limit=201", nil).problem(400, "api.limit")
		d.call(t, d.Ada, GET, base+"/reports/behind/leads-reached?of=x&as_of=2020-01-01", nil).problem(422, "report.no_past")
	})
}
