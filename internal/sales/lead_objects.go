package sales

import (
	"wellmet/internal/process"
	"wellmet/internal/schema"
)

// Leads and what belongs to them. Stages, questions, sources, cadences and
// rules of scoring are the company's lists; people, answers, touches and
// enrollments are parts of one lead and follow its rights.
var (
	LeadStages    = leadStages()
	LeadQuestions = schema.NewObject("lead_question", "lead_questions", schema.Unowned, "Checklist question", "Checklist questions")
	Campaigns     = schema.NewObject("campaign", "campaigns", schema.Unowned, "Campaign", "Campaigns")
	SourceCosts   = schema.NewObject("source_cost", "source_costs", schema.Unowned, "Cost of a source", "Costs of sources").Indexed("-first_day").RatedBy("first_day")
	LeadSources   = schema.NewObject("lead_source", "lead_sources", schema.Unowned, "Lead source", "Lead sources")
	Leads         = schema.NewObject("lead", "leads", schema.Owned, "Lead", "Leads").Timelined().Indexed("-created_at").Indexed("-score").Passing("stage")
	LeadPeople    = partOfLead("lead_person", "lead_people", "Person", "People", "name")
	LeadAnswers   = partOfLead("lead_answer", "lead_answers", "Checklist answer", "Checklist answers", "answer")
	Touches       = partOfLead("touch", "touches", "Touch", "Touches", "name")
)

// Statuses of a lead, which are the kinds of its stages too.
const (
	Fresh        = "new"
	Working      = "working"
	Qualified    = "qualified"
	Disqualified = "disqualified"
	// Converted is the status of a lead that has become a customer.
	Converted = "converted"
)

// OpenLeads is the condition of leads that are still to be worked on.
const OpenLeads = `status in ("new", "working", "qualified")`

var leadStatuses = []string{Fresh, Working, Qualified, Disqualified, Converted}

// Fields of a lead's stage.
var (
	LeadStageName      = schema.Text(LeadStages, "name").Required().Unique()
	LeadStageKind      = schema.Choice(LeadStages, "kind", leadStatuses...).Required().Default(Working)
	LeadStagePosition  = schema.Int(LeadStages, "position").Default("0")
	LeadStageUsualDays = schema.Int(LeadStages, "usual_days").Between(0, 3650)
	LeadStageColor     = schema.Text(LeadStages, "color")
	LeadStageActive    = schema.Bool(LeadStages, "active").Default("true")
	LeadStageGuidance  = schema.LongText(LeadStages, StageGuidance.Name())
	LeadStageTemplates = schema.Links(LeadStages, StageTemplates.Name(), process.Templates.Name)
)

// The modes of a lead.
const (
	CompanyLead = "company"
	PersonLead  = "person"
)

// otherWay is the way in of what came by none that has a name.
const otherWay = "other"

// sources are the ways business comes in by.
var sources = []string{"web", "form", "mail", "phone", "event", "referral", "partner", "campaign", "import", "api", "manual", otherWay}

