package sales

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
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
