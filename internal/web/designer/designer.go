// Package designer is settings of objects and fields: what the company makes of its records.
package designer

import (
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
)

const home = "/settings/objects"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/objects", Do: showObjects},
		{Pattern: "GET /settings/objects/new", Do: showNewObject},
		{Pattern: "POST /settings/objects/new", Do: addObject},
		{Pattern: "GET /settings/objects/name", Do: proposeName},
		{Pattern: "POST /settings/objects/apply", Do: applyPlan},
		{Pattern: "POST /settings/objects/restore", Do: restore},
		{Pattern: "POST /settings/objects/revert", Do: revert},
		{Pattern: "GET /settings/objects/{name}", Do: showFields},
		{Pattern: "POST /settings/objects/{name}", Do: saveField},
		{Pattern: "POST /settings/objects/{name}/remove", Do: removeField},
		{Pattern: "GET /settings/objects/{name}/formula", Do: checkFormula},
		{Pattern: "GET /settings/objects/{name}/layout", Do: showLayout},
		{Pattern: "POST /settings/objects/{name}/layout", Do: saveLayout},
		{Pattern: "GET /settings/objects/{name}/lists", Do: showLists},
		{Pattern: "GET /settings/objects/{name}/object", Do: showObject},
		{Pattern: "POST /settings/objects/{name}/object", Do: saveObject},
		{Pattern: "POST /settings/objects/{name}/object/remove", Do: removeObject},
		{Pattern: "GET /settings/objects/{name}/history", Do: showHistory},
	}
}

// admin refuses everybody else.
func admin(s *record.Session) error { return door.AdminOnly(s, "web.designer.admin_only") }

// read runs fn for an administrator.
func read(c *door.Call, fn func(*record.Session) error) error {
	return c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		return fn(s)
	})
}

// named is the object of the address.
func named(c *door.Call, s *record.Session) (*schema.Object, error) {
	o, ok := s.Schema().Object(c.R.PathValue("name"))
	if !ok {
		return nil, fault.New(fault.NotFound, "web.designer.no_object", nil)
	}
	return o, nil
}

// languages of labels: the reader's own first.
func languages(mine string) []string {
	list := []string{mine}
	for _, l := range i18n.Languages() {
		if l != mine {
			list = append(list, l)
		}
	}
	return list
}

// address is a page of an object's settings.
func address(o *schema.Object, rest string) string { return home + "/" + o.Name + rest }
