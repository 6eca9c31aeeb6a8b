package exchange_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// Each bad file says what happened and what to do, and what can be read is.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		for _, x := range []struct{ name, text, want string }{
			{"empty.csv", "", "The file is empty."},
			{"archive.xlsx", zipped(t), "is a damaged or protected workbook"},
		} {
			if a := upload(t, s, u, "account", x.name, x.text); a.Status != http.StatusUnprocessableEntity || !strings.Contains(words(a.Body), x.want) ||
				!strings.Contains(a.Body, "Choose another file") {
				t.Errorf("%s: %d %s", x.name, a.Status, words(a.Body))
			}
		}
		for _, x := range []struct{ name, text, want string }{
			{"really.xlsx", "name,phone\nAurora,\n", "really.xlsx is a CSV file, whatever its name says"},
			{"one.csv", "name\nAurora\nBoreas\n", "Only one column was found"},
			{"twice.csv", "name,phone,name\nAurora,,x\n", "is named name like another one"},
			{"quoted.csv", "name,description\n\"Aurora\nGmbH\",\"a \"\"b\"\"\"\nBoreas,c\n", "2 columns"},
			{"<script>alert(1).csv", "name\n<img src=x onerror=alert(1)>\n", "&lt;script&gt;alert(1).csv"},
		} {
			path, _ := uploaded(t, s, u, "account", x.name, x.text)
			a := u.Get(path + "?step=file")
			if a.Status != http.StatusOK || !strings.Contains(words(a.Body), x.want) || strings.Contains(a.Body, "<script>alert") || strings.Contains(a.Body, "<img src=x") {
				t.Errorf("%s: %d %s", x.name, a.Status, words(a.Body))
			}
		}
		if a := u.Post("/imports/new", url.Values{"object": {"account"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no file: %d", a.Status)
		}
	})
}

func zipped(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("a.txt")
	if err == nil {
		_, err = w.Write([]byte("hello"))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A broken row in the middle of a long file stops nobody; what came in is
// undone, but for what somebody has changed since.
func TestLongFileWithABrokenRow(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		var b strings.Builder
		b.WriteString("name,employees\n")
		for i := range 3000 {
			if i == 1500 {
				b.WriteString("Broken,1,too,many,cells\n")
			}
			fmt.Fprintf(&b, "\"Firm\n%04d\",%d\n", i, i)
		}
		path, id := uploaded(t, s, u, "account", "long.csv", b.String())
		if a := u.Post(path+"/match", url.Values{"do": {"check"}}); a.Status != http.StatusSeeOther {
			t.Fatalf("check: %d %s", a.Status, words(a.Body))
		}
		if run := settled(t, s, id); run.Created != 3000 || run.Failed != 1 || !run.DryRun {
			t.Fatalf("check: %+v", run)
		}
		if a := u.Post(path+"/begin", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("begin: %d %s", a.Status, words(a.Body))
		}
		if a := u.Post(path+"/match", url.Values{"do": {"check"}}); a.Status != http.StatusConflict {
			t.Errorf("matched while it runs: %d", a.Status)
		}
		if run := settled(t, s, id); run.Created != 3000 || run.Failed != 1 || run.State != exchange.Done {
			t.Fatalf("import: %+v", run)
		}
		a := u.Get(path + "/errors.csv")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "Broken") || !strings.Contains(a.Header.Get("Content-Disposition"), "long-errors.csv") {
			t.Errorf("error rows: %d %q", a.Status, a.Body)
		}
		s.Write(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "account", Limit: 1})
			if err == nil {
				_, err = x.Update(t.Context(), "account", page.Records[0].ID, 0, record.Values{"description": "changed since"})
			}
			return err
		})
		if a := u.Post(path+"/undo", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("undo: %d %s", a.Status, words(a.Body))
		}
		if run := settled(t, s, id); run.State != exchange.Undone || len(run.Kept) == 0 {
			t.Fatalf("undo: %+v", run)
		}
		if a := u.Get(path); !strings.Contains(words(a.Body), "was kept") && !strings.Contains(words(a.Body), "were kept") {
			t.Errorf("the report of the undo: %s", words(a.Body))
		}
	})
}

// Who may not import has no wizard, and nobody sees another's import.
func TestPermission(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ada, max := s.User(t, s.Ada), s.User(t, s.Max)
		path, id := uploaded(t, s, ada, "account", "a.csv", "name\nAurora\n")
		for _, word := range []string{"", "/fix", "/undo", "/errors.csv", "/progress", "/live"} {
			if a := max.Get(path + word); a.Status != http.StatusNotFound {
				t.Errorf("GET %s by somebody else: %d", word, a.Status)
			}
		}
		for _, word := range []string{"/match", "/file", "/begin", "/stop", "/resume", "/undo", "/discard", "/fix"} {
			if a := max.Post(path+word, url.Values{"c.2.0": {"x"}}); a.Status != http.StatusNotFound {
				t.Errorf("POST %s by somebody else: %d", word, a.Status)
			}
		}
		if a := max.Get("/imports"); a.Status != http.StatusOK || strings.Contains(a.Body, "a.csv") {
			t.Errorf("another's import is listed: %d", a.Status)
		}
		if a := upload(t, s, max, "member", "m.csv", "name\nEve\n"); a.Status != http.StatusForbidden && a.Status != http.StatusNotFound {
			t.Errorf("a rep imports colleagues: %d %s", a.Status, words(a.Body))
		}
		if a := s.Stranger(t).Get("/imports"); a.Status != http.StatusSeeOther {
			t.Errorf("a stranger: %d", a.Status)
		}
		if a := ada.Post(path+"/discard", nil); a.Status != http.StatusSeeOther {
			t.Errorf("discard: %d", a.Status)
		}
		if _, err := s.Workspace.Importer().Get(t.Context(), apptest.As(s.Ada), id); err == nil {
			t.Error("a discarded draft is still there")
		}
		if a := ada.Get(path); a.Status != http.StatusNotFound {
			t.Errorf("a discarded draft: %d", a.Status)
		}
	})
}

