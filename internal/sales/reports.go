package sales

import (
	"slices"

	"wellmet/internal/customer"
	"wellmet/internal/report"
)

// Conditions that the reports count by. Open deals are in neither rate.
const (
	isWon    = `status = "won"`
	isLost   = `status = "lost"`
	isOpen   = `status = "open"`
	isClosed = `status in ("won", "lost")`
	// isDue is what the forecast counts of the open ones.
	isDue = isOpen + ` and forecast != "omitted"`
	// isGivenUp is of leads; those taken up again are no longer.
	isGivenUp = `status = "disqualified"`
)

// outcome is what deals amount to, whatever they are grouped by. Revenue and
// averages are over won deals only; an empty amount is not zero.
var outcome = []report.Column{
	{Name: "deals", Title: "Deals", Measure: "count"},
	{Name: "won", Title: "Won", Measure: "count{" + isWon + "}"},
	{Name: "lost", Title: "Lost", Measure: "count{" + isLost + "}"},
	{Name: "open", Title: "Open", Measure: "count{" + isOpen + "}"},
	{Name: "won_revenue", Title: "Won revenue", Measure: "sum:amount{" + isWon + "}"},
	{Name: "win_rate", Title: "Win rate", Measure: "rate{" + isWon + " / " + isClosed + "}"},
	{Name: "avg_won", Title: "Average won deal", Measure: "avg:amount{" + isWon + "}"},
	{Name: "days_to_win", Title: "Average days to win", Measure: "avg:cycle_days{" + isWon + "}"},
}

func dealsBy(name, title, group string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: Deals.Name, Group: []string{group}, Columns: outcome, Period: DealCloseDate.Name(),
		Help: "Deals by what became of them. Win rate is won / (won + lost); revenue, average and days are over won deals."}
}

// Reports are the standard reports over this room's objects.
func Reports() []report.Spec {
	return slices.Concat(dealReports(), courseReports(), cohortReports(), peopleReports(), attributionReports(), learntReports())
}

