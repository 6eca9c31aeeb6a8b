package web_test

import (
	"fmt"
	"io"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/notify/smtp/smtptest"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// TestAManagerForeseesAQuarter follows a manager through a Monday: he plans the
// targets of the next quarter, holds the forecast against them, looks back to see
// what was foreseen and what became of his deals, finds where a rep loses hers and has the dashboard
// brought to him. A figure that is pressed lists as many deals as it says. His rep
// then sees the same of herself, and nothing of others.
func TestAManagerForeseesAQuarter(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		x := &foresight{Site: s, t: t, truth: s.Plant(t, apptest.Planting{Seed: 3}), mails: smtptest.Start(t, nil, false)}
		x.mailable(s.Browser(t, s.Ada))
		b := s.Browser(t, s.Bob)
		x.planned(b)
		x.compared(b)
		x.explained(b)
		x.lookedBack(b)
		x.foundWeak(b)
		x.mailed(b)
		x.herself()
	})
}

type foresight struct {
	*webtest.Site
	t     *testing.T
	truth *apptest.Truth
	mails *smtptest.Server
}

// count is how many of the planted deals are so.
func (x *foresight) count(so func(d *apptest.PlantedDeal) bool) (n int) {
	for i := range x.truth.Deals {
		if so(&x.truth.Deals[i]) {
			n++
		}
	}
	return n
}

// follow presses a figure, whose words have the number of deals, and expects as
// many behind it; then it goes back.
func (x *foresight) follow(b *webtest.Browser, figure string) (n string) {
	x.t.Helper()
	b.Visible(figure)
	from := b.Path()
	n = b.Eval(fmt.Sprintf("(e => (e.title || e.innerText).match(/[\\d,]+/)[0])([...document.querySelectorAll(%q)].find(e => e.checkVisibility()))", figure))
	b.Click(figure)
	b.Wait(fmt.Sprintf("location.pathname + location.search !== %q", from))
	x.lists(b, n)
	b.Eval("history.back()")
	b.Wait(fmt.Sprintf("location.pathname + location.search === %q", from))
	b.Visible(figure)
	return n
}

// lists waits for a list of so many deals.
func (x *foresight) lists(b *webtest.Browser, n string) {
	x.t.Helper()
	words := n + " deals"
	if n == "1" {
		words = "1 deal"
	}
	b.Wait(fmt.Sprintf("[...document.querySelectorAll('tfoot .nm, .tile h2')].some(e => e.innerText.trim() === %q)", words))
}

// mailable is the administrator's part: which server takes mails.
func (x *foresight) mailable(b *webtest.Browser) {
	b.Open("/settings/mail")
	b.Type("[name=host]", "127.0.0.1")
	b.Type("[name=port]", fmt.Sprint(x.mails.Port))
	b.Choose("[name=safety]", "plain")
	b.Type("[name=sender]", "crm@example.com")
	b.Type("[name=user]", smtptest.User)
	b.Type("[name=password]", smtptest.Password)
	b.Type("[name=site]", x.URL)
	b.ClickText("Save")
	b.Visible("form[action='/settings/mail/test']")
}

// planned takes the proposals for the next quarter, but wants more of Rita, which
// asks for a reason.
func (x *foresight) planned(b *webtest.Browser) {
	b.Open("/")
	b.Click("a[href='/targets']")
	b.See("h1", "Targets")
	b.ClickText("Plan ")
	b.See("h1", "Plan targets")
	b.Choose("select[name=fill]", "proposals")
	b.ClickText("Show")
	b.Wait("[...document.querySelectorAll('input[name=value]')].some(x => x.value !== '')")
	b.Type("input[name=value][aria-label*=Rita]", "900000")
	b.ClickText("Save all")
	b.See(".err", "Rita: ")
	b.See(".err", "carried before")
	b.Visible("input[name=reason][aria-label*=Rita][aria-invalid=true]")
	b.Allow("422")
	b.Type("input[name=reason][aria-label*=Rita]", "She takes Iberia over")
	b.ClickText("Save all")
	b.See(".toast", "targets are set")
	b.See("h1", "Targets")
	b.See("tbody tr", "€900,000")
}

// compared holds the forecast of that quarter against the targets, and this
// quarter's, where the most is closed, follows to its deals.
func (x *foresight) compared(b *webtest.Browser) {
	b.Click("a[href='/forecast']")
	b.See("h1", "Forecast")
	b.Visible("#range .ch")
	if n := x.follow(b, "tbody tr:first-child a[href^='/deals']"); n == "0" {
		x.t.Error("the figures of the quarter are of no deals")
	}
	x.follow(b, "tfoot a[href^='/deals']")
	b.Click("[aria-label='The period after']")
	b.See("thead", "Target")
	b.See("tfoot", "%")
}

