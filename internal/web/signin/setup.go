package signin

import (
	"net/http"
	"net/url"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
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
	n := app.NewMember{Name: values.Get("name"), Email: values.Get("email"), Password: values.Get("password")}
	_, err = ws.Introduce(c.Ctx, values.Get("code"), n, func(s *record.Settings) {
		s.Name, s.Currency, s.Zone, s.Locale = values.Get("company"), values.Get("currency"), values.Get("zone"), values.Get("locale")
		s.Collation = s.Locale
	})
	if _, ok := fault.As(err); ok {
		return c.ShowStatus(door.Status(err), setupOf(c, setupForm{values, err}))
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
	_, err = c.App.Auth().RedeemPassword(c.Ctx, code, values.Get("password"))
	if _, ok := fault.As(err); ok {
		return c.ShowStatus(door.Status(err), kit.Page{Title: c.View.T("web.newpassword.title"), Bare: true, Body: passwordPage(c.View, code, err)})
	}
	if err != nil {
		return err
	}
	http.Redirect(c.W, c.R, "/signin", http.StatusSeeOther)
	return nil
}
