package apptest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

// Shared is a file of shared/data, which stands beside the project or above it.
// The test is skipped where it is not.
func Shared(t testing.TB, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		b, err := os.ReadFile(filepath.Join(dir, "shared", "data", name))
		if err == nil {
			return b
		}
	}
	t.Skipf("shared/data/%s is not here", name)
	return nil
}

// mavenFiles are the four files of a real company's pipeline, in the order in
// which they stand on one another. Deals have no names there but their numbers.
var mavenFiles = []struct {
	object, file string
	mapping      exchange.Mapping
}{
	{"product", "products.csv", exchange.Mapping{Columns: map[string]string{"product": "name", "sales_price": "price"}, Currency: "USD"}},
	{"account", "accounts.csv", exchange.Mapping{Columns: map[string]string{"account": "name", "revenue": "turnover", "office_location": "billing_address_country", "subsidiary_of": "parent.name"},
		Values: map[string]map[string]string{"billing_address_country": {"Philipines": "PH"}}, Currency: "USD"}},
	{"member", "sales_teams.csv", exchange.Mapping{Columns: map[string]string{"sales_agent": "name", "manager": "manager.name", "regional_office": "region"}, Create: []string{"manager"}}},
	{"deal", "sales_pipeline.csv", exchange.Mapping{Columns: map[string]string{"opportunity_id": "name", "sales_agent": "owner.name", "product": "lines.product.name", "account": "account.name",
		"deal_stage": "stage.name", "engage_date": "started_on", "close_date": "close_date", "close_value": "amount"},
		Values: map[string]map[string]string{"lines.product.name": {"GTXPro": "GTX Pro"}}, Create: []string{"stage"}, AcceptIncomplete: []string{"account"}, Currency: "USD"}},
}

// ImportMaven brings in the Maven set as Ada and answers the runs by object;
// the company counts in USD from then on.
func (k *Kit) ImportMaven(t testing.TB) map[string]*exchange.Run {
	t.Helper()
	k.write(t, record.AsSystem("test"), func(s *record.Session) error {
		return s.ChangeSettings(t.Context(), func(x *record.Settings) { x.Currency = "USD" })
	})
	runs := map[string]*exchange.Run{}
	for _, f := range mavenFiles {
		im := k.Workspace.Importer()
		id, err := im.Start(t.Context(), As(k.Ada), exchange.Request{Object: f.object, Name: f.file, File: bytes.NewReader(Shared(t, "maven-crm-sales/"+f.file)), Mapping: f.mapping}, false)
		if err == nil {
			err = im.Go(t.Context(), id, nil)
		}
		if err != nil {
			t.Fatalf("%s: %v", f.file, err)
		}
		if runs[f.object], err = im.Get(t.Context(), As(k.Ada), id); err != nil {
			t.Fatal(err)
		}
	}
	return runs
}
