// Package goals is the pages of targets: how far they are, planning them, and
// what closes the gap to one.
package goals

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// address of the pages; the records are listed there too, when a list is asked for.
const address = "/targets"

// Routes are the addresses of this area; list shows the records of an object.
func Routes(list func(*door.Call) error) []door.Route {
	return []door.Route{
		{Pattern: "GET /targets", Do: func(c *door.Call) error {
			if asksForList(c.R.URL.Query()) {
				c.R.SetPathValue("plural", goal.Targets.Plural)
				return list(c)
			}
			return show(c)
		}},
		{Pattern: "GET /targets/plan", Do: showPlan},
		{Pattern: "POST /targets/plan", Do: savePlan},
		{Pattern: "POST /targets/limit", Do: setLimit},
		{Pattern: "GET /targets/mine", Do: mine},
		{Pattern: "GET /targets/gap/{id}", Do: showGap},
		{Pattern: "POST /targets/gap/{id}", Do: planGap},
	}
}

// asksForList reports whether an address is one of the list of records.
func asksForList(q url.Values) bool {
	for _, name := range []string{"layout", "view", "filter", "sort", "columns", "q", "trash", "group", "cursor"} {
		if q.Has(name) {
			return true
		}
	}
	return false
}

// asked is what an address asks for.
type asked struct {
	v      *kit.View
	Period value.Period
	Team   value.ID
	Narrow map[string]value.ID
	// what measures are called, and where the records of objects are listed
	measure *schema.FieldDef
	plurals map[string]string
}

// readAsked reads it; what is no period is the running quarter.
func readAsked(c *door.Call, s *record.Session) (asked, error) {
	o, err := s.Object(goal.Targets.Name)
	if err != nil {
		return asked{}, err
	}
	q := c.R.URL.Query()
	start := time.Month(s.Settings().FiscalStart)
	x := asked{v: c.View, Narrow: map[string]value.ID{}, plurals: map[string]string{}}
	x.measure, _ = o.Field(goal.TargetMeasure.Name())
	for _, other := range s.Schema().Objects() {
		x.plurals[other.Name] = other.Plural
	}
	x.Team, _ = value.ParseID(q.Get("team"))
	if x.Team != 0 && !s.Roster().HasTeam(x.Team) {
		x.Team = 0
	}
	for _, name := range c.App.Goals().Narrows() {
		if id, err := value.ParseID(q.Get(name)); err == nil && id != 0 {
			x.Narrow[name] = id
		}
	}
	if x.Period, err = value.ParsePeriod(q.Get("period"), start); err != nil {
		x.Period = value.PeriodOf(value.Quarter, s.Today(), start)
	}
	return x, nil
}

func (x asked) question() goal.Question {
	return goal.Question{Period: x.Period, Team: x.Team, Narrow: x.Narrow}
}

// url is the address of a page of targets, with changes.
func (x asked) url(path string, changes ...string) string {
	q := url.Values{"period": {x.Period.String()}}
	if x.Team != 0 {
		q.Set("team", x.Team.String())
	}
	for name, id := range x.Narrow {
		q.Set(name, id.String())
	}
	for i := 0; i < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	return path + "?" + q.Encode()
}

// kinds are the periods of other lengths that today, or the one shown, lies in.
func (x asked) kinds(today value.Date) (list []value.Period) {
	for _, kind := range value.PeriodKinds() {
		at := x.Period.First()
		if x.Period.Contains(today) {
			at = today
		}
		list = append(list, value.PeriodOf(kind, at, x.Period.Start()))
	}
	return list
}

// board is the page.
type board struct {
	asked
	boards []*goal.Board
	facets []option // products and pipelines that targets of the period are for; the value is the address
	plans  bool     // the reader sets targets
	me     value.ID
	today  value.Date
	teams  []option
}

type option struct {
	Value, Label string
	Chosen       bool
}

func show(c *door.Call) error {
	b := &board{}
	err := c.Read(func(s *record.Session) error { return b.read(c.Ctx, c, s) })
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.goals.title"), Nav: address, Body: page(b)})
}

