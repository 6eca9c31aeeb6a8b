package process

import (
	"context"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// book is everything that holds in a workspace, by object. It is made once and
// kept until configuration changes.
type book struct {
	blueprints map[string][]*blueprint
	rules      map[string]*ruleset
	dated      []*rule
	hooks      map[string][]*hook // by event, "deal.updated"
	byHook     map[value.ID]*hook
	incoming   map[value.ID]*incoming
	called     map[value.ID][]*rule // by incoming hook
	service    value.ID             // the member that automations run as
}

type bookKey struct{}

func bookOf(ctx context.Context, s *record.Session) (*book, error) {
	return record.Keep(s, bookKey{}, func() (*book, error) { return loadBook(ctx, s) })
}

func loadBook(ctx context.Context, s *record.Session) (*book, error) {
	b := &book{blueprints: map[string][]*blueprint{}, rules: map[string]*ruleset{}, hooks: map[string][]*hook{}, byHook: map[value.ID]*hook{},
		incoming: map[value.ID]*incoming{}, called: map[value.ID][]*rule{}}
	var err error
	if b.service, err = service.Get(ctx, s.Tx()); err != nil {
		return nil, err
	}
	list, err := liveVersions(ctx, s)
	if err != nil {
		return nil, err
	}
	for _, src := range list {
		if made, _ := compile(s.Schema(), src, nil); made != nil {
			b.blueprints[made.object.Name] = append(b.blueprints[made.object.Name], made)
		}
	}
	if err := b.loadRules(ctx, s); err != nil {
		return nil, err
	}
	if err := b.loadIncoming(ctx, s); err != nil {
		return nil, err
	}
	return b, b.loadHooks(ctx, s)
}

// liveVersions are the versions that govern now, in the order in which they
// are asked.
func liveVersions(ctx context.Context, s *record.Session) ([]source, error) {
	return sources(ctx, s, `SELECT b.id, v.id, v.number, b.name, b.object, b.field, v.condition, v.definition
		FROM {blueprint} b JOIN {blueprint_version} v ON v.blueprint_id = b.id AND v.number = b.number AND v.deleted_at IS NULL
		WHERE b.deleted_at IS NULL AND b.status = 'published' ORDER BY b.position, b.id`)
}

func sources(ctx context.Context, s *record.Session, sql string, args ...any) ([]source, error) {
	rows, err := s.Tx().Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []source
	for rows.Next() {
		var x source
		x.id, _ = rows.ID(0)
		x.version, _ = rows.ID(1)
		x.number, _ = rows.Int(2)
		for i, to := range []*string{&x.name, &x.object, &x.field, &x.when, &x.text} {
			text, _ := rows.Text(3 + i)
			*to = strings.Clone(text)
		}
		list = append(list, x)
	}
	return list, rows.Close()
}

type versionKey struct{ id value.ID }

// versionOf is a version of a blueprint, also one that governs only records
// that began under it; nil when it is gone or cannot run any more.
func versionOf(ctx context.Context, s *record.Session, id value.ID) (*blueprint, error) {
	return record.Keep(s, versionKey{id}, func() (*blueprint, error) {
		list, err := sources(ctx, s, `SELECT b.id, v.id, v.number, b.name, b.object, b.field, v.condition, v.definition
			FROM {blueprint_version} v JOIN {blueprint} b ON b.id = v.blueprint_id WHERE v.id = $1`, id)
		if err != nil || len(list) == 0 {
			return nil, err
		}
		made, _ := compile(s.Schema(), list[0], nil)
		return made, nil
	})
}

type labelsKey struct{ field, lang string }

// labelsOf names the states of a field, for a language.
func labelsOf(ctx context.Context, s *record.Session, f *schema.FieldDef) (map[string]string, error) {
	lang := langOf(s)
	return record.Keep(s, labelsKey{f.ID, lang}, func() (map[string]string, error) {
		labels := map[string]string{}
		for _, o := range f.Options {
			labels[o.Key] = f.OptionLabel(o.Key, lang)
		}
		if f.Kind != schema.KindLink {
			return labels, nil
		}
		err := s.AsSystem("names of states").Each(ctx, record.Query{Object: f.Target}, func(r *record.Record) error {
			labels[r.ID.String()] = r.Title()
			return nil
		})
		return labels, err
	})
}

func langOf(s *record.Session) string {
	if lang := s.Who().Locale; lang != "" {
		return lang
	}
	return s.Settings().Locale
}

// label names a state, by its key when nobody knows it any more.
func label(labels map[string]string, key string) string {
	if text := labels[key]; text != "" {
		return text
	}
	return key
}

// StateLabels names the states of a state field in the session's language, by
// the names that definitions have for them.
func StateLabels(ctx context.Context, s *record.Session, f *schema.FieldDef) (map[string]string, error) {
	return labelsOf(ctx, s, f)
}
