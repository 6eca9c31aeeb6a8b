package forecast

import (
	"net/url"

	"github.com/shopspring/decimal"

	"wellmet/internal/goal"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// inFigures are the classes that the table has columns of.
var inFigures = []string{sales.InPipeline, sales.BestCase, sales.Commit, sales.Closed}

// apart are the classes that stand apart.
var apart = []string{sales.Past, sales.Undated, sales.Omitted}

// list is the address of the records behind a figure.
func (b *board) list(plural, filter string) string {
	q := url.Values{"filter": {filter}}
	if b.day != "" {
		q.Set("as_of", b.day)
	}
	return "/" + plural + "?" + q.Encode()
}

func (b *board) word(class string) string { return b.v.T("web.forecast.class." + class) }

// note is who said what of a person's row, in a hint; of a team's how many
// people's words are in it.
func (b *board) note(r sales.ForecastRow, w sales.Word, own bool) string {
	if r.Kind != "person" {
		return b.v.T("web.forecast.said_of", "count", w.People)
	}
	for _, a := range b.said { // the latest first
		if a.Person == r.Key && (a.By == a.Person) == own {
			return a.Note
		}
	}
	return ""
}

// numbers are the figures above all.
func (b *board) numbers() (list []chart.Figure) {
	t := b.f.Total
	best := sales.AddMeasures(t.Committed(), t.Cell(sales.BestCase).Amount)
	for _, x := range []struct {
		name string
		sum  record.Measure
		note string
	}{{"closed", t.Cell(sales.Closed).Amount, ""}, {"committed", t.Committed(), ""}, {"best", best, ""}, {"weighted", t.Weighted(), ""}} {
		f := chart.Figure{Title: b.v.T("web.forecast.number." + x.name), Text: short(b.v, x.sum), Note: b.v.T("web.forecast.number." + x.name + "_help")}
		if x.name == "closed" && t.Cell(sales.Closed).N > 0 && t.Cell(sales.Closed).Filter != "" {
			f.URL = b.list(b.plural, t.Cell(sales.Closed).Filter)
		}
		if odd := b.oddAim(t); odd != "" && x.name == "closed" {
			f.Note = odd
		} else if aim, ok := b.target(t); ok && x.name == "closed" {
			if part := b.attained(t); part != "" {
				f.Note = b.v.T("web.forecast.of_target", "percent", part, "target", b.v.MoneyShort(aim))
			}
		}
		list = append(list, f)
	}
	return list
}

// short is a sum where there is little room; the table has it whole.
func short(v *kit.View, m record.Measure) string {
	if x, ok := m.Value.(value.Money); ok && m.Missing == 0 {
		return v.MoneyShort(x)
	}
	return parts.Sum(v, m)
}

// missing is how many amounts are in no sum for want of a rate.
func (b *board) missing() (n int64) {
	for class, c := range b.f.Total.Cells {
		if sales.InFigures(class) {
			n += c.Amount.Missing
		}
	}
	return n
}

// currencies are what the figures come to in each currency, where there are
// several.
func (b *board) currencies() []value.Money {
	var all record.Measure
	for _, class := range inFigures {
		all = sales.AddMeasures(all, b.f.Total.Cell(class).Amount)
	}
	if len(all.Sums) < 2 {
		return nil
	}
	return all.Sums
}

// target is what a row's people aim at in the period; a total's is that of whom
// the page is about.
func (b *board) target(r sales.ForecastRow) (value.Money, bool) {
	t := b.aimOf(r)
	if t == nil || t.Unrated {
		return value.Money{}, false
	}
	return value.Money{Minor: t.N, Currency: b.base}, true
}

// oddAim says why nothing can be told of a row's target, "" where it can.
func (b *board) oddAim(r sales.ForecastRow) string {
	switch t := b.aimOf(r); {
	case t == nil:
		return ""
	case t.Unrated:
		return b.v.T("web.report.note." + goal.NoRate)
	case t.N == 0:
		return b.v.T("web.report.note." + goal.Zero)
	}
	return ""
}

// aimOf is the target of a row's people, nil where none is set.
func (b *board) aimOf(r sales.ForecastRow) *goal.Target {
	person, team := r.Key, value.ID(0)
	switch r.Kind {
	case "":
		person, team = b.person, b.team
	case "team":
		person, team = 0, r.Key
	}
	if r.Kind != "" && r.Key == 0 {
		return nil
	}
	for _, t := range b.targets {
		if t.Member == person && t.Team == team {
			return t
		}
	}
	return nil
}

// attained is what is closed as a share of the target.
func (b *board) attained(r sales.ForecastRow) string {
	aim, ok := b.target(r)
	closed, _ := r.Cell(sales.Closed).Amount.Value.(value.Money)
	if !ok || aim.Minor <= 0 {
		return ""
	}
	return b.v.Percent(decimal.NewFromInt(closed.Minor*100).DivRound(decimal.NewFromInt(aim.Minor), 0), 0)
}

// aimed reports whether somebody on the page has a target.
func (b *board) aimed() bool { return b.by == sales.ByTeam && len(b.targets) > 0 }

// empty reports whether there is nothing to forecast.
func (b *board) empty() bool { return len(b.f.Total.Cells) == 0 }

// awaited reports whether the total has something also without deals: a target,
// or what people say.
func (b *board) awaited() bool {
	return b.aimOf(b.f.Total) != nil || b.words[len(b.f.Rows)].People > 0
}

func (b *board) rowURL(r sales.ForecastRow) string {
	if r.Kind == sales.ByPipeline && r.Key != 0 && b.pipeline == 0 {
		return b.at(home, "by", "", "pipeline", r.Key.String())
	}
	if r.Key == 0 || r.Kind != "team" && r.Kind != "person" || r.Kind == "person" && b.person != 0 {
		return ""
	}
	return b.whose(r.Kind, r.Key)
}

// records are what stands behind a row's figures.
func (b *board) records(r sales.ForecastRow) string {
	if r.Kind == sales.Unlined {
		return b.deals
	}
	return b.plural
}

func (b *board) label(r sales.ForecastRow) string {
	if r.Label == "" {
		return b.v.T("web.forecast.none." + r.Kind)
	}
	return r.Label
}

// tabs are the pages of this area, by what follows its address.
func (x *place) tabs() []string {
	if x.unnamed {
		return []string{"", "/moves", "/cash"}
	}
	return []string{"", "/moves", "/cash", "/customers"}
}

// word is what a tab is called in the catalogue.
func word(tab string) string {
	if tab == "" {
		return "deals"
	}
	return tab[1:]
}
