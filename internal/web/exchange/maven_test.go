package exchange_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"wellmet/internal/exchange"
	"wellmet/internal/web/webtest"
)

// maven is the folder of the four files and their figures.
func maven(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		if at := filepath.Join(dir, "shared", "data", "maven-crm-sales"); present(at) {
			return at
		}
		dir = filepath.Dir(dir)
	}
	t.Skip("the folder shared/data/maven-crm-sales is not there")
	return ""
}

func present(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Four files of another program go through the wizard's forms, and the reports
// say the figures that a third program computed.
func TestMavenThroughTheWizard(t *testing.T) {
	t.Parallel()
	dir := maven(t)
	s := webtest.Open(t, pages)
	u := s.User(t, s.Ada)
	for _, x := range []struct {
		object, file string
		rows         int
		goes         map[string]string
		form         url.Values
	}{
		{"product", "products", 7, map[string]string{"product": "name", "series": "series", "sales_price": "price"}, url.Values{"currency": {"USD"}}},
		{"account", "accounts", 85, map[string]string{"account": "name", "sector": "industry", "year_established": "founded", "employees": "employees", "subsidiary_of": "parent.name", "revenue": "+", "office_location": "+"}, url.Values{}},
		{"member", "sales_teams", 35, map[string]string{"sales_agent": "name", "manager": "manager.name", "regional_office": "team.name"}, url.Values{"c.1": {"1"}, "c.2": {"1"}}},
		{"deal", "sales_pipeline", 8800, map[string]string{"opportunity_id": "external_id", "sales_agent": "owner.name", "product": "lines.product.name", "account": "account.name", "deal_stage": "stage.name",
			"engage_date": "started_on", "close_date": "close_date", "close_value": "amount"}, url.Values{"currency": {"USD"}, "incomplete": {"1"}}},
	} {
		text, err := os.ReadFile(filepath.Join(dir, x.file+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		path, id := uploaded(t, s, u, x.object, x.file+".csv", string(text))
		header, _, _ := strings.Cut(string(text), "\n")
		for i, name := range strings.Split(strings.Trim(header, "\r\n\ufeff"), ",") {
			if x.form.Set("p."+strconv.Itoa(i), x.goes[name]); x.goes[name] == "" {
				t.Fatalf("%s: no place for %q", x.file, name)
			}
		}
		look := u.Post(path+"/match", x.form, "HX-Request", "true")
		for part := range strings.SplitSeq(look.Body, `<fieldset class="strange">`) { // names that the file spells its own way
			for from, to := range map[string]string{"GTXPro": "GTX Pro", "Engaging": "Qualified"} {
				if _, rest, found := strings.Cut(part, `<span class="cut">`+from+`</span>`); found {
					_, rest, _ = strings.Cut(rest, `name="`)
					name, _, _ := strings.Cut(rest, `"`)
					x.form.Set(name, to)
				}
			}
		}
		u.Post(path+"/match", x.form, "HX-Request", "true")
		if a := u.Post(path+"/begin", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", x.file, a.Status, words(a.Body))
		}
		if run := settled(t, s, id); run.State != exchange.Done || run.Created != x.rows || run.Failed != 0 {
			t.Fatalf("%s: %s %+v %+v", x.file, run.Error, run.Counts, run.Errors[:min(3, len(run.Errors))])
		}
	}
	sameAsReference(t, u, dir)
}

func sameAsReference(t *testing.T, u *webtest.User, dir string) {
	t.Helper()
	var want struct {
		ByAgent map[string]struct{ Won, Lost, Revenue json.Number } `json:"by_agent"`
		ByMonth map[string]struct{ Won, Revenue json.Number }       `json:"by_close_month"`
	}
	text, err := os.ReadFile(filepath.Join(dir, "reference.json"))
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, u, "deals-by-owner")
	found := 0
	for _, r := range rows[1:] {
		if w, ok := want.ByAgent[r[0]]; ok {
			found++
			if r[2] != w.Won.String() || r[3] != w.Lost.String() || strings.TrimSuffix(r[5], ".00") != w.Revenue.String() {
				t.Errorf("%v, want %+v", r, w)
			}
		}
	}
	if found != len(want.ByAgent) {
		t.Errorf("%d of %d people", found, len(want.ByAgent))
	}
	if n := len(table(t, u, "deals-by-month")); n < len(want.ByMonth)+1 {
		t.Errorf("%d months", n)
	}
	if a := u.Get("/reports/funnel"); !strings.Contains(words(a.Body), "4,238") {
		t.Errorf("the funnel: %s", words(a.Body))
	}
}

// table is a report's file.
func table(t *testing.T, u *webtest.User, name string) [][]string {
	t.Helper()
	a := u.Get("/reports/" + name + "/csv")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%s: %d %v %s", name, a.Status, err, a.Body)
	}
	return rows
}
