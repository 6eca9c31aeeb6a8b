package api

import (
	"fmt"
	"strconv"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// How right the forecast of a quarter was is answered of the people asked for; the
// ranges of the past are of the whole company, for who may read all deals.
func TestHowRightTheForecastWas(t *testing.T) {
	eachQuiet(t, func(t *testing.T, d *door) {
		north := d.PastQuarters(t)
		amount := func(x any) string { s, _ := x.(map[string]any)["amount"].(string); return s }
		ask := func(who value.ID, of string) (right string, ranges []any) {
			t.Helper()
			got := d.call(t, who, GET, base+"/forecast/moves?period=2026-Q3&"+of, nil).is(200).json()
			for _, x := range got["accuracy"].([]any) {
				if j := x.(map[string]any); fmt.Sprint(j["period"]) == "2026-Q3" {
					for _, y := range j["said"].([]any) {
						said := y.(map[string]any)
						right += fmt.Sprintf("%v: %s, ", said["days_before"], amount(said["committed"]))
					}
					right += amount(j["actual"])
				}
			}
			return right, got["ranges"].([]any)
		}
		const maxs = "90: 500.00, 60: 0.00, 30: 0.00, 0: 0.00, 0.00"
		for of, want := range map[string]string{"of=all": "90: 1500.00, 60: 1000.00, 30: 1000.00, 0: 1300.00, 1300.00", "team=" + north.String(): "90: 1500.00, 60: 1000.00, 30: 1000.00, 0: 1000.00, 1000.00",
			"person=" + d.Rita.String(): "90: 1000.00, 60: 1000.00, 30: 1000.00, 0: 1000.00, 1000.00", "person=" + d.Max.String(): maxs} {
			right, ranges := ask(d.Bob, of)
			if right != want {
				t.Errorf("%s: %s, want %s", of, right, want)
			}
			if len(ranges) != 1 {
				t.Fatalf("%s: ranges %v", of, ranges)
			}
			x := ranges[0].(map[string]any)
			n := func(name string) float64 { f, _ := strconv.ParseFloat(amount(x[name]), 64); return f }
			if x["from"] != "2026-07-01" || x["to"] != "2026-09-30" || amount(x["actual"]) != "1300.00" || n("p10") > n("p50") || n("p50") > n("p90") || n("p90") == 0 ||
				x["within"] != (n("p10") <= 1300 && n("p90") >= 1300) || x["few"] != true {
				t.Errorf("%s: the range was %v", of, x)
			}
		}
		d.Write(t, d.Ada, func(s *record.Session) error {
			return access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject("deal"), access.Private)
		})
		for of, want := range map[string]string{"of=all": maxs, "person=" + d.Rita.String(): "90: 0.00, 60: 0.00, 30: 0.00, 0: 0.00, 0.00"} {
			if right, ranges := ask(d.Max, of); right != want || len(ranges) != 0 {
				t.Errorf("Max asks for %s: %s, %v", of, right, ranges)
			}
		}
		d.Mask(t, "deal.amount")
		d.call(t, d.Max, GET, base+"/forecast/moves?of=all", nil).problem(422, "schema.unknown_field_near")
	})
}
