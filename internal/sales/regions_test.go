package sales_test

import (
	"slices"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/hours"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// A holiday of one region moves the calls of those who work there, and nobody
// else's; one of the country moves those of its parts as well.
func TestAHolidayOfARegionMovesItsPeoplesCalls(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Pass(time.Date(2026, 3, 25, 9, 0, 0, 0, time.UTC).Sub(k.Now())) // a Wednesday
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Josefi", "day": "2026-03-26", "region": "DE-BY"})
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Karfreitag", "day": "2026-03-27", "region": "de"})
		update(t, k, k.Ada, "member", k.Rita, record.Values{"holiday_region": " DE-by "})
		update(t, k, k.Ada, "member", k.Max, record.Values{"holiday_region": "DE"})

		k.Read(t, k.Ada, func(s *record.Session) error {
			for who, want := range map[value.ID]string{k.Rita: "03-30", k.Max: "03-26", k.Olga: "03-26", 0: "03-26"} {
				cal, err := hours.Whose(t.Context(), s, who)
				if err != nil {
					return err
				}
				if got := cal.Add(s.Now(), hours.Duration{N: 1, Unit: hours.BusinessDays}).Format("01-02"); got != want {
					t.Errorf("one business day of %s: %s, want %s", s.Roster().Name(who), got, want)
				}
			}
			return nil
		})
		cadence := only(t, k, "cadence", "")
		free := map[value.ID][]string{k.Rita: {"03-26", "03-27"}, k.Max: {"03-27"}, k.Olga: nil}
		for who := range free {
			lead := k.Create(t, k.Ada, "lead", record.Values{"name": "Ann", "phone": "+4930123456", "owner": who})
			k.Write(t, k.Ada, func(s *record.Session) error { return sales.Enroll(t.Context(), s, cadence, lead) })
		}
		runFor(t, k, 3*24)
		for who, free := range free {
			got := callDays(t, k, who)
			for _, day := range []string{"03-25", "03-26", "03-27"} {
				if slices.Contains(got, day) == slices.Contains(free, day) {
					t.Errorf("calls on %v, want none on %v", got, free)
				}
			}
		}
	})
}

// callDays are the days on which somebody is to call.
func callDays(t *testing.T, k *apptest.Kit, who value.ID) (list []string) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "activity", Filter: `kind = "call" and owner = "` + who.String() + `"`, Sort: "due_at"})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			list = append(list, r.Field("due_at").(time.Time).Format("01-02"))
		}
		return nil
	})
	return slices.Compact(list)
}

// How long a lead waits, whether it is late and how many working days a deal was in
// a stage count in the working time of whoever answers for it.
func TestWaitingCountsInTheOwnersTime(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		k.Pass(time.Date(2026, 3, 25, 12, 0, 0, 0, time.UTC).Sub(k.Now())) // a Wednesday
		k.Create(t, k.Ada, "holiday", record.Values{"name": "Josefi", "day": "2026-03-26", "region": "DE-BY"})
		update(t, k, k.Ada, "member", k.Rita, record.Values{"holiday_region": "DE-BY"})
		leads, deals := map[value.ID]value.ID{}, map[value.ID]value.ID{}
		for _, who := range []value.ID{k.Rita, k.Max} {
			account := k.Create(t, who, "account", record.Values{"name": "Acme"})
			leads[who] = k.Create(t, who, "lead", record.Values{"name": "Ann", "phone": "+4930123456"})
			deals[who] = k.Create(t, who, "deal", record.Values{"name": "Pumps", "account": account})
		}
		var day time.Duration // that Rita does not work
		k.Read(t, k.Ada, func(s *record.Session) error {
			company, err := hours.Of(t.Context(), s)
			if err == nil {
				day = company.Between(time.Date(2026, 3, 26, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 27, 0, 0, 0, 0, time.UTC))
			}
			return err
		})
		k.Pass(48 * time.Hour)
		ritas, _ := waits(t, k, k.Ada, leads[k.Rita])
		maxs, _ := waits(t, k, k.Ada, leads[k.Max])
		if day == 0 || maxs-ritas != day {
			t.Errorf("Rita's lead waits %s, Max's %s, and a day is %s", ritas, maxs, day)
		}
		for who, want := range map[value.ID]int{k.Rita: 1, k.Max: 2} {
			k.Read(t, k.Ada, func(s *record.Session) error {
				times, err := sales.StageTimes(t.Context(), s, sales.Deals, deals[who])
				if err == nil && (len(times) != 1 || times[0].Business != want) {
					t.Errorf("%s's deal: %+v, want %d days", s.Roster().Name(who), times, want)
				}
				return err
			})
		}
		table, _ := reported(t, k, k.Ada, "time-in-stage-by-person", report.Params{})
		got := map[string]string{}
		for _, r := range table.Rows {
			got[r.Labels[0]] = shown(table, r, "avg_business_days")
		}
		if got["Rita"] != "1" || got["Max"] != "2" {
			t.Errorf("business days by person: %v", got)
		}
	})
}
