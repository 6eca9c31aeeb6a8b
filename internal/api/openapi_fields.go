package api

import (
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/schema"
)

func refTo(name string) dict { return dict{"$ref": "#/components/schemas/" + name} }

// kindSchema describes a parameter or member.
func kindSchema(kind string, options []string) dict {
	out := dict{"type": "string"}
	switch kind {
	case kindWhole:
		out = dict{"type": "integer"}
	case kindYes:
		out = dict{"type": "boolean"}
	case kindTexts:
		out = dict{"type": "array", "items": dict{"type": "string"}}
	case kindList:
		out = dict{"type": "array"}
	case kindObject:
		out = dict{"type": "object"}
	case kindDate:
		out["format"] = "date"
	case kindMoment:
		out["format"] = "date-time"
	case kindID:
		out["pattern"] = "^[0-9]+$"
	}
	if options != nil {
		out["enum"] = options
	}
	return out
}

// addObject describes the records of an object: as they are answered, and as
// they may be written.
func (d *document) addObject(o *schema.Object) {
	a := d.s.Actor()
	read, write, required := dict{}, dict{}, []string{}
	for _, f := range o.Fields {
		right := a.Field(f)
		if right < access.Masked {
			continue
		}
		read[f.Name] = d.field(f, right)
		if right < access.WriteField {
			continue
		}
		write[f.Name] = d.field(f, right)
		if f.Required && f.Default == "" {
			required = append(required, f.Name)
		}
	}
	d.schemas[o.Name] = dict{"type": "object", "title": o.Label("en").One, "properties": read, "required": []string{"id", "version"}}
	w := dict{"type": "object", "properties": write, "additionalProperties": false}
	if len(required) > 0 {
		w["description"] = "A new record needs: " + join(required) + "."
	}
	d.schemas[o.Name+"_write"] = w
}

func join(names []string) string {
	out := ""
	for i, name := range names {
		if i > 0 {
			out += ", "
		}
		out += name
	}
	return out
}

// field describes one field's values. Every one may be null: empty is empty.
func (d *document) field(f *schema.FieldDef, right access.FieldRight) dict {
	out := dict{"title": f.Label("en")}
	switch kind := f.ValueKind(); {
	case right == access.Masked:
		out["description"] = "Masked."
		return out
	case f.Many:
		out["type"], out["items"] = orNull("array"), dict{"type": "string"}
	case kind == schema.KindMoney:
		return dict{"title": f.Label("en"), "anyOf": []any{refTo("money"), dict{"type": "null"}}}
	case kind == schema.KindAddress:
		return dict{"title": f.Label("en"), "anyOf": []any{refTo("address"), dict{"type": "null"}}}
	case kind == schema.KindPlace:
		return dict{"title": f.Label("en"), "anyOf": []any{refTo("place"), dict{"type": "null"}}}
	default:
		plainField(out, f, kind)
	}
	if f.Help != "" {
		out["description"] = f.Help
	}
	return out
}

func orNull(kind string) []string { return []string{kind, "null"} }

func plainField(out dict, f *schema.FieldDef, kind schema.Kind) {
	out["type"] = orNull("string")
	switch kind {
	case schema.KindInt:
		out["type"] = orNull("integer")
	case schema.KindDecimal, schema.KindPercent:
		out["type"] = orNull("number")
	case schema.KindBool:
		out["type"] = orNull("boolean")
	case schema.KindDate:
		out["format"] = "date"
	case schema.KindMoment:
		out["format"] = "date-time"
	case schema.KindEmail:
		out["format"] = "email"
	case schema.KindURL:
		out["format"] = "uri"
	case schema.KindChoice:
		keys := optionKeys(f)
		out["enum"] = append(keys, nil)
	case schema.KindChoices:
		out["type"], out["items"] = orNull("array"), dict{"type": "string", "enum": optionKeys(f)}
	case schema.KindLinks, schema.KindAbout:
		out["type"], out["items"] = orNull("array"), dict{"type": "string"}
	}
	if f.Target != "" {
		out["description"] = "The id of a " + f.Target + "."
	}
	if f.Max > 0 {
		out["maxLength"] = f.Max
	}
}

func optionKeys(f *schema.FieldDef) []any {
	var keys []any
	for _, o := range f.Options {
		keys = append(keys, o.Key)
	}
	return slices.Clip(keys)
}

// fixedSchemas are what all objects share.
func fixedSchemas() dict {
	text := dict{"type": "string"}
	return dict{
		"money": dict{"type": "object", "properties": dict{"amount": dict{"type": "string", "examples": []string{"1234.50"}}, "currency": dict{"type": "string", "examples": []string{"EUR"}}},
			"required": []string{"amount", "currency"}},
		"address": dict{"type": "object", "properties": dict{"street": text, "street2": text, "city": text, "region": text, "postal_code": text, "country": text}},
		"place":   dict{"type": "object", "properties": dict{"lat": dict{"type": "number"}, "lon": dict{"type": "number"}}, "required": []string{"lat", "lon"}},
		"problem": dict{"type": "object", "properties": dict{"type": text, "title": text, "status": dict{"type": "integer"}, "detail": text, "key": text, "reference": text, "merged_into": text,
			"errors": dict{"type": "array", "items": dict{"type": "object", "properties": dict{"field": text, "row": dict{"type": "integer"}, "message": text, "key": text, "value": text, "theirs": text, "record": text}}}},
			"required": []string{"type", "title", "status", "detail", "key"}},
	}
}
