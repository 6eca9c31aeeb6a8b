package sales_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// texts reads some fields as neutral texts.
func texts(t *testing.T, k *apptest.Kit, object string, id value.ID, names ...string) []string {
	t.Helper()
	var out []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err != nil {
			return err
		}
		out = nil
		for _, name := range names {
			out = append(out, schema.Neutral(r.Field(name)))
		}
		return nil
	})
	return out
}

func expect(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: %q, want %q", what, got, want)
			return
		}
	}
}

func update(t *testing.T, k *apptest.Kit, by value.ID, object string, id value.ID, v record.Values) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) error {
		_, err := s.Update(t.Context(), object, id, 0, v)
		return err
	})
}

var lineFields = []string{"period_amount", "amount", "tax", "gross", "yearly_amount", "billing", "periods", "tax_rate"}
var dealFields = []string{"amount", "once_total", "yearly_recurring", "tax_total", "gross_total"}

func TestTermsOfLines(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		pump := k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "99.99", "tax_rate": "19"})
		care := k.Create(t, k.Ada, "product", record.Values{"name": "Care", "price": "10.05", "tax_rate": "7.5", "billing": "monthly", "periods": 24})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account})
		once := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": pump, "quantity": "3", "discount": "10"})
		monthly := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": care, "quantity": "2"})

		// 269.973 → 269.97; 19 % of it 51.2943 → 51.29
		expect(t, "billed once", texts(t, k, "deal_line", once, lineFields...),
			"269.97 EUR", "269.97 EUR", "51.29 EUR", "321.26 EUR", "", "once", "", "19")
		// 20.10 a month for 24; 7.5 % are 1.5075 → 1.51 each time
		expect(t, "billed monthly", texts(t, k, "deal_line", monthly, lineFields...),
			"20.10 EUR", "482.40 EUR", "36.24 EUR", "518.64 EUR", "241.20 EUR", "monthly", "24", "7.5")
		expect(t, "deal", texts(t, k, "deal", deal, dealFields...),
			"752.37 EUR", "269.97 EUR", "241.20 EUR", "87.53 EUR", "839.90 EUR")

		// What becomes of the product changes no line, not even one that is changed.
		update(t, k, k.Ada, "product", care, record.Values{"price": "1", "tax_rate": "25", "billing": "yearly", "periods": nil})
		update(t, k, k.Rita, "deal_line", monthly, record.Values{"quantity": "1"})
		expect(t, "after the product changed", texts(t, k, "deal_line", monthly, lineFields...),
			"10.05 EUR", "241.20 EUR", "18.00 EUR", "259.20 EUR", "120.60 EUR", "monthly", "24", "7.5")

		// Another rhythm begins with a year; choosing the product again takes its terms.
		update(t, k, k.Rita, "deal_line", monthly, record.Values{"billing": "quarterly"})
		expect(t, "by the quarter", texts(t, k, "deal_line", monthly, "amount", "yearly_amount", "periods"), "40.20 EUR", "40.20 EUR", "4")
		update(t, k, k.Rita, "deal_line", once, record.Values{"product": care, "discount": nil})
		expect(t, "another product", texts(t, k, "deal_line", once, lineFields...),
			"3.00 EUR", "3.00 EUR", "0.75 EUR", "3.75 EUR", "3.00 EUR", "yearly", "1", "25")

		// Lines in two currencies have no sum, and the amount stays.
		update(t, k, k.Rita, "deal_line", once, record.Values{"unit_price": "5 USD"})
		expect(t, "two currencies", texts(t, k, "deal", deal, dealFields...), "43.20 EUR", "", "", "", "")
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_line", once) })
		expect(t, "one again", texts(t, k, "deal", deal, dealFields...), "40.20 EUR", "", "40.20 EUR", "3.00 EUR", "43.20 EUR")
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal_line", monthly) })
		expect(t, "no lines", texts(t, k, "deal", deal, dealFields...), "40.20 EUR", "", "", "", "")
	})
}

// Halves go to the even neighbour, in the digits of the currency.
func TestLinesRoundHalfToEven(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Halves", "account": account})
		for _, x := range []struct {
			price, quantity, tax string
			want                 []string
		}{
			{"0.05 EUR", "0.5", "50", []string{"0.02 EUR", "0.02 EUR", "0.01 EUR", "0.03 EUR"}},
			{"0.15 EUR", "0.5", "50", []string{"0.08 EUR", "0.08 EUR", "0.04 EUR", "0.12 EUR"}},
			{"5 JPY", "0.5", "10", []string{"2 JPY", "2 JPY", "0 JPY", "2 JPY"}},
			{"1.005 KWD", "1", "10", []string{"1.005 KWD", "1.005 KWD", "0.100 KWD", "1.105 KWD"}},
		} {
			line := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "unit_price": x.price, "quantity": x.quantity, "tax_rate": x.tax})
			expect(t, x.price, texts(t, k, "deal_line", line, lineFields...), x.want...)
		}
	})
}

