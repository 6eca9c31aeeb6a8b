package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/sales"
)

// contract wins a deal, signs its contract and plans payments by the days on which
// they are due.
func (d *door) contract(t testing.TB, account, name, amount, currency, signed string, plan map[string]string) (path string) {
	t.Helper()
	money := func(amount string) map[string]any { return map[string]any{"amount": amount, "currency": currency} }
	deal := d.create(t, d.Rita, "deals", map[string]any{"name": name, "account": account, "amount": money(amount)})
	d.call(t, d.Rita, POST, base+"/deals/"+deal+"/win", `{}`).is(200)
	id := d.call(t, d.Rita, GET, base+`/contracts?fields=id&filter=deal="`+deal+`"`, nil).is(200).items()[0]["id"].(string)
	d.call(t, d.Rita, POST, base+"/contracts/"+id+"/sign", map[string]any{"on": signed}).is(200)
	for due, part := range plan {
		d.create(t, d.Rita, "payment_plan_lines", map[string]any{"contract": id, "due_on": due, "amount": money(part)})
	}
	return base + "/contracts/" + id
}

var cashColumns = []string{"won", "received", "due", "late", "booked", "uncontracted", "expected", "coming"}

// cashMonths is the cash forecast by month, "total" for all, and what is overdue; each
// figure is held against the list behind it.
func (d *door) cashMonths(t testing.TB) map[string]string {
	t.Helper()
	cash := d.call(t, d.Rita, GET, base+"/forecast/cash?period=2026-Q1&of=all", nil).is(200).json()
	told := map[string]string{"overdue": d.cashOf(t, "overdue", cash["overdue"].(map[string]any)), "beyond": d.cashOf(t, "due", cash["beyond_contracts"].(map[string]any))}
	for _, x := range append(cash["months"].([]any), cash["total"]) {
		m := x.(map[string]any)
		name, _ := m["month"].(string)
		if name == "" {
			name = "total"
		}
		texts := make([]string, len(cashColumns))
		for i, column := range cashColumns {
			if texts[i] = amountIn(m[column]); column != "coming" {
				texts[i] = d.cashOf(t, column, m[column].(map[string]any))
			}
		}
		told[name] = strings.Join(texts, " ")
	}
	return told
}

// amountIn is an amount in the company's currency, "-" where there is none.
func amountIn(sum any) string {
	of, _ := sum.(map[string]any)
	if in, ok := of["base"].(map[string]any); ok {
		of = in
	}
	if text, ok := of["amount"].(string); ok {
		return text
	}
	return "-"
}

// cashOf is a figure, which what its list adds up to is to agree with.
func (d *door) cashOf(t testing.TB, column string, f map[string]any) string {
	t.Helper()
	text := amountIn(f["sum"])
	if text == "-" {
		return text
	}
	measure := map[string]string{"due": "sum:open_amount", "late": "sum:open_amount", "overdue": "sum:open_amount", "booked": "sum:unplanned", "expected": "sum:weighted"}[column]
	if measure == "" {
		measure = "sum:amount"
	}
	got := d.call(t, d.Rita, POST, fmt.Sprintf("%s/%v/aggregate", base, f["object"]), map[string]any{"filter": f["filter"], "measures": []string{measure}}).is(200).json()
	if list := got["total"].(map[string]any)["values"].([]any)[0]; amountIn(list) != text {
		t.Errorf("%s: %s, the list %v has %v", column, text, f["filter"], list)
	}
	return text
}

