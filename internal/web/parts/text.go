package parts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// Text is the value as plain text, for notices, labels and titles; "" for an
// empty one.
func Text(v *kit.View, n *Names, f *schema.FieldDef, val any) string {
	switch x := val.(type) {
	case nil:
		return ""
	case string:
		if f.ValueKind() == schema.KindChoice && !n.masked(f) {
			return f.OptionLabel(x, v.Lang)
		}
		if f.ValueKind() == schema.KindPhone && !n.masked(f) {
			return phone(x)
		}
		if f.Tongue && !n.masked(f) {
			return v.LanguageName(x)
		}
		return x
	case []string:
		return v.List(labels(v, n, f, x))
	case bool:
		if x {
			return v.T("web.parts.yes")
		}
		return v.T("web.parts.no")
	case value.ID:
		return linkText(v, n, f, x)
	case []value.ID:
		names := make([]string, len(x))
		for i, id := range x {
			names[i] = linkText(v, n, f, id)
		}
		return v.List(names)
	case []schema.Ref:
		names := make([]string, len(x))
		for i, ref := range x {
			names[i] = titleOr(v, n, ref.Object, ref.ID)
		}
		return v.List(names)
	}
	return figure(v, f, val)
}

// figure writes numbers, amounts, days, moments, addresses and places.
func figure(v *kit.View, f *schema.FieldDef, val any) string {
	switch x := val.(type) {
	case int64:
		return whole(v, f, x)
	case decimal.Decimal:
		if f.ValueKind() == schema.KindPercent {
			return v.Percent(x, f.Scale)
		}
		return v.Number(x, 0, f.Scale)
	case value.Money:
		return v.Money(x)
	case value.Date:
		return v.Date(x)
	case time.Time:
		return v.MomentFull(x, v.Zone)
	case value.Address:
		return strings.Join(v.AddressLines(x), ", ")
	case value.Point:
		return x.String()
	}
	return fmt.Sprint(val)
}

// labels are the options or words of a field with many.
func labels(v *kit.View, n *Names, f *schema.FieldDef, keys []string) []string {
	if f.ValueKind() != schema.KindChoices || n.masked(f) {
		return keys
	}
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = f.OptionLabel(k, v.Lang)
	}
	return out
}

func linkText(v *kit.View, n *Names, f *schema.FieldDef, id value.ID) string {
	if f.ValueKind() == schema.KindFile {
		return v.T("web.parts.file")
	}
	return titleOr(v, n, f.Target, id)
}

// titleOr is a record's title, or a neutral word for what one may not see.
func titleOr(v *kit.View, n *Names, object string, id value.ID) string {
	if title, ok := n.Title(object, id); ok {
		return title
	}
	return v.T("web.parts.unreadable")
}

// Said is how a typed value was read, with what tells a misreading: the day of
// the week and the distance of a date.
func Said(v *kit.View, n *Names, f *schema.FieldDef, val any) string {
	switch x := val.(type) {
	case value.Date:
		return v.T("web.parts.day_read", "day", v.DateWeekday(x, v.Today()), "distance", v.Relative(x, v.Today()))
	case time.Time:
		return v.MomentLong(x, v.Zone)
	}
	return Text(v, n, f, val)
}

// whole writes a whole number; a year, which cannot pass 9999, stands ungrouped.
func whole(v *kit.View, f *schema.FieldDef, x int64) string {
	if f.High != nil && *f.High == 9999 {
		return strconv.FormatInt(x, 10)
	}
	return v.Int(x)
}
