// Package forecast is what a period is expected to bring: by category, person,
// team, pipeline and product, with what people say of it, how far the company's
// own history lets it be sure, how it moved, the money that comes in, and the
// customers won and lost.
package forecast

import (
	"net/url"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

const home = "/forecast"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /forecast", Do: show},
		{Pattern: "POST /forecast", Do: adjust},
		{Pattern: "GET /forecast/range", Do: showRange},
		{Pattern: "GET /forecast/moves", Do: showMoves},
		{Pattern: "GET /forecast/cash", Do: showCash},
		{Pattern: "GET /forecast/customers", Do: showCustomers},
	}
}

// place is what the pages of this area are narrowed to.
type place struct {
	v            *kit.View
	period       value.Period
	today        value.Date
	person, team value.ID
	name         string // of the person or team
	// pipeline narrows the figures and the range; the other pages know none.
	pipeline value.ID
	pipe     string // its name
	by       string
	// mine is where the actor begins: himself, or his team.
	mine, ours value.ID
	me         string
	// unnamed says that the actor may read no customers.
	unnamed bool
	// asOf is the moment looked back to, day as the address has it.
	asOf time.Time
	day  string
}

// read finds the period and whose forecast is meant in the address. Without a
// word it is the running quarter, and the actor's own people.
func (x *place) read(c *door.Call, s *record.Session, q url.Values) error {
	start := time.Month(s.Settings().FiscalStart)
	x.v, x.today = c.View, s.Today()
	x.mine, x.ours = sales.ForecastScope(s)
	x.me = s.Actor().Member().String()
	_, err := s.Object(sales.CustomerObject.Name)
	x.unnamed = err != nil
	if x.day = q.Get("as_of"); x.day != "" {
		if x.asOf, err = s.ParseAsOf(x.day); err != nil {
			return err
		}
		x.today = value.DateOf(x.asOf, s.Env().Zone)
	}
	if x.period, err = value.ParsePeriod(q.Get("period"), start); err != nil {
		x.period = value.PeriodOf(value.Quarter, x.today, start)
	}
	if x.by = q.Get("by"); !slices.Contains(groupings, x.by) {
		x.by = sales.ByTeam
	}
	x.person, _ = value.ParseID(q.Get("person"))
	x.team, _ = value.ParseID(q.Get("team"))
	if x.person == 0 && x.team == 0 && q.Get("of") != "all" {
		x.person, x.team = x.mine, x.ours
	}
	if err := x.readPipeline(c, s, q); err != nil {
		return err
	}
	x.name = s.Roster().Name(x.person)
	if x.team != 0 {
		r, err := s.Get(c.Ctx, access.Teams.Name, x.team)
		if err != nil {
			return err
		}
		x.person, x.name = 0, r.Title()
	}
	return nil
}

func (x *place) readPipeline(c *door.Call, s *record.Session, q url.Values) error {
	id, err := value.ParseID(q.Get("pipeline"))
	if err != nil || !narrows(c.R.URL.Path) {
		return nil
	}
	r, err := s.Get(c.Ctx, sales.Pipelines.Name, id)
	if err != nil {
		return err
	}
	x.pipeline, x.pipe = id, r.Title()
	return nil
}

// narrows reports whether a page can be narrowed to a pipeline.
func narrows(path string) bool { return path == home || path == home+"/range" }

// groupings are what rows can be.
var groupings = []string{sales.ByTeam, sales.ByPipeline, sales.ByProduct, sales.ByCurrency}

func (x *place) query() sales.ForecastQuery {
	return sales.ForecastQuery{From: x.period.First(), To: x.period.Last(), Person: x.person, Team: x.team, Pipeline: x.pipeline, By: x.by, AsOf: x.asOf}
}

