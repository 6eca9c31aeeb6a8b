package designer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

func revertURL(version int64) string {
	return home + "/revert?version=" + strconv.FormatInt(version, 10)
}

func language(l string) string { return i18n.Text(l, "web.language."+l, nil) }

// count is how many fields of an object there are to look at.
func count(o *schema.Object) int { return len(o.Fields) - 2 }

func opt(i int, name string) string { return "opt." + strconv.Itoa(i) + "." + name }

// removes reports whether a plan takes something away.
func removes(changes []schema.Change) bool {
	return slices.ContainsFunc(changes, func(x schema.Change) bool { return x.Op == schema.RemoveField || x.Op == schema.RemoveObject })
}

// verb is what the button that applies a plan says.
func verb(v *kit.View, changes []schema.Change) string {
	last := changes[len(changes)-1].Op
	switch last {
	case schema.RemoveField:
		return v.T("web.designer.field_remove")
	case schema.RemoveObject:
		return v.T("web.designer.object_remove")
	case schema.RetypeField:
		return v.T("web.designer.retype")
	}
	return v.T("web.designer.apply")
}

// fieldGroup is a group of the list of fields.
type fieldGroup struct {
	Label  string
	Fields []*schema.FieldDef
}

// groups are the fields as the layout has them, then the hidden ones, narrowed
// to what is looked for.
func (p *sheet) groups(v *kit.View) []fieldGroup {
	var list []fieldGroup
	add := func(label string, names []string) {
		g := fieldGroup{Label: label}
		for _, name := range names {
			f, ok := p.Object.Field(name)
			if ok && (!p.Custom || !f.Builtin) && strings.Contains(findText(v, f), i18n.Fold(strings.TrimSpace(p.Find))) {
				g.Fields = append(g.Fields, f)
			}
		}
		if len(g.Fields) > 0 {
			list = append(list, g)
		}
	}
	for _, g := range p.Layout.Groups {
		add(g.Label(v.Lang), g.Fields)
	}
	var hidden []string
	for _, f := range p.Object.Fields {
		if f.Hidden {
			hidden = append(hidden, f.Name)
		}
	}
	add(v.T("web.designer.hidden"), hidden)
	return list
}

// findText is what a field is found by: its names and its kind.
func findText(v *kit.View, f *schema.FieldDef) string {
	return i18n.Fold(f.Label(v.Lang) + " " + f.Name + " " + kindName(v, f.Kind))
}

// kindText is a field's kind with what matters most of it.
func kindText(v *kit.View, s *schema.Schema, f *schema.FieldDef) string {
	switch f.Kind {
	case schema.KindChoice, schema.KindChoices:
		return v.T("web.designer.kind_options", "kind", kindName(v, f.Kind), "count", len(f.Options))
	case schema.KindLink, schema.KindLinks:
		if target := s.Target(f); target != nil {
			return v.T("web.designer.kind_to", "kind", kindName(v, f.Kind), "object", target.Label(v.Lang).One)
		}
	}
	return kindName(v, f.Kind)
}

// stateText is the most telling of a field's properties.
func stateText(v *kit.View, f *schema.FieldDef) string {
	switch {
	case f.Required:
		return v.T("web.designer.required")
	case !f.Writable():
		return v.T("web.designer.read_only")
	case !f.Builtin:
		return v.T("web.designer.custom")
	}
	return ""
}

func (f *form) heading(v *kit.View) string {
	if f.Field == nil {
		return v.T("web.designer.field_new", "kind", v.In(kindName(v, f.Kind)))
	}
	return f.Field.Label(v.Lang)
}

func (f *form) button(v *kit.View) string {
	if f.Field == nil {
		return v.T("web.designer.field_add")
	}
	return v.T("web.designer.save")
}

// problem is what is wrong with an attribute, "" for all but the refused one.
func (f *form) problem(v *kit.View, name string) string {
	if f.Err == nil || f.Wrong != name {
		return ""
	}
	switch name {
	case "options":
		return v.T("web.designer.bad.options")
	case "target":
		return v.T("web.designer.bad.target")
	case "default":
		return v.T("web.designer.bad.default")
	case "rollup":
		return v.T("web.designer.bad.rollup")
	case "unique":
		return v.T("web.designer.bad.unique")
	case "currency":
		return v.T("web.designer.bad.currency")
	case "inverse":
		return v.T("web.designer.bad.inverse")
	case "scale", "max", "low", "high", "number", "digits":
		return v.T("web.designer.bad.number")
	case "labels", "name", "formula", "filter":
		return v.Fault(f.Err)
	}
	return ""
}

// fixed reports whether a built-in field has the property for good.
func (f *form) fixed(name string) bool {
	return f.Field != nil && f.Field.Builtin && (name == "required" && f.Field.Required || name == "unique" && f.Field.Unique || name == "tracked" && f.Field.Tracked)
}

func (f *form) checkURL() string {
	at := address(f.Object, "/formula")
	if f.Field != nil && f.Field.Kind == schema.KindFormula {
		at += "?field=" + url.QueryEscape(f.Field.Name)
	}
	return at
}

// figures are the fields that a roll-up can have a figure of, of all objects
// that lead here.
func (f *form) figures() []*schema.FieldDef {
	var list []*schema.FieldDef
	seen := map[*schema.Object]bool{}
	for _, l := range f.Rolls {
		if seen[l.Object] {
			continue
		}
		seen[l.Object] = true
		for _, g := range l.Object.Fields {
			switch g.ValueKind() {
			case schema.KindInt, schema.KindDecimal, schema.KindPercent, schema.KindMoney, schema.KindDate, schema.KindMoment:
				if g.Name != "version" && !g.Hidden {
					list = append(list, g)
				}
			}
		}
	}
	return list
}

// fieldNames are the names for formulas.
func fieldNames(o *schema.Object) string {
	var names []string
	for _, f := range o.Visible() {
		if f.Name != "id" && f.Name != "version" {
			names = append(names, f.Name)
		}
	}
	return strings.Join(names, ", ")
}

// titles are the fields that can name a record.
func titles(o *schema.Object) []*schema.FieldDef {
	return slices.DeleteFunc(o.Visible(), func(f *schema.FieldDef) bool {
		return f.Engine || f.Kind != schema.KindText && f.Kind != schema.KindNumber && f.Kind != schema.KindEmail
	})
}

// left are the fields that a list or card could still show.
func left(o *schema.Object, names []string) []*schema.FieldDef {
	return slices.DeleteFunc(o.Visible(), func(f *schema.FieldDef) bool {
		return f.Name == "id" || f.Name == "version" || slices.Contains(names, f.Name) || f.Kind == schema.KindLongText
	})
}
