package access

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Preferences are how a user wants to see things, in every workspace. The zero
// value follows his browser and the workspace.
type Preferences struct {
	Language string `json:"language,omitempty"` // "en", "ca", "fi", "ru", "zh"; "" = the browser's
	Zone     string `json:"zone,omitempty"`     // IANA name; "" = the workspace's
	Theme    string `json:"theme,omitempty"`    // "light", "dark"; "" = the system's
	Dense    bool   `json:"dense,omitempty"`    // rows closer together
	NoKeys   bool   `json:"no_keys,omitempty"`  // single-letter keys are off (WCAG 2.1.4)
	NoGuide  bool   `json:"no_guide,omitempty"` // records show no guide of their process
}

// Check refuses what no page could follow.
func (p Preferences) Check(languages []string) error {
	if p.Zone != "" {
		if _, err := time.LoadLocation(p.Zone); err != nil {
			return fault.New(fault.Invalid, "access.bad_preferences", nil).With(fault.Field{Path: "zone", Key: "record.unknown_zone",
				Args: fault.Args{"zone": value.Printable(p.Zone)}})
		}
	}
	if p.Language != "" && !slices.Contains(languages, p.Language) || !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		return fault.New(fault.Invalid, "access.bad_preferences", nil)
	}
	return nil
}

// Preferences reads a user's preferences.
func (a *Auth) Preferences(ctx context.Context, user value.ID) (p Preferences, err error) {
	var text string
	err = a.db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT preferences FROM {app_user} WHERE id = $1`, []any{user}, &text)
		return err
	})
	if err != nil || text == "" {
		return p, err
	}
	return p, json.Unmarshal([]byte(text), &p)
}

// MembersPreferences are those of a workspace's members, by member; of one alone
// where he is named, else of all who have any.
func (a *Auth) MembersPreferences(ctx context.Context, workspace string, member value.ID) (map[value.ID]Preferences, error) {
	var all map[value.ID]Preferences
	err := a.db.Read(ctx, func(tx *store.Tx) error {
		all = map[value.ID]Preferences{}
		rows, err := tx.Query(ctx, `SELECT m.member, u.preferences FROM {membership} m JOIN {app_user} u ON u.id = m.user_id
			WHERE m.workspace = $1 AND (m.member = $2 OR $2 = 0) AND u.preferences <> ''`, workspace, member)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var p Preferences
			id, _ := rows.ID(0)
			text, _ := rows.Text(1)
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				return err
			}
			all[id] = p
		}
		return rows.Err()
	})
	return all, err
}

// SetPreferences keeps a user's preferences; Check comes first.
func (a *Auth) SetPreferences(ctx context.Context, user value.ID, p Preferences) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return a.db.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE {app_user} SET preferences = $1 WHERE id = $2`, string(text), user)
		return err
	})
}
