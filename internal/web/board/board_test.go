package board_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

// pages is the handler that the tests of this package open sites with.
func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

const address = "/deals?layout=board"

func has(t *testing.T, a webtest.Answer, status int, texts ...string) {
	t.Helper()
	body := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(a.Body)
	if a.Status != status {
		t.Fatalf("status %d, wanted %d: %.800s", a.Status, status, body)
	}
	for _, text := range texts {
		not := strings.HasPrefix(text, "!")
		if strings.Contains(body, strings.TrimPrefix(text, "!")) == not {
			t.Fatalf("wanted %q in %.3000s", text, body)
		}
	}
}

// hx are the headers of a script's request.
var hx = []string{"HX-Request", "true"}

func TestColumnsTellAllMatches(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		x.many(t, 60, "Qualified")
		rita := s.User(t, s.Rita)
		a := rita.Get(address)
		id := x.stages["Qualified"].String()
		has(t, a, 200, "€6,000 · weighted €1,500", `id="more-`+id, "No activity planned", "Acme")
		if n := strings.Count(a.Body, `data-v="`); n != 25 {
			t.Errorf("%d cards came at once", n)
		}
		seen := 25
		for more := nextCards(a.Body); more != ""; {
			b := rita.Get(more, hx...)
			has(t, b, 200)
			seen += strings.Count(b.Body, `data-v="`)
			more = nextCards(b.Body)
		}
		if seen != 60 {
			t.Errorf("%d of 60 cards", seen)
		}
		has(t, rita.Get(address+"&filter="+url.QueryEscape(`name = "Deal 7"`)), 200, "€100 · weighted €25", "Deal 7", "!Deal 8")
		has(t, s.User(t, s.Olga).Get(address+"&filter="+url.QueryEscape("owner = me()")), 200, "€0", "!Deal 7", "No deals match")
		has(t, rita.Get(address+"&filter=nonsense("), 200, "off")
		has(t, rita.Get("/deals/cards?column=999&cursor=x", hx...), 404)
	})
}

var nextURL = regexp.MustCompile(`hx-get="(/[a-z]+/cards[^"]*)"`)

func nextCards(body string) string {
	m := nextURL.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

func TestFullColumnsLoadByPage(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	x.many(t, 5000, "Proposal")
	a := s.User(t, s.Rita).Get(address)
	has(t, a, 200, "5,000</span>", "€500,000 · weighted €250,000")
	if n := strings.Count(a.Body, `data-v="`); n != 25 {
		t.Errorf("%d cards came at once", n)
	}
	has(t, s.User(t, s.Rita).Get(nextCards(a.Body), hx...), 200, `id="more-`)
}

func TestMoves(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		deal := x.deal(t, "Rollout", "Qualified", 1000)
		rita := s.User(t, s.Rita)
		to := func(stage string, more ...string) url.Values {
			_, v := x.field(t, "deal", deal, "name")
			f := url.Values{"board": {"1"}, "placed": {"1"}, "field": {"stage"}, "to": {x.stages[stage].String()}, "v": {value.ID(v).String()}}
			for i := 0; i+1 < len(more); i += 2 {
				f.Set(more[i], more[i+1])
			}
			return f
		}
		path := "/deals/" + deal.String() + "/move"
		a := rita.Post(path, to("Proposal"), hx...)
		has(t, a, 200, "Rollout moved to Proposal", "€1,000 · weighted €500", `hx-target="#card-`+deal.String(), "/undo/", "€0")

		has(t, s.User(t, s.Olga).Post(path, to("Qualified"), hx...), 403, "toast bad")

		lost := to("Lost")
		has(t, rita.Post(path, lost, hx...), 422, "Before Rollout can move to Lost", `name="f.lost_reason"`, "Keep in Proposal")
		lost.Set("f.lost_reason", "price")
		lost.Del("placed")
		has(t, rita.Post(path, lost, hx...), 200, "Rollout is lost", "afterbegin")
		if reason, _ := x.field(t, "deal", deal, "lost_reason"); reason != "price" {
			t.Errorf("the reason is %v", reason)
		}
		has(t, rita.Post(path, to("Negotiation"), hx...), 200, "Rollout is open again, in Negotiation")
		if reason, _ := x.field(t, "deal", deal, "lost_reason"); reason != nil {
			t.Errorf("a deal at work has the reason %v", reason)
		}
		has(t, rita.Post(path, to("Won"), hx...), 200, "Rollout is won")
		if status, _ := x.field(t, "deal", deal, "status"); status != "won" {
			t.Errorf("the status is %v", status)
		}
		if a := rita.Post(path, to("Proposal", "board", "")); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/deals/"+deal.String() {
			t.Errorf("without a script: %d %s", a.Status, a.Header.Get("Location"))
		}
	})
}

