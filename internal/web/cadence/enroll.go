package cadence

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

// entering is the dialog by which leads enter a cadence.
type entering struct {
	v    *kit.View
	URL  string
	Back string
	// Of one lead.
	Title string
	In    *record.Record // the enrollment that it is in
	// Of many.
	Count   int
	IDs     []value.ID
	Offered []known
	object  *schema.Object
	names   *parts.Names
	Err     error
}

// mostAtOnce is how many leads enter by one click.
const mostAtOnce = 1000

// leads refuses the addresses of objects that have no cadences.
func leads(c *door.Call, s *record.Session) (*schema.Object, error) {
	o, err := c.Object(s)
	if err == nil && o.Name != sales.Leads.Name {
		err = fault.New(fault.NotFound, "web.no_page", nil)
	}
	return o, err
}

// offer are the cadences that can be entered.
func (x *entering) offer(c *door.Call, s *record.Session) error {
	list, err := all(c, s)
	if err != nil {
		return err
	}
	x.v, x.object, x.names, x.Offered = c.View, s.Schema().MustObject(sales.Enrollments.Name), parts.NewNames(s), nil
	for _, k := range list {
		if k.On && k.Steps > 0 {
			x.Offered = append(x.Offered, k)
		}
	}
	return nil
}

// ask answers the dialog of one lead: its cadence, or those that it may enter.
func ask(c *door.Call) error { return (&entering{}).answer(c) }

func (x *entering) answer(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := c.Read(func(s *record.Session) error { return x.load(c, s, id) }); err != nil {
		return err
	}
	if c.Fragment() && x.Err != nil {
		return c.Parts(door.StatusOf(x.Err), enterForm(x))
	}
	return x.show(c, oneForm(x))
}

func (x *entering) show(c *door.Call, form templ.Component) error {
	if c.Fragment() {
		return c.Parts(http.StatusOK, enterDialog(x.v, form))
	}
	return c.ShowStatus(door.StatusOf(x.Err), kit.Page{Title: c.View.T("web.cadence.one"), Nav: x.Back, Body: enterPage(x, form)})
}

func (x *entering) load(c *door.Call, s *record.Session, id value.ID) error {
	o, err := leads(c, s)
	if err != nil {
		return err
	}
	if err := s.MayChange(c.Ctx, o.Name, id); err != nil {
		return err
	}
	lead, err := s.Get(c.Ctx, o.Name, id)
	if err != nil {
		return err
	}
	if err := x.offer(c, s); err != nil {
		return err
	}
	x.Title, x.Back, x.URL = lead.Title(), "/"+o.Plural+"/"+id.String(), "/"+o.Plural+"/"+id.String()+"/cadence"
	page, err := s.Query(c.Ctx, record.Query{Object: sales.Enrollments.Name, Filter: `lead = "` + id.String() + `" and state in ("active", "paused")`, Limit: 1})
	if err != nil || len(page.Records) == 0 {
		return err
	}
	x.In = page.Records[0]
	x.names.WantRecord(x.In, x.object.Fields)
	return x.names.Load(c.Ctx)
}

// act lets the lead enter, or holds, resumes or ends what it is in.
func act(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	var done value.ID
	err = c.Write("leads.cadence", func(s *record.Session) error {
		if _, err := leads(c, s); err != nil {
			return err
		}
		defer func() { done = s.Act() }() // there is none before the first change
		enrollment, _ := value.ParseID(form.Get("enrollment"))
		switch form.Get("do") {
		case "pause":
			return sales.Pause(c.Ctx, s, enrollment)
		case "resume":
			return sales.Resume(c.Ctx, s, enrollment)
		case "stop":
			return sales.Stop(c.Ctx, s, enrollment)
		}
		cadence, _ := value.ParseID(form.Get("cadence"))
		return sales.Enroll(c.Ctx, s, cadence, id)
	})
	if door.Showable(err) {
		return (&entering{Err: err}).answer(c)
	}
	if err != nil {
		return err
	}
	text := c.View.T("web.cadence.entered")
	switch form.Get("do") {
	case "pause":
		text = c.View.T("web.cadence.paused")
	case "resume":
		text = c.View.T("web.cadence.resumed")
	case "stop":
		text = c.View.T("web.cadence.stopped")
	}
	return c.Leave("/leads/"+id.String(), text, door.Undo(done))
}

