package process

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// inlet is an incoming hook as its page shows it.
type inlet struct {
	id                                  value.ID
	name, object, does, key, acts, help string
	mapping                             []process.Mapped
	active                              bool
	err                                 string
	facts                               process.HookFacts
	fields, keys, members, rules        []choice
	objectLabel, plural                 string
	state                               string // of the calls that are shown
	calls                               []process.HookCall
	titles                              map[value.ID]string
	older                               value.ID
	address, secret, done               string // the first two are shown this once
}

// mostCalls is how many calls a hook's page shows at once, spareLines how many
// empty lines its mapping has.
const (
	mostCalls  = 30
	spareLines = 3
)

func showInlets(c *door.Call) error {
	var list []row
	err := read(c, func(s *record.Session) error {
		return s.Each(c.Ctx, record.Query{Object: process.Hooks.Name, Sort: "name"}, func(r *record.Record) error {
			x := row{Name: r.Title(), URL: inletsURL + "/" + r.ID.String(), Tag: c.View.T("web.process.off"), Color: "gray"}
			object, _ := record.Get(r, process.HookObject)
			if o, ok := s.Schema().Object(object); ok {
				x.Help = o.Label(c.View.Lang).Many
			}
			if active, _ := record.Get(r, process.HookActive); active {
				x.Tag, x.Color = c.View.T("web.process.on"), "green"
			}
			list = append(list, x)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.hooks"), inletsPage(c.View, list))
}

func showNewInlet(c *door.Call) error { return newInlet(c, http.StatusOK, naming{chosen: "lead"}) }

func newInlet(c *door.Call, status int, n naming) error {
	err := read(c, func(s *record.Session) error {
		n.of = business(c.View, s)
		return nil
	})
	if err != nil {
		return err
	}
	return page(c, status, c.View.T("web.process.new_hook"), newInletPage(c.View, n))
}

// addInlet makes a hook that is off and fills nothing yet.
func addInlet(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	n := naming{name: strings.TrimSpace(form.Get("name")), chosen: form.Get("of")}
	var made value.ID
	err = write(c, "hooks.new", func(s *record.Session) error {
		v := record.With(record.With(record.Values{}, process.HookName, n.name), process.HookActive, false)
		out, err := s.Create(c.Ctx, process.Hooks.Name, record.With(v, process.HookObject, n.chosen))
		made = out.ID
		return err
	})
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		n.err, n.refused = c.View.Said(e), e
		return newInlet(c, http.StatusUnprocessableEntity, n)
	}
	if err != nil {
		return err
	}
	return c.Go(inletsURL + "/" + made.String())
}

func showInlet(c *door.Call) error { return showInletAs(c, http.StatusOK, &inlet{}) }

// showInletAs shows a hook with what has just been done or typed.
func showInletAs(c *door.Call, status int, x *inlet) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	x.id, x.state = id, c.R.URL.Query().Get("state")
	before, _ := value.ParseID(c.R.URL.Query().Get("before"))
	err = read(c, func(s *record.Session) error {
		r, err := s.Get(c.Ctx, process.Hooks.Name, id)
		if err != nil {
			return err
		}
		if x.err == "" {
			if err := x.fill(r); err != nil {
				return err
			}
		}
		x.object, _ = record.Get(r, process.HookObject)
		if x.facts, err = process.FactsOf(c.Ctx, s, id); err != nil {
			return err
		}
		if x.calls, err = process.Calls(c.Ctx, s, id, x.state, before, mostCalls+1); err != nil {
			return err
		}
		if len(x.calls) > mostCalls {
			x.calls = x.calls[:mostCalls]
			x.older = x.calls[mostCalls-1].ID
		}
		return x.look(c, s)
	})
	if err != nil {
		return err
	}
	return page(c, status, x.name, inletPage(c.View, x))
}

// look reads what can be chosen, and the names of what calls were about.
func (x *inlet) look(c *door.Call, s *record.Session) error {
	o, ok := s.Schema().Object(x.object)
	if !ok {
		return errGone
	}
	x.objectLabel, x.plural = o.Label(c.View.Lang).One, o.Plural
	for _, f := range o.Visible() {
		if f.Writable() {
			x.fields = append(x.fields, choice{f.Name, f.Label(c.View.Lang)})
		}
	}
	for _, f := range process.Keys(o) {
		x.keys = append(x.keys, choice{f.Name, f.Label(c.View.Lang)})
		if !f.Writable() {
			x.fields = append(x.fields, choice{f.Name, f.Label(c.View.Lang)})
		}
	}
	p, err := peopleOf(c.Ctx, s)
	if err != nil {
		return err
	}
	x.members = p.members
	if err := x.waiting(c, s); err != nil {
		return err
	}
	return x.nameRecords(c, s, o)
}

// waiting lists the rules that wait for the hook.
func (x *inlet) waiting(c *door.Call, s *record.Session) error {
	return s.Each(c.Ctx, record.Query{Object: process.Rules.Name, Filter: `trigger = "hook" and hook = "` + x.id.String() + `"`, Sort: "name"}, func(r *record.Record) error {
		x.rules = append(x.rules, choice{r.ID.String(), r.Title()})
		return nil
	})
}

// nameRecords reads the titles of the records that the calls were about.
func (x *inlet) nameRecords(c *door.Call, s *record.Session, o *schema.Object) error {
	var ids []value.ID
	for _, y := range x.calls {
		if y.Record != 0 {
			ids = append(ids, y.Record)
		}
	}
	found, err := s.GetMany(c.Ctx, o.Name, ids)
	x.titles = map[value.ID]string{}
	for id, r := range found {
		if x.titles[id] = r.Title(); x.titles[id] == "" {
			x.titles[id] = x.objectLabel
		}
	}
	return err
}

func (x *inlet) fill(r *record.Record) error {
	x.name, _ = record.Get(r, process.HookName)
	x.does, _ = record.Get(r, process.HookDoes)
	x.key, _ = record.Get(r, process.HookKey)
	x.help, _ = record.Get(r, process.HookHelp)
	x.active, _ = record.Get(r, process.HookActive)
	if id, ok := record.Get(r, process.HookActs); ok {
		x.acts = id.String()
	}
	text, _ := record.Get(r, process.HookMapping)
	var err error
	x.mapping, err = process.ParseMapping(text)
	return err
}

// read takes over what was typed; lines of the mapping that are empty are none.
func (x *inlet) read(form url.Values) {
	x.name, x.help = strings.TrimSpace(form.Get("name")), strings.TrimSpace(form.Get("description"))
	x.does, x.key, x.acts, x.active = form.Get("does"), form.Get("key"), form.Get("acts"), form.Has("active")
	paths, fields := form["path"], form["field"]
	for i := range min(len(paths), len(fields)) {
		if path := strings.TrimSpace(paths[i]); path != "" || fields[i] != "" {
			x.mapping = append(x.mapping, process.Mapped{Path: path, Field: fields[i]})
		}
	}
}

func (x *inlet) at() string { return inletsURL + "/" + x.id.String() }

// lines are the mapping with empty ones to be filled.
func (x *inlet) lines() []process.Mapped {
	return append(append([]process.Mapped(nil), x.mapping...), make([]process.Mapped, spareLines)...)
}

func (x *inlet) doing(v *kit.View) []choice {
	var list []choice
	for _, key := range []string{process.HookSaves, process.HookChanges, process.HookFinds} {
		list = append(list, choice{key, v.T("web.process.hook_does." + key)})
	}
	return list
}

func saveInlet(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, err := c.ID()
	if err != nil {
		return err
	}
	x := &inlet{}
	x.read(form)
	err = write(c, "hooks.save", func(s *record.Session) error {
		v := record.Values{"name": x.name, "does": x.does, "mapping": process.MappingText(x.mapping), "key_field": x.key, "active": x.active,
			"description": x.help, "acts_as": nil}
		if who := idOf(form, "acts"); who != 0 {
			v["acts_as"] = who
		}
		_, err := s.Update(c.Ctx, process.Hooks.Name, id, 0, v)
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		x.err = c.View.Said(f)
		return showInletAs(c, http.StatusUnprocessableEntity, x)
	}
	if err != nil {
		return err
	}
	return c.Go(inletsURL + "/" + id.String())
}

// newAddress gives the hook another address, which is shown this once.
func newAddress(c *door.Call) error {
	return onInlet(c, "hooks.address", func(s *record.Session, x *inlet) error {
		token, err := process.NewToken(c.Ctx, s, x.id)
		x.address = c.Address(process.HookPath(c.WS.Slug(), token))
		return err
	})
}

// signInlet lets the hook ask for signatures, by a new secret.
func signInlet(c *door.Call) error {
	secret, sealed, err := c.WS.Process().MakeSecret(c.Ctx)
	if err != nil {
		return err
	}
	return onInlet(c, "hooks.secret", func(s *record.Session, x *inlet) error {
		x.secret = secret
		return c.WS.Process().NewSecret(c.Ctx, s, x.id, sealed)
	})
}

// unsignInlet lets it take whatever comes.
func unsignInlet(c *door.Call) error {
	return onInlet(c, "hooks.secret", func(s *record.Session, x *inlet) error { return process.DropSecret(c.Ctx, s, x.id) })
}

// tryAgain tries one call again, or all that failed.
func tryAgain(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return onInlet(c, "hooks.again", func(s *record.Session, x *inlet) error {
		n, err := process.Again(c.Ctx, s, x.id, idOf(form, "call"))
		x.done = c.View.T("web.process.again_done", "count", n)
		return err
	})
}

func onInlet(c *door.Call, cause string, do func(*record.Session, *inlet) error) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	x := &inlet{id: id}
	if err := write(c, cause, func(s *record.Session) error { return do(s, x) }); err != nil {
		return err
	}
	return showInletAs(c, http.StatusOK, x)
}

func callState(v *kit.View, state string) string {
	if state == "" {
		return v.T("web.process.call.all")
	}
	return v.T("web.process.call." + state)
}

var callColors = map[string]string{process.CallDone: "green", process.CallFailed: "red", process.CallRefused: "amber"}
