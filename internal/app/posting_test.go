package app_test

import (
	"encoding/json"
	"io"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func mailServer(t *testing.T, k *apptest.Kit) *smtptest.Server {
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

// due does what a server does each minute.
func due(t *testing.T, k *apptest.Kit) {
	t.Helper()
	if err := k.Workspace.PostDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Drain(t)
}

func wonDeal(t *testing.T, k *apptest.Kit, owner value.ID, name, amount string) {
	t.Helper()
	account := k.Create(t, owner, "account", record.Values{"name": name + " Ltd"})
	id := k.Create(t, owner, "deal", record.Values{"name": name, "account": account, "amount": amount, "close_date": value.DateOf(k.Now(), time.UTC).String()})
	k.Write(t, owner, func(s *record.Session) error {
		_, err := sales.Win(t.Context(), s, id, 0, sales.Close{})
		return err
	})
}

// A dashboard is mailed to each colleague as he may see it: once for each time,
// once and late after the server stood still, and not to who left.
func TestDashboardsAreMailed(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		wonDeal(t, k, k.Rita, "North", "1000")
		wonDeal(t, k, k.Olga, "South", "500")
		k.Create(t, k.Max, "deal", record.Values{"name": "West", "account": k.Create(t, k.Max, "account", record.Values{"name": "West & <Sons>"}), "amount": "70"})
		id := k.Create(t, k.Bob, report.Schedules.Name, record.Values{"name": "Our week", "of": "dashboard:monday", "every": report.Weekly, "weekday": int64(1), "hour": int64(7),
			"receivers": []value.ID{k.Bob, k.Max}})
		due(t, k) // it is not time yet
		k.Pass(8 * 24 * time.Hour)
		due(t, k)
		if told := k.Inbox(t, k.Bob); len(told) == 0 || !strings.Contains(told[0].Text("en"), "no mail server") {
			t.Fatalf("without a mail server the owner hears %+v", told)
		}
		x := mailServer(t, k)
		due(t, k)
		if n := len(x.Mails()); n != 0 {
			t.Fatalf("%d mails before the next time", n)
		}
		k.Pass(22 * 24 * time.Hour) // three times are missed
		due(t, k)
		due(t, k)
		mails := x.Mails()
		if len(mails) != 2 {
			t.Fatalf("%d mails: %+v", len(mails), mails)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(mails[0].Body)))
		for _, want := range []string{"text/html", "<table", "Won revenue", "Forecast against target", "What changed in seven days", "https://crm.example.com/dashboards/monday", "Lost deals by reason", "West &amp; &lt;Sons&gt;"} {
			if !strings.Contains(mails[0].Header.Get("Content-Type")+string(body), want) || err != nil {
				t.Errorf("the letter lacks %q (%v): %s", want, err, body)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), access.Members.Name, k.Max, 0, record.Values{"active": false})
			return err
		})
		k.Pass(7 * 24 * time.Hour)
		due(t, k)
		if mails := x.Mails(); len(mails) != 3 || !strings.EqualFold(mails[2].To, "bob@test.example") {
			t.Errorf("%d mails; the last to %s", len(mails), mails[len(mails)-1].To)
		}
		if told := k.Inbox(t, k.Bob); !strings.Contains(told[0].Text("en"), "was not sent to Max") {
			t.Errorf("the owner hears %q", told[0].Text("en"))
		}
		k.Write(t, k.Bob, func(s *record.Session) error { return s.Delete(t.Context(), report.Schedules.Name, id) })
		k.Pass(7 * 24 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 3 {
			t.Errorf("%d mails of a schedule that is gone", n)
		}
	})
}

// What is mailed is computed with the eyes of its receiver.
func TestEachReceiverSeesHisOwn(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		wonDeal(t, k, k.Rita, "North", "1000")
		wonDeal(t, k, k.Olga, "South", "500")
		x := mailServer(t, k)
		k.Create(t, k.Bob, report.Schedules.Name, record.Values{"name": "Mine", "of": "dashboard:mine", "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Rita, k.Olga}})
		k.Pass(25 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 2 {
			t.Fatalf("%d mails", n)
		}
		for _, m := range x.Mails() {
			mine, other := "€1k", "€500"
			if strings.EqualFold(m.To, "olga@test.example") {
				mine, other = other, mine
			}
			body, _ := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.Body)))
			if !strings.Contains(string(body), mine) || strings.Contains(string(body), other) {
				t.Errorf("%s reads %s", m.To, body)
			}
		}
	})
}

