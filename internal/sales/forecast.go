package sales

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// What a deal is in the forecast of a period beside its category: an open one
// whose close date is past is in no figure, and one without a date in no period.
const (
	Past    = "past"
	Undated = "undated"
)

// ForecastClasses are what deals of a period can be in its forecast. The first
// four are in its figures, the others stand apart.
var ForecastClasses = []string{Closed, Commit, BestCase, InPipeline, Omitted, Past, Undated}

// InFigures reports whether deals of the class are in the forecast's figures.
func InFigures(class string) bool {
	return class == Closed || class == Commit || class == BestCase || class == InPipeline
}

// ForecastQuery asks what the deals of a period come to, as far as the actor
// may read them.
type ForecastQuery struct {
	From, To value.Date // the period, both days in it
	// Person or Team narrows to what one owns, or a team and those below it.
	Person, Team value.ID
	Pipeline     value.ID
	// By is what rows are: ByTeam, ByPipeline, ByProduct or ByCurrency.
	By string
	// AsOf is the moment that is looked back to, zero = now; rights are those of
	// today.
	AsOf time.Time
}

// What the rows of a forecast are.
const (
	ByTeam     = "team" // the teams right below and the people between them
	ByPipeline = "pipeline"
	ByProduct  = "product"  // lines, and deals without any
	ByCurrency = "currency" // that of the deals' amounts
)

// Unlined is the kind of the row, in a forecast by product, of deals without
// lines.
const Unlined = "unlined"

// Forecast is what deals of a period come to, row by row and in all.
type Forecast struct {
	Query ForecastQuery
	Today value.Date
	Rows  []ForecastRow
	Total ForecastRow
	// Plural is that of the object whose records stand behind the figures.
	Object string
	// Source is where the figures of a past moment come from, "" = of now.
	Source string
	// people is what each owner's deals come to, by weight and in the company's
	// currency, in a forecast by team.
	people map[value.ID]int64
}

// ForecastRow is one line of a forecast.
type ForecastRow struct {
	Kind     string   // person, team, pipeline, product, unlined, currency; "" of the total
	Key      value.ID // 0 = nobody's, in none
	Currency string   // of a row of one currency
	Label    string
	Cells    map[string]ForecastCell // by class
}

// ForecastCell is the deals of a row that are in one class.
type ForecastCell struct {
	N                int64
	Amount, Weighted record.Measure
	Filter           string // lists them
}

// Cell is the row's in a class, an empty one included.
func (r ForecastRow) Cell(class string) ForecastCell { return r.Cells[class] }

// Deals is how many are in the figures.
func (r ForecastRow) Deals() (n int64) {
	for class, c := range r.Cells {
		if InFigures(class) {
			n += c.N
		}
	}
	return n
}

// Weighted is what the figures come to, each open deal by its probability and
// the closed ones whole.
func (r ForecastRow) Weighted() record.Measure {
	sum := r.Cells[Closed].Amount
	for _, class := range []string{Commit, BestCase, InPipeline} {
		sum = AddMeasures(sum, r.Cells[class].Weighted)
	}
	return sum
}

// Committed is what is closed and committed.
func (r ForecastRow) Committed() record.Measure {
	return AddMeasures(r.Cells[Closed].Amount, r.Cells[Commit].Amount)
}

// AddMeasures adds two sums of money, currency by currency.
func AddMeasures(a, b record.Measure) record.Measure {
	out := record.Measure{Value: a.Value, Sums: slices.Clone(a.Sums), Missing: a.Missing + b.Missing}
	x, ok := a.Value.(value.Money)
	y, has := b.Value.(value.Money)
	switch {
	case ok && has:
		if sum, err := x.Add(y); err == nil {
			out.Value = sum
		}
	case has:
		out.Value = y
	}
	for _, m := range b.Sums {
		if i := slices.IndexFunc(out.Sums, func(o value.Money) bool { return o.Currency == m.Currency }); i < 0 {
			out.Sums = append(out.Sums, m)
		} else if sum, err := out.Sums[i].Add(m); err == nil {
			out.Sums[i] = sum
		}
	}
	return out
}

