package commerce_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"wellmet/internal/commerce"
	"wellmet/internal/value"
)

// Whatever the total, the shares and the currency: the parts come to it.
func TestPartsComeToTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		total := value.Money{Minor: rapid.Int64Range(1, 1<<50).Draw(r, "total"), Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(r, "currency")}
		split := commerce.Split{Every: rapid.SampledFrom(commerce.Steps).Draw(r, "every"), First: value.Date(rapid.IntRange(0, 40000).Draw(r, "first"))}
		if rapid.Bool().Draw(r, "equal") {
			split.Count = rapid.IntRange(1, 120).Draw(r, "count")
		} else {
			for _, w := range rapid.SliceOfN(rapid.Int64Range(1, 10000), 1, 40).Draw(r, "shares") {
				split.Parts = append(split.Parts, decimal.New(w, -2))
			}
		}
		parts, err := split.Of(total)
		if err != nil {
			if total.Minor > 1_000_000 {
				r.Fatalf("%v of %v", err, total)
			}
			return
		}
		sum, last := int64(0), split.First
		for _, p := range parts {
			if p.Amount.Minor <= 0 || p.Amount.Currency != total.Currency || p.DueOn < last {
				r.Fatalf("part %+v after %v", p, last)
			}
			sum, last = sum+p.Amount.Minor, p.DueOn
		}
		if sum != total.Minor {
			r.Fatalf("parts come to %d of %d", sum, total.Minor)
		}
	})
}

func TestShares(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"30/70": "30 70", "30 70": "30 70", "30 %, 70 %": "30 70", "33,3 / 33.3 / 33.4": "33.3 33.3 33.4", "3": "×3", "100 %": "100",
		"30/60": "plan.shares_not_whole", "0": "plan.bad_count", "121": "plan.bad_count", "": "plan.bad_count", "x/y": "plan.bad_share", "-30/130": "plan.bad_share"} {
		parts, count, err := commerce.ParseShares(text)
		if err != nil {
			refused(t, err, want)
			continue
		}
		got := ""
		for _, p := range parts {
			got += " " + p.String()
		}
		if count > 0 {
			got = " ×" + decimal.NewFromInt(int64(count)).String()
		}
		if got != " "+want {
			t.Errorf("%q reads%s, want %s", text, got, want)
		}
	}
	parts, err := commerce.Split{Count: 3, First: day(t, "2026-01-31"), Every: "monthly"}.Of(eur(10000))
	if err != nil {
		t.Fatal(err)
	}
	if parts[0].Amount != eur(3334) || parts[1].Amount != eur(3333) || parts[1].DueOn != day(t, "2026-02-28") || parts[2].DueOn != day(t, "2026-03-31") {
		t.Errorf("%+v", parts)
	}
}

func day(t *testing.T, text string) value.Date {
	t.Helper()
	d, err := value.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