// Fields of a lead: a company with one or more people, or a private person.
// Status is the kind of the stage.
var (
	LeadName       = schema.Text(Leads, "name").Fragments()
	LeadStage      = schema.Link(Leads, "stage", "lead_stage").Tracked()
	LeadType       = schema.Link(Leads, "record_type", "record_type").OnDelete(schema.Clear)
	LeadMode       = schema.Choice(Leads, "mode", CompanyLead, PersonLead).Default(CompanyLead)
	LeadCompany    = schema.Text(Leads, "company").Fragments()
	LeadJob        = schema.Text(Leads, "job_title").Searched()
	LeadEmail      = schema.Email(Leads, "email").Fragments()
	LeadPhone      = schema.Phone(Leads, "phone").Fragments()
	LeadWebsite    = schema.URL(Leads, "website")
	LeadAddress    = schema.Address(Leads, "address")
	LeadStatus     = schema.Choice(Leads, "status", leadStatuses...).Default(Fresh).Tracked()
	LeadLostReason = schema.Choice(Leads, "lost_reason", "not_reachable", "no_interest", "no_budget", "bad_data", "competitor", "other")
	LeadSource     = schema.Choice(Leads, "source", sources...)
	// LeadLostAt is when a disqualified lead was given up, LeadLostStage the stage
	// that it was in before; empty where nobody knows it.
	LeadLostAt    = derived(schema.Moment(Leads, "lost_at"))
	LeadLostStage = derived(schema.Link(Leads, "lost_stage", "lead_stage").OnDelete(schema.Clear)).Tells(LeadStage.Name())
	LeadStageDue  = derived(schema.Moment(Leads, process.DueField)) // as DealStageDue
	// LeadStageSince and LeadWay are what they are of deals.
	LeadStageSince = derived(schema.Moment(Leads, DealStageSince.Name()).On(called("In stage since")))
	LeadWay        = derived(schema.LongText(Leads, DealWay.Name())).Tells(LeadStage.Name())
	LeadChannel    = schema.Text(Leads, "channel")
	LeadCapturedAt = schema.Moment(Leads, "captured_at").Default("=now()")
	LeadScore      = schema.Int(Leads, "score").Between(0, 100)
	LeadFactors    = hidden(schema.LongText(Leads, "score_factors").ReadOnly())
	// LeadProduct is what the lead asks for: rules give leads away by it.
	LeadProduct  = schema.Link(Leads, "product", "product").Inverse("leads").OnDelete(schema.Clear)
	LeadLanguage = schema.Text(Leads, "language").Tongue()
	LeadTags     = schema.Tags(Leads, "tags").Searched()
	LeadText     = schema.LongText(Leads, "description").Searched()
	// LeadOptedOut says that the person wants to be called and written to no more.
	LeadOptedOut = schema.Bool(Leads, "opted_out").OptOut()
	// What follows from the touches: where the lead came from first and last.
	LeadFirstSource  = derived(schema.Link(Leads, "first_source", "lead_source"))
	LeadLastSource   = derived(schema.Link(Leads, "last_source", "lead_source"))
	LeadFirstTouchAt = derived(schema.Moment(Leads, "first_touch_at"))
	LeadLastTouchAt  = derived(schema.Moment(Leads, "last_touch_at"))
	LeadTouchCount   = derived(schema.Int(Leads, "touch_count"))
	// When somebody of us first called, wrote or met, and after how many minutes
	// of working time.
	LeadFirstResponse   = derived(schema.Moment(Leads, "first_response_at"))
	LeadResponseMinutes = derived(schema.Int(Leads, "response_minutes"))
	// LeadResponseDue is until when the lead is to be answered.
	LeadResponseDue = derived(schema.Moment(Leads, "response_due"))
	// What the lead became, when, and through whom; Convert writes it.
	LeadConvertedAccount = schema.Link(Leads, "converted_account", "account").Inverse("leads").ReadOnly().OnDelete(schema.Clear)
	LeadConvertedContact = schema.Link(Leads, "converted_contact", "contact").Inverse("leads").ReadOnly().OnDelete(schema.Clear)
	LeadConvertedDeal    = schema.Link(Leads, "converted_deal", "deal").Inverse("leads").ReadOnly().OnDelete(schema.Clear)
	// LeadSharesDeal says that the deal counts with another lead.
	LeadSharesDeal  = hidden(derived(schema.Bool(Leads, "shares_deal")))
	LeadConvertedAt = schema.Moment(Leads, "converted_at").ReadOnly()
	LeadConvertedBy = schema.Person(Leads, "converted_by").ReadOnly()
	LeadExternal    = schema.Text(Leads, "external_id").Unique()
)

// Fields of a further person of a company that is a lead. Contact is who the
// person became.
var (
	LeadPersonName     = schema.Text(LeadPeople, "name").Fragments()
	LeadPersonLead     = schema.Link(LeadPeople, "lead", "lead").Required().Inverse("people").OnDelete(schema.Cascade)
	LeadPersonJob      = schema.Text(LeadPeople, "job_title")
	LeadPersonEmail    = schema.Email(LeadPeople, "email").Fragments()
	LeadPersonPhone    = schema.Phone(LeadPeople, "phone").Fragments()
	LeadPersonPosition = schema.Int(LeadPeople, "position").Default("0")
	LeadPersonContact  = schema.Link(LeadPeople, "contact", "contact").ReadOnly().OnDelete(schema.Clear)
)

// Answers to a question of the checklist.
const (
	Yes = "yes"
	No  = "no"
)

