package exchange_test

import (
	"encoding/csv"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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

// mavenFiles are the files in the order in which they stand on one another, and
// what the wizard takes their columns for by itself. The form holds what a
// person adds.
var mavenFiles = []struct {
	object, file string
	rows         int
	guessed      string
	strange      []string // values that the wizard asks about
	form         url.Values
}{
	{"product", "products", 7, "name series price", nil, url.Values{"currency": {"USD"}}},
	{"account", "accounts", 85, "name industry founded turnover employees billing_address_country parent.name", nil, url.Values{"currency": {"USD"}}},
	{"member", "sales_teams", 35, "name manager.name region", []string{"Dustin Brinkmann", "Melvin Marxen", "Cara Losch", "Rocco Neubert", "Celia Rouche", "Summer Sewald"}, url.Values{"c.1": {"1"}}},
	{"deal", "sales_pipeline", 8800, "external_id owner.name lines.product.name account.name stage.name started_on close_date amount", []string{"GTXPro", "Engaging"},
		url.Values{"currency": {"USD"}, "incomplete": {"1"}, "c.4": {"1"}}},
}

// Four files of another program go through the wizard's forms as it reads them
// by itself, and the reports say the figures that a third program computed.
func TestMavenThroughTheWizard(t *testing.T) {
	t.Parallel()
	dir := maven(t)
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		for _, x := range mavenFiles {
			text, err := os.ReadFile(filepath.Join(dir, x.file+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			if x.object == "account" { // a misspelt country
				text = []byte(strings.ReplaceAll(string(text), "Philipines", "Philippines"))
			}
			path, id := uploaded(t, s, u, x.object, x.file+".csv", string(text))
			page := u.Get(path + "?step=match").Body
			if got := strings.Join(chosenPaths(page), " "); got != x.guessed {
				t.Errorf("%s: %s, want %s", x.file, got, x.guessed)
			}
			if got := strangeValues(page); strings.Join(slices.Sorted(maps.Keys(got)), ",") != strings.Join(slices.Sorted(slices.Values(x.strange)), ",") {
				t.Errorf("%s asks about %v", x.file, got)
			} else if field := got["GTXPro"]; field != "" {
				x.form.Set(field, "GTX Pro")
			}
			if a := u.Post(path+"/match", x.form, "HX-Request", "true"); a.Status != http.StatusOK {
				t.Fatalf("%s: %d %s", x.file, a.Status, words(a.Body))
			}
			if a := u.Post(path+"/begin", nil); a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", x.file, a.Status, words(a.Body))
			}
			if run := settled(t, s, id); run.State != exchange.Done || run.Created != x.rows || run.Failed != 0 {
				t.Fatalf("%s: %s %+v %+v", x.file, run.Error, run.Counts, run.Errors[:min(3, len(run.Errors))])
			}
		}
		sameAsReference(t, u, dir)
	})
}

var (
	fieldChoice = regexp.MustCompile(`(?s)<select[^>]* name="p\.\d+".*?</select>`)
	selected    = regexp.MustCompile(`<option value="([^"]*)" selected`)
	strangeRow  = regexp.MustCompile(`(?s)<span class="cut">([^<]*)</span>.*?name="(v\.[^"]*)"`)
)

// chosenPaths are what the columns go to, as the form has it.
func chosenPaths(page string) (paths []string) {
	for _, choice := range fieldChoice.FindAllString(page, -1) {
		paths = append(paths, selected.FindStringSubmatch(choice)[1])
	}
	return paths
}

// strangeValues leads from values that nothing is called to their fields of the
// form.
func strangeValues(page string) map[string]string {
	list := map[string]string{}
	_, form, _ := strings.Cut(page, `<form id="match"`)
	for _, m := range strangeRow.FindAllStringSubmatch(form, -1) {
		list[m[1]] = m[2]
	}
	return list
}

// figure is what the reference says of one group.
type figure struct {
	Won, Lost, Engaging, Prospecting int
	Revenue                          json.Number
	WinRate                          float64 `json:"win_rate"`
	AvgWon                           float64 `json:"avg_won"`
	AvgDaysWon                       float64 `json:"avg_days_won"`
}

// mavenReports lead from parts of the reference to reports, and to the column
// in which their figures begin.
var mavenReports = map[string]struct {
	name string
	at   int
}{
	"by_agent": {"deals-by-owner", 2}, "by_manager": {"deals-by-manager", 2}, "by_region": {"deals-by-region", 2}, "by_sector": {"deals-by-industry", 2},
	"by_account": {"deals-by-account", 2}, "by_parent_account": {"deals-by-parent-account", 2}, "by_close_month": {"deals-by-month", 2},
	"by_close_quarter": {"deals-by-quarter", 2}, "by_product": {"revenue-by-product", 1},
}

func sameAsReference(t *testing.T, u *webtest.User, dir string) {
	t.Helper()
	var want map[string]json.RawMessage
	text, err := os.ReadFile(filepath.Join(dir, "reference.json"))
	if err == nil {
		err = json.Unmarshal(text, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	for part, report := range mavenReports {
		var groups map[string]figure
		if err := json.Unmarshal(want[part], &groups); err != nil {
			t.Fatal(err)
		}
		rows := map[string][]string{}
		for _, r := range table(t, u, report.name)[1:] {
			rows[r[0]] = r
		}
		for group, f := range groups {
			group = groupLabel(group)
			if r := rows[group]; len(r) < report.at+7 || !f.same(r[report.at:]) {
				t.Errorf("%s: %s %q, want %+v of %q", report.name, group, r, f, slices.Collect(maps.Keys(rows)))
			}
		}
	}
	if a := u.Get("/reports/funnel"); !strings.Contains(words(a.Body), "4,238") {
		t.Errorf("the funnel: %s", words(a.Body))
	}
}

// groupLabel is what the reports call a group of the reference: months and
// quarters are words there.
func groupLabel(group string) string {
	if group == "(no account)" {
		return ""
	}
	if month, err := time.Parse("2006-01", group); err == nil {
		return month.Format("Jan 2006")
	}
	if year, quarter, ok := strings.Cut(group, "-Q"); ok && len(quarter) == 1 {
		return "Q" + quarter + " " + year
	}
	return group
}

// same compares won, lost, open, revenue, win rate, average and days.
func (f figure) same(cells []string) bool {
	return cells[0] == strconv.Itoa(f.Won) && cells[1] == strconv.Itoa(f.Lost) && cells[2] == strconv.Itoa(f.Engaging+f.Prospecting) &&
		(cells[3] == f.Revenue.String() || f.Won == 0 && cells[3] == "") && near(cells[4], f.WinRate, 1e-6) && near(cells[5], f.AvgWon, 0.0051) && near(cells[6], f.AvgDaysWon, 1e-4)
}

func near(cell string, want, by float64) bool {
	got, err := strconv.ParseFloat(cell, 64)
	return err == nil && math.Abs(got-want) <= by || cell == "" && want == 0
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
