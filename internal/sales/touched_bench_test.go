package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
)

// BenchmarkAttribution shares leads out among two or three touches each, a fifth of
// them with a deal, beside what it costs to count the same leads.
func BenchmarkAttribution(b *testing.B) {
	for _, leads := range []int{20_000, 50_000, 200_000} {
		b.Run(fmt.Sprint(leads), func(b *testing.B) {
			apptest.Bench(b, func(b *testing.B, k *apptest.Kit) {
				plantTouches(b, k, leads)
				var counting time.Duration
				k.Read(b, k.Ada, func(s *record.Session) error {
					began := time.Now()
					n, _, err := s.Count(b.Context(), record.Query{Object: "lead", Filter: `status != "disqualified"`, Count: record.CountExact})
					if counting = time.Since(began); n != int64(leads) {
						b.Fatalf("%d leads", n)
					}
					return err
				})
				for _, name := range []string{"lead-attribution", "lead-attribution-last", "lead-attribution-even", "campaign-attribution-even"} {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							k.Read(b, k.Ada, func(s *record.Session) error {
								spec, err := k.App.Reports().Find(b.Context(), s, name)
								if err != nil {
									return err
								}
								_, err = k.App.Reports().RunSpec(b.Context(), s, spec, report.Params{})
								return err
							})
						}
						b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(counting), "counts")
					})
				}
			})
		})
	}
}

// plantTouches writes leads with their touches and deals as they come to stand in the
// database, all at once.
func plantTouches(b *testing.B, k *apptest.Kit, leads int) {
	b.Helper()
	source := "CASE (i + j) % 8"
	for i := range 8 {
		source += fmt.Sprintf(" WHEN %d THEN %d", i, k.Create(b, k.Ada, "lead_source", record.Values{"name": fmt.Sprint("Source ", i)}))
	}
	const each = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) `
	rows := []string{
		`INSERT INTO {lead} (id, version, owner_id, name, status, created_at, updated_at, touch_count, converted_deal_id) ` + each +
			`SELECT 1000000000 + i, 1, %[2]d, 'Lead', CASE WHEN i %% 5 = 0 THEN 'converted' ELSE 'new' END, %[3]d + i, %[3]d, 2 + i %% 2, CASE WHEN i %% 5 = 0 THEN 3000000000 + i END FROM n`,
		`INSERT INTO {deal} (id, version, owner_id, name, status, amount, amount_c, amount_b, created_at, updated_at, cycle_days) ` + each +
			`SELECT 3000000000 + i, 1, %[2]d, 'Deal', CASE WHEN i %% 10 = 0 THEN 'won' ELSE 'open' END, 100 * i, 'EUR', 100 * i, %[3]d, %[3]d, CASE WHEN i %% 10 = 0 THEN i %% 90 END FROM n WHERE i %% 5 = 0`,
		`INSERT INTO {touch} (id, version, owner_id, lead_id, source_id, "at", created_at, updated_at, campaign, campaign_s, first_of_lead, last_of_lead) ` + each +
			`, x(j) AS (SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2) SELECT 5000000000 + 4 * i + j, 1, %[2]d, 1000000000 + i, %[4]s END, ` +
			`%[3]d + i + j, %[3]d, %[3]d, 'Campaign ' || ((i + 3 * j) %% 20), 'campaign ' || ((i + 3 * j) %% 20), j = 0, j = 1 + i %% 2 FROM n CROSS JOIN x WHERE j <= 1 + i %% 2`,
	}
	k.Write(b, k.Ada, func(s *record.Session) error {
		for _, sql := range rows {
			if _, err := s.Tx().Exec(b.Context(), fmt.Sprintf(sql, leads, k.Rita, k.Now().UnixMilli(), source)); err != nil {
				return err
			}
		}
		_, err := s.Tx().Exec(b.Context(), "ANALYZE")
		return err
	})
}
