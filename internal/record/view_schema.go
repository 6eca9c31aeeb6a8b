package record

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

func pathKey(f schema.Field[string], i int) string { return f.Name() + "." + strconv.Itoa(i) }

// uses reports whether a text of the view names the field.
func (b bindings) uses(id string) bool {
	is := func(binding string) bool { return binding == id || strings.HasPrefix(binding, id+"#") }
	if slices.ContainsFunc(b.Filter, is) {
		return true
	}
	for _, path := range b.Paths {
		if slices.ContainsFunc(path, is) {
			return true
		}
	}
	return false
}

// storedView is a view as a change of the schema finds it.
type storedView struct {
	id    value.ID
	name  string
	shown bool
	gone  bool // in the trash
	texts [4]string
	bindings
}

func eachView(ctx context.Context, tx *store.Tx, do func(storedView) error) error {
	q := tx.Dialect().Quote
	var columns strings.Builder
	for _, f := range viewTexts {
		columns.WriteString(", " + q(f.Name()))
	}
	rows, err := tx.Query(ctx, `SELECT id, name, visibility, deleted_at, `+q(viewBindings.Name())+columns.String()+` FROM {view} ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var v storedView
		id, _ := rows.Int(0)
		v.id = value.ID(id)
		v.name, _ = rows.Text(1)
		v.name = strings.Clone(v.name)
		visibility, _ := rows.Text(2)
		v.shown = visibility != ViewPrivate
		_, v.gone = rows.Int(3)
		bound, _ := rows.Bytes(4)
		if len(bound) > 0 {
			if err := json.Unmarshal(bound, &v.bindings); err != nil {
				return fmt.Errorf("read bindings of view %d: %w", id, err)
			}
		}
		for i := range viewTexts {
			text, _ := rows.Text(5 + i)
			v.texts[i] = strings.Clone(text)
		}
		if err := do(v); err != nil {
			return err
		}
	}
	return rows.Err()
}

// namedViews is how many views an effect names.
const namedViews = 10

// viewEffects tells which saved views use a field, or an object, that goes or
// becomes another kind. It names those that others know of.
func viewEffects(ctx context.Context, tx *store.Tx, s *schema.Schema, c schema.Change) ([]schema.Effect, error) {
	o, ok := s.Object(c.Object)
	if _, have := s.Object(Views.Name); !ok || !have {
		return nil, nil
	}
	var named []schema.Use
	uses := func(v storedView) bool { return v.Object == o.ID }
	switch c.Op {
	case schema.RemoveObject:
	case schema.RemoveField, schema.RetypeField:
		f, ok := o.Field(c.Field)
		if !ok {
			return nil, nil
		}
		uses = func(v storedView) bool { return v.uses(f.ID) }
	case schema.ChangeField:
		f, ok := o.Field(c.Field)
		if !ok {
			return nil, nil
		}
		keys := schema.Dropped(f, c)
		if len(keys) == 0 {
			return nil, nil
		}
		uses = func(v storedView) bool {
			return v.uses(f.ID) && slices.ContainsFunc(keys, func(key string) bool {
				return slices.ContainsFunc(v.texts[:], func(text string) bool { return strings.Contains(text, `"`+key+`"`) })
			})
		}
	default:
		return nil, nil
	}
	var n int64
	var names []string
	err := eachView(ctx, tx, func(v storedView) error {
		if v.gone || !uses(v) {
			return nil
		}
		n++
		if v.shown && len(names) < namedViews {
			names = append(names, v.name)
			named = append(named, schema.Use{Kind: Views.Name, Object: o.Name, ID: v.id, Name: v.name})
		}
		return nil
	})
	if err != nil || n == 0 {
		return nil, err
	}
	key, args := "record.effect_views", fault.Args{"object": o.Name, "field": c.Field}
	if len(names) > 0 {
		key, args["views"] = "record.effect_views_named", strings.Join(names, ", ")
	}
	return []schema.Effect{{Weight: schema.Warn, Key: key, Count: n, Args: args, Uses: named}}, nil
}

// renameViews puts the plan's names into the texts of all views, those in the
// trash included. What they mean stays, so it is no change of the views.
func (s *Session) renameViews(ctx context.Context, p *schema.Plan) error {
	if !slices.ContainsFunc(p.Changes, func(c schema.Change) bool { return c.Op == schema.ChangeField || c.Op == schema.ChangeObject }) {
		return nil
	}
	o, ok := s.state.schema.Object(Views.Name)
	if !ok {
		return nil
	}
	name := p.Names()
	rows := map[value.ID][]any{}
	err := eachView(ctx, s.tx, func(v storedView) error {
		row, err := v.renamed(name)
		if err != nil {
			return fmt.Errorf("rename in view %d: %w", v.id, err)
		}
		rows[v.id] = append(row, textOrNil(p.ObjectName(v.Object)))
		return nil
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	var fields []*schema.FieldDef
	for _, f := range append(slices.Clone(viewTexts), ViewObject) {
		def, _ := o.Field(f.Name())
		fields = append(fields, def)
	}
	return s.SetDerived(ctx, o, fields, rows)
}

func (v storedView) renamed(name func(string) string) ([]any, error) {
	row := make([]any, len(viewTexts))
	for i, f := range viewTexts {
		text := v.texts[i]
		switch {
		case text == "":
			continue
		case f == ViewFilter:
			var err error
			if text, err = expr.Rename(text, v.Filter, name); err != nil {
				return nil, err
			}
		default:
			text = v.renamedPaths(f, text, name)
		}
		row[i] = text
	}
	return row, nil
}

func (v storedView) renamedPaths(f schema.Field[string], text string, name func(string) string) string {
	parts := viewParts(text)
	for i, part := range parts {
		sign, path, period := splitPart(part)
		names := strings.Split(path, ".")
		bound := v.Paths[pathKey(f, i)]
		if len(bound) != len(names) {
			continue
		}
		for j, binding := range bound {
			if now := name(binding); now != "" {
				names[j] = now
			}
		}
		parts[i] = sign + strings.Join(names, ".") + period
	}
	return strings.Join(parts, ",")
}

func textOrNil(text string) any {
	if text == "" {
		return nil
	}
	return text
}
