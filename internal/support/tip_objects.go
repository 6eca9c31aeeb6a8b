package support

import (
	"wellmet/internal/sales"
	"wellmet/internal/schema"
)

// Tips are what colleagues tell one another, votes who found one useful.
var (
	Tips  = tips()
	Votes = votes()
)

// retired is the condition of tips for the archive: what they are about is not
// in use any more, or gone.
const retired = `stage.active = false or lead_stage.active = false or case_state.active = false or product.active = false or ` +
	`stage is empty and lead_stage is empty and case_state is empty and product is empty and objection is empty`

// Fields of a tip. It helps where everything that it names is at hand: in a
// state, with a product, against an objection. Place keeps the names of what
// it is about, for the time when that is gone.
var (
	TipText      = schema.Text(Tips, "text").Required().Searched()
	TipStage     = schema.Link(Tips, "stage", sales.Stages.Name).Inverse("tips").OnDelete(schema.Clear)
	TipLeadStage = schema.Link(Tips, "lead_stage", sales.LeadStages.Name).Inverse("tips").OnDelete(schema.Clear)
	TipCaseState = schema.Link(Tips, "case_state", States.Name).Inverse("tips").OnDelete(schema.Clear)
	TipProduct   = schema.Link(Tips, "product", sales.Products.Name).Inverse("tips").OnDelete(schema.Clear)
	TipObjection = schema.Choice(Tips, "objection", "too_expensive", "no_time", "no_need", "has_supplier", "not_convinced", "must_ask", "other")
	TipPlace     = schema.Text(Tips, "place").ReadOnly()
	TipUseful    = schema.RollupOf[int64](Tips, "useful", schema.KindInt, schema.Rollup{Child: Votes.Name, Link: "tip", Function: "count"})
	TipArchived  = schema.Formula[bool](Tips, "archived", schema.KindBool, retired)
)

// Fields of a vote: its owner found the tip useful.
var (
	VoteName = schema.Text(Votes, "name").ReadOnly()
	VoteTip  = schema.Link(Votes, "tip", Tips.Name).Required().Inverse("votes").OnDelete(schema.Cascade)
	// VoteKey keeps a member from voting twice for one tip.
	VoteKey = schema.Text(Votes, "pair").Unique().ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
)

func tips() *schema.Object {
	o := schema.NewObject("tip", "tips", schema.Owned, "Tip", "Tips").Titled("text").Indexed("-created_at")
	o.Icon = "message-square"
	return o
}

func votes() *schema.Object {
	o := schema.NewObject("tip_vote", "tip_votes", schema.Owned, "Vote for a tip", "Votes for tips")
	o.Hidden = true
	return o
}
