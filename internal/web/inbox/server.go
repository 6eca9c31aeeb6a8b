package inbox

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/notify/smtp"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const serverURL = "/settings/mail"

// mailServer is the page of where mails are handed in.
type mailServer struct {
	smtp.Server
	Port    string // as typed
	Saved   bool
	Tried   string // the address that a test mail went to
	Problem error
}

// wrong is what is wrong with one input.
func (m *mailServer) wrong(v *kit.View, name string) string {
	if f, ok := fault.As(m.Problem); ok {
		for _, x := range f.Fields {
			if x.Path == name {
				return v.FieldFault(x)
			}
		}
	}
	return ""
}

// whole is what is wrong with no input in particular.
func (m *mailServer) whole(v *kit.View) string {
	f, ok := fault.As(m.Problem)
	if m.Problem == nil || ok && len(f.Fields) > 0 {
		return ""
	}
	return v.Fault(m.Problem)
}

func showServer(c *door.Call) error {
	return serverAnswer(c, &mailServer{Saved: c.R.URL.Query().Has("saved")}, nil)
}

// serverAnswer shows the page: as it is kept, or as it was typed.
func serverAnswer(c *door.Call, m *mailServer, typed url.Values) error {
	kept, err := c.WS.MailServer(c.Ctx, c.Who)
	if err != nil {
		return err
	}
	m.Server, m.Port = kept, strconv.Itoa(kept.Port)
	if typed != nil {
		take(&m.Server, typed)
		m.Port = typed.Get("port")
	}
	status := http.StatusOK
	if m.Problem != nil {
		status = door.Status(m.Problem)
	}
	if err := c.Read(nothing); err != nil {
		return err
	}
	return c.ShowStatus(status, kit.Page{Title: c.View.T("web.inbox.server"), Nav: "/settings", Body: serverPage(c.View, m)})
}

// take puts what was typed into the settings.
func take(to *smtp.Server, form url.Values) {
	to.Host, to.Safety, to.User = strings.TrimSpace(form.Get("host")), form.Get("safety"), strings.TrimSpace(form.Get("user"))
	to.Sender, to.Site, to.Password = strings.TrimSpace(form.Get("sender")), strings.TrimSpace(form.Get("site")), form.Get("password")
	to.Port, _ = strconv.Atoi(strings.TrimSpace(form.Get("port")))
}

func saveServer(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	err = c.WS.SetMailServer(c.Ctx, c.Who, func(m *smtp.Server) { take(m, form) })
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid {
		return serverAnswer(c, &mailServer{Problem: err}, form)
	}
	if err != nil {
		return err
	}
	return c.Go(serverURL + "?saved=1")
}

// tryServer sends the administrator a mail and tells what came of it.
func tryServer(c *door.Call) error {
	to, err := c.WS.TryMailServer(c.Ctx, c.Who)
	if f, ok := fault.As(err); err != nil && (!ok || f.Kind != fault.Invalid) {
		return err
	}
	return serverAnswer(c, &mailServer{Problem: err, Tried: to}, nil)
}
