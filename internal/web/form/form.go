// Package form is the company's forms. Strangers see them on a page of their
// own, inside a frame on the company's website, or post to them from there:
// nobody signs in, and nothing of a session is looked at. Administrators make
// them in settings, and see what came.
package form

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// mostBytes is what a post may carry: thirty long answers.
const mostBytes = 64 << 10

// mostBegun is how much of a longer one is kept.
const mostBegun = 8 << 10

// Routes are the addresses of this area.
func Routes() []door.Route {
	return append([]door.Route{
		{Pattern: "GET /w/{slug}/f/{form}", Do: show, Public: true},
		{Pattern: "POST /w/{slug}/f/{form}", Do: take, Public: true, Body: mostBytes},
	}, builderRoutes()...)
}

// sheet is a form with what somebody filled in.
type sheet struct {
	marketing.Form
	URL    string
	inputs []input
	Values url.Values
	wrong  map[string]string
	page   string // where the form stands
	thanks bool
	seen   *kit.View // in the language of its visitors
}

// input is one question as the visitor sees it.
type input struct {
	Name, Label, Kind, Value, Error, Complete string
	Required                                  bool
	Most                                      int
	Options                                   []option
}

type option struct{ Key, Label string }

// open finds the workspace and the form of the address.
func open(c *door.Call, sent url.Values) (*app.Workspace, *sheet, error) {
	ws, err := c.App.Workspace(c.Ctx, c.R.PathValue("slug"))
	if err != nil {
		return nil, nil, fault.New(fault.NotFound, "form.absent", nil).Because(err)
	}
	x := &sheet{URL: c.R.URL.Path, Values: sent, wrong: map[string]string{}}
	err = ws.Read(c.Ctx, record.AsSystem("a form on the website"), func(s *record.Session) (err error) {
		if x.Form, err = marketing.Find(c.Ctx, s, c.R.PathValue("form")); err != nil {
			return err
		}
		if x.Language != "" {
			c.View.Format = i18n.FormatFor(x.Language)
			c.View.Lang = c.View.Format.Language()
		}
		x.fill(c.View, s.Schema())
		return nil
	})
	return ws, x, err
}

// fill makes the questions ready.
func (x *sheet) fill(v *kit.View, sc *schema.Schema) {
	lead := sc.MustObject(sales.Leads.Name)
	for _, q := range x.Inputs {
		if f, ok := lead.Field(q.Field); ok && !(marketing.Offers(f) && len(x.Products) == 0) {
			x.inputs = append(x.inputs, x.ask(v, q, f))
		}
	}
}

func (x *sheet) ask(v *kit.View, q marketing.Input, f *schema.FieldDef) input {
	in := input{Name: f.Name, Label: cmp.Or(q.Label, f.Label(v.Lang)), Kind: "text", Required: q.Required, Value: x.Values.Get(f.Name), Most: 500}
	switch f.Kind {
	case schema.KindEmail:
		in.Kind, in.Complete = "email", "email"
	case schema.KindPhone:
		in.Kind, in.Complete = "tel", "tel"
	case schema.KindURL:
		in.Kind = "url"
	case schema.KindDate:
		in.Kind = "date"
	case schema.KindInt:
		in.Kind = "number"
	case schema.KindLongText:
		in.Kind, in.Most = "long", 10_000
	case schema.KindBool:
		in.Kind = "yes"
	case schema.KindLink:
		in.Kind = "choice"
		for _, p := range x.Products {
			in.Options = append(in.Options, option{p.Title(), p.Title()})
		}
	case schema.KindChoice:
		in.Kind = "choice"
		for _, o := range f.Options {
			if !o.Hidden {
				in.Options = append(in.Options, option{o.Key, f.OptionLabel(o.Key, v.Lang)})
			}
		}
	}
	switch f.Name {
	case sales.LeadName.Name():
		in.Complete = "name"
	case sales.LeadCompany.Name():
		in.Complete = "organization"
	}
	return in
}

// show answers the form as a page, which websites may frame.
func show(c *door.Call) error {
	_, x, err := open(c, url.Values{})
	if err != nil {
		return err
	}
	if x.thanks = c.R.URL.Query().Has("sent"); !x.thanks {
		x.page = cmp.Or(c.R.URL.Query().Get("page"), c.R.Referer())
	}
	return answer(c, http.StatusOK, x)
}

