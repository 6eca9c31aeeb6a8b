package parts

import (
	"net/url"
	"slices"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// many reports whether a combobox takes several.
func many(f *schema.FieldDef) bool {
	k := f.ValueKind()
	return k == schema.KindLinks || k == schema.KindAbout
}

// source is where the list comes from.
func (c Control) source(n *Names) string {
	f := c.Field
	target := n.object(f.Target)
	if target == nil { // about and choices: the field's own object knows
		target = f.Object
	}
	switch {
	case target == nil:
		return ""
	case f.Object == nil: // no field asks: any record may be chosen
		return "/" + target.Plural + "/options?for="
	}
	return "/" + target.Plural + "/options?for=" + url.QueryEscape(f.Object.Name+"."+f.Name)
}

// id is what a single combobox holds.
func (c Control) id(v *kit.View) string {
	if c.Typed != nil {
		return c.typed(v, 0)
	}
	switch x := c.Value.(type) {
	case value.ID:
		return x.String()
	case string:
		return x
	}
	return ""
}

// title is what stands in a single combobox.
func (c Control) title(v *kit.View, n *Names) string {
	if len(c.Typed) > 1 && (c.Typed[1] != "" || c.Typed[0] == "") {
		return c.Typed[1]
	}
	if id, err := value.ParseID(c.id(v)); err == nil && c.Field.ValueKind() != schema.KindChoice {
		return linkText(v, n, c.Field, id)
	}
	if key := c.id(v); key != "" && c.Field.ValueKind() == schema.KindChoice {
		return c.Field.OptionLabel(key, v.Lang)
	}
	return ""
}

// was is the title of the id held: another one was typed without script.
func (c Control) was(v *kit.View, n *Names) string {
	if len(c.Typed) > 2 && c.Typed[2] != "" {
		return c.Typed[2]
	}
	if c.id(v) == "" {
		return ""
	}
	return c.title(v, n)
}

// searched is what was left unresolved in a combobox of many.
func (c Control) searched() string { return c.Unresolved }

// pick is one of several that are chosen.
type pick struct {
	ID, Title string
	On        bool
}

// picked are the chosen ones of a combobox of many.
func (c Control) picked(v *kit.View, n *Names) []pick {
	var out []pick
	for _, ref := range c.refs() {
		p := pick{ID: ref.ID.String(), Title: titleOr(v, n, ref.Object, ref.ID), On: true}
		if c.Field.ValueKind() == schema.KindAbout {
			p.ID = ref.String()
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// refs are the records that a control of links names.
func (c Control) refs() []schema.Ref {
	if c.Typed == nil {
		switch x := c.Value.(type) {
		case []value.ID:
			return refs(c.Field, x)
		case []schema.Ref:
			return x
		}
		return nil
	}
	var out []schema.Ref
	for _, text := range c.Typed {
		if ref, err := schema.ParseRef(text); err == nil && c.Field.ValueKind() == schema.KindAbout {
			out = append(out, ref)
		} else if id, err := value.ParseID(text); err == nil {
			out = append(out, schema.Ref{Object: c.Field.Target, ID: id})
		}
	}
	return out
}

// WantControl remembers what a control's value and typed ids link to.
func (n *Names) WantControl(c Control) {
	n.Want(c.Field, c.Value)
	switch c.Field.ValueKind() {
	case schema.KindLinks, schema.KindAbout:
		n.Want(c.Field, c.refs())
	case schema.KindLink, schema.KindPerson:
		if len(c.Typed) > 0 {
			if id, err := value.ParseID(c.Typed[0]); err == nil {
				n.Want(c.Field, id)
			}
		}
	}
}