// Fields of the checklist. A lead may become qualified only when the required
// questions are answered with yes.
var (
	LeadQuestionName     = schema.Text(LeadQuestions, "name").Required().Unique()
	LeadQuestionTopic    = schema.Text(LeadQuestions, "topic")
	LeadQuestionHelp     = schema.Text(LeadQuestions, "help")
	LeadQuestionPosition = schema.Int(LeadQuestions, "position").Default("0")
	LeadQuestionRequired = schema.Bool(LeadQuestions, "required").Default("false")
	LeadQuestionActive   = schema.Bool(LeadQuestions, "active").Default("true")

	LeadAnswerLead     = schema.Link(LeadAnswers, "lead", "lead").Required().Inverse("answers").OnDelete(schema.Cascade)
	LeadAnswerQuestion = schema.Link(LeadAnswers, "question", "lead_question").Required().OnDelete(schema.Cascade)
	LeadAnswerIs       = schema.Choice(LeadAnswers, "answer", Yes, No, "unknown").Required().Default("unknown")
	LeadAnswerNote     = schema.Text(LeadAnswers, "note")
	// LeadAnswerKey keeps two answers to one question apart.
	LeadAnswerKey = hidden(schema.Text(LeadAnswers, "pair").Unique().ReadOnly())
)

// Fields of a campaign. Code is what touches call it by: the utm_campaign of
// addresses that lead to a form.
var (
	CampaignName   = schema.Text(Campaigns, "name").Required().Unique()
	CampaignCode   = schema.Text(Campaigns, "code").Unique()
	CampaignFirst  = schema.Date(Campaigns, "first_day")
	CampaignLast   = schema.Date(Campaigns, "last_day")
	CampaignActive = schema.Bool(Campaigns, "active").Default("true")
)

// Fields of a cost: what was spent on a source, a channel or a campaign, or
// several of them, from one day to another, both included.
var (
	CostName     = schema.Text(SourceCosts, "name").Required()
	CostAmount   = schema.Money(SourceCosts, "amount").Required()
	CostFirst    = schema.Date(SourceCosts, "first_day").Required()
	CostLast     = schema.Date(SourceCosts, "last_day")
	CostSource   = schema.Link(SourceCosts, "source", "lead_source").OnDelete(schema.Clear)
	CostChannel  = schema.Text(SourceCosts, "channel")
	CostCampaign = schema.Link(SourceCosts, "campaign", "campaign").OnDelete(schema.Clear)
)

// Fields of a source: what is told apart in reports, each of one way in. Cost
// is what was spent on it on days that nobody knows.
var (
	LeadSourceName     = schema.Text(LeadSources, "name").Required().Unique()
	LeadSourceWay      = schema.Choice(LeadSources, "way", sources...).Required().Default("other")
	LeadSourceCost     = schema.Money(LeadSources, "cost")
	LeadSourcePosition = schema.Int(LeadSources, "position").Default("0")
	LeadSourceActive   = schema.Bool(LeadSources, "active").Default("true")
)

// Fields of a touch: one time that somebody came to us.
var (
	TouchName     = schema.Text(Touches, "name").ReadOnly()
	TouchLead     = schema.Link(Touches, "lead", "lead").Required().Inverse("touches").OnDelete(schema.Cascade)
	TouchAt       = schema.Moment(Touches, "at").Default("=now()")
	TouchSource   = schema.Link(Touches, "source", "lead_source").Required()
	TouchChannel  = schema.Text(Touches, "channel")
	TouchCampaign = schema.Text(Touches, "campaign")
	TouchVia      = schema.Text(Touches, "via")
	// TouchFirst and TouchLast tell which touch of its lead it is: of two at the same
	// moment the one that was written down first comes first.
	TouchFirst = hidden(derived(schema.Bool(Touches, "first_of_lead")))
	TouchLast  = hidden(derived(schema.Bool(Touches, "last_of_lead")))
)

// hidden keeps a field that rules use out of pages.
func hidden[T any](f schema.Field[T]) schema.Field[T] {
	return f.On(func(d *schema.FieldDef) { d.Hidden, d.Quiet = true, true })
}

func leadStages() *schema.Object {
	o := schema.NewObject("lead_stage", "lead_stages", schema.Unowned, "Lead stage", "Lead stages")
	o.StateList = true
	return o
}

func partOfLead(name, plural, one, many, title string) *schema.Object {
	o := schema.NewObject(name, plural, schema.Child, one, many).Titled(title)
	o.Parent = "lead"
	return o
}

// leadLists are what the company decides about leads, leadParts what belongs to
// one of them.
func leadLists() []*schema.Object {
	return []*schema.Object{LeadStages, LeadQuestions, LeadSources, Campaigns, SourceCosts, ScoreRules, Cadences, CadenceSteps}
}

func leadParts() []*schema.Object {
	return []*schema.Object{LeadPeople, LeadAnswers, Touches, Enrollments}
}
