package report_test

import (
	"strings"
	"testing"

	"wellmet/internal/process"
	"wellmet/internal/record"
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
		if a := rita.Get("/reports/adherence?kind=late"); a.Status != 200 || strings.Contains(a.Body, "Pumps") {
			t.Errorf("status %d: behind another figure stands the same deal", a.Status)
		}
		if a := rita.Get("/reports/adherence?process=1"); a.Status != 404 {
			t.Errorf("a process that is not there: %d", a.Status)
		}
	})
}
