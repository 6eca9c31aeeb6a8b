package smtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/notify/smtp/smtptest"
)

var ours *tls.Config

func TestMain(m *testing.M) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots = x509.NewCertPool()
	roots.AddCert(certificate)
	ours = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
	os.Exit(m.Run())
}

func server(port int, safety string) Server {
	return Server{Host: "127.0.0.1", Port: port, Safety: safety, User: smtptest.User, Password: smtptest.Password, Sender: "crm@example.com"}
}

func TestSendsEachWay(t *testing.T) {
	t.Parallel()
	for _, way := range []string{StartTLS, TLS, Plain} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			config := ours
			if way == Plain {
				config = nil
			}
			x := smtptest.Start(t, config, way == TLS)
			mail := Mail{To: "ana@example.com", Name: "Ана, 安娜", Subject: "Вас упомянули: Ñandú 商机", Text: "Строка первая\n.\nthird line\n", ID: "77"}
			if err := Send(t.Context(), server(x.Port, way), mail); err != nil {
				t.Fatal(err)
			}
			got := x.Mails()
			if len(got) != 1 || got[0].To != mail.To || got[0].From != "crm@example.com" || got[0].Safe != (way != Plain) {
				t.Fatalf("got %+v", got)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(got[0].Header.Get("Subject"))
			if err != nil || subject != mail.Subject {
				t.Errorf("subject %q, %v", subject, err)
			}
			body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(got[0].Body)))
			if err != nil || strings.TrimSpace(string(body)) != strings.TrimSpace(mail.Text) {
				t.Errorf("body %q, %v", body, err)
			}
			if id := got[0].Header.Get("Message-Id"); id != "<wellmet-77@example.com>" {
				t.Errorf("id %q", id)
			}
		})
	}
}

func TestAServerThatIsNotOursGetsNoPassword(t *testing.T) {
	t.Parallel()
	x := smtptest.Start(t, nil, false)
	if err := Send(t.Context(), server(x.Port, StartTLS), Mail{To: "a@example.com"}); err == nil || len(x.Mails()) > 0 {
		t.Errorf("sent without encryption: %v", err)
	}
	wrong := server(x.Port, Plain)
	wrong.Password = "other"
	if err := Send(t.Context(), wrong, Mail{To: "a@example.com"}); err == nil || Refused(err) {
		t.Errorf("a wrong password: %v; it can be mended", err)
	}
}

func TestRefusalsForGoodAndForNow(t *testing.T) {
	t.Parallel()
	x := smtptest.Start(t, nil, false)
	for code, forGood := range map[int]bool{550: true, 450: false} {
		x.Refuse(code)
		if err := Send(t.Context(), server(x.Port, Plain), Mail{To: "a@example.com", Text: "x"}); err == nil || Refused(err) != forGood {
			t.Errorf("%d: refused %v: %v", code, Refused(err), err)
		}
	}
	if err := Send(t.Context(), server(1, Plain), Mail{To: "a@example.com"}); err == nil || Refused(err) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		server Server
		bad    string
	}{
		{Server{}, ""},
		{Server{Host: " mail.example.com ", Port: 587, Safety: StartTLS, Sender: "crm@example.com", Site: "https://crm.example.com/"}, ""},
		{Server{Host: "smtp://x", Port: 587, Safety: StartTLS, Sender: "crm@example.com"}, "host"},
		{Server{Host: "x y", Port: 0, Safety: "no", Sender: "crm"}, "host port safety sender"},
		{Server{Host: "x", Port: 70000, Safety: TLS, Sender: "a@b.example\r\nBcc: c@d.example"}, "port sender"},
		{Server{Host: "x", Port: 25, Safety: TLS, Sender: "a@b.example", Site: "javascript:alert(1)"}, "site"},
	} {
		var bad []string
		if f, ok := fault.As(c.server.Check()); ok {
			for _, x := range f.Fields {
				bad = append(bad, x.Path)
			}
		}
		if got := strings.Join(bad, " "); got != c.bad {
			t.Errorf("%+v: refused %q, want %q", c.server, got, c.bad)
		}
	}
}
