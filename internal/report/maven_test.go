package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// reference is the file beside the set: figures computed by another program.
type reference map[string]json.RawMessage

type outcome struct {
	Won, Lost, Engaging, Prospecting, Revenue decimal.Decimal
	WinRate                                   *decimal.Decimal `json:"win_rate"`
	AvgWon                                    *decimal.Decimal `json:"avg_won"`
	AvgDays                                   *decimal.Decimal `json:"avg_days_won"`
}

func (o outcome) figures() []*decimal.Decimal {
	return []*decimal.Decimal{&o.Won, &o.Lost, &o.Engaging, &o.Prospecting, &o.Revenue, o.WinRate, o.AvgWon, o.AvgDays}
}

// measures are the columns of the reference's tables, of deals or, with a path,
// of what belongs to them.
func measures(path string) string {
	won := path + `status = "won"`
	return strings.Join([]string{
		"Won = count{" + won + "}", "Lost = count{" + path + `status = "lost"}`, "Engaging = count{" + path + `stage.name = "Engaging"}`,
		"Prospecting = count{" + path + `stage.name = "Prospecting"}`, "Won revenue = sum:amount{" + won + "}",
		"Win rate = rate{" + won + " / " + path + `status in ("won", "lost")}`, "Average won = avg:amount{" + won + "}", "Days to win = avg:" + path + "cycle_days{" + won + "}"}, "\n")
}

// Every table of the reference comes out of a saved report, group by group.
func TestSavedReportsGiveARealCompanysFigures(t *testing.T) {
	t.Parallel()
	var want reference
	if err := json.Unmarshal(apptest.Shared(t, "maven-crm-sales/reference.json"), &want); err != nil {
		t.Fatal(err)
	}
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.ImportMaven(t)
		for name, x := range map[string][3]string{
			"by_product": {"deal_line", "product.name", "deal."}, "by_agent": {"deal", "owner.name"}, "by_manager": {"deal", "owner.manager.name"}, "by_region": {"deal", "owner.region"},
			"by_close_quarter": {"deal", "close_date:quarter"}, "by_close_month": {"deal", "close_date:month"}, "by_sector": {"deal", "account.industry"},
			"by_account": {"deal", "account.name"}, "by_parent_account": {"deal", "coalesce(account.parent.name, account.name)"},
		} {
			rows := map[string]outcome{}
			if err := json.Unmarshal(want[name], &rows); err != nil {
				t.Fatal(err)
			}
			table := saveAndRun(t, k, record.Values{"name": name, "object": x[0], "group": x[1], "measures": measures(x[2])})
			found := 0
			for _, r := range table.Rows {
				label := r.Labels[0]
				if label == "" {
					label = "(no account)"
				}
				o, ok := rows[label]
				if !ok {
					if label != "(no account)" {
						t.Errorf("%s: nobody expects %q", name, label)
					}
					continue
				}
				found++
				for i, figure := range o.figures() {
					if !same(r.Values[i], figure) {
						t.Errorf("%s, %s, %s: %v, want %v", name, label, table.Columns[i].Name, r.Values[i].Value, figure)
					}
				}
			}
			if found != len(rows) {
				t.Errorf("%s: %d of %d groups", name, found, len(rows))
			}
		}
		crossed(t, k, want)
		whole(t, k, want)
	})
}

func saveAndRun(t *testing.T, k *apptest.Kit, v record.Values) (table *report.Table) {
	t.Helper()
	id := k.Create(t, k.Ada, "report", v)
	k.Read(t, k.Ada, func(s *record.Session) (err error) {
		table, err = k.App.Reports().Run(t.Context(), s, id.String(), report.Params{})
		return err
	})
	return table
}

// crossed compares a report of two groups, cell by cell.
func crossed(t *testing.T, k *apptest.Kit, want reference) {
	t.Helper()
	cells := map[string]map[string]decimal.Decimal{}
	if err := json.Unmarshal(want["product_by_quarter"], &cells); err != nil {
		t.Fatal(err)
	}
	table := saveAndRun(t, k, record.Values{"name": "crossed", "object": "deal_line", "filter": `deal.status = "won"`, "group": "product.name, deal.close_date:quarter", "measures": "sum:amount", "show": "pivot"})
	n := 0
	for _, row := range cells {
		n += len(row)
	}
	if len(table.Rows) != n {
		t.Errorf("%d cells, want %d", len(table.Rows), n)
	}
	for _, r := range table.Rows {
		if w := cells[r.Labels[0]][r.Labels[1]]; !same(r.Values[0], &w) {
			t.Errorf("%v: %v, want %v", r.Labels, r.Values[0].Value, w)
		}
	}
}

// whole compares the totals, and what the notes beside the set tell.
func whole(t *testing.T, k *apptest.Kit, want reference) {
	t.Helper()
	var totals map[string]decimal.Decimal
	if err := json.Unmarshal(want["totals"], &totals); err != nil {
		t.Fatal(err)
	}
	told := map[string]string{"57": "median:cycle_days{status = \"won\"}", "14": "median:cycle_days{status = \"lost\"}", "45": "median:cycle_days", "1": "min:cycle_days",
		"138": "max:cycle_days", "198.82": `avg:date("2017-12-31") - started_on{stage.name = "Engaging"}`,
		"9": `min:date("2017-12-31") - started_on{stage.name = "Engaging"}`, "423": `max:date("2017-12-31") - started_on{stage.name = "Engaging"}`}
	for figure, measure := range told {
		totals[measure] = decimal.RequireFromString(figure)
	}
	won, lost := `{status = "won"}`, `{status = "lost"}`
	for key, measure := range map[string]string{"opportunities": "count", "won": "count" + won, "lost": "count" + lost, "engaging": `count{stage.name = "Engaging"}`,
		"prospecting": `count{stage.name = "Prospecting"}`, "won_revenue": "sum:amount" + won, "avg_won": "avg:amount" + won, "median_won": "median:amount" + won,
		"win_rate_closed": `rate{status = "won" / status in ("won", "lost")}`, "avg_days_won": "avg:cycle_days" + won, "avg_days_lost": "avg:cycle_days" + lost, "avg_days_closed": "avg:cycle_days"} {
		totals[measure] = totals[key]
		delete(totals, key)
	}
	lines := map[string]string{"open_value_at_list": `deal.status = "open"`, "engaging_value_at_list": `deal.stage.name = "Engaging"`, "won_value_at_list": `deal.status = "won"`}
	for measure, w := range totals {
		v := record.Values{"name": measure, "object": "deal", "measures": measure}
		if filter, ok := lines[measure]; ok {
			v = record.Values{"name": measure, "object": "deal_line", "filter": filter, "measures": "sum:product.price"}
		}
		if table := saveAndRun(t, k, v); !same(table.Total.Values[0], &w) {
			t.Errorf("%s: %v, want %v", measure, table.Total.Values[0].Value, w)
		}
	}
}

// same compares to the digits that both have; an empty sum is 0 there.
func same(m record.Measure, want *decimal.Decimal) bool {
	var got decimal.Decimal
	switch v := m.Value.(type) {
	case nil:
		return want == nil || want.IsZero()
	case int64:
		got = decimal.NewFromInt(v)
	case decimal.Decimal:
		got = v
	case value.Money:
		got = v.Decimal()
	default:
		return false
	}
	if want == nil {
		return false
	}
	digits := min(-got.Exponent(), -want.Exponent())
	return got.Sub(*want).Abs().LessThan(decimal.New(6, -digits-1)) // half a unit, and a little
}
