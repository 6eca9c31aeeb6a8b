package api

import (
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
)

// aggregate answers figures over the records of an object.
func (c *call) aggregate() error {
	a := record.Aggregate{Filter: c.textOf("filter"), Text: c.textOf("q"), Group: c.textsOf("group"),
		Measures: c.textsOf("measures"), Sort: c.textOf("sort"), Limit: int(min(c.whole("limit"), 1<<30))}
	if a.Measures == nil {
		a.Measures = []string{"count"}
	}
	return c.read(func(s *record.Session) error {
		o, err := c.object(s)
		if err != nil {
			return err
		}
		q, err := c.throughView(s, o, record.Query{Filter: a.Filter})
		if err != nil {
			return err
		}
		a := a
		a.Object, a.Filter = o.Name, q.Filter
		if a.AsOf, err = asOf(s, c.textOf("as_of")); err != nil {
			return err
		}
		r, err := s.Aggregate(c.ctx, a)
		if err != nil {
			return err
		}
		c.out = appendFigures(c.out, r)
		return nil
	})
}

// appendFigures writes the answer to an aggregate: values stand in the order of
// measures, keys in that of group.
func appendFigures(dst []byte, r *record.AggregateResult) []byte {
	dst = appendText(append(dst, '{'), "object", r.Object)
	dst = schema.AppendJSON(appendName(dst, "group"), orNone(r.Group))
	dst = schema.AppendJSON(appendName(dst, "measures"), orNone(r.Measures))
	dst = append(appendName(dst, "groups"), '[')
	for i := range r.Groups {
		dst = appendGroup(appendNext(dst), &r.Groups[i])
	}
	dst = append(dst, ']')
	dst = appendGroup(appendName(dst, "total"), &r.Total)
	if r.More {
		dst = append(dst, `,"more":true`...)
	}
	return append(dst, '}')
}

func orNone(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func appendGroup(dst []byte, g *record.Group) []byte {
	dst = append(dst, '{')
	if g.Keys != nil {
		dst = append(appendName(dst, "keys"), '[')
		for _, k := range g.Keys {
			dst = schema.AppendJSON(appendNext(dst), k)
		}
		dst = append(dst, ']')
		dst = schema.AppendJSON(appendName(dst, "labels"), orNone(g.Labels))
		dst = appendText(dst, "filter", g.Filter)
	}
	dst = append(appendName(dst, "values"), '[')
	for _, m := range g.Values {
		dst = report.AppendMeasure(appendNext(dst), m)
	}
	return append(dst, "]}"...)
}
