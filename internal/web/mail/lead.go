package mail

import (
	"wellmet/internal/access"
	room "wellmet/internal/activity"
	"wellmet/internal/fault"
	"wellmet/internal/mail"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// way is how who writes to us comes in.
const way = "mail"

// lead takes in a stranger who took part in a mail that is kept, as a form does:
// he becomes a lead, or comes once more as the one that he is already, and the
// mail is about him.
func lead(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	message, err := value.ParseID(form.Get("activity"))
	if err != nil {
		return fault.New(fault.NotFound, "record.absent", fault.Args{"object": room.Activities.Name, "id": value.Printable(form.Get("activity"))})
	}
	values := record.Values{sales.LeadName.Name(): form.Get("name"), sales.LeadEmail.Name(): form.Get("email")}
	var done sales.Captured
	var hidden bool
	err = c.Write("mail.lead", func(s *record.Session) (err error) {
		touch := sales.Touch{Way: way, Channel: sales.WayName(s, way)}
		if done, err = sales.Capture(c.Ctx, s, sales.Arrival{Values: values, Touch: touch}); err != nil {
			return err
		}
		_, err = s.Get(c.Ctx, sales.Leads.Name, done.Lead)
		if hidden = fault.Is(err, fault.NotFound); hidden {
			return nil // a colleague's: he learns of it by the touch
		}
		if err != nil {
			return err
		}
		return mail.PutOn(c.Ctx, s, message, schema.Ref{Object: sales.Leads.Name, ID: done.Lead})
	})
	switch {
	case err != nil:
		return err
	case hidden:
		return c.Leave("/activities/"+message.String(), c.View.T("web.mail.elsewhere"), "")
	}
	return c.Go("/leads/" + done.Lead.String())
}

// takesLeads reports whether the actor may make leads, and the company has any.
func takesLeads(c *door.Call, s *record.Session) (bool, error) {
	o, err := s.Object(sales.Leads.Name)
	if err != nil || !s.Actor().Can(o, access.Create) {
		return false, nil //nolint:nilerr // who sees no leads makes none
	}
	return sales.LeadsOn(c.Ctx, s)
}
