package people

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const companyURL = "/settings/company"

// company is what the workspace measures in.
type company struct {
	Settings record.Settings
	Fixed    bool // the currency, by amounts that are there
	Saved    bool
	Err      error
}

func showCompany(c *door.Call) error {
	return companyAnswer(c, &company{Saved: c.R.URL.Query().Has("saved")}, false)
}

func companyAnswer(c *door.Call, w *company, typed bool) error {
	err := c.Read(func(s *record.Session) (err error) {
		if err := admin(s); err != nil {
			return err
		}
		if !typed {
			w.Settings = s.Settings()
		}
		w.Fixed, err = s.CurrencyFixed(c.Ctx)
		return err
	})
	if err != nil {
		return err
	}
	status := http.StatusOK
	if w.Err != nil {
		status = door.Status(w.Err)
	}
	return reply(c, status, kit.Page{Title: c.View.T("web.people.company"), Nav: "/settings", Body: companyPage(c.View, w)})
}

// saveCompany checks every setting on its own, so that each says what is wrong
// with it, and changes them together.
func saveCompany(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	w := &company{}
	if err := c.Read(func(s *record.Session) error {
		w.Settings = s.Settings()
		return admin(s)
	}); err != nil {
		return err
	}
	if w.Err = take(&w.Settings, form); w.Err == nil {
		w.Err = c.Write("company.change", func(s *record.Session) error {
			return s.ChangeSettings(c.Ctx, func(to *record.Settings) { _ = take(to, form) })
		})
	}
	switch f, ok := fault.As(w.Err); {
	case w.Err == nil:
		return c.Reload(companyURL + "?saved=1")
	case !ok || f.Kind == fault.Forbidden:
		return w.Err
	case f.Key == "record.currency_in_use":
		w.Err = at(w.Err, "currency")
	}
	return companyAnswer(c, w, true)
}

// take puts what was typed into the settings, and says what is wrong with each
// of it.
func take(to *record.Settings, form url.Values) error {
	var bad []fault.Field
	good := *to
	for _, x := range []struct {
		name string
		at   *string
	}{{"name", &to.Name}, {"currency", &to.Currency}, {"zone", &to.Zone}, {"locale", &to.Locale}, {"collation", &to.Collation}, {"region", &to.Region}} {
		if form.Has(x.name) {
			*x.at = strings.TrimSpace(form.Get(x.name))
			if err := checkSetting(good, x.name, *x.at); err != nil {
				bad = append(bad, fieldOf(err, x.name))
			}
		}
	}
	for name, at := range to.Letterhead() {
		if !form.Has(name) {
			continue
		}
		*at = strings.TrimSpace(form.Get(name))
		x := good
		*x.Letterhead()[name] = *at
		if err := x.Check(); err != nil {
			bad = append(bad, fieldOf(err, name))
		}
	}
	if code, err := value.ParseCountry(to.Region); err == nil && to.Region != "" {
		to.Region = code
	}
	if form.Has("credit") {
		to.Credit = form.Get("credit")
		x := good
		if x.Credit = to.Credit; x.Check() != nil {
			bad = append(bad, fieldOf(x.Check(), "credit"))
		}
	}
	if form.Has("response_minutes") {
		to.ResponseMinutes, _ = strconv.Atoi(strings.TrimSpace(form.Get("response_minutes")))
		x := good
		if x.ResponseMinutes = to.ResponseMinutes; x.Check() != nil {
			bad = append(bad, fieldOf(x.Check(), "response_minutes"))
		}
	}
	if form.Has("fiscal_start") {
		to.FiscalStart, _ = strconv.Atoi(form.Get("fiscal_start"))
		if good.FiscalStart = to.FiscalStart; good.Check() != nil {
			bad = append(bad, fieldOf(good.Check(), "fiscal_start"))
		}
	}
	if len(bad) > 0 {
		return fault.New(fault.Invalid, bad[0].Key, bad[0].Args).With(bad...)
	}
	return nil
}

// checkSetting checks one setting among others that are good.
func checkSetting(s record.Settings, name, text string) error {
	switch name {
	case "name":
		if text == "" || len(text) > 200 {
			return fault.New(fault.Invalid, "web.people.company_name", nil)
		}
	case "currency":
		s.Currency = text
	case "zone":
		s.Zone = text
	case "locale":
		if !slices.Contains(i18n.Languages(), text) {
			return fault.New(fault.Invalid, "web.people.no_language", nil)
		}
	case "collation":
		s.Collation = text
	case "region":
		if text == "" {
			return nil
		}
		_, err := value.ParseCountry(text)
		return err
	}
	return s.Check()
}

func fieldOf(err error, name string) fault.Field {
	f, ok := fault.As(err)
	if !ok {
		return fault.Field{Path: name, Key: "web.failed"}
	}
	return fault.Field{Path: name, Key: f.Key, Args: f.Args}
}

// orders are the orders of letters offered: of the languages of the product,
// and of others whose alphabets differ.
func orders() []string {
	return []string{"", "en", "ca", "fi", "ru", "zh", "cs", "da", "de", "es", "et", "fr", "hr", "hu", "is", "it", "lt", "lv", "nb", "nl", "pl", "pt", "ro", "sk", "sl", "sv", "tr", "uk"}
}
