package record

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// closing is the dialog that ends a deal.
type closing struct {
	m      *model
	as     string // won or lost
	form   url.Values
	fields []parts.Control
	other  string // what is wrong with no field in particular
}

// askClose answers the dialog that ends a deal.
func askClose(c *door.Call) error {
	x := &closing{as: c.R.URL.Query().Get("as")}
	if err := x.load(c, nil); err != nil {
		return err
	}
	return c.Parts(http.StatusOK, closeDialog(x))
}

// load prepares the dialog; refusal is why the deal was not closed.
func (x *closing) load(c *door.Call, refusal *fault.Error) error {
	return c.Read(func(s *record.Session) (err error) {
		if _, err = dealID(c, s); err != nil {
			return err
		}
		if x.m, err = load(c, s); err != nil {
			return err
		}
		reason := sales.DealWonReason
		if x.as == sales.Lost {
			reason = sales.DealLostReason
		}
		x.add(reason.Name(), "reason", nil, x.as == sales.Lost, refusal)
		if x.as == sales.Lost {
			x.add(sales.DealCompetitor.Name(), "competitor", nil, false, refusal)
		}
		x.add(sales.DealCloseDate.Name(), "on", s.Today(), true, refusal)
		if refusal != nil && !x.marked() {
			x.other = c.View.Fault(refusal)
		}
		return nil
	})
}

func (x *closing) add(field, name string, v any, required bool, refusal *fault.Error) {
	f := x.m.field(field)
	if f == nil || !x.m.writable(f) {
		return
	}
	control := parts.Control{ID: "cl-" + name, Name: name, Field: f, Value: v, Required: required, Autofocus: len(x.fields) == 0}
	if x.form != nil {
		control.Typed = parts.Typed(f, x.form, name)
	}
	if refusal != nil {
		for _, broken := range refusal.Fields {
			if broken.Path == field {
				control.Error = x.m.v.FieldFault(broken)
			}
		}
	}
	x.fields = append(x.fields, control)
}

func (x *closing) marked() bool {
	for _, f := range x.fields {
		if f.Error != "" {
			return true
		}
	}
	return false
}

// closeDeal ends a deal, and keeps what is said of it as a note.
func closeDeal(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	var said string
	err = c.Write("deals."+closeWord(form), func(s *record.Session) error {
		id, err := dealID(c, s)
		if err != nil {
			return err
		}
		m, err := load(c, s)
		if err != nil {
			return err
		}
		said = c.View.T("web.record.closed_won", "title", m.title())
		as := sales.Win
		if form.Get("as") == sales.Lost {
			as, said = sales.Lose, c.View.T("web.record.closed_lost", "title", m.title())
		}
		how, err := closingOf(c, s, m, form)
		if err != nil {
			return err
		}
		if _, err := as(c.Ctx, s, id, 0, how); err != nil {
			return err
		}
		act = s.Act()
		return noteAbout(c.Ctx, s, m.o, id, strings.TrimSpace(form.Get("note")))
	})
	if refusal, ok := fault.As(err); ok && refusal.Kind == fault.Invalid && c.Fragment() {
		x := &closing{as: form.Get("as"), form: form}
		if err := x.load(c, refusal); err != nil {
			return err
		}
		return c.Parts(http.StatusUnprocessableEntity, closeForm(x))
	}
	if err != nil {
		return err
	}
	return refreshed(c, said, door.Undo(act))
}

func closeWord(form url.Values) string {
	if form.Get("as") == sales.Lost {
		return "lose"
	}
	return "win"
}

// closingOf reads reason, competitor and day.
func closingOf(c *door.Call, s *record.Session, m *model, form url.Values) (how sales.Close, err error) {
	how.Reason, how.Competitor = form.Get("reason"), strings.TrimSpace(form.Get("competitor"))
	day, _ := m.o.Field(sales.DealCloseDate.Name())
	on, err := parts.Read(c.View, s, day, form, "on")
	if err != nil {
		return how, err
	}
	how.On, _ = on.(value.Date)
	return how, nil
}

// closeTitle is the verb of the dialog and of its button.
func closeTitle(x *closing) string {
	if x.as == sales.Lost {
		return x.m.v.T("web.record.mark_lost")
	}
	return x.m.v.T("web.record.mark_won")
}
