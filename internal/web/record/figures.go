package record

import (
	"net/http"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// figure is one fact about a customer.
type figure struct {
	label, text, note, url string
}

// customers are the objects with figures, each with the field of a deal that
// leads to it.
var customers = map[string]bool{"account": true, "contact": true}

// showFigures answers what a customer is worth, as far as the actor may know.
func showFigures(c *door.Call) error {
	var m *model
	var figures []figure
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		if !customers[m.o.Name] {
			return errNoState
		}
		figures, err = figuresOf(c, s, m)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, figuresRow(m, figures))
}

// figuresOf computes them: money and numbers of deals, then when one last spoke
// and what comes next.
func figuresOf(c *door.Call, s *record.Session, m *model) ([]figure, error) {
	figures, err := dealFigures(c, s, m)
	if err != nil {
		return nil, err
	}
	if f := m.field("last_contact_at"); f != nil {
		x := figure{label: m.v.T("web.record.last_contact"), text: m.v.T("web.record.never")}
		if at, ok := m.r.Value(f).(time.Time); ok {
			x.text, x.note = m.v.Ago(at, m.v.Now.In(m.v.Zone)), m.v.DateNear(value.DateOf(at, m.v.Zone), m.v.Today())
		}
		figures = append(figures, x)
	}
	if f := m.field("next_activity_at"); f != nil {
		x := figure{label: m.v.T("web.record.next_step"), text: m.v.T("web.record.none")}
		if at, ok := m.r.Value(f).(time.Time); ok {
			x.text = m.v.Near(value.DateOf(at, m.v.Zone), m.v.Today())
		}
		figures = append(figures, x)
	}
	return figures, nil
}

// dealFigures are sums and counts of the customer's deals by status, over those
// that the actor may read.
func dealFigures(c *door.Call, s *record.Session, m *model) ([]figure, error) {
	deals, err := s.Object(sales.Deals.Name)
	if err != nil || !s.Actor().Can(deals, access.Read) {
		return nil, nil
	}
	filter := m.o.Name + ` = "` + m.r.ID.String() + `"`
	amount, _ := deals.Field(sales.DealAmount.Name())
	status, _ := deals.Field(sales.DealStatus.Name())
	link, _ := deals.Field(m.o.Name)
	if !s.Actor().CanFilter(status) || !s.Actor().CanFilter(link) {
		return nil, nil
	}
	ask := record.Aggregate{Object: deals.Name, Filter: filter, Group: []string{status.Name}, Measures: []string{"count"}}
	money := s.Actor().CanFilter(amount)
	if money {
		ask.Measures = append(ask.Measures, "sum:"+amount.Name)
	}
	result, err := s.Aggregate(c.Ctx, ask)
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	byStatus := map[string][]record.Measure{}
	for _, g := range result.Groups {
		key, _ := g.Keys[0].(string)
		byStatus[key] = g.Values
	}
	sum := func(status string) string {
		if x := byStatus[status]; len(x) > 1 {
			if amount, ok := x[1].Value.(value.Money); ok {
				return m.v.MoneyShort(amount)
			}
		}
		return m.v.MoneyShort(value.Money{Currency: s.Settings().Currency})
	}
	count := func(status string) int64 {
		if x := byStatus[status]; len(x) > 0 {
			n, _ := x[0].Value.(int64)
			return n
		}
		return 0
	}
	list := func(status string) string { return "/deals?filter=" + escape(filter+` and status = "`+status+`"`) }
	var figures []figure
	for _, x := range []struct{ status, label string }{{sales.Won, m.v.T("web.record.won_total")}, {sales.Open, m.v.T("web.record.open_amount")}} {
		f := figure{label: x.label, note: m.v.T("web.record.deals", "count", count(x.status)), url: list(x.status)}
		if f.text = m.v.Int(count(x.status)); money {
			f.text = sum(x.status)
		}
		figures = append(figures, f)
	}
	return append(figures, figure{label: m.v.T("web.record.lost_deals"), text: m.v.Int(count(sales.Lost)), url: list(sales.Lost)}), nil
}
