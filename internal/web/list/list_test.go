package list_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web"
	"wellmet/internal/web/webtest"
)

func pages(ctx context.Context, a *app.App) (http.Handler, error) {
	return web.New(ctx, web.Needs{App: a})
}

// deals makes n deals of somebody, many of them alike in what they are sorted by.
func deals(t testing.TB, s *webtest.Site, who value.ID, n int) (ids []value.ID) {
	t.Helper()
	s.Write(t, who, func(x *record.Session) error {
		ids = nil
		account, err := x.Create(t.Context(), "account", record.Values{"name": fmt.Sprint("Acme ", who)})
		if err != nil {
			return err
		}
		b := record.Batch{Object: "deal"}
		for i := range n {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprintf("Deal %03d", i), "account": account.ID,
				"amount": value.Money{Minor: int64(i/7) * 10000, Currency: "EUR"}, "tags": []string{[]string{"red", "blue"}[i%2]}}})
		}
		made, err := x.Save(t.Context(), b)
		if err != nil {
			return err
		}
		for _, out := range made {
			ids = append(ids, out.ID)
		}
		return nil
	})
	return ids
}

// role gives the reps' role other rights.
func role(t *testing.T, s *webtest.Site, text string) {
	t.Helper()
	if err := s.Workspace.Write(t.Context(), record.AsSystem("test"), func(x *record.Session) error {
		page, err := x.Query(t.Context(), record.Query{Object: "role", Filter: fmt.Sprintf("key = %q", access.RepRole), Fields: []string{"id"}})
		if err != nil {
			return err
		}
		_, err = x.Update(t.Context(), "role", page.Records[0].ID, 0, record.Values{"permissions": text})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

var (
	idBox    = regexp.MustCompile(`name="id" form="bulk" value="(\d+)"`)
	nextLink = regexp.MustCompile(`rel="next" href="([^"]+)"`)
	prevLink = regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	moreLink = regexp.MustCompile(`class="lmore".*?hx-get="([^"]+)"`)
)

func idsIn(body string) (ids []string) {
	for _, m := range idBox.FindAllStringSubmatch(body, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

func link(r *regexp.Regexp, body string) string {
	if m := r.FindStringSubmatch(body); m != nil {
		return strings.ReplaceAll(m[1], "&amp;", "&")
	}
	return ""
}

func get(t *testing.T, u *webtest.User, path string, headers ...string) string {
	t.Helper()
	a := u.Get(path, headers...)
	if a.Status != http.StatusOK {
		t.Fatalf("%s: %d %.300s", path, a.Status, a.Body)
	}
	return a.Body
}

// Pages, forwards, backwards or loaded one below the other, show every record once.
func TestPagesLoseNothing(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 130)
		u := s.User(t, s.Rita)
		for _, start := range []string{"/deals", "/deals?sort=stage", "/deals?sort=-name&filter=amount+%3E%3D+0", "/deals?view=mine&q=deal"} {
			seen, body := map[string]bool{}, get(t, u, start)
			firstPage := strings.Join(idsIn(body), " ")
			more := link(moreLink, body)
			for n := 0; ; n++ {
				for _, id := range idsIn(body) {
					if seen[id] {
						t.Errorf("%s: %s twice", start, id)
					}
					seen[id] = true
				}
				next := link(nextLink, body)
				if next == "" {
					break
				}
				body = get(t, u, next)
			}
			if len(seen) != 130 {
				t.Errorf("%s: %d of 130", start, len(seen))
			}
			back := link(prevLink, body)
			back = link(prevLink, get(t, u, back))
			if got := strings.Join(idsIn(get(t, u, back)), " "); got != firstPage {
				t.Errorf("%s: the way back does not lead to the first page", start)
			}
			below := len(idsIn(get(t, u, start)))
			for more != "" {
				body = get(t, u, more, "HX-Request", "true")
				below, more = below+len(idsIn(body)), link(moreLink, body)
			}
			if below != 130 {
				t.Errorf("%s: loaded %d of 130", start, below)
			}
		}
		if body := get(t, u, "/deals?cursor=nonsense"); len(idsIn(body)) != 50 {
			t.Error("a broken cursor does not lead to the first page")
		}
		if body := get(t, u, link(nextLink, get(t, u, "/deals"))); !strings.Contains(body, "51–100") {
			t.Error("the second page does not say which rows it has")
		}
		// Rows that were loaded below count for the page, its next, and the way back.
		body := get(t, u, "/deals?sort=name")
		a := u.Get(link(moreLink, body)+"&of=130", "HX-Request", "true")
		if at := a.Header.Get("HX-Replace-Url"); !strings.Contains(a.Body, "1–100 of 130") || !strings.Contains(at, "rows=100") || len(idsIn(get(t, u, at))) != 100 {
			t.Errorf("100 rows: %q\n%s", at, a.Body)
		}
		last := get(t, u, link(nextLink, a.Body))
		if !strings.Contains(last, "101–130") || len(idsIn(last)) != 30 {
			t.Errorf("behind 100 rows:\n%s", last)
		}
		if back := get(t, u, link(prevLink, last)); !strings.Contains(back, "1–100") || len(idsIn(back)) != 100 {
			t.Error("back from there does not lead to the 100 rows")
		}
		if foot := get(t, u, "/deals/foot?at=100&shown=30"); !strings.Contains(foot, "101–130 of 130") {
			t.Errorf("foot: %s", foot)
		}
	})
}

// What the form of a filter makes comes back into it as it was said.
func TestFilterFormsRoundTrip(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		ids := deals(t, s, s.Rita, 14)
		u := s.User(t, s.Rita)
		for _, x := range []struct{ path, form, filter string }{
			{"deals", "f=name&op=contains&value=Deal+00", `name contains "Deal 00"`},
			{"deals", "f=name&op=is&value=2026-01-01", `name = "2026-01-01"`},
			{"deals", "f=name&op=starts&value=%22+or+true", `name starts with '" or true'`},
			{"deals", "f=amount&op=ge&value=1%2C500.50", `amount >= 1500.5`},
			{"deals", "f=amount&op=lt&value=-12", `amount < -12`},
			{"deals", "f=close_date&op=next&value=30", `close_date >= today() and close_date <= today() + 30d`},
			{"deals", "f=close_date&op=last&value=7", `close_date >= today() - 7d and close_date <= today()`},
			{"deals", "f=close_date&op=in&value=thisMonth", `close_date in thisMonth()`},
			{"deals", "f=close_date&op=in&value=today", `close_date = today()`},
			{"deals", "f=close_date&op=on&value=2026-03-05", `close_date = date("2026-03-05")`},
			{"deals", "f=created_at&op=before&value=2026-03-05", `created_at < date("2026-03-05")`},
			{"deals", "f=created_at&op=past", `created_at < now()`},
			{"deals", "f=status&op=is&value=open&value=won", `status in ("open", "won")`},
			{"deals", "f=status&op=not&value=lost", `status != "lost"`},
			{"deals", "f=owner&op=me", `owner = me()`},
			{"deals", "f=owner&op=team", `owner.team = myTeam()`},
			{"deals", "f=account&op=empty", `account is empty`},
			{"deals", "f=incomplete&op=no", `incomplete != true`},
			{"deals", "f=tags&op=is&value=red", `tags in ("red")`},
			{"accounts", "f=kinds&op=not&value=customer&value=partner", `kinds not in ("customer", "partner")`},
			{"deals", "f=owner&op=is&value=" + s.Rita.String(), `owner = "` + s.Rita.String() + `"`},
			{"deals", "expression=amount+%3E+1+or+name+is+empty&f=", `amount > 1 or name is empty`},
		} {
			a := u.Get("/" + x.path + "/filter?apply=1&" + x.form)
			to, _ := url.Parse(a.Header.Get("Location"))
			if a.Status != http.StatusSeeOther || to.Query().Get("filter") != x.filter {
				t.Errorf("%s: %d %q, want %q", x.form, a.Status, to.Query().Get("filter"), x.filter)
				continue
			}
			if body := get(t, u, to.String()); strings.Count(body, `class="chip vchip"`) != 1 || strings.Contains(body, "Not applied") {
				t.Errorf("%s: not one chip", x.filter)
			}
			again := get(t, u, "/"+x.path+"/filter?chip=0&"+to.RawQuery, "HX-Request", "true")
			op, _ := url.ParseQuery(x.form)
			if o := op.Get("op"); o != "" && !strings.Contains(again, `value="`+o+`" selected`) {
				t.Errorf("%s: the form does not show %s\n%s", x.filter, o, again)
			}
			if body := get(t, u, link(regexp.MustCompile(`class="x" href="([^"]+)"`), get(t, u, to.String()))); strings.Contains(body, "vchip") {
				t.Errorf("%s: cannot be removed", x.filter)
			}
		}
		// Figures lead here by the record that is meant: it reads like the record itself.
		if body := get(t, u, "/deals?filter="+url.QueryEscape(`owner.id = "`+s.Rita.String()+`"`)); strings.Count(body, `class="chip vchip"`) != 1 || strings.Contains(body, ": Id") || len(idsIn(body)) != len(ids) {
			t.Errorf("the chip of a record: %d deals", len(idsIn(body)))
		}
		if body := get(t, u, "/deals/filter?f=close_date&op=next&value=thisMonth", "HX-Request", "true"); strings.Contains(body, `value="thisMonth"`) {
			t.Error("another operator keeps the period")
		}
		if body := get(t, u, "/deals?filter="+url.QueryEscape(`name contains "Deal 00" and tags in ("red")`)); len(idsIn(body)) != 5 {
			t.Errorf("%d of %d records", len(idsIn(body)), len(ids))
		}
		for form, want := range map[string]string{"f=amount&op=ge&value=much": "", "f=close_date&op=next&value=0": "days from 1", "f=name&op=is": "Choose or type",
			"f=nothing&op=is&value=1": "", "f=close_date&op=on&value=soon": "", "expression=amount+%3E": "", "f=owner&op=is&value=x": ""} {
			if a := u.Get("/deals/filter?apply=1&"+form, "HX-Request", "true"); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, want) {
				t.Errorf("%s: %d %.200s", form, a.Status, a.Body)
			}
		}
	})
}