// Foresee answers a forecast.
func Foresee(ctx context.Context, s *record.Session, q ForecastQuery) (*Forecast, error) {
	return foresee(ctx, s, q, (*foresight).kept)
}

// foresee answers it from what is kept, where that can tell, or of the deals.
func foresee(ctx context.Context, s *record.Session, q ForecastQuery, kept func(*foresight, context.Context) (bool, error)) (*Forecast, error) {
	if q.From == 0 || q.To < q.From {
		return nil, fault.New(fault.Invalid, "report.bad_period", nil)
	}
	if q.By == "" {
		q.By = ByTeam
	}
	x := &foresight{s: s, q: q, f: &Forecast{Query: q, Today: q.today(s), Object: Deals.Name, people: map[value.ID]int64{}}, at: map[rowKey]int{}}
	if q.By == ByProduct {
		x.f.Object, x.prefix = DealLines.Name, LineDeal.Name()+"."
	}
	if _, err := s.Object(x.f.Object); err != nil {
		return nil, err
	}
	x.f.Total = ForecastRow{Cells: map[string]ForecastCell{}}
	if err := x.place(ctx); err != nil {
		return nil, err
	}
	looked, err := x.lookUp(ctx)
	if err != nil {
		return nil, err
	}
	done := false
	if q.AsOf.IsZero() { // what is kept by month is kept of now
		if done, err = kept(x, ctx); err != nil {
			return nil, err
		}
	}
	for _, p := range x.parts() {
		if done || looked && p.class == "" {
			continue
		}
		if err := x.add(ctx, p); err != nil {
			return nil, err
		}
	}
	x.list()
	return x.f, x.addUnlined(ctx)
}

// foresight is a forecast in the making.
type foresight struct {
	s      *record.Session
	q      ForecastQuery
	f      *Forecast
	prefix string // of the deal's fields
	// unlined narrows to deals without lines.
	unlined bool
	tree    *teamTree
	at      map[rowKey]int
}

// rowKey tells rows apart.
type rowKey struct {
	kind, currency string
	id             value.ID
}

// part is one aggregate of a forecast: an index serves each.
type part struct {
	filter string
	class  string // of all of them; "" = by their category
	// months ask the same of sums that are kept by month.
	months record.CalendarQuery
}

func onOrAfter(prefix string, d value.Date) string {
	return prefix + DealCloseDate.Name() + ` >= date("` + d.String() + `")`
}
func onOrBefore(prefix string, d value.Date) string {
	return prefix + DealCloseDate.Name() + ` <= date("` + d.String() + `")`
}

// open is the first day of which open deals are in the period's figures.
func (x *foresight) open() value.Date { return max(x.q.From, x.f.Today) }

// pastFilter is the condition of open deals whose day is past. The period that
// runs has them all, since they are in no other's figures; one that is over has
// those of its own.
func (x *foresight) pastFilter() string {
	p := x.prefix
	switch {
	case x.q.From > x.f.Today:
		return ""
	case x.q.To >= x.f.Today:
		return p + isOpen + ` and ` + p + DealCloseDate.Name() + ` < date("` + x.f.Today.String() + `")`
	}
	return p + isOpen + ` and ` + onOrAfter(p, x.q.From) + ` and ` + onOrBefore(p, x.q.To)
}

