package record_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// TestAccountsWithManyEntriesOpenLikeOthers fills one account with 10,000
// entries: its page reads as much as that of one with forty.
func TestAccountsWithManyEntriesOpenLikeOthers(t *testing.T) {
	t.Parallel()
	var reading atomic.Int64 // the account whose pages are being read, 0 = none
	var counts [2]atomic.Int64
	s := webtest.Heard(t, pages, func(x store.Statement) {
		if at := reading.Load(); at > 0 {
			counts[at-1].Add(1)
			if strings.HasPrefix(x.SQL, "SELECT") && strings.Contains(x.SQL, "link_about") && !strings.Contains(x.SQL, "LIMIT") && !strings.Contains(x.SQL, " IN (") {
				t.Errorf("reads all entries: %s", x.SQL)
			}
		}
	})
	few := s.Create(t, s.Rita, "account", record.Values{"name": "Few"})
	many := s.Create(t, s.Rita, "account", record.Values{"name": "Many"})
	fill(t, s, few, 40)
	fill(t, s, many, 10_000)
	rita := s.User(t, s.Rita)
	size := map[value.ID]int{}
	rita.Get("/accounts/" + few.String()) // the first page also learns what is kept for all of them
	for i, id := range []value.ID{few, many} {
		reading.Store(int64(i + 1))
		for _, path := range []string{"", "/tabs", "/timeline", "/figures", "/tab/tasks", "/peek"} {
			a := rita.Get("/accounts/" + id.String() + path)
			has(t, a, 200)
			if n := strings.Count(a.Body, "<article"); n > 30 {
				t.Errorf("%s shows %d entries at once", path, n)
			}
			size[id] += len(a.Body)
		}
	}
	reading.Store(0)
	if a, b := counts[0].Load(), counts[1].Load(); a != b || a == 0 {
		t.Errorf("%d statements for few entries, %d for many", a, b)
	}
	if size[many] > size[few]+2000 {
		t.Errorf("pages of %d and %d bytes", size[few], size[many])
	}
}

// TestFirstEntriesFillTheScreen: what comes with the page is more than a screen
// shows, even of the shortest entries; the rest comes as one scrolls.
func TestFirstEntriesFillTheScreen(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	account := s.Create(t, s.Rita, "account", record.Values{"name": "Busy"})
	b := record.Batch{Object: "activity"}
	for i := range 60 {
		b.Changes = append(b.Changes, record.Change{Values: record.Values{"kind": "task", "subject": fmt.Sprintf("Task %d", i), "done": true,
			"about": []schema.Ref{{Object: "account", ID: account}}}})
	}
	s.Write(t, s.Rita, func(s *record.Session) error {
		_, err := s.Save(t.Context(), b)
		return err
	})
	at := "/accounts/" + account.String()
	rita, told := s.User(t, s.Rita), map[string]int{}
	for next := at; next != at+"/timeline?"; { // links lead on without scripts
		page := rita.Get(next)
		has(t, page, 200, "Busy", "<html")
		for _, subject := range regexp.MustCompile(`>Task \d+<`).FindAllString(page.Body[strings.Index(page.Body, `id="r-timeline"`):], -1) {
			told[subject]++
		}
		next = at + "/timeline?" + strings.ReplaceAll(between(page.Body, `href="`+at+`/timeline?`, `"`), "&amp;", "&")
	}
	for subject, n := range told {
		if n != 1 {
			t.Errorf("%s stands there %d times", subject, n)
		}
	}
	if len(told) != 60 {
		t.Errorf("%d of 60 tasks are told of", len(told))
	}
	browser := s.Browser(t, s.Rita)
	for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
		browser.Size(size[0], size[1])
		browser.Open(at)
		browser.Wait("document.querySelectorAll('article.ev').length === 12")
		browser.Wait("document.querySelector('[data-more]').getBoundingClientRect().top > innerHeight")
		browser.Eval("document.querySelector('[data-more]').scrollIntoView()")
		browser.Wait("document.querySelectorAll('article.ev').length === 42")
	}
}

func fill(t *testing.T, s *webtest.Site, account value.ID, n int) {
	t.Helper()
	for done := 0; done < n; {
		b := record.Batch{Object: "activity"}
		for ; done < n && len(b.Changes) < 1000; done++ {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"kind": "note", "body": fmt.Sprintf("Note %05d", done), "done": true,
				"about": []schema.Ref{{Object: "account", ID: account}}}})
		}
		s.Write(t, s.Rita, func(s *record.Session) error {
			_, err := s.Save(t.Context(), b)
			return err
		})
	}
}
