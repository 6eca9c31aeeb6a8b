// Package palette is the palette that finds records, views and commands, and
// the list of keys.
package palette

import (
	"net/http"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /palette", Do: find},
		{Pattern: "GET /keys", Do: keys},
	}
}

// mostHits is how many records the palette offers at once.
const mostHits = 12

// group is a part of the palette under one heading.
type group struct {
	Label   string
	Options []option
}

// option is one thing to go to or to do.
type option struct {
	Icon, Label, Hint string
	URL               string
	Dialog            bool // opens on top instead of leading away
	Post              bool // changes something
}

// find answers what the words may mean: nothing typed shows recent records and
// commands, ">" commands alone.
func find(c *door.Call) error {
	q := strings.TrimSpace(c.R.URL.Query().Get("q"))
	only := strings.HasPrefix(q, ">")
	q = strings.TrimSpace(strings.TrimPrefix(q, ">"))
	var groups []group
	err := c.Read(func(s *record.Session) error {
		groups = nil
		if !only {
			records, err := found(c, s, q)
			if err != nil {
				return err
			}
			groups = append(groups, records)
			if q != "" {
				views, err := views(c, s, q)
				if err != nil {
					return err
				}
				groups = append(groups, views)
			}
		}
		groups = append(groups, group{c.View.T("web.palette.commands"), matching(commands(c, s), q)})
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, results(c.View, groups, q))
}

// found are the records that match, or those that the browser saw last.
func found(c *door.Call, s *record.Session, q string) (group, error) {
	if q == "" {
		return recent(c, s)
	}
	out, err := s.Search(c.Ctx, record.SearchQuery{Text: q, Limit: mostHits})
	if err != nil {
		return group{}, err
	}
	g := group{Label: c.View.T("web.palette.records")}
	for _, hit := range out.Hits {
		if door.Kept(hit.Object) {
			continue
		}
		o := link(c, hit.Object, hit.ID, hit.Title)
		if hit.Text != "" && hit.Text != hit.Title {
			o.Hint = hit.Text
		}
		g.Options = append(g.Options, o)
	}
	if out.Typo {
		g.Label = c.View.T("web.palette.similar")
	}
	return g, nil
}

func link(c *door.Call, o *schema.Object, id value.ID, title string) option {
	if title == "" {
		title = c.View.T("web.palette.unnamed")
	}
	return option{Icon: door.Icon(o), Label: title, Hint: o.Label(c.View.Lang).One, URL: "/" + o.Plural + "/" + id.String()}
}

// recent shows what the browser remembers having opened: "deals/123,…".
func recent(c *door.Call, s *record.Session) (group, error) {
	g := group{Label: c.View.T("web.palette.recent")}
	for i, ref := range strings.Split(c.R.URL.Query().Get("recent"), ",") {
		plural, text, ok := strings.Cut(ref, "/")
		id, err := value.ParseID(text)
		if !ok || err != nil || i >= 8 {
			continue
		}
		for _, o := range s.Schema().Objects() {
			if o.Plural != plural || !s.Actor().Can(o, access.Read) {
				continue
			}
			records, err := s.GetMany(c.Ctx, o.Name, []value.ID{id})
			if err != nil {
				return g, err
			}
			if r := records[id]; r != nil {
				g.Options = append(g.Options, link(c, o, id, r.Title()))
			}
		}
	}
	return g, nil
}

// views are saved views by name.
func views(c *door.Call, s *record.Session, q string) (group, error) {
	g := group{Label: c.View.T("web.palette.views")}
	for _, o := range s.Schema().Objects() {
		if !s.Actor().Can(o, access.Read) || door.Kept(o) {
			continue
		}
		saved, err := s.Views(c.Ctx, o.Name)
		if err != nil {
			return g, err
		}
		for _, v := range saved {
			if v.Problem == nil {
				g.Options = append(g.Options, option{Icon: "bookmark", Label: v.Name, Hint: o.Label(c.View.Lang).Many, URL: "/" + o.Plural + "?view=" + v.ID.String()})
			}
		}
	}
	g.Options = matching(g.Options, q)
	return g, nil
}

// commands are what the user may do from anywhere.
func commands(c *door.Call, s *record.Session) []option {
	v := c.View
	var list []option
	for _, item := range c.Shell().Objects {
		for _, o := range s.Schema().Objects() {
			if "/"+o.Plural == item.URL && s.Actor().Can(o, access.Create) {
				list = append(list, option{Icon: "plus", Label: v.T("web.palette.new", "object", v.In(o.Label(v.Lang).One)), URL: item.URL + "/new", Dialog: true})
			}
		}
	}
	list = append(list, option{Icon: "inbox", Label: v.T("web.nav.home"), URL: "/"},
		option{Icon: "square-check-big", Label: v.T("web.nav.tasks"), URL: "/activities?view=tasks"})
	for _, item := range append(c.Shell().Objects, c.Shell().More...) {
		list = append(list, option{Icon: item.Icon, Label: item.Label, URL: item.URL})
	}
	list = append(list, option{Icon: "upload", Label: v.T("web.palette.import"), URL: "/imports"},
		option{Icon: "loader-circle", Label: v.T("web.palette.jobs"), URL: "/jobs"},
		option{Icon: "settings", Label: v.T("web.nav.settings"), URL: "/settings"},
		option{Icon: "user-round", Label: v.T("web.palette.me"), URL: "/settings/me"},
		option{Icon: "keyboard", Label: v.T("web.palette.keys"), URL: "/keys", Dialog: true},
		option{Icon: "log-out", Label: v.T("web.palette.sign_out"), URL: "/signout", Post: true})
	return list
}

// matching keeps the options that have every word typed at the beginning of one
// of theirs.
func matching(list []option, q string) []option {
	words := i18n.Words(i18n.Fold(q))
	var kept []option
	for _, o := range list {
		have := i18n.Words(i18n.Fold(o.Label + " " + o.Hint))
		if all(words, have) {
			kept = append(kept, o)
		}
	}
	if q == "" && len(kept) > 12 {
		return kept[:12]
	}
	return kept
}

func all(words, have []string) bool {
	for _, w := range words {
		found := false
		for _, h := range have {
			found = found || strings.HasPrefix(h, w)
		}
		if !found {
			return false
		}
	}
	return true
}

// keys is the list of keys, by what they are for.
func keys(c *door.Call) error {
	return c.Parts(http.StatusOK, keyHelp(c.View))
}