// Stopping, going on, unknown values, two columns for one field, the wrong
// currency and failed rows by forms alone.
func TestFormsWithoutScript(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		path, id := uploaded(t, s, u, "deal", "deals.csv", "Deal;Value;Firm;Source\nA;12,50;Aurora;Carrier pigeon\nB;1.234,00;Aurora;web\nC;many;Boreas;\n")
		if a := u.Get(path + "?step=match"); !strings.Contains(a.Body, "Carrier pigeon") {
			t.Fatalf("%s", words(a.Body))
		}
		form := url.Values{"p.0": {"name"}, "p.1": {"amount"}, "p.2": {"account.name"}, "p.3": {"amount"}, "do": {"check"}}
		if a := u.Post(path+"/match", form); a.Status != http.StatusUnprocessableEntity || !strings.Contains(words(a.Body), "goes there already") {
			t.Errorf("two columns for an amount: %d %s", a.Status, words(a.Body))
		}
		form.Set("p.3", "source")
		form.Set("currency", "€€")
		if a := u.Post(path+"/match", form); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("no currency: %d", a.Status)
		}
		form.Set("currency", "usd")
		form.Set("do", "look")
		a := u.Post(path+"/match", form, "HX-Request", "true")
		if a.Status != http.StatusOK || strings.Contains(a.Body, "<html") || !strings.Contains(a.Body, "Create missing") || !strings.Contains(a.Body, `name="v.3.0"`) {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		form.Set("c.2", "1")
		form.Set("v.3.0", "_empty")
		form.Set("do", "check")
		if a := u.Post(path+"/match", form); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Status, words(a.Body))
		}
		if run := settled(t, s, id); run.Created != 2 || run.Failed != 1 || run.Links["account.name"] == 0 {
			t.Fatalf("check: %+v %+v", run.Counts, run.Errors)
		}
		if a := u.Get(path); !strings.Contains(words(a.Body), "Import 2 rows") {
			t.Errorf("%s", words(a.Body))
		}
		u.Post(path+"/begin", nil)
		if run := settled(t, s, id); run.Created != 2 || run.Failed != 1 {
			t.Fatalf("import: %+v", run)
		}
		if a := u.Get(path + "/fix"); !strings.Contains(a.Body, `name="c.4.1"`) {
			t.Fatalf("%s", words(a.Body))
		}
		if a := u.Post(path+"/fix", url.Values{"c.4.1": {"<b>few</b>"}}); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "&lt;b&gt;few") {
			t.Errorf("still wrong: %d %s", a.Status, words(a.Body))
		}
		if a := u.Post(path+"/fix", url.Values{"c.4.1": {"7,5"}}); a.Status != http.StatusSeeOther {
			t.Errorf("mended: %d %s", a.Status, words(a.Body))
		}
		if run := settled(t, s, id); run.Created != 3 || run.Failed != 0 {
			t.Errorf("mended: %+v", run)
		}
	})
}

// A stopped import goes on where it was; the stream begins with a snapshot and
// says when it is over.
func TestStopResumeAndLive(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		path, id := uploaded(t, s, u, "account", "a.csv", firms(2000))
		u.Post(path+"/match", url.Values{"p.0": {"name"}, "p.1": {"-"}, "p.2": {"-"}, "p.3": {"-"}, "p.4": {"-"}, "do": {"look"}})
		u.Post(path+"/begin", nil)
		if a := u.Post(path+"/stop", nil); a.Status == http.StatusSeeOther {
			if run := settled(t, s, id); run.State != exchange.Stopped && run.State != exchange.Done {
				t.Fatalf("%+v", run)
			}
			u.Post(path+"/resume", nil)
		}
		a := u.Get(path + "/live")
		if a.Header.Get("Content-Type") != "text/event-stream" || !strings.Contains(a.Body, "data: ") || !strings.HasSuffix(a.Body, "event: done\ndata: 1\n\n") {
			t.Errorf("%v %q", a.Header, a.Body)
		}
		if run := settled(t, s, id); run.State != exchange.Done || run.Created != 2000 {
			t.Errorf("%+v", run)
		}
		if a := u.Get("/jobs"); a.Status != http.StatusOK || !strings.Contains(words(a.Body), "Imported a.csv") {
			t.Errorf("%s", words(a.Body))
		}
	})
}
