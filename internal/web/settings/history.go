package settings

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

const historyURL = home + "/history"

// historyPage is how many changes come at once.
const historyPage = 30

// shownLines is how many lines of a change stand open.
const shownLines = 4

// change is a change of configuration in words.
type change struct {
	ID     string
	At     time.Time
	Who    kit.Person
	System string // who, when nobody
	Door   string
	Lines  []string
	// Undone says that it was taken back; Undid is the change that it took back.
	Undone bool
	Undid  string
}

func (x change) URL() string { return historyURL + "/" + x.ID }

// past is a page of the history of configuration.
type past struct {
	Changes  []change
	Subjects []option
	People   []option
	Subject  string
	Person   string
	Reverted bool
	Older    string // address of the next page, "" = there is none
}

type option struct{ Value, Label string }

// history lists who changed what of how the company works.
func (w Words) history(c *door.Call) error {
	q := c.R.URL.Query()
	p := &past{Subject: q.Get("subject"), Person: q.Get("person"), Reverted: q.Has("reverted")}
	ask := record.ConfigurationQuery{Limit: historyPage}
	for name, to := range map[string]*value.ID{"before": &ask.Before, "person": &ask.Actor} {
		if text := q.Get(name); text != "" {
			id, err := value.ParseID(text)
			if err != nil {
				return fault.New(fault.Invalid, "query.bad_cursor", nil)
			}
			*to = id
		}
	}
	if p.Subject != "" {
		ask.Subjects = []string{p.Subject}
	}
	err := c.AdminRead(func(s *record.Session) error {
		list, more, err := s.Configuration(c.Ctx, ask)
		if err != nil {
			return err
		}
		if more {
			older := url.Values{"subject": {p.Subject}, "person": {p.Person}, "before": {list[len(list)-1].Act.String()}}
			p.Older = historyURL + "?" + older.Encode()
		}
		if p.Changes, err = w.tell(c, s, list); err != nil {
			return err
		}
		return p.choices(c, s)
	})
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.settings.history"), Nav: home, Body: historyView(c.View, p)})
}

// choices are the subjects and people to narrow the history to.
func (p *past) choices(c *door.Call, s *record.Session) error {
	subjects, err := s.ConfigurationSubjects(c.Ctx)
	if err != nil {
		return err
	}
	t := teller{v: c.View, s: s}
	p.Subjects, p.People = nil, nil
	for _, subject := range subjects {
		p.Subjects = append(p.Subjects, option{subject, t.subject(subject)})
	}
	people, err := s.ConfigurationActors(c.Ctx)
	for _, id := range people {
		p.People = append(p.People, option{id.String(), t.who(id)})
	}
	for _, list := range [][]option{p.Subjects, p.People} {
		slices.SortFunc(list, func(a, b option) int { return strings.Compare(i18n.Fold(a.Label), i18n.Fold(b.Label)) })
	}
	return err
}

// tell says changes in words.
func (w Words) tell(c *door.Call, s *record.Session, list []record.ConfigurationChange) ([]change, error) {
	t := teller{v: c.View, s: s, n: parts.NewNames(s), words: w}
	for i := range list {
		t.want(&list[i])
	}
	if err := t.n.Load(c.Ctx); err != nil {
		return nil, err
	}
	var out []change
	for i := range list {
		x := &list[i]
		y := change{ID: x.Act.String(), At: x.At, Door: parts.Door(c.View, x.Door), Lines: t.lines(x), Undone: x.UndoneBy != 0}
		if name := s.Roster().Name(x.Actor); name != "" {
			y.Who = kit.Person{ID: x.Actor.String(), Name: name}
		} else {
			y.System, y.Door = t.who(0), ""
		}
		if x.Undid != 0 {
			y.Undid = historyURL + "/" + x.Undid.String()
		}
		out = append(out, y)
	}
	return out, nil
}

// way is the way back of one change: what it would do, and what stands in it.
type way struct {
	change
	Effects []effect
	Reasons []reason
	Kept    int // other records that changed since and stay as they are
	Refused bool
	Gone    bool // it was taken back already
}

type effect struct{ Weight, Text string }

// reason is why a change cannot be taken back, with the later change that
// stands in the way.
type reason struct{ Text, URL string }

// showWay answers what taking a change back would do.
func (w Words) showWay(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	r, err := c.WS.Engine().PlanRevert(c.Ctx, c.Who, id)
	if err != nil {
		return err
	}
	return w.answer(c, r, http.StatusOK)
}

func (w Words) answer(c *door.Call, r *record.Reverting, status int) error {
	x := &way{Refused: r.Refusal() != nil, Gone: r.Change.UndoneBy != 0}
	err := c.AdminRead(func(s *record.Session) error {
		list, err := w.tell(c, s, []record.ConfigurationChange{*r.Change})
		if err != nil {
			return err
		}
		x.change, x.Effects, x.Reasons = list[0], nil, nil
		if r.Plan != nil {
			for _, e := range r.Plan.Effects {
				weight, text := w.Effect(c.View, s.Schema(), e)
				x.Effects = append(x.Effects, effect{weight, text})
			}
		}
		if r.Undone != nil {
			x.Kept = len(r.Undone.Kept)
		}
		t := teller{v: c.View, s: s, words: w}
		for _, h := range r.Hindrances {
			x.Reasons = append(x.Reasons, t.reason(h))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.settings.take_back"), Nav: home, Body: wayView(c.View, x)})
}

// reason says what stands in the way, and leads to the change that does.
func (t teller) reason(h record.Hindrance) reason {
	why := i18n.Text(t.v.Lang, h.Key, h.Args)
	what := ""
	switch o, ok := t.s.Schema().Object(h.Subject); {
	case strings.HasPrefix(h.Subject, "@") && h.Field != "":
		what = t.setting(h.Subject, h.Field)
	case ok && h.Title != "":
		what = t.v.T("web.settings.named", "object", o.Label(t.v.Lang).One, "name", short(h.Title))
		if f, known := o.Field(h.Field); known {
			what = t.v.T("web.settings.field", "what", what, "field", f.Label(t.v.Lang))
		}
	}
	out := reason{Text: why}
	if what != "" {
		out.Text = t.v.T("web.settings.because", "what", what, "why", why)
	}
	if h.Act != 0 {
		out.URL = historyURL + "/" + h.Act.String()
	}
	return out
}

// revert takes a change back, and shows why where it stays.
func (w Words) revert(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	r, err := c.WS.Engine().RevertConfiguration(c.Ctx, c.Who, id)
	switch {
	case err != nil:
		return err
	case r.Refusal() != nil:
		return w.answer(c, r, http.StatusConflict)
	}
	return c.Reload(historyURL + "?reverted=1") // names in the side bar may have changed
}
