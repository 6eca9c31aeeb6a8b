package record

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Renaming puts the names of a plan into texts about one object. A text that
// cannot be read stays as it is.
type Renaming struct {
	Object *schema.Object

	scope schema.Scope
	now   string
	name  func(binding string) string
	in    *schema.Schema
	plan  *schema.Plan
}

func renaming(in *schema.Schema, p *schema.Plan, o *schema.Object) *Renaming {
	return &Renaming{scope: in.Scope(o, nil), Object: o, now: p.ObjectName(o.ID), name: p.Names(), in: in, plan: p}
}

// About is the renaming of texts about another object; false where there is no
// such object.
func (r *Renaming) About(object string) (*Renaming, bool) {
	o, ok := r.in.Object(object)
	if !ok {
		return nil, false
	}
	return renaming(r.in, r.plan, o), true
}

// NamingTexts are texts of an object's records that hold names of fields.
type NamingTexts struct {
	Object *schema.Object
	Of     string // SQL of the name of the object that they are about; the record is x
	// Texts says by field how each is written anew.
	Texts map[string]func(r *Renaming, text string) string
}

// RenameTexts lets texts follow fields and objects that are called otherwise
// from now on. What they mean stays, so it is no change of their records. The
// session's schema is that before the plan.
func RenameTexts(ctx context.Context, s *Session, p *schema.Plan, all []NamingTexts) error {
	if !slices.ContainsFunc(p.Changes, func(c schema.Change) bool { return c.Op == schema.ChangeField || c.Op == schema.ChangeObject }) {
		return nil
	}
	for _, x := range all {
		o, ok := s.Schema().Object(x.Object.Name)
		if !ok {
			continue
		}
		var columns []string
		for field := range x.Texts {
			columns = append(columns, field)
		}
		slices.Sort(columns)
		rows, err := renamedRows(ctx, s, p, x, columns)
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

// renamedRows are the texts that change, by the id of their record.
func renamedRows(ctx context.Context, s *Session, p *schema.Plan, x NamingTexts, columns []string) (map[value.ID][]any, error) {
	sql := `SELECT x.id, ` + x.Of
	for _, c := range columns {
		sql += ", x." + s.tx.Dialect().Quote(c)
	}
	rows, err := s.tx.Query(ctx, sql+` FROM {`+x.Object.Table+`} x`)
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
		r := renaming(s.Schema(), p, o)
		row := make([]any, len(columns))
		changed := false
		for i, c := range columns {
			text, _ := rows.Text(2 + i)
			text = strings.Clone(text)
			now := text
			if text != "" {
				now = x.Texts[c](r, text)
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

// Self renames the object itself.
func (r *Renaming) Self(text string) string {
	if r.now == "" {
		return text
	}
	return r.now
}

// Field renames one field of the object.
func (r *Renaming) Field(text string) string {
	f, ok := r.Object.Field(text)
	if !ok {
		return text
	}
	if now := r.name(f.ID); now != "" {
		return now
	}
	return text
}

// List renames fields with commas between.
func (r *Renaming) List(text string) string {
	names := strings.Split(text, ",")
	for i, name := range names {
		name = strings.TrimSpace(name)
		names[i] = strings.Replace(names[i], name, r.Field(name), 1)
	}
	return strings.Join(names, ",")
}

// Expression renames what an expression reads; a path is one.
func (r *Renaming) Expression(text string) string {
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

// Group renames a group of Aggregate.Group.
func (r *Renaming) Group(text string) string {
	path, period := SplitGroup(text)
	now := r.Expression(path)
	if period != "" {
		return now + ":" + period
	}
	return now
}

// Measure renames a measure of Aggregate.Measures.
func (r *Renaming) Measure(text string) string {
	m, ok := ReadMeasure(text)
	if !ok {
		return text
	}
	if m.Of != "" {
		m.Of = r.operand(m.Of)
	}
	for _, cond := range []*string{&m.Only, &m.Among} {
		if *cond != "" {
			*cond = r.Expression(*cond)
		}
	}
	return m.String()
}

// operand renames what is measured; days between two dates have no type of
// their own.
func (r *Renaming) operand(text string) string {
	n, err := expr.Parse(text)
	if err != nil || n.Op != expr.OpSub || len(n.Kids) != 2 {
		return r.Expression(text)
	}
	return r.Expression(n.Kids[0].String()) + " - " + r.Expression(n.Kids[1].String())
}
