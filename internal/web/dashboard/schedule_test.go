package dashboard_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/notify/smtp"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// The owner of a schedule hears that a receiver left, sees it among what is sent,
// and names somebody else there; what he typed outlives a refusal. Neither who left
// nor the member that automations run as is offered.
func TestAReceiverLeaves(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		x := &leaving{Site: s, t: t, mails: smtptest.Start(t, nil, false)}
		x.begin()
		x.due(25 * time.Hour)
		b := s.Browser(t, s.Bob)
		b.Open("/notifications")
		b.ClickText("“Our day” was not sent to Max, who has left. Choose somebody else")
		b.Wait("location.pathname === '/schedules'")
		b.See(".lines .bad-t", "Not sent to Max: they no longer work here. Choose Change")
		b.Picture("schedules-left")
		b.Click("[aria-label='Change when and to whom Our day is sent']")
		b.See("h2", "Our day")
		x.offered(b)
		x.refused(b, "Save")
		b.ClickText("Rita")
		b.Picture("schedule-change")
		b.ClickText("Save")
		b.See(".toast", "It will be sent")
		b.See(".lines", "Every month")
		b.Gone(".lines .bad-t")
		x.due(31 * 24 * time.Hour)
		if mails := x.letters(); len(mails) != 1 || !strings.EqualFold(mails[0].To, "rita@test.example") {
			t.Errorf("letters after the change: %+v", mails)
		}

		b = s.Browser(t, s.Bob) // the session of a month ago has ended
		b.Open("/schedules?of=dashboard:monday")
		x.offered(b)
		b.ClickText("Bob")
		x.refused(b, "Send from now on")
		b.ClickText("Olga")
		b.ClickText("Send from now on")
		b.See(".lines", "to Olga")
		if a := s.User(t, s.Olga).Get("/schedules/" + x.id.String()); a.Status != 404 {
			t.Errorf("another's schedule: %d", a.Status)
		}
		x.stale()
	})
}

type leaving struct {
	*webtest.Site
	t     *testing.T
	mails *smtptest.Server
	id    value.ID
}

// begin makes a schedule for Max, who then leaves.
func (x *leaving) begin() {
	sealed, err := x.App.Server().Seal(x.t.Context(), smtptest.Password)
	if err != nil {
		x.t.Fatal(err)
	}
	x.Write(x.t, x.Ada, func(s *record.Session) error {
		return smtp.Settings.Set(x.t.Context(), s.Tx(), smtp.Server{Host: "127.0.0.1", Port: x.mails.Port, Safety: smtp.Plain, User: smtptest.User,
			Sealed: sealed, Sender: "crm@example.com", Site: x.URL})
	})
	x.Create(x.t, x.Ada, "rule", record.Values{"name": "Call", "object": "lead", "trigger": "created", "actions": `[{"do":"task","text":"Call {{name}}"}]`})
	x.id = x.Create(x.t, x.Bob, report.Schedules.Name, record.Values{"name": "Our day", "of": "dashboard:monday", "every": report.Daily, "hour": int64(6), "receivers": []value.ID{x.Max}})
	x.Write(x.t, x.Ada, func(s *record.Session) error {
		_, err := s.Update(x.t.Context(), "member", x.Max, 0, record.Values{"active": false})
		return err
	})
}

// due lets time pass and does what a server does each minute.
func (x *leaving) due(after time.Duration) {
	x.t.Helper()
	x.Pass(after)
	if err := x.Workspace.PostDue(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	x.Drain(x.t)
}

func (x *leaving) letters() []smtptest.Mail {
	return slices.DeleteFunc(x.mails.Mails(), func(m smtptest.Mail) bool { return !strings.Contains(m.Header.Get("Subject"), "Monday") })
}

// offered expects those who work here as receivers.
func (x *leaving) offered(b *webtest.Browser) {
	x.t.Helper()
	if list := b.Eval("[...document.querySelectorAll('fieldset label')].map(e => e.innerText.trim()).join(' ')"); list != "Ada Bob Olga Rita" {
		x.t.Errorf("offered: %s", list)
	}
}

// refused sends a form without receivers, which is told, and has what was typed.
func (x *leaving) refused(b *webtest.Browser, send string) {
	x.t.Helper()
	b.Choose("select[name=every]", report.Monthly)
	b.Choose("select[name=weekday]", "4")
	b.Type("input[name=day]", "15")
	b.Type("input[name=hour]", "9")
	b.Allow("422")
	b.ClickText(send)
	b.See(".note.bad", "Choose at least one colleague who gets it.")
	b.Picture("schedule-refused")
	typed := b.Eval("['every', 'weekday', 'day', 'hour'].map(n => document.querySelector(`form.panel [name=${n}]`).value).join(' ') + document.querySelectorAll('form.panel :checked[name=to]').length")
	if typed != "monthly 4 15 90" {
		x.t.Errorf("what was typed is gone: %s", typed)
	}
}

// stale sends what no schedule can be, and a form that was open too long: each is
// told.
func (x *leaving) stale() {
	x.t.Helper()
	bob := x.User(x.t, x.Bob)
	for _, bad := range []struct{ hour, version, want string }{{"25", "0", "23"}, {"noon", "0", "noon"}, {"8", "1", "changed"}} {
		form := url.Values{"of": {"dashboard:monday"}, "name": {"Our day"}, "every": {"daily"}, "hour": {bad.hour}, "zone": {"UTC"}, "to": {x.Bob.String()}, "version": {bad.version}}
		a := bob.Post("/schedules/"+x.id.String(), form)
		if _, said, found := strings.Cut(a.Body, `role="alert"`); a.Status != 422 && a.Status != 409 || !found || !strings.Contains(said, bad.want) {
			x.t.Errorf("hour %s, version %s: %d %s", bad.hour, bad.version, a.Status, a.Body)
		}
	}
}
