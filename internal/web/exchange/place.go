package exchange

import (
	"net/url"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// place is one import on its way through the wizard.
type place struct {
	v      *kit.View
	run    *exchange.Run
	object *schema.Object
	label  schema.Label
	step   int // 1 file, 2 match, 3 check, 4 import
	admin  bool

	similar   []exchange.RowError
	undone    int // acts taken back, of
	acts      int
	linkNames map[string]string // what came along, by lookup
	titles    map[value.ID]string
}

// find reads an import. Somebody else's is not there.
func find(c *door.Call) (*place, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	im := c.WS.Importer()
	p := &place{v: c.View}
	if p.run, err = im.Get(c.Ctx, c.Who, id); err != nil {
		return nil, err
	}
	if p.run.DryRun && p.run.Duplicates > 0 {
		if p.similar, err = im.Similar(c.Ctx, c.Who, id, shownRows); err != nil {
			return nil, err
		}
	}
	if p.run.State == exchange.Undoing {
		if p.undone, p.acts, err = im.UndoProgress(c.Ctx, c.Who, id); err != nil {
			return nil, err
		}
	}
	return p, c.Read(func(s *record.Session) error { return p.learn(c, s) })
}

// sent is what a form says of the import that the address names.
func sent(c *door.Call) (*place, url.Values, error) {
	form, err := c.Form()
	if err != nil {
		return nil, nil, err
	}
	p, err := find(c)
	return p, form, err
}

// learn names what the import speaks of, in the user's language.
func (p *place) learn(c *door.Call, s *record.Session) error {
	o, err := s.Object(p.run.Object)
	if err != nil {
		return err
	}
	p.object, p.label, p.admin, p.step = o, o.Label(c.View.Lang), s.Actor().Admin(), p.now()
	p.linkNames = map[string]string{}
	for name := range p.run.Links {
		object, _, _ := strings.Cut(name, ".")
		if to, err := s.Object(object); err == nil {
			p.linkNames[name] = to.Label(c.View.Lang).Many
		}
	}
	var ids []value.ID
	for _, x := range p.similar {
		if x.Record != 0 {
			ids = append(ids, x.Record)
		}
	}
	if len(ids) == 0 || !s.Actor().Can(o, access.Read) {
		return nil
	}
	records, err := s.GetMany(c.Ctx, o.Name, ids)
	p.titles = map[value.ID]string{}
	for id, r := range records {
		p.titles[id] = r.Title()
	}
	return err
}

// shownRows is how many examples of rows a page shows.
const shownRows = 10

// now is the step that the import has come to.
func (p *place) now() int {
	switch {
	case p.run.State == exchange.Draft:
		return 2
	case p.run.DryRun:
		return 3
	}
	return 4
}

// busy reports whether figures are still changing.
func (p *place) busy() bool {
	return p.run.State == exchange.Waiting || p.run.State == exchange.Running || p.run.State == exchange.Undoing
}

func (p *place) url(word string) string {
	url := "/imports/" + p.run.ID.String()
	if word != "" {
		url += "/" + word
	}
	return url
}

// share is how much of the work is done, in hundredths; -1 while nobody knows.
func (p *place) share() int {
	done, all := p.run.Rows, p.run.Total
	if p.run.State == exchange.Undoing {
		done, all = p.undone, p.acts
	}
	if all == 0 || p.run.State == exchange.Waiting {
		return -1
	}
	return min(100, done*100/all)
}

// rate is rows a second, 0 while too few are done to tell.
func (p *place) rate() int64 {
	if p.run.Seconds < 0.2 {
		return 0
	}
	return int64(float64(p.run.Rows) / p.run.Seconds)
}

// left is how long the rest will take.
func (p *place) left() time.Duration {
	r := p.rate()
	if r == 0 || p.run.Total <= p.run.Rows {
		return 0
	}
	return max(time.Second, (time.Duration(p.run.Total-p.run.Rows) * time.Second / time.Duration(r)).Round(time.Second))
}

// undoUntil is the last day on which the import can be taken back, "" when it
// can not.
func (p *place) undoUntil() string {
	until, ok := p.run.UndoUntil()
	if !ok || p.v.Now.After(until) {
		return ""
	}
	return p.v.DateNear(value.DateOf(until, p.v.Zone), p.v.Today())
}

func (p *place) title() string {
	name := p.run.Name
	switch {
	case p.run.DryRun && p.busy():
		return p.v.T("web.exchange.title.checking", "file", name)
	case p.run.DryRun:
		return p.v.T("web.exchange.title.checked", "file", name)
	case p.run.State == exchange.Undoing:
		return p.v.T("web.exchange.title.undoing", "file", name)
	case p.run.State == exchange.Undone:
		return p.v.T("web.exchange.title.undone", "file", name)
	case p.busy():
		return p.v.T("web.exchange.title.importing", "file", name)
	case p.run.State == exchange.Done:
		return p.v.T("web.exchange.title.done", "file", name)
	}
	return p.v.T("web.exchange.title.stopped", "file", name)
}

// stateName is where an import stands, in a word.
func stateName(v *kit.View, run *exchange.Run) string {
	switch {
	case run.State == exchange.Draft, run.DryRun && run.State == exchange.Done:
		return v.T("web.exchange.state.draft")
	case run.DryRun && (run.State == exchange.Waiting || run.State == exchange.Running):
		return v.T("web.exchange.state.checking")
	case run.State == exchange.Done && run.Failed > 0:
		return v.T("web.exchange.state.errors")
	}
	return v.T("web.exchange.state." + string(run.State))
}

func stateColor(run *exchange.Run) string {
	switch run.State {
	case exchange.Done:
		if run.DryRun {
			return "gray"
		}
		if run.Failed > 0 {
			return "amber"
		}
		return "green"
	case exchange.Failed, exchange.Stopped:
		return "red"
	case exchange.Waiting, exchange.Running, exchange.Undoing:
		return "blue"
	}
	return "gray"
}
