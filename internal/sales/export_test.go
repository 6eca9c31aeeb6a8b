package sales

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// ForeseeCounted answers a forecast of the deals themselves.
func ForeseeCounted(ctx context.Context, s *record.Session, q ForecastQuery) (*Forecast, error) {
	return foresee(ctx, s, q, func(*foresight, context.Context) (bool, error) { return false, nil })
}

// ForeseeKept answers a forecast of kept sums, and whether they can tell.
func ForeseeKept(ctx context.Context, s *record.Session, q ForecastQuery) (f *Forecast, ok bool, err error) {
	f, err = foresee(ctx, s, q, func(x *foresight, ctx context.Context) (bool, error) {
		ok, err = x.kept(ctx)
		return true, err
	})
	return f, ok, err
}

// Bound lets so many steps be held and so many spans be read at once.
func (x *Snapshots) Bound(steps, spans int) { x.most, x.atOnce = steps, spans }

// SnapshotAlone reads a day by itself.
func SnapshotAlone(ctx context.Context, s *record.Session, day value.Date) (*Snapshot, error) {
	return takeSnapshot(ctx, s, day)
}

// Text is what the snapshot says.
func (x *Snapshot) Text() (day value.Date, text string) {
	lines := make([]string, len(x.rows))
	for i, row := range x.rows {
		lines[i] = fmt.Sprintln(row...)
	}
	slices.Sort(lines)
	return x.day, strings.Join(lines, "")
}

// CompareMost compares so many won and so many lost deals at most.
func CompareMost(ctx context.Context, s *record.Session, most int) (*Works, error) {
	return compareSome(ctx, s, 0, "", most)
}
