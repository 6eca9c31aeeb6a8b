package record

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// convert makes a customer of the lead and opens the deal. Whoever comes second
// is led to what the first one made.
func convert(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	lead := c.R.URL.Path[:strings.LastIndex(c.R.URL.Path, "/")]
	var act value.ID
	var to, said string
	err = c.Write("leads.convert", func(s *record.Session) error {
		m, err := loadLead(c, s)
		if err != nil {
			return err
		}
		o, err := conversionOf(c, s, form)
		if err != nil {
			return err
		}
		done, err := sales.Convert(c.Ctx, s, m.r.ID, o)
		if err != nil {
			return err
		}
		act, said = s.Act(), c.View.T("web.record.converted", "title", m.title())
		to, err = whereto(c, s, lead, done)
		return err
	})
	refusal, ok := fault.As(err)
	switch {
	case ok && refusal.Kind == fault.Invalid:
		x := &converting{form: form, refusal: refusal}
		if err := x.load(c); err != nil {
			return err
		}
		return x.answer(c, http.StatusUnprocessableEntity)
	case ok && refusal.Key == "lead.already_converted":
		return convertedBefore(c, lead)
	case err != nil:
		return err
	}
	return c.Leave(to, said, door.Undo(act)+"?to="+lead)
}

// convertedBefore leads to what somebody else has made of the lead.
func convertedBefore(c *door.Call, lead string) error {
	var to, said string
	err := c.Read(func(s *record.Session) error {
		m, err := loadLead(c, s)
		if err != nil {
			return err
		}
		who, _ := record.Get(m.r, sales.LeadConvertedBy)
		said = c.View.T("web.record.converted_before", "title", m.title(), "who", s.Roster().Name(who))
		to, err = whereto(c, s, lead, sales.Became(m.r))
		return err
	})
	if err != nil {
		return err
	}
	return c.Leave(to, said, "")
}

// whereto is the page of what a lead became: the deal, else the customer, as
// far as the actor may see them.
func whereto(c *door.Call, s *record.Session, lead string, done sales.Conversion) (string, error) {
	for _, x := range []struct {
		o  *schema.Object
		id value.ID
	}{{sales.Deals, done.Deal}, {customer.Contacts, done.Contact}, {customer.Accounts, done.Account}} {
		if x.id == 0 {
			continue
		}
		_, err := s.Get(c.Ctx, x.o.Name, x.id)
		if err == nil {
			return "/" + s.Schema().MustObject(x.o.Name).Plural + "/" + x.id.String(), nil
		}
		if !fault.Is(err, fault.NotFound) {
			return "", err
		}
	}
	return lead, nil
}

// conversionOf reads what the lead is to become.
func conversionOf(c *door.Call, s *record.Session, form url.Values) (o sales.Options, err error) {
	if o.Account, err = targetOf(c, s, form, customer.Accounts.Name); err != nil {
		return o, err
	}
	if o.Contact, err = targetOf(c, s, form, customer.Contacts.Name); err != nil {
		return o, err
	}
	deal, err := targetOf(c, s, form, sales.Deals.Name)
	o.Join, o.Deal, o.Line = deal.ID, deal.Values, form.Get("line") != ""
	return o, err
}

// targetOf reads one choice. A record named beside the choices counts before
// them.
func targetOf(c *door.Call, s *record.Session, form url.Values, object string) (t sales.Target, err error) {
	def := linkTo(s, object)
	named, err := parts.Read(c.View, s, def, form, object+other)
	if err != nil {
		return t, under(err, object, "")
	}
	if id, ok := named.(value.ID); ok {
		return sales.Target{ID: id}, nil
	}
	switch choice := form.Get(object); choice {
	case makeNone, "":
		t.None = true
	case makeNew:
		t.Values, err = asked(c, s, form, object)
	default:
		if t.ID, err = value.ParseID(choice); err != nil {
			return t, errNoState
		}
	}
	return t, err
}

// asked reads the fields of a new record that the form holds.
func asked(c *door.Call, s *record.Session, form url.Values, object string) (record.Values, error) {
	fields := slices.DeleteFunc(slices.Clone(s.Schema().MustObject(object).Fields), func(f *schema.FieldDef) bool { return !f.Writable() })
	values, err := parts.ReadAll(c.View, s, fields, form, object+".")
	if err != nil {
		return nil, under(err, object, ".")
	}
	maps.DeleteFunc(values, func(_ string, x any) bool { return x == nil })
	return values, nil
}

// under says of which new record the fields of a fault are; without a dot the
// fault is the choice's own.
func under(err error, object, dot string) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		if fields[i].Path = object + "." + fields[i].Path; dot == "" {
			fields[i].Path = object
		}
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fields...)
}