func (x *foresight) parts() []part {
	p := x.prefix
	list := []part{{filter: p + isWon + " and " + onOrAfter(p, x.q.From) + " and " + onOrBefore(p, x.q.To),
		months: record.CalendarQuery{State: Won, From: x.q.From, To: x.q.To}}}
	if x.open() <= x.q.To {
		list = append(list, part{filter: p + isOpen + " and " + onOrAfter(p, x.open()) + " and " + onOrBefore(p, x.q.To),
			months: record.CalendarQuery{State: Open, From: x.open(), To: x.q.To}})
	}
	if past := x.pastFilter(); past != "" {
		months := record.CalendarQuery{State: Open, From: x.q.From, To: x.q.To}
		if x.q.To >= x.f.Today {
			months.From, months.To = 0, x.f.Today.AddDays(-1)
		}
		list = append(list, part{filter: past, class: Past, months: months})
	}
	if x.q.To >= x.f.Today {
		list = append(list, part{filter: p + isOpen + " and " + p + DealCloseDate.Name() + " is empty", class: Undated,
			months: record.CalendarQuery{State: Open, Undated: true}})
	}
	return list
}

// within narrows to whose deals are asked for.
func (x *foresight) within() []string {
	parts := []string{x.q.Whose(x.s)}
	if x.q.Pipeline != 0 {
		parts = append(parts, x.prefix+DealPipeline.Name()+` = "`+x.q.Pipeline.String()+`"`)
	}
	if x.unlined {
		parts = append(parts, "not any(lines)")
	}
	return parts
}

// Whose is the condition of records of any object whose owners are asked for,
// "" for everybody's.
func (q ForecastQuery) Whose(s *record.Session) string {
	return report.Scope{Person: q.Person, Team: q.Team}.Condition(s, "owner")
}

// ofDeals is the condition of deals that are asked for.
func (q ForecastQuery) ofDeals(s *record.Session) string {
	if q.Pipeline == 0 {
		return q.Whose(s)
	}
	return joinAnd(q.Whose(s), DealPipeline.Name()+` = "`+q.Pipeline.String()+`"`)
}

// joinAnd is the condition that all hold, but for empty ones.
func joinAnd(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " and ")
}

// key is what an aggregate groups by to make the rows.
func (x *foresight) key() string {
	switch x.q.By {
	case ByPipeline:
		return DealPipeline.Name()
	case ByProduct:
		return LineProduct.Name()
	case ByCurrency:
		return DealAmount.Name() + ".currency"
	}
	return "owner"
}

// add sums one part into the rows and the total.
func (x *foresight) add(ctx context.Context, p part) error {
	group := []string{x.key()}
	if p.class == "" {
		group = append(group, x.prefix+DealForecast.Name())
	}
	measures := []string{"count", "sum:" + DealAmount.Name()}
	if x.q.By == ByProduct { // a line has the chance of its deal
		group = append(group, x.prefix+DealChance.Name())
	} else {
		measures = append(measures, "sum:"+DealWeighted.Name())
	}
	r, err := x.s.Aggregate(ctx, record.Aggregate{Object: x.f.Object, Filter: joinAnd(append([]string{p.filter}, x.within()...)...), Group: group,
		Measures: measures, Limit: 10_000, Unlabeled: x.q.By == ByTeam, AsOf: x.q.AsOf})
	if err != nil {
		return err
	}
	for _, g := range r.Groups {
		class := p.class
		if class == "" {
			forecast, _ := g.Keys[1].(string)
			class = classOf(p.months.State, forecast)
		}
		n, _ := g.Values[0].Value.(int64)
		c := ForecastCell{N: n, Amount: g.Values[1]}
		if x.q.By == ByProduct {
			chance, _ := g.Keys[len(g.Keys)-1].(decimal.Decimal)
			c.Weighted = weighed(c.Amount, chance)
		} else {
			c.Weighted = g.Values[2]
		}
		id, _ := g.Keys[0].(value.ID)
		x.put(id, x.label(g), class, c)
	}
	return nil
}

// label is what a group's row is called.
func (x *foresight) label(g record.Group) (label string) {
	if x.q.By == ByCurrency {
		label, _ = g.Keys[0].(string)
	} else if len(g.Labels) > 0 {
		label = g.Labels[0]
	}
	return label
}

