package record

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Reindexing is the job that writes an object's search text anew, after roles
// changed which of its fields may be in there.
type Reindexing struct {
	Object string   `json:"object"` // its id
	Mark   value.ID `json:"mark"`   // that the object is behind
}

// Kind implements jobs.Job.
func (Reindexing) Kind() string { return "record.reindex" }

// behindKey begins the names of the settings that say whose search text still
// has what a role may not read any more; the object's id follows.
const behindKey = "search.behind."

// RolesChanged lets every session that begins after the commit see the roles as
// they are now, and takes fields that one of them lost out of the search text
// that all share. Until that is done lists do not search for those who may not
// read such a field.
func (s *Session) RolesChanged(ctx context.Context) error {
	if err := access.Touch(ctx, s.tx); err != nil {
		return err
	}
	next := *s.state
	var err error
	if next.roster, err = access.LoadRoster(ctx, s.tx, s.state.schema); err != nil {
		return err
	}
	for _, o := range s.state.schema.Objects() {
		if slices.Equal(s.state.searched(o), next.searched(o)) {
			continue
		}
		if err := s.fallBehind(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// searchAnew asks for new search text of the objects whose searched fields are
// others under the next schema, as after a change of roles.
func (s *Session) searchAnew(ctx context.Context, to *schema.Schema) error {
	next := *s.state
	next.schema = to
	var err error
	if next.roster, err = access.LoadRoster(ctx, s.tx, to); err != nil {
		return err
	}
	for _, was := range s.state.schema.Objects() {
		i := slices.IndexFunc(to.Objects(), func(o *schema.Object) bool { return o.ID == was.ID })
		if i < 0 {
			continue
		}
		o := to.Objects()[i]
		if s.state.searchable(was) == next.searchable(o) && slices.Equal(searchShape(s.state.searched(was), was), searchShape(next.searched(o), o)) {
			continue
		}
		if !s.state.searchable(was) && !next.searchable(o) {
			continue
		}
		if err := s.fallBehind(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// shapeOf is what of a field's definition its search text depends on.
type shapeOf struct {
	id, column string
	fragments  bool
	title      bool
}

func searchShape(fields []*schema.FieldDef, o *schema.Object) []shapeOf {
	list := make([]shapeOf, len(fields))
	for i, f := range fields {
		list[i] = shapeOf{f.ID, f.Column, f.Fragments, f.Name == o.Title}
	}
	return list
}

// fallBehind marks an object whose search text is to be written anew, if it has
// any.
func (s *Session) fallBehind(ctx context.Context, o *schema.Object) error {
	some, err := s.tx.Row(ctx, "SELECT id FROM {"+o.Table+"} LIMIT 1", nil, nil)
	if err != nil || !some {
		return err
	}
	mark := value.NewID(s.now)
	if _, err := s.tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, behindKey+o.ID, mark.String()); err != nil {
		return err
	}
	return s.Later(Reindexing{Object: o.ID, Mark: mark})
}

// CatchUp does what Reindexing asks for. Begun again it does no harm; a mark
// that was set since is for the job that came with it.
func (e *Engine) CatchUp(ctx context.Context, j Reindexing) error {
	var name string
	err := e.Read(ctx, AsSystem("reindex"), func(s *Session) error {
		if o, ok := s.objectByID(j.Object); ok {
			name = o.Name
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := e.Reindex(ctx, name); err != nil {
		return err
	}
	return e.Write(ctx, AsSystem("reindexed"), func(s *Session) error {
		_, err := s.tx.Exec(ctx, `DELETE FROM {setting} WHERE key = $1 AND value = $2`, behindKey+j.Object, j.Mark.String())
		return err
	})
}

// notBehind refuses to search an object's text for an actor who may not read
// all that may still be in it: what is found would tell him.
func (s *Session) notBehind(o *schema.Object) error {
	for _, f := range o.Fields {
		if !inText(o, f) || s.actor.CanFilter(f) {
			continue
		}
		behind, err := s.tx.Row(s.ctx, `SELECT value FROM {setting} WHERE key = $1`, []any{behindKey + o.ID}, nil)
		if err == nil && behind {
			err = fault.New(fault.Unavailable, "query.text_behind", fault.Args{"object": o.Name})
		}
		return err
	}
	return nil
}

// inText reports whether a field stands in the search text while every role
// may read it.
func inText(o *schema.Object, f *schema.FieldDef) bool {
	return (f.Search || f.Fragments || f.Name == o.Title) && searchableKind(f)
}
