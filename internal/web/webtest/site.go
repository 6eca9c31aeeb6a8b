package webtest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Site is an installation that answers under a local address.
type Site struct {
	*apptest.Kit
	URL     string
	handler http.Handler
}

// Pages makes the handler of an installation; the tests of web hand in web.New,
// which this package may not import.
type Pages func(ctx context.Context, a *app.App) (http.Handler, error)

// Each runs test on a fresh site on each database, in parallel.
func Each(t *testing.T, pages Pages, test func(t *testing.T, s *Site)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) { test(t, serve(t, k, pages)) })
}

// EachQuiet is Each without background jobs: a test that moves the clock and says
// itself when a server's minute comes reads each mail once.
func EachQuiet(t *testing.T, pages Pages, test func(t *testing.T, s *Site)) {
	t.Helper()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) { test(t, serve(t, k, pages)) })
}

// EachEmpty is Each without anybody in the installation.
func EachEmpty(t *testing.T, pages Pages, test func(t *testing.T, s *Site)) {
	t.Helper()
	apptest.EachEmpty(t, func(t *testing.T, k *apptest.Kit) { test(t, serve(t, k, pages)) })
}

// Database is the variable that says on which database Open, Heard and Sample
// make their sites: "sqlite", which is also when it is not set, or "postgres".
const Database = "WELLMET_BROWSER_DATABASE"

// config is of a fresh installation on the database that the environment names.
func config(t testing.TB) app.Config {
	t.Helper()
	switch name := os.Getenv(Database); name {
	case "", "sqlite":
		return app.Config{Sync: store.SyncOff}
	case "postgres":
		return app.Config{Database: apptest.Postgres}
	default:
		t.Fatalf("%s=%s is neither sqlite nor postgres", Database, name)
		return app.Config{}
	}
}

// Open is a fresh site on one database.
func Open(t testing.TB, pages Pages) *Site {
	t.Helper()
	return serve(t, apptest.Open(t, config(t)), pages)
}

// Quiet is Open without background jobs: what a page began stays begun.
func Quiet(t testing.TB, pages Pages) *Site {
	t.Helper()
	c := config(t)
	c.Quiet = true
	return serve(t, apptest.Open(t, c), pages)
}

// Heard is a fresh site on one database whose every statement is told to fn.
func Heard(t testing.TB, pages Pages, fn func(store.Statement)) *Site {
	t.Helper()
	c := config(t)
	c.OnStatement = fn
	return serve(t, apptest.Open(t, c), pages)
}

// Sample is a site with the sample company instead of the people of the kit; its
// rep, manager and administrator are found by role.
func Sample(t testing.TB, pages Pages) (s *Site, people map[string]string) {
	t.Helper()
	k, d := apptest.Sample(t, config(t))
	people = map[string]string{}
	for _, p := range d.SignIns {
		people[p.Role] = p.Email
	}
	return serve(t, k, pages), people
}

// EachSample runs test on a quiet site with the sample company on each database, in
// parallel.
func EachSample(t *testing.T, pages Pages, test func(t *testing.T, s *Site, d *app.Demo)) {
	t.Helper()
	apptest.EachSample(t, func(t *testing.T, k *apptest.Kit, d *app.Demo) { test(t, serve(t, k, pages), d) })
}

func serve(t testing.TB, k *apptest.Kit, pages Pages) *Site {
	t.Helper()
	h, err := pages(t.Context(), k.App)
	if err != nil {
		t.Fatalf("pages: %v", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return &Site{Kit: k, URL: "http://" + l.Addr().String(), handler: h}
}

// emails of the people of the kit.
func (s *Site) email(t testing.TB, member value.ID) string {
	t.Helper()
	for id, name := range map[value.ID]string{s.Ada: "ada", s.Bob: "bob", s.Rita: "rita", s.Max: "max", s.Olga: "olga"} {
		if id == member {
			return name + "@test.example"
		}
	}
	t.Fatalf("member %v is nobody of the kit", member)
	return ""
}

// Session is the secret of a fresh session of a member.
func (s *Site) Session(t testing.TB, member value.ID) string {
	t.Helper()
	return s.signIn(t, s.email(t, member), apptest.Password)
}

func (s *Site) signIn(t testing.TB, email, password string) string {
	t.Helper()
	session, err := s.App.Auth().SignIn(t.Context(), email, password, access.From{IP: "127.0.0.1"})
	if err != nil {
		t.Fatalf("sign in: %v", err)
	}
	return session.Secret
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

var ids = regexp.MustCompile(`[0-9]{15,}`)

// Words is the body without ids: these may hold any short run of digits, such as
// those of an amount that is to be told nowhere.
func (a Answer) Words() string { return ids.ReplaceAllString(a.Body, "") }

// User is a member at the door without a browser.
type User struct {
	t      testing.TB
	site   *Site
	secret string
	// Lang is the language of his browser, "en" unless set.
	Lang string
}

// User signs a member in.
func (s *Site) User(t testing.TB, member value.ID) *User {
	t.Helper()
	return &User{t: t, site: s, secret: s.Session(t, member), Lang: "en"}
}

// UserOf signs somebody of the sample company in.
func (s *Site) UserOf(t testing.TB, email string) *User {
	t.Helper()
	return &User{t: t, site: s, secret: s.signIn(t, email, app.DemoPassword), Lang: "en"}
}

// Stranger has not signed in.
func (s *Site) Stranger(t testing.TB) *User { return &User{t: t, site: s, Lang: "en"} }

// Get asks for a page.
func (u *User) Get(path string, headers ...string) Answer {
	u.t.Helper()
	return u.Do(http.MethodGet, path, nil, headers...)
}

// Post sends a form. Headers are pairs: "HX-Request", "true".
func (u *User) Post(path string, form url.Values, headers ...string) Answer {
	u.t.Helper()
	return u.Do(http.MethodPost, path, form, headers...)
}

// Do sends anything, and follows no redirects.
func (u *User) Do(method, path string, form url.Values, headers ...string) Answer {
	u.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(u.t.Context(), method, u.site.URL+path, body)
	if err != nil {
		u.t.Fatal(err)
	}
	r.Header.Set("Accept-Language", u.Lang)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return u.Send(r)
}

// Send sends a request of the test's own making in the user's name.
func (u *User) Send(r *http.Request) Answer {
	u.t.Helper()
	if u.secret != "" {
		r.AddCookie(&http.Cookie{Name: "wellmet_session", Value: u.secret})
	}
	client := &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		u.t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		u.t.Fatal(err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(data)}
}
