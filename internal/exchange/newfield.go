package exchange

import (
	"encoding/json"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
)

// fieldFor is the custom field that a column's values show.
func fieldFor(object string, p sheet.Profile, name string) schema.Change {
	set := map[string]any{"name": name, "labels": map[string]string{"en": p.Column.Title}, "kind": string(fieldKind(p.Kind))}
	switch p.Kind {
	case sheet.KindDecimal, sheet.KindPercent:
		set["scale"] = min(max(p.Scale, 2), 9)
	case sheet.KindChoice:
		options := make([]schema.Option, len(p.Values))
		for i, v := range p.Values {
			options[i] = schema.Option{Key: v, Labels: map[string]string{"en": v}}
		}
		set["options"] = options
		if p.More {
			set["kind"] = string(schema.KindText)
			delete(set, "options")
		}
	case sheet.KindText, sheet.Unknown:
		if p.Longest > 400 {
			set["kind"] = string(schema.KindLongText)
		}
		set["search"] = true
	}
	raw, _ := json.Marshal(set)
	return schema.Change{Op: schema.AddField, Object: object, Set: raw}
}

func fieldKind(k sheet.Kind) schema.Kind {
	switch k {
	case sheet.KindWhole:
		return schema.KindInt
	case sheet.KindDecimal:
		return schema.KindDecimal
	case sheet.KindPercent:
		return schema.KindPercent
	case sheet.KindMoney:
		return schema.KindMoney
	case sheet.KindDate:
		return schema.KindDate
	case sheet.KindMoment:
		return schema.KindMoment
	case sheet.KindBool:
		return schema.KindBool
	case sheet.KindEmail:
		return schema.KindEmail
	case sheet.KindPhone:
		return schema.KindPhone
	case sheet.KindChoice:
		return schema.KindChoice
	case sheet.KindURL:
		return schema.KindURL
	}
	return schema.KindText
}

// fieldName makes an API name of a header; a name in another script becomes
// "field".
func fieldName(header string) string {
	var b strings.Builder
	for _, r := range i18n.Fold(header) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" || name[0] < 'a' {
		name = strings.TrimRight("field_"+name, "_")
	}
	return name[:min(len(name), 40)]
}
