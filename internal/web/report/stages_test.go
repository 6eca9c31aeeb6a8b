package report

import (
	"strings"
	"testing"

	"wellmet/internal/report"
	"wellmet/internal/value"
)

// Rows that are stages stand in the order of the stages, whether their keys are
// names or, as those of weak spots, the stages themselves.
func TestRowsStandInTheOrderOfStages(t *testing.T) {
	t.Parallel()
	row := func(key any, label string) report.Row { return report.Row{Keys: []any{key}, Labels: []string{label}} }
	for what, rows := range map[string][]report.Row{
		"names":  {row("Offer", ""), row(nil, ""), row("New", ""), row("Demo", "")},
		"stages": {row(value.ID(2), "Offer"), row(value.ID(9), "Gone"), row(value.ID(7), "New"), row(value.ID(5), "Demo")},
	} {
		x := &sheet{Words: &report.Words{Table: &report.Table{Rows: rows}}, stages: []string{"New", "Demo", "Offer", "Won"}}
		x.byStage()
		var got []string
		for _, r := range x.Table.Rows {
			if name, ok := r.Keys[0].(string); ok {
				got = append(got, name)
			} else {
				got = append(got, r.Labels[0])
			}
		}
		if text := strings.Join(got[:3], " "); text != "New Demo Offer" {
			t.Errorf("%s: %s", what, got)
		}
	}
}
