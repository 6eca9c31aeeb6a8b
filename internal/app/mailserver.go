package app

import (
	"context"
	"encoding/json"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// MailServer is where mails are handed in; for administrators. Its password
// stays sealed.
func (w *Workspace) MailServer(ctx context.Context, who record.Who) (m smtp.Server, err error) {
	err = w.Read(ctx, who, func(s *record.Session) error {
		if err := adminOnly(s); err != nil {
			return err
		}
		m, err = smtp.Settings.Get(ctx, s.Tx())
		return err
	})
	return m, err
}

// SetMailServer changes where mails are handed in; for administrators. A
// Password is a new one and is kept sealed; without one the old one stays, as
// long as it goes to the same server and user.
func (w *Workspace) SetMailServer(ctx context.Context, who record.Who, change func(*smtp.Server)) error {
	was, err := w.MailServer(ctx, who)
	if err != nil {
		return err
	}
	m := was
	change(&m)
	if err := m.Check(); err != nil {
		return err
	}
	switch {
	case m.Password != "":
		if m.Sealed, err = w.app.server.Seal(ctx, m.Password); err != nil {
			return err
		}
	case elsewhere(was, m):
		m.Sealed = ""
	}
	who.Cause = "settings.mail"
	return w.Write(ctx, who, func(s *record.Session) error {
		if err := adminOnly(s); err != nil {
			return err
		}
		return keepMailServer(ctx, s, was, m)
	})
}

// mailSubject is what the history of configuration calls the mail server.
const mailSubject = "@mail"

// keepMailServer keeps where mails are handed in, and tells the history all of
// it but the password.
func keepMailServer(ctx context.Context, s *record.Session, was, m smtp.Server) error {
	if err := smtp.Settings.Set(ctx, s.Tx(), m); err != nil {
		return err
	}
	was.Sealed, m.Sealed = "", ""
	return s.NoteSetting(ctx, mailSubject, was, m)
}

// restoreMailServer puts the mail server back; see record.Restore. The password
// stays as long as it goes to the same server and user.
func restoreMailServer(ctx context.Context, s *record.Session, back map[string]json.RawMessage) error {
	was, err := smtp.Settings.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	text, err := json.Marshal(back)
	if err != nil {
		return err
	}
	m := was
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	if err := m.Check(); err != nil {
		return err
	}
	if elsewhere(was, m) {
		m.Sealed = ""
	}
	return keepMailServer(ctx, s, was, m)
}

// elsewhere reports whether a server's password would go to somebody else:
// nobody reads a password by sending it to a server of his own.
func elsewhere(was, m smtp.Server) bool {
	return m.Host != was.Host || m.User != was.User || m.Safety == smtp.Plain && was.Safety != smtp.Plain
}

// TryMailServer sends a mail to the administrator who asks, at once, and says
// what the server answers.
func (w *Workspace) TryMailServer(ctx context.Context, who record.Who) (to string, err error) {
	m, err := w.MailServer(ctx, who)
	if err != nil {
		return "", err
	}
	if !m.Ready() {
		return "", fault.New(fault.Invalid, "smtp.no_server", nil)
	}
	err = w.Read(ctx, who, func(s *record.Session) error {
		me, err := s.Get(ctx, access.Members.Name, s.Actor().Member())
		if err == nil {
			to, _ = record.Get(me, access.MemberEmail)
		}
		return err
	}, store.Page)
	switch {
	case err != nil:
		return "", err
	case to == "":
		return "", fault.New(fault.Invalid, "smtp.no_address", nil)
	}
	if m.Password, err = w.app.server.Unseal(ctx, m.Sealed); err != nil {
		return to, err
	}
	language := i18n.Choose("", who.Locale)
	name := i18n.FormatFor(language).Language()
	err = smtp.Send(ctx, m, smtp.Mail{To: to, Subject: i18n.Text(name, "smtp.test_subject", nil), Text: i18n.Text(name, "smtp.test_text", nil) + "\n"})
	if err != nil {
		return to, fault.New(fault.Invalid, "smtp.test_failed", fault.Args{"error": shortly(err)})
	}
	return to, nil
}

// shortly is what a mail server said, on a line.
func shortly(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return text
}

func adminOnly(s *record.Session) error {
	if s.Actor().Admin() {
		return nil
	}
	return fault.New(fault.Forbidden, "record.admin_only", nil)
}
