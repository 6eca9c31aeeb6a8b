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
	bySource = touchKey{field: TouchSource.Name(), group: LeadFirstSource.Name(), labels: sourceNames,
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

// idle is the line of something that cost and brought nothing.
func (by touchKey) idle(key string, columns int) report.Row {
	r := report.Row{Keys: []any{any(key)}, Labels: []string{key}, Values: make([]record.Measure, columns), Behind: make([]report.Behind, columns)}
	if key == "" {
		r.Keys[0] = nil
	}
	for i := range 3 {
		r.Values[i].Value = int64(0)
	}
	return r
}

// touchedBy reports leads by something of their touches.
func touchedBy(name, title string, by touchKey, model string) report.Spec {
	spec := report.Spec{Name: name, Title: title, Object: Leads.Name, Period: "created_at", Unknown: []string{by.group},
		Help: "What each brought, counted by the touches of a lead: the first, the last, or each for the same part." + attributionHelp}
	inner := spec
	spec.Run = func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
		return touchTable(ctx, s, inner.Condition(p), p, by, model)
	}
	return spec
}

// mostTouches is how many touches one report weighs.
const mostTouches = 500_000

// touchedLead is a lead with what became of it and its touches.
type touchedLead struct {
	touches        []leadTouch
	qualified, won bool
	revenue        int64
	days           decimal.Decimal
	timed          bool
}

type leadTouch struct {
	at   time.Time
	id   value.ID
	key  string
	said string // as it was written
}

// brought is what counts for one key: leads in millionths, so that parts of one add
// up to it.
type brought struct {
	leads, qualified, won, revenue int64
	days                           decimal.Decimal
	timed                          int64
	said                           map[string]bool
}

const oneLead = 1_000_000

func touchTable(ctx context.Context, s *record.Session, cond string, p report.Params, by touchKey, model string) (*report.Table, error) {
	all, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: cond, Measures: measures(attributions), Export: p.Export})
	if err != nil {
		return nil, err
	}
	leads, err := touchedLeads(ctx, s, cond, by)
	if err != nil {
		return nil, err
	}
	sums := map[string]*brought{}
	for _, l := range leads {
		l.count(sums, model)
	}
	const untouched = "not any(touches, id is not empty)"
	none, err := s.Aggregate(ctx, record.Aggregate{Object: Leads.Name, Filter: report.Both(cond, untouched), Measures: measures(attributions), Export: p.Export})
	if err != nil {
		return nil, err
	}
	t := &report.Table{Object: Leads.Name, Groups: []string{by.group}, Rows: []report.Row{}, Columns: plainly(attributions)}
	total := report.Row{Values: all.Total.Values, Behind: sameBehind(cond)}
	t.Total = &total
	addUntouched(sums, none.Total.Values)
	for _, key := range slices.Sorted(maps.Keys(sums)) {
		t.Rows = append(t.Rows, sums[key].row(s, key, cond, by, model, untouched))
	}
	evenOut(t, total.Values)
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

func measures(columns []report.Column) (list []string) {
	for _, c := range columns {
		list = append(list, c.Measure)
	}
	return list
}

// plainly are columns whose figures are worked out here.
func plainly(columns []report.Column) []report.Column {
	out := slices.Clone(columns)
	for i := range out {
		out[i].Adds, out[i].Measure = out[i].Sums(), ""
	}
	return out
}

// sameBehind are the lists of what became of leads that a condition holds of.
func sameBehind(cond string) []report.Behind {
	out := make([]report.Behind, len(attributions))
	for i, c := range attributions {
		m, _ := record.ReadMeasure(c.Measure)
		out[i].Filter = cmp.Or(report.Both(cond, m.Behind()), "id is not empty")
	}
	return out
}

