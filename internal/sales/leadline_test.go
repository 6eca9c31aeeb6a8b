package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// Of each 20 leads four are won in their month and four two months later. The lead
// line finds that out from the months that had the time, tells from it what coming
// months bring, and each of its figures lists as many leads.
func TestTheLeadLineLearnsHowLongItTakes(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		n := 0
		come := func() (ids []value.ID) {
			for range 20 {
				n++
				ids = append(ids, k.Create(t, k.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", n), "company": fmt.Sprintf("Firm %d", n)}))
			}
			return ids
		}
		win := func(leads []value.ID) {
			for _, id := range leads {
				k.Write(t, k.Rita, func(s *record.Session) error {
					c, err := sales.Convert(t.Context(), s, id, sales.Options{Deal: record.Values{"name": "Deal", "amount": "100 EUR"}})
					if err == nil {
						_, err = sales.Win(t.Context(), s, c.Deal, 0, sales.Close{})
					}
					return err
				})
			}
		}
		passTo := func(on string) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				k.Pass(time.Duration(day(t, on)-s.Today()) * 24 * time.Hour)
				return nil
			})
		}
		march := come()
		win(march[:4])
		passTo("2026-04-10")
		april := come()
		win(april[:4])
		passTo("2026-05-10")
		win(march[4:8])
		passTo("2026-06-10")
		win(april[4:8])
		come()
		ask := func(person value.ID) (l sales.LeadLine, ok bool) {
			k.Read(t, k.Rita, func(s *record.Session) (err error) {
				l, ok, err = sales.LeadVolume(t.Context(), s, sales.ForecastQuery{From: day(t, "2026-04-01"), To: day(t, "2026-08-31"), Person: person})
				for _, m := range l.Months {
					for filter, want := range map[string]int64{m.Filter: m.Leads, m.WonFilter: m.Won} {
						if n, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: filter, Count: record.CountExact}); err != nil || n != want {
							t.Errorf("%v: behind %d stand %d (%v)", m.Month, want, n, err)
						}
					}
				}
				return err
			})
			return l, ok
		}
		if _, ok := ask(k.Olga); ok {
			t.Error("Olga has leads")
		}
		l, ok := ask(k.Rita)
		if !ok || l.Conversion.String() != "0.4" || l.Value != whole(100) || l.Won != 16 || l.Known != 3 || !l.Few() || len(l.Months) != 5 {
			t.Fatalf("%+v", l)
		}
		// 40 leads came in the last 90 days, 20 days of June are left.
		for i, want := range []struct {
			leads, toCome, won int64
			expected           string
		}{{20, 0, 4, "4"}, {0, 0, 4, "4"}, {20, 9, 4, "9.8"}, {0, 14, 0, "2.8"}, {0, 14, 0, "8.5"}} {
			m := l.Months[i]
			if m.Leads != want.leads || m.ToCome != want.toCome || m.Won != want.won || m.Expected.String() != want.expected {
				t.Errorf("%v: %+v, want %+v", m.Month, m, want)
			}
		}
		if june := l.Months[2].Amount; june.Minor != 97778 || june.Currency != "EUR" {
			t.Errorf("June brings %v", june)
		}
	})
}

// A day however far off breaks nothing: open deals are due when they like, and a
// win counts in the month of its day, before its lead came or long after, where
// its list has it, too.
func TestTheLeadLineOfDaysFarOff(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		convert := func(lead value.ID, due string) (deal value.ID) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				c, err := sales.Convert(t.Context(), s, lead, sales.Options{Deal: record.Values{"name": "Deal", "amount": "100 EUR", "close_date": due}})
				deal = c.Deal
				return err
			})
			return deal
		}
		win := func(deal value.ID, on string) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{On: day(t, on)})
				return err
			})
		}
		var leads []value.ID
		for i := range 5 {
			leads = append(leads, k.Create(t, k.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", i), "company": fmt.Sprintf("Firm %d", i)}))
		}
		late := convert(leads[0], "2206-03-01")
		convert(leads[1], "1903-03-01")
		win(convert(leads[2], "2026-03-20"), "2026-01-15")
		win(convert(leads[3], "2026-03-20"), "1907-05-01")
		ask := func(from, to string, leads, won map[string]int64) (l sales.LeadLine) {
			t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				x, err := sales.Expect(t.Context(), s, sales.ForecastQuery{From: day(t, from), To: day(t, to)})
				if err != nil {
					return err
				}
				l = x.Leads
				for _, m := range l.Months {
					if name := m.Month.String()[:7]; m.Leads != leads[name] || m.Won != won[name] {
						t.Errorf("%s: %d leads, %d won", name, m.Leads, m.Won)
					}
					for filter, want := range map[string]int64{m.Filter: m.Leads, m.WonFilter: m.Won} {
						if n, _, err := s.Count(t.Context(), record.Query{Object: "lead", Filter: filter, Count: record.CountExact}); err != nil || n != want {
							t.Errorf("%v: behind %d stand %d (%v)", m.Month, want, n, err)
						}
					}
				}
				return nil
			})
			return l
		}
		came := map[string]int64{"2026-03": 5}
		l := ask("2026-01-01", "2026-12-31", came, map[string]int64{"2026-01": 1})
		if l.Won != 2 || l.Conversion.String() != "0.4" || l.Leads != 5+l.ToCome || len(l.Months) != 12 {
			t.Errorf("%+v", l)
		}
		ask("1907-01-01", "1907-12-31", nil, map[string]int64{"1907-05": 1})
		ask("0002-01-01", "0002-12-31", nil, nil)
		k.Read(t, k.Ada, func(s *record.Session) error {
			k.Pass(time.Duration(day(t, "2028-06-10")-s.Today()) * 24 * time.Hour)
			return nil
		})
		win(late, "2028-06-09")
		if l := ask("2028-04-01", "2028-06-30", nil, map[string]int64{"2028-06": 1}); l.Won != 0 || l.Known != 0 {
			t.Errorf("learned of leads long gone: %+v", l)
		}
		if l := ask("2026-01-01", "2026-12-31", came, map[string]int64{"2026-01": 1}); l.Leads != 5 || l.ToCome != 0 {
			t.Errorf("of months long gone: %+v", l)
		}
	})
}
