package forecast

import (
	"net/http"
	"net/url"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/web/chart"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// outlook is how much a period may bring, on a page of its own or as part of
// the forecast's.
type outlook struct {
	place
	o      *sales.Outlook
	lines  []sales.Line
	season sales.Season
	leads  sales.LeadLine
	led    bool // there are leads
	// unled says why there is no line of leads, "" to who may read none.
	unled string
}

// showRange answers the range of a period: learned from history, it may take
// longer than the figures, which do not wait for it.
func showRange(c *door.Call) error {
	x := &outlook{}
	err := c.Read(func(s *record.Session) error {
		if err := x.read(c, s, c.R.URL.Query()); err != nil {
			return err
		}
		e, err := sales.Expect(c.Ctx, s, x.query())
		if err != nil {
			return err
		}
		x.o, x.season, x.lines, x.leads, x.led = e.Outlook, e.Season, e.Lines, e.Leads, e.Led
		x.unled = e.SayNoLeads(x.v.Format)
		return nil
	}, store.Report)
	if err != nil {
		return err
	}
	if c.Fragment() {
		return c.Parts(http.StatusOK, rangeTile(x))
	}
	return c.Show(kit.Page{Title: c.View.T("web.forecast.range"), Nav: home, Body: rangePage(x)})
}

func (x *outlook) money(minor int64) string { return x.v.MoneyWhole(x.o.Money(minor)) }

func (x *outlook) name(l sales.Line) string {
	if l.Name == "" {
		return x.v.T("web.forecast.season")
	}
	return l.Name
}

// fall is how the expected figure comes about, step by step.
func (x *outlook) fall() chart.Chart {
	c := chart.Chart{View: x.v, Title: x.v.T("web.forecast.expected"), Head: x.v.T("web.forecast.step"), Sums: map[int]bool{},
		Series: []chart.Series{{Name: x.v.T("web.forecast.expected"), Color: chart.Open}}, Axis: chart.Amounts(x.v, x.o.Closed.Currency)}
	add := func(name string, minor int64, sum bool) {
		c.Sums[len(c.Cats)] = sum
		c.Cats = append(c.Cats, name)
		m := x.o.Money(minor)
		c.Series[0].Points = append(c.Series[0].Points, chart.Point{N: m.Decimal().InexactFloat64(), Text: x.v.MoneyWhole(m)})
	}
	add(x.v.T("web.forecast.class.closed"), x.o.Closed.Minor, true)
	add(x.v.T("web.forecast.from_open"), x.o.Band.Open, false)
	add(x.v.T("web.forecast.from_new"), x.o.Band.New, false)
	for _, l := range x.lines {
		add(x.name(l), l.Share.Minor, false)
	}
	add(x.v.T("web.forecast.expected"), x.o.Band.Mean, true)
	return c
}

// history says what the range was learned from.
func (x *outlook) history() string {
	return x.v.T("web.forecast.learned", "count", x.o.Deals, "n", x.v.Int(int64(x.o.Deals)), "months", x.v.Int(int64(x.o.Month)))
}

func (x *outlook) leadsSaid() string {
	return x.v.T("web.forecast.leads_said", "leads", x.v.Int(x.leads.Leads), "rate", x.v.Percent(x.leads.Conversion.Shift(2), 1),
		"value", x.v.MoneyWhole(x.leads.Value), "days", x.v.Int(int64(x.leads.Delay)), "count", x.leads.Known)
}

// leadsURL is the address of the leads behind a figure.
func leadsURL(filter string) string {
	return "/" + sales.Leads.Plural + "?" + url.Values{"filter": {filter}}.Encode()
}
