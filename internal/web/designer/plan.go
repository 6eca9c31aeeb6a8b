package designer

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// proposal is what an administrator wants changed.
type proposal struct {
	Changes []schema.Change
	// Base is the schema version that he looked at, 0 = whatever it is now.
	Base int64
	// Back is the page that he comes from, Done the one to go to afterwards.
	Back, Done string
	// Ask wants the plan looked at even if it has no effect on anything.
	Ask bool
	// Whole reloads the whole page afterwards: the side bar changes too.
	Whole bool
}

// review is a plan in words, to be looked at before it is applied.
type review struct {
	proposal
	Title   string
	Lines   []string // what will be done
	Effects []line   // what that does
	Refused bool
	Since   []event // what others did since the page was loaded
	Text    string  // the changes, for the form
}

// line is one effect, with what stands on what goes.
type line struct {
	Kind, Text string
	Uses       []use
}

// use is one of these, and where it is changed.
type use struct{ Text, URL string }

func usesOf(v *kit.View, s *schema.Schema, list []schema.Use) (uses []use) {
	for _, u := range list {
		x := use{Text: u.Name, URL: home + "/" + u.Object}
		o, known := s.Object(u.Object)
		kept, isRecord := s.Object(u.Kind)
		switch {
		case u.Field != "" && known:
			f, _ := o.Field(u.Field)
			x.Text, x.URL = v.T("web.designer.use_field", "object", o.Label(v.Lang).One, "field", f.Label(v.Lang)), x.URL+"?field="+url.QueryEscape(u.Field)
		case u.Kind == "layout" && known:
			x.Text, x.URL = v.T("web.designer.use_layout", "object", o.Label(v.Lang).Many), x.URL+"/layout"
		case u.Kind == record.Views.Name && known:
			x.URL = "/" + o.Plural + "?view=" + u.ID.String()
		case u.Kind == access.Roles.Name:
			x.URL = "/settings/roles/" + u.ID.String()
		case u.Kind == report.Saved.Name:
			x.URL = "/reports/" + u.ID.String() + "/edit"
		case u.Kind == report.Schedules.Name:
			x.URL = "/schedules"
		case isRecord:
			x.URL = "/" + kept.Plural + "/" + u.ID.String()
		}
		if isRecord {
			x.Text = v.T("web.designer.use_record", "object", kept.Label(v.Lang).One, "name", x.Text)
		}
		uses = append(uses, x)
	}
	return uses
}

// propose plans changes. What is merely cosmetic is applied at once; the rest is
// shown in words and numbers first. An error is one of the plan itself: it
// belongs beside the form.
func propose(c *door.Call, p proposal) error {
	plan, err := c.WS.Engine().PlanSchema(c.Ctx, c.Who, p.Changes)
	if err != nil {
		return err
	}
	stale := p.Base != 0 && p.Base != plan.Base
	if stale || p.Ask || weighty(plan) {
		return show(c, p, plan, stale)
	}
	p.Base = plan.Base
	return apply(c, p)
}

// weighty reports whether a plan does anything to what is stored.
func weighty(plan *schema.Plan) bool {
	for _, x := range plan.Changes {
		if x.Op == schema.RetypeField || x.Op == schema.RemoveField || x.Op == schema.RemoveObject {
			return true
		}
	}
	return len(plan.Effects) > 0
}

func apply(c *door.Call, p proposal) error {
	plan, err := c.WS.Engine().ApplySchema(c.Ctx, c.Who, p.Changes, p.Base)
	if fault.Is(err, fault.Conflict) || err != nil && plan != nil && plan.Refused() {
		again, problem := c.WS.Engine().PlanSchema(c.Ctx, c.Who, p.Changes)
		if problem != nil {
			return problem
		}
		return show(c, p, again, again.Base != p.Base)
	}
	if err != nil {
		return err
	}
	return done(c, p, plan)
}

