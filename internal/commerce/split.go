package commerce

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Split says how a total is paid: in how many parts, or in which shares, from
// when and how far apart.
type Split struct {
	// Parts are shares in percent, which come to a hundred; empty = Count equal
	// ones.
	Parts []decimal.Decimal
	Count int
	First value.Date
	Every string // once, weekly, monthly, quarterly, yearly; "" = monthly
}

// Part is one payment that a split proposes.
type Part struct {
	Name   string
	DueOn  value.Date
	Amount value.Money
}

// maxParts is how many payments a plan may have: ten years by the month.
const maxParts = 120

// The steps from one payment to the next.
var Steps = []string{"once", "weekly", "monthly", "quarterly", "yearly"}

var months = map[string]int{"monthly": 1, "quarterly": 3, "yearly": 12}

// ParseShares reads "30/70", "30 70", "30 %, 70 %" and "3", which is three
// equal parts.
func ParseShares(text string) (parts []decimal.Decimal, count int, err error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return r == '/' || r == ' ' || r == ';' || r == '%' || r == '+' || r == '\u00a0' })
	if len(words) == 1 && !strings.Contains(text, "%") {
		count, err := strconv.Atoi(words[0])
		if err != nil || count < 1 || count > maxParts {
			return nil, 0, badShares("plan.bad_count", fault.Args{"max": maxParts})
		}
		return nil, count, nil
	}
	if len(words) == 0 || len(words) > maxParts {
		return nil, 0, badShares("plan.bad_count", fault.Args{"max": maxParts})
	}
	sum := decimal.Zero
	for _, w := range words {
		if w = strings.Trim(w, ",."); w == "" { // between "30 %, 70 %"
			continue
		}
		p, err := value.ParseDecimal(strings.ReplaceAll(w, ",", "."))
		if err != nil || !p.IsPositive() {
			return nil, 0, badShares("plan.bad_share", fault.Args{"share": value.Printable(w)})
		}
		parts, sum = append(parts, p), sum.Add(p)
	}
	if !sum.Equal(decimal.NewFromInt(100)) {
		return nil, 0, badShares("plan.shares_not_whole", fault.Args{"sum": sum.String()})
	}
	return parts, 0, nil
}

func badShares(key string, args fault.Args) error {
	return fault.New(fault.Invalid, key, args).With(fault.Field{Path: "shares", Key: key, Args: args})
}

// Of shares out a total. The parts come to it exactly: each is rounded down to
// the smallest coin, and the coins left over go one by one to the first.
func (x Split) Of(total value.Money) ([]Part, error) {
	weights := x.weights()
	if len(weights) == 0 || len(weights) > maxParts {
		return nil, badShares("plan.bad_count", fault.Args{"max": maxParts})
	}
	if total.Minor < int64(len(weights)) {
		return nil, fault.New(fault.Conflict, "plan.nothing_to_plan", nil)
	}
	sum := decimal.Zero
	for _, w := range weights {
		sum = sum.Add(w)
	}
	parts := make([]Part, len(weights))
	left := total.Minor
	for i, w := range weights {
		minor := decimal.NewFromInt(total.Minor).Mul(w).Div(sum).IntPart()
		parts[i] = Part{Name: x.name(i), DueOn: x.due(i), Amount: value.Money{Minor: minor, Currency: total.Currency}}
		left -= minor
	}
	for i := 0; left > 0; i, left = (i+1)%len(parts), left-1 {
		parts[i].Amount.Minor++
	}
	if slices.ContainsFunc(parts, func(p Part) bool { return p.Amount.Minor <= 0 }) {
		return nil, fault.New(fault.Conflict, "plan.nothing_to_plan", nil)
	}
	return parts, nil
}

func (x Split) weights() []decimal.Decimal {
	if len(x.Parts) > 0 {
		return x.Parts
	}
	if x.Count < 0 || x.Count > maxParts {
		return nil
	}
	weights := make([]decimal.Decimal, x.Count)
	for i := range weights {
		weights[i] = decimal.NewFromInt(1)
	}
	return weights
}

// name says which part it is, in no language: "30 %", "2/12".
func (x Split) name(i int) string {
	if len(x.Parts) > 0 {
		return x.Parts[i].String() + "\u00a0%"
	}
	if x.Count == 1 {
		return ""
	}
	return strconv.Itoa(i+1) + "/" + strconv.Itoa(x.Count)
}

// due is when the part is due; the last day of a month stays one.
func (x Split) due(i int) value.Date {
	switch x.Every {
	case "once":
		return x.First
	case "weekly":
		return x.First.AddDays(7 * i)
	}
	step := months[x.Every]
	if step == 0 {
		step = 1
	}
	return x.First.AddMonths(step * i)
}
