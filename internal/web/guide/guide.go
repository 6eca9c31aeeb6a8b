// Package guide is the panel on a record that leads through its process: where
// it stands, what is to be done here and why, what is still missing, which
// texts help, and where it goes next.
package guide

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/support"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/{id}/guide", Do: show},
		{Pattern: "GET /{plural}/{id}/guide/{template}", Do: showText},
		{Pattern: "POST /{plural}/{id}/guide/tips", Do: addTip},
		{Pattern: "POST /{plural}/{id}/guide/tips/{tip}", Do: rateTip},
		{Pattern: "GET /{plural}/{id}/automations", Do: showLog},
		{Pattern: "POST /settings/me/guide", Do: turn},
	}
}

// Panel is the guide of one record.
type Panel struct {
	v     *kit.View
	url   string // of the record
	at    []*place
	tasks []*record.Record
	// What colleagues say, what a further tip can be about, and the names of
	// objections.
	tips       []support.Tip
	topics     []support.Topic
	objections map[string]string
	author     func(value.ID) string
	// A tip that was not taken, and why not.
	draft, problem string
}

// place is where the record stands in one process.
type place struct {
	process.Standing
	texts map[string][]text // by move; "" for the state's own
}

type text struct{ ID, Name, Kind string }

// mostTasks is how many open tasks the guide names, mostLooked among how many
// it looks for them.
const (
	mostTasks  = 5
	mostLooked = 50
)

// Of is the guide of a record, nil where it goes through no stages and no
// process.
func Of(c *door.Call, s *record.Session, r *record.Record) (*Panel, error) {
	list, err := sales.Standings(c.Ctx, s, r)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	p := &Panel{v: c.View, url: "/" + r.Object.Plural + "/" + r.ID.String()}
	for _, st := range list {
		p.at = append(p.at, &place{Standing: st, texts: map[string][]text{}})
	}
	if c.View.NoGuide {
		return p, nil
	}
	if err := p.name(c, s, r.Object.Name); err != nil {
		return nil, err
	}
	if err := p.hear(c, s, r); err != nil {
		return nil, err
	}
	return p, p.todo(c, s, r)
}

// name finds what the templates of state and moves are called; those that are
// out of use, or for other records, help nobody here.
func (p *Panel) name(c *door.Call, s *record.Session, object string) error {
	var ids []value.ID
	for _, at := range p.at {
		ids = append(ids, at.Templates...)
		for _, t := range at.Moves {
			ids = append(ids, t.Templates...)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.GetMany(c.Ctx, process.Templates.Name, ids)
	if err != nil && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		return err
	}
	for _, at := range p.at {
		lists := map[string][]value.ID{"": at.Templates}
		for _, t := range at.Moves {
			lists[t.Key] = append(lists[t.Key], t.Templates...)
		}
		for key, list := range lists {
			for _, id := range list {
				if r := found[id]; r != nil && inUse(r, object) {
					kind, _ := record.Get(r, process.TemplateKind)
					at.texts[key] = append(at.texts[key], text{id.String(), r.Title(), kind})
				}
			}
		}
	}
	return nil
}

func inUse(template *record.Record, object string) bool {
	of, _ := record.Get(template, process.TemplateObject)
	status, _ := record.Get(template, process.TemplateStatus)
	return of == object && status == process.Published
}

// todo finds the open tasks about the record.
func (p *Panel) todo(c *door.Call, s *record.Session, r *record.Record) error {
	if !r.Object.Timeline {
		return nil
	}
	items, _, err := activity.Timeline(c.Ctx, s, r.Object.Name, r.ID, activity.Filter{Kinds: []string{activity.Task}}, nil, mostLooked)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil
	}
	for _, item := range items {
		if item.Record == nil {
			continue
		}
		if done, _ := record.Get(item.Record, activity.Done); !done && len(p.tasks) < mostTasks {
			p.tasks = append(p.tasks, item.Record)
		}
	}
	return err
}

