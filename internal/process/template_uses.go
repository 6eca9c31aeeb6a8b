package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// mostUses is how many uses of a template a refusal names.
const mostUses = 20

// keepTemplates refuses to delete a template on which something stands, and names
// what: who wants it out of use retires it.
func keepTemplates(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Deleting || s.Undoing() {
			continue
		}
		uses, err := templateUses(ctx, s, d.ID)
		if err != nil {
			return err
		}
		if len(uses) == 0 {
			continue
		}
		e := fault.New(fault.Conflict, "process.template_used", fault.Args{"template": d.Field(TemplateName.Name()), "uses": usesText(s, uses)})
		for _, u := range uses {
			o := s.Schema().MustObject(u.Kind)
			e = e.With(fault.Field{Path: "id", Key: "process.template_use", Args: fault.Args{"use": useText(s, u), "object": u.Kind, "plural": o.Plural, "record": u.ID.String()}})
		}
		d.Fail(e)
	}
	return nil
}

func useText(s *record.Session, u schema.Use) string {
	return s.Schema().MustObject(u.Kind).Label(langOf(s)).One + " “" + u.Name + "”"
}

func usesText(s *record.Session, uses []schema.Use) string {
	var texts []string
	for _, u := range uses {
		texts = append(texts, useText(s, u))
	}
	return i18n.FormatFor(langOf(s)).List(texts)
}

// templateUses are the blueprints and rules that name a template in what they do,
// and the records that link to it, such as stages and steps of cadences.
func templateUses(ctx context.Context, s *record.Session, id value.ID) ([]schema.Use, error) {
	uses, err := namedIn(ctx, s, id)
	if err != nil {
		return nil, err
	}
	for _, o := range s.Schema().Objects() {
		for _, f := range o.Fields {
			op, links := map[schema.Kind]string{schema.KindLink: " = ", schema.KindLinks: " contains "}[f.Kind]
			if !links || f.Target != Templates.Name || f.Engine {
				continue
			}
			page, err := s.AsSystem("uses of a template").Query(ctx, record.Query{Object: o.Name, Filter: f.Name + op + `"` + id.String() + `"`, Limit: mostUses})
			if err != nil {
				return nil, err
			}
			for _, r := range page.Records {
				u, err := useOf(ctx, s, o, r)
				if err != nil {
					return nil, err
				}
				if !slices.Contains(uses, u) {
					uses = append(uses, u)
				}
			}
		}
	}
	return uses[:min(mostUses, len(uses))], nil
}

// useOf names a record; a part of another one, which goes with that, by the whole.
func useOf(ctx context.Context, s *record.Session, o *schema.Object, r *record.Record) (schema.Use, error) {
	for _, f := range o.Fields {
		whole, has := r.Value(f).(value.ID)
		if !has || f.Kind != schema.KindLink || !f.Required || f.OnDelete != schema.Cascade {
			continue
		}
		of, err := s.AsSystem("uses of a template").Get(ctx, f.Target, whole)
		if err != nil {
			return schema.Use{}, err
		}
		return schema.Use{Kind: f.Target, ID: whole, Name: of.Title()}, nil
	}
	return schema.Use{Kind: o.Name, ID: r.ID, Name: r.Title()}, nil
}

// namedIn are the rules, the drafts of blueprints and the versions that govern or
// under which records run, whose texts name the template.
func namedIn(ctx context.Context, s *record.Session, id value.ID) ([]schema.Use, error) {
	var uses []schema.Use
	for _, of := range []struct{ object, sql string }{
		{Blueprints.Name, `SELECT id, name FROM {blueprint} WHERE deleted_at IS NULL AND status <> 'retired' AND definition LIKE $1 ORDER BY id`},
		{Blueprints.Name, `SELECT b.id, b.name FROM {blueprint_version} v JOIN {blueprint} b ON b.id = v.blueprint_id AND b.deleted_at IS NULL AND b.status = 'published'
			WHERE v.deleted_at IS NULL AND v.definition LIKE $1 AND (v.number = b.number OR EXISTS (SELECT 1 FROM {process_run} r WHERE r.version = v.id)) ORDER BY b.id`},
		{Rules.Name, `SELECT id, name FROM {rule} WHERE deleted_at IS NULL AND actions LIKE $1 ORDER BY id`},
	} {
		rows, err := s.Tx().Query(ctx, of.sql, `%"`+id.String()+`"%`)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			u := schema.Use{Kind: of.object}
			u.ID, _ = rows.ID(0)
			name, _ := rows.Text(1)
			u.Name = strings.Clone(name)
			if !slices.Contains(uses, u) {
				uses = append(uses, u)
			}
		}
		if err := closed(rows); err != nil {
			return nil, err
		}
	}
	return uses, nil
}

func closed(rows *store.Rows) error {
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}
