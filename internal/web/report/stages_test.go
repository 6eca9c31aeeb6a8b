package report_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// selling is two pipelines, of which the second has stages with names of the first.
type selling struct {
	*webtest.Site
	t       *testing.T
	account value.ID
	stages  map[string]value.ID // by name and, of the second, pipeline
}

func newSelling(t *testing.T, s *webtest.Site) *selling {
	x := &selling{Site: s, t: t, account: s.Create(t, s.Rita, "account", record.Values{"name": "Aurora"}), stages: map[string]value.ID{}}
	s.Read(t, s.Ada, func(r *record.Session) error {
		return r.Each(t.Context(), record.Query{Object: "stage"}, func(st *record.Record) error { x.stages[st.Title()] = st.ID; return nil })
	})
	second := s.Create(t, s.Ada, "pipeline", record.Values{"name": "续约", "position": 7})
	for i, name := range []string{"Review", "Proposal", "Won", "Lost"} {
		v := record.Values{"name": name, "pipeline": second, "position": i}
		if i > 1 {
			v["kind"] = strings.ToLower(name)
		}
		x.stages[name+" 续约"] = s.Create(t, s.Ada, "stage", v)
	}
	for i, name := range []string{"Won", "Won", "Proposal", "Qualified", "Won 续约", "Review 续约", "Negotiation"} {
		v := record.Values{"name": name, "account": x.account, "stage": x.stages[name], "amount": fmt.Sprint(10 * (i + 1))}
		if strings.HasPrefix(name, "Won") {
			v["close_date"] = []string{"2026-03-01", "2025-03-01"}[i%2]
		}
		s.Create(t, s.Rita, "deal", v)
	}
	return x
}

// labels is the first column of a table.
func labels(rows [][]cell) string {
	var names []string
	for _, r := range rows {
		names = append(names, r[0].text)
	}
	return strings.Join(names, ", ")
}

// Stages of one name in several pipelines are told apart by the name of the pipeline,
// and stand as records come through them, pipeline by pipeline, at every door; each
// leads to just its own deals.
func TestStagesOfSeveralPipelines(t *testing.T) {
	t.Parallel()
	webtest.Each(t, both, func(t *testing.T, s *webtest.Site) {
		x, u := newSelling(t, s), s.User(t, s.Rita)
		const want = "Qualified, Proposal, Negotiation, Won · Sales, Review, Won · 续约"
		counts := map[string]string{"Qualified": "1", "Proposal": "1", "Negotiation": "1", "Won · Sales": "2", "Review": "1", "Won · 续约": "1"}
		save := func(v record.Values) string {
			t.Helper()
			v["name"], v["object"], v["visibility"] = "By stage", "deal", "all"
			return s.Create(t, s.Rita, "report", v).String()
		}
		id := save(record.Values{"group": "stage"})
		w := &walker{t: t, User: u, counts: map[string]int64{}}
		p := readPage(t, u.Get("/reports/"+id).Body)
		if got := labels(p.figures.rows); got != want {
			t.Errorf("the page: %s", got)
		}
		for _, r := range p.figures.rows {
			if r[1].text != counts[r[0].text] || w.count(r[1].href) != map[bool]int64{true: 2, false: 1}[r[1].text == "2"] {
				t.Errorf("%s: %s deals, %d behind", r[0].text, r[1].text, w.count(r[1].href))
			}
			if st := x.stages[strings.Replace(strings.TrimSuffix(r[0].text, " · Sales"), " ·", "", 1)]; st != 0 && !strings.Contains(r[1].href, st.String()) {
				t.Errorf("%s leads to %s", r[0].text, r[1].href)
			}
		}
		for title, g := range p.charts {
			if got := labels(g.rows); got != want {
				t.Errorf("the chart %s: %s", title, got)
			}
		}
		var rows [][]cell
		for _, r := range w.answer(id).Rows {
			var names []string
			if err := json.Unmarshal(r["labels"], &names); err != nil {
				t.Fatal(err)
			}
			rows = append(rows, []cell{{text: names[0]}})
		}
		if got := labels(rows); got != want {
			t.Errorf("the API: %s", got)
		}
		for name, lines := range map[string][][]string{"CSV": readCSV(t, u.Get("/reports/"+id+"/csv").Body), "XLSX": readBook(t, u.Get("/reports/"+id+"/xlsx").Body)} {
			var got []string
			for _, line := range lines[1:] {
				got = append(got, line[0])
			}
			if strings.Join(got, ", ") != want {
				t.Errorf("%s: %s", name, got)
			}
		}
		board := s.Create(t, s.Rita, report.Dashboards.Name, record.Values{"name": "Ours", "layout": report.Layout{Tiles: []report.Tile{{Kind: report.TableTile, Of: id, Width: 6}}}.String()})
		tile := readPage(t, `<section class="tile">`+u.Get("/dashboards/"+board.String()+"/tiles/0").Body+`</section>`)
		if got := labels(tile.figures.rows); got != want {
			t.Errorf("the tile: %s", got)
		}
		x.otherwise(u, save)
	})
}