// touchedLeads reads the touches of the leads that a condition holds of.
func touchedLeads(ctx context.Context, s *record.Session, cond string, by touchKey) (map[value.ID]*touchedLead, error) {
	under, err := beneath(TouchLead.Name(), cond)
	if err != nil {
		return nil, err
	}
	const deal = "lead.converted_deal."
	leads, n := map[value.ID]*touchedLead{}, 0
	q := record.Query{Object: Touches.Name, Filter: under, Fields: []string{TouchLead.Name(), TouchAt.Name(), by.field, "lead.status", deal + "status", deal + "amount", deal + "close_date", deal + "cycle_days", "lead.shares_deal"}}
	return leads, s.Each(ctx, q, func(r *record.Record) error {
		if n++; n > mostTouches {
			return fault.New(fault.TooLarge, "attribution.too_many", fault.Args{"max": mostTouches})
		}
		id, _ := record.Get(r, TouchLead)
		l := leads[id]
		if l == nil {
			l = becameOf(s, r, deal)
			leads[id] = l
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
}

func becameOf(s *record.Session, r *record.Record, deal string) *touchedLead {
	l := &touchedLead{}
	status, _ := r.Path("lead.status").(string)
	l.qualified = status == Qualified || status == Converted
	became, _ := r.Path(deal + "status").(string)
	if l.won = became == Won; !l.won {
		return l
	}
	on, _ := r.Path(deal + "close_date").(value.Date)
	shared, _ := r.Path("lead.shares_deal").(bool)
	if m, ok := r.Path(deal + "amount").(value.Money); ok && !shared {
		l.revenue, _ = s.BaseOn(m, min(on, s.Today()))
	}
	switch d := r.Path(deal + "cycle_days").(type) {
	case int64:
		l.days, l.timed = decimal.NewFromInt(d), true
	case decimal.Decimal:
		l.days, l.timed = d, true
	}
	return l
}

// count shares a lead out among its touches.
func (l *touchedLead) count(sums map[string]*brought, model string) {
	slices.SortFunc(l.touches, func(a, b leadTouch) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
	touches := l.touches
	switch model {
	case firstTouch:
		touches = touches[:1]
	case lastTouch:
		touches = touches[len(touches)-1:]
	}
	n := int64(len(touches))
	part := func(whole int64, i int) int64 { // parts add up to the whole
		if int64(i) < whole%n {
			return whole/n + 1
		}
		return whole / n
	}
	for i, x := range touches {
		b := sums[x.key]
		if b == nil {
			b = &brought{said: map[string]bool{}}
			sums[x.key] = b
		}
		b.said[x.said] = true
		share := part(oneLead, i)
		b.leads += share
		if l.qualified {
			b.qualified += share
		}
		if l.won {
			b.won += share
			b.revenue += part(l.revenue, i)
		}
		if l.timed {
			b.days, b.timed = b.days.Add(l.days.Mul(decimal.NewFromInt(share))), b.timed+share
		}
	}
}

// addUntouched adds the leads that have no touch to those of nothing known.
func addUntouched(sums map[string]*brought, of []record.Measure) {
	if whole(of[0]) == 0 {
		return
	}
	b := sums[""]
	if b == nil {
		b = &brought{said: map[string]bool{}}
		sums[""] = b
	}
	b.said[""] = true
	b.leads, b.qualified, b.won = b.leads+whole(of[0])*oneLead, b.qualified+whole(of[1])*oneLead, b.won+whole(of[2])*oneLead
	if m, ok := of[3].Value.(value.Money); ok {
		b.revenue += m.Minor
	}
	if d, ok := of[4].Value.(decimal.Decimal); ok && whole(of[2]) > 0 {
		n := whole(of[2]) * oneLead
		b.days, b.timed = b.days.Add(d.Mul(decimal.NewFromInt(n))), b.timed+n
	}
}

func (b *brought) row(s *record.Session, key, cond string, by touchKey, model, untouched string) report.Row {
	r := report.Row{Keys: []any{key}, Labels: []string{key}, Behind: sameBehind(report.Both(cond, by.filter(b, key, model, untouched)))}
	for text := range b.said { // as somebody wrote it
		if text != "" && (r.Labels[0] == key || text < r.Labels[0]) {
			r.Labels[0] = text
		}
	}
	count := func(n int64) record.Measure {
		if model != everyTouch {
			return record.Measure{Value: n / oneLead}
		}
		return record.Measure{Value: decimal.New(n, -6)}
	}
	r.Values = []record.Measure{count(b.leads), count(b.qualified), count(b.won), {}, {}}
	if b.won > 0 {
		r.Values[3].Value = value.Money{Minor: b.revenue, Currency: s.Settings().Currency}
	}
	if b.timed > 0 {
		r.Values[4].Value = b.days.DivRound(decimal.NewFromInt(b.timed), 6)
	}
	return r
}

// filter is the condition of the leads that have a part in a line.
func (by touchKey) filter(b *brought, key, model, untouched string) string {
	is := by.field + ` = "` + key + `"`
	switch {
	case key == "":
		is = by.field + " is empty"
	case by.field != bySource.field:
		var said []string
		for _, text := range slices.Sorted(maps.Keys(b.said)) {
			said = append(said, literal(text))
		}
		is = by.field + " in (" + strings.Join(said, ", ") + ")"
	}
	switch model {
	case firstTouch:
		is += " and at = lead.first_touch_at"
	case lastTouch:
		is += " and at = lead.last_touch_at"
	}
	is = "any(touches, " + is + ")"
	if key == "" {
		return "(" + is + " or " + untouched + ")"
	}
	return is
}

// evenOut rounds parts of leads to hundredths so that they add up to the whole:
// what rounding down leaves goes to those that lost most by it.
func evenOut(t *report.Table, total []record.Measure) {
	for col := range 3 {
		left := decimal.NewFromInt(whole(total[col]))
		type lost struct {
			row  int
			rest decimal.Decimal
		}
		var parts []lost
		for i := range t.Rows {
			n, ok := t.Rows[i].Values[col].Value.(decimal.Decimal)
			if !ok {
				return
			}
			down := n.Truncate(2)
			t.Rows[i].Values[col].Value = down
			left = left.Sub(down)
			parts = append(parts, lost{i, n.Sub(down)})
		}
		slices.SortStableFunc(parts, func(a, b lost) int { return b.rest.Cmp(a.rest) })
		cent := decimal.New(1, -2)
		for i := 0; i < len(parts) && left.GreaterThanOrEqual(cent); i++ {
			v := &t.Rows[parts[i].row].Values[col]
			v.Value = v.Value.(decimal.Decimal).Add(cent)
			left = left.Sub(cent)
		}
	}
}
