package webtest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"wellmet/internal/app"
	"wellmet/internal/value"
)

// patience is how long a page may take to come to the state that a test wants;
// the machines are shared.
const patience = 60 * time.Second

//go:embed axe.min.js
var axe string

// process is the one Chromium of a test program; every Browser is a profile of
// its own in it.
var process = sync.OnceValues(func() (context.Context, error) {
	path, err := "", error(nil)
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	options := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options, chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "en-GB"))
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator) // lives as long as the test program
	return ctx, chromedp.Do(ctx, chromedp.Navigate("about:blank"))
})

// Browser is one person's browser, signed in. Its methods fail the test.
type Browser struct {
	t    testing.TB
	site *Site
	ctx  context.Context

	mu       sync.Mutex
	problems []string
	allowed  []string
}

// Browser opens a browser for a member; 0 = nobody. The window is 1440×900.
func (s *Site) Browser(t testing.TB, member value.ID) *Browser {
	t.Helper()
	if member == 0 {
		return s.browser(t, "")
	}
	return s.browser(t, s.Session(t, member))
}

// BrowserOf opens a browser for somebody of the sample company.
func (s *Site) BrowserOf(t testing.TB, email string) *Browser {
	t.Helper()
	return s.browser(t, s.signIn(t, email, app.DemoPassword))
}

func (s *Site) browser(t testing.TB, secret string) *Browser {
	t.Helper()
	parent, err := process()
	if err != nil {
		t.Fatalf("chromium (Debian's package chromium): %v", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &Browser{t: t, site: s, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // which makes the page: its life is the context's
		t.Fatalf("browser: %v", err)
	}
	messages := chromedp.Console(ctx)
	go func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			b.hear(m)
		}
	}()
	go b.answer(chromedp.Events(ctx, page.JavascriptDialogOpening))
	b.Size(1440, 900)
	if secret != "" {
		b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: "wellmet_session", Value: secret, URL: s.URL, Path: "/"})
			return err
		}))
	}
	t.Cleanup(b.complain)
	return b
}

// Allow expects console messages with this text: a refused move is a 422, which
// browsers log.
func (b *Browser) Allow(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.allowed = append(b.allowed, text)
}

func (b *Browser) hear(m chromedp.ConsoleMessage) {
	if m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleException && !strings.Contains(m.Text, "Content Security Policy") {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, string(m.Type)+" "+m.Text+" "+m.URL)
}

// answer says yes to what a page asks by the browser's own dialogue, which else
// holds everything up, and makes the test fail: nobody expected the question.
func (b *Browser) answer(questions iter.Seq2[page.EventJavascriptDialogOpening, error]) {
	for asked, err := range questions {
		if err != nil {
			return
		}
		b.hear(chromedp.ConsoleMessage{Type: chromedp.ConsoleError, Text: fmt.Sprintf("(asks by %s: %q)", asked.Type, asked.Message), URL: asked.URL})
		_ = chromedp.Do(b.ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
			return err
		}))
	}
}

func (b *Browser) complain() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.problems {
		ok := false
		for _, a := range b.allowed {
			ok = ok || strings.Contains(p, a)
		}
		if !ok {
			b.t.Errorf("the console says: %s", p)
		}
	}
	if b.t.Failed() {
		b.picture(filepath.Join(os.TempDir(), "wellmet-failed-"+strings.NewReplacer("/", "_", " ", "_").Replace(b.t.Name())+".png"))
	}
}

func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience) // a page that asks "Leave?" answers nothing else
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("browser: %v", err)
	}
}

// Size sets the window; 390×844 is a phone.
func (b *Browser) Size(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// Theme makes the browser prefer "light" or "dark".
func (b *Browser) Theme(theme string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: theme}}})
		return err
	}))
}

// Lang makes the browser ask for pages in a language.
func (b *Browser) Lang(tag string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": tag}})
		return err
	}))
}

// Open goes to a path of the site and waits until the page is there.
func (b *Browser) Open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.site.URL + path))
	b.Wait("document.documentElement.dataset.ready && document.readyState === 'complete'")
}

// Wait waits until a JavaScript condition holds, over page loads.
func (b *Browser) Wait(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	again := time.NewTicker(30 * time.Millisecond)
	defer again.Stop()
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+condition+")"))
		if ok && err == nil {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			b.t.Fatalf("waited for %s (%v)\n%s %s", condition, err, b.Path(), b.Eval("[...document.querySelectorAll('dialog[open]'), document.body].map(e => e.innerText.slice(0, 1500)).join('\\n----\\n')"))
		}
	}
}

