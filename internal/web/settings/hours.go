package settings

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

const hoursURL = home + "/hours"

// openDay is one day of the week with its open hours, as they are typed.
type openDay struct{ Key, Name, Text, Error string }

// week is when the company works.
type week struct {
	Days  []openDay
	Zone  string
	Saved bool
	Err   error
}

func showHours(c *door.Call) error {
	return (&week{Saved: c.R.URL.Query().Has("saved")}).answer(c, nil)
}

// answer shows the page; typed is what was refused.
func (w *week) answer(c *door.Call, typed url.Values) error {
	v, status := c.View, http.StatusOK
	err := c.AdminRead(func(s *record.Session) error {
		open, err := hours.OpenHours(c.Ctx, s)
		if err != nil {
			return err
		}
		w.Zone, w.Days = s.Settings().Zone, nil
		for i := range days {
			day := (int(v.FirstWeekday()) + i) % len(days)
			x := openDay{Key: days[day], Name: dayName(v, day), Text: strings.Join(open[days[day]], ", ")}
			if typed != nil {
				x.Text = typed.Get(x.Key)
			}
			if f, ok := fault.As(w.Err); ok && len(f.Fields) > 0 && f.Fields[0].Path == "week."+x.Key {
				x.Error = v.T("web.settings.bad_hours")
			}
			w.Days = append(w.Days, x)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if w.Err != nil {
		status = door.Status(w.Err)
	}
	return c.ShowStatus(status, kit.Page{Title: v.T("web.settings.hours"), Nav: home, Body: hoursView(v, w)})
}

func saveHours(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	open := hours.Week{}
	for _, day := range days {
		if spans := spansOf(form.Get(day)); len(spans) > 0 {
			open[day] = spans
		}
	}
	_, err = c.AdminWrite("hours.change", func(s *record.Session) error { return hours.SetOpenHours(c.Ctx, s, open) })
	if door.Showable(err) {
		return (&week{Err: err}).answer(c, form)
	}
	if err != nil {
		return err
	}
	return c.Go(hoursURL + "?saved=1")
}

// spansOf reads "9-12:30, 13:30–18": what people write of open hours, as the
// calendar wants it. What it cannot read stays, and is refused there.
func spansOf(text string) (spans []string) {
	for _, span := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || r == '，' || r == '、' }) {
		if span = strings.TrimSpace(span); span == "" {
			continue
		}
		ends := strings.Split(strings.NewReplacer("–", "-", "—", "-", "−", "-", ".", ":", "：", ":").Replace(span), "-")
		for i, end := range ends {
			if end = strings.TrimSpace(end); end != "" && !strings.Contains(end, ":") {
				end += ":00"
			}
			if t, err := time.Parse("15:04", end); err == nil {
				end = t.Format("15:04")
			}
			ends[i] = end
		}
		spans = append(spans, strings.Join(ends, "-"))
	}
	return spans
}
