package inbox

import (
	"net/http"

	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

var errNone = fault.New(fault.NotFound, "notify.absent", nil)

// wishes are what a member wants to be told of, and how.
type wishes struct {
	Choices []notify.Choice
	// Mails says that the company has a mail server; Admin, that the reader
	// could set one up.
	Mails, Admin, Saved bool
}

func showChoices(c *door.Call) error {
	w := &wishes{Saved: c.R.URL.Query().Has("saved")}
	err := c.Read(func(s *record.Session) (err error) {
		if w.Choices, err = notify.Choices(c.Ctx, s.Tx(), s.Actor().Member()); err != nil {
			return err
		}
		server, err := smtp.Settings.Get(c.Ctx, s.Tx())
		w.Mails, w.Admin = server.Ready(), s.Actor().Admin()
		return err
	})
	if err != nil {
		return err
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: c.View.T("web.inbox.choices"), Nav: "/settings", Body: choicesPage(c.View, w)})
}

// saveChoices keeps what is ticked.
func saveChoices(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	if err := c.Write("notifications.choose", func(s *record.Session) error {
		all, err := notify.Choices(c.Ctx, s.Tx(), s.Actor().Member())
		if err != nil {
			return err
		}
		for i := range all {
			all[i].Inbox = form.Has("inbox." + string(all[i].Kind))
			all[i].Mail = form.Has("mail." + string(all[i].Kind))
		}
		return notify.Choose(c.Ctx, s.Tx(), s.Actor().Member(), all...)
	}); err != nil {
		return err
	}
	return c.Go("/settings/notifications?saved=1")
}