// explained travels back into the quarter before, sees what became of what was to
// close in it as a waterfall, and opens the deals behind each step. It answers what
// was open.
func (x *foresight) explained(b *webtest.Browser) (open string) {
	quarter := value.PeriodOf(value.Quarter, value.DateOf(x.Now(), time.UTC), time.January).Prev()
	day := quarter.First().AddDays(20).String()
	b.Click("a[href='/forecast']")
	b.Click("[aria-label='The period before']")
	b.Wait("location.search.includes('period=" + quarter.String() + "')")
	b.Click("#b-as-of")
	b.Choose("#as-of", day)
	b.ClickText("Apply")
	b.Wait("location.search.includes('as_of=" + day + "')")
	b.ClickText("What changed from")
	b.Wait("location.pathname === '/reports/changes'")
	for _, asked := range []string{"from=" + day, "to=" + quarter.Last().String(), "closing_from=" + quarter.First().String(), "closing_to=" + quarter.Last().String()} {
		b.Wait("location.search.includes('" + asked + "')")
	}
	b.Visible(".ch")
	for _, part := range []string{"won", "lost"} {
		if n := x.follow(b, "table a[href*='part="+part+"']"); n == "0" {
			x.t.Errorf("nothing is %s", part)
		}
	}
	b.Click(".ch a[href*='part=']")
	b.Wait("location.pathname === '/reports/changes/deals'")
	b.Eval("history.back() ?? true")
	return x.follow(b, "tbody tr:first-child a[href*='as_of']")
}

// lookedBack asks what was foreseen three weeks ago, and what became of the deals
// that were open then.
func (x *foresight) lookedBack(b *webtest.Browser) {
	now := x.Now()
	from := now.AddDate(0, 0, -21)
	eve := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, time.UTC)
	b.Click("a[href='/forecast']")
	b.Click("#b-as-of")
	b.Choose("#as-of", from.Format(time.DateOnly))
	b.ClickText("Apply")
	b.Wait("location.search.includes('as_of=')")
	quarter := value.PeriodOf(value.Quarter, value.DateOf(now, time.UTC), time.January).First().Time(time.UTC)
	then := x.count(func(d *apptest.PlantedDeal) bool { return d.Won && !d.Ended.Before(quarter) && d.Ended.Before(eve) })
	if n := x.follow(b, "tfoot td:nth-child(5) a[href*='as_of']"); n != fmt.Sprint(then) {
		x.t.Errorf("%s deals of %d were closed by then", n, then)
	}
	b.ClickText("Back to today")
	b.Wait("!location.search.includes('as_of=')")
	if n := x.follow(b, "tfoot td:nth-child(5) a[href^='/deals']"); n == fmt.Sprint(then) {
		x.t.Errorf("%s deals are closed, as three weeks ago", n)
	}
	since := func(at time.Time) bool { return !at.Before(eve) && !at.After(now) }
	b.Click("a[href='/reports']")
	b.ClickText("What changed")
	b.Choose("input[name=from]", from.Format(time.DateOnly))
	b.Choose("select[name=pipeline]", x.truth.Pipeline.String())
	b.ClickText("Show")
	b.Wait("location.search.includes('from=" + from.Format(time.DateOnly) + "')")
	for part, want := range map[string]int{
		"lost":  x.count(func(d *apptest.PlantedDeal) bool { return !d.Open() && !d.Won && since(d.Ended) }),
		"won":   x.count(func(d *apptest.PlantedDeal) bool { return d.Won && since(d.Ended) }),
		"added": x.count(func(d *apptest.PlantedDeal) bool { return since(d.Began) }),
	} {
		if n := x.follow(b, "table a[href*='part="+part+"']"); n != fmt.Sprint(want) {
			x.t.Errorf("%s: %s of %d deals", part, n, want)
		}
	}
	open := x.count(func(d *apptest.PlantedDeal) bool { return d.Began.Before(eve) && (d.Open() || !d.Ended.Before(eve)) })
	if n := x.follow(b, "tbody tr:first-child a[href*='as_of']"); n != fmt.Sprint(open) {
		x.t.Errorf("%s deals of %d were open", n, open)
	}

	// The same day from the list's own bar, and on the board.
	b.Click("tbody tr:last-child a[href^='/deals']")
	b.Click("#b-as-of")
	b.Choose("#as-of", from.Format(time.DateOnly))
	b.ClickText("Apply")
	b.See(".vnote", "Back to today")
	x.lists(b, fmt.Sprint(open))
	b.Click("a[href*='layout=board']")
	b.Wait("location.search.includes('layout=board') && location.search.includes('as_of=')")
	b.Visible("#board .col")
	b.See(".vnote", "Back to today")
}