// A program reads the money of each month as it can be counted by hand: of a contract
// half planned and partly paid, of one that was called off after something came in, of
// one in another currency, of a deal without a contract and of an open one. What was
// won stands beside, and the same money stands in one place; what came in keeps the
// rate of its day.
func TestTheMoneyOfEachMonthOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		rate := func(day, factor string) {
			d.create(t, d.Ada, "currency_rates", map[string]any{"currency": "USD", "day": day, "rate": factor})
			d.Drain(t)
		}
		rate("2026-01-01", "0.5")
		rate("2026-02-25", "0.6")
		account := d.create(t, d.Rita, "accounts", map[string]any{"name": "Acme"})
		part := d.contract(t, account, "Part", "500", "EUR", "2026-02-20", map[string]string{"2026-02-25": "150", "2026-04-10": "200"})
		void := d.contract(t, account, "Void", "900", "EUR", "2026-02-20", map[string]string{"2026-05-10": "600"})
		abroad := d.contract(t, account, "Abroad", "400", "USD", "2026-02-20", map[string]string{"2026-04-20": "300"})
		for path, body := range map[string]string{part: `{"amount": "50", "received_on": "2026-03-01"}`, void: `{"amount": "40", "received_on": "2026-02-21"}`, abroad: `{"amount": "100", "received_on": "2026-02-20"}`} {
			d.call(t, d.Rita, POST, path+"/receipts", body).is(201)
		}
		d.call(t, d.Rita, POST, void+"/void", `{"reason": "Budget cut", "deal": "keep"}`).is(200)
		if err := d.Workspace.Write(t.Context(), record.Who{Member: d.Rita, Door: "import", Cause: "test"}, func(s *record.Session) error {
			deal, err := s.Create(t.Context(), "deal", record.Values{"name": "Of old", "account": account, "amount": "70", "close_date": "2026-03-01"})
			if err == nil {
				_, err = sales.Win(t.Context(), s, deal.ID, 0, sales.Close{})
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		d.create(t, d.Rita, "deals", map[string]any{"name": "Open", "account": account, "amount": "300", "close_date": "2026-05-15", "probability": 50})
		is := func(when string, want map[string]string) {
			t.Helper()
			got := d.cashMonths(t)
			for month, line := range want {
				if got[month] != line {
					t.Errorf("%s: %s: %s, want %s", when, month, got[month], line)
				}
			}
		}
		is("at 0.6", map[string]string{
			// won, received, due, late, booked, uncontracted, expected, coming
			"2026-02-01": "- 90.00 100.00 100.00 210.00 - - 310.00",
			"2026-03-01": "1710.00 50.00 - - - 70.00 - 70.00",
			"2026-04-01": "- - 320.00 - - - - 320.00",
			"2026-05-01": "- - - - - - 150.00 150.00",
			"total":      "1710.00 140.00 420.00 100.00 210.00 70.00 150.00 850.00", "overdue": "100.00", "beyond": "-",
		})
		rate("2026-03-02", "0.8")
		is("at 0.8", map[string]string{
			"2026-02-01": "- 90.00 100.00 100.00 230.00 - - 330.00",
			"2026-03-01": "1710.00 50.00 - - - 70.00 - 70.00",
			"2026-04-01": "- - 360.00 - - - - 360.00",
			"total":      "1710.00 140.00 460.00 100.00 230.00 70.00 150.00 910.00", "overdue": "100.00",
		})
		// Money of no contract is no receipt.
		if fields := d.call(t, d.Rita, POST, base+"/receipts", map[string]any{"amount": "10"}).problem(422, "record.invalid"); fields["contract"].Key == "" {
			t.Errorf("a receipt of no contract: %v", fields)
		}
	})
}

// A program reads the customers of each month as they can be counted by hand, with
// those to come, and lists them; two that turn out to be one are not lost.
func TestTheCustomersOfEachMonthOverTheAPI(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		won := d.call(t, d.Ada, GET, base+"/stages?filter="+url.QueryEscape(`kind = "won"`), nil).is(200).items()[0]["id"]
		firms := map[string]string{}
		for name, on := range map[string]string{"A": "2025-02-10", "B": "2025-09-05", "C": "2025-11-05", "D": "2025-12-05", "E": "2026-02-05", "F": "2026-03-01"} {
			firms[name] = d.create(t, d.Rita, "accounts", map[string]any{"name": name})
			d.create(t, d.Ada, "deals", map[string]any{"name": name, "account": firms[name], "owner": d.Rita.String(), "stage": won, "close_date": on, "amount": "10"})
		}
		is := func(when string, want map[string]string) {
			t.Helper()
			for _, x := range d.call(t, d.Bob, GET, base+"/forecast/customers?of=all", nil).is(200).json()["months"].([]any) {
				m := x.(map[string]any)
				month := m["month"].(string)[:7]
				got := fmt.Sprint(m["new"], " ", m["active"], " ", m["lost"])
				if m["projected"] == true {
					got += " projected"
				}
				if line, asked := want[month]; asked && got != line {
					t.Errorf("%s: %s: %s, want %s", when, month, got, line)
				}
				delete(want, month)
				for _, kind := range []string{"new", "active", "lost"} {
					filter, told := m[kind+"_filter"].(string)
					if told == (m["projected"] == true) {
						t.Errorf("%s: a list of what is to come", month)
					}
					if !told {
						continue
					}
					if n := len(d.call(t, d.Bob, GET, base+"/accounts?filter="+url.QueryEscape(filter), nil).is(200).items()); float64(n) != m[kind] {
						t.Errorf("%s: %s: %v %s, %d listed", when, month, m[kind], kind, n)
					}
				}
			}
			if len(want) > 0 {
				t.Errorf("%s: nothing is told of %v", when, want)
			}
		}
		is("six", map[string]string{"2025-02": "1 1 0", "2025-09": "1 2 0", "2025-10": "0 2 0", "2025-11": "1 3 0", "2025-12": "1 4 0", "2026-01": "0 4 0", "2026-02": "1 4 1", "2026-03": "1 5 0",
			"2026-04": "1 5 0 projected", "2026-05": "1 6 0 projected", "2026-06": "1 6 0 projected"})
		d.call(t, d.Ada, POST, base+"/accounts/"+firms["E"]+"/merge", map[string]any{"with": firms["F"]}).is(200)
		is("two of them one", map[string]string{"2026-01": "0 4 0", "2026-02": "1 4 1", "2026-03": "0 4 0"})
	})
}
