package record

import (
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// group is a headed part of the side panel.
type group struct {
	key, title string
	fields     []*schema.FieldDef
	folded     bool
}

// The groups of the side panel, in their order.
const (
	groupDetails  = "details"
	groupForecast = "forecast"
	groupReach    = "reach"
	groupAmounts  = "amounts"
	groupOutcome  = "outcome"
	groupMore     = "more"
	groupSystem   = "system"
)

// placed are built-in fields whose kind does not say where they belong.
var placed = map[string]string{
	"probability": groupForecast, "weighted": groupForecast, "forecast": groupForecast, "next_step": groupForecast, "score": groupForecast,
	"won_reason": groupOutcome, "lost_reason": groupOutcome, "competitor": groupOutcome, "closed_at": groupOutcome, "cycle_days": groupOutcome,
	"converted_at": groupOutcome, "converted_account": groupOutcome, "converted_contact": groupOutcome, "converted_deal": groupOutcome,
	"once_total": groupAmounts, "yearly_recurring": groupAmounts, "tax_total": groupAmounts, "gross_total": groupAmounts,
	"no_calls": groupReach, "no_mail": groupReach, "preferences": groupReach, "language": groupReach,
	"owner": groupDetails, "external_id": groupSystem, "incomplete": groupSystem, "own_probability": groupSystem, "stage_since": groupSystem,
	"campaign": groupSystem, "channel": groupSystem, "captured_at": groupSystem,
}

// groupOf tells where a field stands: Details unless its name or kind says
// otherwise; what the company added stands by itself.
func groupOf(f *schema.FieldDef) string {
	if key := placed[f.Name]; key != "" && f.Builtin {
		return key
	}
	switch {
	case !f.Builtin:
		return groupMore
	case f.Engine:
		return groupSystem
	}
	switch f.Kind {
	case schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindAddress, schema.KindPlace:
		return groupReach
	}
	return groupDetails
}

// groups are the side panel's, without those that hold nothing.
func (m *model) groups() []group {
	v := m.v
	groups := []group{
		{key: groupDetails, title: v.T("web.record.details")}, {key: groupForecast, title: v.T("web.record.group_forecast")},
		{key: groupReach, title: v.T("web.record.group_reach")}, {key: groupAmounts, title: v.T("web.record.group_amounts")},
		{key: groupOutcome, title: v.T("web.record.group_outcome")}, {key: groupMore, title: v.T("web.record.group_more")},
		{key: groupSystem, title: v.T("web.record.group_system"), folded: true},
	}
	for _, f := range m.fields() {
		if !m.paneled(f) {
			continue
		}
		for i := range groups {
			if groups[i].key == groupOf(f) {
				groups[i].fields = append(groups[i].fields, f)
			}
		}
	}
	var kept []group
	for _, g := range groups {
		if len(g.fields) > 0 {
			kept = append(kept, g)
		}
	}
	return kept
}

// paneled reports whether the side panel shows the field; what nobody can set
// and has no value says nothing.
func (m *model) paneled(f *schema.FieldDef) bool {
	switch f.Name {
	case "id", "version":
		return false
	}
	return !value.IsEmpty(m.r.Value(f)) || m.writable(f)
}
