// Package process is settings of what happens when: blueprints with their
// states and ways, rules, templates and webhooks, told and edited in sentences,
// tried on real records before they govern.
package process

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/blueprints", Do: showBlueprints},
		{Pattern: "GET /settings/blueprints/new", Do: showNewBlueprint},
		{Pattern: "POST /settings/blueprints/new", Do: addBlueprint},
		{Pattern: "GET /settings/blueprints/learn", Do: showLearn},
		{Pattern: "POST /settings/blueprints/learn", Do: teach},
		{Pattern: "GET /settings/blueprints/{id}", Do: showBlueprint},
		{Pattern: "GET /settings/blueprints/{id}/part", Do: askPart},
		{Pattern: "POST /settings/blueprints/{id}/part", Do: savePart},
		{Pattern: "GET /settings/blueprints/{id}/test", Do: showTest},
		{Pattern: "POST /settings/blueprints/{id}/test", Do: runTest},
		{Pattern: "GET /settings/blueprints/{id}/publish", Do: askPublish},
		{Pattern: "POST /settings/blueprints/{id}/publish", Do: publish},
		{Pattern: "POST /settings/blueprints/{id}/retire", Do: retire},
		{Pattern: "GET /settings/blueprints/{id}/versions", Do: showVersions},
		{Pattern: "POST /settings/blueprints/{id}/revert", Do: revert},

		{Pattern: "GET /settings/rules", Do: showRules},
		{Pattern: "GET /settings/rules/new", Do: showNewRule},
		{Pattern: "POST /settings/rules/new", Do: addRule},
		{Pattern: "GET /settings/rules/{id}", Do: showRule},
		{Pattern: "GET /settings/rules/{id}/part", Do: askPart},
		{Pattern: "POST /settings/rules/{id}/part", Do: savePart},
		{Pattern: "GET /settings/rules/{id}/test", Do: showRuleTest},
		{Pattern: "POST /settings/rules/{id}/test", Do: runRuleTest},
		{Pattern: "POST /settings/rules/{id}/switch", Do: switchRule},
		{Pattern: "POST /settings/rules/{id}/delete", Do: deleteRule},

		{Pattern: "GET /settings/templates", Do: showTemplates},
		{Pattern: "GET /settings/templates/new", Do: showTemplate},
		{Pattern: "GET /settings/templates/{id}", Do: showTemplate},
		{Pattern: "POST /settings/templates/new", Do: saveTemplate},
		{Pattern: "POST /settings/templates/{id}", Do: saveTemplate},

		{Pattern: "GET /settings/webhooks", Do: showHooks},
		{Pattern: "GET /settings/webhooks/{id}", Do: showHook},
		{Pattern: "POST /settings/webhooks/{id}", Do: saveHook},
		{Pattern: "POST /settings/webhooks/{id}/secret", Do: newSecret},
		{Pattern: "POST /settings/webhooks/{id}/resend", Do: resend},
		{Pattern: "POST /settings/webhooks/{id}/test", Do: testHook},

		{Pattern: "GET /settings/hooks", Do: showInlets},
		{Pattern: "GET /settings/hooks/new", Do: showNewInlet},
		{Pattern: "POST /settings/hooks/new", Do: addInlet},
		{Pattern: "GET /settings/hooks/{id}", Do: showInlet},
		{Pattern: "POST /settings/hooks/{id}", Do: saveInlet},
		{Pattern: "POST /settings/hooks/{id}/address", Do: newAddress},
		{Pattern: "POST /settings/hooks/{id}/secret", Do: signInlet},
		{Pattern: "POST /settings/hooks/{id}/unsign", Do: unsignInlet},
		{Pattern: "POST /settings/hooks/{id}/again", Do: tryAgain},
	}
}

const (
	blueprintsURL = "/settings/blueprints"
	rulesURL      = "/settings/rules"
	templatesURL  = "/settings/templates"
	hooksURL      = "/settings/webhooks"
	inletsURL     = "/settings/hooks"
)

// read runs fn for an administrator.
func read(c *door.Call, fn func(*record.Session) error) error { return c.AdminRead(fn) }

// write is one act of an administrator; fn may run twice.
func write(c *door.Call, cause string, fn func(*record.Session) error) error {
	_, err := c.AdminWrite(cause, fn)
	return err
}

// page shows a page of this area.
func page(c *door.Call, status int, title string, body templ.Component) error {
	return c.ShowStatus(status, kit.Page{Title: title, Nav: "/settings", Body: body})
}

