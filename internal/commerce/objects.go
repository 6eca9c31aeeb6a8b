package commerce

import (
	"wellmet/internal/customer"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// The built-in objects of this room. Lines, planned payments, receipts and
// allocations have the owner of their contract.
var (
	Contracts   = contracts()
	Lines       = below(schema.NewObject("contract_line", "contract_lines", schema.Child, "Contract line", "Contract lines").Titled("description"), "contract")
	PlanLines   = below(schema.NewObject("payment_plan_line", "payment_plan_lines", schema.Child, "Planned payment", "Planned payments").Indexed("due_on"), "contract")
	Receipts    = below(schema.NewObject("receipt", "receipts", schema.Child, "Receipt", "Receipts").Titled("number").Indexed("-received_on").RatedBy("received_on"), "contract")
	Allocations = below(schema.NewObject("allocation", "allocations", schema.Child, "Allocation", "Allocations").Titled("id"), "plan_line")
)

// The states of a contract.
const (
	Draft     = "draft"
	Signed    = "signed"
	Active    = "active"
	Completed = "completed"
	Void      = "void"
)

// What becomes of the deal when its contract is void.
const (
	ReopenDeal = sales.ReopenDeal
	KeepDeal   = sales.KeepDeal
)

// Fields of a contract. It gets its number, of which none is missing, when it
// leaves draft. Amounts are in its currency: net_total, tax_total and total are
// those of its lines, planned those of its plan, received what came in and was
// not reversed. A void contract has no open amount.
var (
	ContractName         = schema.Text(Contracts, "name").Required().Fragments()
	ContractNumber       = schema.Number(Contracts, "number", schema.AutoNumber{Prefix: "C-{year}-", Digits: 5, Gapless: true, When: `state != "draft"`}).Fragments()
	ContractAccount      = schema.Link(Contracts, "account", customer.Accounts.Name).Inverse("contracts")
	ContractSigner       = schema.Link(Contracts, "signer", customer.Contacts.Name).Inverse("contracts")
	ContractStakeholders = schema.Links(Contracts, "stakeholders", customer.Contacts.Name)
	ContractDeal         = schema.Link(Contracts, "deal", sales.Deals.Name).Inverse("contracts").OnDelete(schema.Cascade)
	// ContractCurrentOf is the deal while the contract is not void: a deal has
	// one contract at a time.
	ContractCurrentOf = schema.Link(Contracts, "current_of", sales.Deals.Name).Unique().ReadOnly().OnDelete(schema.Cascade).On(hide)
	ContractState     = colored(schema.Choice(Contracts, "state", Draft, Signed, Active, Completed, Void).Required().Default(Draft).Tracked(),
		"gray", "blue", "teal", "green", "red")
	ContractSignedOn = schema.Date(Contracts, "signed_on")
	ContractStartsOn = schema.Date(Contracts, "starts_on")
	ContractEndsOn   = schema.Date(Contracts, "ends_on")
	ContractCurrency = schema.Text(Contracts, "currency").On(func(d *schema.FieldDef) { d.Max = 3 })
	// ContractLanguage is the one that it is printed in; empty = the signer's.
	ContractLanguage = schema.Text(Contracts, "language").Tongue().On(func(d *schema.FieldDef) { d.Max = 35 })
	ContractNet      = sum(Contracts, "net_total", schema.Rollup{Child: "contract_line", Link: "contract", Field: "amount"}).On(called("Total without tax"))
	ContractTax      = sum(Contracts, "tax_total", schema.Rollup{Child: "contract_line", Link: "contract", Field: "tax"})
	ContractTotal    = sum(Contracts, "total", schema.Rollup{Child: "contract_line", Link: "contract", Field: "gross"})
	ContractPlanned  = sum(Contracts, "planned", schema.Rollup{Child: "payment_plan_line", Link: "contract", Field: "amount"})
	ContractReceived = sum(Contracts, "received", schema.Rollup{Child: "receipt", Link: "contract", Field: "amount", Filter: "reversed_on is empty"})
	ContractOpen     = schema.Formula[value.Money](Contracts, "open_amount", schema.KindMoney,
		`if(state != "void", if(received is empty, total, total - received))`)
	// ContractPaid is what receipts pay of the plan.
	ContractPaid = sum(Contracts, "plan_paid", schema.Rollup{Child: "payment_plan_line", Link: "contract", Field: "paid"}).On(hide)
	// ContractUnplanned is what of the open amount no open payment plans; below
	// zero where more came in or is planned than the contract says.
	ContractUnplanned = schema.Formula[value.Money](Contracts, "unplanned", schema.KindMoney,
		`if(planned is empty, open_amount, if(plan_paid is empty, open_amount - planned, open_amount - planned + plan_paid))`).On(hide)
	// ContractPlanDiffers marks a plan that comes to another sum than the lines;
	// without a plan there is nothing to differ.
	ContractPlanDiffers = follows(schema.Bool(Contracts, "plan_differs").Default("false")).On(called("Plan differs from total"))
	ContractOverPaid    = follows(schema.Bool(Contracts, "over_paid").Default("false"))
	ContractTerms       = schema.LongText(Contracts, "terms")
	ContractVoidReason  = schema.Text(Contracts, "void_reason")
	ContractVoidedOn    = schema.Date(Contracts, "voided_on").ReadOnly()
	// ContractDealThen says what becomes of the won deal when the contract is
	// void: it is opened again, or stays won. Its pipeline says what usually does.
	ContractDealThen = schema.Choice(Contracts, "deal_then", ReopenDeal, KeepDeal).Default(ReopenDeal).On(called("Deal when void"))
	ContractText     = schema.LongText(Contracts, "description").Searched()
	ContractExternal = schema.Text(Contracts, "external_id").Unique().Fragments()
)

// DealContracts and DealBinding are how many contracts a deal has, void ones
// too, and how many of them bind: also for who may see the deal and not these.
var (
	DealContracts = schema.RollupOf[int64](sales.Deals, "contract_count", schema.KindInt, schema.Rollup{Child: "contract", Link: "deal", Function: "count", Told: true}).On(hide)
	DealBinding   = schema.RollupOf[int64](sales.Deals, "binding_contracts", schema.KindInt,
		schema.Rollup{Child: "contract", Link: "deal", Function: "count", Filter: `state in ("signed", "active", "completed")`, Told: true}).On(hide)
)

// Fields of a contract's line: those of a deal's line (sales.Terms).
var (
	LineContract = schema.Link(Lines, "contract", "contract").Required().Inverse("lines").OnDelete(schema.Cascade)
	LineTerms    = sales.DeclareTerms(Lines, "contract_lines")
)

// How far a planned payment is.
const (
	PlanOpen    = "open"
	PlanPartly  = "partly"
	PlanPaid    = "paid"
	PlanOverdue = "overdue"
)

// Fields of a planned payment. Its state follows from what is paid, the day and
// the contract.
var (
	PlanContract = schema.Link(PlanLines, "contract", "contract").Required().Inverse("plan").OnDelete(schema.Cascade)
	PlanName     = schema.Text(PlanLines, "name")
	PlanDueOn    = schema.Date(PlanLines, "due_on").Required()
	// PlanFirstDueOn stays what it was when the due date is moved.
	PlanFirstDueOn = schema.Date(PlanLines, "first_due_on").ReadOnly()
	PlanAmount     = schema.Money(PlanLines, "amount").Required()
	PlanPaidAmount = sum(PlanLines, "paid", schema.Rollup{Child: "allocation", Link: "plan_line", Field: "amount"})
	PlanOpenAmount = schema.Formula[value.Money](PlanLines, "open_amount", schema.KindMoney, `if(paid is empty, amount, amount - paid)`)
	PlanProgress   = follows(schema.Choice(PlanLines, "progress", PlanOpen, PlanPartly, PlanPaid)).On(hide)
	PlanState      = states(schema.Formula[string](PlanLines, "state", schema.KindChoice,
		`if(contract.state = "void", "void", if(progress = "paid", "paid", if(due_on < today() and contract.state in ("signed", "active", "completed"), "overdue", if(progress = "partly", "partly", "open"))))`))
	// PlanRemindedOn is when the owner was told that the payment is due.
	PlanRemindedOn = follows(schema.Date(PlanLines, "reminded_on")).On(hide)
)

// The ways a receipt comes in by.
var methods = []string{"bank_transfer", "card", "direct_debit", "cash", "cheque", "online", "other"}

// How a receipt is spread over the planned payments.
const (
	SpreadByDueDate = "by_due_date"
	SpreadByHand    = "by_hand"
)

// Fields of a receipt. Amount and contract stay as they were booked: a mistake
// is reversed, with a reason, and booked anew.
var (
	ReceiptContract   = schema.Link(Receipts, "contract", "contract").Required().Inverse("receipts").OnDelete(schema.Cascade)
	ReceiptNumber     = schema.Number(Receipts, "number", schema.AutoNumber{Prefix: "R-{year}-", Digits: 5, Gapless: true}).Fragments()
	ReceiptReceivedOn = schema.Date(Receipts, "received_on").Required().Default("=today()")
	ReceiptAmount     = schema.Money(Receipts, "amount").Required()
	ReceiptMethod     = schema.Choice(Receipts, "method", methods...).Default("bank_transfer")
	ReceiptReference  = schema.Text(Receipts, "reference").Fragments()
	// ReceiptPlanLine is the planned payment that it is meant for; what that
	// leaves over goes on to the others.
	ReceiptPlanLine = schema.Link(Receipts, "plan_line", "payment_plan_line").OnDelete(schema.Clear).On(called("For planned payment"))
	ReceiptSpread   = schema.Choice(Receipts, "spread", SpreadByDueDate, SpreadByHand).Default(SpreadByDueDate)
	// ReceiptOverAccepted takes more than is open; without it that is refused.
	ReceiptOverAccepted   = schema.Bool(Receipts, "over_accepted").On(called("Over-payment accepted"))
	ReceiptText           = schema.LongText(Receipts, "description").Searched()
	ReceiptReversedOn     = schema.Date(Receipts, "reversed_on").ReadOnly()
	ReceiptReversalReason = schema.Text(Receipts, "reversal_reason")
	ReceiptExternal       = schema.Text(Receipts, "external_id").Unique()
)

// Fields of an allocation: the part of a receipt that pays a planned payment.
var (
	AllocationPlanLine = schema.Link(Allocations, "plan_line", "payment_plan_line").Required().Inverse("allocations").OnDelete(schema.Cascade)
	AllocationReceipt  = schema.Link(Allocations, "receipt", "receipt").Required().Inverse("allocations").OnDelete(schema.Cascade)
	AllocationAmount   = schema.Money(Allocations, "amount").Required()
)

// Objects lists what this room declares.
func Objects() []*schema.Object {
	return []*schema.Object{Contracts, Lines, PlanLines, Receipts, Allocations, Onboarding}
}

func contracts() *schema.Object {
	o := schema.NewObject("contract", "contracts", schema.Owned, "Contract", "Contracts").Timelined().Indexed("-created_at")
	o.Open = `state in ("draft", "signed", "active")`
	o.Icon = "file-text"
	return o
}

// below ties an object's records to the record that a link names.
func below(o *schema.Object, link string) *schema.Object {
	o.Parent = link
	return o
}

// sum is a roll-up of money in the currency of the contract.
func sum(o *schema.Object, name string, r schema.Rollup) schema.Field[value.Money] {
	r.Function, r.Own = "sum", true
	return schema.RollupOf[value.Money](o, name, schema.KindMoney, r)
}

// follows marks what rules derive from other records: nobody types it, and
// history keeps what it follows from.
func follows[T any](f schema.Field[T]) schema.Field[T] {
	return f.ReadOnly().On(func(d *schema.FieldDef) { d.Quiet = true })
}

// called gives a field an English name that its API name does not spell.
func called(label string) func(*schema.FieldDef) {
	return func(d *schema.FieldDef) { d.Labels = map[string]string{"en": label} }
}

func hide(d *schema.FieldDef) { d.Hidden = true }

func colored(f schema.Field[string], colors ...string) schema.Field[string] {
	return f.On(func(d *schema.FieldDef) {
		for i, c := range colors {
			d.Options[i].Color = c
		}
	})
}

// states are the options of a planned payment's state.
func states(f schema.Field[string]) schema.Field[string] {
	return f.On(func(d *schema.FieldDef) {
		for _, x := range []struct{ key, label, color string }{{PlanOpen, "Open", "blue"}, {PlanPartly, "Partly paid", "amber"},
			{PlanPaid, "Paid", "green"}, {PlanOverdue, "Overdue", "red"}, {Void, "Void", "gray"}} {
			d.Options = append(d.Options, schema.Option{Key: x.key, Labels: map[string]string{"en": x.label}, Color: x.color})
		}
	})
}
