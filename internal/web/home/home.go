// Package home is the start page: what to do now.
package home

import (
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{$}", Do: show},
		{Pattern: "GET /more", Do: more},
		{Pattern: "GET /home/nothing", Do: func(c *door.Call) error { return c.Parts(200) }},
		{Pattern: "POST /home/{id}/done", Do: done},
		{Pattern: "POST /home/{id}/next", Do: follow},
	}
}

func show(c *door.Call) error {
	var l *look
	err := c.Read(func(s *record.Session) (err error) {
		l, err = read(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.home.title"), Nav: "/", Body: page(l)})
}

// plural is the address of an object's records.
func (l *look) plural(object string) string {
	o, _ := l.s.Schema().Object(object)
	return o.Plural
}

// more is the phone's page of all places.
func more(c *door.Call) error {
	if err := c.Read(func(*record.Session) error { return nil }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.nav.more"), Nav: "/more", Body: kit.More(c.View, c.Shell())})
}
