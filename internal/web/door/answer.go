package door

import (
	"bytes"
	"compress/gzip"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/wire"
)

// Show answers with a page: the whole document, or the content panel alone when
// a link inside the page asked.
func (c *Call) Show(p kit.Page) error { return c.ShowStatus(http.StatusOK, p) }

// ShowStatus is Show with another status: a form that was refused.
func (c *Call) ShowStatus(status int, p kit.Page) error {
	p = c.Framed(p)
	told := c.warnings()
	if c.warned = nil; c.SignedIn() {
		told = append(told, c.carried()...)
	}
	if c.boosted() && !p.Bare && c.shell != nil {
		return c.Parts(status, append([]templ.Component{kit.Main(p)}, c.warnParts(told)...)...)
	}
	p.Warned = told
	if !p.Bare && c.shell == nil && c.SignedIn() {
		if err := c.Read(func(*record.Session) error { return nil }); err != nil {
			return err
		}
	}
	return c.Parts(status, kit.Document(c.View, c.shell, p))
}

// Framed is a page as the panel shows it: one of settings stands beside the list
// of them.
func (c *Call) Framed(p kit.Page) kit.Page {
	if c.frame != nil && strings.HasPrefix(p.Nav, settingsAt) {
		return c.frame(p)
	}
	return p
}

// Parts answers with components, one after the other.
func (c *Call) Parts(status int, parts ...templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	for _, part := range slices.Concat(parts, c.warnParts(c.warnings())) {
		if err := part.Render(c.Ctx, b); err != nil {
			return err
		}
	}
	return c.send(status, b.Bytes())
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var zippers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return w
}}

// compressFrom is where compressing begins to pay.
const compressFrom = 1400

func (c *Call) send(status int, html []byte) error {
	h := c.W.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request, HX-Boosted, Accept-Encoding")
	if len(html) < compressFrom || !strings.Contains(c.R.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Length", strconv.Itoa(len(html)))
		c.W.WriteHeader(status)
		_, _ = c.W.Write(html)
		return nil
	}
	h.Set("Content-Encoding", "gzip")
	c.W.WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(c.W)
	_, _ = z.Write(html) // a caller who hung up is no error of ours
	_ = z.Close()
	return nil
}

// Go leads on to another page: the content panel's when a script asked.
func (c *Call) Go(url string) error {
	c.carryWarnings()
	if c.R.Header.Get("HX-Request") == "true" {
		c.W.Header().Set("HX-Location", `{"path":`+strconv.Quote(url)+`,"target":"#main","swap":"innerHTML","headers":{"HX-Boosted":"true","HX-Target":"main#main"}}`)
		c.W.WriteHeader(http.StatusOK)
		return nil
	}
	http.Redirect(c.W, c.R, url, http.StatusSeeOther)
	return nil
}

// Leave answers with another page and a notice on it, which tells of this change
// and not of one before it.
func (c *Call) Leave(to, text, undo string) error {
	if c.R.Header.Get("HX-Request") != "true" {
		return c.Go(to)
	}
	c.W.Header().Set("HX-Trigger", `{"wellmet:go":{"to":"`+strings.NewReplacer(`"`, "%22", `\`, "%5C").Replace(to)+`"}}`)
	c.W.Header().Set("HX-Reswap", "none") // a form stays until the page takes its place
	return c.Parts(http.StatusOK, kit.ToastPart(c.View, text, undo))
}

// Reload loads a page as a whole: what changed stands outside the panel too.
func (c *Call) Reload(url string) error {
	c.carryWarnings()
	if c.R.Header.Get("HX-Request") == "true" {
		c.W.Header().Set("HX-Redirect", url)
		return c.Done()
	}
	http.Redirect(c.W, c.R, url, http.StatusSeeOther)
	return nil
}

// Undo is the address that takes an act back, "" for none: nothing changed.
func Undo(act value.ID) string {
	if act == 0 {
		return ""
	}
	return "/undo/" + act.String()
}

// Done answers that there is nothing to swap.
func (c *Call) Done() error {
	c.W.WriteHeader(http.StatusNoContent)
	return nil
}

// Toast answers with a notice alone; undo is the address that takes back what
// was done, "" for none.
func (c *Call) Toast(text, undo string) error {
	return c.Parts(http.StatusOK, kit.ToastPart(c.View, text, undo))
}

// Status is the status of the answer to an error.
func Status(err error) int { return wire.Status(err) }

// fail answers an error that no area turned into something better. Inside a
// page it is a toast, or the dialog that asks to sign in again; otherwise a
// page that says what happened and what to do.
func (c *Call) fail(err error) {
	status := Status(err)
	if status == http.StatusInternalServerError && c.Ctx.Err() == nil {
		c.App.Log().Error("page failed", "path", c.R.URL.Path, "error", err)
	}
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.TooMany {
		if after, ok := wire.RetryAfter(f); ok {
			c.W.Header().Set("Retry-After", after)
		}
	}
	inside := c.R.Header.Get("HX-Request") == "true"
	var problem error
	switch {
	case status == http.StatusUnauthorized && inside:
		problem = c.Parts(status, kit.SignInAgain(c.View))
	case status == http.StatusUnauthorized && c.R.Header.Get("Accept") == "text/event-stream":
		// A stream is no place to sign in. Told so, the browser stops asking; the
		// page listens anew once somebody is there.
		c.W.Header().Set("Content-Type", "text/event-stream")
		c.W.WriteHeader(http.StatusNoContent)
	case status == http.StatusUnauthorized:
		http.Redirect(c.W, c.R, "/signin?next="+templ.EscapeString(next(c.R)), http.StatusSeeOther)
	case inside && !c.boosted():
		problem = c.Parts(status, kit.FaultToast(c.View, status, err))
	default:
		c.View.Heard = "" // what may not be seen looks like what is not there
		problem = c.ShowStatus(status, kit.Page{Title: c.View.T("web.error.title"), Bare: !c.SignedIn(), Body: kit.ErrorPage(c.View, status, err)})
	}
	if problem != nil {
		http.Error(c.W, c.View.T("web.failed"), http.StatusInternalServerError)
	}
}

// next is where to go after signing in: the page that was asked for.
func next(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(r.URL.RequestURI(), "%", "%25"), "&", "%26")
}
