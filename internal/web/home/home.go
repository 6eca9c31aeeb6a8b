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
	}
}

func show(c *door.Call) error {
	if err := c.Read(func(s *record.Session) error { return nil }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.home.title"), Nav: "/", Body: page(c.View)})
}

// more is the phone's page of all places.
func more(c *door.Call) error {
	if err := c.Read(func(*record.Session) error { return nil }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.nav.more"), Nav: "/more", Body: kit.More(c.View, c.Shell())})
}
