package home

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/focus"
	"wellmet/internal/web/kit"
)

// atOnce is how many rows of a section there are; the count leads to all.
const atOnce = 5

// mostRead is up to how many records of an object are sorted into sections
// here; beyond, each section is asked for.
const mostRead = 200

// kind is one reason to do something now: records of an object, by a
// condition beside whose they are.
type kind struct {
	key, object, icon string
	base              string // what all kinds of the object share
	where             string // and what is its own
	sort              string
	fields            []string
}

// Conditions that several kinds share.
const (
	openDeals = `status = "open"`
	toDo      = `done != true`
	newLeads  = `status = "new"`
	overdue   = `state = "` + commerce.PlanOverdue + `"`
)

// kinds are all reasons, the most pressing first. Stages have usual days, of
// which the conditions are made.
func kinds(usual string) []kind {
	deal := []string{"name", "account.name", "amount", "close_date", "stage", "stage.name", "stage.usual_days", "stage_since", "next_activity_at"}
	task := []string{"subject", "kind", "at", "starts_at", "due_at", "about"}
	all := []kind{
		{"tasks", "activity", "square-check-big", toDo, `kind = "task" and due_at <= today()`, "due_at", task},
		{"meetings", "activity", "calendar-clock", toDo, `kind in ("call", "meeting") and at = today()`, "at", task},
		{"late", "deal", "calendar", openDeals, `close_date < today()`, "close_date", deal},
		{"payments", commerce.PlanLines.Name, "coins", overdue, `due_on < today()`, "due_on",
			[]string{"name", "due_on", "amount", "open_amount", "state", "contract", "contract.name", "contract.account.name"}},
		{"no_step", "deal", "triangle-alert", openDeals, `next_activity_at is empty`, "-amount", deal},
	}
	if usual != "" {
		all = append(all, kind{"slow", "deal", "clock", openDeals, usual, "stage_since", deal})
	}
	return append(all, kind{"leads", "lead", "target", newLeads, `last_activity_at is empty`, "-created_at", []string{"name", "company", "created_at", "source"}})
}

// filter is the kind's condition over the records of somebody.
func (k kind) filter(owner string) string {
	where := k.where
	if strings.Contains(where, " or ") {
		where = "(" + where + ")"
	}
	return owner + " and " + k.base + " and " + where
}

// url lists the records behind a count.
func (k kind) url(plural, owner string) string {
	q := url.Values{"filter": {k.filter(owner)}}
	if k.sort != "" {
		q.Set("sort", k.sort)
	}
	return "/" + plural + "?" + q.Encode()
}

const mine = `owner = me()`

// objects are those whose records wait.
var objects = []string{"activity", "deal", "lead", commerce.PlanLines.Name}

func of(member value.ID) string { return fmt.Sprintf("owner = %q", member.String()) }

// stages are how long deals stay, as the company has set it.
type stages struct {
	days    map[value.ID]int64 // of open ones
	touched bool               // somebody has changed some, or chosen others
}

func readStages(ctx context.Context, s *record.Session) (*stages, error) {
	if o, err := s.Object(sales.Stages.Name); err != nil || !s.Actor().Can(o, access.Read) {
		return &stages{days: map[value.ID]int64{}}, nil
	}
	return record.Keep(s, stagesKey{}, func() (*stages, error) { return loadStages(ctx, s.AsSystem("how a company works")) })
}

type stagesKey struct{}

func loadStages(ctx context.Context, s *record.Session) (*stages, error) {
	x := &stages{days: map[value.ID]int64{}}
	p, err := s.Query(ctx, record.Query{Object: sales.Stages.Name, Fields: []string{"name", "kind", "usual_days", "created_by"}, Limit: 500})
	if err != nil {
		return nil, err
	}
	for _, r := range p.Records {
		x.touched = x.touched || r.Version > 1 || r.Field("created_by") != nil
		days, ok := record.Get(r, sales.StageUsualDays)
		if kind, _ := record.Get(r, sales.StageKind); ok && days > 0 && kind == sales.Open {
			x.days[r.ID] = days
		}
	}
	return x, nil
}

// slow is the condition of being in a stage for longer than usual, "" when no
// stage has a usual.
func (x *stages) slow() string {
	byDays := map[int64][]string{}
	for id, days := range x.days {
		byDays[days] = append(byDays[days], fmt.Sprintf("%q", id.String()))
	}
	var any []string
	for _, days := range slices.Sorted(maps.Keys(byDays)) {
		slices.Sort(byDays[days])
		any = append(any, fmt.Sprintf("stage in (%s) and stage_since < today() - %dd", strings.Join(byDays[days], ", "), days))
	}
	return strings.Join(any, " or ")
}

