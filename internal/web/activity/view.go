package activity

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// formValues is what was typed into a form.
type formValues = url.Values

// planned is the choice that a new step begins with.
func planned(form url.Values) url.Values { return begun(form, "due") }

// rescheduled is the choice that another time begins with.
func rescheduled(form url.Values) url.Values { return begun(form, "to") }

func begun(form url.Values, name string) url.Values {
	if form.Get(name) != "" {
		return form
	}
	return url.Values{name: {tomorrow}}
}

// box is the id of the element that a form stands in: the strip of a page, or
// one of its own.
func (d *deed) box(word string) string {
	if d.Work != nil {
		return "next"
	}
	return "act-" + word
}

func invalid(faults map[string]string, name string) templ.Attributes {
	if faults[name] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "act-" + name + "-e"}
}

func orText(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// soon is the next full hour.
func soon(v *kit.View) string {
	return v.Now.In(v.Zone).Add(time.Hour).Truncate(time.Hour).Format("15:04")
}

func upper(key string) string { return strings.ToUpper(key) }

func shownOptions(f *schema.FieldDef) []schema.Option {
	var all []schema.Option
	for _, o := range f.Options {
		if !o.Hidden {
			all = append(all, o)
		}
	}
	return all
}

// mostShown is how much of a text a dialog shows.
const mostShown = 600

func clip(text string) string {
	if runes := []rune(text); len(runes) > mostShown {
		return string(runes[:mostShown]) + "…"
	}
	return text
}

func dayNumber(d value.Date) string {
	_, _, day := d.Civil()
	return strconv.Itoa(day)
}
