package sales_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// behindFigures follows every figure of a report to its records, three a page,
// and tells how many figures led to some.
func behindFigures(t *testing.T, k *apptest.Kit, s *record.Session, name string, p report.Params) (led int) {
	t.Helper()
	table, err := k.App.Reports().Run(t.Context(), s, name, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range table.Rows {
		for col, c := range table.Columns {
			b, ok := table.BehindOf(r, col)
			n, counts := r.Values[col].Value.(int64)
			if counts && c.Adds && n > 0 && !ok {
				t.Errorf("%s, %v: %s leads nowhere", name, r.Labels, c.Name)
			}
			if !ok || b.Path == "" {
				continue
			}
			ids, told := pages(t, k, s, name, b.Path)
			slices.Sort(ids)
			if int64(len(ids)) != told || len(slices.Compact(ids)) != int(told) || counts && told != n {
				t.Errorf("%s, %v, %s: %v, listed are %d of %d", name, r.Labels, c.Name, r.Values[col].Value, len(ids), told)
			}
			led++
		}
	}
	return led
}

func pages(t *testing.T, k *apptest.Kit, s *record.Session, name, path string) (ids []value.ID, told int64) {
	t.Helper()
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	trail, err := report.ReadTrail(s, u.Query())
	if err != nil {
		t.Fatal(err)
	}
	trail.Limit = 3
	for {
		found, _, err := k.App.Reports().Behind(t.Context(), s, name, trail)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if len(found.IDs) == 0 {
			return ids, found.Count
		}
		ids, trail.Before = append(ids, found.IDs...), found.IDs[len(found.IDs)-1]
	}
}

// Figures that history tells lead to the records that they count, of every kind of
// reader, of a period, and of what stood on a past day.
func TestFiguresOfHistoryLeadToTheirRecords(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newShelf(t, k)
		plantWays(t, k)
		day := value.DateOf(k.Now(), time.UTC)
		k.Pass(4 * 24 * time.Hour)
		then := k.Now()
		k.Pass(24 * time.Hour)
		if err := x.move(sales.Step{Stage: x.stages["Qualified"]}); err != nil {
			t.Fatal(err)
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, name := range []string{"lead", "deal"} {
				if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
					return err
				}
			}
			return nil
		})
		leads := []string{"leads-reached", "leads-reached-by-month", "lead-funnel", "lead-funnel-passed"}
		deals := []string{"time-in-stage", "time-in-stage-by-person", "time-in-stage-by-pipeline", "funnel", "funnel-passed", "funnel-by-cohort", "funnel-by-cohort-passed"}
		led := map[value.ID]int{}
		follow := func(name string, p report.Params) {
			for _, who := range []value.ID{k.Ada, k.Rita, k.Max} {
				k.Read(t, who, func(s *record.Session) error {
					led[who] += behindFigures(t, k, s, name, p)
					return nil
				})
			}
		}
		for _, name := range leads {
			follow(name, report.Params{})
			follow(name, report.Params{Filter: `source = "web"`, From: day.AddDays(-30), To: day.AddDays(30)})
		}
		for _, name := range deals {
			follow(name, report.Params{})
			follow(name, report.Params{AsOf: then})
		}
		if led[k.Ada] < 60 || led[k.Rita] < 60 || led[k.Max] >= led[k.Rita] {
			t.Errorf("only %v figures led to records", led)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			for name, of := range map[string]string{"leads-reached": "leads:1:web", "leads-reached-by-month": "leads:1:", "lead-funnel": "won:1:", "time-in-stage": "deals::", "funnel": "entered:77:", "lead-funnel-passed": "", "pipeline": "deals:1:"} {
				if _, _, err := k.App.Reports().Behind(t.Context(), s, name, report.Trail{Of: of}); !fault.Is(err, fault.NotFound) {
					t.Errorf("%s has a figure %q: %v", name, of, err)
				}
			}
			if _, _, err := k.App.Reports().Behind(t.Context(), s, "funnel", report.Trail{Of: "entered:1:", Params: report.Params{Filter: "name = ) or ("}}); !fault.Is(err, fault.Invalid) {
				t.Errorf("took a filter that is none: %v", err)
			}
			for _, q := range []string{"from=soon", "before=x", "as_of=2999-01-01"} {
				values, _ := url.ParseQuery(q)
				if _, err := report.ReadTrail(s, values); !fault.Is(err, fault.Invalid) {
					t.Errorf("took %s: %v", q, err)
				}
			}
			return nil
		})
	})
}

// plantWays makes leads of several sources that come through stages, some of them
// converted at once, lost or back again, and deals of two people.
func plantWays(t *testing.T, k *apptest.Kit) {
	t.Helper()
	ways := [][]string{{sales.Working, sales.Qualified}, {sales.Working, sales.Fresh, sales.Working}, {sales.Working, sales.Disqualified}, {sales.Qualified}, {}, {sales.Working, "convert"}, {"convert"}}
	for i := range 14 {
		v := record.Values{"name": fmt.Sprint("Way ", i), "email": fmt.Sprint("way", i, "@home.example")}
		if source := []string{"web", "phone", ""}[i%3]; source != "" {
			v["source"] = source
		}
		who := []value.ID{k.Rita, k.Max}[i/7]
		id := k.Create(t, who, "lead", v)
		for _, status := range ways[i%7] {
			k.Pass(time.Hour)
			k.Write(t, who, func(s *record.Session) error {
				if status == "convert" {
					_, err := sales.Convert(t.Context(), s, id, sales.Options{Deal: record.Values{"name": fmt.Sprint("Deal ", i), "amount": "10 EUR"}})
					return err
				}
				v := record.Values{"status": status}
				if status == sales.Disqualified {
					v["lost_reason"] = "no_budget"
				}
				_, err := s.Update(t.Context(), "lead", id, 0, v)
				return err
			})
		}
	}
	account := k.Create(t, k.Rita, "account", record.Values{"name": "Umbrella"})
	for i := range 5 {
		k.Create(t, k.Rita, "deal", record.Values{"name": fmt.Sprint("More ", i), "account": account})
	}
}
