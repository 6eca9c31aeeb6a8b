package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Which touches of a lead what became of it counts for.
const (
	firstTouch = "first"
	lastTouch  = "last"
	everyTouch = "even" // each for the same part
)

// touchKey is what touches are told apart by.
type touchKey struct {
	report, title string
	field         string // of a touch, and of a cost
	path          string // of the key in a list of touches
	// cost is the key of a cost, labels are what keys are called.
	cost   func(*record.Record) string
	labels func(context.Context, *record.Session) (map[string]string, error)
	// group is what heads the lines.
	group string
}

var (
	bySource = touchKey{report: "lead-attribution", title: "Sources", field: TouchSource.Name(), group: LeadFirstSource.Name(), labels: sourceNames,
		cost: func(r *record.Record) string { id, _ := record.Get(r, CostSource); return linkKey(id) }}
	byChannel = touchKey{report: "channel-attribution", title: "Channels", field: TouchChannel.Name(), group: LeadChannel.Name(),
		cost: func(r *record.Record) string { text, _ := record.Get(r, CostChannel); return folded(text) }, labels: noNames}
	byCampaign = touchKey{report: "campaign-attribution", title: "Campaigns", field: TouchCampaign.Name(), path: CostCampaign.Name() + "." + CampaignCode.Name(), group: "campaign",
		cost: func(r *record.Record) string {
			code, _ := r.Path(CostCampaign.Name() + "." + CampaignCode.Name()).(string)
			return folded(code)
		}, labels: campaignNames}
)

func linkKey(id value.ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

func noNames(context.Context, *record.Session) (map[string]string, error) { return nil, nil }

func sourceNames(ctx context.Context, s *record.Session) (map[string]string, error) {
	return namesOf(ctx, s, LeadSources.Name, func(r *record.Record) string { return r.ID.String() })
}

func campaignNames(ctx context.Context, s *record.Session) (map[string]string, error) {
	return namesOf(ctx, s, Campaigns.Name, func(r *record.Record) string { code, _ := record.Get(r, CampaignCode); return folded(code) })
}

// namesOf are the names of the company's list of something, by key; nobody's where
// the list is out of sight.
func namesOf(ctx context.Context, s *record.Session, object string, key func(*record.Record) string) (map[string]string, error) {
	names := map[string]string{}
	if _, err := s.Object(object); err != nil {
		return names, nil
	}
	return names, s.Each(ctx, record.Query{Object: object}, func(r *record.Record) error { names[key(r)] = r.Title(); return nil })
}

// literal is a text in a condition.
func literal(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// touchedBy reports leads by something of their touches.
func touchedBy(name, title string, by touchKey, model string) report.Spec {
	spec := report.Spec{Name: name, Title: title, Object: Leads.Name, Period: "created_at", Unknown: []string{by.group},
		Help: "What each brought, counted by the touches of a lead: the first, the last, or each for the same part. Members are all leads that it touched, first or later." + attributionHelp}
	inner := spec
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		return touchTable(ctx, s, inner.Condition(p), p, by, model)
	}
	return spec
}

// mostTouches is how many touches one report weighs.
const mostTouches = 500_000

// touchedLead is a lead with its touches and the deal that it became.
type touchedLead struct {
	id        value.ID
	touches   []leadTouch
	qualified bool
	deal      *touchedDeal // nil = none that counts with it, or that the reader sees
}

type leadTouch struct {
	at   time.Time
	id   value.ID
	key  string
	said string // as it was written
}

// touchedDeal is what a lead became.
type touchedDeal struct {
	won    bool
	amount int64
	days   int64
	timed  bool
}

// brought is what counts for one key: leads and deals in millionths, so that parts
// of one add up to it.
type brought struct {
	leads, members, qualified, deals, won int64
	amount, revenue                       int64
	days                                  decimal.Decimal
	timed                                 int64
	said                                  map[string]bool
}

const oneLead = 1_000_000

// untouched are leads of which no touch is known.
const untouched = "not any(touches, id is not empty)"

func touchTable(ctx context.Context, s *record.Session, cond string, p report.Params, by touchKey, model string) (*report.Table, error) {
	all, err := by.whole(ctx, s, cond, p.Export)
	if err != nil {
		return nil, err
	}
	none, err := by.whole(ctx, s, report.Both(cond, untouched), p.Export)
	if err != nil {
		return nil, err
	}
	leads, err := touchedLeads(ctx, s, cond, by, p.Export)
	if err != nil {
		return nil, err
	}
	sums := map[string]*brought{}
	for _, l := range leads {
		l.count(sums, model)
	}
	addUntouched(sums, none)
	t := &report.Table{Object: Leads.Name, Groups: []string{by.group}, Rows: []report.Row{}, Columns: attributions}
	if _, own := s.Schema().MustObject(Leads.Name).Field(by.group); !own { // it is a field of touches alone
		f, _ := s.Schema().MustObject(Touches.Name).Field(by.field)
		t.Heads = []string{f.Label(language(s))}
	}
	t.Total = &report.Row{Values: all.line(), Behind: listsOf(cond, report.Both(cond, by.member("", nil)))}
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		t.Rows = append(t.Rows, sums[key].row(s, key, cond, by, model))
	}
	evenOut(t)
	if err := addCosts(ctx, s, p, t, by, func(r report.Row) string { return keyText(r.Keys[0]) }); err != nil {
		return nil, err
	}
	for i := range t.Rows {
		if t.Rows[i].Keys[0] == "" {
			t.Rows[i].Keys[0] = nil
		}
	}
	slices.SortStableFunc(t.Rows, func(a, b report.Row) int {
		return cmp.Or(cmp.Compare(report.Size(b.Values[0]), report.Size(a.Values[0])), cmp.Compare(a.Labels[0], b.Labels[0]))
	})
	return t, nil
}

