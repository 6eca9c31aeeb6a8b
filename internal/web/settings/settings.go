package settings

import (
	"net/http"
	"strings"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const home = "/settings"

// Routes are the addresses of this area.
func Routes(w Words) []door.Route {
	list := []door.Route{
		{Pattern: "GET /settings", Do: index},
		{Pattern: "GET /settings/history", Do: w.history},
		{Pattern: "GET /settings/history/{id}", Do: w.showWay},
		{Pattern: "POST /settings/history/{id}/revert", Do: w.revert},
		{Pattern: "GET /settings/hours", Do: showHours},
		{Pattern: "POST /settings/hours", Do: saveHours},
		{Pattern: "GET /settings/reasons", Do: showReasons},
		{Pattern: "POST /settings/reasons", Do: w.saveReason},
		{Pattern: "POST /settings/reasons/order", Do: orderReasons},
		{Pattern: "POST /settings/reasons/undo", Do: undoReasons},
	}
	for _, b := range books() {
		list = append(list, b.routes()...)
	}
	return list
}

// Frame puts a page of settings beside the list of all subjects.
func Frame(c *door.Call, s *record.Session) func(kit.Page) kit.Page {
	list := of(c, s)
	at := current(list, c.R.URL.Path)
	return func(p kit.Page) kit.Page {
		if at != "" {
			p.Body = framed(c.View, list, at, p.Body)
		}
		return p
	}
}

// current is the subject that an address belongs to, "" for none.
func current(list []group, path string) (at string) {
	for _, g := range list {
		for _, p := range g.Places {
			if (path == p.URL || strings.HasPrefix(path, p.URL+"/")) && len(p.URL) > len(at) {
				at = p.URL
			}
		}
	}
	return at
}

// found is what the index shows: all subjects, or what a text was looked for.
type found struct {
	Text   string
	Groups []group
}

// index lists the settings that the user may open, or finds among them.
func index(c *door.Call) error {
	f := &found{Text: strings.TrimSpace(c.R.URL.Query().Get("q"))}
	err := c.Read(func(s *record.Session) error {
		f.Groups = of(c, s)
		if f.Text != "" {
			f.Groups = find(c.View, s, f.Groups, f.Text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusOK, results(c.View, f))
	}
	return c.Show(kit.Page{Title: c.View.T("web.nav.settings"), Nav: home, Body: indexPage(c.View, f)})
}

// mostFound is how many fields are listed; who gets more narrows his words.
const mostFound = 60

// find narrows the subjects to those with all words of a text; for
// administrators objects and fields are among them.
func find(v *kit.View, s *record.Session, all []group, text string) (list []group) {
	words := strings.Fields(i18n.Fold(text))
	has := func(texts ...string) bool {
		in := i18n.Fold(strings.Join(texts, " "))
		for _, w := range words {
			if !strings.Contains(in, w) {
				return false
			}
		}
		return true
	}
	add := func(label string, places []place) {
		if len(places) > 0 {
			list = append(list, group{label, places})
		}
	}
	for _, g := range all {
		var some []place
		for _, p := range g.Places {
			if has(p.Label, p.Help, p.Words, g.Label) {
				some = append(some, p)
			}
		}
		add(g.Label, some)
	}
	if !s.Actor().Admin() {
		return list
	}
	var objects, fields []place
	for _, o := range s.Schema().Objects() {
		label, at := o.Label(v.Lang), "/settings/objects/"+o.Name
		if has(label.One, label.Many, o.Name) {
			objects = append(objects, place{door.Icon(o), at, label.Many, "", ""})
		}
		for _, f := range o.Visible() {
			if len(fields) < mostFound && has(f.Label(v.Lang), f.Name, label.Many) && !has(label.Many) {
				fields = append(fields, place{"text", at + "?field=" + f.Name, f.Label(v.Lang), label.Many, ""})
			}
		}
	}
	add(v.T("web.settings.objects"), objects)
	add(v.T("web.settings.fields"), fields)
	return list
}
