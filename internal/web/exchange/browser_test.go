package exchange_test

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// give puts a file into the upload's control, as dropping it does.
func give(b *webtest.Browser, name, text string) {
	data, _ := json.Marshal(text)
	b.Visible("[data-drop]")
	b.Eval(fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%s], %q, {type: 'text/csv'}));
		document.querySelector('[data-drop]').dispatchEvent(new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: d})); return true })()`, data, name))
	b.See("[data-chosen]", name)
}

// firms is a table of accounts, some of which cannot come in.
func firms(n int) string {
	var b strings.Builder
	b.WriteString("Firm;Staff;Sector;Founded on;Head office\n")
	for i := range n {
		staff := fmt.Sprint(10 + i%90)
		switch i % 700 {
		case 118:
			staff = "about a dozen"
		case 407:
			staff = "-"
		}
		fmt.Fprintf(&b, "Firm %05d;%s;%s;%d.%d.2011;\n", i, staff, []string{"Retail", "Software", "Logistics"}[i%3], 1+i%28, 1+i%12)
	}
	return b.String()
}

// The wizard from a dropped file to undo, as one person sees it.
func TestWizardInTheBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	s.Create(t, s.Ada, "account", record.Values{"name": "Firm 00007"})
	b := s.Browser(t, s.Ada)
	b.Allow("422")
	b.Open("/imports")
	b.See("h2", "No imports yet")
	b.Axe()
	b.Click("main a[href='/imports/new']")
	b.See("h1", "What do you bring?")
	b.Choose("select[name=object]", "account")
	give(b, "firms_2026.csv", firms(9000))
	b.Axe()
	b.ClickText("Upload")
	b.See("h1", "firms_2026.csv")
	b.See(".xt", "Firm 00000")
	b.Axe()
	b.Picture("import-1-light")
	b.ClickText("Match columns")
	b.See("h1", "Match columns of firms_2026.csv")
	b.Choose("#p-0", "name")
	b.Choose("#p-1", "employees")
	b.Choose("#p-3", "+")
	b.Choose("#p-4", "parent.name")
	b.See("#match", "Create missing: Accounts")
	b.Axe()
	b.Picture("import-2-light")
	b.Click("button[value=check]")
	b.See("h1", "What firms_2026.csv would do")
	b.See(".stat", "8,974")
	b.See("#run", "Possible duplicates")
	b.Axe()
	b.Picture("import-3-light")
	b.ClickText("Import 8,974 rows")
	b.Visible("#run[data-poll] .prog[aria-valuenow]")
	b.Picture("import-4-light")
	b.See("h1", "Imported firms_2026.csv")
	b.See("#run", "about a dozen")
	b.Axe()
	b.Picture("import-5-done-light")
	b.ClickText("Fix here")
	b.See("h1", "Fix rows of firms_2026.csv")
	b.Type("input[aria-invalid=true]", "12")
	b.Axe()
	b.Picture("import-6-fix-light")
	b.ClickText("Import these 25 rows again")
	b.See(".note.ok", "1 row came in")
	b.Eval("document.querySelectorAll('input[aria-invalid=true]').forEach(e => e.value = '13') ?? true")
	b.ClickText("Import these 25 rows again")
	b.See("h1", "Imported firms_2026.csv")
	b.See(".stat", "9,000")
	b.Size(390, 844)
	b.Theme("dark")
	b.Picture("import-phone-dark")
	b.Axe()
	b.Size(1440, 900)
	b.Theme("light")
	b.ClickText("Undo import")
	b.See("dialog", "9,000 that were created go away")
	b.Axe()
	id, err := value.ParseID(path.Base(b.Path()))
	if err != nil {
		t.Fatal(err)
	}
	b.ClickText("Undo firms_2026.csv")
	b.See("h1", "Und")
	settled(t, s, id) // which takes a while on a busy machine
	b.See("h1", "Undone: firms_2026.csv")
	b.See(".note.ok", "gone again")
	b.Open("/jobs")
	b.See(".joblist", "Undone")
	b.Axe()
	b.Picture("jobs-light")
	s.Read(t, s.Ada, func(x *record.Session) error {
		n, _, err := x.Count(t.Context(), record.Query{Object: "account"})
		if n != 1 {
			t.Errorf("%d accounts are left", n)
		}
		return err
	})
}

// The page of jobs that is opened by its address looks again by itself.
func TestJobsLookAgain(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	b := s.Browser(t, s.Ada)
	b.Open("/jobs")
	b.Eval(`(() => { const m = document.createElement('span'); m.dataset.more = ''; document.getElementById('jobs').append(m); return true })()`)
	b.Gone("#jobs [data-more]")
	b.Wait("!document.querySelector('#jobs [data-more]')")
	b.Size(390, 844)
	b.Open("/imports/new")
	b.Wait("[...document.querySelectorAll('.steps li')].every(x => x.getBoundingClientRect().right <= 390 && x.getBoundingClientRect().bottom <= document.querySelector('.bar:has(.steps)').getBoundingClientRect().bottom + 1)")
	b.Picture("wizard-phone")
}
