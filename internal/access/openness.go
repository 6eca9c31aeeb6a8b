package access

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Openness is the workspace's setting, per object, of who may read a
// colleague's records: the meaning of "open" in roles.
type Openness string

// The degrees of openness; Open is the default.
const (
	Open     Openness = "open"    // every colleague
	TeamOnly Openness = "team"    // the owner's team
	Private  Openness = "private" // the owner
)

// Scope is what a right of "open" amounts to.
func (o Openness) Scope() Scope {
	switch o {
	case TeamOnly:
		return Team
	case Private:
		return Own
	}
	return All
}

// ParseOpenness reads a degree of openness.
func ParseOpenness(text string) (Openness, error) {
	o := Openness(text)
	if !slices.Contains([]Openness{Open, TeamOnly, Private}, o) {
		return "", fault.New(fault.Invalid, "access.unknown_openness", fault.Args{"name": value.Printable(text)})
	}
	return o, nil
}

// opennessKey begins the names of the settings; the object's id follows.
const opennessKey = "access.openness."

// SetOpenness changes how open an object is. Whether the caller may is for his
// door to ask (Actor.Admin); TightenOpenness tells beforehand who loses what.
func SetOpenness(ctx context.Context, tx *store.Tx, o *schema.Object, to Openness) error {
	if _, err := ParseOpenness(string(to)); err != nil {
		return err
	}
	if !o.HasOwner() || o.Access == schema.Child || o.Personal != "" {
		return fault.New(fault.Invalid, "access.openness_unowned", fault.Args{"object": o.Name})
	}
	if _, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, opennessKey+o.ID, string(to)); err != nil {
		return err
	}
	return Touch(ctx, tx)
}

// loadOpenness reads the settings by object id. An unreadable one counts as
// private: a setting was made, so open is not what was wanted.
func loadOpenness(ctx context.Context, tx *store.Tx) (map[string]Openness, error) {
	rows, err := tx.Query(ctx, `SELECT key, value FROM {setting} WHERE key LIKE $1`, opennessKey+"%")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[string]Openness{}
	for rows.Next() {
		var key, text string
		if err := rows.Scan(&key, &text); err != nil {
			return nil, err
		}
		o, err := ParseOpenness(text)
		if err != nil {
			o = Private
		}
		if id, ok := strings.CutPrefix(key, opennessKey); ok {
			all[id] = o
		}
	}
	return all, rows.Err()
}

// Touch gives the workspace its next access version, so that every session
// that begins after the commit loads a new roster. Whatever changes members,
// teams, roles or openness must call it, or TeamsChanged, which does.
func Touch(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE {workspace_state} SET access_version = access_version + 1`)
	return err
}
