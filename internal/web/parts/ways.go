package parts

import (
	"slices"

	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// Way is a list of the records that lead to others by a field.
type Way struct {
	Key   string // in a layout
	Field *schema.FieldDef
	Label string
	// Placed tells that somebody said where it stands.
	Placed bool
}

// unlisted are objects whose records are shown elsewhere than in such a list.
var unlisted = map[string]bool{"view": true, "member": true, "role": true, "team": true, "currency_rate": true, "activity": true}

// Ways are the lists of records that lead to an object, in the order of its
// layout: those that somebody placed, then those with a name of their own.
func Ways(v *kit.View, sc *schema.Schema, o *schema.Object) []Way {
	var order []string
	if o.Arranged != nil {
		order = o.Arranged.Links
	}
	many, links := map[string]int{}, sc.LinksTo(o.Name)
	for _, f := range links {
		many[f.Object.Name]++
	}
	var list []Way
	for _, f := range links {
		if f.Engine || f.Hidden || f.ReadOnly || f.Object.Hidden || unlisted[f.Object.Name] {
			continue
		}
		w := Way{Key: schema.Way(f), Field: f, Label: f.Object.Label(v.Lang).Many}
		if many[f.Object.Name] > 1 && (f.Object == o || f.Kind == schema.KindLinks || f.Inverse == "") {
			w.Label = v.T("web.record.tab_via", "objects", w.Label, "field", f.Label(v.Lang))
		}
		w.Placed = slices.Contains(order, w.Key)
		list = append(list, w)
	}
	rank := func(w Way) int {
		switch {
		case w.Placed:
			return slices.Index(order, w.Key)
		case w.Field.Inverse != "":
			return len(order)
		}
		return len(order) + 1
	}
	slices.SortStableFunc(list, func(a, b Way) int { return rank(a) - rank(b) })
	return list
}
