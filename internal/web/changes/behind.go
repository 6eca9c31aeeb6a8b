package changes

import (
	"net/url"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// stayed lists the deals of a person that were in a stage, or were lost in it.
func stayed(c *door.Call) error {
	const report = "losses-by-person-and-stage"
	q := c.R.URL.Query()
	x := sales.StayedQuery{Filter: q.Get("filter"), Lost: q.Get("figure") == "lost"}
	var err error
	if x.Stage, err = value.ParseID(q.Get("stage")); err != nil {
		return c.Go("/reports/" + report)
	}
	x.Owner, _ = value.ParseID(q.Get("owner"))
	figure := "passed"
	if x.Lost {
		figure = "lost_there"
	}
	return listThen(c, report, figure, func(s *record.Session, b *behind, at time.Time) (ids []value.ID, err error) {
		x.AsOf = at
		if r, err := s.Get(c.Ctx, sales.Stages.Name, x.Stage); err == nil {
			b.title = r.Title() + ": " + b.title
		}
		ids, b.count, err = sales.StayedDeals(c.Ctx, s, x, mostListed)
		return ids, err
	})
}

// moved lists the deals whose close date had been moved by a past day.
func moved(c *door.Call) error {
	return listThen(c, "slippage", "moved", func(s *record.Session, b *behind, at time.Time) (ids []value.ID, err error) {
		ids, b.count, err = sales.MovedDeals(c.Ctx, s, c.R.URL.Query().Get("filter"), at, mostListed)
		return ids, err
	})
}

// listThen is the page of the deals behind a figure of a report, of now or of the
// moment that the address looks back to.
func listThen(c *door.Call, report, figure string, ids func(s *record.Session, b *behind, at time.Time) ([]value.ID, error)) error {
	b := &behind{v: c.View, crumb: c.View.T("web.report.title." + report), back: "/reports/" + report, title: c.View.T("web.report.column." + figure)}
	err := c.Read(func(s *record.Session) error {
		var at time.Time
		if day := c.R.URL.Query().Get("as_of"); day != "" {
			var err error
			if at, err = s.ParseAsOf(day); err != nil {
				return err
			}
			b.past, b.back = parts.SaidMoment(c.View, day, at), b.back+"?"+url.Values{"as_of": {day}}.Encode()
		}
		list, err := ids(s, b, at)
		if err != nil {
			return err
		}
		return b.name(c, s, list)
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: b.title, Nav: "/reports", Body: behindPage(b)})
}
