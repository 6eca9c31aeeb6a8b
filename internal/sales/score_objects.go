package sales

import "wellmet/internal/schema"

// ScoreRules say what makes a lead or deal likely to become business.
var ScoreRules = schema.NewObject("score_rule", "score_rules", schema.Unowned, "Scoring rule", "Scoring rules")

// The kinds of scoring rules: what a record is, and what happens with it.
const (
	Fit       = "fit"
	Behaviour = "behaviour"
)

// The events that behaviour is scored by.
const (
	eventCall    = "call"
	eventMeeting = "meeting"
	eventMailIn  = "mail_in"
	eventMailOut = "mail_out"
	eventTouch   = "touch"
	eventForm    = "form"
)

// Fields of a scoring rule. A fit rule gives its points where the condition
// holds; a behaviour rule gives them for every event, which after each half
// life counts half, and in sum at most Most. Problem is why the rule could not
// be judged last, and with it the score of a record.
var (
	ScoreName      = schema.Text(ScoreRules, "name").Required().Unique()
	ScoreObject    = schema.Choice(ScoreRules, "object", "lead", "deal").Required().Default("lead")
	ScoreKind      = schema.Choice(ScoreRules, "kind", Fit, Behaviour).Required().Default(Fit)
	ScoreCondition = schema.LongText(ScoreRules, "condition")
	ScoreEvent     = schema.Choice(ScoreRules, "event", eventCall, eventMeeting, eventMailIn, eventMailOut, eventTouch, eventForm)
	ScorePoints    = schema.Int(ScoreRules, "points").Required().Between(-100, 100)
	ScoreHalfLife  = schema.Int(ScoreRules, "half_life_days").Between(1, 3650)
	ScoreMost      = schema.Int(ScoreRules, "most").Between(1, 100)
	ScorePosition  = schema.Int(ScoreRules, "position").Default("0")
	ScoreActive    = schema.Bool(ScoreRules, "active").Default("true")
	ScoreProblem   = derived(schema.LongText(ScoreRules, "problem"))
	ScoreFailedAt  = derived(schema.Moment(ScoreRules, "failed_at"))
)
