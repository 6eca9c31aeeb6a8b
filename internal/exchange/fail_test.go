package exchange

import (
	"context"

	"wellmet/internal/value"
)

// Fail is what an import does with an error, for tests of what no file brings about.
func (im *Importer) Fail(ctx context.Context, id value.ID, cause error) error {
	return im.fail(ctx, id, cause)
}
