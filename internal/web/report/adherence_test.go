package report_test

import (
	"net/url"
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

func TestAdherencePage(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita := s.User(t, s.Rita)
		if a := rita.Get("/reports/adherence"); a.Status != 200 || !strings.Contains(a.Body, "No process is published") {
			t.Fatalf("status %d", a.Status)
		}
		var stages []value.ID
		s.Read(t, s.Ada, func(se *record.Session) error {
			page, err := se.Query(t.Context(), record.Query{Object: "stage", Sort: "position"})
			if err == nil {
				for _, r := range page.Records {
					stages = append(stages, r.ID)
				}
			}
			return err
		})
		d := process.Definition{Skip: process.Free}
		for _, id := range stages {
			d.States = append(d.States, process.State{State: id.String()})
		}
		id := s.Create(t, s.Ada, "blueprint", record.Values{"name": "Selling", "object": "deal", "field": "stage", "definition": d.String()})
		s.Write(t, s.Ada, func(se *record.Session) error {
			_, err := process.Publish(t.Context(), se, id, process.Publication{Accept: true})
			return err
		})
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps & pipes", "account": account, "stage": stages[0]})
		s.Write(t, s.Rita, func(se *record.Session) error {
			_, err := se.Update(t.Context(), "deal", deal, 0, record.Values{"stage": stages[2]})
			return err
		})
		a := rita.Get("/reports/adherence?kind=skipped&state=" + stages[1].String())
		for _, word := range []string{"Selling", "Rita", "Pumps &amp; pipes", "/deals/" + deal.String() + "?tab=process", "kind=skipped"} {
			if a.Status != 200 || !strings.Contains(a.Body, word) {
				t.Errorf("status %d, wanted %q", a.Status, word)
			}
		}
		if a := rita.Get("/reports/adherence?owner=" + s.Rita.String()); a.Status != 200 || !strings.Contains(a.Body, `selected>Rita`) || strings.Count(a.Body, "<time datetime") != 1 {
			t.Errorf("of Rita: %d %s", a.Status, a.Body)
		}
		if a := rita.Get("/reports/adherence?owner=" + s.Olga.String()); a.Status != 200 || strings.Contains(a.Body, "<time datetime") || strings.Contains(a.Body, "Pumps") {
			t.Errorf("of Olga: %d %s", a.Status, a.Body)
		}
		if a := rita.Get("/reports/adherence?filter=" + url.QueryEscape(`name = "Else"`)); a.Status != 200 || strings.Contains(a.Body, "<time datetime") || !strings.Contains(a.Body, "Else") {
			t.Errorf("of other deals: %d %s", a.Status, a.Body)
		}
		if a := rita.Get("/reports/adherence?kind=late"); a.Status != 200 || strings.Contains(a.Body, "Pumps") {
			t.Errorf("status %d: behind another figure stands the same deal", a.Status)
		}
		if a := rita.Get("/reports/adherence?process=1"); a.Status != 404 {
			t.Errorf("a process that is not there: %d", a.Status)
		}

		// The same figures are a report, with files, mails and programs; each leads
		// to the records behind it, also those of other days and people.
		s.Read(t, s.Rita, func(se *record.Session) error {
			table, err := s.App.Reports().Run(t.Context(), se, "adherence-of-deals", report.Params{From: se.Today(), To: se.Today(), Filter: `owner = "` + s.Rita.String() + `"`})
			if err != nil {
				return err
			}
			skipped := 0
			for i, r := range table.Rows {
				behind, ok := table.BehindOf(r, 1)
				if r.Values[1].Value != int64(1) {
					continue
				}
				skipped++
				if a := rita.Get(behind.Path); !ok || r.Keys[0] != stages[1] || !strings.Contains(a.Body, "Pumps &amp; pipes") {
					t.Errorf("row %d: %v, behind it %v", i, r, behind)
				}
			}
			if skipped != 1 || len(table.Rows) != 3 || table.Groups[0] != "stage.name" {
				t.Errorf("%v", table)
			}
			table, err = s.App.Reports().Run(t.Context(), se, "adherence-of-deals", report.Params{Filter: `owner != "` + s.Rita.String() + `"`})
			if err == nil && len(table.Rows) != 0 {
				t.Errorf("of others: %v", table.Rows)
			}
			return err
		})
		for path, words := range map[string]string{"/reports/adherence-of-deals": "Skipped", "/reports/adherence-of-deals/csv": "Rita", "/reports/adherence-of-leads": "Process kept to: leads", "/reports/adherence": "/reports/adherence-of-deals"} {
			if a := s.User(t, s.Ada).Get(path); a.Status != 200 || !strings.Contains(a.Body, words) {
				t.Errorf("%s: %d", path, a.Status)
			}
		}
	})
}