func TestMovesThatCannotBe(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		deal := x.deal(t, "Rollout", "Qualified", 1000)
		rita := s.User(t, s.Rita)
		f := url.Values{"board": {"1"}, "field": {"stage"}, "to": {x.stages["Proposal"].String()}, "v": {"1"}}
		path := "/deals/" + deal.String() + "/move"
		x.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"stage": x.stages["Negotiation"]})
			return err
		})
		x.Write(t, s.Ada, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"stage": x.stages["Negotiation"]})
			return err
		})
		has(t, rita.Post(path, f, hx...), 409, "toast bad")
		for _, bad := range []url.Values{
			{"board": {"1"}, "field": {"stage"}, "to": {"7"}}, {"board": {"1"}, "field": {"nothing"}, "to": {"7"}},
			{"board": {"1"}, "field": {"stage"}, "to": {"x' OR 1"}}, {"board": {"1"}, "field": {"kind"}, "to": {"nonsense"}}, {},
		} {
			if a := rita.Post(path, bad, hx...); a.Status != 404 && a.Status != 422 {
				t.Errorf("%v: %d", bad, a.Status)
			}
		}
		x.Write(t, s.Rita, func(se *record.Session) error { return se.Delete(t.Context(), "deal", deal) })
		has(t, rita.Post(path, f, hx...), 404, "toast bad")
		has(t, rita.Post("/deals/nonsense/move", f, hx...), 404)
		has(t, s.Stranger(t).Post(path, f, hx...), 401)
	})
}

func TestBoardsOfAnyObject(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		engine := s.Workspace.Engine()
		_, err := engine.ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, projects(), 0)
		if err != nil {
			t.Fatal(err)
		}
		id := s.Create(t, s.Ada, "project", record.Values{"name": "Move house", "phase": "plan"})
		ada := s.User(t, s.Ada)
		has(t, ada.Get("/projects?layout=board"), 200, "Move house", `data-stage="plan"`, `data-stage="done"`, `data-field="phase"`)
		f := url.Values{"board": {"1"}, "field": {"phase"}, "to": {"done"}, "v": {"1"}}
		has(t, ada.Post("/projects/"+id.String()+"/move", f, hx...), 200, "Move house moved to Done", `hx-target="#col-done"`)
		f.Set("to", "-")
		has(t, ada.Post("/projects/"+id.String()+"/move", f, hx...), 409)
		f.Set("v", "2")
		has(t, ada.Post("/projects/"+id.String()+"/move", f, hx...), 200, "Move house moved to No ")
	})
}

func projects() []schema.Change {
	return []schema.Change{
		{Op: schema.AddObject, Set: json.RawMessage(`{"name":"project","plural":"projects","labels":{"en":{"one":"Project","many":"Projects"}},
			"fields":[{"name":"name","kind":"text"},{"name":"phase","kind":"choice","options":[{"key":"plan"},{"key":"work"},{"key":"done"}]}]}`)},
	}
}

func TestPagesHearOfChanges(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	deal := x.deal(t, "Rollout", "Qualified", 1000)
	rita := s.User(t, s.Rita)
	a := rita.Get(address)
	col := regexp.MustCompile(`id="col-` + x.stages["Qualified"].String() + `"[^>]*data-has="([^"]*)"`).FindStringSubmatch(a.Body)
	if col == nil {
		t.Fatal("no mark")
	}
	again := "/deals/cards?has=" + x.stages["Qualified"].String() + "%3A1%3A" + col[1]
	has(t, rita.Get(again, hx...), 200, "!<li")
	x.Write(t, s.Rita, func(se *record.Session) error {
		_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"name": "Rollout II"})
		return err
	})
	has(t, rita.Get(again, hx...), 200, "<li", "Rollout II")
	has(t, rita.Get("/live?o=nothing"), 404)
}

// stream opens a stream as Rita and answers the next line that begins with something.
func stream(t *testing.T, s *webtest.Site, path string) func(want string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "wellmet_session", Value: s.Session(t, s.Rita)})
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("it is %s", kind)
	}
	lines := bufio.NewScanner(res.Body)
	return func(want string) string {
		t.Helper()
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), want) {
				return lines.Text()
			}
		}
		t.Fatalf("no %q before the end: %v", want, lines.Err())
		return ""
	}
}

