package process_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wellmet/internal/notify/smtp"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// post gives the workspace a mail server.
func (k *bench) post() *smtptest.Server {
	k.t.Helper()
	x := smtptest.Start(k.t, nil, false)
	sealed, err := k.App.Server().Seal(k.t.Context(), smtptest.Password)
	k.must(err)
	k.Write(k.t, k.Ada, func(s *record.Session) error {
		return smtp.Settings.Set(k.t.Context(), s.Tx(), smtp.Server{Host: "127.0.0.1", Port: x.Port, Safety: smtp.Plain, User: smtptest.User,
			Sealed: sealed, Sender: "crm@example.com", Site: "https://crm.example.com/"})
	})
	return x
}

// offering is a rule that sends a big deal's account an offer.
func (k *bench) offering() value.ID {
	k.t.Helper()
	mail := k.Create(k.t, k.Ada, "template", record.Values{"name": "Offer", "object": "deal", "kind": "mail", "subject": "About {{name}}", "body": "Dear {{account.name}},\nyour offer.", "status": "published"})
	k.rule("changed", `amount > 1000`, []process.Action{{Do: process.DoSend, Template: mail, To: "=account.email"}}, record.Values{"fields": "amount"})
	return mail
}

// A rule sends a template after the commit to the address that a field holds;
// without a server or an address the save stands, and the log says what is
// missing.
func TestARuleSendsAMail(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.offering()
		deal := k.deal("prospecting", nil)
		grow := func(amount string) error { return k.set(k.Rita, "deal", deal, record.Values{"amount": amount}) }
		k.must(grow("2000 EUR"))
		x := k.post()
		k.must(grow("3000 EUR"))
		if got := strings.Join(k.log("deal", deal), "|"); got != "failed There is no address in account.email.|failed No mail server is set up." {
			t.Errorf("the log says %q", got)
		}
		k.must(k.set(k.Rita, "account", k.account, record.Values{"email": "Ann@acme.example"}))
		k.must(grow("10 EUR"))
		if err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"amount": "4000 EUR"}); err != nil {
				return err
			}
			return errors.New("changed my mind")
		}); err == nil {
			t.Fatal("it was kept")
		}
		k.Drain(t)
		if n := len(x.Mails()); n != 0 {
			t.Errorf("%d mails of what was not, or was not kept", n)
		}
		k.must(grow("5000 EUR"))
		if n := len(x.Mails()); n != 0 {
			t.Error("sent before the job")
		}
		k.Drain(t)
		mails := x.Mails()
		if len(mails) != 1 || !strings.EqualFold(mails[0].To, "ann@acme.example") || mails[0].Header.Get("Subject") != "About Pumps" || !strings.Contains(mails[0].Body, "Dear Acme,") {
			t.Fatalf("mails %+v", mails)
		}
		if got := k.log("deal", deal); got[0] != "done" || len(got) != 3 {
			t.Errorf("the log says %q", got)
		}
	})
}

// Who wants no mails gets none from a rule, whatever the way to the address; the log
// says so. A letter that waits is not sent to somebody who opted out meanwhile.
func TestWhoWantsNoMailsGetsNone(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.offering()
		x := k.post()
		k.must(k.set(k.Rita, "account", k.account, record.Values{"email": "Ann@acme.example"}))
		grown := func() (deal value.ID) {
			deal = k.deal("prospecting", nil)
			k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "2000 EUR"}))
			return deal
		}
		logged := func(what string, deal value.ID, sent int, want string) {
			t.Helper()
			k.Drain(t)
			if got := strings.Join(k.log("deal", deal), "|"); len(x.Mails()) != sent || got != want {
				t.Errorf("%s: %d mails, the log says %q", what, len(x.Mails()), got)
			}
		}
		contact := k.Create(t, k.Olga, "contact", record.Values{"name": "Ann", "more_emails": "x@acme.example, ANN@acme.example"})
		logged("nobody opted out", grown(), 1, "done")
		no := "failed The address in account.email is of somebody who wants no emails."
		k.must(k.set(k.Olga, "contact", contact, record.Values{"no_mail": true}))
		logged("a contact", grown(), 1, no)
		k.must(k.set(k.Olga, "contact", contact, record.Values{"no_mail": false, "no_calls": true}))
		logged("no calls", grown(), 2, "done")
		for i, other := range []string{"xann@acme.example", "ann@acme.example.org", "a_n@acme.example"} {
			k.Create(t, k.Olga, "contact", record.Values{"name": "Like Ann", "email": other, "no_mail": true})
			logged("somebody with another address", grown(), 3+i, "done")
		}
		lead := k.Create(t, k.Olga, "lead", record.Values{"name": "Ann", "email": "aNN@acme.example", "opted_out": true})
		logged("a lead", grown(), 5, no)
		k.must(k.set(k.Olga, "lead", lead, record.Values{"opted_out": false}))
		waits := grown()
		k.must(k.set(k.Olga, "contact", contact, record.Values{"no_mail": true}))
		logged("meanwhile", waits, 5, "failed The address in Ann@acme.example is of somebody who wants no emails.|done")
	})
}

// A mail that a server does not take now is sent later, once; one that it never
// takes is given up, which the record's log tells.
func TestAMailThatIsNotTaken(t *testing.T) {
	t.Parallel()
	each(t, func(k *bench) {
		k.offering()
		x := k.post()
		k.must(k.set(k.Rita, "account", k.account, record.Values{"email": "ann@acme.example"}))
		wait := func(days int) {
			for range days {
				k.Pass(24 * time.Hour)
				k.Drain(t)
			}
		}
		grown := func() value.ID {
			deal := k.deal("prospecting", nil)
			k.must(k.set(k.Rita, "deal", deal, record.Values{"amount": "2000 EUR"}))
			k.Drain(t)
			return deal
		}
		x.Refuse(451)
		later := grown()
		if n := len(x.Mails()); n != 0 || strings.Join(k.log("deal", later), "|") != "done" {
			t.Errorf("%d mails, %q", n, k.log("deal", later))
		}
		wait(2)
		if n := len(x.Mails()); n != 1 || len(k.log("deal", later)) != 1 {
			t.Errorf("%d mails after a while, %q", n, k.log("deal", later))
		}
		x.Refuse(550)
		never := grown()
		wait(2)
		if got := k.log("deal", never); len(x.Mails()) != 1 || len(got) != 2 || got[0] != "failed The mail was asked for, but the mail server of its receiver does not take it." {
			t.Errorf("%d mails, %q", len(x.Mails()), got)
		}
		for range 12 {
			x.Refuse(451)
		}
		tried := grown()
		wait(14)
		if got := k.log("deal", tried); len(x.Mails()) != 1 || len(got) != 2 || got[0] != "failed The mail was asked for, but could not be sent in 12 attempts." {
			t.Errorf("%d mails, %q", len(x.Mails()), got)
		}
	})
}
