package app

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/notify"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// handleReports has dashboards and reports mailed when they are due, and managers
// told of weak spots.
func (a *App) handleReports() {
	report.Handle(a.jobs, a.posting())
	a.jobs.Every("schedules", time.Minute, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.PostDue(ctx) })
	})
	handle(a, func(w *Workspace, ctx context.Context, _ sales.WatchStages) error { return w.WatchStages(ctx) })
	a.everywhere("weak spots", time.Hour, sales.WeakDue, sales.WatchStages{})
}

// posting is what mailing takes.
func (a *App) posting() report.Posting {
	return report.Posting{Book: a.reports, Engine: a.engineOf, Site: mailSite, Send: a.sendLetter, Tell: tellOwner,
		Language: func(ctx context.Context, workspace string, member value.ID) (string, error) {
			p, err := a.preferencesOf(ctx, workspace, member)
			return p.Language, err
		}}
}

// PostDue asks for the letters of schedules that are due.
func (w *Workspace) PostDue(ctx context.Context) error {
	who, due := record.AsSystem("schedules"), false
	if err := w.Read(ctx, who, func(s *record.Session) (err error) {
		due, err = report.AnyDue(ctx, s)
		return err
	}); err != nil || !due {
		return err
	}
	return w.Write(ctx, who, func(s *record.Session) error { return w.app.posting().Due(ctx, s) })
}

// WatchStages tells managers of stages that have become weak. They are looked for
// while others write.
func (w *Workspace) WatchStages(ctx context.Context) error {
	who := record.AsSystem("weak spots")
	var spots []sales.Spot
	due := false
	err := w.Read(ctx, who, func(s *record.Session) (err error) {
		if due, err = sales.WeakDue(ctx, s); err != nil || !due {
			return err
		}
		spots, err = sales.WeakSpots(ctx, s, "")
		return err
	}, store.Export)
	if err != nil || !due {
		return err
	}
	return w.Write(ctx, who, func(s *record.Session) error { return sales.TellWeak(ctx, s, spots) })
}

// mailSite is the address of the pages, and whether there is a mail server.
func mailSite(ctx context.Context, tx *store.Tx) (string, bool, error) {
	server, err := smtp.Settings.Get(ctx, tx)
	return server.Site, server.Ready(), err
}

// sendLetter hands a letter of a schedule to the mail server; false = its
// receiver has no address.
func (a *App) sendLetter(ctx context.Context, workspace string, l report.Letter) (bool, error) {
	engine, err := a.engineOf(ctx, workspace)
	if err != nil {
		return false, err
	}
	var server smtp.Server
	m := smtp.Mail{Subject: l.Subject, Text: l.Text, HTML: l.HTML, ID: l.ID}
	if err := engine.Read(ctx, record.AsSystem("address of a receiver"), func(s *record.Session) error {
		if server, err = smtp.Settings.Get(ctx, s.Tx()); err != nil {
			return err
		}
		r, err := s.Get(ctx, access.Members.Name, l.To)
		if err == nil {
			m.To, _ = record.Get(r, access.MemberEmail)
			m.Name = s.Roster().Name(l.To)
		}
		return err
	}); err != nil || m.To == "" {
		return false, err
	}
	if !server.Ready() {
		return false, jobs.Final(fault.New(fault.Unavailable, "smtp.no_server", nil))
	}
	if server.Password, err = a.server.Unseal(ctx, server.Sealed); err != nil {
		return false, jobs.Final(err)
	}
	err = smtp.Send(ctx, server, m)
	if smtp.Refused(err) { // the server will not have it another time either
		return true, jobs.Final(err)
	}
	return true, err
}

// tellOwner says in a member's inbox what came of his schedule.
func tellOwner(ctx context.Context, s *record.Session, to value.ID, key string, args fault.Args, link, once string) error {
	return notify.Send(ctx, s, notify.Notice{To: []value.ID{to}, Kind: notify.Work, Key: key, Args: args, Link: link, Once: once})
}
