package api

import (
	"strings"
	"testing"
)

// Reports go out as files with names and plain figures, to each caller of the
// records that he may take out.
func TestReportsAsFiles(t *testing.T) {
	each(t, func(t *testing.T, d *door) {
		for who, amount := range map[string]string{"Rita": "500", "Ada": "7"} {
			by := d.Rita
			if who == "Ada" {
				by = d.Ada
			}
			account := d.create(t, by, "accounts", map[string]any{"name": who})
			d.create(t, by, "deals", map[string]any{"name": who, "account": account, "amount": amount, "close_date": "2026-03-20"})
		}
		saved := d.create(t, d.Ada, "saved_reports", map[string]any{"name": "Amounts/all", "object": "deal", "measures": "Money = sum:amount", "visibility": "all",
			"group": "account.name", "period_field": "close_date", "period": "this_year", "compare": "last_year"})
		file := base + "/reports/file/"
		csv := d.call(t, d.Ada, GET, file+saved, nil).is(200)
		if got := strings.ReplaceAll(string(csv.body), "\r", ""); got != "\ufeffAccount,Money,\"Money · Before\"\nAda,7,\nRita,500,\n" {
			t.Errorf("%q", got)
		}
		if name := csv.header.Get("Content-Disposition"); name != "attachment; filename=all.csv" {
			t.Errorf("it is called %s", name)
		}
		if book := d.call(t, d.Ada, GET, file+"pipeline?format=xlsx", nil).is(200); !strings.HasPrefix(string(book.body), "PK") || book.header.Get("Content-Type") != exportTypes["xlsx"] {
			t.Errorf("a workbook of %s", book.header.Get("Content-Type"))
		}
		if got := d.call(t, d.Ada, GET, file+saved+"?filter=amount+%3E+100", nil).is(200); strings.Contains(string(got.body), "Ada") {
			t.Errorf("narrowed: %s", got.body)
		}
		d.call(t, d.Ada, GET, file+"pipeline?format=pdf", nil).problem(400, "api.bad_parameter")
		d.call(t, d.Ada, GET, file+"none", nil).problem(404, "report.absent")
		d.call(t, d.Ada, GET, file+"pipeline?filter=nosuch", nil).is(422)

		d.role(t, d.Rita, `{"objects": {"*": {"read": "all", "export": "own"}}}`)
		if got := d.call(t, d.Rita, GET, file+saved, nil).is(200); strings.Contains(string(got.body), "Ada") || !strings.Contains(string(got.body), "Rita,500") {
			t.Errorf("of her own: %s", got.body)
		}
		d.call(t, d.Rita, GET, file+"efficiency", nil).problem(403, "export.not_allowed")
		d.role(t, d.Rita, `{"objects": {"*": {"read": "all", "export": "none"}}}`)
		d.call(t, d.Rita, GET, base+"/reports/"+saved, nil).is(200)
		d.call(t, d.Rita, GET, file+saved, nil).problem(403, "export.not_allowed")
	})
}
