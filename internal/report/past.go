package report

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
)

// Travels reports whether the report can look back to a past day.
func (spec Spec) Travels(s *record.Session) bool {
	o, err := s.Object(spec.Object)
	return err == nil && o.SpanTable() != "" && (spec.Run == nil || spec.Past)
}

// then is the report as it can be asked of a past day: without the figures that
// are not known of then. What all of it stands on must be known.
func (spec Spec) then(ctx context.Context, s *record.Session, p Params) (Spec, []Column, error) {
	if p.AsOf.IsZero() || spec.Then != nil {
		return spec, nil, nil
	}
	if spec.Run != nil {
		if spec.Past {
			return spec, nil, nil
		}
		return spec, nil, fault.New(fault.Invalid, "report.no_past", fault.Args{"report": spec.title(i18n.FormatFor(s.Who().Locale).Language())})
	}
	var known, unknown []Column
	var refused error
	for _, c := range spec.Columns {
		err := s.CheckAggregate(ctx, record.Aggregate{Object: spec.Object, Measures: []string{c.Measure}, AsOf: p.AsOf})
		switch f, is := fault.As(err); {
		case err == nil:
			known = append(known, c)
		case is && f.Key == "query.not_then":
			unknown, refused = append(unknown, c), err
		default:
			return spec, nil, err
		}
	}
	if len(known) == 0 {
		return spec, nil, refused
	}
	if slices.ContainsFunc(unknown, func(c Column) bool { return strings.Contains(spec.Sort, c.Measure) }) {
		spec.Sort = ""
	}
	spec.Columns = known
	return spec, unknown, nil
}
