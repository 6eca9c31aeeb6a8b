// Package create is new records: one form for every object by its metadata, as
// a page and as a dialog on top of whatever asked for it; what comboboxes list;
// how typed numbers and days were read; and the hint that something exists
// already. It decides nothing about permission: fields that the actor may not
// set are not in the form, and the engine has the last word.
package create

import (
	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /new", Do: menu},
		{Pattern: "GET /{plural}/new", Do: ask},
		{Pattern: "POST /{plural}/new", Do: save},
		{Pattern: "GET /{plural}/options", Do: options},
		{Pattern: "GET /{plural}/reading", Do: reading},
		{Pattern: "GET /{plural}/duplicates", Do: duplicates},
	}
}

// creatable is the object of the address, if the caller may create one.
func creatable(c *door.Call, s *record.Session) (*schema.Object, error) {
	o, err := c.Object(s)
	if err != nil {
		return nil, err
	}
	if !s.Actor().Can(o, access.Create) {
		return nil, fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": o.Label(c.View.Lang).One})
	}
	return o, nil
}

// ask shows the empty form, with what the address prefills.
func ask(c *door.Call) error {
	query := c.R.URL.Query()
	var f *form
	err := c.Read(func(s *record.Session) error {
		o, err := creatable(c, s)
		if err != nil {
			return err
		}
		f = newForm(c, s, o)
		f.prefill(query)
		return f.finish(c.Ctx)
	})
	if err != nil {
		return err
	}
	return answer(c, 200, f)
}

// answer shows the form where it was asked for: as a page, as a dialog, or in
// the place of the one that was refused.
func answer(c *door.Call, status int, f *form) error {
	switch {
	case c.Fragment() && c.R.Method == "POST":
		return c.Parts(status, formPart(c.View, f))
	case c.Fragment():
		return c.Parts(status, dialog(c.View, f))
	}
	return c.ShowStatus(status, kit.Page{Title: f.Title, Nav: "/" + f.Object.Plural, Body: page(c.View, f)})
}