// show answers the panel as it is now.
func show(c *door.Call) error {
	var p *Panel
	err := c.Read(func(s *record.Session) error {
		r, err := theRecord(c, s)
		if err == nil {
			p, err = Of(c, s, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, p.Show())
}

// theRecord is the one that the address names.
func theRecord(c *door.Call, s *record.Session) (*record.Record, error) {
	o, err := c.Object(s)
	if err != nil {
		return nil, err
	}
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	return s.Get(c.Ctx, o.Name, id)
}

// Changed tells the guide on the page that something about its record has
// changed.
func Changed(c *door.Call) { c.W.Header().Set("HX-Trigger", "wellmet:guide") }

// turn shows or hides the guide for the user himself, from now on.
func turn(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	auth := c.App.Auth()
	prefs, err := auth.Preferences(c.Ctx, c.Identity.User)
	if err != nil {
		return err
	}
	prefs.NoGuide = form.Get("off") != ""
	if err := auth.SetPreferences(c.Ctx, c.Identity.User, prefs); err != nil {
		return err
	}
	c.SetView(prefs)
	if c.Fragment() {
		Changed(c)
		return c.Parts(http.StatusOK)
	}
	back := form.Get("back")
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") {
		back = "/"
	}
	return c.Go(back)
}

// showText answers a template filled for the record, to be read aloud, copied
// or sent.
func showText(c *door.Call) error {
	var w process.Written
	err := c.Read(func(s *record.Session) error {
		template, err := c.IDOf("template")
		if err != nil {
			return err
		}
		r, err := theRecord(c, s)
		if err != nil {
			return err
		}
		w, err = process.Offer(c.Ctx, s, template, r, sales.NoMail)
		w.Empty = views.Labels(c.View, s, r.Object, w.Empty)
		return err
	})
	if err != nil {
		return err
	}
	if !c.Fragment() {
		return c.Show(kit.Page{Title: w.Name, Nav: "/" + c.R.PathValue("plural"), Body: textPage(c.View, w)})
	}
	return c.Parts(http.StatusOK, textDialog(c.View, w))
}

// letter is the address that opens the text as a mail.
func letter(w process.Written) templ.SafeURL {
	q := url.Values{"subject": {w.Subject}, "body": {w.Body}}
	return templ.SafeURL("mailto:" + url.PathEscape(w.To) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20"))
}

// done reports whether nothing is left to do for a way that is open.
func (p *Panel) done(at *place, t process.Transition) bool {
	return t.Blocked == "" && t.Onward && len(p.tasks) == 0 && len(asked(at.Ask, true))+len(asked(t.Ask, true)) == 0
}

// asked are the required fields that are missing, or those that are there.
func asked(list []process.Asked, missing bool) (labels []string) {
	for _, a := range list {
		if a.Required && a.Missing == missing {
			labels = append(labels, a.Label)
		}
	}
	return labels
}

// move is the dialogue of a way.
func (p *Panel) move(at *place, t process.Transition) string {
	if at.Blueprint == 0 && t.Key == sales.ConvertKey {
		return p.url + "/convert"
	}
	return p.url + "/move?" + url.Values{"field": {at.Field}, "to": {t.To}}.Encode()
}

// icons of templates.
var icons = map[string]string{process.MailTemplate: "mail", process.ScriptTemplate: "phone", process.DocumentTemplate: "file-text", process.ChecklistTemplate: "list-checks"}

// sinceWords say how long the record has been where it is, and until when it
// may stay.
func (p *Panel) sinceWords(at *place) []string {
	var words []string
	if at.Since != nil {
		words = append(words, p.v.T("web.guide.since", "when", p.v.Near(value.DateOf(*at.Since, p.v.Zone), p.v.Today())))
	}
	switch {
	case at.Paused:
		words = append(words, p.v.T("web.guide.paused"))
	case at.Late:
		words = append(words, p.v.T("web.guide.late", "when", p.v.MomentFull(*at.Due, p.v.Zone)))
	case at.Due != nil:
		words = append(words, p.v.T("web.guide.due", "when", p.v.MomentFull(*at.Due, p.v.Zone)))
	}
	return words
}
