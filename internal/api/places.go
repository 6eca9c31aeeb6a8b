package api

import (
	"maps"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/support"
	"wellmet/internal/value"
)

// placesOf are the lists of states that records stand in.
func placesOf(o *schema.Object) (sales.Places, bool) {
	for _, p := range []sales.Places{sales.DealPlaces, sales.LeadPlaces, support.CasePlaces} {
		if p.List.Name == o.Name {
			return p, true
		}
	}
	return sales.Places{}, false
}

// movesTo is where the caller wants what stands in a state to go, named in the
// address or, of a change, beside its fields; values are the fields alone.
func (c *call) movesTo(o *schema.Object) (p sales.Places, to value.ID, values record.Values, moves bool) {
	p, moves = placesOf(o)
	text := c.arg(sales.MoveTo)
	if _, beside := c.fields[sales.MoveTo]; beside {
		text = c.textOf(sales.MoveTo)
	}
	if !moves || text == "" {
		return p, 0, c.fields, false
	}
	to, _ = value.ParseID(text)
	values = maps.Clone(c.fields)
	delete(values, sales.MoveTo)
	return p, to, values, true
}

// cleared refuses the whole when a part of what stood in a state cannot go where
// it was to go.
func cleared(run *record.BulkRun, err error) error {
	if err != nil || run == nil || run.Failed == 0 {
		return err
	}
	why := run.Reasons[0]
	return fault.New(fault.Conflict, "api.not_all_moved", fault.Args{"count": run.Failed}).With(fault.Field{Path: sales.MoveTo, Key: why.Key, Args: why.Args})
}
