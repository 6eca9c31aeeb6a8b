package sales

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// The places in the calendar of kept sums, see deals().
const (
	keptForecast = iota
	keptPipeline
)

// kept makes the forecast of sums that are kept by month. It is false where these
// cannot tell, as of products; then the deals are counted.
func (x *foresight) kept(ctx context.Context) (bool, error) {
	members, err := x.s.Object(access.Members.Name)
	if err != nil || x.q.By == ByProduct || !seesAll(x.s, members) {
		return false, nil // whom he may not see is nobody to him
	}
	var found [][]record.CalendarSum
	parts := x.parts()
	for _, p := range parts {
		p.months.Object = Deals.Name
		list, ok, err := x.s.CalendarSums(ctx, p.months)
		if err != nil || !ok {
			return false, err
		}
		found = append(found, list)
	}
	labels, err := x.pipelines(ctx)
	if err != nil {
		return false, err
	}
	asked := x.q.asked(x.s)
	for i, p := range parts {
		for _, sum := range found[i] {
			if asked(sum.Owner) && (x.q.Pipeline == 0 || sum.By[keptPipeline] == x.q.Pipeline.String()) {
				x.count(p, sum, labels)
			}
		}
	}
	return true, nil
}

// count adds one kept sum. The first amount is the deal's own, the other weighted.
func (x *foresight) count(p part, sum record.CalendarSum, labels map[value.ID]string) {
	class := p.class
	if class == "" {
		class = classOf(p.months.State, sum.By[keptForecast])
	}
	id, label := sum.Owner, ""
	if x.q.By == ByPipeline {
		id, _ = value.ParseID(sum.By[keptPipeline])
		label = labels[id]
	} else if x.q.By == ByCurrency {
		if id = 0; len(sum.Sums) > 0 {
			label = sum.Sums[0].Currency
		}
	} else if x.s.Roster().Name(id) == "" {
		id = 0 // somebody who was deleted
	}
	if label == "" && x.q.By == ByPipeline {
		id = 0
	}
	c := ForecastCell{N: sum.N, Amount: sum.Measure}
	if sum.Amount > 0 {
		c = ForecastCell{Weighted: sum.Measure}
	}
	x.put(id, label, class, c)
}

// pipelines are the names of those that the actor may see.
func (x *foresight) pipelines(ctx context.Context) (map[value.ID]string, error) {
	labels := map[value.ID]string{}
	if x.q.By != ByPipeline {
		return labels, nil
	}
	return labels, x.s.Each(ctx, record.Query{Object: Pipelines.Name, Fields: []string{PipelineName.Name()}}, func(r *record.Record) error {
		labels[r.ID] = r.Title()
		return nil
	})
}
