package commerce

import (
	"wellmet/internal/commerce"
	"wellmet/internal/record"
)

// noReceipts says why there is none.
func noReceipts(x *sheet) string {
	if x.state() == commerce.Draft {
		return x.v.T("web.commerce.sign_first")
	}
	return x.v.T("web.commerce.no_receipts")
}

// moved is the first due date of a payment whose due date has moved.
func moved(r *record.Record) string {
	first, ok := record.Get(r, commerce.PlanFirstDueOn)
	due, _ := record.Get(r, commerce.PlanDueOn)
	if !ok || first == due {
		return ""
	}
	return first.String()
}

func movedFrom(x *sheet, r *record.Record) string {
	first, _ := record.Get(r, commerce.PlanFirstDueOn)
	return x.v.Date(first)
}