// foundWeak hears of a rep's weak stage, and sees in the matrix how many deals he
// lost there.
func (x *foresight) foundWeak(b *webtest.Browser) {
	if err := x.Workspace.WatchStages(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	weak := x.truth.Stages[x.truth.WeakStage].Name
	b.Open("/notifications")
	b.ClickText("From “" + weak + "” fewer deals of Max")
	b.Wait("location.pathname === '/reports/weak-spots'")
	b.See("tbody tr", weak)
	b.Click("a[href='/reports']")
	b.ClickText("Where each person loses deals")
	b.Choose("select[name=period]", "all")
	b.ClickText("Show")
	b.Wait("location.search.includes('period=all')")
	b.Visible("table.rows")
	row := b.Eval(fmt.Sprintf("1 + [...document.querySelectorAll('table.rows tbody tr')].findIndex(r => r.innerText.startsWith('Max') && r.innerText.includes(%q))", weak))
	want := x.count(func(d *apptest.PlantedDeal) bool {
		return d.Owner == x.truth.WeakRep && !d.Open() && !d.Won && len(d.Entered) == x.truth.WeakStage+1
	})
	if n := x.follow(b, "table.rows tbody tr:nth-child("+row+") a.ext[href*='lost_stage']"); n != fmt.Sprint(want) {
		x.t.Errorf("Max lost %s of %d deals there", n, want)
	}
	b.Click(".ch-ht a[href*='lost_stage']")
	b.Wait("location.pathname === '/deals'")
}

var dashboardLink = regexp.MustCompile(`http://[^"\s]+(/dashboards/monday)`)

// mailed has the dashboard sent every Monday, and opens it from the first mail.
func (x *foresight) mailed(b *webtest.Browser) {
	b.Click("a[href='/dashboards']")
	b.See("h1", "Monday")
	b.Wait("!document.querySelector('[aria-busy] > .ch-none')")
	b.Click("a[href='/schedules?of=dashboard:monday']")
	b.See("h2", "Monday")
	b.ClickText("Send from now on")
	b.See(".toast", "It will be sent")
	b.See(".lines", "Bob")
	x.Pass(7 * 24 * time.Hour)
	for range 2 { // twice a minute later changes nothing
		if err := x.Workspace.PostDue(x.t.Context()); err != nil {
			x.t.Fatal(err)
		}
		x.Drain(x.t)
	}
	var letters []string
	for _, m := range x.mails.Mails() { // his people are told of their targets by mail, too
		if strings.Contains(m.Header.Get("Subject"), "Monday") {
			data, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(m.Body)))
			if err != nil || !strings.EqualFold(m.To, "bob@test.example") {
				x.t.Errorf("the dashboard goes to %s: %v", m.To, err)
			}
			letters = append(letters, string(data))
		}
	}
	if len(letters) != 1 {
		x.t.Fatalf("%d letters", len(letters))
	}
	body := letters[0]
	for _, want := range []string{"Won revenue", "<table", "Max"} {
		if !strings.Contains(body, want) {
			x.t.Errorf("the mail lacks %q: %.3000s", want, body)
		}
	}
	link := dashboardLink.FindStringSubmatch(body)
	if link == nil {
		x.t.Fatalf("the mail leads nowhere: %.3000s", body)
	}
	b.Open(link[1])
	b.See("h1", "Monday")
}

// herself is the rep's view: everything of her own first, of others nothing.
func (x *foresight) herself() {
	x.Write(x.t, x.Ada, func(s *record.Session) error {
		role, _ := s.Roster().Role(access.RepRole)
		_, err := s.Update(x.t.Context(), "role", role, 0, record.Values{"permissions": `{"objects": {"*": {"read": "own", "create": "own", "update": "own"}}}`})
		return err
	})
	b := x.Browser(x.t, x.Rita)
	b.Open("/")
	alone := func() {
		x.t.Helper()
		b.Still()
		for _, other := range []string{"Max", "Olga"} {
			if b.Eval(fmt.Sprintf("document.querySelector('#main .scroll').innerText.includes(%q)", other)) == "true" {
				x.t.Errorf("%s tells Rita of %s", b.Path(), other)
			}
		}
	}
	b.Click("a[href='/targets']")
	b.See("h1", "Targets")
	b.Click("[aria-label='Q2 2026']")
	b.See("tbody tr", "€900,000")
	alone()
	b.Click("a[href='/forecast']")
	b.See("[aria-current]", "Mine")
	b.Visible("#range .ch")
	x.follow(b, "tfoot a[href^='/deals']")
	alone()
	b.ClickText("Everybody")
	alone()
	if n := x.explained(b); n == "0" {
		x.t.Error("nothing of hers was open")
	}
	b.Click("a[href='/reports']")
	b.ClickText("What changed")
	from := x.Now().AddDate(0, 0, -28)
	eve := time.Date(from.Year(), from.Month(), from.Day()+1, 0, 0, 0, 0, time.UTC)
	b.Choose("input[name=from]", from.Format(time.DateOnly))
	b.Choose("select[name=pipeline]", x.truth.Pipeline.String())
	b.ClickText("Show")
	b.Wait("location.search.includes('from=" + from.Format(time.DateOnly) + "')")
	open := x.count(func(d *apptest.PlantedDeal) bool {
		return d.Owner == x.Rita && d.Began.Before(eve) && (d.Open() || !d.Ended.Before(eve))
	})
	if n := x.follow(b, "tbody tr:first-child a[href*='as_of']"); n != fmt.Sprint(open) {
		x.t.Errorf("%s deals of %d of hers were open", n, open)
	}
	x.follow(b, "table a[href*='part=']")
	b.Click("a[href='/dashboards']")
	b.See("h1", "My business")
	b.Wait("!document.querySelector('[aria-busy] > .ch-none')")
	alone()
	b.Click("a[href='/reports']")
	b.ClickText("Where each person loses deals")
	b.See("table.rows", "Rita")
	alone()
}
