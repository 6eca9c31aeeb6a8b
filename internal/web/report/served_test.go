package report_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/api"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/web/webtest"
)

const base = "/api/v1"

// both answers pages and the API at one address, as a server does.
func both(ctx context.Context, a *app.App) (http.Handler, error) {
	site, err := pages(ctx, a)
	x := http.NewServeMux()
	x.Handle("/api/", api.New(api.Needs{App: a}))
	x.Handle("/", site)
	return x, err
}

// walker asks for reports in somebody's name.
type walker struct {
	*webtest.User
	t      *testing.T
	specs  []report.Spec
	owners map[string]string // by report: the path to whose records they are
	counts map[string]int64  // of lists that were asked for
	// narrowed is the filter of a scope over what belongs to the path of an owner.
	narrowed func(x report.Scope, owner string) string
}

func (w *walker) answer(name string) told {
	w.t.Helper()
	var x told
	a := w.Get(base + "/reports/" + name)
	if err := json.Unmarshal([]byte(a.Body), &x); err != nil || a.Status != 200 {
		w.t.Fatalf("%s: %d %s", name, a.Status, a.Body)
	}
	return x
}

// Every ready report answers over the API and on its page with the same figures, as
// files too; charts show what tables say, totals what rows add up to, and figures
// lead to as many records as they say.
func TestReadyReportsAreServed(t *testing.T) {
	t.Parallel()
	webtest.EachSample(t, both, func(t *testing.T, s *webtest.Site, d *app.Demo) {
		w := &walker{t: t, counts: map[string]int64{}, User: s.UserOf(t, d.SignIns[2].Email)}
		err := s.Workspace.Read(t.Context(), record.AsSystem("test"), func(x *record.Session) error { w.specs = s.App.Reports().Specs(x); return nil })
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range w.specs {
			x := w.answer(spec.Name)
			p := readPage(t, w.Get("/reports/"+spec.Name).Body)
			w.filled(spec, x, p)
			w.files(spec, x, p)
			w.adds(spec, x)
			w.leads(spec, x, p)
		}
		if len(w.specs) < 90 || len(w.counts) < 500 {
			t.Errorf("%d reports led to %d lists", len(w.specs), len(w.counts))
		}
	})
}

// ownPage are the reports whose address has another page, of one pipeline or of two
// days, with tests of its own.
var ownPage = map[string]bool{"funnel": true, "changes": true}

// emptyBecause are the reports that have no rows of the sample company, with what
// their page says.
var emptyBecause = map[string]string{
	"prediction-quality": "learnt from every night", "prediction-calibration": "learnt from every night",
	// Deals alone are led by a process.
	"adherence-of-leads": "No records", "adherence-of-cases": "No records",
}

func (w *walker) filled(spec report.Spec, x told, p shown) {
	w.t.Helper()
	why, empty := emptyBecause[spec.Name]
	if empty != (len(x.Rows) == 0 && len(x.Groups) > 0) || !strings.Contains(p.words, why) {
		w.t.Errorf("%s has %d rows and says %q", spec.Name, len(x.Rows), p.words)
	}
}

