package sales_test

import (
	"fmt"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// How many leads first came to each stage in a period, by source: each once,
// however often it went back and forth, wherever it began, in the words of who
// reads it.
func TestLeadsReachingStages(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		const day = 24 * time.Hour
		began := k.Now().Add(-90 * day)
		// Each way is a source and the days on which the lead came to a stage.
		type step struct {
			day    int
			status string
		}
		ways := []struct {
			source string
			steps  []step
		}{
			{"web", []step{{0, sales.Fresh}, {5, sales.Working}, {20, sales.Qualified}}},
			{"web", []step{{10, sales.Fresh}, {31, sales.Working}, {35, sales.Fresh}, {40, sales.Working}}}, // there and back counts once
			{"web", []step{{15, sales.Working}, {16, sales.Disqualified}}},
			{"phone", []step{{30, sales.Qualified}}}, // wherever it began
			{"", []step{{12, sales.Fresh}, {45, sales.Working}}},
		}
		from, to := value.DateOf(began, time.UTC).AddDays(10), value.DateOf(began, time.UTC).AddDays(39)
		want, months := map[string]int{}, map[string]int{}
		k.Write(t, k.Ada, func(s *record.Session) error {
			sys := s.AsSystem("planted leads")
			for i, w := range ways {
				first, id := map[string]bool{}, value.ID(0)
				for _, x := range w.steps {
					at := began.Add(time.Duration(x.day) * day)
					v := record.Values{"status": x.status}
					if x.status == sales.Disqualified {
						v["lost_reason"] = "no_budget"
					}
					if id == 0 {
						v["name"], v["owner"] = fmt.Sprint("Lead ", i), k.Rita
						if w.source != "" {
							v["source"] = w.source
						}
					}
					out, err := sys.Save(t.Context(), record.Batch{Object: "lead", Changes: []record.Change{{ID: id, Values: v, At: at, By: k.Rita}}})
					if err != nil {
						return err
					}
					id = out[0].ID
					if on := value.DateOf(at, time.UTC); !first[x.status] && on >= from && on <= to {
						want[w.source+"/"+x.status]++
						months[on.String()[:7]+"/"+x.status]++
					}
					first[x.status] = true
				}
			}
			return nil
		})
		k.Read(t, k.Ada, func(s *record.Session) error {
			kinds := map[string]string{}
			if err := s.Each(t.Context(), record.Query{Object: "lead_stage"}, func(r *record.Record) error {
				kinds[r.Title()], _ = record.Get(r, sales.LeadStageKind)
				return nil
			}); err != nil {
				return err
			}
			table, err := k.App.Reports().Run(t.Context(), s, "leads-reached", report.Params{From: from, To: to})
			if err != nil {
				return err
			}
			got := map[string]int{}
			for _, r := range table.Rows {
				source, _ := r.Keys[0].(string)
				n := r.Values[0].Value.(int64)
				got[source+"/"+kinds[r.Labels[1]]] += int(n)
				if month := fmt.Sprintf("%.2f", float64(n)*30.436875/30); fmt.Sprint(r.Values[1].Value) != month && fmt.Sprint(r.Values[1].Value)+"0" != month {
					t.Errorf("%v a month, want %s", r.Values[1].Value, month)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v, want %v", got, want)
			}
			reachedByMonth(t, k, s, from, to, months, kinds)
			unknown := map[string]string{"en": "Unknown", "ca": "Desconegut", "fi": "Tuntematon", "ru": "Неизвестно", "zh": "未知"}
			for language, words := range map[string]string{"en": "Phone, Web; Source, Stage; Leads, A month", "ca": "Telèfon, Web; Origen, Etapa; Clients potencials, Per mes",
				"fi": "Puhelin, Verkko; Lähde, Vaihe; Liidit, Kuukaudessa", "ru": "Телефон, Сайт; Источник, Этап; Лиды, В месяц", "zh": "电话, 网站; 来源, 阶段; 线索, 每月"} {
				spec, err := k.App.Reports().Find(t.Context(), s, "leads-reached")
				if err != nil {
					return err
				}
				w, err := report.Worded(s, i18n.FormatFor(language), spec, table)
				if err != nil {
					return err
				}
				got := fmt.Sprintf("%s, %s; %s, %s; %s, %s", w.Label(table.Rows[1], 0), w.Label(table.Rows[2], 0), w.Head(0), w.Head(1), w.Column(table.Columns[0]), w.Column(table.Columns[1]))
				if got != words || w.Label(table.Rows[0], 0) != unknown[language] {
					t.Errorf("%s: %s", language, got)
				}
			}
			return nil
		})
	})
}

// reachedByMonth tells the same leads by the months in which they came.
func reachedByMonth(t *testing.T, k *apptest.Kit, s *record.Session, from, to value.Date, want map[string]int, kinds map[string]string) {
	t.Helper()
	run := func(p report.Params) *report.Table {
		table, err := k.App.Reports().Run(t.Context(), s, "leads-reached-by-month", p)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	got := map[string]int{}
	for _, r := range run(report.Params{From: from, To: to}).Rows {
		got[r.Labels[0]+"/"+kinds[r.Labels[1]]] += int(r.Values[0].Value.(int64))
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("by month %v, want %v", got, want)
	}
	all := run(report.Params{})
	if long := run(report.Params{From: from.AddMonths(-200)}); all.More || !long.More || len(long.Rows) != len(all.Rows) || len(all.Rows) < len(got) {
		t.Errorf("%d lines of a year, %d of sixty months (cut: %t)", len(all.Rows), len(long.Rows), long.More)
	}
}
