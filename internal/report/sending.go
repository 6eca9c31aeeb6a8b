package report

import (
	"context"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// sending is one letter on its way. A mail server forgets nobody's process: one
// that dies while it talks to it cannot know whether the letter was taken. So a
// mark is committed before, and taken away after; who finds one sends nothing
// again, but tells the owner that nobody knows.
type sending struct {
	p      Posting
	engine *record.Engine
	j      mailing
	mark   store.Setting[bool]
}

// write changes something in the name of the schedules, also when nobody waits
// for it any more.
func (x sending) write(ctx context.Context, fn func(s *record.Session) error) error {
	return x.engine.Write(context.WithoutCancel(ctx), record.AsSystem("schedules"), fn)
}

// brokenOff reports whether an attempt before ended while the letter was being
// sent, and tells the owner.
func (x sending) brokenOff(ctx context.Context) (over bool, err error) {
	if err := x.engine.Read(ctx, record.AsSystem("schedules"), func(s *record.Session) (err error) {
		over, err = x.mark.Get(ctx, s.Tx())
		return err
	}); err != nil || !over {
		return false, err
	}
	return true, x.write(ctx, func(s *record.Session) error {
		if err := x.mark.Clear(ctx, s.Tx()); err != nil {
			return err
		}
		return x.inform(ctx, s, "report.schedule_unsure")
	})
}

// send hands the letter over, once.
func (x sending) send(ctx context.Context, workspace string, l Letter) error {
	if err := x.write(ctx, func(s *record.Session) error { return x.mark.Set(ctx, s.Tx(), true) }); err != nil {
		return err
	}
	sent, failed := x.p.Send(ctx, workspace, l)
	ended := context.WithoutCancel(ctx)
	if err := x.write(ctx, func(s *record.Session) error {
		if err := x.mark.Clear(ended, s.Tx()); err != nil || failed != nil || sent {
			return err
		}
		return x.inform(ended, s, "report.schedule_no_address")
	}); err != nil {
		return err
	}
	return failed
}

// skipped tells the owner that somebody got no letter.
func (x sending) skipped(ctx context.Context, key string) error {
	return x.write(ctx, func(s *record.Session) error { return x.inform(ctx, s, key) })
}

// unseen tells the owner that the receiver has left or may not see any more what
// is sent; who has not left hears it himself, once.
func (x sending) unseen(ctx context.Context) error {
	return x.write(ctx, func(s *record.Session) error {
		if !s.Roster().Active(x.j.Member) {
			return x.inform(ctx, s, "report.schedule_skipped")
		}
		r, err := s.Get(ctx, Schedules.Name, x.j.Schedule)
		if err != nil {
			return gone(err)
		}
		args := fault.Args{"schedule": r.Title(), "name": s.Roster().Name(r.Owner())}
		if err := x.p.Tell(ctx, s, x.j.Member, "report.schedule_lost_yours", args, "/dashboards", "report.schedule_lost:"+r.ID.String()); err != nil {
			return err
		}
		return x.inform(ctx, s, "report.schedule_lost")
	})
}

// inform says to the schedule's owner what came of the letter.
func (x sending) inform(ctx context.Context, s *record.Session, key string) error {
	r, err := s.Get(ctx, Schedules.Name, x.j.Schedule)
	if err != nil {
		return gone(err)
	}
	return x.p.tell(ctx, s, r, key, fault.Args{"name": s.Roster().Name(x.j.Member)}, time.UnixMilli(x.j.At))
}

// gone makes nothing of a schedule that is there no more.
func gone(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
