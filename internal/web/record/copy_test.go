package record_test

import (
	"net/url"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/web/webtest"
)

func TestCloneAndSplitOfADeal(t *testing.T) {
	t.Parallel()
	webtest.Each(t, pages, func(t *testing.T, s *webtest.Site) {
		rita, olga := s.User(t, s.Rita), s.User(t, s.Olga)
		account := s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
		deal := s.Create(t, s.Rita, "deal", record.Values{"name": "Pumps", "account": account, "amount": "100.01"})
		path := "/deals/" + deal.String()
		has(t, rita.Get(path), 200, path+"/clone", path+"/split")
		has(t, olga.Get(path), 200, path+"/clone", "!"+path+"/split")
		has(t, rita.Get(path+"/clone", hx...), 200, "Pumps (copy)", "first stage")
		has(t, rita.Get(path+"/clone"), 200, "<html", "Pumps (copy)") // without scripts
		has(t, rita.Get(path+"/split", hx...), 200, "Pumps – part 2", "Amount of the new deal, of €100.01")
		has(t, olga.Get(path+"/split", hx...), 403)
		part := url.Values{"name": {"Second"}, "amount": {"200"}}
		has(t, rita.Post(path+"/split", part, hx...), 422, "less than", `value="200"`, `value="Second"`)
		part.Set("amount", "33.34")
		has(t, rita.Post(path+"/split", part, hx...), 200, "“Second” made", "/undo/")
		has(t, rita.Get(path), 200, "€66.67")
		has(t, rita.Post(path+"/clone", url.Values{"name": {""}}, hx...), 422)
		has(t, olga.Post(path+"/clone", url.Values{"name": {"Mine"}}, hx...), 200, "“Mine” made")

		for _, price := range []string{"10", "20"} {
			s.Create(t, s.Rita, "deal_line", record.Values{"deal": deal, "description": "Line of " + price, "unit_price": price})
		}
		has(t, rita.Get(path+"/split", hx...), 200, "Line of 10", "€20.00", "!cp-amount")
		has(t, rita.Post(path+"/split", url.Values{"name": {"Third"}}, hx...), 422, "Choose the lines")
		line := s.Create(t, s.Rita, "deal_line", record.Values{"deal": deal, "description": "Six of them", "unit_price": "5", "quantity": "6"}).String()
		has(t, rita.Get(path+"/split", hx...), 200, `name="quantity.`+line+`"`, "all 6")
		some := url.Values{"name": {"Third"}, "line": {line}, "quantity." + line: {"7"}}
		has(t, rita.Post(path+"/split", some, hx...), 422, "more than 0 and at most 6", `value="7"`)
		some.Set("quantity."+line, "2")
		has(t, rita.Post(path+"/split", some, hx...), 200, "“Third” made")
	})
}
