package people

import (
	"net/http"

	"github.com/a-h/templ"

	"wellmet/internal/fault"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// reply answers with a page of settings; a script gets what the panel shows,
// and what comes along.
func reply(c *door.Call, status int, p kit.Page, also ...templ.Component) error {
	if c.Fragment() {
		return c.Parts(status, append([]templ.Component{panel(c.Framed(p))}, also...)...)
	}
	return c.ShowStatus(status, p)
}

// done answers a change: a script gets the page as it is now and a notice with
// a way back; without one the browser goes there.
func done(c *door.Call, url string, page func() (kit.Page, error), text, undo string) error {
	if !c.Fragment() {
		return c.Go(url)
	}
	p, err := page()
	if err != nil {
		return err
	}
	return reply(c, http.StatusOK, p, kit.ToastPart(c.View, text, undo))
}

// ask shows a form: in a dialog to a script, otherwise on a page of its own. A
// refused one takes the place of the dialog's content.
func ask(c *door.Call, status int, nav, title string, form templ.Component) error {
	switch {
	case c.Fragment() && status == http.StatusOK && c.R.Method == http.MethodGet:
		return c.Parts(status, askDialog(c.View, title, form))
	case c.Fragment():
		return c.Parts(status, askAgain(form))
	}
	return c.ShowStatus(status, kit.Page{Title: title, Nav: "/settings", Body: askPage(c.View, nav, title, form)})
}

// sends makes a form send itself by script, or without one.
func sends(url string) templ.Attributes {
	return templ.Attributes{"method": "post", "action": url, "hx-post": url, "hx-swap": "none"}
}

// opens makes a link open a part of the page by script, or a page without one.
func opens(url string) templ.Attributes {
	return templ.Attributes{"href": url, "hx-get": url, "hx-swap": "none"}
}

// wrong is what an error says about one control, "" when nothing.
func wrong(v *kit.View, err error, name string) string {
	f, ok := fault.As(err)
	if !ok {
		return ""
	}
	for _, field := range f.Fields {
		if field.Path == name {
			return v.FieldFault(field)
		}
	}
	return ""
}

// whole is what an error says that is about no control of the form, "" when
// there is none.
func whole(v *kit.View, err error, controls ...string) string {
	if err == nil {
		return ""
	}
	for _, name := range controls {
		if wrong(v, err, name) != "" {
			return ""
		}
	}
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return v.FieldFault(f.Fields[0])
	}
	return v.Fault(err)
}

// at puts an error that is about one control on it.
func at(err error, name string) error {
	f, ok := fault.As(err)
	if !ok || len(f.Fields) > 0 {
		return err
	}
	return fault.New(fault.Invalid, f.Key, f.Args).With(fault.Field{Path: name, Key: f.Key, Args: f.Args})
}
