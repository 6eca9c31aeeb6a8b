package api

import (
	"wellmet/internal/commerce"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// sum is a measure as reports answer it.
type sum record.Measure

func (m sum) MarshalJSON() ([]byte, error) {
	return report.AppendMeasure(nil, record.Measure(m)), nil
}

// foreseen reads which period and whose deals are asked for: without a word the
// running quarter, and where the caller begins.
func (c *call) foreseen(s *record.Session) (q sales.ForecastQuery, p value.Period, err error) {
	if p, err = fiscal(s, c.arg("period")); err != nil {
		return q, p, err
	}
	q = sales.ForecastQuery{From: p.First(), To: p.Last(), By: c.arg("by")}
	for name, to := range map[string]*value.ID{"person": &q.Person, "team": &q.Team, "pipeline": &q.Pipeline} {
		*to, _ = value.ParseID(c.arg(name))
	}
	if q.Person == 0 && q.Team == 0 && c.arg("of") != "all" {
		q.Person, q.Team = sales.ForecastScope(s)
	}
	return q, p, nil
}

// forecast answers what the deals of a period come to.
func (c *call) forecast() error {
	return c.read(func(s *record.Session) error {
		q, p, err := c.foreseen(s)
		if err != nil {
			return err
		}
		if q.AsOf, err = asOf(s, c.arg("as_of")); err != nil {
			return err
		}
		f, err := sales.Foresee(c.ctx, s, q)
		if err != nil {
			return err
		}
		said, err := sales.AdjustmentsAsOf(c.ctx, s, q.From, q.To, q.AsOf)
		if err != nil {
			return err
		}
		rows, sayings := []any{}, []any{}
		words := f.Words(s, said)
		for i, r := range f.Rows {
			rows = append(rows, saidOf(forecastRow(r), words[i]))
		}
		for _, a := range said {
			sayings = append(sayings, map[string]any{"person": a.Person, "by": a.By, "at": a.At, "amount": a.Amount, "note": a.Note})
		}
		out := map[string]any{"period": p, "from": q.From, "to": q.To, "rows": rows, "total": saidOf(forecastRow(f.Total), words[len(f.Rows)]), "adjustments": sayings}
		if f.Source != "" {
			out["as_of"], out["source"] = q.AsOf, f.Source
		}
		return c.marshal(out)
	})
}

func forecastRow(r sales.ForecastRow) map[string]any {
	classes := map[string]any{}
	for class, x := range r.Cells {
		classes[class] = map[string]any{"deals": x.N, "amount": sum(x.Amount), "weighted": sum(x.Weighted), "filter": x.Filter}
	}
	row := map[string]any{"deals": r.Deals(), "committed": sum(r.Committed()), "weighted": sum(r.Weighted()), "classes": classes}
	if r.Kind != "" {
		row["kind"], row["label"] = r.Kind, r.Label
		if r.Key != 0 {
			row["key"] = r.Key
		}
		if r.Currency != "" {
			row["currency"] = r.Currency
		}
	}
	return row
}

// saidOf adds to a row what people say of it.
func saidOf(row map[string]any, w sales.Word) map[string]any {
	if w.Own != nil {
		row["own_word"] = w.Own
	}
	if w.Led != nil {
		row["led_word"] = w.Led
	}
	if w.People > 0 {
		row["said_of"] = w.People
	}
	return row
}

// forecastRange answers how much a period may bring.
func (c *call) forecastRange() error {
	return c.read(func(s *record.Session) error {
		q, p, err := c.foreseen(s)
		if err != nil {
			return err
		}
		x, err := sales.Expect(c.ctx, s, q)
		if err != nil {
			return err
		}
		shares := []any{}
		for _, l := range x.Lines {
			shares = append(shares, map[string]any{"name": l.Name, "share": l.Share})
		}
		out := map[string]any{"period": p, "closed": x.Closed, "known": x.Known, "few": x.Few, "over": x.Over, "without_rate": x.Missing,
			"learned_deals": x.Deals, "learned_months": x.Month, "shares": shares, "season_months": x.Season.Months,
			"season_enough": x.Season.Enough(), "season_text": x.Season.Say(i18n.FormatFor(c.lang()))}
		if x.Known {
			for name, minor := range map[string]int64{"p10": x.Band.P10, "p50": x.Band.P50, "p90": x.Band.P90, "mean": x.Band.Mean, "from_open": x.Band.Open, "from_new": x.Band.New} {
				out[name] = x.Money(minor)
			}
		}
		if l := x.Leads; x.Led {
			out["leads"] = leadLine(l)
		}
		if text := x.SayNoLeads(i18n.FormatFor(c.lang())); text != "" {
			out["leads_text"] = text
		}
		return c.marshal(out)
	})
}

func leadLine(l sales.LeadLine) map[string]any {
	months := []any{}
	for _, m := range l.Months {
		months = append(months, map[string]any{"month": m.Month, "leads": m.Leads, "filter": m.Filter, "to_come": m.ToCome, "won": m.Won, "won_filter": m.WonFilter,
			"expected_wins": m.Expected, "amount": m.Amount})
	}
	return map[string]any{"leads": l.Leads, "to_come": l.ToCome, "per_month": l.PerMonth, "conversion": l.Conversion, "value": l.Value, "days": l.Delay, "amount": l.Amount,
		"learned_months": l.Known, "few": l.Few(), "months": months}
}

// forecastMoves answers how the forecast of a period went, and how those of the
// last periods did.
func (c *call) forecastMoves() error {
	return c.read(func(s *record.Session) error {
		q, p, err := c.foreseen(s)
		if err != nil {
			return err
		}
		days, err := sales.Course(c.ctx, s, q)
		if err != nil {
			return err
		}
		judged, err := sales.Accuracy(c.ctx, s, q, sales.JudgedPeriods)
		if err != nil {
			return err
		}
		backs, err := sales.Backs(c.ctx, s)
		if err != nil {
			return err
		}
		base := s.Settings().Currency
		list, past, ranges := []any{}, []any{}, []any{}
		for _, d := range days {
			list = append(list, forecastDay(base, d))
		}
		for _, j := range judged {
			past = append(past, judgedPeriod(base, j))
		}
		for _, b := range backs {
			ranges = append(ranges, pastRange(base, b))
		}
		return c.marshal(map[string]any{"period": p, "days": list, "accuracy": past, "ranges": ranges})
	})
}

func forecastDay(base string, d sales.ForecastDay) map[string]any {
	classes := map[string]any{}
	for class, minor := range d.Classes {
		classes[class] = value.Money{Minor: minor, Currency: base}
	}
	return map[string]any{"day": d.Day, "made_up": d.MadeUp, "classes": classes, "without_rate": d.Missing,
		"committed": value.Money{Minor: d.Committed(), Currency: base}, "weighted": value.Money{Minor: d.Weighted, Currency: base}}
}

func judgedPeriod(base string, j sales.Judged) map[string]any {
	said := []any{}
	for i, n := range j.Days {
		if j.Known[i] {
			said = append(said, map[string]any{"days_before": n, "committed": value.Money{Minor: j.Said[i], Currency: base}})
		}
	}
	return map[string]any{"period": j.Period, "said": said, "actual": value.Money{Minor: j.Actual, Currency: base}}
}

// pastRange is a quarter of the whole company told anew, beside what came.
func pastRange(base string, b sales.Back) map[string]any {
	x := map[string]any{"from": b.From, "to": b.To, "few": b.Few, "within": b.Hit()}
	for name, minor := range map[string]int64{"p10": b.Band.P10, "p50": b.Band.P50, "p90": b.Band.P90, "actual": b.Actual} {
		x[name] = value.Money{Minor: minor, Currency: base}
	}
	return x
}

// forecastCash answers the money that comes in, month by month.
func (c *call) forecastCash() error {
	return c.read(func(s *record.Session) error {
		q, _, err := c.foreseen(s)
		if err != nil {
			return err
		}
		cash, err := commerce.CashOf(c.ctx, s, q)
		if err != nil {
			return err
		}
		months := []any{}
		for _, m := range cash.Months {
			months = append(months, cashMonth(m))
		}
		return c.marshal(map[string]any{"months": months, "total": cashMonth(cash.Total), "overdue": cashFigure(cash.Overdue),
			"beyond_contracts": cashFigure(cash.Beyond), "deals_with_unseen_contracts": cash.Unseen})
	})
}

func cashMonth(m commerce.CashMonth) map[string]any {
	x := map[string]any{"won": cashFigure(m.Won), "received": cashFigure(m.Received), "due": cashFigure(m.Due), "late": cashFigure(m.Late),
		"booked": cashFigure(m.Booked), "uncontracted": cashFigure(m.Bare), "expected": cashFigure(m.Expected), "coming": sum(m.Coming())}
	if m.Month != 0 {
		x["month"] = m.Month
	}
	return x
}

func cashFigure(f commerce.CashFigure) map[string]any {
	return map[string]any{"sum": sum(f.Sum), "object": f.Object, "filter": f.Filter}
}

// forecastCustomers answers how many customers came, were there and went.
func (c *call) forecastCustomers() error {
	return c.read(func(s *record.Session) error {
		q, _, err := c.foreseen(s)
		if err != nil {
			return err
		}
		months, err := sales.Customers(c.ctx, s, q)
		if err != nil {
			return err
		}
		list := []any{}
		for _, m := range months {
			x := map[string]any{"month": m.Month, "new": m.New, "active": m.Active, "lost": m.Lost}
			if m.Projected {
				x["projected"] = true
			} else {
				x["new_filter"], x["active_filter"], x["lost_filter"] = m.NewFilter, m.ActiveFilter, m.LostFilter
			}
			list = append(list, x)
		}
		return c.marshal(map[string]any{"months": list})
	})
}
