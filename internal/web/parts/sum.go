package parts

import (
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Sum is a sum of money as people read it: in the company's currency, or, where
// there is no rate, in that of each amount. No amount at all is a dash.
func Sum(v *kit.View, m record.Measure) string {
	if x, ok := m.Value.(value.Money); ok && m.Missing == 0 {
		return v.MoneyWhole(x)
	}
	var all []string
	if x, ok := m.Value.(value.Money); ok && len(m.Sums) == 0 {
		all = append(all, v.MoneyWhole(x))
	}
	for _, x := range m.Sums {
		all = append(all, v.MoneyWhole(x))
	}
	if len(all) == 0 {
		return "–"
	}
	return v.List(all)
}
