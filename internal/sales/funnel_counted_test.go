package sales_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
)

// walked are deals with the days on which they came to stages: some skip one, come
// back to one, begin later, or are taken up again after they were won or lost.
var walked = map[string]string{
	"straight": "0 Prospecting, 2 Qualified, 5 Proposal, 9 Won",
	"skips":    "0 Prospecting, 4 Proposal, 10 Lost",
	"returns":  "1 Prospecting, 3 Qualified, 6 Prospecting, 7 Qualified, 12 Lost",
	"back":     "2 Prospecting, 5 Qualified, 8 Prospecting",
	"later":    "3 Qualified, 5 Won",
	"new":      "20 Prospecting",
	"down":     "1 Prospecting, 2 Proposal, 4 Qualified, 9 Lost",
	"revived":  "0 Prospecting, 1 Lost, 3 Qualified, 6 Won",
	"reopened": "0 Prospecting, 2 Won, 4 Prospecting",
}

// walkDeals takes them along from a moment on.
func walkDeals(t *testing.T, k *apptest.Kit, began time.Time) {
	t.Helper()
	book := newBook(t, k)
	for name, way := range walked {
		var steps []apptest.Step
		for i, text := range strings.Split(way, ", ") {
			var day int
			var stage string
			if _, err := fmt.Sscan(text, &day, &stage); err != nil {
				t.Fatal(err)
			}
			v := record.Values{"stage": book.stages[stage]}
			if i == 0 {
				v["name"], v["account"] = name, book.account
			}
			if stage == "Lost" {
				v["lost_reason"] = "price"
			}
			steps = append(steps, apptest.Step{Day: day, Values: v})
		}
		k.Walk(t, "deal", k.Rita, began, steps...)
	}
}

// What came of deals in each stage, and how long those that left were there, can be
// counted by hand; behind each figure are the deals that it counts, by name.
func TestFunnelsTellWhatIsCountedByHand(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		began := k.Now().AddDate(0, 0, -40)
		walkDeals(t, k, began)
		on := func(day int) value.Date { return value.DateOf(began, time.UTC).AddDays(day) }
		// entered, advanced, lost, there now, went back, conversion, average days
		whole := map[string]string{"Prospecting": "8 5 0 3 0 0.625 2.2", "Qualified": "6 3 2 0 1 0.5 4", "Proposal": "3 1 1 0 1 0.333333 4", "Negotiation": "0 0 0 0 0 - -", "Won": "4 0 0 3 1 - 2"}
		over := map[string]string{"Prospecting": "9 6 0 3 0 0.666667 2.2", "Qualified": "8 5 2 0 1 0.625 4", "Proposal": "6 4 1 0 1 0.666667 4", "Negotiation": "4 4 0 0 0 1 -", "Won": "4 0 0 3 1 - 2"}
		for _, x := range []struct {
			name string
			p    report.Params
			want map[string]string
		}{
			{"funnel", report.Params{}, whole},
			{"funnel-by-cohort", report.Params{}, whole},
			{"funnel-passed", report.Params{}, over},
			{"funnel-by-cohort-passed", report.Params{}, over},
			// Made on the first two days, whenever they entered.
			{"funnel-by-cohort", report.Params{From: on(0), To: on(1)}, map[string]string{"Prospecting": "6 5 0 1 0 0.833333 2.2", "Qualified": "4 2 2 0 0 0.5 4.75", "Proposal": "3 1 1 0 1 0.333333 4",
				"Negotiation": "0 0 0 0 0 - -", "Won": "3 0 0 2 1 - 2"}},
			// First entered on these days, whenever they were made.
			{"funnel", report.Params{From: on(2), To: on(4)}, map[string]string{"Prospecting": "1 0 0 1 0 0 -", "Qualified": "5 3 2 0 0 0.6 4.2", "Proposal": "2 0 1 0 1 0 4",
				"Negotiation": "0 0 0 0 0 - -", "Won": "1 0 0 0 1 - 2"}},
			// As it stood before the sixth day was over.
			{"funnel", report.Params{AsOf: on(6).Time(time.UTC)}, map[string]string{"Prospecting": "7 6 0 1 0 0.857143 2.17", "Qualified": "6 2 0 4 0 0.333333 2.5", "Proposal": "3 0 0 2 1 0 2",
				"Negotiation": "0 0 0 0 0 - -", "Won": "2 0 0 1 1 - 2"}},
			{"funnel", report.Params{Filter: `name = "later"`}, map[string]string{"Prospecting": "0 0 0 0 0 - -", "Qualified": "1 1 0 0 0 1 2", "Proposal": "0 0 0 0 0 - -",
				"Negotiation": "0 0 0 0 0 - -", "Won": "1 0 0 1 0 - -"}},
		} {
			table, _ := reported(t, k, k.Ada, x.name, x.p)
			got := map[string]string{}
			for _, r := range table.Rows {
				got[r.Labels[1]] = figuresOf(r)
			}
			for stage, want := range x.want {
				equal(t, fmt.Sprintf("%s %+v: %s", x.name, x.p, stage), got[stage], want)
			}
			k.Read(t, k.Ada, func(s *record.Session) error {
				behindFigures(t, k, s, x.name, x.p)
				return nil
			})
		}
		for figure, want := range map[string]string{"0 entered": "back down new reopened returns revived skips straight", "0 advanced": "down returns revived skips straight", "0 here": "back new reopened",
			"1 lost": "down returns", "1 back": "back", "1 conversion": "later revived straight", "2 entered": "down skips straight", "4 here": "later revived straight", "4 back": "reopened"} {
			at, column, _ := strings.Cut(figure, " ")
			equal(t, "behind "+figure, namesBehind(t, k, "funnel", int(at[0]-'0'), column), want)
		}
		equal(t, "behind passed over", namesBehind(t, k, "funnel-passed", 3, "advanced"), "later reopened revived straight")
	})
}

// namesBehind are the names of the records behind a figure of a line, in their order.
func namesBehind(t *testing.T, k *apptest.Kit, name string, row int, column string) string {
	t.Helper()
	table, _ := reported(t, k, k.Ada, name, report.Params{})
	var list []string
	k.Read(t, k.Ada, func(s *record.Session) error {
		b, _ := table.BehindOf(table.Rows[row], slices.IndexFunc(table.Columns, func(c report.Column) bool { return c.Name == column }))
		ids, _ := pages(t, k, s, name, b.Path)
		found, err := s.GetMany(t.Context(), table.Object, ids)
		for _, r := range found {
			list = append(list, r.Title())
		}
		return err
	})
	slices.Sort(list)
	return strings.Join(list, " ")
}
