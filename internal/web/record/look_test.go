package record_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestLook(t *testing.T) {
	s, people := webtest.Sample(t, pages)
	b := s.BrowserOf(t, people["admin"])
	ids := map[string]string{}
	err := s.Workspace.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		for object, filter := range map[string]string{"deal": `stage.kind = "open"`, "account": "", "contact": "", "lead": ""} {
			page, err := s.Query(t.Context(), record.Query{Object: object, Filter: filter, Sort: "-last_activity_at", Limit: 1})
			if err != nil {
				return err
			}
			ids[object] = page.Records[0].ID.String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ name, path string }{{"deal", "/deals/" + ids["deal"] + "?in=all"}, {"account", "/accounts/" + ids["account"]}, {"contact", "/contacts/" + ids["contact"]},
		{"lead", "/leads/" + ids["lead"]}, {"lines", "/deals/" + ids["deal"] + "?tab=deal_lines.deal"}, {"history", "/deals/" + ids["deal"] + "?tab=history"}, {"acc-deals", "/accounts/" + ids["account"] + "?tab=deals.account"}} {
		b.Size(1440, 900)
		b.Open(x.path)
		b.Still()
		b.Axe()
		b.Picture("look-" + x.name)
		if x.name == "deal" || x.name == "account" {
			b.Size(390, 844)
			b.Still()
			b.Picture("look-phone-" + x.name)
		}
	}
}
