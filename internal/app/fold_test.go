package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// A workspace with very much to fold keeps none of the others waiting, nor does
// one in trouble; when the time is over the next run begins where this one ended.
func TestWorkspacesFoldInTurn(t *testing.T) {
	t.Parallel()
	slugs := []string{"big", "broken", "small"}
	var turns []string
	run := func(ctx context.Context, first string, until time.Time, left int) (string, error) {
		turns = nil
		return inTurn(ctx, slugs, first, until, func(slug string) (bool, error) {
			turns = append(turns, slug)
			if slug == "broken" {
				return false, errors.New("no such table")
			}
			left--
			return slug == "big" && left > 0, nil
		})
	}
	next, err := run(t.Context(), "", time.Now().Add(time.Hour), 5)
	if want := []string{"big", "broken", "small", "big", "big", "big"}; next != "" || !slices.Equal(turns, want) {
		t.Errorf("turns %v, want %v; then %q", turns, want, next)
	}
	if err == nil || !strings.Contains(err.Error(), "workspace broken: no such table") {
		t.Errorf("the trouble is told as %v", err)
	}
	over := time.Now().Add(-time.Second)
	for first, want := range map[string]string{"": "broken", "big": "broken", "broken": "small", "small": "big", "gone": "big", "bigger": "small", "z": "broken"} {
		if next, _ := run(t.Context(), first, over, 1_000); next != want || len(turns) != 1 {
			t.Errorf("from %q: turns %v, then %q, want %q", first, turns, next, want)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if next, _ := run(ended, "small", time.Now().Add(time.Hour), 1_000); next != "big" || len(turns) != 1 {
		t.Errorf("after its end: turns %v, then %q", turns, next)
	}
}
