package sales_test

import (
	"fmt"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// An outside factor moves what is still to come by its percent, for the days on
// which it holds. Taken away, the figure is what it was.
func TestOutsideFactorsHaveTheirShare(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		for range 8 {
			book.deal(k.Rita, "Negotiation", "2026-03-20", 1000)
		}
		tell := func() (lines []sales.Line, o *sales.Outlook) {
			k.Read(t, k.Ada, func(s *record.Session) error {
				f, err := sales.Foresee(t.Context(), s, quarter(t))
				if err != nil {
					return err
				}
				if o, err = sales.LookOut(t.Context(), s, f); err != nil {
					return err
				}
				factors, err := sales.OutsidesOf(t.Context(), s, f)
				lines = sales.Lines(o, f, sales.Season{}, factors)
				return err
			})
			return lines, o
		}
		_, before := tell()
		whole := k.Create(t, k.Bob, "outside_factor", record.Values{"name": "Market", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "change": "-5"})
		k.Create(t, k.Bob, "outside_factor", record.Values{"name": "Fair", "starts_on": "2026-03-03", "ends_on": "2026-03-05", "change": "10"})
		k.Create(t, k.Bob, "outside_factor", record.Values{"name": "Later", "starts_on": "2026-04-01", "ends_on": "2026-04-05", "change": "10"})
		lines, o := tell()
		if o.Band != before.Band || len(lines) != 2 || lines[0].Share.Minor != -(o.Band.Mean+10)/20 || lines[1].Share.Minor != (o.Band.Mean+50)/100 {
			t.Errorf("of %d: %+v", o.Band.Mean, lines)
		}
		k.Write(t, k.Bob, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "outside_factor", whole, 0, record.Values{"active": false})
			return err
		})
		if lines, o := tell(); len(lines) != 1 || o.Band != before.Band {
			t.Errorf("switched off: %+v", lines)
		}
	})
}

// What is expected lies in the range, however far factors move it; taken away,
// the range is what it was.
func TestFactorsMoveTheRange(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		for range 12 {
			book.deal(k.Rita, "Negotiation", "2026-03-20", 1000)
		}
		book.deal(k.Rita, "Won", "2026-02-01", 500)
		tell := func() (x *sales.Expectation) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				x, err = sales.Expect(t.Context(), s, quarter(t))
				return err
			})
			return x
		}
		before := tell()
		id := k.Create(t, k.Ada, "outside_factor", record.Values{"name": "Market", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "change": "-90"})
		k.Create(t, k.Ada, "outside_factor", record.Values{"name": "Strike", "starts_on": "2026-01-01", "ends_on": "2026-12-31", "change": "-90", "active": false})
		x := tell()
		was, is := before.Band.Mean-before.Closed.Minor, x.Band.Mean-x.Closed.Minor
		if is*10 > was+10 || is*10 < was-10 || x.Band.Mean != before.Band.Mean+x.Lines[0].Share.Minor {
			t.Errorf("%d to come without, %d with a factor of -90 %%", was, is)
		}
		if x.Band.P10 > x.Band.Mean || x.Band.P90 < x.Band.Mean || x.Band.P90 >= before.Band.P10 && before.Band.P10 > before.Closed.Minor || x.Band.P10 < x.Closed.Minor {
			t.Errorf("%+v, without %+v", x.Band, before.Band)
		}
		k.Write(t, k.Ada, func(s *record.Session) error { return s.Delete(t.Context(), "outside_factor", id) })
		if x := tell(); x.Band != before.Band {
			t.Errorf("taken away: %+v, not %+v", x.Band, before.Band)
		}
	})
}

// The season is told from two years of wins on.
func TestTheSeasonIsLearnt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		book := newBook(t, k)
		season := func() (x sales.Season) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				x, err = sales.SeasonOf(t.Context(), s, sales.ForecastQuery{From: day(t, "2026-04-01"), To: day(t, "2026-06-30")})
				return err
			})
			return x
		}
		for m := 1; m <= 12; m++ {
			book.deal(k.Rita, "Won", fmt.Sprintf("2025-%02d-15", m), map[bool]int64{true: 200, false: 100}[m >= 4 && m <= 6])
		}
		if x := season(); x.Enough() || x.Months != 14 || x.Index.String() != "1" {
			t.Errorf("of a year: %+v", x)
		}
		for m := 1; m <= 12; m++ {
			book.deal(k.Rita, "Won", fmt.Sprintf("2024-%02d-15", m), map[bool]int64{true: 200, false: 100}[m >= 4 && m <= 6])
		}
		if x := season(); !x.Enough() || x.Index.String() != "1.7143" {
			t.Errorf("of two years: %+v", x)
		}
	})
}

// The lead line counts the leads that become due in the period by how long it
// took until now, and such as will still come.
func TestTheLeadLine(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ask := func() (l sales.LeadLine, ok bool) {
			k.Read(t, k.Ada, func(s *record.Session) (err error) {
				l, ok, err = sales.LeadVolume(t.Context(), s, quarter(t))
				return err
			})
			return l, ok
		}
		if _, ok := ask(); ok {
			t.Error("a line of no leads")
		}
		for i := range 10 {
			k.Create(t, k.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", i), "company": "Aurora"})
		}
		l, ok := ask()
		if !ok || !l.Few() || l.Won != 0 || l.Amount.Minor != 0 || l.PerMonth != 3 || l.ToCome != 3 || l.Leads != 13 {
			t.Errorf("%+v", l)
		}
	})
}
