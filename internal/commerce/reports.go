package commerce

import "wellmet/internal/report"

// Binding is the condition of contracts that somebody owes money by.
const Binding = `state in ("signed", "active", "completed")`

// Reports are the standard reports over this room's objects. Void contracts are
// in none of the sums.
func Reports() []report.Spec {
	contracts := []report.Column{
		{Name: "contracts", Title: "Contracts", Measure: "count{" + Binding + "}"},
		{Name: "contract_total", Title: "Total", Measure: "sum:total{" + Binding + "}"},
		{Name: "contract_net", Title: "Without tax", Measure: "sum:net_total{" + Binding + "}"},
		{Name: "contract_received", Title: "Received", Measure: "sum:received{" + Binding + "}"},
		{Name: "contract_open", Title: "Open", Measure: "sum:open_amount{" + Binding + "}"},
		{Name: "contracts_void", Title: "Void", Measure: `count{state = "void"}`},
	}
	by := func(name, title, group string) report.Spec {
		return report.Spec{Name: name, Title: title, Object: Contracts.Name, Group: []string{group}, Period: ContractSignedOn.Name(),
			Filter: `state != "draft"`, Columns: contracts, Help: "Contracts by their day of signing. Void ones are counted, and in no sum."}
	}
	return []report.Spec{
		revenueAndReceipts(),
		by("contracts-by-month", "Contracts by month", "signed_on:month"),
		by("contracts-by-owner", "Contracts by person", "owner"),
		by("contracts-by-account", "Contracts by account", ContractAccount.Name()),
		{Name: "receipts-by-month", Title: "Receipts by month", Object: Receipts.Name, Group: []string{"received_on:month"}, Period: ReceiptReceivedOn.Name(),
			Help: "What came in. Reversed receipts are counted, and in no sum.", Columns: []report.Column{
				{Name: "receipts", Title: "Receipts", Measure: "count{reversed_on is empty}"},
				{Name: "receipts_sum", Title: "Received", Measure: "sum:amount{reversed_on is empty}"},
				{Name: "receipts_reversed", Title: "Reversed", Measure: "count{reversed_on is not empty}"}}},
		{Name: "plan-by-month", Title: "Planned and received by month", Object: PlanLines.Name, Group: []string{"due_on:month"}, Period: PlanDueOn.Name(),
			Filter: OfBinding, Help: "Payments by the month in which they are due, with what of them came in.", Columns: []report.Column{
				{Name: "planned_payments", Title: "Planned payments", Measure: "count"},
				{Name: "planned_sum", Title: "Planned", Measure: "sum:amount"},
				{Name: "plan_received", Title: "Received", Measure: "sum:paid"},
				{Name: "plan_open", Title: "Open", Measure: "sum:open_amount"},
				{Name: "plan_moved", Title: "Moved", Measure: "count{due_on > first_due_on}"}}},
		ageing("receivables", "Open payments by age", "contract.account"),
		ageing("receivables-by-owner", "Open payments by person", "owner"),
	}
}

// OfBinding is the condition of what hangs on contracts that somebody owes money
// by.
const OfBinding = `contract.state in ("signed", "active", "completed")`

// ageing sums what is open by how long it has been due.
func ageing(name, title, group string) report.Spec {
	sum := func(when string) string { return "sum:open_amount{" + when + "}" }
	return report.Spec{Name: name, Title: title, Object: PlanLines.Name, Group: []string{group}, Filter: OfBinding + ` and progress != "paid"`,
		Help: "What of planned payments is open, by how many days ago it was due.", Columns: []report.Column{
			{Name: "plan_open", Title: "Open", Measure: "sum:open_amount"},
			{Name: "not_due", Title: "Not due", Measure: sum("due_on >= today()")},
			{Name: "due_30", Title: "1–30 days", Measure: sum("due_on < today() and due_on >= today() - 30d")},
			{Name: "due_60", Title: "31–60 days", Measure: sum("due_on < today() - 30d and due_on >= today() - 60d")},
			{Name: "due_90", Title: "61–90 days", Measure: sum("due_on < today() - 60d and due_on >= today() - 90d")},
			{Name: "due_more", Title: "Over 90 days", Measure: sum("due_on < today() - 90d")}}}
}
