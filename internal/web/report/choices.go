package report

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/web/kit"
)

// choices are what a builder offers of an object's fields.
type choices struct {
	groups  []family
	figures []family
	days    []option // fields that periods can be of
}

// family are fields of the object itself, or of what a link leads to.
type family struct {
	label string
	list  []option
}

// choicesOf lists the fields that the reader may ask for: the object's own, and
// those one link away.
func choicesOf(ctx context.Context, v *kit.View, s *record.Session, o *schema.Object) choices {
	var c choices
	own := o.Label(v.Lang).One
	c.add(ctx, s, v, o, own, "")
	for _, f := range o.Visible() {
		if f.Kind != schema.KindLink && f.Kind != schema.KindPerson || f.Name == "id" || !s.Actor().CanFilter(f) {
			continue
		}
		to := s.Schema().Target(f)
		if to == nil {
			continue
		}
		if _, err := s.Object(to.Name); err == nil {
			c.add(ctx, s, v, to, f.Label(v.Lang), f.Name+".")
		}
	}
	return c
}

func (c *choices) add(ctx context.Context, s *record.Session, v *kit.View, o *schema.Object, label, prefix string) {
	groups, figures := family{label: label}, family{label: label}
	var days []option
	for _, f := range o.Visible() {
		if !s.Actor().CanFilter(f) || !s.Sees(f) {
			continue
		}
		if prefix != "" && f.Name == o.Title && !o.StateList {
			continue // the link itself stands for it
		}
		at := option{value: prefix + f.Name, label: f.Label(v.Lang)}
		switch k := f.ValueKind(); k {
		case schema.KindText, schema.KindChoice, schema.KindBool, schema.KindLink, schema.KindPerson:
			groups.list = append(groups.list, at)
		case schema.KindDate, schema.KindMoment:
			groups.list = append(groups.list, at)
			days = append(days, at)
		case schema.KindInt, schema.KindDecimal, schema.KindPercent, schema.KindMoney:
			figures.list = append(figures.list, at)
		}
	}
	c.groups = append(c.groups, groups)
	if len(figures.list) > 0 {
		c.figures = append(c.figures, figures)
	}
	c.days = append(c.days, days...)
	if prefix == "" {
		c.between(ctx, v, s, o, days)
	}
}

// mostBetween keeps the pairs of days few enough to be read.
const mostBetween = 6

// between offers the days from one date of the object to another.
func (c *choices) between(ctx context.Context, v *kit.View, s *record.Session, o *schema.Object, days []option) {
	pairs := family{label: v.T("web.report.days_between")}
	if len(days) > mostBetween {
		days = days[:mostBetween]
	}
	for _, a := range days {
		for _, b := range days {
			text := b.value + " - " + a.value
			if a != b && s.CheckAggregate(ctx, record.Aggregate{Object: o.Name, Measures: []string{"avg:" + text}}) == nil {
				pairs.list = append(pairs.list, option{value: text, label: v.T("web.report.from_to", "from", a.label, "to", b.label)})
			}
		}
	}
	if len(pairs.list) > 0 {
		c.figures = append(c.figures, pairs)
	}
}

// offered reports whether a path is among those offered.
func offered(families []family, path string) bool {
	return slices.ContainsFunc(families, func(f family) bool {
		return slices.ContainsFunc(f.list, func(o option) bool { return o.value == path })
	})
}

// isDay reports whether what a path leads to is cut into periods.
func (b *builder) isDay(s *record.Session, path string) bool {
	e, err := s.Check(b.object, path, expr.Empty)
	return err == nil && (e.Type().Kind == expr.Date || e.Type().Kind == expr.Moment)
}

// readMeasures takes the rows of the form: function, field, condition, title.
func readMeasures(q url.Values) (list []report.Column) {
	at := func(name string, i int) string {
		if i < len(q[name]) {
			return strings.TrimSpace(q[name][i])
		}
		return ""
	}
	for i, function := range q["function"] {
		m := record.MeasureText{Function: strings.TrimSpace(function), Of: at("of", i), Only: at("only", i)}
		switch m.Function {
		case "":
			continue
		case "count":
			m.Of = ""
		case "rate":
			m.Of = ""
			if part, whole, ok := strings.Cut(m.Only, " / "); ok {
				m.Only, m.Among = part, whole
			}
		}
		list = append(list, report.Column{Title: at("named", i), Measure: m.String()})
	}
	report.Name(list)
	return list
}