// See waits until the text of an element holds some words.
func (b *Browser) See(selector, words string) {
	b.t.Helper()
	b.Wait(fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.checkVisibility() && (e.innerText ?? '').replace(/\\u00a0|\\u202f/g, ' ').includes(%s))", quote(selector), quote(words)))
}

// Gone waits until no visible element matches.
func (b *Browser) Gone(selector string) {
	b.t.Helper()
	b.Wait(fmt.Sprintf("![...document.querySelectorAll(%s)].some(e => e.checkVisibility())", quote(selector)))
}

// Visible waits until an element that matches is visible.
func (b *Browser) Visible(selector string) {
	b.t.Helper()
	b.Wait(fmt.Sprintf("[...document.querySelectorAll(%s)].some(e => e.checkVisibility())", quote(selector)))
}

// calm waits until what a page asked for has come, as people do before they go
// on, but not for ever: some pages ask again and again.
func (b *Browser) calm() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 3*time.Second)
	defer cancel()
	_, _ = chromedp.Run(ctx, chromedp.Poll[bool]("document.documentElement.dataset.loading === undefined", chromedp.WithPollingInterval(20*time.Millisecond)))
}

// Click clicks, with a real mouse, the first visible element that matches.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.calm()
	x, y := b.place(selector)
	b.do(chromedp.MouseClickXY(x, y))
}