// choice is something to choose, by key.
type choice struct{ Key, Label string }

// people are who can be named: colleagues, roles and teams.
type people struct{ members, roles, teams []choice }

func peopleOf(ctx context.Context, s *record.Session) (p people, err error) {
	for _, id := range s.Roster().People() {
		p.members = append(p.members, choice{id.String(), s.Roster().Name(id)})
	}
	slices.SortFunc(p.members, func(a, b choice) int { return cmp.Compare(a.Label, b.Label) })
	if p.teams, err = choices(ctx, s, access.Teams.Name, nil); err != nil {
		return p, err
	}
	p.roles, err = choices(ctx, s, access.Roles.Name, func(r *record.Record) string {
		key, _ := record.Get(r, access.RoleKey)
		return cmp.Or(key, r.ID.String())
	})
	return p, err
}

// choices are the records of a small object by title; key nil = the id.
func choices(ctx context.Context, s *record.Session, object string, key func(*record.Record) string) ([]choice, error) {
	var list []choice
	err := s.Each(ctx, record.Query{Object: object}, func(r *record.Record) error {
		k := r.ID.String()
		if key != nil {
			k = key(r)
		}
		list = append(list, choice{k, r.Title()})
		return nil
	})
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(a.Label, b.Label) })
	return list, err
}

func labelOf(list []choice, key string) string {
	for _, x := range list {
		if x.Key == key {
			return x.Label
		}
	}
	return key
}

// business are the objects that processes and rules are for.
func business(v *kit.View, s *record.Session) []choice {
	var list []choice
	for _, o := range s.Schema().Objects() {
		if !o.Hidden && !access.Guards(o) && !isSetting(o) {
			list = append(list, choice{o.Name, o.Label(v.Lang).One})
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(a.Label, b.Label) })
	return list
}

func isSetting(o *schema.Object) bool {
	return slices.Contains([]string{process.Blueprints.Name, process.Versions.Name, process.Rules.Name, process.Templates.Name, process.Webhooks.Name, process.Hooks.Name, "view"}, o.Name) ||
		o.StateList || door.Kept(o)
}

// readNamed reads the templates for the object's records, those of documents among
// them, all webhooks, and the incoming hooks about the object.
func (x *sheet) readNamed(ctx context.Context, s *record.Session) error {
	err := s.Each(ctx, record.Query{Object: process.Templates.Name, Sort: "name"}, func(r *record.Record) error {
		if of, _ := record.Get(r, process.TemplateObject); of != x.o.Name {
			return nil
		}
		y := choice{r.ID.String(), r.Title()}
		x.templates = append(x.templates, y)
		if kind, _ := record.Get(r, process.TemplateKind); kind == process.DocumentTemplate {
			x.papers = append(x.papers, y)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if x.hooks, err = choices(ctx, s, process.Webhooks.Name, nil); err != nil {
		return err
	}
	return s.Each(ctx, record.Query{Object: process.Hooks.Name, Sort: "name"}, func(r *record.Record) error {
		if of, _ := record.Get(r, process.HookObject); of == x.o.Name {
			x.inlets = append(x.inlets, choice{r.ID.String(), r.Title()})
		}
		return nil
	})
}

// mostFound is how many records are offered to try something on.
const mostFound = 10

// found are records of an object to try something on: those that a text finds,
// else the latest.
func found(ctx context.Context, s *record.Session, o *schema.Object, text, filter string) ([]choice, error) {
	p, err := s.Query(ctx, record.Query{Object: o.Name, Text: text, Filter: filter, Limit: mostFound})
	if err != nil {
		return nil, err
	}
	var list []choice
	for _, r := range p.Records {
		list = append(list, choice{r.ID.String(), cmp.Or(r.Title(), o.Label(s.Who().Locale).One)})
	}
	return list, nil
}

// idOf reads an id of a form, 0 for none.
func idOf(form url.Values, name string) value.ID {
	id, err := value.ParseID(form.Get(name))
	if err != nil {
		return 0
	}
	return id
}

// inDialog shows a form in a dialogue, or as a page without scripts.
func inDialog(c *door.Call, title, back string, form templ.Component) error {
	if c.Fragment() {
		return c.Parts(http.StatusOK, askDialog(c.View, title, form))
	}
	return page(c, http.StatusOK, title, askPage(c.View, title, back, form))
}