// Who stays and may no longer see what is sent gets no letter and hears why, once;
// the owner hears of it, too.
func TestLosingSightOfASchedule(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := mailServer(t, k)
		board := k.Create(t, k.Bob, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all", "layout": `{"tiles":[{"kind":"panel","of":"forecast","width":6}]}`})
		k.Create(t, k.Bob, report.Schedules.Name, record.Values{"name": "Our day", "of": "dashboard:" + board.String(), "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Bob, k.Max}})
		k.Pass(25 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 2 {
			t.Fatalf("%d mails", n)
		}
		k.Write(t, k.Bob, func(s *record.Session) error {
			_, err := s.Update(t.Context(), report.Dashboards.Name, board, 0, record.Values{"visibility": "private"})
			return err
		})
		for range 2 {
			k.Pass(24 * time.Hour)
			due(t, k)
		}
		for _, m := range x.Mails()[2:] {
			if !strings.EqualFold(m.To, "bob@test.example") {
				t.Errorf("a letter to %s", m.To)
			}
		}
		count := func(who value.ID, text string) (n int) {
			for _, m := range k.Inbox(t, who) {
				if strings.Contains(m.Text("en"), text) {
					n++
				}
			}
			return n
		}
		if n := count(k.Bob, "was not sent to Max, who may no longer see it"); n != 2 {
			t.Errorf("the owner was told %d times", n)
		}
		if n := count(k.Max, "no longer comes to you"); n != 1 {
			t.Errorf("Max was told %d times", n)
		}
	})
}

// Who may not read what a ready report stands on gets no letter of it, and hears why;
// of a dashboard the other tiles come, and say so of that one. Who may gets both.
func TestAHiddenReportIsNotMailed(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := mailServer(t, k)
		wonDeal(t, k, k.Rita, "North", "4321")
		board := k.Create(t, k.Bob, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all",
			"layout": `{"tiles":[{"kind":"table","of":"ranking","width":6},{"kind":"list","of":"accounts","column":"name","width":6}]}`})
		closed := k.Create(t, k.Bob, report.Dashboards.Name, record.Values{"name": "Closed", "visibility": "all", "layout": `{"tiles":[{"kind":"table","of":"ranking","width":6}]}`})
		schedule := func(name, of string) record.Values {
			return record.Values{"name": name, "of": of, "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Bob, k.Rita}}
		}
		for name, of := range map[string]string{"Places": "report:ranking", "Stages": "report:pipeline", "Ours daily": "dashboard:" + board.String(), "Closed daily": "dashboard:" + closed.String()} {
			k.Create(t, k.Bob, report.Schedules.Name, schedule(name, of))
		}
		k.Pass(25 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 8 {
			t.Fatalf("%d mails while all may be read", n)
		}
		k.Mask(t, "deal.amount")
		k.Pass(24 * time.Hour)
		due(t, k)
		got := map[string]int{}
		for _, m := range x.Mails()[8:] {
			got[strings.ToLower(m.To)]++
			if !strings.EqualFold(m.To, "rita@test.example") {
				continue
			}
			body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.Body)))
			if text := string(body); err != nil || !strings.Contains(text, "“Ranking by won revenue” asks for something that you may not read or that is no longer there.") || !strings.Contains(text, "North Ltd") || strings.Contains(text, "4,321") {
				t.Errorf("her letter: %s, %v", text, err)
			}
		}
		if got["rita@test.example"] != 1 || got["bob@test.example"] != 4 {
			t.Errorf("letters: %v", got)
		}
		count := func(who value.ID, text string) (n int) {
			for _, m := range k.Inbox(t, who) {
				if strings.Contains(m.Text("en"), text) {
					n++
				}
			}
			return n
		}
		if owner, she := count(k.Bob, "was not sent to Rita, who may no longer see it"), count(k.Rita, "no longer comes to you"); owner != 3 || she != 3 {
			t.Errorf("the owner was told %d times, she %d", owner, she)
		}
		err := k.Try(t.Context(), k.Bob, func(s *record.Session) error {
			_, err := s.Create(t.Context(), report.Schedules.Name, schedule("More", "report:pipeline"))
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "report.schedule_unseen") {
			t.Errorf("a receiver who may not read it: %v", err)
		}
		k.Create(t, k.Bob, report.Schedules.Name, schedule("Less", "report:leads-by-source"))
	})
}

