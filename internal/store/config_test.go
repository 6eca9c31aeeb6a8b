package store

import (
	"context"
	"testing"
	"time"
)

// A class ends a transaction after its limit, a patient installation later, and
// what has less time left keeps that.
func TestPatienceMultipliesLimits(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		patience int
		class    Class
		want     time.Duration
	}{{0, Page, 5 * time.Second}, {1, Batch, 30 * time.Second}, {10, Page, 50 * time.Second}, {10, Report, 10 * time.Minute}} {
		db := &DB{server: &Server{config: Config{Patience: x.patience}}}
		before := time.Now()
		ctx, cancel := db.bounded(t.Context(), x.class)
		defer cancel()
		if end, ok := ctx.Deadline(); !ok || end.Before(before.Add(x.want)) || end.After(time.Now().Add(x.want)) {
			t.Errorf("patience %d: class %d ends after %v, want %v", x.patience, x.class, end.Sub(before), x.want)
		}
		near, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if kept, _ := db.bounded(near, x.class); kept != near {
			t.Errorf("patience %d: class %d moved a nearer end", x.patience, x.class)
		}
	}
}
