package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

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

// brought is what counts for one key: leads and deals in millionths, so that parts
// of one add up to it.
type brought struct {
	leads, members, qualified, deals, won int64
	amount, revenue                       int64
	days                                  decimal.Decimal
	timed                                 int64
	said                                  []string // how the key is written
}

const oneLead = record.WholeRecord

// countsWithIt is the condition of leads that their deal counts with: a deal of
// several counts with one of them.
var countsWithIt = LeadSharesDeal.Name() + " is empty"

// untouched are leads of which no touch is known.
const untouched = "not any(touches, id is not empty)"

func touchTable(ctx context.Context, s *record.Session, cond string, p report.Params, by touchKey, model string) (*report.Table, error) {
	all, err := wholeOf(ctx, s, cond, p.Export)
	if err != nil {
		return nil, err
	}
	sums, members, err := by.shared(ctx, s, cond, model, p.Export)
	if err != nil {
		return nil, err
	}
	all["members"] = record.Measure{Value: members}
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

// heirs are the touches that a lead counts for.
var heirs = map[string]record.Heirs{firstTouch: record.FirstHeir, lastTouch: record.LastHeir, everyTouch: record.EachHeir}

// shared is what falls to each key of the leads that a condition holds of, and of the
// deals that the reader sees of them; and how many leads have any.
func (by touchKey) shared(ctx context.Context, s *record.Session, cond, model string, export bool) (sums map[string]*brought, members int64, err error) {
	amount, days := DealAmount.Name(), DealCycle.Name()
	out, err := s.Parts(ctx, record.PartQuery{Object: Touches.Name, Link: TouchLead.Name(), Order: TouchAt.Name(), By: by.field, Filter: cond,
		Became: LeadConvertedDeal.Name(), BecameIf: countsWithIt, To: heirs[model], Export: export,
		Wholes: []record.Whole{{}, {If: ofTouchedLeads["qualified"]}, {Became: true}, {Became: true, Of: amount}, {Became: true, If: isWon}, {Became: true, Of: amount, If: isWon},
			{Became: true, Of: days + " * " + strconv.Itoa(oneLead), If: isWon}, {Became: true, If: isWon + " and " + days + " is not empty"}}})
	if err != nil {
		return nil, 0, err
	}
	sums = map[string]*brought{}
	for _, x := range out.Parts {
		key, n := linkKey(x.Link), x.Sums
		if key == "" {
			key = x.Text
		}
		sums[key] = &brought{said: x.Spelled, members: x.Records, leads: n[0], qualified: n[1], deals: n[2], amount: n[3], won: n[4], revenue: n[5],
			days: decimal.NewFromInt(n[6]), timed: n[7]}
	}
	return sums, out.Records, nil
}
