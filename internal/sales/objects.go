package sales

import (
	"slices"

	"wellmet/internal/process"
	"wellmet/internal/schema"
)

// The built-in objects of this room.
var (
	Pipelines = schema.NewObject("pipeline", "pipelines", schema.Unowned, "Pipeline", "Pipelines")
	Stages    = stages()
	Products  = schema.NewObject("product", "products", schema.Unowned, "Product", "Products").Indexed("name")
	Deals     = deals()
	DealLines = dealLines()
)

// The kinds of stages.
const (
	Open = "open"
	Won  = "won"
	Lost = "lost"
)

// Fields of a pipeline.
var (
	PipelineName     = schema.Text(Pipelines, "name").Required().Unique()
	PipelinePosition = schema.Int(Pipelines, "position").Default("0")
	PipelineActive   = schema.Bool(Pipelines, "active").Default("true")
	// PipelineLeads says whether business of this pipeline begins with leads.
	PipelineLeads = schema.Bool(Pipelines, "uses_leads").Default("true")
	// PipelineCurrency is the one its deals are in; empty = the company's.
	PipelineCurrency = schema.Text(Pipelines, "currency")
	// What becomes of a change that is odd (engine decision 20): nothing is said,
	// it is warned of, or refused.
	PipelineNoAmount = schema.Choice(Pipelines, "win_without_amount", Allow, Warn, Refuse).Default(Warn)
	PipelinePast     = schema.Choice(Pipelines, "close_date_past", Allow, Warn, Refuse).Default(Warn)
	PipelineForeign  = schema.Choice(Pipelines, "other_currency", Allow, Warn, Refuse).Default(Warn)
	PipelineNegative = schema.Choice(Pipelines, "negative_amount", Warn, Refuse).Default(Refuse)
	// PipelineBeside is about an amount that is typed beside what the lines come to,
	// and about winning a deal by one.
	PipelineBeside = schema.Choice(Pipelines, "amount_beside_lines", Allow, Warn, Refuse).Default(Warn)
	// PipelineJumps says who may go over open stages, or back: everybody, who
	// gives a reason, or nobody (R35).
	PipelineJumps = schema.Choice(Pipelines, "jumps", jumpFree, jumpReason, Refuse).Default(jumpFree)
	// PipelineVoid says what becomes of a won deal whose contract is void, unless
	// the contract says otherwise (R41).
	PipelineVoid = schema.Choice(Pipelines, "contract_void", ReopenDeal, KeepDeal).Default(ReopenDeal).On(called("Deal when its contract is void"))
)

// What a pipeline does about an odd change, and about stages that are jumped.
const (
	Allow      = "allow"
	Warn       = "warn"
	Refuse     = "refuse"
	jumpFree   = "free"
	jumpReason = "reason"
)

// Fields of a stage. Probability is the set win rate in percent, usual days
// what a deal normally stays.
var (
	StageName        = schema.Text(Stages, "name").Required()
	StagePipeline    = schema.Link(Stages, "pipeline", "pipeline").Required().Inverse("stages")
	StagePosition    = schema.Int(Stages, "position").Default("0")
	StageKind        = schema.Choice(Stages, "kind", Open, Won, Lost).Required().Default(Open)
	StageProbability = schema.Percent(Stages, "probability", 2).Between(0, 100)
	StageUsualDays   = schema.Int(Stages, "usual_days").Between(0, 3650)
	StageForecast    = schema.Choice(Stages, "forecast", Categories...).Default(InPipeline)
	StageColor       = schema.Text(Stages, "color")
	StageActive      = schema.Bool(Stages, "active").Default("true")
	// StageEntry is a condition that a deal fulfils to enter, StageEntryWhy what
	// is said where it does not.
	StageEntry    = schema.LongText(Stages, "entry")
	StageEntryWhy = schema.Text(Stages, "entry_message")
	// StageGuidance is what to do there, a line each, and StageTemplates are the
	// texts for it; the guide shows both on what stands there.
	StageGuidance  = schema.LongText(Stages, "guidance")
	StageTemplates = schema.Links(Stages, "templates", process.Templates.Name)
)

// What becomes of a won deal when its contract is void: it is opened again, or
// stays won.
const (
	ReopenDeal = "reopen"
	KeepDeal   = "keep"
)

// Categories are those of the forecast, from the least sure on.
var Categories = []string{InPipeline, BestCase, Commit, Closed, Omitted}

// The categories of the forecast.
const (
	InPipeline = "pipeline"
	BestCase   = "best"
	Commit     = "commit"
	Closed     = "closed"
	Omitted    = "omitted"
)

// How often a price is billed.
const (
	Once      = "once"
	Monthly   = "monthly"
	Quarterly = "quarterly"
	Yearly    = "yearly"
)

// maxPeriods is the longest term of a line: a hundred years by the month.
const maxPeriods = 1200

