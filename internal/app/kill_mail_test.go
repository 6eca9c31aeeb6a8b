package app_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/notify"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// A process that is killed again and again while it mails sends no letter twice,
// and where nobody can know whether one was taken, its owner is told.
func TestKillDuringMailing(t *testing.T) {
	eachDoomed(t, func(t *testing.T, d doomed) {
		server := smtptest.Start(t, nil, false)
		receivers := map[value.ID]string{}
		a, w, err := d.open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := a.Server().Seal(t.Context(), smtptest.Password)
		if err != nil {
			t.Fatal(err)
		}
		d.toMail(t, w, smtp.Server{Host: "127.0.0.1", Port: server.Port, Safety: smtp.Plain, User: smtptest.User, Sealed: sealed, Sender: "crm@example.com"}, receivers)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		d.Mode = "mail"
		kills := 0
		for range killRounds() { // each in the midst of letters: there are twelve a round
			if _, killed := d.runUntil(t, func(kill func()) { server.After(1+rand.IntN(11), kill) }); killed {
				kills++
			}
		}
		server.After(0, nil)
		d.run(t, 0)
		got := map[string]int{}
		for _, m := range server.Mails() {
			got[strings.ToLower(m.To)]++
		}
		told := ""
		d.with(t, func(w *app.Workspace) {
			if err := w.Read(t.Context(), d.who(), func(s *record.Session) error {
				list, _, err := notify.Inbox(t.Context(), s, notify.Page{Limit: 100})
				for _, n := range list {
					told += n.Text("en") + "\n"
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
		})
		unsure := 0
		for id, name := range receivers {
			n, said := got[strings.ToLower(name)+"@x.example"], strings.Contains(told, "to "+name+".")
			if said {
				unsure++
			}
			if n > 1 || n == 0 && !said {
				t.Errorf("%s (%s) got %d letters, told: %v", name, id, n, said)
			}
		}
		t.Logf("%d kills, %d letters, of %d nobody knows", kills, len(server.Mails()), unsure)
		if kills == 0 {
			t.Error("no process was killed")
		}
	})
}

// toMail has a dashboard due for a crowd.
func (d doomed) toMail(t *testing.T, w *app.Workspace, server smtp.Server, receivers map[value.ID]string) {
	t.Helper()
	var to []value.ID
	for i := range 12 * killRounds() {
		name := fmt.Sprintf("Crowd%d", i)
		in, err := w.AddMember(t.Context(), record.AsSystem("test"), app.NewMember{Name: name, Email: name + "@x.example", Password: "correct horse battery", Role: access.RepRole})
		if err != nil {
			t.Fatal(err)
		}
		receivers[in.Member], to = name, append(to, in.Member)
	}
	if err := w.Write(t.Context(), d.who(), func(s *record.Session) error {
		if err := smtp.Settings.Set(t.Context(), s.Tx(), server); err != nil {
			return err
		}
		out, err := s.Create(t.Context(), report.Schedules.Name, record.Values{"name": "Crowd", "of": "report:pipeline", "every": report.Daily, "hour": int64(6), "receivers": to})
		if err != nil {
			return err
		}
		_, err = s.AsSystem("test").Update(t.Context(), report.Schedules.Name, out.ID, 0, record.With(record.Values{}, report.ScheduleNext, s.Now().Add(-time.Hour)))
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