// done leads on, with the version that the toast can take back.
func done(c *door.Call, p proposal, plan *schema.Plan) error {
	to, err := url.Parse(p.Done)
	if err != nil {
		return err
	}
	q := to.Query()
	q.Set("saved", strconv.FormatInt(plan.Next().Version, 10))
	to.RawQuery = q.Encode()
	if p.Whole {
		return c.Reload(to.String())
	}
	return c.Go(to.String())
}

// show answers the page that asks.
func show(c *door.Call, p proposal, plan *schema.Plan, stale bool) error {
	text, err := json.Marshal(plan.Changes)
	if err != nil {
		return err
	}
	r := &review{proposal: p, Refused: plan.Refused(), Text: string(text), Title: c.View.T("web.designer.review")}
	err = read(c, func(s *record.Session) error {
		for _, x := range plan.Changes {
			r.Lines = append(r.Lines, describe(c.View, s.Schema(), logged(s.Schema(), x))...)
		}
		for _, e := range plan.Effects {
			r.Effects = append(r.Effects, line{kind(e.Weight), effect(c.View, s.Schema(), e), usesOf(c.View, s.Schema(), e.Uses)})
		}
		if stale {
			r.Since, err = events(c, s, p.Base, "")
		}
		return err
	})
	if err != nil {
		return err
	}
	r.Base = plan.Base
	status := http.StatusOK
	switch {
	case stale:
		status = http.StatusConflict
	case r.Refused:
		status = http.StatusUnprocessableEntity
	}
	return c.ShowStatus(status, kit.Page{Title: r.Title, Nav: "/settings", Body: reviewPage(c.View, r)})
}

func kind(w schema.Weight) string {
	switch w {
	case schema.Refuse:
		return "bad"
	case schema.Warn:
		return "warn"
	}
	return "info"
}

// applyPlan carries out what the page of a plan showed.
func applyPlan(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := read(c, func(*record.Session) error { return nil }); err != nil {
		return err
	}
	p := proposal{Back: inside(form.Get("back")), Done: inside(form.Get("done")), Whole: form.Get("whole") != ""}
	if p.Base, err = strconv.ParseInt(form.Get("base"), 10, 64); err != nil || json.Unmarshal([]byte(form.Get("changes")), &p.Changes) != nil {
		return fault.New(fault.Invalid, "web.designer.bad_plan", nil)
	}
	return apply(c, p)
}

// inside keeps addresses of forms within these pages.
func inside(path string) string {
	if path != home && !strings.HasPrefix(path, home+"/") && !strings.HasPrefix(path, home+"?") {
		return home
	}
	return path
}

// revert takes a version back, as a plan against the schema of today.
func revert(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(form.Get("version"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "web.designer.no_version", nil)
	}
	back := form.Get("back")
	if back == "" {
		if at, err := url.Parse(c.R.Header.Get("HX-Current-URL")); err == nil {
			back = at.Path
		}
	}
	plan, err := c.WS.Engine().RevertSchema(c.Ctx, c.Who, version)
	if err != nil {
		return err
	}
	p := proposal{Done: inside(back), Whole: true}
	if err := read(c, func(s *record.Session) error { p.Done = lasting(s.Schema(), p.Done); return nil }); err != nil {
		return err
	}
	return done(c, p, plan)
}

// lasting is an address of these pages whose object is there, else the list.
func lasting(s *schema.Schema, path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, home+"/"), "/")
	name, _, _ = strings.Cut(name, "?")
	if _, ok := s.Object(name); !ok {
		return home
	}
	return path
}

// restore brings back an object, or a field with its values.
func restore(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := read(c, func(*record.Session) error { return nil }); err != nil {
		return err
	}
	x := schema.Change{Op: schema.RestoreObject, Object: form.Get("object")}
	back := home
	if field := form.Get("field"); field != "" {
		x = schema.Change{Op: schema.RestoreField, Object: form.Get("object"), Field: field}
		back = home + "/" + url.PathEscape(x.Object)
	}
	return propose(c, proposal{Changes: []schema.Change{x}, Back: back, Done: back, Whole: x.Op == schema.RestoreObject})
}