// Fields of a product.
var (
	ProductName   = schema.Text(Products, "name").Required().Unique().Fragments()
	ProductCode   = schema.Text(Products, "code").Unique().Fragments()
	ProductSeries = schema.Text(Products, "series").Searched()
	ProductPrice  = schema.Money(Products, "price")
	ProductCost   = schema.Money(Products, "cost")
	ProductUnit   = schema.Text(Products, "unit")
	// ProductTax, ProductBilling and ProductPeriods are copied to the lines that
	// name the product; later changes leave those lines alone.
	ProductTax     = schema.Percent(Products, "tax_rate", 2).Between(0, 100)
	ProductBilling = schema.Choice(Products, "billing", Once, Monthly, Quarterly, Yearly).Default(Once)
	ProductPeriods = schema.Int(Products, "periods").Between(1, maxPeriods)
	ProductActive  = schema.Bool(Products, "active").Default("true")
	ProductText    = schema.LongText(Products, "description").Searched()
)

// Fields of a deal. Status, won and lost dates follow the stage's kind; the
// amount is typed until a line has a price and the sum of the lines from then
// on (engine decision 12); one that is typed all the same holds, with a mark,
// until the lines change.
var (
	DealName       = schema.Text(Deals, "name").Required().Fragments()
	DealAccount    = schema.Link(Deals, "account", "account").Inverse("deals")
	DealContact    = schema.Link(Deals, "contact", "contact").Inverse("deals")
	DealType       = schema.Link(Deals, "record_type", "record_type").OnDelete(schema.Clear)
	DealPipeline   = schema.Link(Deals, "pipeline", "pipeline").Tracked()
	DealStage      = schema.Link(Deals, "stage", "stage").Tracked()
	DealStatus     = schema.Choice(Deals, "status", Open, Won, Lost).ReadOnly().Tracked()
	DealStageSince = schema.Moment(Deals, "stage_since").ReadOnly().On(called("In stage since"))
	// DealWay is the names of the stages that the deal has been in, as they were
	// then.
	DealWay = derived(schema.LongText(Deals, "path")).Tells(DealStage.Name())
	// DealStageWhy is why the last move went over stages or back, for history.
	DealStageWhy = schema.LongText(Deals, "stage_reason").ReadOnly()
	DealAmount   = schema.Money(Deals, "amount").Tracked()
	// What the lines come to, derived from them: the parts of the amount that
	// are billed once and, for a year, again and again; tax, and the amount with
	// it. Empty without priced lines, or with lines in several currencies.
	DealOnce      = derived(schema.Money(Deals, "once_total"))
	DealRecurring = derived(schema.Money(Deals, "yearly_recurring"))
	DealTax       = derived(schema.Money(Deals, "tax_total"))
	DealGross     = derived(schema.Money(Deals, "gross_total"))
	// DealDiffers marks an amount that somebody typed beside what the lines come
	// to; DealMixed lines in several currencies, which come to no sum.
	DealDiffers = derived(schema.Bool(Deals, "amount_differs")).On(called("Amount differs from lines"))
	DealMixed   = derived(schema.Bool(Deals, "lines_mixed")).On(called("Lines in several currencies"))
	// DealCost is what the lines cost, known only where it is of every line with
	// a price (R42); DealServe what else it takes to serve the deal. The margin is
	// what is left of the amount, and empty where the costs are not known.
	DealCost   = schema.Money(Deals, "cost").ReadOnly()
	DealServe  = schema.Money(Deals, "cost_to_serve")
	DealMargin = schema.Formula[any](Deals, "margin", schema.KindMoney, `if(cost_to_serve is empty, amount - cost, amount - cost - cost_to_serve)`)
	DealChance = schema.Percent(Deals, "probability", 2).Between(0, 100).Tracked()
	// DealOwnChance marks a probability that somebody set by hand: moving the
	// deal does not change it.
	DealOwnChance = schema.Bool(Deals, "own_probability").ReadOnly()
	// DealForecast is the category that the deal is forecast in: its stage's, or
	// what somebody says of this deal, which DealOwnForecast marks and the end of
	// the deal takes back.
	DealForecast    = schema.Choice(Deals, "forecast", Categories...).Tracked()
	DealOwnForecast = schema.Bool(Deals, "own_forecast").ReadOnly()
	DealStartedOn   = schema.Date(Deals, "started_on").Default("=today()")
	DealCloseDate   = schema.Date(Deals, "close_date").Tracked()
	// DealMoves and DealSlip say how often the close date was moved while the deal
	// was open, and by how many days in all; empty = never.
	DealMoves = schema.Int(Deals, "close_date_moves").ReadOnly()
	DealSlip  = schema.Int(Deals, "close_date_slip").ReadOnly()
	// DealRots is the day from which an open deal stays longer in its stage than
	// is usual there.
	DealRots = derived(schema.Date(Deals, "rotting_from"))
	// DealStageDue is until when the deal may stay in its stage by its process; see
	// process.DueField.
	DealStageDue   = derived(schema.Moment(Deals, process.DueField))
	DealClosedAt   = schema.Moment(Deals, "closed_at").ReadOnly()
	DealCycle      = schema.Formula[any](Deals, "cycle_days", schema.KindInt, `if(status in ("won", "lost") and started_on <= close_date, daysBetween(started_on, close_date))`)
	DealWeighted   = schema.Formula[any](Deals, "weighted", schema.KindMoney, `amount * probability / 100`)
	DealLostReason = schema.Choice(Deals, "lost_reason", "price", "competitor", "no_budget", "no_decision", "timing", "no_need", "no_contact", "other")
	// DealLostStage is the stage that a lost deal was in before; empty where
	// nobody knows, as of deals that came lost by an import.
	DealLostStage  = derived(schema.Link(Deals, "lost_stage", "stage").OnDelete(schema.Clear)).Tells(DealStage.Name())
	DealWonReason  = schema.Choice(Deals, "won_reason", "price", "quality", "relationship", "service", "features", "other")
	DealCompetitor = schema.Text(Deals, "competitor")
	DealKind       = schema.Choice(Deals, "kind", "new", "renewal", "upsell")
	DealSource     = schema.Choice(Deals, "source", sources...)
	DealNextStep   = schema.Text(Deals, "next_step")
	DealTags       = schema.Tags(Deals, "tags").Searched()
	DealText       = schema.LongText(Deals, "description").Searched()
	DealCampaign   = schema.Text(Deals, "campaign")
	DealRegion     = schema.Text(Deals, "region")
	DealScore      = schema.Int(Deals, "score").Between(0, 100)
	// DealFocus ranks open deals by what speaks for working on them now, 0 to 100;
	// see FocusWhy.
	DealFocus    = derived(schema.Int(Deals, "focus").Between(0, 100))
	DealFactors  = hidden(schema.LongText(Deals, "score_factors").ReadOnly())
	DealExternal = schema.Text(Deals, "external_id").Unique().Fragments()
	// DealIncomplete marks imported deals without account or contact; the next
	// change by hand must name one.
	DealIncomplete = schema.Bool(Deals, "incomplete").ReadOnly()
)

