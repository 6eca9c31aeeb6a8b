package cli

import (
	"bytes"
	"encoding/json"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
)

// figures is an aggregate as the API answers it: values stand in the order of
// measures, keys in that of group.
type figures struct {
	Object   string    `json:"object"`
	Group    []string  `json:"group"`
	Measures []string  `json:"measures"`
	Groups   []grouped `json:"groups"`
	Total    grouped   `json:"total"`
	More     bool      `json:"more,omitempty"`
}

type grouped struct {
	Keys   []json.RawMessage `json:"keys,omitempty"`
	Labels []string          `json:"labels,omitempty"`
	Filter string            `json:"filter,omitempty"`
	Values []json.RawMessage `json:"values"`
}

func figuresOf(r *record.AggregateResult) figures {
	f := figures{Object: r.Object, Group: r.Group, Measures: r.Measures, Groups: []grouped{}, More: r.More}
	if f.Group == nil {
		f.Group = []string{}
	}
	for _, g := range r.Groups {
		f.Groups = append(f.Groups, groupedOf(g))
	}
	f.Total = groupedOf(r.Total)
	return f
}

func groupedOf(g record.Group) grouped {
	out := grouped{Labels: g.Labels, Filter: g.Filter, Values: []json.RawMessage{}}
	for _, k := range g.Keys {
		out.Keys = append(out.Keys, schema.MarshalValue(k))
	}
	for _, m := range g.Values {
		out.Values = append(out.Values, report.AppendMeasure(nil, m))
	}
	return out
}

// rawJSON prints what a room has written as JSON, set out like the rest.
func (sh *shell) rawJSON(text []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := sh.Out.Write(b.Bytes())
	return err
}

// figuresTable is an aggregate for people, with a last line for the whole.
func figuresTable(r *record.AggregateResult) *table {
	t := &table{right: map[int]bool{}}
	t.heads = append(append(t.heads, r.Group...), r.Measures...)
	for i := range r.Measures {
		t.right[len(r.Group)+i] = true
	}
	for _, g := range r.Groups {
		row := make([]string, 0, len(t.heads))
		for _, label := range g.Labels {
			if label == "" {
				label = "-"
			}
			row = append(row, line(label, 50))
		}
		t.add(append(row, shownValues(g.Values)...)...)
	}
	row := make([]string, len(r.Group))
	if len(row) > 0 && len(r.Groups) != 1 {
		row[0] = "="
	}
	if len(row) == 0 || len(r.Groups) != 1 {
		t.add(append(row, shownValues(r.Total.Values)...)...)
	}
	return t
}

func shownValues(ms []record.Measure) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = shown(m)
	}
	return out
}

// shown is a figure in one cell: a sum of several currencies names each.
func shown(m record.Measure) string {
	if len(m.Sums) > 1 || m.Value == nil && len(m.Sums) == 1 {
		text := ""
		for i, s := range m.Sums {
			if i > 0 {
				text += " + "
			}
			text += s.String()
		}
		if m.Value != nil {
			text += " = " + schema.Neutral(m.Value)
		}
		return text
	}
	if m.Value == nil {
		return "-"
	}
	return schema.Neutral(m.Value)
}
