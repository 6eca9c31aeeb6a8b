package changes

import (
	"maps"
	"net/url"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// sieve is a funnel and what it was asked.
type sieve struct {
	v        *kit.View
	scope    report.Scope
	cohort   bool
	skips    bool // stages passed over count
	pipeline string
	pipes    []option
	people   []option
	teams    []option
	query    sales.FunnelQuery
	day      string // looked back to, as the address has it
	stages   []sales.FunnelStage
}

func readFunnel(c *door.Call, s *record.Session) (*sieve, error) {
	q := c.R.URL.Query()
	f := &sieve{v: c.View, cohort: q.Get("by") == "cohort", skips: q.Get("skips") == "passed", pipeline: id(q.Get("pipeline")), scope: report.Scope{Period: q.Get("period")}}
	if f.day = q.Get("as_of"); f.day != "" {
		at, err := s.ParseAsOf(f.day)
		if err != nil {
			return nil, err
		}
		f.scope.AsOf = at
	}
	if f.scope.Period == report.Dates {
		f.scope.From, _ = c.View.ParseDateInput(q.Get("from"), c.View.Today())
		f.scope.To, _ = c.View.ParseDateInput(q.Get("to"), c.View.Today())
	}
	f.scope = f.scope.On(s)
	f.scope.Person, _ = value.ParseID(q.Get("owner"))
	f.scope.Team, _ = value.ParseID(q.Get("team"))
	f.people = peopleOf(s, id(q.Get("owner")))
	var err error
	if f.teams, err = options(c, s, access.Teams.Name, "name", id(q.Get("team"))); err != nil {
		return nil, err
	}
	if f.pipes, err = options(c, s, sales.Pipelines.Name, "position", f.pipeline); err != nil {
		return nil, err
	}
	if f.pipeline == "" && len(f.pipes) > 0 {
		f.pipeline, f.pipes[0].chosen = f.pipes[0].value, true
	}
	pipeline, _ := value.ParseID(f.pipeline)
	f.query = sales.FunnelQuery{Pipeline: pipeline, From: f.scope.From, To: f.scope.To, Cohort: f.cohort, Skips: f.skips, Filter: f.scope.Condition(s, "owner"), AsOf: f.scope.AsOf}
	return f, nil
}

func funnel(c *door.Call) error {
	var f *sieve
	err := c.Read(func(s *record.Session) (err error) {
		if f, err = readFunnel(c, s); err != nil {
			return err
		}
		f.stages, err = sales.Funnel(c.Ctx, s, f.query)
		return report.Hidden(s, "funnel", err)
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.report.title.funnel"), Nav: "/reports", Body: funnelPage(f)})
}

// empty reports whether no deal entered any stage.
func (f *sieve) empty() bool {
	for _, x := range f.stages {
		if x.Entered > 0 {
			return false
		}
	}
	return true
}

// url lists the deals behind a figure of a stage, "" for none.
func (f *sieve) url(x sales.FunnelStage, figure string, n int64) string {
	if n == 0 {
		return ""
	}
	return f.query.Behind(x.Stage, figure).Path + "&" + url.Values{"back": {f.params()}}.Encode()
}

func (f *sieve) params() string {
	q := url.Values{"period": {f.scope.Period}, "pipeline": {f.pipeline}}
	if f.cohort {
		q.Set("by", "cohort")
	}
	if f.skips {
		q.Set("skips", "passed")
	}
	if f.day != "" {
		q.Set("as_of", f.day)
	}
	for name, id := range map[string]value.ID{"owner": f.scope.Person, "team": f.scope.Team} {
		if id != 0 {
			q.Set(name, id.String())
		}
	}
	if f.scope.Period == report.Dates {
		q.Set("from", day(f.scope.From))
		q.Set("to", day(f.scope.To))
	}
	return q.Encode()
}

// today is the same funnel of now, as an address has it.
func (f *sieve) today() string {
	x := *f
	x.day = ""
	return x.params()
}

// kept is what an address keeps when another day is looked back to.
func (f *sieve) kept() (list [][2]string) {
	q, _ := url.ParseQuery(f.today())
	for _, name := range slices.Sorted(maps.Keys(q)) {
		list = append(list, [2]string{name, q.Get(name)})
	}
	return list
}

// drawing is the funnel as a chart.
func (f *sieve) drawing() chart.Chart {
	c := chart.Chart{View: f.v, Title: f.v.T("web.report.title.funnel"), Head: f.v.T("web.report.stage"),
		Series: []chart.Series{{Name: f.v.T("web.report.column.entered"), Color: chart.Open}}}
	for _, x := range f.stages {
		c.Cats = append(c.Cats, x.Name)
		c.Series[0].Points = append(c.Series[0].Points, chart.Point{N: float64(x.Entered), Text: f.v.Int(x.Entered), URL: f.url(x, "entered", x.Entered)})
		c.Shares = append(c.Shares, "")
		if share := x.Conversion(); share != nil {
			c.Shares[len(c.Shares)-1] = f.percent(share)
		}
	}
	return c
}

func (f *sieve) percent(x any) string {
	if d, ok := x.(decimal.Decimal); ok {
		return f.v.Percent(d.Shift(2), 0)
	}
	return f.v.T("web.report.none")
}

func (f *sieve) days(x any) string {
	if d, ok := x.(decimal.Decimal); ok {
		return f.v.Number(d, 0, 1)
	}
	return f.v.T("web.report.none")
}

// mailed is the page on which the funnel is sent by mail.
func (f *sieve) mailed() string {
	to := "/schedules?of=report:funnel"
	if f.cohort {
		to += "-by-cohort"
	}
	if f.skips {
		to += "-passed"
	}
	if f.scope.Period != report.Dates {
		to += "&period=" + url.QueryEscape(f.scope.Period)
	}
	return to
}