func dealReports() []report.Spec {
	return []report.Spec{
		stagesShared(dealsBy("deals-by-stage", "Deals by stage", "stage.name")),
		dealsBy("deals-by-owner", "Deals by person", "owner"),
		dealsBy("deals-by-manager", "Deals by manager", "owner.manager"),
		dealsBy("deals-by-team", "Deals by team", "owner.team"),
		dealsBy("deals-by-region", "Deals by region", "owner.region"),
		ofCustomers(dealsBy("deals-by-industry", "Deals by industry", "account.industry")),
		ofCustomers(dealsBy("deals-by-account", "Deals by account", DealAccount.Name())),
		ofCustomers(dealsBy("deals-by-parent-account", "Deals by parent account", "coalesce(account.parent.id, account.id)")),
		dealsBy("deals-by-month", "Deals by month of closing", "close_date:month"),
		dealsBy("deals-by-quarter", "Deals by quarter of closing", "close_date:fiscal_quarter"),
		unknown(dealsBy("deals-by-source", "Deals by source", "source"), "source"),
		byProduct("revenue-by-product", "Revenue by product", "product"),
		byProduct("revenue-by-product-and-quarter", "Revenue by product and quarter", "product", "deal.close_date:fiscal_quarter"),
		{Name: "pipeline", Title: "Open pipeline by stage", Object: Deals.Name, Filter: isOpen, Group: []string{"stage.name"}, Sort: "",
			Help: "Open deals with their amounts, plain and weighted by probability." + sharedStages,
			Columns: []report.Column{{Name: "deals", Title: "Deals", Measure: "count"}, {Name: "amount", Title: "Amount", Measure: "sum:amount"},
				{Name: "weighted", Title: "Weighted", Measure: "sum:weighted"}, {Name: "without_amount", Title: "Without amount", Measure: "count{amount is empty}"}}},
		{Name: "lost-by-reason", Title: "Lost deals by reason", Object: Deals.Name, Filter: isLost, Group: []string{"lost_reason", "owner"},
			Period: DealCloseDate.Name(), Help: "Reopened deals no longer count.",
			Columns: []report.Column{{Name: "lost", Title: "Lost", Measure: "count"}, {Name: "amount", Title: "Amount", Measure: "sum:amount"}}},
		{Name: "leads-by-source", Title: "Leads by source", Object: Leads.Name, Group: []string{"source"}, Period: "created_at", Unknown: []string{"source"},
			Help: "Leads without a source stand in a line of their own, so that totals equal the list of leads.",
			Columns: []report.Column{{Name: "leads", Title: "Leads", Measure: "count"},
				{Name: "qualified", Title: "Qualified", Measure: `count{status in ("qualified", "converted")}`},
				{Name: "disqualified", Title: "Disqualified", Measure: `count{status = "disqualified"}`},
				{Name: "conversion", Title: "Conversion", Measure: `rate{status = "converted"}`}}},
		speedToLead("speed-to-lead", "Speed to lead", "owner"),
		unknown(speedToLead("speed-to-lead-by-source", "Speed to lead by source", "source"), "source"),
		{Name: "touches-by-source", Title: "Touches by source", Object: Touches.Name, Group: []string{"source"}, Period: "at", Unknown: []string{"source"},
			Help: "All touches, those after the first included.", Columns: []report.Column{{Name: "touches", Title: "Touches", Measure: "count"}}},
		{Name: "leads-lost-by-reason", Title: "Disqualified leads by reason", Object: Leads.Name, Filter: isGivenUp, Period: LeadLostAt.Name(),
			Help:  "Why leads were given up, as said when they were; leads taken up again do not count. The period is that of giving up.",
			Group: []string{"lost_reason"}, Columns: []report.Column{{Name: "leads", Title: "Leads", Measure: "count"}}},
		{Name: "credit-by-person", Title: "Won revenue by share", Object: Deals.Name, Period: DealCloseDate.Name(), Run: creditByPerson,
			Help: "Won revenue by the shares of the teams; what no colleague is given is the owner's."},
		{Name: "deals-by-competitor", Title: "Deals by competitor", Object: DealCompetitors.Name, Group: []string{"competitor"}, Period: "deal.close_date",
			Help: "Deals in which a competitor was named, by what became of them. Lost to it are those that it won.",
			Columns: []report.Column{
				{Name: "deals", Title: "Deals", Measure: "count"},
				{Name: "won", Title: "Won", Measure: `count{deal.status = "won"}`},
				{Name: "lost", Title: "Lost", Measure: `count{deal.status = "lost"}`},
				{Name: "lost_to", Title: "Lost to it", Measure: `count{lost_to = true}`},
				{Name: "win_rate", Title: "Win rate", Measure: `rate{deal.status = "won" / deal.status in ("won", "lost")}`}}},
		customer.ByTag("leads-by-tag", "Leads by tag", Leads, LeadTags),
		customer.ByTag("deals-by-tag", "Deals by tag", Deals, DealTags),
		customersToo(profitBy("profit-by-account", "Margin by account", DealAccount.Name())),
		customersToo(sortedBy("sum:amount", byRevenue, profitBy("revenue-by-account", "Revenue by account", DealAccount.Name()))),
		customersToo(sortedBy("sum:cost_to_serve", byServing, profitBy("serving-by-account", "Cost to serve by account", DealAccount.Name()))),
		profitBy("profit-by-deal", "Margin by deal", "id"),
		sortedBy("sum:amount", byRevenue, profitBy("revenue-by-deal", "Revenue by deal", "id")),
		sortedBy("sum:cost_to_serve", byServing, profitBy("serving-by-deal", "Cost to serve by deal", "id")),
		profitBy("profit-by-person", "Margin by person", "owner"),
		profitBy("profit-by-month", "Margin by month", "close_date:month"),
		stayReport("time-in-stage", "Time in stage", ""),
		stayReport("time-in-stage-by-pipeline", "Time in stage by pipeline", DealPipeline.Name()),
		stayReport("time-in-stage-by-person", "Time in stage by person", "owner"),
		{Name: "changes", Title: "What changed", Object: Deals.Name, Period: DealCloseDate.Name(), Always: true, Run: changesReport,
			Help: "The open pipeline before and after a period, and why it is another one: added, moved, re-valued, won, lost. Parts add up to the closing."},
		funnelSpec("Funnel", "Deals that first entered a stage in the period and what became of them: each came further, was lost, is there, or went back.", false, false),
		funnelSpec("Funnel by cohort", "Deals made in the period, by the stages that they entered until now and what became of them.", true, false),
		funnelSpec("Funnel, stages passed over counted", "Deals that in the period first came to a stage, or went past it without being in it, and what became of them.", false, true),
		funnelSpec("Funnel by cohort, stages passed over counted", "Deals made in the period, by the stages that they entered or went past until now and what became of them.", true, true),
		{Name: "leads-reached", Title: "Leads reaching stages", Object: Leads.Name, Period: "created_at", Unknown: []string{"source"}, Run: leadsReached, Behind: reachedBehind,
			Help: "Leads that first came to a stage in the period, by source, wherever they began."},
		{Name: "leads-reached-by-month", Title: "Leads reaching stages by month", Object: Leads.Name, Period: "created_at", Span: "last_12", Unknown: []string{"source"}, Run: leadsReachedByMonth, Behind: reachedBehind,
			Help: "Leads that first came to a stage, month by month and by source, wherever they began. Beside each month stands how many a month it is in all of the period. Sixty months at the most."},
		leadFunnel("lead-funnel", "From lead to won", "Leads made in the period, by the stages that they entered, whether they were converted, and whether what they became was won.", false),
		leadFunnel("lead-funnel-passed", "From lead to won, stages passed over counted", "The same, where a lead that came further counts as having passed every stage before, also those that it was not in.", true),
		weakSpots(),
		slippage("slippage", "Moved close dates by person", "owner"),
		stagesShared(slippage("slippage-by-stage", "Moved close dates by stage", "stage.name")),
	}
}