// at is a page of this area with the same narrowing; pairs change it, "" takes
// away.
func (x *place) at(path string, pairs ...string) string {
	q := url.Values{"period": {x.period.String()}}
	switch {
	case x.person != 0:
		q.Set("person", x.person.String())
	case x.team != 0:
		q.Set("team", x.team.String())
	default:
		q.Set("of", "all")
	}
	if x.by != sales.ByTeam {
		q.Set("by", x.by)
	}
	if x.pipeline != 0 && narrows(path) {
		q.Set("pipeline", x.pipeline.String())
	}
	if x.day != "" && path == home { // other pages tell of now
		q.Set("as_of", x.day)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return path + "?" + q.Encode()
}

// kind is the period of another length about the same time: the running one, if
// the day lies in what is shown now.
func (x *place) kind(kind value.PeriodKind) string {
	if x.period.Contains(x.today) {
		return value.PeriodOf(kind, x.today, x.period.Start()).String()
	}
	return x.period.In(kind).String()
}

// who is meant, in words.
func (x *place) who() string {
	who := x.name
	if who == "" {
		who = x.v.T("web.forecast.everybody")
	}
	if x.pipeline != 0 {
		who += " · " + x.pipe
	}
	return who
}

// whose is the address of another's forecast.
func (x *place) whose(kind string, id value.ID) string {
	return x.at(home, "person", "", "team", "", "of", "", "by", "", kind, id.String())
}

// What is asked of an adjustment, and of an outside factor.
var (
	sayFields    = []string{sales.AdjustmentAmount.Name(), sales.AdjustmentNote.Name()}
	factorFields = []string{sales.FactorName.Name(), sales.FactorPercent.Name(), sales.FactorFrom.Name(), sales.FactorTo.Name(), sales.FactorTeam.Name(), sales.FactorNote.Name()}
)

// board is the page of a forecast.
type board struct {
	place
	f       *sales.Forecast
	plural  string // of the records behind the figures
	deals   string // how deals are addressed
	said    []sales.Adjustment
	words   []sales.Word // of the rows and the total
	roster  *access.Roster
	targets []*goal.Target // of won revenue
	base    string         // the company's currency
	may     bool           // adjust the person's
	factors []factor
	adds    bool // outside factors
	saying  []parts.Control
	factor  []parts.Control
	names   *parts.Names
	form    url.Values // that was refused
	err     error
}

func show(c *door.Call) error { return (&board{}).answer(c) }

func (b *board) answer(c *door.Call) error {
	q := c.R.URL.Query()
	err := c.Read(func(s *record.Session) (err error) {
		if err = b.read(c, s, q); err != nil {
			return err
		}
		if b.f, err = sales.Foresee(c.Ctx, s, b.query()); err != nil {
			return err
		}
		if o, err := s.Object(b.f.Object); err == nil {
			b.plural = o.Plural
		}
		b.deals = s.Schema().MustObject(sales.Deals.Name).Plural
		return b.load(c, s)
	}, store.Report)
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(b.err), kit.Page{Title: c.View.T("web.forecast.title"), Nav: home, Body: page(b)})
}

// load reads what stands beside the figures.
func (b *board) load(c *door.Call, s *record.Session) (err error) {
	b.roster, b.names, b.base = s.Roster(), parts.NewNames(s), s.Settings().Currency
	if b.said, err = sales.AdjustmentsAsOf(c.Ctx, s, b.period.First(), b.period.Last(), b.asOf); err != nil {
		return err
	}
	b.words = b.f.Words(s, b.said)
	if b.targets, err = c.App.Goals().SetAsOf(c.Ctx, s, goal.Question{Period: b.period, Measure: goal.WonRevenue}, b.asOf); err != nil {
		return err
	}
	if b.pipeline != 0 { // they are of all that somebody sells
		b.targets = nil
	}
	if b.day != "" {
		return nil // nothing can be said there any more
	}
	b.may, b.adds = b.person != 0 && sales.MayAdjust(s, b.person), sales.MayFactorSome(s)
	if err = b.readFactors(c.Ctx, s); err != nil {
		return err
	}
	saying, adding := url.Values(nil), url.Values(nil)
	if b.form.Get("do") == "factor" {
		adding = b.form
	} else if b.form != nil {
		saying = b.form
	}
	if o := s.Schema().MustObject(sales.Adjustments.Name); b.may {
		b.saying = parts.Controls(b.v, b.mySaying(c, s), o, sayFields, saying, b.errOf("say"))
	}
	if o := s.Schema().MustObject(sales.OutsideFactors.Name); b.adds {
		b.factor = parts.Controls(b.v, nil, o, factorFields, adding, b.errOf("factor"))
		for i := range b.factor { // both forms have a note
			b.factor[i].ID = "f-" + b.factor[i].ID
		}
	}
	return nil
}

func (b *board) errOf(what string) error {
	if b.form.Get("do") == what {
		return b.err
	}
	return nil
}

// mySaying is what the actor says of the person so far, nil for nothing.
func (b *board) mySaying(c *door.Call, s *record.Session) *record.Record {
	for _, a := range b.said {
		if a.Person == b.person && a.By == s.Actor().Member() {
			if r, err := s.Get(c.Ctx, sales.Adjustments.Name, a.ID); err == nil {
				return r
			}
		}
	}
	return nil
}