// What cannot be asked is told and left out; the page opens.
func TestFiltersThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 3)
		s.Create(t, s.Rita, "deal", record.Values{"name": "Secret", "account": s.Create(t, s.Rita, "account", record.Values{"name": "B"}), "amount": value.Money{Minor: 100000, Currency: "EUR"}})
		role(t, s, `{"objects":{"*":{"read":"all","create":"all","update":"own"}},"fields":{"deal.amount":"none","deal.competitor":"masked"}}`)
		u := s.User(t, s.Rita)
		for _, x := range []struct {
			filter string
			rows   int
		}{{`amount = 1000`, 4}, {`competitor = "x"`, 4}, {`gone_field = 3 and name = "Secret"`, 1}, {`amount >`, 4}, {`(`, 4}, {`name = "Secret" and amount > 5`, 1},
			{`year(close_date) = 2026`, 4}, {`stage = 3`, 4}, {`account.secret = 1`, 4}} {
			body := get(t, u, "/deals?filter="+url.QueryEscape(x.filter))
			if !strings.Contains(body, "Not applied") || len(idsIn(body)) != x.rows {
				t.Errorf("%s: %d rows, told: %v", x.filter, len(idsIn(body)), strings.Contains(body, "Not applied"))
			}
			if strings.Contains(body, "Amount") {
				t.Errorf("%s: the page knows a hidden field", x.filter)
			}
		}
		for _, path := range []string{"/deals?sort=-amount", "/deals?sort=competitor", "/deals?columns=name,amount", "/deals?sort=no,no,no", "/deals?view=77", "/deals?columns=account.owner.team.lead.name"} {
			if body := get(t, u, path); len(idsIn(body)) != 4 || strings.Contains(body, "1,000.00") {
				t.Errorf("%s: %d rows", path, len(idsIn(body)))
			}
		}
		if a := u.Get("/deals/filter?apply=1&f=amount&op=ge&value=5"); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a filter on a hidden field: %d", a.Status)
		}
		if body := get(t, u, "/deals/foot"); strings.Contains(body, "Sum") {
			t.Error("the foot sums a hidden field")
		}
		if a := u.Get("/deals/export?format=csv"); a.Status != http.StatusForbidden {
			t.Errorf("export without the right: %d", a.Status)
		}
		role(t, s, `{"objects":{"*":{"read":"own"},"deal":{"read":"none"}}}`)
		for _, path := range []string{"/deals", "/deals/rows", "/deals/foot", "/deals/counts", "/deals/filter", "/deals/export"} {
			if a := u.Get(path); a.Status != http.StatusNotFound {
				t.Errorf("%s without the right to read: %d", path, a.Status)
			}
		}
	})
}

