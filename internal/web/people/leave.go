package people

import (
	"net/http"
	"net/url"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// leaving is what it means that a member stops working here.
type leaving struct {
	member
	Holds  []app.Holding
	Team   int // colleagues who report to him
	Heirs  []choice
	Values url.Values
	Err    error
}

func showLeave(c *door.Call) error {
	l, err := leavingOf(c)
	if err != nil {
		return err
	}
	return ask(c, http.StatusOK, membersURL, l.heading(c.View), leaveForm(c.View, l))
}

func (l *leaving) heading(v *kit.View) string {
	if l.Active {
		return v.T("web.people.off_title", "name", l.Name)
	}
	return v.T("web.people.hand_over_title", "name", l.Name)
}

func leavingOf(c *door.Call) (*leaving, error) {
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	l := &leaving{}
	err = c.Read(func(s *record.Session) error {
		if err := admin(s); err != nil {
			return err
		}
		r, err := s.Get(c.Ctx, access.Members.Name, id)
		if err != nil {
			return err
		}
		l.member = memberOf(r)
		l.Heirs = slices.DeleteFunc(colleagues(s.Roster()), func(o choice) bool { return o.ID == id })
		n, _, err := s.Count(c.Ctx, record.Query{Object: access.Members.Name, Filter: `manager = "` + id.String() + `" and active = true`, Count: record.CountExact})
		if err != nil {
			return err
		}
		l.Team = int(n)
		l.Holds, err = app.Holdings(c.Ctx, s, id)
		return err
	})
	return l, err
}

// leave closes the door behind a member and hands over what he holds.
func leave(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	l, err := leavingOf(c)
	if err != nil {
		return err
	}
	l.Values = form
	if l.Active {
		err = c.WS.SetMemberActive(c.Ctx, c.Who, l.ID, false)
	}
	heir, moved := chosen(form, "to"), 0
	if err == nil && (heir != 0 || !l.Active) {
		err = c.Write("people.hand_over", func(s *record.Session) (err error) {
			moved, err = app.HandOver(c.Ctx, s, l.ID, heir, form["what"])
			return err
		})
	}
	if door.Showable(err) {
		l.Err = err
		return ask(c, door.Status(err), membersURL, l.heading(c.View), leaveForm(c.View, l))
	}
	if err != nil {
		return err
	}
	return left(c, l, heir, moved)
}

func left(c *door.Call, l *leaving, heir value.ID, moved int) error {
	text, undo := "", ""
	switch {
	case !l.Active:
		text = c.View.T("web.people.handed_over", "count", moved, "name", nameOf(c, heir))
	case moved > 0:
		text = c.View.T("web.people.off_and_handed", "count", moved, "name", l.Name, "to", nameOf(c, heir))
	default:
		text = c.View.T("web.people.off_done", "name", l.Name)
	}
	if l.Active {
		undo = membersURL + "/" + l.ID.String() + "/on"
	}
	p := staff{}
	return done(c, membersURL, func() (kit.Page, error) {
		err := p.load(c, 0, "")
		return membersView(c, &p), err
	}, text, undo)
}

// takes reports whether the form hands over an object; everything unless it
// was sent otherwise.
func (l *leaving) takes(object string) bool {
	return l.Values == nil || slices.Contains(l.Values["what"], object)
}