// unknown calls lines without a value of these groups unknown.
func unknown(r report.Spec, groups ...string) report.Spec {
	r.Unknown = groups
	return r
}

// sharedStages says how stages are told apart where no pipeline is named.
const sharedStages = " Stages of one name in several pipelines share a line."

func stagesShared(r report.Spec) report.Spec {
	r.Help += sharedStages
	return r
}

// ofCustomers leaves out deals with accounts that only supply or compete.
func ofCustomers(r report.Spec) report.Spec {
	r.Filter, r.Help = customer.NotSupplierOnly, r.Help+" Accounts that only supply or compete stay out."
	return r
}

func byProduct(name, title string, group ...string) report.Spec {
	return report.Spec{Name: name, Title: title, Object: DealLines.Name, Group: group, Period: "deal.close_date",
		Help: "Sums of lines; deals without lines are in no product.",
		Columns: []report.Column{
			{Name: "won", Title: "Won", Measure: `count{deal.status = "won"}`},
			{Name: "lost", Title: "Lost", Measure: `count{deal.status = "lost"}`},
			{Name: "open", Title: "Open", Measure: `count{deal.status = "open"}`},
			{Name: "won_revenue", Title: "Won revenue", Measure: `sum:amount{deal.status = "won"}`},
			{Name: "win_rate", Title: "Win rate", Measure: `rate{deal.status = "won" / deal.status in ("won", "lost")}`},
			{Name: "avg_won", Title: "Average won line", Measure: `avg:amount{deal.status = "won"}`},
			{Name: "days_to_win", Title: "Average days to win", Measure: `avg:deal.cycle_days{deal.status = "won"}`},
		}}
}
