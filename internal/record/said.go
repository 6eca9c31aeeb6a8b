package record

import (
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// SaidKey stands among a change's Values for what is said of it beside them.
const SaidKey = "_said"

// Said is what somebody says when he changes a record, beside its fields:
// words that a rule may ask for. A rule that asks for one refuses the path
// "_said.note", "_said.reason" or "_said.checked.<key>".
type Said struct {
	Note    string   `json:"note,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Checked []string `json:"checked,omitempty"` // keys of a checklist
	// Tasks lets the old owner's open tasks about a record follow a new one.
	Tasks bool `json:"tasks,omitempty"`
}

// Zero reports whether nothing is said that a rule asks for.
func (x Said) Zero() bool { return x.Note == "" && x.Reason == "" && len(x.Checked) == 0 }

// Said is what is said of the change.
func (d *Draft) Said() Said { return d.said }

// The most that can be said.
const (
	maxSaid    = 10_000
	maxChecked = 100
)

// hear reads what is said of a change, as Go code or JSON has it.
func (d *Draft) hear(raw any) {
	switch x := raw.(type) {
	case nil:
	case Said:
		d.said = x
	case map[string]any:
		for name, v := range x {
			d.hearOne(name, v)
		}
	default:
		d.Refuse(SaidKey, "field.wants_said", nil)
	}
	slices.Sort(d.said.Checked)
	d.said.Checked = slices.Compact(d.said.Checked)
}

func (d *Draft) hearOne(name string, v any) {
	path := SaidKey + "." + value.Printable(name)
	text := func(v any) (string, bool) {
		s, ok := v.(string)
		clean, err := value.Clean(s)
		if ok = ok && err == nil && len(clean) <= maxSaid; !ok {
			d.Refuse(path, "field.wants_said", nil)
		}
		return clean, ok
	}
	switch name {
	case "note":
		d.said.Note, _ = text(v)
	case "reason":
		d.said.Reason, _ = text(v)
	case "tasks":
		yes, ok := v.(bool)
		if d.said.Tasks = yes; !ok {
			d.Refuse(path, "field.wants_said", nil)
		}
	case "checked":
		list, ok := v.([]any)
		if !ok || len(list) > maxChecked {
			d.Refuse(path, "field.wants_said", nil)
			return
		}
		for _, x := range list {
			if key, ok := text(x); ok {
				d.said.Checked = append(d.said.Checked, key)
			}
		}
	default:
		d.Fail(fault.New(fault.Invalid, "record.invalid", fault.Args{"object": d.Object.Name}).
			With(fault.Field{Path: path, Key: "field.unknown", Row: d.Row}))
	}
}
