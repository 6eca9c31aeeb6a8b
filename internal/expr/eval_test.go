package expr

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// sample is one deal with an account, to compute on.
func sample() (*world, *testRow) {
	w := newWorld()
	deal := &testRow{w: w, id: 1, object: "deal", base: map[string]value.Money{"amount": {Minor: 90_00, Currency: "EUR"}},
		vals: map[string]any{
			"name": "  Łódź Große ", "count": int64(7), "probability": dec("12.5"), "quantity": dec("1.125"),
			"amount": value.Money{Minor: 100_00, Currency: "USD"}, "close": day("2026-03-31"), "begin": day("2024-02-29"),
			"created": instant("2026-03-28T23:30:00Z"), "account": value.ID(2),
		}}
	account := &testRow{w: w, id: 2, object: "account", vals: map[string]any{"name": "Acme", "tags": []string{"vip"},
		"worth": value.Money{Minor: 10_005, Currency: "EUR"}}, base: map[string]value.Money{"worth": {Minor: 10_005, Currency: "EUR"}}}
	w.rows["deal"], w.rows["account"] = []*testRow{deal}, []*testRow{account}
	return w, deal
}

func TestEval(t *testing.T) {
	t.Parallel()
	w, row := sample()
	eur := func(minor int64) value.Money { return value.Money{Minor: minor, Currency: "EUR"} }
	usd := func(minor int64) value.Money { return value.Money{Minor: minor, Currency: "USD"} }
	for text, want := range map[string]any{
		`count + probability`:          dec("19.5"),
		`0.1 + 0.2 = 0.3`:              true,
		`count / 3`:                    dec("2.333333"),
		`count / 0`:                    nil,
		`1 / 3 * 3`:                    dec("0.999999"),
		`-count / 2`:                   dec("-3.5"),
		`0.0000005 / 1`:                dec("0.0000005"),
		`1 / 2000000`:                  dec("0"),        // half to even
		`3 / 2000000`:                  dec("0.000002"), // half to even
		`-3 / 2000000`:                 dec("-0.000002"),
		`probability / 100 * quantity`: dec("0.140625"),
		`round(quantity, 2)`:           dec("1.12"),
		`round(probability)`:           dec("12"),
		`abs(-count)`:                  dec("7"),
		`min(count, probability, cost * 0 / cost)`:    dec("7"),
		`max(close, begin)`:                           day("2026-03-31"),
		`amount * 2`:                                  usd(200_00),
		`amount * 0.005`:                              usd(50),
		`amount + cost`:                               nil,
		`amount - coalesce(cost, 0)`:                  usd(100_00),
		`amount + account.worth`:                      eur(190_05),
		`coalesce(cost, 5)`:                           eur(5_00),
		`amount / 3`:                                  usd(33_33),
		`amount / account.worth`:                      dec("0.89955"),
		`round(account.worth)`:                        eur(100_00),
		`amount > 90`:                                 false, // worth 90 EUR
		`amount = 90`:                                 true,
		`amount.in("USD") = 100`:                      true,
		`amount.in("EUR") is empty`:                   true,
		`amount.currency`:                             "USD",
		`lower(name)`:                                 "  łódź große ",
		`upper(trim(name))`:                           "ŁÓDŹ GROßE",
		`length(trim(name))`:                          dec("10"),
		`left(trim(name), 4)`:                         "Łódź",
		`right(trim(name), 100)`:                      "Łódź Große",
		`left(name, -5)`:                              nil,
		`replace(trim(name), "Große", "")`:            "Łódź ",
		`concat(trim(name), " / ", nick, count, "d")`: "Łódź Große / 7d",
		`concat(amount, " ", close, "")`:              "100.00 USD 2026-03-31",
		`year(created)`:                               dec("2026"),
		`day(created)`:                                dec("29"), // in Berlin it is past midnight
		`weekday(close)`:                              dec("2"),
		`month("2026-12-01")`:                         dec("12"),
		`daysBetween(begin, close)`:                   dec("761"),
		`addDays(close, count)`:                       day("2026-04-07"),
		`startOfMonth(close)`:                         day("2026-03-01"),
		`begin + 1y`:                                  day("2025-02-28"),
		`close + 1mo - 1d`:                            day("2026-04-29"),
		`created + 1d`:                                instant("2026-03-29T23:30:00Z"),
		`created + 1mo`:                               instant("2026-04-28T22:30:00Z"), // the same time on the wall
		`close in thisQuarter()`:                      true,
		`close = nextQuarter()`:                       false,
		`created = "2026-03-29"`:                      true,
		`created < "2026-03-29 00:31"`:                true,
		`created >= "2026-03-28T23:30:00Z"`:           true,
		`close in lastYear()`:                         false, // the fiscal year ends today
		`close in thisYear()`:                         true,
		`close + 1d in nextYear()`:                    true,
		`account.tags contains "vip"`:                 true,
		`account.owner.name is empty`:                 true,
		`account.owner.name != "x"`:                   true,
		`not account.owner.name = "x"`:                true,
		`nick in ("a") or nick not in ("a")`:          true,
		`name contains "lodz gross"`:                  true,
		`name starts with "LODZ"`:                     false, // blanks count
		`trim(name) starts with "LODZ"`:               true,
		`any(account.deals, count = 7)`:               true,
		`if(won, 1)`:                                  nil,
		`if(won, 1, 2.5)`:                             dec("2.5"),
		`me()`:                                        value.ID(101),
		`account`:                                     value.ID(2),
		`won`:                                         nil,
		`not won`:                                     true,
		`label`:                                       "  Łódź Große ",
		`margin`:                                      usd(100_00),
	} {
		e, err := Check(text, w.scopes["deal"], Type{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := e.Eval(row, testEnv())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
		if diff := cmp.Diff(want, got, same); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}

func TestEvalReportsForeignValues(t *testing.T) {
	t.Parallel()
	w, row := sample()
	row.vals["count"] = 1.5
	e, err := Check(`count > 1 or any(account.deals, count > 1)`, w.scopes["deal"], Type{Kind: Bool})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Match(row, testEnv()); err == nil {
		t.Error("a float passes for a number")
	}
}

func TestConvert(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v     any
		to    Type
		scale int
		want  any
		key   string
	}{
		{dec("2.5"), Type{Kind: Number}, 0, int64(2), ""},
		{dec("1.005"), Type{Kind: Number, Scale: 2}, 2, dec("1"), ""},
		{dec("1e30"), Type{Kind: Number, Scale: 2}, 2, nil, "value.decimal.range"},
		{nil, Type{Kind: Date}, 0, nil, ""},
		{"x", Type{Kind: Text}, 0, "x", ""},
		{"x", Type{Kind: Number}, 0, nil, "expr.convert"},
		{dec("1"), Type{Kind: Text}, 0, nil, "expr.convert"},
		{true, Type{Kind: Bool}, 0, true, ""},
		{day("2026-01-31"), Type{Kind: Date}, 0, day("2026-01-31"), ""},
		{value.ID(5), Type{Kind: Link}, 0, value.ID(5), ""},
	} {
		got, err := Convert(c.v, c.to, c.scale)
		f, _ := fault.As(err)
		if (err == nil) != (c.key == "") || f != nil && f.Key != c.key {
			t.Errorf("%v: %v, want %q", c.v, err, c.key)
		}
		same := cmp.Comparer(func(a, b decimal.Decimal) bool { return a.Equal(b) })
		if diff := cmp.Diff(c.want, got, same); diff != "" {
			t.Errorf("%v: %s", c.v, diff)
		}
	}
}

// TestDaysHaveNoGaps walks over the days on which clocks change: each begins
// where the one before ends, and every moment lies in the day that dayOf says.
func TestDaysHaveNoGaps(t *testing.T) {
	t.Parallel()
	for _, name := range someZones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range append([]string{"2011-12-29", "2010-11-06", "2018-11-03", "2023-04-27"}, someDays...) {
			d := day(text)
			for d := d - 3; d < d+3 && d < day(text)+3; d++ {
				from, to := dayStart(d, zone), dayStart(d+1, zone)
				if to.Before(from) {
					t.Fatalf("%s %s ends before it begins", name, d)
				}
				for at := from; at.Before(to); at = at.Add(17 * time.Minute) {
					if got := dayOf(at, zone); got != d {
						t.Fatalf("%s %s: dayOf(%v) = %s", name, d, at, got)
					}
				}
				if !from.Equal(to) && dayOf(from.Add(-time.Millisecond), zone) >= d {
					t.Fatalf("%s %s does not begin at %v", name, d, from)
				}
			}
		}
	}
}
