package ownership

import "wellmet/internal/schema"

// AssignmentRules is the one object of this room.
var AssignmentRules = schema.NewObject("assignment_rule", "assignment_rules", schema.Unowned, "Assignment rule", "Assignment rules")

// How a rule chooses among those who may get the record.
const (
	InTurn      = "in_turn"
	ByLoad      = "by_load"
	ByTerritory = "by_territory"
)

// Assigned are the objects whose records rules give an owner.
var Assigned = []string{"lead", "deal", "account", "contact"}

// Fields of a rule. The first active rule by position whose condition holds
// decides. Territory is the record's field that members' regions are compared
// with; MostOpen is how many open records a member may have. What nobody of the
// rule can take goes to the fallback, or waits without an owner in the pool: a
// team whose members all see it and may take it.
var (
	RuleName      = schema.Text(AssignmentRules, "name").Required().Unique()
	RuleObject    = schema.Choice(AssignmentRules, "object", Assigned...).Required().Default("lead")
	RulePosition  = schema.Int(AssignmentRules, "position").Default("0")
	RuleCondition = schema.LongText(AssignmentRules, "condition")
	RuleHow       = schema.Choice(AssignmentRules, "how", InTurn, ByLoad, ByTerritory).Required().Default(InTurn)
	RuleTeam      = schema.Link(AssignmentRules, "team", "team").OnDelete(schema.Clear)
	RuleMembers   = schema.Links(AssignmentRules, "members", "member")
	RuleTerritory = schema.Text(AssignmentRules, "territory_field")
	RuleMostOpen  = schema.Int(AssignmentRules, "most_open").Between(1, 1_000_000)
	RuleInHours   = schema.Bool(AssignmentRules, "in_hours").Default("false")
	RuleFallback  = schema.Person(AssignmentRules, "fallback").OnDelete(schema.Clear)
	RulePool      = schema.Link(AssignmentRules, "pool", "team").OnDelete(schema.Clear)
	RuleActive    = schema.Bool(AssignmentRules, "active").Default("true")
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{AssignmentRules} }
