package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// foldTurn is how many portions are folded in a workspace before the next one
// has its turn: a second or so.
const foldTurn = 10

// folding works the latest changes into maintained sums and passages, and tells
// spans that a newer program keeps. Of these there may be a million, so that
// workspaces take turns, and each run goes on where the last one ended.
func (a *App) folding() func(context.Context) error {
	next := ""
	return func(ctx context.Context) error {
		slugs, err := a.server.Workspaces(ctx)
		if err != nil {
			return err
		}
		next, err = inTurn(ctx, slugs, next, time.Now().Add(jobStep), func(slug string) (bool, error) {
			w, err := a.Workspace(ctx, slug)
			if err != nil {
				return false, err
			}
			return w.foldSome(ctx)
		})
		return err
	}
}

func (w *Workspace) foldSome(ctx context.Context) (more bool, err error) {
	for range foldTurn {
		if more, err = w.engine.Fold(ctx); err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

// inTurn gives each workspace a turn, from first on, and those that have more to
// do another one after all others, until a moment. It answers whose turn is next.
// Trouble in one does not keep it from the others.
func inTurn(ctx context.Context, slugs []string, first string, until time.Time, turn func(slug string) (more bool, err error)) (next string, all error) {
	at, _ := slices.BinarySearch(slugs, first)
	if at == len(slugs) {
		at = 0
	}
	waiting := slices.Concat(slugs[at:], slugs[:at])
	for len(waiting) > 0 {
		slug := waiting[0]
		more, err := turn(slug)
		if waiting = waiting[1:]; more {
			waiting = append(waiting, slug)
		}
		if err != nil {
			all = errors.Join(all, fmt.Errorf("workspace %s: %w", slug, err))
		}
		if ctx.Err() != nil || !time.Now().Before(until) {
			break
		}
	}
	if len(waiting) == 0 {
		return "", all
	}
	return waiting[0], all
}
