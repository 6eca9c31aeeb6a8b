// Package inbox is what a member was told: the list, what it is answered with,
// and what he wants to be told of and how; for administrators also the mail
// server that mails go through.
package inbox

import (
	"context"
	"net/http"

	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /notifications", Do: show},
		{Pattern: "GET /notifications/count", Do: count},
		{Pattern: "POST /notifications/read", Do: markRead},
		{Pattern: "GET /notifications/{id}", Do: open},
		{Pattern: "POST /notifications/{id}/ask", Do: ask},
		{Pattern: "POST /notifications/{id}/share", Do: share},
		{Pattern: "GET /settings/notifications", Do: showChoices},
		{Pattern: "POST /settings/notifications", Do: saveChoices},
		{Pattern: "GET /settings/mail", Do: showServer},
		{Pattern: "POST /settings/mail", Do: saveServer},
		{Pattern: "POST /settings/mail/test", Do: tryServer},
	}
}

const (
	address = "/notifications"
	// mostUnread is how many unread notices stand on the page, pageRows how many
	// of the others at a time.
	mostUnread = 200
	pageRows   = 50
)

// box is what the page shows: first what is unread, then what was.
type box struct {
	v            *kit.View
	unread, read []notify.Item
	more         bool   // there is more unread than shown
	next         string // address of the next page of what was read
	later        bool   // this is such a page
	addresses    map[value.ID]string
}

func load(c *door.Call) (*box, error) {
	before, _ := value.ParseID(c.R.URL.Query().Get("before"))
	b := &box{v: c.View, later: before != 0, addresses: map[value.ID]string{}}
	yes, no := true, false
	return b, c.Read(func(s *record.Session) error {
		var next value.ID
		var err error
		if !b.later {
			if b.unread, next, err = notify.Inbox(c.Ctx, s, notify.Page{Read: &no, Limit: mostUnread}); err != nil {
				return err
			}
			b.more = next != 0
		}
		if b.read, next, err = notify.Inbox(c.Ctx, s, notify.Page{Read: &yes, Before: before, Limit: pageRows}); err != nil {
			return err
		}
		b.next = ""
		if next != 0 {
			b.next = address + "?before=" + next.String()
		}
		return nil
	})
}

// show answers the page, or the list alone where a script asks for it again.
func show(c *door.Call) error {
	b, err := load(c)
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusOK, list(b))
	}
	return c.Show(kit.Page{Title: c.View.T("web.inbox.title"), Nav: address, Body: page(b)})
}

// count answers how many are unread, for the side bar.
func count(c *door.Call) error {
	n, err := unread(c)
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, kit.UnreadCount(c.View, n))
}

func unread(c *door.Call) (n int64, err error) {
	err = c.Read(func(s *record.Session) error {
		n, err = notify.Unread(c.Ctx, s)
		return err
	})
	return n, err
}

// markRead marks one notice, or all.
func markRead(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var ids []value.ID
	if text := form.Get("id"); text != "" {
		id, err := value.ParseID(text)
		if err != nil {
			return errNone
		}
		ids = append(ids, id)
	}
	if err := c.Write("notifications.read", func(s *record.Session) error {
		return notify.MarkRead(c.Ctx, s, form.Get("unread") == "", ids...)
	}); err != nil {
		return err
	}
	return again(c, "")
}

// again answers a change with the list and the count as they are now.
func again(c *door.Call, text string) error {
	if !c.Fragment() {
		return c.Go(address)
	}
	b, err := load(c)
	if err != nil {
		return err
	}
	n, err := unread(c)
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, changed(b, n, text))
}

// open marks a notice as read and leads to what it is about.
func open(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	var to string
	if err := c.Write("notifications.open", func(s *record.Session) error {
		x, err := notify.One(c.Ctx, s, id)
		if err != nil {
			return err
		}
		to = x.Address(s)
		return notify.MarkRead(c.Ctx, s, true, id)
	}); err != nil {
		return err
	}
	return c.Go(to)
}

// ask asks for access to the record that a notice is about.
func ask(c *door.Call) error {
	return answer(c, "notifications.ask", notify.Ask, func(notify.Item) string { return c.View.T("web.inbox.did_ask") })
}

// share lets a colleague who asked see a record.
func share(c *door.Call) error {
	return answer(c, "notifications.share", notify.Share, func(x notify.Item) string {
		return c.View.T("web.inbox.did_share", "who", x.Who, "title", x.Title)
	})
}

func answer(c *door.Call, cause string, do func(context.Context, *record.Session, value.ID) (notify.Item, error), said func(notify.Item) string) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	var x notify.Item
	if err := c.Write(cause, func(s *record.Session) error {
		x, err = do(c.Ctx, s, id)
		return err
	}); err != nil {
		return err
	}
	return again(c, said(x))
}