func (b *board) read(ctx context.Context, c *door.Call, s *record.Session) error {
	var err error
	if b.asked, err = readAsked(c, s); err != nil {
		return err
	}
	b.me, b.today = s.Actor().Member(), s.Today()
	if b.boards, err = c.App.Goals().Attainment(ctx, s, b.question()); err != nil {
		return err
	}
	for _, x := range b.boards {
		if err = goal.Tell(ctx, s, x); err != nil {
			return err
		}
	}
	if b.facets, err = b.choices(ctx, c, s); err != nil {
		return err
	}
	b.plans, b.teams, err = whom(ctx, s, b.Team)
	return err
}

// choices lead to the targets for single products and pipelines, and back to
// those for all; what the reader may not see is not offered.
func (b *board) choices(ctx context.Context, c *door.Call, s *record.Session) ([]option, error) {
	list, err := c.App.Goals().Narrowings(ctx, s, b.Period)
	if err != nil || len(list) == 0 && len(b.Narrow) == 0 {
		return nil, err
	}
	n, o := parts.NewNames(s), s.Schema().MustObject(goal.Targets.Name)
	for _, narrow := range list {
		for name, id := range narrow {
			n.Want(parts.Fields(o, name)[0], id)
		}
	}
	if err := n.Load(ctx); err != nil {
		return nil, err
	}
	all := asked{Period: b.Period, Team: b.Team}
	out := []option{{all.url(address), b.v.T("web.goals.for_all"), len(b.Narrow) == 0}}
	for _, narrow := range list {
		var titles []string
		for _, name := range slices.Sorted(maps.Keys(narrow)) {
			if title, ok := n.Title(parts.Fields(o, name)[0].Target, narrow[name]); ok {
				titles = append(titles, title)
			}
		}
		if len(titles) == len(narrow) {
			at := asked{Period: b.Period, Team: b.Team, Narrow: narrow}
			out = append(out, option{at.url(address), strings.Join(titles, " · "), maps.Equal(narrow, b.Narrow)})
		}
	}
	return out, nil
}

// whom tells whether the reader sets targets of others, and of which teams.
func whom(ctx context.Context, s *record.Session, chosen value.ID) (plans bool, teams []option, err error) {
	for _, id := range s.Roster().MemberIDs() {
		if plans = plans || goal.MaySet(s, id, 0); plans {
			break
		}
	}
	if !plans {
		return false, nil, nil
	}
	page, err := s.Query(ctx, record.Query{Object: "team", Sort: "name", Limit: 200, Fields: []string{"name"}})
	if err != nil {
		return plans, nil, err
	}
	for _, r := range page.Records {
		if goal.MaySet(s, 0, r.ID) {
			teams = append(teams, option{r.ID.String(), r.Title(), r.ID == chosen})
		}
	}
	return plans, teams, nil
}

// mine is the small figure of the home page: the reader's own targets, or those
// of his team, of the running quarter.
func mine(c *door.Call) error {
	if !c.Fragment() { // a part of the home page alone is no page
		return c.Go("/targets")
	}
	b := &board{}
	err := c.Read(func(s *record.Session) error {
		var err error
		if b.asked, err = readAsked(c, s); fault.Is(err, fault.NotFound) {
			return nil // whose role sees no targets has none
		}
		if err != nil {
			return err
		}
		b.me, b.today = s.Actor().Member(), s.Today()
		b.boards, err = c.App.Goals().Attainment(c.Ctx, s, b.question())
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(200, homeTile(b))
}

// next is the period that is planned from here: the one shown while it is to
// come, else the one after it.
func (b *board) next() value.Period {
	if b.Period.First() > b.today {
		return b.Period
	}
	return b.Period.Next()
}

// first is the line that a board is chiefly about: the reader's own, else the
// topmost with a target.
func (b *board) first(x *goal.Board) *goal.Line {
	for _, l := range x.Lines {
		if l.Member == b.me && l.Target != nil {
			return l
		}
	}
	for _, l := range x.Lines {
		if l.Target != nil {
			return l
		}
	}
	return nil
}

// setLimit changes from which raise on a reason is asked for.
func setLimit(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(form.Get("limit"))
	if err != nil {
		n = -1
	}
	if err := c.Write("targets.limit", func(s *record.Session) error { return goal.SetRaiseLimit(c.Ctx, s, n) }); err != nil {
		return err
	}
	return c.Go(address + "/plan")
}
