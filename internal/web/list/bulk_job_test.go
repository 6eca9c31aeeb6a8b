package list_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// leads makes n leads of somebody.
func leads(t testing.TB, s *webtest.Site, who value.ID, n int) {
	t.Helper()
	s.Write(t, who, func(x *record.Session) error {
		for from := 0; from < n; from += record.MaxBatch {
			b := record.Batch{Object: "lead"}
			for i := from; i < min(n, from+record.MaxBatch); i++ {
				b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprintf("Lead %04d", i), "company": "Firm"}})
			}
			if _, err := x.Save(t.Context(), b); err != nil {
				return err
			}
		}
		return nil
	})
}

// over asks for a job until it is.
func over(t *testing.T, u *webtest.User, url string) string {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for range 1200 {
		if body := u.Get(url, "HX-Request", "true").Body; !strings.Contains(body, "every 1s") {
			return body
		}
		<-again.C
	}
	t.Fatalf("%s never ends", url)
	return ""
}

var (
	jobAddress  = regexp.MustCompile(`/jobs/\d+`)
	undoAddress = regexp.MustCompile(`/undo/\d+`)
)

// More records than fit into one step are changed by a job, after the figures
// of a trial were seen, and taken back as one act.
func TestBulkByAJob(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		leads(t, s, s.Rita, record.BulkAtOnce+30)
		leads(t, s, s.Olga, 3)
		role(t, s, `{"objects":{"*":{"read":"all","create":"all","update":"own","delete":"own"}}}`)
		rita, max := s.User(t, s.Rita), s.User(t, s.Max)
		post := func(path string, f url.Values) webtest.Answer { return rita.Post(path, f, "HX-Request", "true") }
		changed := "/leads/foot?filter=" + url.QueryEscape(`company = "Other"`)

		f := form("edit", nil, "all", "1", "f", "company", "value", "Other")
		a := post("/leads/bulk", f)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "1,033 leads") || !strings.Contains(a.Body, `name="sure"`) || !strings.Contains(a.Body, "Company: Other") || !strings.Contains(a.Body, "The newest 250") {
			t.Fatalf("a trial: %d %s", a.Status, a.Body)
		}
		if a = rita.Post("/leads/bulk", f); !strings.Contains(a.Body, `name="sure"`) || !strings.Contains(a.Body, "<h1") && !strings.Contains(a.Body, "<html") {
			t.Errorf("a trial without script: %d %s", a.Status, a.Body)
		}
		if body := get(t, rita, changed); !strings.Contains(body, "0 leads") {
			t.Errorf("a trial changed %s", body)
		}
		f.Set("sure", "1")
		a = post("/leads/bulk", f)
		at := jobAddress.FindString(a.Body)
		if a.Status != http.StatusOK || at == "" {
			t.Fatalf("many: %d %s", a.Status, a.Body)
		}
		body := over(t, rita, at)
		for _, want := range []string{"Done", "1,033 of 1,033", "Changed", "Refused", "but not change it", "/undo/"} {
			if !strings.Contains(body, want) {
				t.Errorf("the job does not tell %q:\n%s", want, body)
			}
		}
		if a := max.Get(at); a.Status != http.StatusNotFound {
			t.Errorf("another's job: %d", a.Status)
		}
		if a := max.Post(at+"/stop", nil); a.Status != http.StatusNotFound {
			t.Errorf("another's job stopped: %d", a.Status)
		}
		if a := rita.Post(at+"/stop", nil); a.Status != http.StatusConflict {
			t.Errorf("a job that is over stopped: %d", a.Status)
		}
		if body := get(t, rita, "/jobs"); !strings.Contains(body, at) || !strings.Contains(body, "Bulk change: Leads") {
			t.Errorf("jobs:\n%s", body)
		}
		if body := get(t, max, "/jobs"); strings.Contains(body, at) {
			t.Error("jobs of others are listed")
		}
		if body := get(t, rita, changed); !strings.Contains(body, "1,030 leads") {
			t.Errorf("changed: %s", body)
		}
		a = post(undoAddress.FindString(body), nil)
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "1,030 changes") {
			t.Fatalf("undo: %d %s", a.Status, a.Body)
		}
		if body := over(t, rita, at); !strings.Contains(body, "Undone") || strings.Contains(body, "/undo/") {
			t.Errorf("undone:\n%s", body)
		}
		if body := get(t, rita, changed); !strings.Contains(body, "0 leads") {
			t.Errorf("after the undo: %s", body)
		}
	})
}