// Odd texts are texts.
func TestOddTextsInTheAddress(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 2)
		u := s.User(t, s.Rita)
		for _, odd := range []string{"'", "\"", "<script>alert(1)</script>", "%", "\\", "\x00", "\xff\xfe", "a\u202eb", "🏳️‍🌈", "田中さん", "-", "''--", "; DROP TABLE deal", strings.Repeat("x", 12000), "{{7*7}}", "~", ",,,", "-id"} {
			for _, name := range []string{"q", "filter", "sort", "columns", "view", "layout", "cursor", "before", "at", "rows", "trash"} {
				a := u.Get("/deals?" + url.Values{name: {odd}}.Encode())
				if a.Status != http.StatusOK || strings.Contains(a.Body, "<script>alert") {
					t.Errorf("%s=%.30q: %d", name, odd, a.Status)
				}
			}
			a := u.Get("/deals/filter?" + url.Values{"apply": {"1"}, "f": {"name"}, "op": {"is"}, "value": {odd}}.Encode())
			if a.Status != http.StatusSeeOther && a.Status != http.StatusUnprocessableEntity {
				t.Errorf("value %.30q: %d", odd, a.Status)
			}
		}
	})
}

// A list begins with the columns that the company chose; its own objects have
// lists as well.
func TestColumnsOfTheCompany(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 1)
		_, err := s.Workspace.Engine().ApplySchema(t.Context(), record.Who{Member: s.Ada, Door: "page"}, []schema.Change{
			{Op: schema.ChangeObject, Object: "deal", Set: json.RawMessage(`{"layout":{"columns":["name","next_step","tags"]}}`)},
			{Op: schema.AddObject, Set: json.RawMessage(`{"name":"ship","plural":"ships","labels":{"en":{"one":"Ship","many":"Ships"}},"fields":[{"name":"name","kind":"text"},{"name":"tons","kind":"whole"}]}`)}}, 0)
		if err != nil {
			t.Fatal(err)
		}
		u := s.User(t, s.Ada)
		if body := get(t, u, "/deals"); !strings.Contains(body, "Next step") || strings.Contains(body, "Probability") || strings.Contains(body, "Changed") {
			t.Errorf("the columns are others:\n%s", body)
		}
		if body := get(t, u, "/ships"); !strings.Contains(body, "No ships yet") {
			t.Errorf("ships:\n%s", body)
		}
		s.Create(t, s.Ada, "ship", record.Values{"name": "Argo", "tons": 7})
		if body := get(t, u, "/ships?filter=tons+%3E+5&sort=-tons"); !strings.Contains(body, "Tons") || len(idsIn(body)) != 1 {
			t.Errorf("ships:\n%s", body)
		}
	})
}

