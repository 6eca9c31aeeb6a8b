package value

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Equal compares two values of the engine. Numbers compare by worth (1.5 and
// 1.50), moments as the engine keeps them, lists in their order; empty lists and
// nil are the same emptiness.
func Equal(a, b any) bool {
	if IsEmpty(a) || IsEmpty(b) {
		return IsEmpty(a) && IsEmpty(b)
	}
	switch a := a.(type) {
	case decimal.Decimal:
		b, ok := b.(decimal.Decimal)
		return ok && a.Equal(b)
	case time.Time:
		b, ok := b.(time.Time)
		return ok && Moment(a).Equal(Moment(b))
	case []string:
		b, ok := b.([]string)
		return ok && slices.Equal(a, b)
	case []ID:
		b, ok := b.([]ID)
		return ok && slices.Equal(a, b)
	}
	return a == b
}

// IsEmpty is true of nil and of what means nothing in its kind: "", no choices,
// no link, an address without parts, money without a currency. Zero is not empty.
func IsEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	case []ID:
		return len(v) == 0
	case ID:
		return v == 0
	case Address:
		return v.IsZero()
	case Money:
		return v.Currency == ""
	}
	return false
}

// Text is the neutral text of a value, which its parser reads back; lists are
// joined with a comma and a space and are for reading only.
func Text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case bool:
		return strconv.FormatBool(v)
	case decimal.Decimal:
		return v.String()
	case time.Time:
		return MomentText(v)
	case []string:
		return strings.Join(v, ", ")
	case []ID:
		texts := make([]string, len(v))
		for i, id := range v {
			texts[i] = id.String()
		}
		return strings.Join(texts, ", ")
	}
	return fmt.Sprint(v) // ID, Date, Money, Address and Point have a String
}