// weighed is a sum of money by a chance in percent, in the company's currency.
func weighed(m record.Measure, chance decimal.Decimal) record.Measure {
	x, ok := m.Value.(value.Money)
	if !ok {
		return record.Measure{Missing: m.Missing}
	}
	x.Minor = decimal.NewFromInt(x.Minor).Mul(chance).Shift(-2).RoundBank(0).IntPart()
	return record.Measure{Value: x, Missing: m.Missing}
}

// addUnlined adds, to a forecast by product, what deals without lines come to.
// The total is of two objects then, and no list has all of it.
func (x *foresight) addUnlined(ctx context.Context) error {
	if x.q.By != ByProduct {
		return nil
	}
	of := foresight{s: x.s, q: x.q, f: &Forecast{Query: x.q, Today: x.f.Today, Object: Deals.Name}, tree: x.tree, at: map[rowKey]int{}, unlined: true}
	of.q.By, of.f.Total.Cells = ByPipeline, map[string]ForecastCell{}
	for _, p := range of.parts() {
		if err := of.add(ctx, p); err != nil {
			return err
		}
	}
	if len(of.f.Total.Cells) == 0 {
		return nil
	}
	row := of.f.Total
	row.Kind = Unlined
	of.link(&row, of.within())
	for class, c := range row.Cells {
		x.f.Total.add(class, c)
	}
	for class, c := range x.f.Total.Cells {
		c.Filter = ""
		x.f.Total.Cells[class] = c
	}
	x.f.Rows = append(x.f.Rows, row)
	return nil
}

// put adds what an owner (or pipeline, product, currency) has to its row.
func (x *foresight) put(id value.ID, label, class string, c ForecastCell) {
	x.row(id, label).add(class, c)
	x.f.Total.add(class, c)
	if x.q.By != ByTeam || !InFigures(class) {
		return
	}
	worth := c.Weighted
	if class == Closed {
		worth = c.Amount
	}
	if m, ok := worth.Value.(value.Money); ok {
		x.f.people[id] += m.Minor
	}
}

func classOf(status, forecast string) string {
	switch {
	case forecast == Omitted:
		return Omitted
	case status == Won:
		return Closed
	case forecast == Closed:
		return Commit
	case forecast == "":
		return InPipeline
	}
	return forecast
}

func (r *ForecastRow) add(class string, c ForecastCell) {
	have := r.Cells[class]
	r.Cells[class] = ForecastCell{N: have.N + c.N, Amount: AddMeasures(have.Amount, c.Amount), Weighted: AddMeasures(have.Weighted, c.Weighted)}
}

// row is the one that what an owner (or pipeline, or product) has belongs to.
func (x *foresight) row(id value.ID, label string) *ForecastRow {
	kind, key := x.q.By, id
	if x.q.By == ByTeam {
		kind, key = "person", id
		if below := x.tree.under(x.q.Team, x.s.Roster().TeamOf(id)); id != 0 && x.q.Person == 0 && below != 0 {
			kind, key, label = "team", below, x.tree.names[below]
		} else if id != 0 {
			label = x.s.Roster().Name(id)
		}
	}
	at := rowKey{kind: kind, id: key}
	if x.q.By == ByCurrency {
		at.currency = label
	}
	i, ok := x.at[at]
	if !ok {
		i = len(x.f.Rows)
		x.at[at] = i
		x.f.Rows = append(x.f.Rows, ForecastRow{Kind: kind, Key: key, Currency: at.currency, Label: label, Cells: map[string]ForecastCell{}})
	}
	return &x.f.Rows[i]
}

// list puts the rows in order and gives every figure the condition of its list.
func (x *foresight) list() {
	slices.SortStableFunc(x.f.Rows, func(a, b ForecastRow) int {
		if a.Kind != b.Kind {
			return strings.Compare(b.Kind, a.Kind) // teams before people
		}
		return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label))
	})
	all := x.within()
	for i := range x.f.Rows {
		x.link(&x.f.Rows[i], append(slices.Clone(all), x.mine(x.f.Rows[i])))
	}
	x.link(&x.f.Total, all)
}