// otherwise asks in other ways: by names, by figures, crosswise, of two times.
func (x *selling) otherwise(u *webtest.User, save func(record.Values) string) {
	t := x.t
	t.Helper()
	for name, c := range map[string]struct {
		v    record.Values
		want string
	}{
		"by names, which the pipelines share":     {record.Values{"group": "stage.name"}, "Qualified, Review, Proposal, Negotiation, Won"},
		"by their number":                         {record.Values{"group": "stage", "sort": "-count"}, "Won · Sales, Qualified, Proposal, Negotiation, Review, Won · 续约"},
		"of one pipeline":                         {record.Values{"group": "stage", "filter": `pipeline.name = "续约"`}, "Review, Won"},
		"beside their pipeline":                   {record.Values{"group": "pipeline, stage"}, "Sales Qualified, Sales Proposal, Sales Negotiation, Sales Won, 续约 Review, 续约 Won"},
		"down from there":                         {record.Values{"group": "stage", "sort": "-stage"}, "Won · 续约, Review, Won · Sales, Negotiation, Proposal, Qualified"},
		"what is there no more, beside last year": {record.Values{"group": "stage", "filter": `status = "won" and (pipeline.name = "续约" or close_date < date("2026-01-01"))`, "period_field": "close_date", "period": "this_year", "compare": "last_year"}, "Won · Sales, Won · 续约"},
	} {
		id := save(c.v)
		p := readPage(t, u.Get("/reports/"+id).Body)
		two := strings.Contains(c.v["group"].(string), ",")
		var got []string
		for _, r := range p.figures.rows {
			label := r[0].text
			if two {
				label += " " + r[1].text
			}
			got = append(got, label)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	page := u.Get("/reports/" + save(record.Values{"group": "owner, stage", "show": "pivot"})).Body
	last := -1
	for _, head := range []string{"Qualified", "Proposal", "Negotiation", "Won · Sales", "Review", "Won · 续约"} {
		at := strings.Index(page, `<th scope="col" class="r">`+head+"</th>")
		if at <= last {
			t.Errorf("crosswise %s stands at %d, after %d", head, at, last)
		}
		last = at
	}
	x.Create(t, x.Rita, "deal", record.Values{"name": "Again", "account": x.account, "stage": x.stages["Proposal 续约"]})
	x.Pass(time.Hour)
	p := readPage(t, u.Get("/reports/time-in-stage").Body)
	if got := labels(p.figures.rows); got != "Qualified, Proposal · Sales, Negotiation, Review, Proposal · 续约" {
		t.Errorf("time in stage: %s", got)
	}
	p = readPage(t, u.Get("/reports/time-in-stage-by-pipeline").Body)
	var beside, heads []string
	for _, r := range p.figures.rows {
		beside = append(beside, r[0].text+" "+r[1].text)
	}
	for _, g := range p.charts {
		heads = g.heads
	}
	if got, want := strings.Join(beside, ", "), "Sales Qualified, Sales Proposal, Sales Negotiation, 续约 Review, 续约 Proposal"; got != want {
		t.Errorf("time in stage by pipeline: %s", got)
	}
	if got, want := strings.Join(heads, ", "), "Pipeline, Qualified, Proposal · Sales, Negotiation, Review, Proposal · 续约"; got != want {
		t.Errorf("time in stage by pipeline is drawn with %s", got)
	}
}
