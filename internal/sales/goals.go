package sales

import (
	"wellmet/internal/activity"
	"wellmet/internal/goal"
	"wellmet/internal/schema"
)

// A target may be narrowed to a product or to a pipeline.
var (
	TargetProduct  = schema.Link(goal.Targets, "product", "product").Inverse("targets")
	TargetPipeline = schema.Link(goal.Targets, "pipeline", "pipeline").Inverse("targets")
)

// TargetsBy names the fields by which targets may be narrowed.
func TargetsBy() []string { return []string{TargetPipeline.Name(), TargetProduct.Name()} }

// Goals are the measures that targets can be set for.
func Goals() []goal.Measure {
	pipeline := map[string]string{TargetPipeline.Name(): DealPipeline.Name()}
	byProduct := map[string]string{TargetPipeline.Name(): "deal.pipeline", TargetProduct.Name(): LineProduct.Name()}
	deals := func(filter, figure, when string) goal.Source {
		return goal.Source{Object: Deals.Name, Filter: filter, Figure: figure, When: when, Owner: "owner", Paths: pipeline}
	}
	lines := func(filter, figure string) map[string]goal.Source {
		return map[string]goal.Source{TargetProduct.Name(): {Object: DealLines.Name, Filter: filter, Figure: figure, When: "deal.close_date", Owner: "deal.owner", Paths: byProduct}}
	}
	deeds := func(name, kind string) goal.Measure {
		filter := `done = true`
		if kind != "" {
			filter += ` and kind = "` + kind + `"`
		}
		return goal.Measure{Name: name, Source: goal.Source{Object: activity.Activities.Name, Filter: filter, Figure: "count", When: activity.At.Name(), Owner: "owner"}}
	}
	leads := func(name, filter, when string) goal.Measure {
		return goal.Measure{Name: name, Source: goal.Source{Object: Leads.Name, Filter: filter, Figure: "count", When: when, Owner: "owner"}}
	}
	close := DealCloseDate.Name()
	shared := func(filter, figure, amount string) goal.Source {
		src := deals(filter, figure, close)
		src.Shared = sharesOf(filter, amount)
		return src
	}
	return []goal.Measure{
		{Name: goal.WonRevenue, Money: true, Source: shared(isWon, "sum:amount", ""), Of: lines(`deal.status = "won"`, "sum:amount"),
			Open: shared(isDue, "sum:amount", ""), Expected: shared(isDue, "sum:weighted", "deal.weighted")},
		{Name: goal.WonDeals, Source: deals(isWon, "count", close), Of: lines(`deal.status = "won"`, "count"), Open: deals(isDue, "count", close)},
		{Name: goal.Margin, Money: true, Source: shared(isWon, "sum:margin", "deal.margin")},
		{Name: goal.NewDeals, Source: deals("", "count", "created_at")},
		leads(goal.NewLeads, "", "created_at"),
		leads(goal.ConvertedLeads, "", LeadConvertedAt.Name()),
		deeds(goal.Calls, activity.Call),
		deeds(goal.Meetings, activity.Meeting),
		deeds(goal.Activities, ""),
	}
}

// sharesOf are the shares that colleagues have in deals, of those that a
// condition on deals holds of: what they have of one is taken from its owner, so
// that the shares of a deal are always the whole of it. The amount is "" for the deal's own.
func sharesOf(filter, amount string) *goal.Shared {
	beneath, err := beneathDeal(filter)
	if err != nil {
		panic(err) // a condition of our own
	}
	x := &goal.Shared{Object: DealMembers.Name, Filter: beneath, Amount: amount, Share: MemberCredit.Name(), When: "deal." + DealCloseDate.Name(),
		Owner: "deal.owner", Member: MemberPerson.Name(), Paths: map[string]string{TargetPipeline.Name(): "deal.pipeline"}, Has: "any(team_members, credit > 0 and %s)"}
	if amount == "" {
		x.Figure = "sum:" + MemberCredited.Name()
	}
	return x
}