// files holds the files against the answer, and the page against the files.
func (w *walker) files(spec report.Spec, x told, p shown) {
	w.t.Helper()
	at := base + "/reports/file/" + spec.Name
	lines, book := readCSV(w.t, w.Get(at).Body), readBook(w.t, w.Get(at+"?format=xlsx").Body)
	if slices.Contains(lines[0], "Group") {
		w.t.Errorf("%s: a column is called as any: %q", spec.Name, lines[0])
	}
	if len(book) != len(lines) {
		w.t.Errorf("%s: %d lines as CSV, %d in a workbook", spec.Name, len(lines), len(book))
		return
	}
	rows := x.Rows
	if len(rows) == 0 && x.Total != nil {
		rows = append(rows, x.Total)
	}
	if len(lines) != len(rows)+1 {
		w.t.Errorf("%s: %d rows, %d lines of a file", spec.Name, len(rows), len(lines))
		return
	}
	for i, r := range rows {
		line, same := lines[i+1], book[i+1]
		for j := range line {
			if !sameCell(line[j], same[j]) {
				w.t.Errorf("%s: %q as CSV, %q in a workbook (%v)", spec.Name, line[j], same[j], line)
			}
		}
		for j, c := range x.Columns {
			text := line[len(x.Groups)+j]
			n, ok := figure(r, c.Name)
			got, err := decimal.NewFromString(text)
			if ok != (err == nil) || ok && !got.Equal(n) {
				w.t.Errorf("%s, %s of %v: %s over the API, %q in a file", spec.Name, c.Name, line, r[c.Name], text)
			}
		}
	}
	if !ownPage[spec.Name] {
		w.page(spec, x, lines[1:], p.figures)
		w.charts(spec, x, p)
	}
}

// page holds the table of a page against the lines of a file, in whatever order.
func (w *walker) page(spec report.Spec, x told, lines [][]string, g grid) {
	w.t.Helper()
	if len(g.rows) != len(x.Rows) {
		w.t.Errorf("%s: %d rows on the page, %d over the API", spec.Name, len(g.rows), len(x.Rows))
		return
	}
	name := func(r []cell) string {
		var list []string
		for _, c := range r[:len(x.Groups)] {
			list = append(list, strings.Replace(c.text, "None", "", 1))
		}
		return strings.Join(list, "|")
	}
	rows := slices.Clone(g.rows)
	lines = slices.Clone(lines)
	slices.SortStableFunc(rows, func(a, b []cell) int { return strings.Compare(name(a), name(b)) })
	label := func(l []string) string {
		return strings.Join(strings.Fields(strings.Replace(strings.Join(l[:len(x.Groups)], "|"), "None", "", 1)), " ")
	}
	slices.SortStableFunc(lines, func(a, b []string) int { return strings.Compare(label(a), label(b)) })
	for i, r := range rows {
		if name(r) != label(lines[i]) {
			w.t.Errorf("%s: %q on the page, %q in the file", spec.Name, name(r), label(lines[i]))
			return
		}
		for j, c := range r[len(x.Groups):] {
			text := lines[i][len(x.Groups)+j]
			n, err := decimal.NewFromString(text)
			if err == nil && !c.near(n) {
				w.t.Errorf("%s, %s of %s: %q on the page, %q in the file", spec.Name, x.Columns[j].Name, name(r), c.text, text)
			}
		}
	}
	for j, c := range x.Columns {
		if n, ok := figure(x.Total, c.Name); ok && len(g.foot) > 0 && !g.foot[1+j].near(n) {
			w.t.Errorf("%s, %s: %q at the foot of the page, %s over the API", spec.Name, c.Name, g.foot[1+j].text, x.Total[c.Name])
		}
	}
}

// charts holds every mark against the table.
func (w *walker) charts(spec report.Spec, x told, p shown) {
	w.t.Helper()
	for title, g := range p.charts {
		if len(x.Groups) == 0 { // a mark for each figure
			for i, c := range x.Columns {
				if n, _ := figure(x.Total, c.Name); !g.rows[i][1].near(n) {
					w.t.Errorf("%s: %v of %s in the chart, %s over the API", spec.Name, g.rows[i], c.Name, x.Total[c.Name])
				}
			}
			continue
		}
		w.drawn(spec.Name, p, title, g)
	}
}

// drawn holds a chart against the table of a page.
func (w *walker) drawn(name string, p shown, title string, g grid) {
	w.t.Helper()
	for _, r := range g.rows {
		for i, c := range r[1:] {
			if _, _, ok := c.number(); ok && !p.tells(title, r[0].text, g.heads[1+i], c) {
				w.t.Errorf("%s, %s: %q of %s, %s is not in the table", name, title, c.text, r[0].text, g.heads[1+i])
			}
		}
	}
}