// Fields of a deal's line. What it sells and comes to is tracked, so that
// products can be asked for as of a past day.
var (
	LineDeal = schema.Link(DealLines, "deal", "deal").Required().Inverse("lines").OnDelete(schema.Cascade).Tracked()

	lineTerms    = DeclareTerms(DealLines, "lines")
	LineProduct  = lineTerms.Product.Tracked()
	LineText     = lineTerms.Text
	LineQuantity = lineTerms.Quantity.Tracked()
	LinePrice    = lineTerms.Price.Tracked()
	LineDiscount = lineTerms.Discount.Tracked()
	LineTaxRate  = lineTerms.TaxRate
	LineBilling  = lineTerms.Billing.Tracked()
	LinePeriods  = lineTerms.Periods
	LineStartsOn = lineTerms.StartsOn
	LinePeriod   = lineTerms.Period
	LineAmount   = lineTerms.Amount.Tracked()
	LineTax      = lineTerms.Tax
	LineGross    = lineTerms.Gross
	LineYearly   = lineTerms.Yearly
	LinePosition = lineTerms.Position

	// LineUnitCost is what one costs us: the product's when it is chosen, as it
	// was then. LineCost is that times quantity and term; empty = nobody knows.
	LineUnitCost = schema.Money(DealLines, "unit_cost")
	LineCost     = derived(schema.Money(DealLines, "cost"))
)

// derived marks figures that rules compute from other fields: nobody types
// them, and history keeps what they are computed from.
func derived[T any](f schema.Field[T]) schema.Field[T] {
	return f.ReadOnly().On(func(d *schema.FieldDef) { d.Quiet = true })
}

// called gives a field an English name that its API name does not spell.
func called(label string) func(*schema.FieldDef) {
	return func(d *schema.FieldDef) { d.Labels = map[string]string{"en": label} }
}

// Objects lists what this room declares.
func Objects() []*schema.Object {
	return slices.Concat([]*schema.Object{Pipelines, Stages, RecordTypes, Products, Competitors}, leadLists(), []*schema.Object{Leads, Deals, DealLines}, dealParts(), []*schema.Object{FocusMarks, Adjustments, OutsideFactors}, leadParts())
}

func stages() *schema.Object {
	o := schema.NewObject("stage", "stages", schema.Unowned, "Stage", "Stages")
	o.StateList = true
	return o
}

func deals() *schema.Object {
	o := schema.NewObject("deal", "deals", schema.Owned, "Deal", "Deals").Timelined().
		Indexed("stage", "-amount").Indexed("-amount").Indexed("close_date").Carrying("status", "stage", "pipeline", "account", "kind", "source", "lost_reason", "amount").Indexed("-focus").Indexed("rotting_from").
		Summed([]string{"status", "close_date"}, "forecast", "amount", "weighted", "pipeline").Passing("stage")
	o.Sum = &schema.Sum{Group: "stage", Amounts: []string{"amount", "weighted"},
		Calendar: &schema.Calendar{State: "status", Day: "close_date", By: []string{"forecast", "pipeline"}}}
	o.Open = `status = "open"`
	return o
}

func dealLines() *schema.Object {
	o := schema.NewObject("deal_line", "deal_lines", schema.Child, "Deal line", "Deal lines").Titled("description")
	o.Parent = "deal"
	o.Open = `deal.status = "open"`
	return o
}
