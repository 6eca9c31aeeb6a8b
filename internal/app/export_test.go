package app

import (
	"context"
	"time"

	"wellmet/internal/sales"
)

// KeepSome does a portion of the night's work for the forecast.
func (w *Workspace) KeepSome(ctx context.Context, j *sales.KeepForecast, limit time.Duration) (more bool, err error) {
	return w.keepSome(ctx, j, limit)
}
