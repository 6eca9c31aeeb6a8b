package predict

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const (
	home  = "/reports/prediction"
	works = "/reports/what-works"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /reports/prediction", Do: backtest},
		{Pattern: "POST /reports/prediction", Do: relearn},
		{Pattern: "GET /reports/what-works", Do: whatWorks},
	}
}

// test is the page on how well deals were foretold.
type test struct {
	v      *kit.View
	p      *sales.Predictions
	parts  []part
	left   []string
	admin  bool
	asked  time.Time // when learning was asked for; zero = nobody did just now
	closed bool      // the reader may not see the figures of all deals
	soon   bool      // deals have ended, and the learning from them is still to come
}

// part is one pipeline, or all of them.
type part struct {
	learnt *sales.Learnt
	name   string
	stages []stageRow
}

type stageRow struct {
	name, url, set string
	rate           string
	deals          int
}

func backtest(c *door.Call) error {
	q := c.R.URL.Query()
	t := &test{v: c.View, asked: askedAt(c.View, q.Get("asked"))}
	if err := c.Read(func(s *record.Session) error { return t.load(c, s) }, store.Report); err != nil {
		return err
	}
	if q.Has("wait") && t.learning() {
		return c.Done()
	}
	return c.Show(kit.Page{Title: c.View.T("web.predict.title"), Nav: "/reports", Body: backtestPage(t)})
}

// longest is how long a page waits for learning to end: a million deals take two
// minutes, and a server that stood still goes on where it was.
const longest = 30 * time.Minute

// askedAt is the moment in an address, as long as it is worth waiting for.
func askedAt(v *kit.View, text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if at := time.UnixMilli(ms); err == nil && !at.After(v.Now) && v.Now.Sub(at) < longest {
		return at
	}
	return time.Time{}
}

// learning reports whether what was asked for, or the first learning of all, is
// still to come.
func (t *test) learning() bool {
	switch {
	case t.closed:
		return false
	case t.p == nil:
		return t.soon || !t.asked.IsZero()
	}
	return t.p.Trained.Before(t.asked)
}

// wait is where the page asks whether learning has ended.
func (t *test) wait() string {
	q := url.Values{"wait": {"1"}}
	if !t.asked.IsZero() {
		q.Set("asked", strconv.FormatInt(t.asked.UnixMilli(), 10))
	}
	return home + "?" + q.Encode()
}

func (t *test) load(c *door.Call, s *record.Session) error {
	t.parts, t.left, t.admin = nil, nil, s.Actor().Admin()
	err := sales.ReadsAllDeals(s)
	if t.closed = fault.Is(err, fault.Forbidden); t.closed {
		return nil
	}
	if err != nil {
		return err
	}
	if t.p, err = sales.PredictionsOf(c.Ctx, s); err == nil && t.p == nil {
		t.soon, err = sales.NeedsRelearning(c.Ctx, s)
	}
	if err != nil || t.p == nil {
		return err
	}
	for _, key := range t.p.Left {
		_, id, _ := strings.Cut(key, ".")
		for _, name := range []string{sales.Deals.Name, "account"} {
			for _, f := range s.Schema().MustObject(name).Fields {
				if f.ID == id && strings.HasPrefix(key, name+".") && s.Sees(f) {
					t.left = append(t.left, f.Label(c.View.Lang))
				}
			}
		}
	}
	return t.pipelines(c, s)
}

func (t *test) pipelines(c *door.Call, s *record.Session) error {
	stages := map[value.ID]*record.Record{}
	if err := s.Each(c.Ctx, record.Query{Object: sales.Stages.Name}, func(r *record.Record) error { stages[r.ID] = r; return nil }); err != nil {
		return err
	}
	page, err := s.Query(c.Ctx, record.Query{Object: sales.Pipelines.Name, Sort: "position,id", Limit: 500})
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		learnt := t.p.Of[r.ID]
		if learnt == nil {
			learnt = &sales.Learnt{Pipeline: r.ID}
		}
		t.parts = append(t.parts, part{learnt, r.Title(), t.stageRows(learnt, stages)})
	}
	if whole := t.p.Of[0]; whole != nil && len(t.parts) > 1 {
		t.parts = append(t.parts, part{learnt: whole, name: t.v.T("web.predict.all")})
	}
	return nil
}

