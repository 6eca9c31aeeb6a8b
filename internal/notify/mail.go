package notify

import (
	"context"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/jobs"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// mailJob sends one notice by mail.
type mailJob struct {
	Notice value.ID `json:"notice"`
}

// Kind implements jobs.Job.
func (mailJob) Kind() string { return "notify.mail" }

// post asks for the mails of some notices, where there is a mail server.
func post(ctx context.Context, s *record.Session, ids []value.ID) error {
	if len(ids) == 0 {
		return nil
	}
	server, err := smtp.Settings.Get(ctx, s.Tx())
	if err != nil || !server.Ready() {
		return err
	}
	for _, id := range ids {
		if err := s.Later(mailJob{id}); err != nil {
			return err
		}
	}
	return nil
}

// Needs is what sending mails takes.
type Needs struct {
	// Engine opens a workspace.
	Engine func(ctx context.Context, workspace string) (*record.Engine, error)
	// Unseal opens the password of the mail server.
	Unseal func(ctx context.Context, text string) (string, error)
	// Language is what a member reads, "" for the workspace's.
	Language func(ctx context.Context, workspace string, member value.ID) (string, error)
}

// Handle says how the jobs of this room run.
func Handle(r *jobs.Runner, n Needs) {
	jobs.Handle(r, jobs.Options{}, n.mail)
}

// letter is a notice made ready to be sent.
type letter struct {
	server smtp.Server
	mail   smtp.Mail
	member value.ID
	known  bool
}

// mail sends one notice. It is read under the rights that its receiver has
// now, and not sent when he may not read the record any more, has left, has no
// address, or the company has no mail server by now.
func (n Needs) mail(ctx context.Context, run jobs.Run, j mailJob) error {
	engine, err := n.Engine(ctx, run.Workspace)
	if err != nil {
		return err
	}
	l, err := n.letter(ctx, engine, run.Workspace, j.Notice)
	if err != nil || !l.known {
		return err
	}
	if l.server.Password, err = n.Unseal(ctx, l.server.Sealed); err != nil {
		return jobs.Final(err)
	}
	l.mail.ID = run.ID.String()
	err = smtp.Send(ctx, l.server, l.mail)
	if smtp.Refused(err) { // the server will not have it another time either
		return jobs.Final(err)
	}
	return err
}

func (n Needs) letter(ctx context.Context, engine *record.Engine, workspace string, id value.ID) (l letter, err error) {
	err = engine.DB().Read(ctx, func(tx *store.Tx) error {
		if _, err := tx.Row(ctx, `SELECT member FROM {notice} WHERE id = $1`, []any{id}, &l.member); err != nil {
			return err
		}
		l.server, err = smtp.Settings.Get(ctx, tx)
		return err
	})
	if err != nil || l.member == 0 || !l.server.Ready() {
		return l, err
	}
	language, err := n.Language(ctx, workspace, l.member)
	if err != nil {
		return l, err
	}
	err = engine.Read(ctx, record.Who{Member: l.member, Door: "job", Locale: language}, func(s *record.Session) error {
		return l.write(ctx, s, id, language)
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Forbidden { // he left
		return letter{}, nil
	}
	return l, err
}

// write puts the notice into words.
func (l *letter) write(ctx context.Context, s *record.Session, id value.ID, language string) error {
	x, err := One(ctx, s, id)
	if fault.Is(err, fault.NotFound) || err == nil && x.Gone {
		return nil
	}
	if err != nil {
		return err
	}
	if language == "" {
		language = i18n.FormatFor(s.Settings().Locale).Language()
	}
	me, err := s.AsSystem("address of a receiver").Get(ctx, access.Members.Name, l.member)
	if err != nil {
		return err
	}
	address, ok := record.Get(me, access.MemberEmail)
	if !ok {
		return nil
	}
	text := x.Text(language)
	l.known = true
	l.mail = smtp.Mail{To: address, Name: s.Roster().Name(l.member), Subject: line(text), Text: text + "\n"}
	if base := strings.TrimRight(l.server.Site, "/"); base != "" {
		l.mail.Text += "\n" + base + x.Address(s) + "\n"
		l.mail.Text += "\n--\n" + i18n.Text(language, "notify.mail_foot", fault.Args{"address": base + "/settings/notifications"}) + "\n"
	}
	return nil
}

// Address is where the notice leads on the site.
func (x *Item) Address(s *record.Session) string {
	switch o, ok := s.Schema().Object(x.Link.Object); {
	case ok:
		return "/" + o.Plural + "/" + x.Link.ID.String()
	case x.URL != "":
		return x.URL
	}
	return "/notifications"
}

// line is a text as a subject: one line, not too long.
func line(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 150 {
		runes = append(runes[:149], '…')
	}
	return string(runes)
}