// look is everything that the page shows.
type look struct {
	v        *kit.View
	s        *record.Session
	kinds    []kind
	sections []*section
	team     *team
	steps    []step
	propose  []*section
	stages   *stages
	names    *names
	best     *section // of the focus list; nil when nothing is open
}

// section is one reason and the first records that have it.
type section struct {
	kind
	Title, URL string
	Count      int64
	All        bool // leads to its list however much there is
	rows       []row
}

// read gathers the page. What is mine is read once an object and sorted into
// sections here; what is the team's are figures.
func read(c *door.Call, s *record.Session) (*look, error) {
	l := &look{v: c.View, s: s, names: newNames(s)}
	stages, err := readStages(c.Ctx, s)
	if err != nil {
		return nil, err
	}
	l.stages = stages
	for _, k := range kinds(stages.slow()) {
		o, err := s.Object(k.object)
		if err != nil || !s.Actor().Can(o, access.Read) {
			continue
		}
		if _, err := s.Check(o, k.filter(mine), 0); err != nil {
			continue // a field that he may not ask for
		}
		l.kinds = append(l.kinds, k)
		l.sections = append(l.sections, &section{kind: k, Title: l.title(k), URL: k.url(o.Plural, mine)})
	}
	for _, step := range []func(context.Context) error{l.fill, l.countTeam, l.focus, l.proposals, l.firstRun, l.names.load} {
		if err := step(c.Ctx); err != nil {
			return nil, err
		}
	}
	for _, x := range slices.Concat(l.sections, l.propose) {
		for i := range x.rows {
			x.rows[i].Of = l.names.of(x.rows[i])
		}
	}
	return l, nil
}

// fill reads the records of all sections.
func (l *look) fill(ctx context.Context) error {
	for _, object := range objects {
		var of []*section
		var any []string
		for _, x := range l.sections {
			if x.object == object {
				of, any = append(of, x), append(any, "("+x.where+")")
			}
		}
		if len(of) == 0 {
			continue
		}
		filter := mine + " and " + of[0].base + " and (" + strings.Join(any, " or ") + ")"
		p, err := l.s.Query(ctx, record.Query{Object: object, Filter: filter, Fields: l.seen(object, of[0].fields), Limit: mostRead})
		if err != nil {
			return err
		}
		for _, x := range of {
			if err := l.sort(ctx, x, p); err != nil {
				return err
			}
		}
	}
	l.sections = slices.DeleteFunc(l.sections, func(x *section) bool { return x.Count == 0 })
	return nil
}

// sort picks a section's records out of what was read, or asks for them where
// that is not all.
func (l *look) sort(ctx context.Context, x *section, p *record.Page) error {
	list := slices.DeleteFunc(slices.Clone(p.Records), func(r *record.Record) bool { return !l.belongs(x.key, r) })
	x.Count = int64(len(list))
	slices.SortStableFunc(list, func(a, b *record.Record) int { return l.before(x.key, a, b) })
	if p.Next != "" {
		exact, err := l.s.Query(ctx, record.Query{Object: x.object, Filter: x.filter(mine), Sort: x.sort, Fields: l.seen(x.object, x.fields), Limit: atOnce, Count: record.CountCapped})
		if err != nil {
			return err
		}
		list, x.Count = exact.Records, exact.Count
	}
	for _, r := range list[:min(len(list), atOnce)] {
		x.rows = append(x.rows, l.row(x.key, r, l.names))
	}
	return nil
}

// focus reads the deals that are most worth working on.
func (l *look) focus(ctx context.Context) error {
	o, err := l.s.Object(sales.Deals.Name)
	if err != nil || !l.s.Actor().Can(o, access.Read) {
		return nil
	}
	filter := sales.FocusFilter + " and focus is not empty and " + mine
	if _, err := l.s.Check(o, filter, 0); err != nil {
		return nil
	}
	p, err := l.s.Query(ctx, record.Query{Object: o.Name, Filter: filter, Sort: "-focus", Limit: atOnce})
	if err != nil || len(p.Records) == 0 {
		return err
	}
	x := &section{kind: kind{key: "focus", object: o.Name, icon: "target"}, Title: l.v.T("web.focus.title"), URL: "/focus", All: true}
	for _, r := range p.Records {
		row := l.row("focus", r, l.names)
		whys, err := sales.FocusWhy(ctx, l.s, r)
		if err != nil {
			return err
		}
		row.Note = focus.Said(l.v, whys)
		x.rows = append(x.rows, row)
	}
	l.best = x
	return nil
}

