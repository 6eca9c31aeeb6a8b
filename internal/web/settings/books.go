package settings

import (
	"cmp"

	"github.com/shopspring/decimal"

	"wellmet/internal/commerce"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/support"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// leadPlaces and casePlaces are lists of states that are kept as books.
var leadPlaces, casePlaces = sales.LeadPlaces, support.CasePlaces

// books are the subjects that are kept as a page of records.
func books() []*book {
	return []*book{
		{path: home + "/sources", object: sales.LeadSources.Name, fields: []string{"name", "way", "cost"}, sort: "position", position: "position", active: "active",
			of: sales.Leads.Name, by: sales.LeadFirstSource.Name(), facts: sourceFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.sources"), v.T("web.settings.sources_help"), v.T("web.settings.sources_add"), v.T("web.settings.sources_none")}
			}},
		{path: home + "/costs", object: sales.SourceCosts.Name, fields: []string{"name", "amount", "first_day", "last_day", "source", "channel", "campaign"}, sort: "-first_day", facts: costFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.costs"), v.T("web.settings.costs_help"), v.T("web.settings.costs_add"), v.T("web.settings.costs_none")}
			}},
		{path: home + "/campaigns", object: sales.Campaigns.Name, fields: []string{"name", "code", "first_day", "last_day"}, sort: "-first_day,name", active: "active", facts: campaignFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.campaigns"), v.T("web.settings.campaigns_help"), v.T("web.settings.campaigns_add"), v.T("web.settings.campaigns_none")}
			}},
		{path: home + "/types", object: sales.RecordTypes.Name, fields: []string{"name", "pipeline", "cadence"}, sort: "position", position: "position", active: "active",
			laid: []string{sales.Deals.Name, sales.Leads.Name},
			sets: []fieldSet{{"deal_first", sales.Deals.Name, false}, {"lead_first", sales.Leads.Name, false}, {"deal_hides", sales.Deals.Name, true}, {"lead_hides", sales.Leads.Name, true}}, of: sales.Deals.Name, by: sales.DealType.Name(), facts: typeFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.types"), v.T("web.settings.types_help"), v.T("web.settings.types_add"), v.T("web.settings.types_none")}
			}},
		{path: home + "/lead_stages", object: sales.LeadStages.Name, fields: []string{"name", "kind", "usual_days", "guidance", "templates"}, sort: "position,id", position: "position", active: "active",
			color: "color", of: sales.Leads.Name, by: sales.LeadStage.Name(), places: &leadPlaces, facts: stateFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.pipeline.lead_stages"), v.T("web.settings.lead_stages_help"), v.T("web.pipeline.stage_add"), v.T("web.settings.states_none")}
			}},
		{path: home + "/case_states", object: support.States.Name, fields: []string{"name", "kind"}, sort: "position,id", position: "position", active: "active",
			color: "color", of: support.Cases.Name, by: support.CaseState.Name(), places: &casePlaces, facts: stateFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.case_states"), v.T("web.settings.case_states_help"), v.T("web.settings.case_states_add"), v.T("web.settings.states_none")}
			}},
		{path: home + "/onboarding", object: commerce.Onboarding.Name, fields: []string{"name", "kind", "days", "pipeline", "record_type", "member", "description"},
			sort: "position,id", position: "position", active: "active", facts: stepFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.onboarding"), v.T("web.settings.onboarding_help"), v.T("web.settings.onboarding_add"), v.T("web.settings.onboarding_none")}
			}},
		{path: home + "/questions", object: sales.LeadQuestions.Name, fields: []string{"name", "topic", "help", "required"}, sort: "position", position: "position", active: "active",
			facts: questionFacts,
			words: func(v *kit.View) bookWords {
				return bookWords{v.T("web.settings.questions"), v.T("web.settings.questions_help"), v.T("web.settings.questions_add"), v.T("web.settings.questions_none")}
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

// typeFacts tell what a record type chooses.
func typeFacts(p *bookPage, r *record.Record) string {
	facts := joined(p.fact(r, "pipeline"), p.fact(r, "cadence"))
	for _, set := range p.sets {
		fields, objects := p.setText(set, r), p.s.Schema().MustObject(set.of).Label(p.v.Lang).Many
		switch {
		case fields == "":
		case set.hides:
			facts = joined(facts, p.v.T("web.settings.type_hides", "objects", objects, "fields", fields))
		default:
			facts = joined(facts, p.v.T("web.settings.type_first", "objects", objects, "fields", fields))
		}
	}
	return facts
}

// stateFacts tell what a state means, and how long one usually stays in it.
func stateFacts(p *bookPage, r *record.Record) string {
	usual := ""
	if days, ok := r.Field("usual_days").(int64); ok && days > 0 {
		usual = p.v.T("web.pipeline.usual", "count", days, "n", p.v.Int(days))
	}
	return joined(p.fact(r, "kind"), usual)
}

// questionFacts tell of a question what belongs to it, and whether it must be
// answered with yes.
func questionFacts(p *bookPage, r *record.Record) string {
	must := ""
	if r.Field("required") == true {
		must = p.v.T("web.settings.question_required")
	}
	return joined(p.fact(r, "topic"), must)
}

// stepFacts tell of a step after signing when it is due, of which contracts it is,
// and who does it.
func stepFacts(p *bookPage, r *record.Record) string {
	days, _ := record.Get(r, commerce.StepDays)
	due := p.v.T("web.settings.onboarding_due", "count", days, "n", p.v.Int(days))
	return joined(p.fact(r, "kind"), due, p.fact(r, "pipeline"), p.fact(r, "record_type"), p.fact(r, "member"))
}

func sourceFacts(p *bookPage, r *record.Record) string {
	return joined(p.fact(r, "way"), p.fact(r, "cost"))
}

func costFacts(p *bookPage, r *record.Record) string {
	return joined(p.fact(r, "amount"), during(p, r), p.fact(r, "source"), p.fact(r, "channel"), p.fact(r, "campaign"))
}

func campaignFacts(p *bookPage, r *record.Record) string {
	return joined(p.fact(r, "code"), during(p, r))
}

// during are the first and the last day of a record, one where they are the same.
func during(p *bookPage, r *record.Record) string {
	first, last := p.fact(r, "first_day"), p.fact(r, "last_day")
	if first != "" && last != "" && first != last {
		return first + " – " + last
	}
	return cmp.Or(first, last)
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
