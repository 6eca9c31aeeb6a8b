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

// closing is the dialog that ends the work on a deal or a lead.
type closing struct {
	m      *model
	as     string // won or lost; a lead is disqualified
	form   url.Values
	fields []parts.Control
	other  string // what is wrong with no field in particular
}

// askClose answers the dialog that ends a deal or a lead.
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
		if x.m, err = loadClosable(c, s); err != nil {
			return err
		}
		switch {
		case x.m.lead():
			x.add(sales.LeadLostReason.Name(), "reason", nil, true, refusal)
		case x.as == sales.Lost:
			x.add(sales.DealLostReason.Name(), "reason", nil, true, refusal)
			x.add(sales.DealCompetitor.Name(), "competitor", nil, false, refusal)
			x.add(sales.DealCloseDate.Name(), "on", s.Today(), true, refusal)
		default:
			x.add(sales.DealWonReason.Name(), "reason", nil, false, refusal)
			x.add(sales.DealCloseDate.Name(), "on", s.Today(), true, refusal)
		}
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

// loadClosable reads the record of the address, on which work can end.
func loadClosable(c *door.Call, s *record.Session) (*model, error) {
	m, err := load(c, s)
	if err == nil && !m.deal() && !m.lead() {
		err = errNoState
	}
	return m, err
}

// closeWork ends the work on a deal or a lead, and keeps what is said of it as
// a note.
func closeWork(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	var said string
	err = c.Write(closeWord(c.R.PathValue("plural"), form), func(s *record.Session) error {
		m, err := loadClosable(c, s)
		if err != nil {
			return err
		}
		if said, err = end(c, s, m, form); err != nil {
			return err
		}
		act = s.Act()
		return noteAbout(c.Ctx, s, m.o, m.r.ID, strings.TrimSpace(form.Get("note")))
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

// end wins or loses a deal, or disqualifies a lead, and tells so.
func end(c *door.Call, s *record.Session, m *model, form url.Values) (said string, err error) {
	if m.lead() {
		v := record.With(record.Values{}, sales.LeadStatus, sales.Disqualified)
		v[sales.LeadLostReason.Name()] = orNil(form.Get("reason"))
		_, err = s.Update(c.Ctx, m.o.Name, m.r.ID, 0, v)
		return c.View.T("web.record.disqualified", "title", m.title()), err
	}
	how, err := closingOf(c, s, m, form)
	if err != nil {
		return "", err
	}
	if form.Get("as") == sales.Lost {
		_, err = sales.Lose(c.Ctx, s, m.r.ID, 0, how)
		return c.View.T("web.record.closed_lost", "title", m.title()), err
	}
	_, err = sales.Win(c.Ctx, s, m.r.ID, 0, how)
	return c.View.T("web.record.closed_won", "title", m.title()), err
}

func closeWord(plural string, form url.Values) string {
	switch {
	case plural == sales.Leads.Plural:
		return "leads.disqualify"
	case form.Get("as") == sales.Lost:
		return "deals.lose"
	}
	return "deals.win"
}

func orNil(text string) any {
	if text == "" {
		return nil
	}
	return text
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
	if x.m.lead() {
		return x.m.v.T("web.record.disqualify")
	}
	if x.as == sales.Lost {
		return x.m.v.T("web.record.mark_lost")
	}
	return x.m.v.T("web.record.mark_won")
}
