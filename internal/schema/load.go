package schema

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"wellmet/internal/store"
)

// Load builds the schema of a workspace: the built-in objects as the code
// declares them, with what users changed, and the users' own.
func Load(ctx context.Context, tx *store.Tx, builtin []*Object) (*Schema, error) {
	var version int64
	if _, err := tx.Row(ctx, `SELECT schema_version FROM {workspace_state}`, nil, &version); err != nil {
		return nil, err
	}
	objects := make([]*Object, len(builtin))
	byID := map[string]*Object{}
	for i, o := range builtin {
		objects[i] = o.clone()
		byID[o.ID] = objects[i]
	}
	stored, err := readDefs(ctx, tx, `SELECT id, '', def FROM {meta_object} ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, d := range stored {
		if o, ok := byID[d.id]; ok {
			err = overlayObject(o, d.def)
		} else {
			o = &Object{}
			err = json.Unmarshal([]byte(d.def), o)
			objects, byID[d.id] = append(objects, o), o
		}
		if err != nil {
			return nil, fmt.Errorf("read definition of object %s: %w", d.id, err)
		}
	}
	if err := loadFields(ctx, tx, byID); err != nil {
		return nil, err
	}
	return New(version, objects)
}

func loadFields(ctx context.Context, tx *store.Tx, byID map[string]*Object) error {
	stored, err := readDefs(ctx, tx, `SELECT id, object, def FROM {meta_field} ORDER BY position, id`)
	if err != nil {
		return err
	}
	for _, d := range stored {
		o := byID[d.object]
		if o == nil { // a built-in object of another version of the program
			continue
		}
		i := slices.IndexFunc(o.Fields, func(f *FieldDef) bool { return f.ID == d.id })
		if i >= 0 {
			f := o.Fields[i]
			if f.declared == nil {
				f.declared = f.clone(o)
			}
			err = overlayField(f, d.def)
		} else {
			f := &FieldDef{Object: o}
			err = json.Unmarshal([]byte(d.def), f)
			if !f.Builtin {
				o.Fields = append(o.Fields, f)
			}
		}
		if err != nil {
			return fmt.Errorf("read definition of field %s: %w", d.id, err)
		}
	}
	return nil
}

type storedDef struct{ id, object, def string }

func readDefs(ctx context.Context, tx *store.Tx, sql string) ([]storedDef, error) {
	rows, err := tx.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var defs []storedDef
	for rows.Next() {
		var d storedDef
		if err := rows.Scan(&d.id, &d.object, &d.def); err != nil {
			return nil, err
		}
		defs = append(defs, d)
	}
	return defs, rows.Err()
}

// overlayObject puts a user's changes over a built-in object: what people call
// it and how it is found, never what code relies on.
func overlayObject(o *Object, def string) error {
	var u Object
	if err := json.Unmarshal([]byte(def), &u); err != nil {
		return err
	}
	o.Labels, o.Icon, o.Help, o.Hidden, o.Arranged, o.Layouts = u.Labels, u.Icon, u.Help, u.Hidden, u.Arranged, u.Layouts
	for _, x := range u.Indexes {
		if !slices.ContainsFunc(o.Indexes, func(y Index) bool { return y.Name == x.Name }) {
			o.Indexes = append(o.Indexes, x)
		}
	}
	return nil
}

func overlayField(f *FieldDef, def string) error {
	var u FieldDef
	if err := json.Unmarshal([]byte(def), &u); err != nil {
		return err
	}
	f.Labels, f.Help, f.Hidden, f.Default = u.Labels, u.Help, u.Hidden, u.Default
	f.Required, f.Unique, f.Tracked = f.Required || u.Required, f.Unique || u.Unique, f.Tracked || u.Tracked
	f.Search, f.Fragments = u.Search, u.Fragments
	if len(u.Options) > 0 && len(f.Options) > 0 {
		for _, o := range f.Options { // an option the code has since learnt
			if !slices.ContainsFunc(u.Options, func(x Option) bool { return x.Key == o.Key }) {
				u.Options = append(u.Options, o)
			}
		}
		f.Options = u.Options
	}
	return nil
}

// save writes the definitions in which the new model differs from the old.
func save(ctx context.Context, tx *store.Tx, old, new *Schema) error {
	was := map[string]string{}
	for _, o := range old.model {
		was[o.ID] = definition(o)
		for _, f := range o.Fields {
			was[f.ID] = definition(f)
		}
	}
	for _, o := range new.model {
		if def := definition(o); def != was[o.ID] {
			if _, err := tx.Exec(ctx, `INSERT INTO {meta_object} (id, def) VALUES ($1, $2)
				ON CONFLICT (id) DO UPDATE SET def = excluded.def`, o.ID, def); err != nil {
				return err
			}
		}
		for i, f := range o.Fields {
			if def := definition(f); def != was[f.ID] {
				if _, err := tx.Exec(ctx, `INSERT INTO {meta_field} (id, object, def, position) VALUES ($1, $2, $3, $4)
					ON CONFLICT (id) DO UPDATE SET def = excluded.def, position = excluded.position`, f.ID, o.ID, def, i); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func definition(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // definitions hold only plain data
		panic("schema: definition does not marshal: " + err.Error())
	}
	return string(b)
}

// bump gives the workspace its next schema version and writes the change log.
func bump(ctx context.Context, tx *store.Tx, from int64, actor int64, now time.Time, changes []logged) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE {workspace_state} SET schema_version = $1 WHERE schema_version = $2`, from+1, from)
	if err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, stale(from)
	}
	_, err = tx.Exec(ctx, `INSERT INTO {schema_change} (version, at, actor, changes) VALUES ($1, $2, $3, $4)`,
		from+1, now, actor, definition(changes))
	return from + 1, err
}
