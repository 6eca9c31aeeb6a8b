package parts

import (
	"github.com/a-h/templ"
	"github.com/shopspring/decimal"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

var hundred = decimal.NewFromInt(100)

// share is the width of the bar beside a percentage from 0 to 100.
func share(f *schema.FieldDef, d decimal.Decimal) (templ.SafeCSS, bool) {
	if f.ValueKind() != schema.KindPercent || d.IsNegative() || d.GreaterThan(hundred) {
		return "", false
	}
	return templ.SafeCSS("--w:" + d.StringFixed(0) + "%"), true
}

// nearDays is up to where a distance says more than the date itself.
const nearDays = 60

// distance tells how far a near day is; the date says it for any other.
func distance(v *kit.View, d value.Date) string {
	if n := int(d - v.Today()); n < -nearDays || n > nearDays {
		return ""
	}
	return v.Relative(d, v.Today())
}