// countTeam asks for the figures of a manager's people.
func (l *look) countTeam(ctx context.Context) error {
	l.team = teamOf(l.s)
	if len(l.team.others) == 0 {
		return nil
	}
	for _, object := range objects {
		a := record.Aggregate{Object: object, Group: []string{"owner"}, Unlabeled: true}
		var of []kind
		for _, k := range l.kinds {
			if k.object == object {
				a.Measures = append(a.Measures, "count{"+k.where+"}")
				a.Filter = l.team.whose() + " and " + k.base
				of = append(of, k)
			}
		}
		if len(of) == 0 {
			continue
		}
		found, err := l.s.Aggregate(ctx, a)
		if err != nil {
			return err
		}
		for _, g := range found.Groups {
			member, _ := g.Keys[0].(value.ID)
			for i, k := range of {
				n, _ := g.Values[i].Value.(int64)
				l.team.add(member, k.key, n)
			}
		}
	}
	return nil
}

// seen are those of some columns that the actor may read.
func (l *look) seen(object string, fields []string) []string {
	o, _ := l.s.Schema().Object(object)
	return slices.DeleteFunc(slices.Clone(fields), func(path string) bool {
		_, err := l.s.Check(o, path, 0)
		f, ok := o.Field(path)
		return err != nil && !(ok && l.s.Sees(f))
	})
}

// proposals are the best records that nobody has touched for a while, for a
// day on which nothing is due.
func (l *look) proposals(ctx context.Context) error {
	if l.has("tasks") || l.has("meetings") {
		return nil
	}
	for _, k := range []kind{
		{key: "quiet_deals", object: "deal", icon: "handshake", base: openDeals, where: `last_activity_at is empty or last_activity_at < today() - 14d`, sort: "-weighted",
			fields: []string{"name", "account.name", "amount", "weighted", "last_activity_at", "created_at"}},
		{key: "fresh_leads", object: "lead", icon: "target", base: `status in ("new", "working")`, where: `last_activity_at is empty or last_activity_at < today() - 14d`, sort: "-created_at",
			fields: []string{"name", "company", "created_at", "last_activity_at"}},
	} {
		o, err := l.s.Object(k.object)
		if err != nil {
			continue
		}
		if _, err := l.s.Check(o, k.filter(mine), 0); err != nil {
			continue
		}
		if l.best == nil && k.key == "quiet_deals" {
			continue // nothing is open
		}
		if l.has("leads") && k.key == "fresh_leads" {
			continue // they stand on the page already
		}
		p, err := l.s.Query(ctx, record.Query{Object: k.object, Filter: k.filter(mine), Sort: k.sort, Fields: l.seen(k.object, k.fields), Limit: atOnce})
		if err != nil {
			return err
		}
		if len(p.Records) == 0 {
			continue
		}
		x := &section{kind: k, Title: l.title(k), URL: k.url(o.Plural, mine)}
		for _, r := range p.Records {
			x.rows = append(x.rows, l.row(k.key, r, l.names))
		}
		l.propose = append(l.propose, x)
	}
	return nil
}

// proposing heads what could be done: that nothing is due it says only where
// nothing else waits.
func (l *look) proposing() string {
	if len(l.sections) > 0 {
		return l.v.T("web.home.propose_too")
	}
	return l.v.T("web.home.propose")
}

func (l *look) has(key string) bool {
	return slices.ContainsFunc(l.sections, func(x *section) bool { return x.key == key && x.Count > 0 })
}

func (l *look) title(k kind) string {
	switch k.key {
	case "tasks":
		return l.v.T("web.home.tasks")
	case "meetings":
		return l.v.T("web.home.meetings")
	case "late":
		return l.v.T("web.home.late")
	case "payments":
		return l.v.T("web.home.payments")
	case "no_step":
		return l.v.T("web.home.no_step")
	case "slow":
		return l.v.T("web.home.slow")
	case "leads":
		return l.v.T("web.home.leads")
	case "quiet_deals":
		return l.v.T("web.home.quiet_deals")
	}
	return l.v.T("web.home.fresh_leads")
}

// short is a kind in a column of a table.
func (l *look) short(k kind) string {
	switch k.key {
	case "meetings":
		return l.v.T("web.home.short_meetings")
	case "late":
		return l.v.T("web.home.short_late")
	case "payments":
		return l.v.T("web.home.short_payments")
	case "no_step":
		return l.v.T("web.home.short_no_step")
	case "slow":
		return l.v.T("web.home.short_slow")
	case "leads":
		return l.v.T("web.home.short_leads")
	}
	return l.title(k)
}
