package app

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/commerce"
	"wellmet/internal/dedupe"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// handleNotices lets notices be mailed, members be reminded, and large merges
// go on, which end in a notice.
func (a *App) handleNotices() {
	dedupe.Handle(a.jobs, a.engineOf)
	a.jobs.Every("reminders", time.Minute, a.remind)
	notify.Handle(a.jobs, notify.Needs{
		Engine: a.engineOf,
		Unseal: a.server.Unseal,
		Language: func(ctx context.Context, workspace string, member value.ID) (string, error) {
			p, err := a.preferencesOf(ctx, workspace, member)
			return p.Language, err
		},
	})
}

// engineOf opens the records of a workspace.
func (a *App) engineOf(ctx context.Context, workspace string) (*record.Engine, error) {
	w, err := a.Workspace(ctx, workspace)
	if err != nil {
		return nil, err
	}
	return w.engine, nil
}

// reminded is up to when members were reminded of what is due.
var reminded = store.Setting[int64]{Key: "reminded"}

// mostMissed is how far back reminders go that a server which stood still did
// not send.
const mostMissed = 3 * 24 * time.Hour

// remind tells members what is due, by the clock of each.
func (a *App) remind(ctx context.Context) error {
	return a.each(ctx, func(w *Workspace) error {
		all, err := a.auth.MembersPreferences(ctx, w.slug, 0)
		if err != nil {
			return err
		}
		return w.Write(ctx, record.AsSystem("reminders"), func(s *record.Session) error {
			last, err := reminded.Get(ctx, s.Tx())
			if err != nil {
				return err
			}
			from := time.UnixMilli(last)
			if last == 0 {
				from = s.Now()
			}
			if oldest := s.Now().Add(-mostMissed); from.Before(oldest) {
				from = oldest
			}
			zone := zonesOf(all, s.Env().Zone)
			if err := activity.FollowClocks(ctx, s, zone); err != nil {
				return err
			}
			if err := activity.Remind(ctx, s, zone, from, s.Now()); err != nil {
				return err
			}
			if err := commerce.Remind(ctx, s, zone, from, s.Now()); err != nil {
				return err
			}
			return reminded.Set(ctx, s.Tx(), s.Now().UnixMilli())
		})
	})
}

// zonesOf answers members' time zones, each read once.
func zonesOf(all map[value.ID]access.Preferences, otherwise *time.Location) func(value.ID) *time.Location {
	zones := map[string]*time.Location{"": otherwise}
	return func(member value.ID) *time.Location {
		name := all[member].Zone
		if zones[name] == nil {
			zones[name] = otherwise
			if zone, err := time.LoadLocation(name); err == nil {
				zones[name] = zone
			}
		}
		return zones[name]
	}
}

// preferencesOf are how a member of a workspace wants to see things.
func (a *App) preferencesOf(ctx context.Context, workspace string, member value.ID) (access.Preferences, error) {
	all, err := a.auth.MembersPreferences(ctx, workspace, member)
	return all[member], err
}