// touchedLeads reads the touches of the leads that a condition holds of.
func touchedLeads(ctx context.Context, s *record.Session, cond string, by touchKey, export bool) ([]*touchedLead, error) {
	under, err := beneath(TouchLead.Name(), cond)
	if err != nil {
		return nil, err
	}
	deals, err := touchedDeals(ctx, s, cond, export)
	if err != nil {
		return nil, err
	}
	leads, list, n := map[value.ID]*touchedLead{}, []*touchedLead{}, 0
	became, shares := TouchLead.Name()+"."+LeadConvertedDeal.Name(), TouchLead.Name()+"."+LeadSharesDeal.Name()
	q := record.Query{Object: Touches.Name, Filter: under, Export: export, Fields: []string{TouchLead.Name(), TouchAt.Name(), by.field, "lead.status", became, shares}}
	err = s.Each(ctx, q, func(r *record.Record) error {
		if n++; n > mostTouches {
			return fault.New(fault.TooLarge, "attribution.too_many", fault.Args{"max": mostTouches})
		}
		id, _ := record.Get(r, TouchLead)
		l := leads[id]
		if l == nil {
			status, _ := r.Path("lead.status").(string)
			l = &touchedLead{id: id, qualified: status == Qualified || status == Converted}
			if with, _ := r.Path(shares).(bool); !with {
				deal, _ := r.Path(became).(value.ID)
				l.deal = deals[deal]
			}
			leads[id], list = l, append(list, l)
		}
		x := leadTouch{id: r.ID}
		x.at, _ = record.Get(r, TouchAt)
		switch v := r.Field(by.field).(type) {
		case value.ID:
			x.key = linkKey(v)
		case string:
			x.key, x.said = folded(v), v
		}
		l.touches = append(l.touches, x)
		return nil
	})
	return list, err
}

// touchedDeals are the deals that the reader sees of the leads that a condition
// holds of.
func touchedDeals(ctx context.Context, s *record.Session, cond string, export bool) (map[value.ID]*touchedDeal, error) {
	deals := map[value.ID]*touchedDeal{}
	q := record.Query{Object: Deals.Name, Filter: becameOf(cond), Export: export, Fields: []string{DealStatus.Name(), DealAmount.Name(), DealCycle.Name()}}
	return deals, s.Each(ctx, q, func(r *record.Record) error {
		d := &touchedDeal{}
		status, _ := record.Get(r, DealStatus)
		d.won = status == Won
		d.amount, _ = r.Base(DealAmount.Name())
		if d.won {
			d.days, d.timed = r.Path(DealCycle.Name()).(int64)
		}
		deals[r.ID] = d
		return nil
	})
}

// count shares a lead out among its touches.
func (l *touchedLead) count(sums map[string]*brought, model string) {
	slices.SortFunc(l.touches, func(a, b leadTouch) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	met := map[string]bool{}
	for _, x := range l.touches {
		b := sums[x.key]
		if b == nil {
			b = &brought{said: map[string]bool{}}
			sums[x.key] = b
		}
		b.said[x.said] = true
		if !met[x.key] {
			met[x.key] = true
			b.members++
		}
	}
	touches := l.touches
	switch model {
	case firstTouch:
		touches = touches[:1]
	case lastTouch:
		touches = touches[len(touches)-1:]
	}
	for i, x := range touches {
		l.give(sums[x.key], i, int64(len(touches)))
	}
}

// give adds the part that one of n touches has in a lead; the parts add up to the
// whole.
func (l *touchedLead) give(b *brought, i int, n int64) {
	part := func(whole int64) int64 {
		if int64(i) < whole%n {
			return whole/n + 1
		}
		return whole / n
	}
	share := part(oneLead)
	b.leads += share
	if l.qualified {
		b.qualified += share
	}
	d := l.deal
	if d == nil {
		return
	}
	b.deals, b.amount = b.deals+share, b.amount+part(d.amount)
	if d.won {
		b.won, b.revenue = b.won+share, b.revenue+part(d.amount)
	}
	if d.timed {
		b.days, b.timed = b.days.Add(decimal.NewFromInt(d.days).Mul(decimal.NewFromInt(share))), b.timed+share
	}
}
