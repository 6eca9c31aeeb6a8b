package report

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Trail asks for the records behind a figure that no filter lists, such as those
// that were once in a stage.
type Trail struct {
	Of string // what the report calls the figure
	Params
	Before value.ID // the last of the page before; 0 = from the newest
	Limit  int
}

// Found are records behind a figure, the newest first.
type Found struct {
	Object string // "" = the report's
	IDs    []value.ID
	Count  int64 // of all pages
	Label  string
	// Column is the name of the figure.
	Column string
}

// MostBehind is how many records of a figure are listed at once: they are named
// one by one.
const MostBehind = 200

// Trail is where the records behind a figure of a report are listed.
func (p Params) Trail(report, of string) Behind {
	q := url.Values{"of": {of}}
	if p.Filter != "" {
		q.Set("filter", p.Filter)
	}
	for name, d := range map[string]value.Date{"from": p.From, "to": p.To} {
		if d != 0 {
			q.Set(name, d.String())
		}
	}
	if !p.AsOf.IsZero() {
		q.Set("as_of", p.AsOf.Format(time.RFC3339Nano))
	}
	return Behind{Path: trailPath(report) + "?" + q.Encode()}
}

func trailPath(report string) string { return "/reports/" + report + "/behind" }

// answered is where the API lists what a path of Params.Trail leads to; any other
// path is that of a page.
func (t *Table) answered(path string) string {
	if q, ok := strings.CutPrefix(path, trailPath(t.Name)+"?"); ok {
		return "/reports/behind/" + t.Name + "?" + q
	}
	return path
}

// ReadTrail reads what a path of Params.Trail asks for.
func ReadTrail(s *record.Session, q url.Values) (t Trail, err error) {
	t.Of, t.Filter = q.Get("of"), q.Get("filter")
	for name, d := range map[string]*value.Date{"from": &t.From, "to": &t.To} {
		if text := q.Get(name); text != "" {
			if *d, err = value.ParseDate(text); err != nil {
				return t, fault.New(fault.Invalid, "report.bad_trail", nil).With(fault.Field{Path: name, Key: "report.bad_trail"})
			}
		}
	}
	if text := q.Get("before"); text != "" {
		if t.Before, err = value.ParseID(text); err != nil {
			return t, fault.New(fault.Invalid, "report.bad_trail", nil).With(fault.Field{Path: "before", Key: "report.bad_trail"})
		}
	}
	if text := q.Get("as_of"); text != "" {
		t.AsOf, err = s.ParseAsOf(text)
	}
	return t, err
}

// Behind lists the records behind a figure of a report.
func (b *Book) Behind(ctx context.Context, s *record.Session, name string, t Trail) (Found, Spec, error) {
	spec, err := b.Find(ctx, s, name)
	if err != nil {
		return Found{}, spec, err
	}
	if _, err := s.Object(spec.Object); err != nil {
		return Found{}, spec, err
	}
	if spec.Behind == nil {
		return Found{}, spec, NoFigure(t.Of)
	}
	if strings.TrimSpace(t.Filter) != "" { // by itself, as in RunSpec
		if _, err := expr.Parse(t.Filter); err != nil {
			return Found{}, spec, err
		}
	}
	if _, _, err := spec.then(ctx, s, t.Params); err != nil {
		return Found{}, spec, spec.ready(s, t.Params, err)
	}
	if t.Limit < 1 || t.Limit > MostBehind {
		t.Limit = MostBehind
	}
	found, err := spec.Behind(ctx, s, t)
	found.Object = cmp.Or(found.Object, spec.Object)
	return found, spec, spec.ready(s, t.Params, err)
}

// NoFigure says that a report has no such figure.
func NoFigure(of string) error {
	return fault.New(fault.NotFound, "report.no_figure", fault.Args{"figure": value.Printable(of)})
}

// Query reads found records, of which there must be some, in their order and as of
// the trail's moment.
func (f Found) Query(t Trail) record.Query {
	return record.Query{Object: f.Object, Filter: record.Among("id", f.IDs), Sort: "-id", Limit: len(f.IDs), AsOf: t.AsOf}
}
