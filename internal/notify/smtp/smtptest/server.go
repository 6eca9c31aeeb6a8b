// Package smtptest is a mail server for tests: a real one that keeps what it
// is given.
package smtptest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// User and Password let mails in.
const (
	User     = "wellmet"
	Password = "geheim пароль"
)

// Server takes mails for everybody but those it refuses.
type Server struct {
	Port int

	mu     sync.Mutex
	mails  []Mail
	refuse []*smtp.SMTPError // of the next mails, the first first
	until  int               // so many mails
	do     func()            // what is done then
}

// Mail is one that was taken.
type Mail struct {
	From, To string
	Header   mail.Header
	Body     string
	Safe     bool // it came encrypted
}

// Start opens a server on this machine. With a certificate it demands that
// clients encrypt: from the first byte, or by STARTTLS.
func Start(t testing.TB, certificate *tls.Config, atOnce bool) *Server {
	t.Helper()
	x := &Server{}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: x, conn: c}, nil }))
	s.Domain, s.AllowInsecureAuth, s.TLSConfig = "localhost", certificate == nil, certificate
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x.Port = listener.Addr().(*net.TCPAddr).Port
	if atOnce {
		listener = tls.NewListener(listener, certificate)
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { _ = s.Close() })
	return x
}

// Refuse lets the next mail fail with that code.
func (x *Server) Refuse(code int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.refuse = append(x.refuse, &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "not now"})
}

// After calls do, once, when so many more mails are taken, before it says so to
// who sent the last; nil takes such a wish back.
func (x *Server) After(n int, do func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.until, x.do = len(x.mails)+n, do
}

// Mails are those taken so far.
func (x *Server) Mails() []Mail {
	x.mu.Lock()
	defer x.mu.Unlock()
	return append([]Mail(nil), x.mails...)
}

type session struct {
	server *Server
	conn   *smtp.Conn
	known  bool
	mail   Mail
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.known = user == User && password == Password; !s.known {
			return errors.New("wrong")
		}
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.known {
		return smtp.ErrAuthRequired
	}
	_, safe := s.conn.TLSConnectionState()
	s.mail = Mail{From: from, Safe: safe}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if list := s.server.refuse; len(list) > 0 {
		s.server.refuse = list[1:]
		return list[0]
	}
	s.mail.To = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	message, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(message.Body)
	if err != nil {
		return err
	}
	s.mail.Header, s.mail.Body = message.Header, strings.ReplaceAll(string(body), "\r\n", "\n")
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.mail)
	if do := s.server.do; do != nil && len(s.server.mails) >= s.server.until {
		s.server.do = nil
		do()
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
