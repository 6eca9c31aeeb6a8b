package report

import (
	"net/url"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// mostListed is how many records behind a figure stand on a page.
const mostListed = 100

// behindSheet is the page of the records behind a figure that no filter lists.
type behindSheet struct {
	v            *kit.View
	name         string // of the report
	report       string // as it is called
	title, count string
	back         string
	past         string // the moment looked back to, in words; "" = now
	list         *report.Listing
	next         string // the page after; "" = this was the last
}

// behind lists the records behind a figure, the newest first.
func behind(c *door.Call) error {
	x := &behindSheet{v: c.View, name: c.R.PathValue("name")}
	err := c.Read(func(s *record.Session) error {
		t, err := report.ReadTrail(s, c.R.URL.Query())
		if err != nil {
			return err
		}
		t.Limit = mostListed
		found, spec, err := c.App.Reports().Behind(c.Ctx, s, x.name, t)
		if err != nil {
			return err
		}
		w := &report.Words{Format: c.View.Format, Lang: c.View.Lang, Spec: spec}
		x.report, x.title = w.Title(x.name), w.Column(report.Column{Name: found.Column, Title: found.Column})
		if found.Label != "" {
			x.title = found.Label + ": " + x.title
		}
		if x.list, err = report.ListOf(c.Ctx, s, w, found, t); err != nil {
			return err
		}
		o, err := s.Object(found.Object)
		if err != nil {
			return err
		}
		objects := o.Label(c.View.Lang).Many
		if found.Count == 1 {
			objects = o.Label(c.View.Lang).One
		}
		x.count = c.View.T("web.list.count", "n", c.View.Int(found.Count), "objects", c.View.In(objects))
		if !t.AsOf.IsZero() {
			x.past = parts.SaidMoment(c.View, c.R.URL.Query().Get("as_of"), t.AsOf)
		}
		x.next, x.back = after(c.R.URL.Query(), found.IDs, x.name), backTo(x.name, c.R.URL.Query(), t)
		return nil
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: x.title, Nav: "/reports", Body: behindPage(x)})
}

// after is the page behind these records; "" where there can be none.
func after(q url.Values, ids []value.ID, name string) string {
	if len(ids) < mostListed {
		return ""
	}
	q.Set("before", ids[len(ids)-1].String())
	return "/reports/" + name + "/behind?" + q.Encode()
}

// backTo is the report as it was asked where the address tells that, and else that of
// the days that the figure is of.
func backTo(name string, asked url.Values, t report.Trail) string {
	if asked.Has("back") {
		if strings.HasPrefix(name, "funnel") { // all kinds have one page
			name = "funnel"
		}
		q, _ := url.ParseQuery(asked.Get("back"))
		return "/reports/" + name + "?" + q.Encode()
	}
	x := scope{Scope: report.Scope{Period: report.Dates, From: t.From, To: t.To}, dated: t.From != 0 || t.To != 0}
	if !x.dated {
		x.Period = report.AllTime
	}
	if !t.AsOf.IsZero() {
		x.day = t.AsOf.Format(time.RFC3339Nano)
	}
	return "/reports/" + name + x.query()
}
