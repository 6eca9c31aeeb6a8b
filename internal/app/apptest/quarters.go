package apptest

import (
	"testing"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// until moves the clock on to noon of a day.
func (k *Kit) until(t testing.TB, day string) {
	t.Helper()
	on, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	k.Pass(on.Add(12 * time.Hour).Sub(k.Now()))
}

// PastQuarters lets spring and summer of 2026 pass, with few deals whose figures
// can be told by hand, keeps the forecast of each day, and answers the team of Rita
// and Max. On the eve of the third quarter Rita commits to 1,000 and Max to 500, and
// Olga has 300 in the pipeline; Max loses on 15 July, Rita wins on 10 August, Olga on
// 5 September. Rita's 100 of the second quarter are won on 10 April.
func (k *Kit) PastQuarters(t testing.TB) (north value.ID) {
	t.Helper()
	account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
	deal := func(owner value.ID, name, amount, due, forecast string) value.ID {
		return k.Create(t, k.Ada, "deal", record.Values{"name": name, "account": account, "owner": owner, "amount": amount, "close_date": due, "forecast": forecast})
	}
	end := func(day string, deal value.ID, kind string) {
		k.until(t, day)
		k.Write(t, k.Ada, func(s *record.Session) error {
			step := sales.Step{Deal: deal, Kind: kind}
			if kind == sales.Lost {
				step.Close.Reason = "price"
			}
			_, err := sales.Move(t.Context(), s, step)
			return err
		})
	}
	end("2026-04-10", deal(k.Rita, "First", "100", "2026-04-20", sales.Commit), sales.Won)
	k.until(t, "2026-06-15")
	pumps := deal(k.Rita, "Pumps", "1000", "2026-09-15", sales.Commit)
	west := deal(k.Max, "West", "500", "2026-09-10", sales.Commit)
	south := deal(k.Olga, "South", "300", "2026-09-20", sales.InPipeline)
	end("2026-07-15", west, sales.Lost)
	end("2026-08-10", pumps, sales.Won)
	end("2026-09-05", south, sales.Won)
	k.until(t, "2026-10-05")
	if err := k.Workspace.KeepForecast(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Read(t, k.Ada, func(s *record.Session) error {
		north = s.Roster().TeamOf(k.Rita)
		return nil
	})
	return north
}
