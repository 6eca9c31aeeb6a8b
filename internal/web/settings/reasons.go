package settings

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const reasonsURL = home + "/reasons"

// choiceOf is a choice whose options are kept on the page of reasons.
type choiceOf struct{ Key, Object, Field string }

// choices are the reasons that there are.
var choices = []choiceOf{
	{"lost", sales.Deals.Name, sales.DealLostReason.Name()},
	{"won", sales.Deals.Name, sales.DealWonReason.Name()},
	{"lead", sales.Leads.Name, sales.LeadLostReason.Name()},
}

func (x choiceOf) URL() string { return reasonsURL + "?of=" + x.Key }

// reasonRow is one reason on the page.
type reasonRow struct {
	Key, Label string
	Uses       int64
	List       string // of the records that have it
}

type reasons struct {
	Of      choiceOf
	Rows    []reasonRow
	Retired []reasonRow
	Edit    string // which one's form is open, "+" = of a new one
	Typed   string
	Done    string
	Saved   int64 // version of the schema that Undo takes back, 0 = none
	Err     error
	seen    string // the order that the page shows
	// overtaken tells that the list was another than the one that was shown.
	overtaken bool
}

// undoURL takes the last change back.
func (p *reasons) undoURL() string {
	return reasonsURL + "/undo?of=" + p.Of.Key + "&version=" + strconv.FormatInt(p.Saved, 10)
}

func chosen(form url.Values) choiceOf {
	at := max(0, slices.IndexFunc(choices, func(x choiceOf) bool { return x.Key == form.Get("of") }))
	return choices[at]
}

func showReasons(c *door.Call) error {
	q := c.R.URL.Query()
	p := &reasons{Of: chosen(q), Edit: q.Get("edit")}
	if done := q.Get("done"); slices.Contains(dones, done) {
		p.Done = c.View.T("web.settings.done." + done)
		p.Saved, _ = strconv.ParseInt(q.Get("version"), 10, 64)
	}
	return p.answer(c)
}

func (p *reasons) answer(c *door.Call) error {
	err := c.AdminRead(func(s *record.Session) error {
		f, err := p.field(s)
		if err != nil {
			return err
		}
		if p.Saved != s.Schema().Version { // something came after it
			p.Saved = 0
		}
		found, err := s.Aggregate(c.Ctx, record.Aggregate{Object: p.Of.Object, Group: []string{p.Of.Field}, Measures: []string{"count"}})
		if err != nil {
			return err
		}
		uses := map[string]int64{}
		for _, g := range found.Groups {
			if key, ok := g.Keys[0].(string); ok {
				uses[key], _ = g.Values[0].Value.(int64)
			}
		}
		p.Rows, p.Retired = nil, nil
		var keys []string
		for _, o := range f.Options {
			x := reasonRow{Key: o.Key, Label: f.OptionLabel(o.Key, c.View.Lang), Uses: uses[o.Key],
				List: "/" + f.Object.Plural + "?" + url.Values{"filter": {p.Of.Field + " = " + strconv.Quote(o.Key)}}.Encode()}
			if o.Hidden {
				p.Retired = append(p.Retired, x)
			} else {
				p.Rows, keys = append(p.Rows, x), append(keys, o.Key)
			}
		}
		p.seen = kit.Seen(keys)
		return nil
	}, store.Report)
	if err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(p.Err), kit.Page{Title: c.View.T("web.settings.reasons"), Nav: home, Body: reasonsView(c.View, p)})
}

func (p *reasons) field(s *record.Session) (*schema.FieldDef, error) {
	o, err := s.Object(p.Of.Object)
	if err != nil {
		return nil, err
	}
	f, ok := o.Field(p.Of.Field)
	if !ok {
		return nil, fault.New(fault.NotFound, "web.no_page", nil)
	}
	return f, nil
}

// change gives the choice other options, as a version of the schema.
func (p *reasons) change(c *door.Call, what string, edit func(f *schema.FieldDef, list []schema.Option) ([]schema.Option, error)) error {
	var set struct {
		Options []schema.Option `json:"options"`
	}
	var base int64
	err := c.AdminRead(func(s *record.Session) error {
		f, err := p.field(s)
		if err == nil {
			base = s.Schema().Version
			set.Options, err = edit(f, slices.Clone(f.Options))
		}
		return err
	})
	if err == nil {
		var raw []byte
		if raw, err = json.Marshal(set); err == nil {
			var plan *schema.Plan
			plan, err = c.WS.Engine().ApplySchema(c.Ctx, c.Who, []schema.Change{{Op: schema.ChangeField, Object: p.Of.Object, Field: p.Of.Field, Set: raw}}, base)
			if err == nil {
				p.Saved = plan.Next().Version
			}
		}
	}
	if door.Showable(err) {
		p.Err = err
		return p.answer(c)
	}
	if err != nil {
		return err
	}
	if p.overtaken {
		what = "overtaken"
	}
	return c.Go(p.Of.URL() + "&done=" + what + "&version=" + strconv.FormatInt(p.Saved, 10))
}

