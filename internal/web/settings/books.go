package settings

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// books are the subjects that are kept as a page of records.
func books() []*book {
	return []*book{
		{path: home + "/sources", object: sales.LeadSources.Name, fields: []string{"name", "way", "cost"}, sort: "position", position: "position", active: "active",
			of: sales.Leads.Name, by: sales.LeadFirstSource.Name(), facts: sourceFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.sources"), v.T("web.settings.sources_help"), v.T("web.settings.sources_add"), v.T("web.settings.sources_none")}
			}},
		{path: home + "/holidays", object: hours.Holidays.Name, fields: []string{"name", "day", "region"}, sort: "-day", facts: holidayFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.holidays"), v.T("web.settings.holidays_help"), v.T("web.settings.holidays_add"), v.T("web.settings.holidays_none")}
			}},
		{path: home + "/rates", object: record.CurrencyRates.Name, fields: []string{"currency", "day", "rate"}, sort: "currency,-day", facts: rateFacts, notes: rateNotes,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.rates"), v.T("web.settings.rates_help"), v.T("web.settings.rates_add"), v.T("web.settings.rates_none")}
			}},
	}
}

// fact is the value of a field in words, "" when it is empty.
func (p *bookPage) fact(r *record.Record, name string) string {
	f, ok := p.o.Field(name)
	if !ok || r.Value(f) == nil {
		return ""
	}
	return parts.Text(p.v, p.names, f, r.Value(f))
}

func joined(texts ...string) (text string) {
	for _, x := range texts {
		if x != "" && text != "" {
			text += " · "
		}
		text += x
	}
	return text
}

func sourceFacts(p *bookPage, r *record.Record) string {
	return joined(p.fact(r, "way"), p.fact(r, "cost"))
}

func holidayFacts(p *bookPage, r *record.Record) string {
	day, _ := r.Field("day").(value.Date)
	region := p.fact(r, "region")
	if region == "" {
		region = p.v.T("web.settings.everywhere")
	}
	return joined(p.v.DateLong(day), region)
}

// inversePlaces is how exactly the other way round is shown.
const inversePlaces = 6

// rateFacts tells a rate both ways, and from which day on it holds.
func rateFacts(p *bookPage, r *record.Record) string {
	own := p.s.Settings().Currency
	rate, _ := r.Field("rate").(decimal.Decimal)
	day, _ := r.Field("day").(value.Date)
	code, _ := r.Field("currency").(string)
	inverse := ""
	if rate.IsPositive() {
		inverse = p.v.T("web.settings.rate_is", "one", own, "rate", p.v.Number(decimal.NewFromInt(1).DivRound(rate, inversePlaces), 0, inversePlaces), "other", code)
	}
	return joined(p.v.T("web.settings.rate_is", "one", code, "rate", p.v.Number(rate, 0, 9), "other", own), inverse, p.v.T("web.settings.rate_from", "day", p.v.Date(day)))
}

// staleRate is after how many days a rate is worth a look.
const staleRate = 31

// rateNotes are what is missing: days before the first rate of a currency, and
// days since the last.
func rateNotes(p *bookPage) (notes []string) {
	type span struct{ first, last value.Date }
	spans := map[string]*span{}
	var codes []string
	for _, row := range p.Rows {
		code, _ := row.Rec.Field("currency").(string)
		day, _ := row.Rec.Field("day").(value.Date)
		if x := spans[code]; x == nil {
			codes, spans[code] = append(codes, code), &span{day, day}
		} else {
			x.first, x.last = min(x.first, day), max(x.last, day)
		}
	}
	for _, code := range codes {
		x := spans[code]
		if old := int(p.v.Today() - x.last); old > staleRate {
			notes = append(notes, p.v.T("web.settings.rate_old", "currency", code, "count", old, "n", p.v.Int(int64(old))))
		}
		notes = append(notes, p.v.T("web.settings.rate_before", "currency", code, "day", p.v.Date(x.first)))
	}
	return notes
}
