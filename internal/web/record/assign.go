package record

import (
	"net/http"

	"wellmet/internal/access"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// askAssign answers the dialog of owners that the actor may give the record to.
func askAssign(c *door.Call) error {
	var m *model
	var people []choice
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		if !m.assignable() {
			return fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": m.o.Name})
		}
		people = colleagues(s, func(id value.ID) bool { return s.Actor().Reaches(m.o, access.Update, id) || id == m.r.Owner() })
		return nil
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, assignDialog(m, people))
}

// assign gives the record to another owner. Who gives it out of his own reach
// is led to the list.
func assign(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	owner, err := value.ParseID(form.Get("owner"))
	if err != nil {
		return errNoState
	}
	var act value.ID
	var said string
	var lost bool
	err = c.Write(c.R.PathValue("plural")+".assign", func(s *record.Session) error {
		m, err := load(c, s)
		if err != nil {
			return err
		}
		f := m.field("owner")
		if f == nil {
			return errNoState
		}
		if _, err := s.Update(c.Ctx, m.o.Name, m.r.ID, version(form), parts.Set(m.o, f, form, owner)); err != nil {
			return err
		}
		act, said = s.Act(), c.View.T("web.record.assigned", "title", m.title(), "who", s.Roster().Name(owner))
		_, err = s.Get(c.Ctx, m.o.Name, m.r.ID)
		if lost = fault.Is(err, fault.NotFound); lost {
			err = nil
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case lost:
		return c.Leave("/"+c.R.PathValue("plural"), said, door.Undo(act))
	}
	return refreshed(c, said, door.Undo(act))
}

// askErase answers the dialog before a person is made unknowable.
func askErase(c *door.Call) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		m, err = loadErasable(c, s)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, eraseDialog(m))
}

// loadErasable reads a person; only administrators erase.
func loadErasable(c *door.Call, s *record.Session) (*model, error) {
	m, err := load(c, s)
	switch {
	case err != nil:
		return nil, err
	case m.o.Name != customer.Contacts.Name:
		return nil, errNoState
	case !m.erasable():
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	return m, nil
}

// erase makes a person unknowable, for good.
func erase(c *door.Call) error {
	var e customer.Erased
	err := c.Write("contacts.erase", func(s *record.Session) error {
		m, err := loadErasable(c, s)
		if err != nil {
			return err
		}
		e, err = sales.Erase(c.Ctx, s, m.r.ID)
		return err
	})
	if err != nil {
		return err
	}
	return refreshed(c, c.View.T("web.record.erased", "activities", e.Activities, "leads", e.Leads, "elsewhere", e.Elsewhere), "")
}