// A report or list that is not shared has no name in a letter, nor its id: the letter
// says so in the words of who reads it, and the rest of the dashboard stands beside.
func TestAnUnsharedReportHasNoNameInALetter(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := mailServer(t, k)
		wonDeal(t, k, k.Rita, "North", "4321")
		own := k.Create(t, k.Bob, report.Saved.Name, record.Values{"name": "Bob's 秘密", "object": "deal"})
		view := k.Create(t, k.Bob, record.Views.Name, record.Values{"name": "Bob's list", "object": "deal"})
		board := k.Create(t, k.Bob, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all",
			"layout": `{"tiles":[{"kind":"table","of":"` + own.String() + `","width":6},{"kind":"list","of":"` + view.String() + `","width":6},{"kind":"list","of":"accounts","column":"name","width":6}]}`})
		k.Create(t, k.Bob, report.Schedules.Name, record.Values{"name": "Ours daily", "of": "dashboard:" + board.String(), "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Bob, k.Rita, k.Max}})
		k.Speak(t, k.Max, "zh")
		k.Pass(25 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 3 {
			t.Fatalf("%d mails", n)
		}
		for _, m := range x.Mails() {
			text := letters(t, []smtptest.Mail{m})
			unshared := strings.Contains(text, "There is no report here that you may see") || strings.Contains(text, "此处没有您可查看的报表")
			if his := strings.EqualFold(m.To, "bob@test.example"); his == unshared || his != strings.Contains(text, "Bob's 秘密") && his != strings.Contains(text, "Bob&#39;s 秘密") {
				t.Errorf("%s reads %s", m.To, text)
			} else if !his && (strings.Contains(text, own.String()) || strings.Contains(text, view.String()) || strings.Contains(text, "秘密") || strings.Contains(text, "Bob's list")) {
				t.Errorf("%s reads a name or an id: %s", m.To, text)
			}
			if !strings.Contains(text, "North Ltd") || strings.Contains(text, "<h2 style=\"font-size:16px;margin:24px 0 6px\"></h2>") {
				t.Errorf("%s reads %s", m.To, text)
			}
			if zh := strings.EqualFold(m.To, "max@test.example"); zh != strings.Contains(text, "此处没有您可查看的报表") {
				t.Errorf("%s reads %s", m.To, text)
			}
		}
	})
}

// letters reads mails that came, as their text.
func letters(t *testing.T, mails []smtptest.Mail) (all string) {
	t.Helper()
	for _, m := range mails {
		body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.Body)))
		if err != nil {
			t.Fatal(err)
		}
		all += strings.ReplaceAll(string(body), "\r", "")
	}
	return all
}

// Lines from which little follows are marked in letters, too.
func TestSmallSamplesAreToldInMails(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := mailServer(t, k)
		act := func(owner value.ID, n int) {
			for range n {
				k.Create(t, k.Ada, "activity", record.Values{"subject": "x", "kind": "call", "done": true, "owner": owner})
			}
		}
		act(k.Olga, 10)
		k.Create(t, k.Ada, report.Schedules.Name, record.Values{"name": "Work", "of": "report:activity-by-person", "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Ada}})
		for n, want := range []bool{false, true} {
			k.Pass(25 * time.Hour)
			due(t, k)
			text := letters(t, x.Mails()[n:])
			if strings.Contains(text, "Sample") != want || strings.Contains(text, ">small<") != want || !strings.Contains(text, "Olga") || strings.Count(text, ">small<") > 1 {
				t.Errorf("letter %d: %s", n, text)
			}
			act(k.Rita, 9)
		}
	})
}

