package support

import (
	"wellmet/internal/customer"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
)

// The built-in objects of this room. States are the company's own list.
var (
	States = states()
	Cases  = cases()
)

// The kinds of states.
const (
	Fresh   = "new"
	Working = "working"
	Waiting = "waiting" // for the customer
	Solved  = "solved"
)

var kinds = []string{Fresh, Working, Waiting, Solved}

// Fields of a case's state.
var (
	StateName     = schema.Text(States, "name").Required().Unique()
	StateKind     = schema.Choice(States, "kind", kinds...).Required().Default(Working)
	StatePosition = schema.Int(States, "position").Default("0")
	StateColor    = schema.Text(States, "color")
	StateActive   = schema.Bool(States, "active").Default("true")
)

// Fields of a case. Status is the kind of its state and follows it.
var (
	CaseSubject  = schema.Text(Cases, "subject").Required().Fragments()
	CaseNumber   = schema.Number(Cases, "number", schema.AutoNumber{Prefix: "K-{year}-", Digits: 5}).Fragments()
	CaseAccount  = schema.Link(Cases, "account", customer.Accounts.Name).Inverse("cases")
	CaseContact  = schema.Link(Cases, "contact", customer.Contacts.Name).Inverse("cases")
	CaseDeal     = schema.Link(Cases, "deal", sales.Deals.Name).Inverse("cases")
	CaseProduct  = schema.Link(Cases, "product", sales.Products.Name).Inverse("cases")
	CaseState    = schema.Link(Cases, "state", "case_state").Tracked()
	CaseStatus   = schema.Choice(Cases, "status", kinds...).ReadOnly().Tracked()
	CasePriority = colored(schema.Choice(Cases, "priority", "low", "normal", "high", "urgent").Default("normal"), "gray", "blue", "amber", "red")
	CaseDue      = schema.Date(Cases, "due_on")
	CaseText     = schema.LongText(Cases, "description").Searched()
	CaseSolution = schema.LongText(Cases, "solution").Searched()
	CaseSolvedAt = schema.Moment(Cases, "solved_at").ReadOnly()
	CaseExternal = schema.Text(Cases, "external_id").Unique().Fragments()
)

// CasePlaces is where cases stand.
var CasePlaces = sales.Places{List: States, Of: Cases, By: CaseState}

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{States, Cases, Tips, Votes} }

func states() *schema.Object {
	o := schema.NewObject("case_state", "case_states", schema.Unowned, "Case state", "Case states")
	o.StateList = true
	return o
}

// cases: CASE is a word of SQL, so that their table has another name.
func cases() *schema.Object {
	o := schema.NewObject("case", "cases", schema.Owned, "Case", "Cases").Titled("subject").Timelined().Indexed("-created_at").Indexed("due_on")
	o.Table, o.Icon, o.Open = "support_case", "life-buoy", `status != "solved"`
	return o
}

func colored(f schema.Field[string], colors ...string) schema.Field[string] {
	return f.On(func(d *schema.FieldDef) {
		for i, c := range colors {
			d.Options[i].Color = c
		}
	})
}
