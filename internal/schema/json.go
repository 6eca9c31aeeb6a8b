package schema

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"wellmet/internal/value"
)

// Ref names a record of any object.
type Ref struct {
	Object string   `json:"object"`
	ID     value.ID `json:"id"`
}

// String is the one-text form, "deal:123".
func (r Ref) String() string { return r.Object + ":" + r.ID.String() }

// ParseRef reads "deal:123".
func ParseRef(s string) (Ref, error) { return parseRef(s) }

func parseRef(x any) (Ref, error) {
	var object, id string
	switch v := x.(type) {
	case string:
		object, id, _ = strings.Cut(v, ":")
	case map[string]any:
		object, _ = v["object"].(string)
		id, _ = v["id"].(string)
	}
	n, err := value.ParseID(id)
	if err != nil || object == "" {
		return Ref{}, bad("field.wants_reference", map[string]any{"got": describe(x)})
	}
	return Ref{Object: object, ID: n}, nil
}

// AppendJSON writes a canonical Go value as the API spells it.
func AppendJSON(dst []byte, v any) []byte {
	switch x := v.(type) {
	case nil:
		return append(dst, "null"...)
	case string:
		return appendQuoted(dst, []byte(x))
	case int64:
		return strconv.AppendInt(dst, x, 10)
	case bool:
		return strconv.AppendBool(dst, x)
	case decimal.Decimal:
		return append(dst, x.String()...)
	case value.Money:
		return appendMoney(dst, x)
	case value.Date:
		return append(append(append(dst, '"'), x.String()...), '"')
	case time.Time:
		return appendMoment(dst, x)
	case value.ID:
		return append(strconv.AppendInt(append(dst, '"'), int64(x), 10), '"')
	case []string:
		return appendList(dst, x)
	case []value.ID:
		return appendList(dst, x)
	case []Ref:
		return appendList(dst, x)
	case Ref:
		return appendQuoted(dst, []byte(x.String()))
	}
	return appendOther(dst, v)
}

func appendList[T any](dst []byte, list []T) []byte {
	dst = append(dst, '[')
	for i, x := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendJSON(dst, x)
	}
	return append(dst, ']')
}

// appendOther serves the rare kinds through the standard encoder.
func appendOther(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // addresses and points always marshal
		panic(fmt.Sprintf("schema: value %T does not marshal: %v", v, err))
	}
	return append(dst, b...)
}

func appendMoney(dst []byte, m value.Money) []byte {
	dst = append(dst, `{"amount":"`...)
	dst = appendScaled(dst, m.Minor, value.Digits(m.Currency))
	dst = append(dst, `","currency":"`...)
	dst = append(dst, m.Currency...)
	return append(dst, `"}`...)
}

func appendMoment(dst []byte, t time.Time) []byte {
	return append(value.AppendMoment(append(dst, '"'), t), '"')
}

// appendScaled writes n/10^scale as a plain decimal number.
func appendScaled(dst []byte, n int64, scale int) []byte {
	if scale == 0 {
		return strconv.AppendInt(dst, n, 10)
	}
	u := uint64(n)
	if n < 0 {
		dst = append(dst, '-')
		u = -u
	}
	var buf [24]byte
	digits := strconv.AppendUint(buf[:0], u, 10)
	for len(digits) <= scale {
		digits = append([]byte{'0'}, digits...)
	}
	dst = append(dst, digits[:len(digits)-scale]...)
	dst = append(dst, '.')
	return append(dst, digits[len(digits)-scale:]...)
}

const hexDigits = "0123456789abcdef"

// appendQuoted writes a JSON string. Text in the database is valid UTF-8
// (value.Clean), so only quotes and controls need escaping; the two line
// separators are escaped for the sake of JavaScript.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(s[i:])
			if r == '\u2028' || r == '\u2029' || r == utf8.RuneError && n == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, `\u`...)
				dst = append(dst, hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
				start = i + n
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// AppendString writes s as a JSON string.
func AppendString(dst []byte, s string) []byte { return appendQuoted(dst, []byte(s)) }
