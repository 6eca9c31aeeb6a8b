package record

import (
	"slices"

	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// group is a headed part of the side panel.
type group struct {
	key, title string
	fields     []*schema.FieldDef
	folded     bool
}

// groups are the side panel's, from the layout of the object and its record type,
// without those that hold nothing.
func (m *model) groups() []group {
	var groups []group
	for _, g := range m.typed.Groups(m.o, m.v.Lang) {
		shown := group{key: g.Key, title: g.Label(m.v.Lang), folded: g.Folded}
		for _, name := range g.Fields {
			if f := m.field(name); f != nil && m.paneled(f) {
				shown.fields = append(shown.fields, f)
			}
		}
		if len(shown.fields) > 0 {
			groups = append(groups, shown)
		}
	}
	return groups
}

// paneled reports whether the side panel shows the field; what nobody can set
// and has no value says nothing.
func (m *model) paneled(f *schema.FieldDef) bool {
	return !slices.Contains(m.typed.Hides, f.Name) && !(m.deal() && f.Name == sales.DealPrediction.Name()) && (!value.IsEmpty(m.r.Value(f)) || m.writable(f))
}

// factors are what the record's score was made of, for who may see it; false
// where nothing made one.
func (m *model) factors() ([]sales.Factor, bool) {
	if m.field(sales.LeadScore.Name()) == nil {
		return nil, false
	}
	list := sales.Factors(m.r)
	return list, len(list) > 0
}