func (x *foresight) mine(r ForecastRow) string {
	switch {
	case r.Currency != "":
		return x.key() + ` = "` + r.Currency + `"`
	case r.Key == 0:
		return x.key() + " is empty"
	case r.Kind == "team":
		return report.Scope{Team: r.Key}.Condition(x.s, "owner")
	}
	return x.key() + ` = "` + r.Key.String() + `"`
}

func (x *foresight) link(r *ForecastRow, parts []string) {
	for class, c := range r.Cells {
		c.Filter = joinAnd(append([]string{x.condition(class)}, parts...)...)
		r.Cells[class] = c
	}
}

// condition is that of the deals in a class.
func (x *foresight) condition(class string) string {
	p := x.prefix
	won := p + isWon + " and " + onOrAfter(p, x.q.From) + " and " + onOrBefore(p, x.q.To)
	open := p + isOpen + " and " + onOrAfter(p, x.open()) + " and " + onOrBefore(p, x.q.To)
	field := p + DealForecast.Name()
	switch class {
	case Closed:
		return won + " and " + field + ` != "omitted"`
	case Commit:
		return open + " and " + field + ` in ("commit", "closed")`
	case BestCase:
		return open + " and " + field + ` = "best"`
	case InPipeline:
		return open + " and (" + field + ` = "pipeline" or ` + field + " is empty)"
	case Omitted:
		return field + ` = "omitted" and (` + won + " or " + open + ")"
	case Past:
		return x.pastFilter()
	}
	return p + isOpen + " and " + p + DealCloseDate.Name() + " is empty"
}

// ForecastScope is where somebody begins: a manager with his team and those
// below, who leads nobody with himself. The company's whole is 0 and 0.
func ForecastScope(s *record.Session) (person, team value.ID) {
	a := s.Actor()
	if leads(s) {
		if a.Scope(s.Schema().MustObject(Deals.Name), access.Update) == access.All {
			return 0, 0
		}
		return 0, a.Team()
	}
	return a.Member(), 0
}

// leads reports whether the actor answers for deals of more than his own team's
// colleagues: his right to change them goes down the tree.
func leads(s *record.Session) bool {
	o := s.Schema().MustObject(Deals.Name)
	scope := s.Actor().Scope(o, access.Update)
	return scope == access.All || scope == access.Below && s.Actor().Team() != 0
}

// teamTree is the teams of the company.
type teamTree struct {
	names  map[value.ID]string
	parent map[value.ID]value.ID
}

// place reads the teams that rows are made of.
func (x *foresight) place(ctx context.Context) (err error) {
	if x.q.By != ByTeam {
		return nil
	}
	x.tree, err = teamsOf(ctx, x.s)
	return err
}

func teamsOf(ctx context.Context, s *record.Session) (*teamTree, error) {
	t := &teamTree{names: map[value.ID]string{}, parent: map[value.ID]value.ID{}}
	err := s.AsSystem("the tree of teams").Each(ctx, record.Query{Object: access.Teams.Name, Fields: []string{access.TeamName.Name(), access.TeamParent.Name()}}, func(r *record.Record) error {
		t.names[r.ID] = r.Title()
		if up, ok := record.Get(r, access.TeamParent); ok && up != r.ID {
			t.parent[r.ID] = up
		}
		return nil
	})
	for id, up := range t.parent {
		if t.names[up] == "" {
			t.parent[id] = 0
		}
	}
	return t, err
}

// deepest is how far a tree of teams is followed, should it run in a circle.
const deepest = 50

// under is the team right below top that a team belongs to; 0 for top itself
// and for none.
func (t *teamTree) under(top, team value.ID) value.ID {
	for range deepest {
		if team == 0 || team == top {
			return 0
		}
		if t.parent[team] == top {
			return team
		}
		team = t.parent[team]
	}
	return 0
}