// askMany answers the dialog for the records that are selected in a list.
func askMany(c *door.Call) error { return (&entering{}).answerMany(c, c.R.URL.Query()) }

func (x *entering) answerMany(c *door.Call, form url.Values) error {
	if err := c.Read(func(s *record.Session) error { return x.loadMany(c, s, form) }); err != nil {
		return err
	}
	if c.Fragment() && x.Err != nil {
		return c.Parts(door.StatusOf(x.Err), enterForm(x))
	}
	return x.show(c, enterForm(x))
}

func (x *entering) loadMany(c *door.Call, s *record.Session, form url.Values) error {
	o, err := leads(c, s)
	if err != nil {
		return err
	}
	if err := x.offer(c, s); err != nil {
		return err
	}
	x.IDs, err = selected(c, s, o, form)
	x.Count, x.Back, x.URL = len(x.IDs), "/"+o.Plural, "/"+o.Plural+"/cadence"
	return err
}

// selected are the records whose boxes are ticked, or all of the list.
func selected(c *door.Call, s *record.Session, o *schema.Object, form url.Values) (ids []value.ID, err error) {
	if form.Get("all") == "" {
		ids = parts.Ticked(form)
	} else {
		st, err := views.Parse(c, s, o)
		if err != nil {
			return nil, err
		}
		q := st.Query()
		q.Fields, q.Limit = []string{"id"}, 200
		for len(ids) <= mostAtOnce {
			page, err := s.Query(c.Ctx, q)
			if err != nil {
				return nil, err
			}
			for _, r := range page.Records {
				ids = append(ids, r.ID)
			}
			if q.Cursor = page.Next; page.Next == "" {
				break
			}
		}
	}
	switch {
	case len(ids) == 0:
		return nil, fault.New(fault.Invalid, "web.list.none_selected", nil)
	case len(ids) > mostAtOnce:
		return nil, fault.New(fault.Invalid, "web.cadence.too_many", fault.Args{"most": mostAtOnce})
	}
	return ids, nil
}

// enrollMany lets the selected leads enter who can.
func enrollMany(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var n sales.Entered
	var done value.ID
	err = c.Write("leads.cadence", func(s *record.Session) error {
		o, err := leads(c, s)
		if err != nil {
			return err
		}
		ids, err := selected(c, s, o, form)
		if err != nil {
			return err
		}
		cadence, _ := value.ParseID(form.Get("cadence"))
		n, err = sales.EnrollMany(c.Ctx, s, cadence, ids)
		done = s.Act()
		return err
	})
	if door.Showable(err) {
		return (&entering{Err: err}).answerMany(c, form)
	}
	if err != nil {
		return err
	}
	if n.In == 0 {
		done = 0
	}
	return c.Leave("/leads", entered(c.View, n), door.Undo(done))
}

// entered says how many are in, and why others are not.
func entered(v *kit.View, n sales.Entered) string {
	text := v.T("web.cadence.entered_n", "count", n.In, "n", v.Int(int64(n.In)))
	for _, x := range []struct {
		n    int
		text string
	}{
		{n.There, v.T("web.cadence.there_n", "count", n.There, "n", v.Int(int64(n.There)))},
		{n.OptedOut, v.T("web.cadence.opted_out_n", "count", n.OptedOut, "n", v.Int(int64(n.OptedOut)))},
		{n.Over, v.T("web.cadence.over_n", "count", n.Over, "n", v.Int(int64(n.Over)))},
		{n.Alien, v.T("web.cadence.alien_n", "count", n.Alien, "n", v.Int(int64(n.Alien)))},
	} {
		if x.n > 0 {
			text += " · " + x.text
		}
	}
	return text
}
