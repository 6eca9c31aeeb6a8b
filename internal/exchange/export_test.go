package exchange

import (
	"context"
	"errors"
	"time"

	"wellmet/internal/value"
)

// SetChunk makes chunks small, so that short files have many.
func SetChunk(im *Importer, rows int) { im.rows = rows }

// Open begins to work on a run; what it answers goes on with it, and says whether
// the run was found to be somebody else's.
func Open(ctx context.Context, im *Importer, id value.ID) (goOn func() (elsewhere bool, err error), err error) {
	w, table, err := im.openRun(ctx, id)
	if err != nil {
		return nil, err
	}
	return func() (bool, error) {
		_, err := w.walk(ctx, table.Table, time.Hour, nil)
		if err = errors.Join(err, table.Close()); errors.Is(err, errElsewhere) {
			return true, nil
		}
		return false, err
	}, nil
}
