package support

import (
	"context"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

var seedColors = map[string]string{Fresh: "slate", Working: "blue", Waiting: "amber", Solved: "green"}

// Seed gives a workspace the states of cases, called in its language, where it
// has none.
func Seed(ctx context.Context, s *record.Session) error {
	missing, err := NeedsSeed(ctx, s.Tx())
	if err != nil || !missing {
		return err
	}
	language := i18n.FormatFor(s.Settings().Locale).Language()
	b := record.Batch{Object: States.Name}
	for i, kind := range kinds {
		b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": i18n.Text(language, "support.seed."+kind, nil), "kind": kind,
			"position": int64(i + 1), "color": seedColors[kind]}})
	}
	_, err = s.Save(ctx, b)
	return err
}

// NeedsSeed reports whether the workspace never had states of cases.
func NeedsSeed(ctx context.Context, tx *store.Tx) (bool, error) {
	var id value.ID
	found, err := tx.Row(ctx, `SELECT id FROM {case_state} LIMIT 1`, nil, &id)
	return !found, err
}