// tells reports whether the table has a figure of a chart: in the column of its
// series, or in that of the chart where the series is a group.
func (p shown) tells(title, cat, series string, c cell) bool {
	g := p.figures
	sum, any := decimal.Zero, false
	for _, r := range g.rows {
		col := slices.Index(g.heads, series)
		if col < 0 {
			col = slices.Index(g.heads, title)
		}
		if col < 0 {
			return false
		}
		n, _, ok := r[col].number()
		if r[0].text != cat && !slices.ContainsFunc(r[:col], func(c cell) bool { return c.text == cat }) || !ok {
			continue
		}
		if c.near(n) && (c.href == "" || c.href == r[col].href) {
			return true
		}
		sum, any = sum.Add(n), true
	}
	return any && c.near(sum)
}

// adds holds totals against the sum of the rows where every row is told.
func (w *walker) adds(spec report.Spec, x told) {
	w.t.Helper()
	if x.Total == nil || x.More || len(x.Groups) == 0 {
		return
	}
	columns := spec.Columns
	for j, c := range x.Columns {
		if j >= len(columns) || columns[j].Name != c.Name || !columns[j].Sums() {
			continue
		}
		sum := decimal.Zero
		for _, r := range x.Rows {
			n, _ := figure(r, c.Name)
			sum = sum.Add(n)
		}
		if n, ok := figure(x.Total, c.Name); ok && !n.Equal(sum) {
			w.t.Errorf("%s, %s: the total is %v, rows add up to %v", spec.Name, c.Name, n, sum)
		}
	}
}

// leads follows what the first and the last row and the total lead to.
func (w *walker) leads(spec report.Spec, x told, p shown) {
	w.t.Helper()
	g := p.figures
	if len(g.rows) == 0 || len(g.heads) != len(x.Groups)+len(x.Columns) {
		return
	}
	for _, r := range [][]cell{g.rows[0], g.rows[len(g.rows)-1], g.foot} {
		for i, c := range r {
			n, _, ok := c.number()
			if c.href == "" || !ok {
				continue
			}
			col := len(g.heads) - len(r) + i
			got := w.count(c.href)
			if counts(spec, x.Columns[col-len(x.Groups)].Name, c.text) && !n.Equal(decimal.NewFromInt(got)) {
				w.t.Errorf("%s, %s of %s: %s, the list %s has %d", spec.Name, g.heads[col], r[0].text, c.text, c.href, got)
			}
		}
	}
}

// count is how many records a list has, as the API counts them.
func (w *walker) count(href string) int64 {
	w.t.Helper()
	if n, ok := w.counts[href]; ok {
		return n
	}
	u, err := url.Parse(href)
	if err != nil {
		w.t.Fatal(err)
	}
	q := u.Query()
	path := base + u.Path
	if report, ok := strings.CutSuffix(u.Path, "/behind"); ok {
		path = base + strings.Replace(report, "/reports/", "/reports/behind/", 1)
		q.Del("back")
	} else if strings.Count(u.Path, "/") == 1 {
		q.Set("count", "exact")
	} else { // a record
		return 1
	}
	q.Set("limit", "1")
	a := w.Get(path + "?" + q.Encode())
	var x struct{ Count int64 }
	if err := json.Unmarshal([]byte(a.Body), &x); err != nil || a.Status != 200 {
		w.t.Errorf("%s: %d %.300s", href, a.Status, a.Body)
	}
	w.counts[href] = x.Count
	return x.Count
}

// counts reports whether a figure is a number of records.
func counts(spec report.Spec, column, text string) bool {
	if strings.ContainsAny(text, "%.€$£") {
		return false
	}
	i := slices.IndexFunc(spec.Columns, func(c report.Column) bool { return c.Name == column })
	if i < 0 || spec.Columns[i].Measure == "" {
		return i >= 0 && spec.Columns[i].Adds
	}
	m, _ := record.ReadMeasure(spec.Columns[i].Measure)
	return m.Function == "count"
}