func TestTheStreamTellsOfChanges(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	x := newShop(t, s)
	page := s.User(t, s.Rita).Get(address)
	mark := regexp.MustCompile(`data-heard="([^"]+)"`).FindStringSubmatch(page.Body)
	if mark == nil {
		t.Fatal("the page does not say what was heard before it")
	}
	next := stream(t, s, "/live?o=deal+nonsense")
	next("event: snapshot")
	if data := next("data: "); data != `data: [{"o":"deal","s":true}]` {
		t.Errorf("it begins with %s", data)
	}
	deal := x.deal(t, "Rollout", "Qualified", 10)
	next("event: changed")
	if data := next("data: "); data != `data: [{"o":"deal","ids":["`+deal.String()+`"]}]` {
		t.Errorf("it tells %s", data)
	}
	late := stream(t, s, "/live?o=deal&since="+mark[1])
	late("event: snapshot")
	if data := late("data: "); data != `data: [{"o":"deal","s":true}]` {
		t.Errorf("of what came between a page and its stream it tells %s", data)
	}
	told, rested := make(chan struct{}), make(chan error, 1)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-told:
				rested <- nil
				return
			default:
			}
			if err := s.Workspace.Write(context.Background(), record.AsSystem("test"), func(se *record.Session) error {
				_, err := se.Create(t.Context(), "deal", record.Values{"name": "Rollout " + strconv.Itoa(n), "account": x.account, "stage": x.stages["Qualified"]})
				return err
			}); err != nil {
				rested <- err
				return
			}
		}
	}()
	next("event: changed") // though the changes never pause
	close(told)
	if err := <-rested; err != nil {
		t.Error(err)
	}
	s.App.Live().HangUp()
	next("event: over")
}

// A card that one may read and not change cannot be picked up, and says so.
func TestCardsOfOthersStay(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		hers := x.deal(t, "Hers", "Qualified", 5).String()
		his := s.Create(t, s.Olga, "deal", record.Values{"name": "His", "account": x.account, "stage": x.stages["Qualified"]}).String()
		err := s.Workspace.Write(t.Context(), record.AsSystem("test"), func(se *record.Session) error {
			p, err := se.Query(t.Context(), record.Query{Object: "role", Filter: `key = "rep"`, Fields: []string{"id"}})
			if err != nil {
				return err
			}
			_, err = se.Update(t.Context(), "role", p.Records[0].ID, 0, record.Values{"permissions": `{"objects":{"*":{"read":"all","create":"all","update":"own"}}}`})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		a := s.User(t, s.Rita).Get(address)
		cards := map[string]string{}
		for _, card := range strings.Split(a.Body, "<li id=\"card-")[1:] {
			id, rest, _ := strings.Cut(card, "\"")
			cards[id], _, _ = strings.Cut(rest, "</li>")
		}
		for _, mark := range []string{"data-fixed", "You may not move this."} {
			if strings.Contains(cards[hers], mark) || !strings.Contains(cards[his], mark) {
				t.Errorf("%s: hers %s\nhis %s", mark, cards[hers], cards[his])
			}
		}
		for _, mark := range []string{"data-move", "dnd-help"} {
			if !strings.Contains(cards[hers], mark) || strings.Contains(cards[his], mark) {
				t.Errorf("%s: hers %s\nhis %s", mark, cards[hers], cards[his])
			}
		}
		list := s.User(t, s.Rita).Get("/deals").Body
		for _, row := range strings.Split(list, "<tr data-row>")[1:] {
			if edits := strings.Contains(row, "data-f="); edits != strings.Contains(row, ">Hers<") {
				t.Errorf("cells can be edited: %v in %s", edits, row)
			}
		}
	})
}

// Cards of deals and of leads tell how they came through the stages, and for how
// long they are where they are; who may not see stages is told neither.
func TestCardsTellThePath(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		x := newShop(t, s)
		deal := x.deal(t, "Rollout", "Prospecting", 1000)
		lead := x.Create(t, x.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		s.Pass(time.Hour)
		x.Write(t, x.Rita, func(s *record.Session) error {
			if _, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"status": "qualified"}); err != nil {
				return err
			}
			_, err := s.Update(t.Context(), "deal", deal, 0, record.Values{"stage": x.stages["Proposal"]})
			return err
		})
		rita := s.User(t, s.Rita)
		path := "Prospecting: passed · Qualified: skipped · Proposal: current · Negotiation: ahead"
		has(t, rita.Get(address), 200, path)
		has(t, rita.Get(address+"&by=forecast"), 200, path)
		has(t, rita.Get("/leads?layout=board"), 200, "New: passed · Working: skipped · Qualified: current", "0 days in this stage")
		has(t, rita.Get("/deals"), 200, path, "0 days in this stage, ")
		has(t, rita.Get("/leads?columns=name,path,stage_since"), 200, "New: passed · Working: skipped · Qualified: current", "0 days in this stage, ")
		s.Mask(t, "deal.stage")
		has(t, rita.Get("/deals?columns=name,path"), 200, "!Prospecting: passed")
	})
}
