package process

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Forget takes a person out of what other programs sent and were told: of calls
// and messages about her record nothing but the line stays. What still waits is
// news of her, and goes its way.
func Forget(ctx context.Context, s *record.Session, id value.ID) error {
	for _, sql := range []string{`UPDATE {hook_call} SET body = '' WHERE record = $1 AND state <> 'waiting'`,
		`UPDATE {webhook_delivery} SET payload = '{}' WHERE record = $1 AND state <> 'waiting'`} {
		if _, err := s.Tx().Exec(ctx, sql, id); err != nil {
			return err
		}
	}
	return nil
}