// Every ready report over an empty base says in a letter why it is empty and what to
// do, as a table and as a chart.
func TestEmptyReportsExplainThemselvesInMails(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x, want, kinds := mailServer(t, k), map[string]string{}, []string{report.ChartTile, report.TableTile}
		var specs []report.Spec
		k.Read(t, k.Ada, func(s *record.Session) error {
			specs = k.App.Reports().Specs(s)
			for _, spec := range specs {
				table, err := k.App.Reports().RunSpec(t.Context(), s, spec, report.Params{})
				if err != nil {
					return err
				}
				w, err := report.Worded(s, i18n.FormatFor("en"), spec, table)
				if err != nil {
					return err
				}
				for _, kind := range kinds {
					want[spec.Name+" as a "+kind] = w.Nothing()
				}
			}
			return nil
		})
		var tiles []report.Tile
		for _, spec := range specs {
			for _, kind := range kinds {
				tiles = append(tiles, report.Tile{Kind: kind, Of: spec.Name, Title: spec.Name + " as a " + kind, Width: 6})
			}
		}
		for some := range slices.Chunk(tiles, 24) {
			board := k.Create(t, k.Ada, report.Dashboards.Name, record.Values{"name": "Some", "layout": report.Layout{Tiles: some}.String()})
			k.Create(t, k.Ada, report.Schedules.Name, record.Values{"name": "All", "of": "dashboard:" + board.String(), "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Ada}})
		}
		k.Pass(25 * time.Hour)
		due(t, k)
		text := letters(t, x.Mails())
		for title, why := range want {
			_, part, found := strings.Cut(text, "\n"+title+"\n---")
			part, _, _ = strings.Cut(part, "\n\n")
			if !found || why == "" || !strings.Contains(part, why) {
				t.Errorf("%s lacks %q: %s", title, why, part)
			}
		}
	})
}

// A report on a field that is gone is not sent, and its owner hears that it must be
// mended; on a dashboard its place says so, and the rest is sent.
func TestABrokenReportIsNotMailed(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		x := mailServer(t, k)
		change := func(changes ...schema.Change) {
			t.Helper()
			if _, err := k.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: k.Ada, Door: "page"}, changes, 0); err != nil {
				t.Fatal(err)
			}
		}
		change(schema.Change{Op: schema.AddField, Object: "deal", Set: json.RawMessage(`{"name":"places","kind":"whole","labels":{"en":"Places"}}`)})
		firm := k.Create(t, k.Bob, "account", record.Values{"name": "Aurora"})
		for i := range 3 {
			k.Create(t, k.Bob, "deal", record.Values{"name": "Pumps", "account": firm, "amount": "48151.62", "places": int64(i)})
		}
		id := k.Create(t, k.Bob, "report", record.Values{"name": "Many places", "object": "deal", "filter": "places > 1", "measures": "count\nsum:amount", "visibility": "all"})
		board := k.Create(t, k.Bob, report.Dashboards.Name, record.Values{"name": "Ours", "visibility": "all",
			"layout": `{"tiles":[{"kind":"table","of":"` + id.String() + `","width":6},{"kind":"list","of":"accounts","column":"name","width":6}]}`})
		for name, of := range map[string]string{"Places daily": "report:" + id.String(), "Ours daily": "dashboard:" + board.String()} {
			k.Create(t, k.Bob, report.Schedules.Name, record.Values{"name": name, "of": of, "every": report.Daily, "hour": int64(6), "receivers": []value.ID{k.Max}})
		}
		k.Pass(25 * time.Hour)
		due(t, k)
		if n := len(x.Mails()); n != 2 {
			t.Fatalf("%d mails while the field is there", n)
		}
		change(schema.Change{Op: schema.RemoveField, Object: "deal", Field: "places"})
		k.Pass(24 * time.Hour)
		due(t, k)
		mails := x.Mails()[2:]
		if len(mails) != 1 {
			t.Fatalf("%d mails without the field: %+v", len(mails), mails)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(mails[0].Body)))
		if text := string(body); err != nil || !strings.Contains(text, "fields that are gone") || !strings.Contains(text, "Aurora") || strings.Contains(text, "48,151") || strings.Contains(text, "144,45") {
			t.Errorf("the dashboard's letter: %s, %v", text, err)
		}
		told := 0
		for _, m := range k.Inbox(t, k.Bob) {
			if strings.Contains(m.Text("en"), "“Places daily” was not sent to Max: what it shows must be mended.") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("the owner was told %d times: %+v", told, k.Inbox(t, k.Bob))
		}
	})
}

