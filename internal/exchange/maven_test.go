package exchange_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

// mavenFiles are the four files of a real company's pipeline, in the order in
// which they stand on one another.
var mavenFiles = []struct {
	object, file  string
	rows, created int
	mapping       exchange.Mapping
}{
	{"product", "products.csv", 7, 7, exchange.Mapping{Columns: map[string]string{"product": "name", "sales_price": "price"}, Currency: "USD"}},
	{"account", "accounts.csv", 85, 85, exchange.Mapping{Columns: map[string]string{"account": "name", "revenue": "turnover", "office_location": "billing_address_country", "subsidiary_of": "parent.name"},
		Values: map[string]map[string]string{"billing_address_country": {"Philipines": "PH"}}, Currency: "USD"}},
	{"member", "sales_teams.csv", 35, 35, exchange.Mapping{Columns: map[string]string{"sales_agent": "name", "manager": "manager.name", "regional_office": "region"}, Create: []string{"manager"}}},
	{"deal", "sales_pipeline.csv", 8800, 8800, exchange.Mapping{Columns: map[string]string{"opportunity_id": "external_id", "sales_agent": "owner.name", "product": "lines.product.name", "account": "account.name",
		"deal_stage": "stage.name", "engage_date": "started_on", "close_date": "close_date", "close_value": "amount"},
		Values: map[string]map[string]string{"lines.product.name": {"GTXPro": "GTX Pro"}}, Create: []string{"stage"}, AcceptIncomplete: []string{"account"}, Currency: "USD"}},
}

func TestPipelineOfARealCompany(t *testing.T) {
	t.Parallel()
	var want struct {
		Opportunities int
	}
	if err := json.Unmarshal(shared(t, "maven-crm-sales/reference.json"), &want); err != nil {
		t.Fatal(err)
	}
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			return s.ChangeSettings(t.Context(), func(x *record.Settings) { x.Currency = "USD" })
		}); err != nil {
			t.Fatal(err)
		}
		for _, f := range mavenFiles {
			im := exchange.New(k.Workspace.Engine())
			if f.object == "deal" { // deals have no name of their own
				f.mapping.Columns["opportunity_id"] = "name"
			}
			id, err := im.Start(t.Context(), apptest.As(k.Ada), exchange.Request{Object: f.object, Name: f.file, File: reader(shared(t, "maven-crm-sales/"+f.file)), Mapping: f.mapping}, false)
			if err != nil {
				t.Fatal(err)
			}
			run := goOn(t, k, k.Ada, id)
			counts(t, run, f.created, 0, 0, 0)
			t.Logf("%s: %d rows in %.2f s, %.0f rows/s, %v made", f.object, run.Rows, run.Seconds, float64(run.Rows)/run.Seconds, run.Links)
			if f.object == "deal" && run.Incomplete != 1425 {
				t.Errorf("%d incomplete deals", run.Incomplete)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			out, err := s.Aggregate(t.Context(), record.Aggregate{Object: "deal", Filter: `status = "won"`, Measures: []string{"count", "sum:amount"}})
			if err == nil {
				t.Log(fmt.Sprint(out.Total))
			}
			return err
		})
	})
}
