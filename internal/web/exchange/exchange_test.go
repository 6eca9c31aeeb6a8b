package exchange_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

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
			{"empty.csv", "", "The file is empty. Choose one with a row of headers"},
			{"empty.xlsx", "", "The file is empty. Choose one with a row of headers"},
			{"archive.xlsx", zipped(t), "is a damaged or protected workbook. Open it in a spreadsheet program and save it again"},
			{"noise.csv", "\x00\x01\x02\x03\x04", "is not a table. Give a CSV or XLSX file"},
		} {
			if a := upload(t, s, u, "account", x.name, x.text); a.Status != http.StatusUnprocessableEntity || !strings.Contains(words(a.Body), x.want) ||
				!strings.Contains(a.Body, "Choose another file") {
				t.Errorf("%s: %d %s", x.name, a.Status, words(a.Body))
			}
		}
		for _, x := range []struct{ name, text, want string }{
			{"really.xlsx", "name,phone\nAurora,\n", "really.xlsx is CSV, whatever its name says"},
			{"really.csv", workbook(t), "really.csv is XLSX, whatever its name says. It is read as XLSX."},
			{"one.csv", "name\nAurora\nBoreas\n", "Only one column was found. If several stand in it, choose what separates them"},
			{"twice.csv", "name,phone,name\nAurora,,x\n", "is named name like another one; it was given a number"},
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

// Files that look broken and are not come in whole: a line break in a cell, one
// column, a header twice, a workbook under the name of a CSV file.
func TestOddFilesComeIn(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		for _, x := range []struct {
			name, text string
			created    int
		}{
			{"quoted.csv", "name,description\n\"Aurora\nGmbH\",\"says \"\"hi\"\"\nand more\"\nBoreas,c\n", 2},
			{"one.csv", "name\nCorona\nDorado\n", 2},
			{"twice.csv", "name,phone,name\nEos,,left out\n", 1},
			{"book.csv", workbook(t), 2},
			{"text.xlsx", "name;employees\nFornax;12\n", 1},
		} {
			path, id := uploaded(t, s, u, "account", x.name, x.text)
			if a := u.Post(path+"/match", url.Values{"do": {"check"}}); a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", x.name, a.Status, words(a.Body))
			}
			settled(t, s, id)
			u.Post(path+"/begin", nil)
			if run := settled(t, s, id); run.State != exchange.Done || run.Created != x.created || run.Failed != 0 {
				t.Errorf("%s: %+v %+v", x.name, run.Counts, run.Errors)
			}
		}
		list := u.Get("/accounts").Body
		for _, name := range []string{"Aurora", "Boreas", "Corona", "Dorado", "Eos", "Fornax", "Gemini", "Hydra"} {
			if !strings.Contains(list, name) {
				t.Errorf("%s is missing", name)
			}
		}
		s.Read(t, s.Ada, func(x *record.Session) error {
			page, err := x.Query(t.Context(), record.Query{Object: "account", Filter: "name contains \"gmbh\"", Fields: []string{"name", "description"}, Limit: 2})
			if err == nil && (len(page.Records) != 1 || page.Records[0].Field("name") != "Aurora\nGmbH" || page.Records[0].Field("description") != "says \"hi\"\nand more") {
				t.Errorf("%v", page.Records)
			}
			return err
		})
	})
}

// workbook is a small XLSX file.
func workbook(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range [][]any{{"name", "employees"}, {"Gemini", 12}, {"Hydra", 7}} {
		if err := f.SetSheetRow("Sheet1", "A"+strconv.Itoa(i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A hundred thousand rows with a broken one in the middle: the others come in,
// the broken one says what is wrong with it, and memory stays as it was.
func TestHundredThousandRows(t *testing.T) {
	if testing.Short() {
		t.Skip("a long file")
	}
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		var b strings.Builder
		b.WriteString("name,code\n")
		for i := range 100_000 {
			if i == 50_000 {
				b.WriteString("\"Broken\" row,x,y\n")
				continue
			}
			fmt.Fprintf(&b, "Product %06d,C%06d\n", i, i)
		}
		path, id := uploaded(t, s, u, "product", "long.csv", b.String())
		if a := u.Get(path + "?step=match"); a.Status != http.StatusOK || len(a.Body) > 60_000 {
			t.Errorf("the match page: %d, %d bytes", a.Status, len(a.Body))
		}
		u.Post(path+"/match", url.Values{"p.0": {"name"}, "p.1": {"code"}}, "HX-Request", "true")
		if a := u.Post(path+"/begin", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("begin: %d %s", a.Status, words(a.Body))
		}
		var early, late uint64
		rows := 0
		run := watched(t, s, id, func(run *exchange.Run) {
			if run.Rows < rows+20_000 {
				return
			}
			if rows = run.Rows; early == 0 {
				early = heap()
			}
			late = max(late, heap())
		})
		if run.State != exchange.Done || run.Created != 99_999 || run.Failed != 1 {
			t.Fatalf("%s %+v", run.Error, run.Counts)
		}
		if late > early+(32<<20) {
			t.Errorf("heap %d MB, then %d MB", early>>20, late>>20)
		}
		a := words(u.Get(path).Body)
		if !strings.Contains(a, "50002 The row has 3 cells, but the header has 2. A cell that holds the separator must stand in quotes.") {
			t.Errorf("the broken row: %s", a)
		}
	})
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse
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
		if a := max.Get("/imports/new"); a.Status != http.StatusForbidden || strings.Contains(a.Body, `value="view"`) {
			t.Errorf("a rep who may import nothing: %d %s", a.Status, words(a.Body))
		}
		if a := ada.Get("/imports/new"); a.Status != http.StatusOK || !strings.Contains(a.Body, `value="account"`) || !strings.Contains(a.Body, `value="member"`) {
			t.Errorf("an administrator: %d %s", a.Status, words(a.Body))
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

// A server that stops does not wait for who watches an import.
func TestWhoWatchesAnImportHoldsUpNoStop(t *testing.T) {
	t.Parallel()
	webtest.EachQuiet(t, pages, func(t *testing.T, s *webtest.Site) {
		u := s.User(t, s.Ada)
		path, _ := uploaded(t, s, u, "account", "a.csv", firms(2))
		u.Post(path+"/match", url.Values{"p.0": {"name"}, "p.1": {"-"}, "p.2": {"-"}, "p.3": {"-"}, "p.4": {"-"}, "do": {"look"}})
		u.Post(path+"/begin", nil)
		s.App.Live().HangUp()
		soon, cancel := context.WithTimeout(t.Context(), 20*time.Second) // the stream lasts two minutes
		defer cancel()
		r, err := http.NewRequestWithContext(soon, http.MethodGet, s.URL+path+"/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		if a := u.Send(r); !strings.Contains(a.Body, "data: ") || strings.Contains(a.Body, "event: done") {
			t.Errorf("%d %q", a.Status, a.Body)
		}
	})
}
