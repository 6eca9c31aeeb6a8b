package app_test

import (
	"context"
	"testing"

	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// attributed holds the sources, channels and campaigns of the sample against what was
// made up: all leads are in one line each, and all that was spent in the period.
func attributed(t *testing.T, w *app.Workspace) {
	t.Helper()
	read(t, w, func(ctx context.Context, s *record.Session) error {
		first := s.Today().MonthStart().AddMonths(-5)
		attributedIn(ctx, t, w, s, report.Params{From: first, To: first.AddMonths(6).AddDays(-1)})
		return nil
	})
}

// spentInAll is what webinars, fairs, newsletters and the website cost in six months.
const spentInAll = 6 * (1800 + 4200 + 350 + 2400) * 100

func attributedIn(ctx context.Context, t *testing.T, w *app.Workspace, s *record.Session, p report.Params) {
	t.Helper()
	leads, _, err := s.Count(ctx, record.Query{Object: "lead", Count: record.CountExact,
		Filter: `created_at >= date("` + p.From.String() + `") and created_at <= date("` + p.To.String() + `")`})
	if err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"lead-attribution": 4, "lead-attribution-last": 3, "lead-attribution-even": 4, "channel-attribution": 4, "campaign-attribution": 3,
		"campaign-attribution-last": 1, "campaign-attribution-even": 3} {
		table, err := w.App().Reports().Run(ctx, s, name, p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sum, cost, lines := int64(0), int64(0), 0
		for _, r := range table.Rows {
			m, _ := table.Value(r, "leads")
			if n, ok := m.Value.(int64); ok {
				sum += n
			}
			m, _ = table.Value(r, "cost")
			if paid, ok := m.Value.(value.Money); ok && paid.Minor > 0 {
				cost, lines = cost+paid.Minor, lines+1
			}
		}
		if name != "lead-attribution-even" && name != "campaign-attribution-even" && sum != leads { // these count parts of leads
			t.Errorf("%s counts %d leads, there are %d", name, sum, leads)
		}
		if cost != spentInAll || lines < 1 || len(table.Rows) < least {
			t.Errorf("%s tells of %d spent in %d lines of %d, it was %d", name, cost, lines, len(table.Rows), spentInAll)
		}
	}
}
