package process

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// renamed are the texts of this room that hold names of fields: of each object,
// the field that says which object they are about and how each text is read.
var renamed = []struct {
	object *schema.Object
	of     string // SQL of the object's name
	texts  map[string]func(*renaming, string) string
}{
	{Blueprints, `x.object`, map[string]func(*renaming, string) string{"object": (*renaming).self, "field": (*renaming).field, "condition": (*renaming).expression, "definition": (*renaming).definition}},
	{Versions, `(SELECT b.object FROM {blueprint} b WHERE b.id = x.blueprint_id)`, map[string]func(*renaming, string) string{"condition": (*renaming).expression, "definition": (*renaming).definition}},
	{Rules, `x.object`, map[string]func(*renaming, string) string{"object": (*renaming).self, "fields": (*renaming).list, "date_field": (*renaming).field, "condition": (*renaming).expression, "actions": (*renaming).actions}},
	{Templates, `x.object`, map[string]func(*renaming, string) string{"object": (*renaming).self, "subject": (*renaming).text, "body": (*renaming).text}},
}

// renaming puts the names of a plan into texts about one object. A text that
// cannot be read stays as it is.
type renaming struct {
	scope  schema.Scope
	object *schema.Object
	now    string
	name   func(binding string) string
}

// Rename lets blueprints, versions, rules and templates follow fields and
// objects that are called otherwise from now on. What they mean stays, so it is
// no change of theirs. The session's schema is that before the plan.
func Rename(ctx context.Context, s *record.Session, p *schema.Plan) error {
	if !slices.ContainsFunc(p.Changes, func(c schema.Change) bool { return c.Op == schema.ChangeField || c.Op == schema.ChangeObject }) {
		return nil
	}
	name := p.Names()
	for _, x := range renamed {
		o, ok := s.Schema().Object(x.object.Name)
		if !ok {
			continue
		}
		var columns []string
		for field := range x.texts {
			columns = append(columns, field)
		}
		slices.Sort(columns)
		rows, err := renameRows(ctx, s, p, name, o.Name, x.of, columns, x.texts)
		if err != nil {
			return fmt.Errorf("rename in %s: %w", o.Name, err)
		}
		if len(rows) == 0 {
			continue
		}
		fields := make([]*schema.FieldDef, len(columns))
		for i, c := range columns {
			fields[i], _ = o.Field(c)
		}
		if err := s.SetDerived(ctx, o, fields, rows); err != nil {
			return err
		}
	}
	return nil
}

// renameRows are the texts that change, by the id of their record.
func renameRows(ctx context.Context, s *record.Session, p *schema.Plan, name func(string) string, object, of string, columns []string,
	how map[string]func(*renaming, string) string) (map[value.ID][]any, error) {
	rows, err := s.Tx().Query(ctx, `SELECT x.id, `+of+`, x.`+strings.Join(columns, ", x.")+` FROM {`+object+`} x`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[value.ID][]any{}
	for rows.Next() {
		id, _ := rows.ID(0)
		about, _ := rows.Text(1)
		o, ok := s.Schema().Object(strings.Clone(about))
		if !ok {
			continue
		}
		r := &renaming{scope: s.Schema().Scope(o, nil), object: o, now: p.ObjectName(o.ID), name: name}
		row := make([]any, len(columns))
		changed := false
		for i, c := range columns {
			text, _ := rows.Text(2 + i)
			text = strings.Clone(text)
			now := text
			if text != "" {
				now = how[c](r, text)
				row[i] = now
			}
			changed = changed || now != text
		}
		if changed {
			out[id] = row
		}
	}
	return out, rows.Close()
}

func (r *renaming) self(text string) string {
	if r.now == "" {
		return text
	}
	return r.now
}

func (r *renaming) field(text string) string {
	f, ok := r.object.Field(text)
	if !ok {
		return text
	}
	if now := r.name(f.ID); now != "" {
		return now
	}
	return text
}

func (r *renaming) list(text string) string {
	names := strings.Split(text, ",")
	for i := range names {
		names[i] = r.field(strings.TrimSpace(names[i]))
	}
	return strings.Join(names, ",")
}

func (r *renaming) expression(text string) string {
	e, err := expr.Check(text, r.scope, expr.Type{})
	if err != nil {
		return text
	}
	now, err := expr.Rename(e.String(), e.Bindings(), r.name)
	if err != nil || now == e.String() {
		return text
	}
	return now
}

// worth is an expression behind "=", or a plain text.
func (r *renaming) worth(text string) string {
	if e, ok := strings.CutPrefix(text, "="); ok {
		return "=" + r.expression(e)
	}
	return text
}

// text is one with places between braces.
func (r *renaming) text(text string) string {
	parts, err := holes(text)
	if err != nil {
		return text
	}
	for i := 1; i < len(parts); i += 2 {
		if now := r.expression(parts[i]); now != parts[i] {
			parts[i] = now
		}
		parts[i] = "{{" + parts[i] + "}}"
	}
	return strings.Join(parts, "")
}

func (r *renaming) acts(list []Action) {
	for i := range list {
		a := &list[i]
		a.Field, a.Value, a.To, a.Text = r.field(a.Field), r.worth(a.Value), r.worth(a.To), r.text(a.Text)
	}
}

func (r *renaming) actions(text string) string {
	list, err := ParseActions(text)
	if err != nil {
		return text
	}
	r.acts(list)
	return ActionsText(list)
}

func (r *renaming) definition(text string) string {
	d, err := ParseDefinition(text)
	if err != nil {
		return text
	}
	for i := range d.States {
		if l := d.States[i].Limit; l != nil {
			r.acts(l.Then)
		}
	}
	for i := range d.Moves {
		m := &d.Moves[i]
		if m.When != "" {
			m.When = r.expression(m.When)
		}
		for k := range m.Ask {
			m.Ask[k].Field = r.field(m.Ask[k].Field)
		}
		r.acts(m.Then)
	}
	return d.String()
}