func TestLanguagesAndSize(t *testing.T) {
	t.Parallel()
	s := webtest.Open(t, pages)
	deals(t, s, s.Rita, 60)
	u := s.User(t, s.Rita)
	for _, lang := range []string{"en-GB", "ca", "fi", "ru", "zh-CN"} {
		u.Lang = lang
		for _, path := range []string{"/deals", "/deals/filter?f=close_date", "/deals/columns", "/deals/sort", "/deals/foot", "/activities?view=tasks", "/leads", "/accounts", "/contacts", "/products"} {
			if body := get(t, u, path); strings.Contains(body, "web.list.") || strings.Contains(body, "web.views.") {
				t.Errorf("%s %s lacks a text", lang, path)
			}
		}
	}
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte(get(t, u, "/deals")))
	_ = z.Close()
	if zipped.Len() > 25<<10 {
		t.Errorf("a list of 50 rows is %d bytes", zipped.Len())
	}
}

// The same in another layout is no change of the view; a view that is empty by
// itself says what to do, one narrowed by hand how to get back.
func TestLayoutsAndEmptyViews(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Olga, 1)
		u := s.User(t, s.Rita)
		if body := get(t, u, "/deals?layout=board"); strings.Contains(body, ">Changed<") || !strings.Contains(body, `id="b-save"`) {
			t.Error("a switch of layout counts as a change, or cannot be saved")
		}
		if body := get(t, u, "/deals?sort=name&layout=board"); !strings.Contains(body, ">Changed<") {
			t.Error("another order is no change")
		}
		for path, want := range map[string][2]string{
			"/activities?view=tasks":             {"Nothing is due", "Clear filters"},
			"/activities?view=overdue":           {"New task", "Clear filters"},
			"/activities?view=tasks&q=x":         {"Clear filters", "Nothing is due"},
			"/deals?view=mine":                   {"No deals in “My open”", "Clear filters"},
			"/deals?view=mine&layout=board":      {"See all deals", "Clear filters"},
			"/deals?filter=name+%3D+%22x%22":     {"Clear filters", "See all deals"},
			"/deals?view=mine&filter=&q=nothing": {"/deals?view=mine", "See all deals"},
			"/leads":                             {"No leads yet", "Clear filters"},
		} {
			if body := get(t, u, path); !strings.Contains(body, want[0]) || strings.Contains(body, want[1]) {
				t.Errorf("%s: wanted %q and no %q", path, want[0], want[1])
			}
		}
	})
}

// A phone shows title, figure, whose it is, when, state and owner.
func TestLinesOfAPhone(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		deals(t, s, s.Rita, 1)
		u := s.User(t, s.Rita)
		for title, class := range map[string]string{"Amount": "r p2", "Account": "p3", "Next activity": "p4", "Stage": "p5", "Owner": "p6"} {
			if body := get(t, u, "/deals"); !regexp.MustCompile(`class="` + class + `"[^>]*>(<a[^>]*>)?\s*` + title).MatchString(body) {
				t.Errorf("%s does not stand at %s", title, class)
			}
		}
		if body := get(t, u, "/deals"); !strings.Contains(body, `title="Acme`) {
			t.Error("a long name cannot be read whole")
		}
	})
}