func answer(c *door.Call, status int, x *sheet) error {
	x.allow(c.W.Header())
	return c.ShowStatus(status, kit.Page{Title: cmp.Or(x.Title, x.Name), Bare: true, Body: page(c.View, x)})
}

// allow lets the form's websites frame it, and the browser go on to the page
// of thanks. Everything else stays as strict as elsewhere.
func (x *sheet) allow(h http.Header) {
	frames := cmp.Or(strings.Join(strings.Fields(x.Sites), " "), "*")
	csp := strings.Replace(h.Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors "+frames, 1)
	if u, err := url.Parse(x.Address); err == nil && u.Host != "" {
		csp = strings.Replace(csp, "form-action 'self'", "form-action 'self' "+u.Scheme+"://"+u.Host, 1)
	}
	h.Set("Content-Security-Policy", csp)
}

// take keeps what was sent and thanks for it, or says what to mend.
func take(c *door.Call) error {
	begun := beginning{}
	c.R.Body = begun.of(c.R.Body)
	sent, err := c.Form()
	if fault.Is(err, fault.TooLarge) {
		return errors.Join(err, begun.keep(c, err))
	}
	if err != nil {
		return err
	}
	ws, x, err := open(c, sent)
	if err != nil {
		return err
	}
	script := strings.Contains(c.R.Header.Get("Accept"), "application/json")
	if script {
		x.share(c)
	}
	got, err := c.App.Forms().Receive(c.Ctx, ws, marketing.Post{Form: x.Slug, Values: c.R.PostForm, Address: c.From().IP, Agent: c.R.UserAgent(),
		Page: cmp.Or(sent.Get("_page"), c.R.Referer())})
	if err != nil {
		return err
	}
	if script {
		return reply(c, x, got)
	}
	if got.Refused == nil {
		http.Redirect(c.W, c.R, cmp.Or(x.Address, x.URL+"?sent=1"), http.StatusSeeOther)
		return nil
	}
	x.page = sent.Get("_page")
	for _, f := range got.Refused.Fields {
		x.wrong[f.Path] = c.View.FieldFault(f)
	}
	for i := range x.inputs {
		x.inputs[i].Error = x.wrong[x.inputs[i].Name]
	}
	return answer(c, http.StatusUnprocessableEntity, x)
}

// beginning is what a post begins with, for when it is too long.
type beginning struct{ text []byte }

// Write implements io.Writer.
func (b *beginning) Write(p []byte) (int, error) {
	b.text = append(b.text, p[:min(len(p), mostBegun-len(b.text))]...)
	return len(p), nil
}

// of is a body that is remembered while it is read.
func (b *beginning) of(body io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(body, b), body}
}

// keep keeps the beginning of a post that is refused.
func (b *beginning) keep(c *door.Call, why error) error {
	ws, x, err := open(c, url.Values{})
	if err != nil {
		return err
	}
	e, _ := fault.As(why)
	return c.App.Forms().Refuse(c.Ctx, ws, marketing.Post{Form: x.Slug, Values: marketing.Beginning(c.R.Header.Get("Content-Type"), string(b.text)),
		Address: c.From().IP, Agent: c.R.UserAgent(), Page: c.R.Referer()}, e)
}

// share lets scripts of the form's websites read the answer. Such a post needs
// no leave beforehand, as forms never have.
func (x *sheet) share(c *door.Call) {
	origin := c.R.Header.Get("Origin")
	sites := strings.Fields(x.Sites)
	if origin != "" && (len(sites) == 0 || slices.Contains(sites, origin)) {
		c.W.Header().Set("Access-Control-Allow-Origin", origin)
		c.W.Header().Add("Vary", "Origin")
	}
}

// reply answers a script.
func reply(c *door.Call, x *sheet, got marketing.Answer) error {
	body := map[string]any{"ok": got.Refused == nil, "thanks": thanks(c.View, x), "address": x.Address}
	status := http.StatusOK
	if got.Refused != nil {
		wrong := map[string]string{}
		for _, f := range got.Refused.Fields {
			wrong[f.Path] = c.View.FieldFault(f)
		}
		body, status = map[string]any{"ok": false, "wrong": wrong}, http.StatusUnprocessableEntity
	}
	c.W.Header().Set("Content-Type", "application/json")
	c.W.WriteHeader(status)
	return json.NewEncoder(c.W).Encode(body)
}

func thanks(v *kit.View, x *sheet) string { return cmp.Or(x.Thanks, v.T("web.form.thanks")) }