// undoReasons takes back a change of reasons, as a version of the schema.
func undoReasons(c *door.Call) error {
	q := c.R.URL.Query()
	version, err := strconv.ParseInt(q.Get("version"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	if err := c.AdminRead(func(*record.Session) error { return nil }); err != nil {
		return err
	}
	p := &reasons{Of: chosen(q)}
	_, err = c.WS.Engine().RevertSchema(c.Ctx, c.Who, version)
	if door.Showable(err) {
		p.Err = err
		return p.answer(c)
	}
	if err != nil {
		return err
	}
	return c.Go(p.Of.URL() + "&done=undone")
}

func at(list []schema.Option, key string) (int, error) {
	i := slices.IndexFunc(list, func(o schema.Option) bool { return o.Key == key })
	if i < 0 {
		return 0, fault.New(fault.NotFound, "web.settings.no_reason", nil)
	}
	return i, nil
}

// mostLabel is how long the name of a reason may be.
const mostLabel = 100

// saveReason renames a reason, or adds one.
func (w Words) saveReason(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	label, key := strings.Join(strings.Fields(form.Get("label")), " "), form.Get("key")
	p := &reasons{Of: chosen(form), Edit: "+", Typed: label}
	if key != "" {
		p.Edit = key
	}
	return p.change(c, map[bool]string{true: "saved", false: "added"}[key != ""], func(f *schema.FieldDef, list []schema.Option) ([]schema.Option, error) {
		if label == "" || len([]rune(label)) > mostLabel {
			return nil, fault.New(fault.Invalid, "web.settings.wants_name", fault.Args{"max": mostLabel})
		}
		for _, o := range list {
			if o.Key != key && strings.EqualFold(f.OptionLabel(o.Key, c.View.Lang), label) {
				return nil, fault.New(fault.Conflict, "web.settings.reason_twice", fault.Args{"name": value.Printable(label)})
			}
		}
		if key == "" {
			return append(list, schema.Option{Key: w.Key(label, list, f), Labels: map[string]string{c.View.Lang: label}}), nil
		}
		i, err := at(list, key)
		if err != nil {
			return nil, err
		}
		labels := map[string]string{}
		for lang, text := range list[i].Labels {
			labels[lang] = text
		}
		labels[c.View.Lang] = label
		list[i].Labels = labels
		return list, nil
	})
}

// orderReasons moves a reason among those in use, or takes it out of use or
// back.
func orderReasons(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	p := &reasons{Of: chosen(c.R.URL.Query())}
	if key, gone := strings.CutPrefix(form.Get("do"), "remove:"); gone {
		return p.use(c, key, true, "removed")
	}
	if key, back := strings.CutPrefix(form.Get("do"), "back:"); back {
		return p.use(c, key, false, "back")
	}
	return p.change(c, "moved", func(_ *schema.FieldDef, list []schema.Option) ([]schema.Option, error) {
		var keys []string
		for _, o := range list {
			if !o.Hidden {
				keys = append(keys, o.Key)
			}
		}
		p.overtaken = kit.Overtaken(form, keys)
		order := kit.Moved(keys, form.Get("do"), form.Get("what"), form["group"])
		if order == nil {
			return nil, fault.New(fault.Invalid, "web.bad_form", nil)
		}
		slices.SortStableFunc(list, func(a, b schema.Option) int { return placeIn(order, a.Key) - placeIn(order, b.Key) })
		return list, nil
	})
}

// placeIn is where a key stands in an order; the others are last.
func placeIn(order []string, key string) int {
	if i := slices.Index(order, key); i >= 0 {
		return i
	}
	return len(order)
}

// use takes a reason out of use, or into use again. Records that have it keep
// it.
func (p *reasons) use(c *door.Call, key string, hide bool, what string) error {
	return p.change(c, what, func(_ *schema.FieldDef, list []schema.Option) ([]schema.Option, error) {
		i, err := at(list, key)
		if err != nil {
			return nil, err
		}
		list[i].Hidden = hide
		if !slices.ContainsFunc(list, func(o schema.Option) bool { return !o.Hidden }) {
			return nil, fault.New(fault.Conflict, "web.settings.last_reason", nil)
		}
		return list, nil
	})
}
