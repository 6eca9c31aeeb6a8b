package report

import "wellmet/internal/web/chart"

// how a figure is best seen.
type how struct {
	column string
	kind   string // bars, line, ranks, donut, heat; "" = as its groups are best seen
	color  chart.Color
}

var outcome = []how{{"won_revenue", "ranks", chart.Won}, {"win_rate", "ranks", chart.Open}}

var margins = []how{{"margin", "ranks", chart.Won}, {"margin_rate", "ranks", chart.Open}}

// looks says how reports are drawn; the others show their first figure as
// ranks.
var looks = map[string][]how{
	"deals-by-stage": {{"deals", "ranks", chart.Open}}, "lead-funnel": {{"leads", "funnel", chart.Open}}, "lead-funnel-passed": {{"leads", "funnel", chart.Open}},
	"deals-by-month": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}}, "deals-by-quarter": {{"won_revenue", "bars", chart.Won}, {"win_rate", "line", chart.Open}},
	"deals-by-owner": outcome, "deals-by-manager": outcome, "deals-by-team": outcome, "deals-by-region": outcome, "deals-by-industry": outcome,
	"deals-by-account": outcome, "deals-by-parent-account": outcome, "deals-by-source": outcome, "revenue-by-product": outcome,
	"revenue-by-product-and-quarter": {{"won_revenue", "heat", chart.Won}}, "lost-by-reason": {{"lost", "bars", chart.Lost}},
	"pipeline": {{"amount", "ranks", chart.Open}, {"weighted", "ranks", 4}}, "time-in-stage": {{"avg_days", "ranks", 3}},
	"leads-by-source": {{"leads", "donut", chart.Open}, {"conversion", "ranks", chart.Won}}, "leads-lost-by-reason": {{"leads", "donut", chart.Lost}},
	"new-deals-by-month": {{"deals", "bars", chart.Open}}, "lost-by-stage": {{"lost", "bars", chart.Lost}}, "lost-by-competitor": {{"amount", "ranks", chart.Lost}}, "won-by-reason": {{"won", "donut", chart.Won}},
	"deal-cycle": {{"median_days", "line", chart.Open}}, "lead-conversion": {{"conversion", "heat", chart.Won}},
	"lead-conversion-by-creator": {{"conversion", "heat", chart.Won}}, "lead-conversion-by-converter": {{"converted", "heat", chart.Won}}, "losses-by-person-and-stage": {{"loss_rate", "heat", chart.Lost}},
	"slippage": {{"moves", "ranks", 3}, {"avg_slip", "ranks", chart.Lost}}, "slippage-by-stage": {{"moves", "ranks", 3}, {"avg_slip", "ranks", chart.Lost}},
	"prediction-quality": {}, "prediction-calibration": {}, "what-works-facts": {}, "what-works-paths": {},
	"ranking": {{"won_revenue", "ranks", chart.Won}}, "deal-actions": {}, "efficiency": {{"per_hour", "ranks", chart.Won}},
	"target-attainment": {{"attained", "heat", chart.Won}}, "forecast-against-quota": {{"foreseen", "heat", chart.Won}},
	"customer-growth": {{"new", "bars", chart.Won}, {"lost", "bars", chart.Lost}, {"active", "line", chart.Open}},
	"deal-cohorts":    {{"cohort_share", "cohort", chart.Won}}, "lead-cohorts": {{"cohort_share", "cohort", chart.Won}},
	"customers-by-size":  {{"customers", "donut", chart.Open}},
	"revenue-by-account": {{"won_revenue", "ranks", chart.Won}}, "revenue-by-deal": {{"won_revenue", "ranks", chart.Won}},
	"serving-by-account": {{"cost_to_serve", "ranks", 3}}, "serving-by-deal": {{"cost_to_serve", "ranks", 3}},
	"profit-by-account": margins, "profit-by-deal": margins, "profit-by-person": margins, "profit-by-month": {{"margin", "bars", chart.Won}},

	"revenue-and-receipts": {{"signed_sum", "line", chart.Open}}, "activity-by-month": {{"activities", "bars", chart.Open}},
	"contracts-by-month": {{"contract_received", "bars", chart.Won}}, "contracts-by-owner": contracted, "contracts-by-account": contracted,
	"receipts-by-month": {{"receipts_sum", "bars", chart.Won}}, "plan-by-month": {{"plan_received", "bars", chart.Won}},
	"receivables": {{"not_due", "heat", chart.Lost}}, "receivables-by-owner": {{"not_due", "heat", chart.Lost}},
	"activity-by-person": {{"calls", "heat", chart.Open}, {"success", "ranks", chart.Won}}, "follow-up": {{"customers", "ranks", chart.Open}, {"overdue", "ranks", chart.Lost}},
	"speed-to-lead": answers, "speed-to-lead-by-source": answers, "deals-by-competitor": {{"deals", "ranks", chart.Open}, {"lost_to", "ranks", chart.Lost}},
	"leads-by-owner": converted, "leads-by-creator": converted, "leads-by-converter": converted,
	"leads-lost-by-person": {{"leads", "heat", chart.Lost}}, "leads-lost-by-stage": {{"leads", "bars", chart.Lost}}, "touches-by-source": {{"touches", "donut", chart.Open}},
	"time-in-stage-by-person": {{"avg_days", "heat", 3}}, "time-in-stage-by-pipeline": {{"avg_days", "heat", 3}},
	"adherence-of-deals": adhered, "adherence-of-leads": adhered, "adherence-of-cases": adhered, "weak-spots": {},
	"lead-attribution": brought, "lead-attribution-last": brought, "lead-attribution-even": brought,
	"channel-attribution": brought, "channel-attribution-last": brought, "channel-attribution-even": brought,
	"campaign-attribution": brought, "campaign-attribution-last": brought, "campaign-attribution-even": brought,
}

var (
	contracted = []how{{"contract_total", "ranks", chart.Won}, {"contract_open", "ranks", 3}}
	answers    = []how{{"median_minutes", "ranks", 3}, {"in_time_rate", "ranks", chart.Won}}
	converted  = []how{{"leads", "ranks", chart.Open}, {"conversion", "ranks", chart.Won}}
	adhered    = []how{{"kept", "heat", chart.Won}}
	brought    = []how{{"leads", "donut", chart.Open}, {"won_revenue", "ranks", chart.Won}}
)

// further are the figures that stand beside one in its chart.
var further = map[string][]how{
	"contract_received": {{column: "contract_open", color: 3}}, "plan_received": {{column: "plan_open", color: 3}},
	"signed_sum": {{column: "won_revenue", color: chart.Won}, {column: "planned_sum", color: 4}, {column: "receipts_sum", color: 3}},
	"not_due":    {{column: "due_30"}, {column: "due_60"}, {column: "due_90"}, {column: "due_more"}},
	"calls":      {{column: "meetings"}, {column: "mails"}, {column: "tasks"}},
}
