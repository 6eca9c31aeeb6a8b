package exchange

import (
	"context"
	"encoding/json"

	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// tell tells whoever began an import that it has come to its end: how many
// rows came in, and that some or all did not.
func tell(ctx context.Context, s *record.Session, run value.ID, ended State) error {
	var name, text string
	var by *value.ID
	if _, err := s.Tx().Row(ctx, `SELECT name, created_by, counts FROM {import_run} WHERE id = $1`, []any{run}, &name, &by, &text); err != nil || by == nil {
		return err
	}
	var counts Counts
	if err := json.Unmarshal([]byte(text), &counts); err != nil {
		return err
	}
	n := notify.Notice{To: []value.ID{*by}, Kind: notify.Work, Key: "notify.import_done", Link: "/imports/" + run.String(), Self: true,
		Args: fault.Args{"name": name, "created": counts.Created, "updated": counts.Updated, "failed": counts.Failed}}
	switch {
	case ended != Done:
		n.Key = "notify.import_failed"
	case counts.Failed > 0:
		n.Key = "notify.import_rest"
	}
	return notify.Send(ctx, s, n)
}
