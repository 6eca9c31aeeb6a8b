package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Mail is a text to one person.
type Mail struct {
	To, Name string
	Subject  string
	Text     string
	HTML     string // the same for who reads it so; "" = the text alone
	// ID tells the receiver's server a repetition from another mail.
	ID string
}

// patience is how long one mail may take.
const patience = 30 * time.Second

// Send hands a mail to the server. It is at least once: an answer may get lost.
func Send(ctx context.Context, s Server, m Mail) error {
	msg, err := s.message(m)
	if err != nil {
		return err
	}
	client, err := mail.NewClient(s.Host, s.options()...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return client.DialAndSendWithContext(ctx, msg)
}

func (s Server) message(m Mail) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := msg.FromFormat("Wellmet", s.Sender); err != nil {
		return nil, err
	}
	if err := msg.AddToFormat(m.Name, m.To); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(s.Sender, "@")
	if m.ID != "" {
		msg.SetMessageIDWithValue("wellmet-" + m.ID + "@" + domain)
	} else {
		msg.SetMessageID()
	}
	msg.SetDate()
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // no automatic answers, please
	msg.Subject(m.Subject)
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

func (s Server) options() []mail.Option {
	all := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(patience), mail.WithTLSConfig(&tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: roots})}
	auth := mail.SMTPAuthAutoDiscover
	switch s.Safety {
	case TLS:
		all = append(all, mail.WithSSL())
	case Plain:
		all = append(all, mail.WithTLSPolicy(mail.NoTLS))
		auth = mail.SMTPAuthPlainNoEnc
	default:
		all = append(all, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.User != "" {
		all = append(all, mail.WithSMTPAuth(auth), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	return all
}

// Refused reports whether the server will not take the very mail, however
// often it is sent: it knows no such receiver, or does not like what it reads.
func Refused(err error) bool {
	var e *mail.SendError
	if !errors.As(err, &e) || e.IsTemp() {
		return false
	}
	return e.Reason == mail.ErrSMTPRcptTo || e.Reason == mail.ErrSMTPDataClose
}
