package notify_test

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// connect gives the workspace a mail server.
func connect(t *testing.T, k *apptest.Kit) *smtptest.Server {
	t.Helper()
	x := smtptest.Start(t, nil, false)
	sealed, err := k.App.Server().Seal(t.Context(), smtptest.Password)
	if err != nil {
		t.Fatal(err)
	}
	k.Write(t, k.Ada, func(s *record.Session) error {
		return smtp.Settings.Set(t.Context(), s.Tx(), smtp.Server{Host: "127.0.0.1", Port: x.Port, Safety: smtp.Plain, User: smtptest.User,
			Sealed: sealed, Sender: "crm@example.com", Site: "https://crm.example.com/"})
	})
	return x
}

func give(t *testing.T, k *apptest.Kit, name string, to value.ID) value.ID {
	t.Helper()
	return k.Create(t, k.Bob, "account", record.Values{"name": name, "owner": to})
}

func TestMailsFollowTheCommit(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		give(t, k, "Before", k.Max) // without a mail server all else works
		k.Drain(t)
		x := connect(t, k)
		k.Speak(t, k.Max, "ru")
		acme := give(t, k, "Acme ООО 商", k.Max)
		k.Drain(t)
		mails := x.Mails()
		if len(mails) != 1 || !strings.EqualFold(mails[0].To, "max@test.example") {
			t.Fatalf("mails %+v", mails)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(mails[0].Header.Get("Subject"))
		if err != nil || subject != "Bob передаёт вам: Acme ООО 商." {
			t.Errorf("subject %q, %v", subject, err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(mails[0].Body)))
		if err != nil || !strings.Contains(string(body), "https://crm.example.com/accounts/"+acme.String()+"\n") {
			t.Errorf("body %q, %v", body, err)
		}
	})
}

func TestMailsAreTriedAgainAndGivenUp(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := connect(t, k)
		x.Refuse(451)
		give(t, k, "Acme", k.Max)
		k.Drain(t)
		if n := len(x.Mails()); n != 0 {
			t.Fatalf("%d mails", n)
		}
		k.Pass(time.Hour)
		k.Drain(t)
		if n := len(x.Mails()); n != 1 {
			t.Fatalf("%d mails after the second attempt", n)
		}
		x.Refuse(550)
		give(t, k, "Bolt", k.Max)
		for range 3 {
			k.Drain(t)
			k.Pass(24 * time.Hour)
		}
		if n := len(x.Mails()); n != 1 {
			t.Errorf("%d mails: one that is refused for good is not sent again", n)
		}
	})
}

func TestNoMailOfWhatIsOutOfSightByThen(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k, "account")
		x := connect(t, k)
		acme := k.Create(t, k.Ada, "account", record.Values{"name": "Acme", "owner": k.Max})
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", acme, 0, record.Values{"owner": k.Olga})
			return err
		})
		k.Drain(t)
		if mails := x.Mails(); len(mails) != 1 || !strings.EqualFold(mails[0].To, "olga@test.example") {
			t.Errorf("mails %+v", mails)
		}
	})
}
