package commerce_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/commerce"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// mavenWay is a process over the stages that the set brings along: who wins
// says for how much and until when.
const mavenWay = `{"states": [{"state": "<prospecting>", "start": true}, {"state": "<engaging>"}, {"state": "<won>", "end": true}, {"state": "<lost>", "end": true}],
 "moves": [{"key": "engage", "name": "Engage", "from": ["<prospecting>"], "to": "<engaging>"},
  {"key": "win", "name": "Win", "from": ["<engaging>"], "to": "<won>", "ask": [{"field": "amount"}, {"field": "close_date"}]},
  {"key": "lose", "name": "Lose", "to": "<lost>", "ask": [{"field": "lost_reason"}]}]}`

// A real company's pipeline goes the whole way: imported, guided, won, in
// contracts. Every sum is that of the reference, to the cent.
func TestARealCompanyGoesTheWholeWay(t *testing.T) {
	t.Parallel()
	var want struct {
		Totals struct {
			Won     int64
			Revenue decimal.Decimal `json:"won_revenue"`
		}
		ByProduct map[string]struct{ Won int64 } `json:"by_product"`
	}
	if err := json.Unmarshal(apptest.Shared(t, "maven-crm-sales/reference.json"), &want); err != nil {
		t.Fatal(err)
	}
	apptest.EachQuiet(t, func(t *testing.T, kit *apptest.Kit) {
		k := &shop{Kit: kit}
		k.ImportMaven(t)
		k.guide(t)
		made := int64(0)
		for more := true; more; {
			k.Write(t, k.Ada, func(s *record.Session) error {
				ids, err := commerce.FromDeals(t.Context(), s, "", 500)
				made, more = made+int64(len(ids)), len(ids) > 0
				return err
			})
		}
		if made != want.Totals.Won {
			t.Errorf("%d contracts, want %d", made, want.Totals.Won)
		}
		k.sums(t, "contract", "", "sum:total", want.Totals.Revenue)
		for product, x := range want.ByProduct {
			if n := k.count(t, k.Ada, "contract_line", `product.name = "`+product+`"`); n != x.Won {
				t.Errorf("%s: %d contract lines, want %d", product, n, x.Won)
			}
		}
		k.winOne(t)
		k.sums(t, "contract", "", "sum:total", want.Totals.Revenue.Add(decimal.RequireFromString("1234.56")))
	})
}

// guide publishes the process over the pipeline that the import filled.
func (k *shop) guide(t *testing.T) {
	t.Helper()
	text := mavenWay
	k.Read(t, k.Ada, func(s *record.Session) error {
		return s.Each(t.Context(), record.Query{Object: "stage"}, func(r *record.Record) error {
			text = strings.ReplaceAll(text, "<"+strings.ToLower(r.Title())+">", r.ID.String())
			return nil
		})
	})
	id := k.Create(t, k.Ada, "blueprint", record.Values{"name": "Maven", "object": "deal", "field": "stage", "definition": text})
	k.Write(t, k.Ada, func(s *record.Session) error {
		_, err := process.Publish(t.Context(), s, id, process.Publication{Accept: true})
		return err
	})
	k.Drain(t)
}

// winOne wins a deal that was open in the files: what the process asks for is
// missing at first.
func (k *shop) winOne(t *testing.T) {
	t.Helper()
	var deal value.ID
	stage := k.wonStage(t)
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "deal", Filter: `stage.name = "Engaging" and amount is empty and not (account is empty)`, Sort: "id", Limit: 1})
		if err == nil && len(page.Records) == 1 {
			deal = page.Records[0].ID
		}
		return err
	})
	refused(t, k.update(t, k.Ada, "deal", deal, record.Values{"stage": stage}), "process.asked")
	err := k.update(t, k.Ada, "deal", deal, record.Values{"stage": stage, "amount": "1234.56", "close_date": "2026-03-02"})
	if err != nil {
		t.Fatal(err)
	}
	if list := k.contracts(t, deal); len(list) != 1 {
		t.Errorf("%d contracts of the deal that was won", len(list))
	}
}

func (k *shop) sums(t *testing.T, object, filter, measure string, want decimal.Decimal) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		out, err := s.Aggregate(t.Context(), record.Aggregate{Object: object, Filter: filter, Measures: []string{measure}})
		if err != nil {
			return err
		}
		if got := fmt.Sprint(out.Total); !strings.Contains(got, want.StringFixed(2)) {
			t.Errorf("%s of %s = %s, want %s", measure, object, got, want.StringFixed(2))
		}
		return nil
	})
}
