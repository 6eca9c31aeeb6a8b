package process

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// hook is a webhook as its page shows it.
type hook struct {
	id                              value.ID
	name, url, events, problem, err string
	active                          bool
	state                           string // of the deliveries that are shown
	list                            []process.Delivery
	older                           value.ID // from where the next page begins
	refused                         string   // why something was not done
	secret                          string   // shown this once
	known                           []choice
	done                            string
}

// mostDeliveries is how many messages a webhook's page shows.
const mostDeliveries = 50

func showHooks(c *door.Call) error {
	var list []row
	err := read(c, func(s *record.Session) error {
		return s.Each(c.Ctx, record.Query{Object: process.Webhooks.Name, Sort: "name"}, func(r *record.Record) error {
			x := row{Name: r.Title(), URL: hooksURL + "/" + r.ID.String(), Tag: c.View.T("web.process.off"), Color: "gray"}
			x.Help, _ = record.Get(r, process.WebhookURL)
			if active, _ := record.Get(r, process.WebhookActive); active {
				x.Tag, x.Color = c.View.T("web.process.on"), "green"
			}
			if problem, _ := record.Get(r, process.WebhookProblem); problem != "" {
				x.Tag, x.Color = c.View.T("web.process.wrong"), "red"
			}
			list = append(list, x)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.webhooks"), hooksPage(c.View, list))
}

func showHook(c *door.Call) error { return showHookAs(c, http.StatusOK, &hook{}) }

// showHookAs shows a webhook with what has just been done or typed.
func showHookAs(c *door.Call, status int, x *hook) error {
	typed := x.err != ""
	if id, err := c.ID(); err == nil {
		x.id = id
	} else if c.R.PathValue("id") != "new" {
		return err
	}
	x.state = c.R.URL.Query().Get("state")
	before, _ := value.ParseID(c.R.URL.Query().Get("before"))
	err := read(c, func(s *record.Session) error {
		x.known = append([]choice{{"*", c.View.T("web.process.all_events")}}, events(c, s)...)
		if x.id == 0 {
			x.active = x.active || !typed
			return nil
		}
		r, err := s.Get(c.Ctx, process.Webhooks.Name, x.id)
		if err != nil {
			return err
		}
		if !typed {
			x.fill(r)
		}
		x.problem = process.Trouble(s, r)
		x.list, err = process.Deliveries(c.Ctx, s, x.id, x.state, before, mostDeliveries+1)
		if len(x.list) > mostDeliveries {
			x.list = x.list[:mostDeliveries]
			x.older = x.list[mostDeliveries-1].ID
		}
		return err
	})
	if err != nil {
		return err
	}
	title := x.name
	if x.id == 0 {
		title = c.View.T("web.process.new_webhook")
	}
	return page(c, status, title, hookPage(c.View, title, x))
}

// events are what can be told of the business objects.
func events(c *door.Call, s *record.Session) []choice {
	var list []choice
	for _, o := range business(c.View, s) {
		list = append(list, choice{o.Key + ".*", o.Label})
	}
	return list
}

func (x *hook) fill(r *record.Record) {
	x.name, _ = record.Get(r, process.WebhookName)
	x.url, _ = record.Get(r, process.WebhookURL)
	x.events, _ = record.Get(r, process.WebhookEvents)
	x.active, _ = record.Get(r, process.WebhookActive)
}

func (x *hook) read(form url.Values) {
	x.name, x.url, x.active = strings.TrimSpace(form.Get("name")), strings.TrimSpace(form.Get("url")), form.Has("active")
	list := form["event"]
	for more := range strings.SplitSeq(form.Get("more"), ",") {
		if more = strings.TrimSpace(more); more != "" {
			list = append(list, more)
		}
	}
	x.events = strings.Join(list, ", ")
}

// has reports whether an event is told.
func (x *hook) has(event string) bool {
	for e := range strings.SplitSeq(x.events, ",") {
		if strings.TrimSpace(e) == event {
			return true
		}
	}
	return false
}

// more are the events that no tick stands for.
func (x *hook) more() string {
	var list []string
	for e := range strings.SplitSeq(x.events, ",") {
		if e = strings.TrimSpace(e); e != "" && labelOf(x.known, e) == e {
			list = append(list, e)
		}
	}
	return strings.Join(list, ", ")
}

func (x *hook) at() string {
	if x.id == 0 {
		return hooksURL + "/new"
	}
	return hooksURL + "/" + x.id.String()
}

// saveHook keeps a webhook; a new one gets its secret, which is shown once.
func saveHook(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	x := &hook{}
	x.read(form)
	id, err := c.ID()
	fresh := err != nil
	if fresh && c.R.PathValue("id") != "new" {
		return err
	}
	secret, sealed := "", ""
	if fresh {
		if secret, sealed, err = c.WS.Process().MakeSecret(c.Ctx); err != nil {
			return err
		}
	}
	err = write(c, "webhooks.save", func(s *record.Session) error {
		v := record.Values{"name": x.name, "url": x.url, "events": x.events, "active": x.active}
		if !fresh {
			_, err := s.Update(c.Ctx, process.Webhooks.Name, id, 0, v)
			return err
		}
		out, err := s.Create(c.Ctx, process.Webhooks.Name, v)
		if err != nil {
			return err
		}
		id = out.ID
		return c.WS.Process().NewSecret(c.Ctx, s, id, sealed)
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		x.err = c.View.Said(f)
		return showHookAs(c, http.StatusUnprocessableEntity, x)
	}
	if err != nil {
		return err
	}
	if !fresh {
		return c.Go(hooksURL + "/" + id.String())
	}
	c.R.SetPathValue("id", id.String())
	return showHookAs(c, http.StatusOK, &hook{secret: secret})
}

// newSecret gives the webhook another secret; the former signs beside it for a
// day.
func newSecret(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	secret, sealed, err := c.WS.Process().MakeSecret(c.Ctx)
	if err != nil {
		return err
	}
	if err := write(c, "webhooks.secret", func(s *record.Session) error { return c.WS.Process().NewSecret(c.Ctx, s, id, sealed) }); err != nil {
		return err
	}
	return showHookAs(c, http.StatusOK, &hook{secret: secret})
}

// resend sends one message again, or all that were given up.
func resend(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return onHook(c, "webhooks.resend", func(s *record.Session, id value.ID) (string, error) {
		n, err := process.Resend(c.Ctx, s, id, idOf(form, "delivery"))
		return c.View.T("web.process.resent", "count", n), err
	})
}

// testHook sends a message that says it is a test.
func testHook(c *door.Call) error {
	return onHook(c, "webhooks.test", func(s *record.Session, id value.ID) (string, error) {
		return c.View.T("web.process.test_sent"), c.WS.Process().Ping(c.Ctx, s, id)
	})
}

func onHook(c *door.Call, cause string, do func(*record.Session, value.ID) (string, error)) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	x, status := &hook{}, http.StatusOK
	err = write(c, cause, func(s *record.Session) (err error) {
		x.done, err = do(s, id)
		return err
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Conflict {
		x.done, x.refused, status, err = "", c.View.Said(f), http.StatusConflict, nil
	}
	if err != nil {
		return err
	}
	return showHookAs(c, status, x)
}
