package parts

import (
	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/web/kit"
)

// LineFields are what BesideLines reads of a deal.
func LineFields() []string {
	return []string{sales.DealAmount.Name(), sales.DealDiffers.Name(), sales.DealMixed.Name(), sales.DealGross.Name(), sales.DealTax.Name()}
}

// BesideMark is the mark of a deal whose amount is not that of its lines; "" where
// it is.
func BesideMark(v *kit.View, reader *access.Actor, deal *record.Record) kit.Markup {
	text := kit.Text(BesideLines(v, reader, deal))
	if text == "" {
		return ""
	}
	return `<span class="due none" title="` + text + `">` + kit.Icon("triangle-alert") + `<span class="sr">` + text + `</span></span>`
}

// BesideLines says how the amount of a deal is not that of its lines: another
// one, or lines in several currencies; "" where it is.
func BesideLines(v *kit.View, reader *access.Actor, deal *record.Record) string {
	if mixed, _ := record.Get(deal, sales.DealMixed); mixed {
		return v.T("web.parts.lines_mixed")
	}
	if differs, _ := record.Get(deal, sales.DealDiffers); !differs {
		return ""
	}
	amount, has := record.Get(deal, sales.DealAmount)
	lines, known := sales.LinesCome(reader, deal)
	switch {
	case !known:
		return v.T("deal.amount_beside_lines")
	case !has || amount.Currency != lines.Currency:
		return v.T("deal.amount_differs", "lines", v.Money(lines))
	}
	return v.T("web.parts.amount_beside", "lines", v.Money(lines), "amount", v.Money(amount))
}
