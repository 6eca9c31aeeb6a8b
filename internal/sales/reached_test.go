package sales_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
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
						months[on.String()[:7]+"/"+w.source+"/"+x.status]++
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
	run := func(name string, p report.Params) *report.Table {
		table, err := k.App.Reports().Run(t.Context(), s, name, p)
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	p := report.Params{From: from, To: to}
	got, average := map[string]int{}, map[string]string{}
	for _, r := range run("leads-reached-by-month", p).Rows {
		got[r.Labels[0]+"/"+fmt.Sprint(r.Keys[1])+"/"+kinds[r.Labels[2]]] += int(r.Values[0].Value.(int64))
		average[fmt.Sprint(r.Keys[1:])] = fmt.Sprint(r.Values[1].Value)
	}
	for key, n := range want {
		if key = strings.Replace(key, "//", "/<nil>/", 1); got[key] != n {
			t.Errorf("%s: %d, want %d", key, got[key], n)
		}
		delete(got, key)
	}
	if len(got) != 0 {
		t.Errorf("more by month: %v", got)
	}
	for _, r := range run("leads-reached", p).Rows { // the average is the same
		if key := fmt.Sprint(r.Keys); average[key] != fmt.Sprint(r.Values[1].Value) {
			t.Errorf("%s: %s a month, by source %v", key, average[key], r.Values[1].Value)
		}
	}
	all := run("leads-reached-by-month", report.Params{})
	if first := s.Today().MonthStart().AddMonths(-11); all.From != first || all.To != s.Today() || len(all.Notes) != 0 {
		t.Errorf("the usual period is %s to %s, %+v", all.From, all.To, all.Notes)
	}
	for _, p := range []report.Params{{From: from.AddMonths(-200)}, {Span: report.AllTime}} {
		if long := run("leads-reached-by-month", p); len(long.Notes) != 1 || len(long.Rows) != len(all.Rows) || len(all.Rows) < len(want) {
			t.Errorf("%d lines of a year, %d of sixty months: %+v", len(all.Rows), len(long.Rows), long.Notes)
		}
	}
}

// How many leads a month reach a stage, by source, worked out by hand: wherever they
// began, and a stage that is renamed in between stays one line.
func TestLeadsAMonthReachingAStage(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		var working value.ID
		k.Read(t, k.Ada, func(s *record.Session) error {
			page, err := s.Query(t.Context(), record.Query{Object: "lead_stage", Filter: `kind = "working"`, Limit: 1})
			working = page.Records[0].ID
			return err
		})
		on := func(day string) time.Time {
			d, err := value.ParseDate(day)
			if err != nil {
				t.Fatal(err)
			}
			return d.Time(time.UTC).Add(12 * time.Hour)
		}
		lead := func(source string, days ...string) { // the last of which it comes to the stage
			k.Write(t, k.Ada, func(s *record.Session) error {
				v, id := record.Values{"name": "Lead", "owner": k.Rita, "source": source}, value.ID(0)
				for i, day := range days {
					if v["status"] = sales.Fresh; i == len(days)-1 {
						v["status"] = sales.Working
					}
					out, err := s.AsSystem("planted leads").Save(t.Context(), record.Batch{Object: "lead", Changes: []record.Change{{ID: id, Values: v, At: on(day), By: k.Rita}}})
					if err != nil {
						return err
					}
					v, id = record.Values{}, out[0].ID
				}
				return nil
			})
		}
		lead("web", "2025-10-20", "2025-12-03") // through the first stage
		lead("web", "2025-12-10")               // began in it
		lead("phone", "2025-12-20")
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead_stage", working, 0, record.Values{"name": "谈话中"})
			return err
		})
		for _, day := range []string{"2026-02-02", "2026-02-03", "2026-02-27"} {
			lead("web", "2026-01-15", day)
		}
		lead("web", "2026-03-01") // after the period
		from, _ := value.ParseDate("2025-12-01")
		to, _ := value.ParseDate("2026-02-28")
		got := map[string]string{}
		table, _ := reported(t, k, k.Ada, "leads-reached-by-month", report.Params{From: from, To: to})
		for _, r := range table.Rows {
			if r.Keys[2] == working {
				got[strings.Join(r.Labels, " ")] = figuresOf(r)
			}
		}
		// 90 days are 2.957 months: five of the web are 1.69 a month, one by phone 0.34.
		want := map[string]string{"2025-12 Web 谈话中": "2 1.69", "2026-02 Web 谈话中": "3 1.69", "2025-12 Phone 谈话中": "1 0.34"}
		if !maps.Equal(got, want) {
			t.Errorf("\n got %v\nwant %v", got, want)
		}
		if table, _ = reported(t, k, k.Ada, "leads-reached-by-month", report.Params{From: from, To: to, Filter: `source = "phone"`}); len(table.Rows) != 1 || figuresOf(table.Rows[0]) != "1 0.34" {
			t.Errorf("of a source: %+v", table.Rows)
		}
		k.Mask(t, "lead.source")
		k.Read(t, k.Rita, func(s *record.Session) error {
			if _, err := k.App.Reports().Run(t.Context(), s, "leads-reached-by-month", report.Params{}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("by a source that she may not read: %v", err)
			}
			return nil
		})
	})
}
