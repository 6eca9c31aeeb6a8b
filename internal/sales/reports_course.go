package sales

import (
	"github.com/shopspring/decimal"

	"wellmet/internal/report"
)

// losses are what is told of lost deals.
var losses = []report.Column{{Name: "lost", Title: "Lost", Measure: "count"}, {Name: "amount", Title: "Amount", Measure: "sum:amount"},
	{Name: "days_to_lose", Title: "Average days to lose", Measure: "avg:cycle_days"}}

// conversions are how far leads came.
var conversions = []report.Column{
	{Name: "leads", Title: "Leads", Measure: "count"},
	{Name: "qualified", Title: "Qualified", Measure: `count{status in ("qualified", "converted")}`},
	{Name: "converted", Title: "Converted", Measure: `count{status = "converted"}`},
	{Name: "disqualified", Title: "Disqualified", Measure: `count{status = "disqualified"}`},
	{Name: "conversion", Title: "Conversion", Measure: `rate{status = "converted"}`},
	{Name: "won", Title: "Won", Measure: `count{converted_deal.status = "won"}`},
	{Name: "won_revenue", Title: "Won revenue", Measure: `sum:converted_deal.amount{converted_deal.status = "won" and shares_deal is empty}`},
}

func leadsOf(name, title, help string, group ...string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Leads.Name, Group: group, Columns: conversions, Period: "created_at", Help: help}
}

// courseReports tell how leads and deals go.
func courseReports() []report.Spec {
	lost := func(name, title, help string, group ...string) report.Spec {
		return report.Spec{Name: name, Title: title, Object: Deals.Name, Filter: isLost, Group: group, Columns: losses, Period: DealCloseDate.Name(), Help: help}
	}
	return []report.Spec{
		{Name: "new-deals-by-month", Title: "New deals by month", Object: Deals.Name, Group: []string{"started_on:month"}, Period: DealStartedOn.Name(),
			Help: "Deals by the month in which they began, and what became of them.",
			Columns: []report.Column{{Name: "deals", Title: "Deals", Measure: "count"}, {Name: "amount", Title: "Amount", Measure: "sum:amount"},
				{Name: "open", Title: "Open", Measure: "count{" + isOpen + "}"}, {Name: "won", Title: "Won", Measure: "count{" + isWon + "}"},
				{Name: "lost", Title: "Lost", Measure: "count{" + isLost + "}"}}},
		lost("lost-by-stage", "Lost deals by stage and reason", "The stage is the one before the loss; of deals that came lost by an import nobody knows it. Reopened deals no longer count."+sharedStages, "lost_stage.name", "lost_reason"),
		lost("lost-by-competitor", "Lost deals by competitor", "To whom deals were lost, as said when they were. Reopened deals no longer count.", DealCompetitor.Name()),
		{Name: "won-by-reason", Title: "Won deals by reason", Object: Deals.Name, Filter: isWon, Group: []string{"won_reason"}, Period: DealCloseDate.Name(), Help: "Why deals were won, as said when they were.",
			Columns: []report.Column{{Name: "won", Title: "Won", Measure: "count"}, {Name: "won_revenue", Title: "Won revenue", Measure: "sum:amount"}}},
		{Name: "deal-cycle", Title: "Sales cycle by month", Object: Deals.Name, Filter: isClosed, Group: []string{"close_date:month"}, Period: DealCloseDate.Name(),
			Help: "Days from the beginning of a deal to its close. Deals without a beginning are in no average.",
			Columns: []report.Column{{Name: "closed", Title: "Closed", Measure: "count"}, {Name: "days_to_win", Title: "Average days to win", Measure: "avg:cycle_days{" + isWon + "}"},
				{Name: "days_to_lose", Title: "Average days to lose", Measure: "avg:cycle_days{" + isLost + "}"}, {Name: "median_days", Title: "Median days", Measure: "median:cycle_days"},
				{Name: "least_days", Title: "Least days", Measure: "min:cycle_days"}, {Name: "most_days", Title: "Most days", Measure: "max:cycle_days"}}},
		unknown(leadsOf("lead-conversion", "Lead conversion by person and source", "Leads by who owns them now and where they came from.", "owner", "source"), "source"),
		unknown(leadsOf("lead-conversion-by-creator", "Lead conversion by creator and source", "Leads by who made them, whoever owns them now, and where they came from.", "created_by", "source"), "source"),
		unknown(leadsOf("lead-conversion-by-converter", "Lead conversion by converter and source", "Leads by who converted them and where they came from; those that nobody has converted stand in lines of their own.", LeadConvertedBy.Name(), "source"), "source"),
		leadsOf("leads-by-owner", "Leads by owner", "A lead counts with who owns it now.", "owner"),
		leadsOf("leads-by-creator", "Leads by creator", "A lead counts with who made it, whoever owns it now.", "created_by"),
		leadsOf("leads-by-converter", "Leads by converter", "A lead counts with who converted it; those that nobody has converted stand in a line of their own.", LeadConvertedBy.Name()),
		{Name: "leads-lost-by-person", Title: "Disqualified leads by person and reason", Object: Leads.Name, Filter: isGivenUp, Group: []string{"owner", "lost_reason"}, Period: LeadLostAt.Name(),
			Help: "Leads that were disqualified, with the reason that was said. Those taken up again no longer count. The period is that of giving up.", Columns: []report.Column{{Name: "leads", Title: "Leads", Measure: "count"}}},
		{Name: "leads-lost-by-stage", Title: "Disqualified leads by stage and reason", Object: Leads.Name, Filter: isGivenUp, Group: []string{"lost_stage.name", "lost_reason"}, Period: LeadLostAt.Name(),
			Help: "The stage is the one before the lead was given up; of leads that came disqualified by an import nobody knows it. The period is that of giving up.", Columns: []report.Column{{Name: "leads", Title: "Leads", Measure: "count"}}},
		dealActions(),
		{Name: "losses-by-person-and-stage", Title: "Where each person loses deals", Object: Deals.Name, Period: DealCloseDate.Name(), Run: lossMatrix, Behind: lossBehind, Past: true,
			Help: "Of the closed deals that were in a stage, how many were lost in it: each person beside all. Fewer than ten deals are greyed; the stage that a deal was imported in counts, too."},
	}
}

// share is a part of a whole; nil of nothing.
func share(part, whole int64) any {
	if whole == 0 {
		return nil
	}
	return decimal.NewFromInt(part).DivRound(decimal.NewFromInt(whole), 6)
}