// Whoever wants to see what comes of a change of few records asks for it.
func TestBulkTriedFirst(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		hers, his := deals(t, s, s.Rita, 3), deals(t, s, s.Olga, 1)
		role(t, s, `{"objects":{"*":{"read":"all","create":"all","update":"own","delete":"own"}}}`)
		u := s.User(t, s.Rita)
		a := u.Post("/deals/bulk", form("edit", append(hers, his...), "f", "next_step", "value", "Call <b>", "try", "1"), "HX-Request", "true")
		for _, want := range []string{"4 deals", "Next step: Call &lt;b&gt;", "<dd>3</dd>", "<dd>1</dd>", "but not change it", "All of them were tried"} {
			if !strings.Contains(a.Body, want) {
				t.Errorf("no %q in %d %s", want, a.Status, a.Body)
			}
		}
		if body := get(t, u, "/deals"); strings.Contains(body, "Call &lt;b&gt;") {
			t.Error("a trial stays")
		}
		if a = u.Post("/deals/bulk", form("edit", hers, "f", "amount", "value", "much", "try", "1"), "HX-Request", "true"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a trial of a bad value: %d", a.Status)
		}
	})
}

// From the list: select all, see the figures, watch, take back.
func TestBulkByAJobInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	leads(t, s, s.Rita, record.BulkAtOnce+200)
	b := s.Browser(t, s.Rita)
	b.Open("/leads?sort=name")
	b.See("tfoot", "1,200 leads")
	b.Click("[data-all]")
	b.ClickText("Select all 1,200")
	b.ClickText("Edit field")
	b.Visible("#bulk-edit select[name=f]")
	b.Choose("#bulk-edit select[name=f]", "company")
	b.See("#bulk-edit .primary", "Set company")
	b.Type("#bulk-value", "Other")
	b.Click("#bulk-edit .primary")
	b.See("#bulk-sure", "1,200 leads")
	b.Axe()
	b.Picture("bulk-sure")
	b.Size(390, 844)
	b.Theme("dark")
	b.Axe()
	b.Picture("bulk-sure-phone")
	b.Size(1440, 900)
	b.Click("#bulk-sure .primary")
	b.See("#job", "Done")
	b.See("#job", "1,200 of 1,200")
	b.See("tbody tr:first-child", "Other")
	b.Axe()
	b.Picture("bulk-job")
	b.Click("#job form button")
	b.See("#job", "Undone")
	b.Wait(`!document.querySelector('#list tbody').innerText.includes('Other')`)
	b.Click("dialog [data-close]")
	b.Gone("dialog")

	b.Open("/leads?q=Lead+0001")
	b.Click("[data-all]")
	b.ClickText("Delete")
	b.See("[data-toast]", "1 deleted")
	b.ClickText("Undo")
	b.See("tfoot", "1 lead")
}

// Who stops a long change sees in the same dialogue how far it came.
func TestStopABulkJobInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Quiet(t, pages)
	leads(t, s, s.Rita, record.BulkAtOnce+1)
	b := s.Browser(t, s.Rita)
	b.Open("/leads?sort=name")
	b.Click("[data-all]")
	b.ClickText("Select all 1,001")
	b.ClickText("Edit field")
	b.Visible("#bulk-edit select[name=f]")
	b.Choose("#bulk-edit select[name=f]", "company")
	b.See("#bulk-edit .primary", "Set company")
	b.Type("#bulk-value", "Other")
	b.Click("#bulk-edit .primary")
	b.See("#bulk-sure", "1,001 leads")
	b.Click("#bulk-sure .primary")
	b.See("#job", "0 of 1,001")
	b.Click("#job form button")
	b.See("#job", "Stopped")
	b.See("#job", "0 of 1,001")
}
