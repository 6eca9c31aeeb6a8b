package customer

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
)

// ByTag is the report that counts an object's records by their tags. A record
// with several tags counts in each, so the lines add up to more than the total.
func ByTag(name, title string, o *schema.Object, tags schema.Field[[]string]) report.Spec {
	return report.Spec{Name: name, Title: title, Object: o.Name,
		Help: "A record with several tags counts in each; those without stand in a line of their own.",
		Run: func(ctx context.Context, s *record.Session, p report.Params) (*report.Table, error) {
			counts := map[string]int64{}
			total := int64(0)
			err := s.Each(ctx, record.Query{Object: o.Name, Filter: p.Filter, Fields: []string{tags.Name()}}, func(r *record.Record) error {
				total++
				list, _ := record.Get(r, tags)
				for _, tag := range list {
					counts[tag]++
				}
				if len(list) == 0 {
					counts[""]++
				}
				return nil
			})
			if err != nil {
				return nil, err
			}
			return tagTable(o.Name, tags.Name(), p, counts, total)
		}}
}

// tagTable has the most used tag first.
func tagTable(object, field string, p report.Params, counts map[string]int64, total int64) (*report.Table, error) {
	t := &report.Table{Object: object, Groups: []string{field}, Columns: []report.Column{{Name: "records", Title: "Records", Adds: true}}, Rows: []report.Row{},
		Total: &report.Row{Keys: []any{}, Labels: []string{}, Values: []record.Measure{{Value: total}}}}
	names := make([]string, 0, len(counts))
	for tag := range counts {
		names = append(names, tag)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(-cmp.Compare(counts[a], counts[b]), cmp.Compare(a, b)) })
	if most := p.Limit; most > 0 && len(names) > most {
		names, t.More = names[:most], true
	}
	for _, tag := range names {
		row := report.Row{Keys: []any{nil}, Labels: []string{""}, Values: []record.Measure{{Value: counts[tag]}}}
		condition := expr.Make(expr.OpEmpty, expr.Path(field))
		if tag != "" {
			row.Keys[0], row.Labels[0] = tag, tag
			literal, err := expr.Literal(tag)
			if err != nil {
				return nil, err
			}
			condition = expr.Make(expr.OpContains, expr.Path(field), literal)
		}
		if row.Filter = condition.String(); p.Filter != "" {
			row.Filter = "(" + p.Filter + ") and " + row.Filter
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}
