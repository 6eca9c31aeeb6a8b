package signin

import (
	"net/url"
	"strings"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// setupForm is the first visit: what was typed, and what was wrong with it.
type setupForm struct {
	Values url.Values
	Err    error
}

func (s setupForm) kept(name string) string {
	if name == "password" {
		return ""
	}
	return s.Values.Get(name)
}

// wrong is what the last answer said about one control.
func (s setupForm) wrong(v *kit.View, name string) string {
	f, ok := fault.As(s.Err)
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

func showSetup(c *door.Call) error {
	ws, err := c.App.Default(c.Ctx)
	if err != nil {
		return err
	}
	empty, err := ws.Empty(c.Ctx)
	if err != nil {
		return err
	}
	if !empty {
		return c.Go("/signin")
	}
	set := ws.Engine().Settings()
	values := url.Values{"code": {c.R.URL.Query().Get("code")}, "currency": {set.Currency}, "locale": {c.View.Lang}, "zone": {set.Zone}}
	return c.Show(setupOf(c, setupForm{Values: values}))
}

func setupOf(c *door.Call, f setupForm) kit.Page {
	return kit.Page{Title: c.View.T("web.setup.title"), Bare: true, Body: setupPage(c.View, f)}
}

func setUp(c *door.Call) error {
	values, err := c.Form()
	if err != nil {
		return err
	}
	ws, err := c.App.Default(c.Ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"name", "company"} { // what is broken altogether is refused below
		if clean, err := value.Clean(values.Get(name)); err == nil {
			values.Set(name, clean)
		}
	}
	n := app.NewMember{Name: values.Get("name"), Email: values.Get("email"), Password: values.Get("password")}
	_, err = ws.Introduce(c.Ctx, values.Get("code"), n, func(s *record.Settings) {
		s.Name, s.Currency, s.Zone, s.Locale = values.Get("company"), values.Get("currency"), values.Get("zone"), values.Get("locale")
		s.Collation = s.Locale
	})
	if _, ok := fault.As(err); ok {
		return c.ShowStatus(door.Status(err), setupOf(c, setupForm{values, placed(err)}))
	}
	if err != nil {
		return err
	}
	session, err := c.App.Auth().SignIn(c.Ctx, n.Email, n.Password, c.From())
	if err != nil {
		return err
	}
	return begin(c, session, "")
}

// placed says at which input a fault belongs that names none.
func placed(err error) error {
	f, ok := fault.As(err)
	if !ok || len(f.Fields) > 0 && f.Fields[0].Path != "" {
		return err
	}
	path := ""
	switch {
	case f.Kind == fault.Unauthenticated:
		path = "code"
	case strings.HasPrefix(f.Key, "value.email"):
		path = "email"
	case strings.HasPrefix(f.Key, "value."): // of the rest only a name is text that can be broken
		path = "name"
	default:
		return err
	}
	return f.With(fault.Field{Path: path, Key: f.Key, Args: f.Args})
}

// summary is what no input says.
func (s setupForm) summary(v *kit.View) string {
	f, ok := fault.As(s.Err)
	if !ok || len(f.Fields) > 0 && inputs[f.Fields[0].Path] {
		return ""
	}
	return v.Fault(s.Err)
}

// inputs are the controls of the first visit.
var inputs = map[string]bool{"code": true, "company": true, "currency": true, "locale": true, "zone": true, "name": true, "email": true, "password": true}

// currencies are those offered first; the API and the command line take every
// other.
func currencies() [][2]string {
	var list [][2]string
	for _, code := range []string{"EUR", "USD", "GBP", "CNY", "RUB", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "UAH", "KZT", "TRY",
		"AED", "INR", "JPY", "KRW", "HKD", "SGD", "TWD", "AUD", "CAD", "NZD", "BRL", "MXN", "ARS", "CLP", "ZAR", "ILS", "THB", "VND"} {
		list = append(list, [2]string{code, code})
	}
	return list
}

// locales are the languages of the pages, each by its own name.
func locales() [][2]string {
	var list [][2]string
	for _, l := range []string{"en", "ca", "fi", "ru", "zh"} {
		list = append(list, [2]string{l, i18n.Text(l, "web.language."+l, nil)})
	}
	return list
}

func showPassword(c *door.Call) error {
	return c.Show(kit.Page{Title: c.View.T("web.newpassword.title"), Bare: true, Body: passwordPage(c.View, c.R.PathValue("code"), nil)})
}

func setPassword(c *door.Call) error {
	values, err := c.Form()
	if err != nil {
		return err
	}
	code := c.R.PathValue("code")
	user, err := c.App.Auth().RedeemPassword(c.Ctx, code, values.Get("password"))
	if _, ok := fault.As(err); ok {
		return c.ShowStatus(door.Status(err), kit.Page{Title: c.View.T("web.newpassword.title"), Bare: true, Body: passwordPage(c.View, code, err)})
	}
	if err != nil {
		return err
	}
	session, err := c.App.Auth().Welcome(c.Ctx, user, c.From())
	if err != nil {
		return err
	}
	return begin(c, session, "")
}
