package record_test

import (
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

// TestPicturesOfRecords opens a deal and an account of the sample company in
// both themes, on a phone and in other languages.
func TestPicturesOfRecords(t *testing.T) {
	t.Parallel()
	s, people := webtest.Sample(t, pages)
	ids := map[string]string{}
	err := s.Workspace.Read(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
		for object, filter := range map[string]string{"deal": `stage.kind = "open"`, "account": ""} {
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
	b := s.BrowserOf(t, people["rep"])
	b.Allow("404") // who may not read it gets the page that says so
	deal, account := "/deals/"+ids["deal"]+"?in=all", "/accounts/"+ids["account"]
	see := func(path, name string) {
		b.Open(path)
		b.Wait("document.querySelector('h1')")
		b.Still()
		b.Picture(name)
	}
	b.Theme("light")
	see(deal, "record-light")
	see(account, "record-account-light")
	b.Axe()
	b.Theme("dark")
	see(deal, "record-dark")
	b.Axe()
	b.Theme("light")
	for _, lang := range []string{"zh", "ru"} {
		b.Lang(lang)
		see(deal, "record-"+lang)
	}
	b.Lang("en-GB")
	b.Size(390, 844)
	see(deal, "record-phone")
	b.Wait("document.documentElement.scrollWidth <= 391")
	b.Axe()
	b.Click("[data-side]")
	b.Visible(".aside .sec")
	b.Gone("#r-panel")
	b.Picture("record-phone-details")
	see(account, "record-phone-account")
}
