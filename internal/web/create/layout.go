package create

import (
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
)

// leading are the fields that a new record of a built-in object is asked for
// first, beside the required ones; the others are folded away.
var leading = map[string][]string{
	"lead":     {"record_type", "mode", "name", "company", "email", "phone", "source"},
	"account":  {"name", "website", "phone", "email", "industry"},
	"contact":  {"name", "account", "job_title", "email", "phone"},
	"deal":     {"name", "record_type", "account", "contact", "amount", "close_date"},
	"activity": {"kind", "subject", "about", "due_at", "body"},
	"product":  {"name", "code", "price", "unit"},
}

// adapting names the choice by which a form shows other fields, and what each
// of its options hides.
var adapting = map[string]struct {
	field string
	hides map[string][]string
}{
	"lead": {"mode", map[string][]string{"person": {"company", "job_title", "website"}}},
}

// fewFields is up to how many fields a form needs no folding.
const fewFields = 8

// askable are the fields that the actor may fill in a new record, in the
// object's order.
func askable(s *record.Session, o *schema.Object) []*schema.FieldDef {
	return slices.DeleteFunc(slices.Clone(o.Fields), func(f *schema.FieldDef) bool {
		if !f.Writable() || f.Hidden || !s.Actor().CanWrite(f) || f.Kind == schema.KindNumber || f.Kind == schema.KindFile || f.Name == "external_id" {
			return true
		}
		target := s.Schema().Target(f)
		return target != nil && !s.Actor().Can(target, access.Read)
	})
}

// arrange orders the fields: what every such record needs, then what its record
// type asks for first, then the rest.
func arrange(o *schema.Object, fields []*schema.FieldDef, is sales.Choice) (first, more []*schema.FieldDef) {
	if first, more = ordinary(o, fields, is); len(is.First) == 0 {
		return first, more
	}
	named := func(f *schema.FieldDef) bool { return slices.Contains(is.First, f.Name) }
	for _, f := range more {
		if named(f) {
			first = append(first, f)
		}
	}
	return first, slices.DeleteFunc(more, named)
}

func ordinary(o *schema.Object, fields []*schema.FieldDef, is sales.Choice) (first, more []*schema.FieldDef) {
	if is.Arranged(o) || o.Arranged != nil && len(o.Arranged.Groups) > 0 {
		return arranged(o, fields, is)
	}
	lead := leading[o.Name]
	if lead == nil {
		lead = []string{o.Title}
	}
	for _, name := range lead {
		if i := slices.IndexFunc(fields, func(f *schema.FieldDef) bool { return f.Name == name }); i >= 0 {
			first = append(first, fields[i])
		}
	}
	var required []*schema.FieldDef
	for _, f := range fields {
		switch {
		case slices.Contains(first, f):
		case f.Required:
			required = append(required, f)
		default:
			more = append(more, f)
		}
	}
	slices.SortStableFunc(more, func(a, b *schema.FieldDef) int { return last(a) - last(b) })
	first = slices.Concat(required, first)
	slices.SortStableFunc(first, func(a, b *schema.FieldDef) int { return rank(o, a) - rank(o, b) })
	if leading[o.Name] == nil && len(fields) <= fewFields {
		return append(first, more...), nil
	}
	return first, more
}

// arranged follows the layout that the company made: the title, the first group,
// what must be filled and the type that chose the layout, then the rest, both in the
// order of the groups.
func arranged(o *schema.Object, fields []*schema.FieldDef, is sales.Choice) (first, more []*schema.FieldDef) {
	for i, g := range is.Layout(o).Groups {
		for _, name := range g.Fields {
			at := slices.IndexFunc(fields, func(f *schema.FieldDef) bool { return f.Name == name })
			switch {
			case at < 0:
			case i == 0 || fields[at].Required || name == o.Title || is.Type != 0 && name == sales.DealType.Name():
				first = append(first, fields[at])
			default:
				more = append(more, fields[at])
			}
		}
	}
	if len(first) == 0 || len(fields) <= fewFields {
		return append(first, more...), nil
	}
	return first, more
}

// rank puts the title first, then what must be filled.
func rank(o *schema.Object, f *schema.FieldDef) int {
	switch {
	case f.Name == o.Title:
		return 0
	case f.Required:
		return 1
	}
	return 2
}

// last puts the owner, who is the one who creates, behind everything else.
func last(f *schema.FieldDef) int {
	if f.Name == "owner" {
		return 1
	}
	return 0
}
