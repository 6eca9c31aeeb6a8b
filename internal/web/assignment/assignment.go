// Package assignment is the settings of who gets new leads, deals, accounts and
// contacts: rules in their order, told in sentences, with whom they would have
// given last month's records to, in numbers, before they are saved.
package assignment

import (
	"net/url"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/ownership"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

const home = "/settings/assignment"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/assignment", Do: list},
		{Pattern: "POST /settings/assignment/order", Do: arrange},
		{Pattern: "GET /settings/assignment/new", Do: show},
		{Pattern: "POST /settings/assignment/new", Do: save},
		{Pattern: "GET /settings/assignment/{id}", Do: show},
		{Pattern: "POST /settings/assignment/{id}", Do: save},
		{Pattern: "POST /settings/assignment/{id}/delete", Do: remove},
	}
}

// tryDays is how far back rules are tried.
const tryDays = 30

// rule is one in its place.
type rule struct {
	Rec    *record.Record
	Said   []string // its condition in sentences
	On     bool
	Broken error // what it names is gone
}

func (r rule) URL() string { return home + "/" + r.Rec.ID.String() }

// book is the rules of one object, and whom they would have given what.
type book struct {
	v       *kit.View
	Object  *schema.Object
	Tabs    []*schema.Object
	Rules   []rule
	Trial   *ownership.Trial
	seen    string // the order that the page shows
	ofRules *schema.Object
	names   *parts.Names
}

func at(object string) string { return home + "?object=" + url.QueryEscape(object) }

// objectOf reads which object is meant: leads, where nothing is said.
func objectOf(s *record.Session, name string) (*schema.Object, error) {
	if name == "" {
		name = ownership.Assigned[0]
	}
	if !slices.Contains(ownership.Assigned, name) {
		return nil, fault.New(fault.NotFound, "web.no_page", nil)
	}
	return s.Object(name)
}

func list(c *door.Call) error {
	b := &book{v: c.View}
	if err := c.AdminRead(func(s *record.Session) error { return b.load(c, s) }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.assignment.title"), Nav: "/settings", Body: listPage(b)})
}

func (b *book) load(c *door.Call, s *record.Session) (err error) {
	b.Rules, b.Tabs, b.names = nil, nil, parts.NewNames(s)
	b.ofRules = s.Schema().MustObject(ownership.AssignmentRules.Name)
	if b.Object, err = objectOf(s, c.R.URL.Query().Get("object")); err != nil {
		return err
	}
	for _, name := range ownership.Assigned {
		b.Tabs = append(b.Tabs, s.Schema().MustObject(name))
	}
	rules, err := rulesOf(c, s, b.Object.Name)
	if err != nil {
		return err
	}
	b.seen = kit.Seen(parts.IDs(rules))
	broken, err := ownership.Broken(c.Ctx, s)
	if err != nil {
		return err
	}
	for _, r := range rules {
		text, _ := record.Get(r, ownership.RuleCondition)
		x := views.Read(c.View, s, b.Object, text)
		if err := x.Names().Load(c.Ctx); err != nil {
			return err
		}
		active, said := record.Get(r, ownership.RuleActive)
		b.Rules = append(b.Rules, rule{r, x.All(c.View), active || !said, broken[r.ID]})
		b.names.WantRecord(r, b.ofRules.Fields)
	}
	if c.R.URL.Query().Has("try") {
		if b.Trial, err = c.WS.Owners().TryOut(c.Ctx, s, b.Object.Name, s.Now().AddDate(0, 0, -tryDays), nil); err != nil {
			return err
		}
	}
	return b.names.Load(c.Ctx)
}

func rulesOf(c *door.Call, s *record.Session, object string) ([]*record.Record, error) {
	page, err := s.Query(c.Ctx, record.Query{Object: ownership.AssignmentRules.Name, Filter: `object = "` + object + `"`, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// arrange moves a rule; the first that holds decides.
func arrange(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	overtaken := false
	act, err := c.AdminWrite("assignment.order", func(s *record.Session) (err error) {
		overtaken, err = parts.Arrange(c.Ctx, s, ownership.RulePosition.Name(), form, func() ([]*record.Record, error) { return rulesOf(c, s, form.Get("object")) })
		return err
	})
	if err != nil {
		return err
	}
	if overtaken {
		c.Warn("web.settings.overtaken")
	}
	return c.Leave(at(form.Get("object")), c.View.T("web.assignment.moved"), door.Undo(act))
}

func remove(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("assignment.delete", func(s *record.Session) error {
		return s.Delete(c.Ctx, ownership.AssignmentRules.Name, id)
	})
	if err != nil {
		return err
	}
	return c.Leave(at(form.Get("object")), c.View.T("web.assignment.deleted"), door.Undo(act))
}