func TestLinesThatCannotBe(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Bad", "account": account})
		for _, x := range []struct {
			field, text, key string
			more             record.Values
		}{
			{"tax_rate", "-1", "field.out_of_range", nil},
			{"tax_rate", "101", "field.out_of_range", nil},
			{"tax_rate", "19.123", "field.too_precise", nil},
			{"discount", "100.01", "field.out_of_range", nil},
			{"discount", "-5", "field.out_of_range", nil},
			{"periods", "0", "field.out_of_range", record.Values{"billing": "monthly"}},
			{"periods", "1201", "field.out_of_range", record.Values{"billing": "monthly"}},
			{"periods", "12", "line.periods_of_once", nil},
			{"billing", "daily", "field.unknown_option", nil},
			{"unit_price", "90000000000000000", "line.too_large", record.Values{"billing": "monthly", "periods": "1200"}},
		} {
			v := record.Values{"deal": deal, "unit_price": "10", x.field: x.text}
			for name, more := range x.more {
				v[name] = more
			}
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "deal_line", v)
				return err
			})
			e, ok := fault.As(err)
			if !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != x.field || e.Fields[0].Key != x.key {
				t.Errorf("%s %s: %v, want %s at the field", x.field, x.text, err, x.key)
			}
		}
		for _, name := range []string{"amount", "tax", "gross", "period_amount", "yearly_amount"} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "deal_line", record.Values{"deal": deal, name: "1"})
				return err
			})
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("somebody typed %s of a line: %v", name, err)
			}
		}
	})
}

// What an import leaves empty stays empty: its figures are those of the other
// program.
func TestImportsTakeNoTerms(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Ada, "account", record.Values{"name": "Acme"})
		care := k.Create(t, k.Ada, "product", record.Values{"name": "Care", "price": "10", "tax_rate": "19", "billing": "monthly", "periods": 24})
		deal := k.Create(t, k.Ada, "deal", record.Values{"name": "Care", "account": account})
		var lines []record.Outcome
		err := k.Workspace.Write(t.Context(), record.Who{Member: k.Ada, Door: "import", Cause: "test"}, func(s *record.Session) (err error) {
			lines, err = s.Save(t.Context(), record.Batch{Object: "deal_line", Changes: []record.Change{
				{Values: record.Values{"deal": deal, "product": care}},
				{Values: record.Values{"deal": deal, "product": care, "unit_price": "70"}},
				{Values: record.Values{"deal": deal, "product": care, "unit_price": "5", "billing": "yearly", "periods": "3", "tax_rate": "10"}}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "without price", texts(t, k, "deal_line", lines[0].ID, lineFields...), "", "", "", "", "", "once", "", "")
		expect(t, "with price", texts(t, k, "deal_line", lines[1].ID, lineFields...), "70.00 EUR", "70.00 EUR", "", "70.00 EUR", "", "once", "", "")
		expect(t, "with terms", texts(t, k, "deal_line", lines[2].ID, lineFields...), "5.00 EUR", "15.00 EUR", "1.50 EUR", "16.50 EUR", "5.00 EUR", "yearly", "3", "10")
		expect(t, "deal", texts(t, k, "deal", deal, dealFields...), "85.00 EUR", "70.00 EUR", "5.00 EUR", "1.50 EUR", "86.50 EUR")
	})
}

// Whatever is taken back, the figures follow, and the deal has no version for
// those that only follow.
func TestTermsAreUndone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Care", "account": account})
		line := k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "unit_price": "10", "billing": "monthly", "periods": 6, "tax_rate": "20"})
		want := []string{"60.00 EUR", "", "120.00 EUR", "12.00 EUR", "72.00 EUR"}
		expect(t, "deal", texts(t, k, "deal", deal, dealFields...), want...)
		version := texts(t, k, "deal", deal, "version")
		var act value.ID
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal_line", line, 0, record.Values{"tax_rate": "10"})
			act = s.Act()
			return err
		})
		expect(t, "less tax", texts(t, k, "deal", deal, dealFields...), "60.00 EUR", "", "120.00 EUR", "6.00 EUR", "66.00 EUR")
		expect(t, "version", texts(t, k, "deal", deal, "version"), version...)
		undo := func() {
			k.Write(t, k.Rita, func(s *record.Session) error {
				u, err := s.Undo(t.Context(), act)
				if err == nil && len(u.Kept) > 0 {
					t.Errorf("undo kept %v", u.Kept)
				}
				return err
			})
			expect(t, "deal after undo", texts(t, k, "deal", deal, dealFields...), want...)
		}
		undo()
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "deal_line", line, 0, record.Values{"billing": "once", "unit_price": "7"})
			act = s.Act()
			return err
		})
		expect(t, "billed once", texts(t, k, "deal", deal, dealFields...), "7.00 EUR", "7.00 EUR", "", "1.40 EUR", "8.40 EUR")
		undo()
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "deal", deal) })
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Restore(t.Context(), "deal", deal) })
		expect(t, "deal back from the trash", texts(t, k, "deal", deal, dealFields...), want...)
	})
}