// stageRows are the open stages of a pipeline: what was set, and what was. The
// deals behind a rate are those that have been in the stage and ended, which no
// list can ask for; the name leads to those that are there now.
func (t *test) stageRows(learnt *sales.Learnt, stages map[value.ID]*record.Record) (rows []stageRow) {
	var list []*record.Record
	for _, r := range stages {
		pipeline, _ := record.Get(r, sales.StagePipeline)
		if kind, _ := record.Get(r, sales.StageKind); pipeline == learnt.Pipeline && kind == sales.Open {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *record.Record) int {
		x, _ := record.Get(a, sales.StagePosition)
		y, _ := record.Get(b, sales.StagePosition)
		return int(x - y)
	})
	for _, r := range list {
		rate := learnt.Stage(r.ID)
		row := stageRow{name: r.Title(), deals: rate.Deals, rate: "–", set: "–",
			url: "/deals?filter=" + url.QueryEscape(`stage = "`+r.ID.String()+`"`)}
		if x, ok := rate.Rate(); ok {
			row.rate = t.v.Percent(x, 1)
		}
		if x, ok := record.Get(r, sales.StageProbability); ok {
			row.set = t.v.Percent(x, 0)
		}
		rows = append(rows, row)
	}
	return rows
}

// relearn has the workspace learn anew, which takes a while.
func relearn(c *door.Call) error {
	if _, err := c.AdminWrite("prediction", func(s *record.Session) error { return s.Later(sales.Relearn{Forced: true}) }); err != nil {
		return err
	}
	return c.Go(home + "?asked=" + strconv.FormatInt(c.View.Now.UnixMilli(), 10))
}

// curve is the calibration of a back-test: what was said beside what was.
func (t *test) curve(i int, p part) chart.Chart {
	c := chart.Chart{View: t.v, ID: fmt.Sprintf("calibration-%d", i), Title: t.v.T("web.predict.calibration"), Head: t.v.T("web.predict.group"),
		Axis: func(n float64) string { return percentOf(t.v, n, 0) }}
	said, was := chart.Series{Name: t.v.T("web.predict.said"), Color: 1}, chart.Series{Name: t.v.T("web.predict.was"), Color: 2}
	for _, b := range p.learnt.Back.Model.Bins {
		c.Cats = append(c.Cats, percentOf(t.v, b.Said, 0))
		said.Points = append(said.Points, chart.Point{N: b.Said, Text: percentOf(t.v, b.Said, 1)})
		was.Points = append(was.Points, chart.Point{N: b.Was, Text: t.v.T("web.predict.was_of", "percent", percentOf(t.v, b.Was, 1), "count", b.Examples)})
	}
	c.Series = []chart.Series{said, was}
	return c
}

// scores are the rows of the table: who foretold, and how well.
func (p part) scores(v *kit.View) (rows [][4]string) {
	b := p.learnt.Back
	for _, x := range []struct {
		key                 string
		auc, brier, logLoss float64
	}{{"model", b.Model.AUC, b.Model.Brier, b.Model.LogLoss}, {"stage", b.Stage.AUC, b.Stage.Brier, b.Stage.LogLoss},
		{"set", b.Set.AUC, b.Set.Brier, b.Set.LogLoss}, {"base", b.Base.AUC, b.Base.Brier, b.Base.LogLoss}} {
		n := func(f float64) string { return v.Number(decimal.NewFromFloat(f).Round(4), 3, 3) }
		rows = append(rows, [4]string{v.T("web.predict.by." + x.key), n(x.auc), n(x.brier), n(x.logLoss)})
	}
	return rows
}

// verdict says in a sentence what the figures mean.
func (p part) verdict(v *kit.View) string {
	b := p.learnt.Back
	switch {
	case b == nil && p.learnt.Model == nil && p.learnt.Closed >= sales.FewEnded:
		return p.learnt.OneSided(v.Format)
	case b == nil && p.learnt.Model == nil:
		return v.T("web.predict.too_few", "count", p.learnt.Closed, "n", sales.FewEnded)
	case b == nil:
		return v.T("web.predict.no_test")
	case !p.learnt.Better():
		return v.T("web.predict.verdict_none")
	case b.Model.AUC < 0.6:
		return v.T("web.predict.verdict_little")
	}
	return v.T("web.predict.verdict_good")
}

// learntUntil is what the back-test knew, and what it was asked about.
func (p part) learntUntil(v *kit.View) string {
	b := p.learnt.Back
	return v.T("web.predict.learnt_until", "day", v.Date(value.DateOf(time.UnixMilli(b.Cut), v.Zone)), "learnt", v.Int(int64(b.Learnt)), "count", b.Asked)
}