// A schedule that could not be sent is refused when it is made.
func TestSchedulesAreChecked(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		own := k.Create(t, k.Ada, report.Dashboards.Name, record.Values{"name": "Secret", "layout": `{"tiles":[]}`})
		for field, v := range map[string]record.Values{
			"zone":      {"of": "dashboard:monday", "zone": "Mars/Olympus", "receivers": []value.ID{k.Ada}},
			"of":        {"of": "dashboard:none", "receivers": []value.ID{k.Ada}},
			"receivers": {"of": "dashboard:" + own.String(), "receivers": []value.ID{k.Max}},
			"hour":      {"of": "dashboard:monday", "hour": int64(24), "receivers": []value.ID{k.Ada}},
		} {
			v["name"] = "Bad"
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), report.Schedules.Name, v)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), access.Members.Name, k.Olga, 0, record.Values{"active": false})
			return err
		})
		for want, to := range map[string][]value.ID{"report.schedule_left": {k.Ada, k.Olga}, "report.schedule_nobody": {}} {
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), report.Schedules.Name, record.Values{"name": "Bad", "of": "dashboard:monday", "receivers": to})
				return err
			})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		for _, layout := range []string{`{"tiles":[{"kind":"chart","of":"pipeline","width":5}]}`, `{"tiles":[{"kind":"cake","of":"x","width":3}]}`, `{"period":"yesterday"}`, `{"x":1}`, `nonsense`} {
			err := k.Try(t.Context(), k.Ada, func(s *record.Session) error {
				_, err := s.Create(t.Context(), report.Dashboards.Name, record.Values{"name": "Bad", "layout": layout})
				return err
			})
			if err == nil {
				t.Errorf("%s is a layout", layout)
			}
		}
		err := k.Try(t.Context(), k.Max, func(s *record.Session) error {
			role, _ := s.Roster().Role(access.RepRole)
			_, err := s.Create(t.Context(), report.Dashboards.Name, record.Values{"name": "First", "first_for": role, "visibility": "all"})
			return err
		})
		if err == nil {
			t.Error("a rep says what all reps see first")
		}
	})
}

// A spot is found where it was planted, and told to managers once.
func TestWeakSpotsAreFound(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		truth := k.Plant(t, apptest.Planting{Seed: 3})
		k.Read(t, k.Ada, func(s *record.Session) error {
			spots, err := sales.WeakSpots(t.Context(), s, "")
			found := map[string]bool{}
			for _, x := range spots {
				if !x.Worse {
					continue
				}
				if found[x.Measure] = true; x.Person != truth.WeakRep || x.Stage != truth.Stages[truth.WeakStage].ID {
					t.Errorf("called weak: %+v", x)
				}
			}
			if !found[sales.GoesOn] || !found[sales.DaysThere] {
				t.Errorf("what was planted is not found: %+v", spots)
			}
			return err
		})
		before := len(k.Inbox(t, k.Bob))
		for range 2 {
			if err := k.Workspace.WatchStages(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		told := k.Inbox(t, k.Bob)
		if len(told)-before != 2 || !strings.Contains(told[0].Text("en"), "Max") {
			t.Errorf("told %d times: %+v", len(told)-before, told)
		}
		for _, rep := range []value.ID{k.Max, k.Rita} {
			for _, x := range k.Inbox(t, rep) {
				if strings.Contains(x.Text("en"), "“Offer”") {
					t.Errorf("a rep is told %q", x.Text("en"))
				}
			}
		}
		k.Read(t, k.Bob, func(s *record.Session) error {
			table, err := k.App.Reports().Run(t.Context(), s, sales.WeakSpotsReport, report.Params{})
			if err != nil || len(table.Rows) < 2 {
				t.Fatalf("%+v, %v", table, err)
			}
			for _, r := range table.Rows {
				n, _, err := s.Count(t.Context(), record.Query{Object: "deal", Filter: r.Filter, Count: record.CountExact})
				if err != nil || r.Values[0].Value != n {
					t.Errorf("%v stand there, the list has %d (%v)", r.Values[0].Value, n, err)
				}
			}
			return nil
		})
	})
}
