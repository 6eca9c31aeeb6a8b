package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// during refuses a move without what it asks for, each by the path of its
// field, so that a dialogue can ask for exactly that.
func (m *move) during(ctx context.Context, s *record.Session, d *record.Draft) error {
	for _, a := range m.asks {
		if a.Optional || d.Value(a.field) != nil && (!a.Anew || d.Given(a.field.Name)) {
			continue
		}
		if !s.Actor().Sees(a.field) { // who may not know of the field learns no name
			d.Fail(fault.New(fault.Forbidden, "process.asks_unseen", fault.Args{"move": m.Name}))
			continue
		}
		d.Refuse(a.field.Name, "process.asked", fault.Args{"move": m.Name, "field": a.field.Label(langOf(s))})
	}
	said := d.Said()
	for _, p := range m.Checklist {
		if !p.Optional && !slices.Contains(said.Checked, p.Key) {
			d.Refuse(record.SaidKey+".checked."+p.Key, "process.unchecked", fault.Args{"move": m.Name, "point": p.Text})
		}
	}
	if m.Note == Must && strings.TrimSpace(said.Note) == "" {
		d.Refuse(record.SaidKey+".note", "process.wants_note", fault.Args{"move": m.Name})
	}
	if m.File != Must {
		return nil
	}
	has, err := hasFile(ctx, s, d.Object.ID, d.Record())
	if err == nil && !has {
		d.Refuse(record.SaidKey+".file", "process.wants_file", fault.Args{"move": m.Name})
	}
	return err
}

// hasFile reports whether a file is attached to the record.
func hasFile(ctx context.Context, s *record.Session, object string, r *record.Record) (bool, error) {
	var n int64
	return s.Tx().Row(ctx, `SELECT 1 FROM {link_about} WHERE object = $1 AND record = $2 AND kind = 'file' LIMIT 1`, []any{object, r.ID}, &n)
}