// Hold puts the mouse button down on the first visible element that matches;
// release lets it go at the same place, whatever is there by then.
func (b *Browser) Hold(selector string) (release func()) {
	b.t.Helper()
	b.calm()
	x, y := b.place(selector)
	b.do(chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	return func() {
		b.t.Helper()
		b.do(chromedp.MouseEvent(chromedp.MouseReleased, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
}

// ClickText clicks the first visible button, link or label with that text.
func (b *Browser) ClickText(text string) {
	b.t.Helper()
	find := fmt.Sprintf("[...document.querySelectorAll('dialog[open] button, dialog[open] a, dialog[open] label, button, a, label, summary, [role=option]')].find(e => e.checkVisibility() && (e.innerText ?? '').trim().startsWith(%s))", quote(text))
	b.Wait(find)
	b.calm()
	x, y := b.middle(find)
	b.do(chromedp.MouseClickXY(x, y))
}

// place is the middle of a visible element, scrolled into view.
func (b *Browser) place(selector string) (x, y float64) {
	b.t.Helper()
	return b.middle(fmt.Sprintf("[...document.querySelectorAll(%s)].find(e => e.checkVisibility())", quote(selector)))
}

// spot scrolls what an expression finds into view and answers where its middle
// is, null while it is not found; Sure once it stays there and nothing lies over it.
const spot = `(async find => {
  const e = find(); if (!e) return null;
  e.scrollIntoView({block: 'center', inline: 'nearest'});
  const at = () => { const r = e.getBoundingClientRect(); return {X: r.left + r.width / 2, Y: r.top + r.height / 2}; };
  const was = at(); await new Promise(r => setTimeout(r, 20));
  const is = at(), top = document.elementFromPoint(is.X, is.Y), label = e.closest('label');
  is.Sure = find() === e && was.X === is.X && was.Y === is.Y && (e.contains(top) || label?.contains(top));
  return is;
})`

// middle waits for the element that an expression finds, which news may replace
// or move between two looks, and answers where its middle is. What never rests,
// or lies under something else, is clicked after a while all the same.
func (b *Browser) middle(find string) (x, y float64) {
	b.t.Helper()
	var at *struct {
		X, Y float64
		Sure bool
	}
	for since := time.Now(); at == nil || !at.Sure && time.Since(since) < 2*time.Second; {
		b.Wait(find)
		b.Into(&at, spot+"(() => "+find+")")
	}
	return at.X, at.Y
}

// Drag pulls the first element onto the second with a real mouse, in steps.
func (b *Browser) Drag(from, to string) {
	b.t.Helper()
	b.place(from) // scrolled into view first, which may move what comes after
	u, v := b.place(to)
	x, y := b.place(from)
	b.do(chromedp.MouseEvent(chromedp.MousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	for i := 1; i <= 10; i++ {
		f := float64(i) / 10
		b.do(chromedp.MouseEvent(chromedp.MouseMoved, x+(u-x)*f, y+(v-y)*f, chromedp.ButtonLeft))
	}
	b.do(chromedp.MouseEvent(chromedp.MouseReleased, u, v, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

// Type replaces what stands in a control, as a person would.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	b.Visible(selector)
	b.Eval(fmt.Sprintf("(e => { e.focus(); e.select?.(); return true })([...document.querySelectorAll(%s)].find(e => e.checkVisibility()))", quote(selector)))
	if text == "" {
		b.Press("\b")
		return
	}
	b.do(strokes(text))
}

// Choose selects an option of a select by its value.
func (b *Browser) Choose(selector, option string) {
	b.t.Helper()
	b.Visible(selector)
	b.Eval(fmt.Sprintf("(e => { e.value = %s; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true})); return true })([...document.querySelectorAll(%s)].find(e => e.checkVisibility()))", quote(option), quote(selector)))
}

// Press presses keys where the focus is; see the kb package for special ones.
func (b *Browser) Press(keys string, modifiers ...chromedp.Modifier) {
	b.t.Helper()
	b.calm()
	b.do(strokes(keys, modifiers...))
}

// Eval answers the value of a JavaScript expression as text.
func (b *Browser) Eval(expression string) string {
	b.t.Helper()
	var v any
	b.Into(&v, expression)
	if s, ok := v.(string); ok {
		return s
	}
	data, _ := json.Marshal(v)
	return string(data)
}

// Into reads the value of a JavaScript expression, a promise's included.
func (b *Browser) Into(to any, expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 2*patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("(async () => JSON.stringify((await ("+expression+")) ?? null))()", chromedp.EvalAwaitPromise))
	if err == nil {
		err = json.Unmarshal([]byte(text), to)
	}
	if err != nil {
		b.t.Fatalf("%.200s: %v", expression, err)
	}
}

// Still waits until nothing is being loaded or moved.
func (b *Browser) Still() {
	b.t.Helper()
	b.Wait("document.readyState === 'complete' && !document.querySelector('.htmx-request') && document.getAnimations().every(a => a.playState !== 'running')")
}

// Path is where the browser is.
func (b *Browser) Path() string {
	b.t.Helper()
	return b.Eval("location.pathname + location.search")
}

// Axe checks the page for breaches of WCAG 2.2 AA.
func (b *Browser) Axe() {
	b.t.Helper()
	b.axe(`['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']`)
}

// AxeColours checks what of Axe the colours decide, for a page in the other theme
// that Axe has seen as it stands: themes differ in nothing else, which a test of
// the style sheets holds.
func (b *Browser) AxeColours() {
	b.t.Helper()
	b.axe(`{type: 'rule', values: ['color-contrast', 'link-in-text-block']}`)
}

func (b *Browser) axe(only string) {
	b.t.Helper()
	b.Still() // a colour on its way to another has any contrast
	if b.Eval("typeof axe") != "object" {
		b.do(func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := chromedp.Evaluate[chromedp.Void](axe+";void 0")(ctx, t)
			return chromedp.Void{}, err
		})
	}
	var found []struct{ ID, Help, Nodes string }
	b.Into(&found, `axe.run(document, {runOnly: `+only+`, resultTypes: ['violations'], selectors: false}).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + n.any.concat(n.all).map(x => x.message).join(' ')).join('\n  ')})))`)
	for _, v := range found {
		b.t.Errorf("%s: axe %s: %s\n  %s", b.Path(), v.ID, v.Help, v.Nodes)
	}
}

// Picture writes what the window shows into the git-ignored folder screenshots
// at the root of the module, if the environment asks for pictures
// (WELLMET_SCREENSHOTS=1).
func (b *Browser) Picture(name string) {
	b.t.Helper()
	if os.Getenv("WELLMET_SCREENSHOTS") == "" {
		return
	}
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	dir = filepath.Join(dir, "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	b.picture(filepath.Join(dir, name+".png"))
}

func (b *Browser) picture(path string) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	data, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, data, 0o644)
	}
	if err != nil {
		b.t.Logf("picture: %v", err)
	}
}

func quote(s string) string {
	data, _ := json.Marshal(s)
	return string(data)
}
