package exchange_test

import (
	"strings"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
)

// guessed is what an import would make of each header of a file, "" for nothing.
func guessed(t *testing.T, k *apptest.Kit, object, text string) []string {
	t.Helper()
	list, err := importer(k).Columns(t.Context(), apptest.As(k.Ada), exchange.Request{Object: object, Name: "a.csv", File: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	paths := make([]string, len(list))
	for i, x := range list {
		paths[i] = x.Header + "=" + x.Field
	}
	return paths
}

// Headers in any language, and values, lead to fields; what could be two things
// leads nowhere.
func TestColumnsAreReadByWhatTheyHold(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Ada, "account", record.Values{"name": "Aurora"})
		k.Create(t, k.Ada, "account", record.Values{"name": "Boreas"})
		k.Create(t, k.Ada, "product", record.Values{"name": "GTX Pro"})
		k.Create(t, k.Ada, "member", record.Values{"name": "Eva", "email": "eva@x.example"})
		k.Create(t, k.Ada, "team", record.Values{"name": "Central"})
		for _, x := range []struct{ object, text, want string }{
			// another program's pipeline
			{"deal", "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\nA1,Ada Admin,GTX Pro,Aurora,Won,2016-10-20,2017-03-01,1054\n",
				"opportunity_id=external_id sales_agent=owner.name product=lines.product.name account=account.name deal_stage=stage.name engage_date=started_on close_date=close_date close_value=amount"},
			{"account", "account,sector,year_established,revenue,employees,office_location,subsidiary_of\nA,medical,1996,1100.04,2822,Kenya,B\nB,retail,1990,3.5,1,Germany,\n",
				"account=name sector=industry year_established=founded revenue=turnover employees=employees office_location=billing_address_country subsidiary_of=parent.name"},
			{"member", "sales_agent,manager,regional_office\nAnna,Ada,Central\n", "sales_agent=name manager=manager.name regional_office=team.name"},
			{"member", "sales_agent,manager,regional_office\nAnna,Ada,Pluto\n", "sales_agent=name manager=manager.name regional_office=region"},
			// labels and words of other languages
			{"deal", "Nimi;Yritys;Kaupan arvo;Arvioitu päättymispäivä\nx;Aurora;12,50;1.2.2026\n", "Nimi=name Yritys=account.name Kaupan arvo=amount Arvioitu päättymispäivä=close_date"},
			{"deal", "Сделка;Сумма сделки;Контактное лицо;Ответственный\nx;12,50;Иван;Ада\n", "Сделка=name Сумма сделки=amount Контактное лицо=contact.name Ответственный=owner.name"},
			{"account", "公司名称;电话;城市;网址;员工数\n甲;+86 10 1234 5678;北京;example.com;12\n", "公司名称=name 电话=phone 城市=billing_address_city 网址=website 员工数=employees"},
			{"account", "Nom de l'empresa;Correu;Ciutat;Codi postal\nx;a@b.example;Reus;43201\n", "Nom de l'empresa=name Correu=email Ciutat=billing_address_city Codi postal=billing_address_postal_code"},
			// values alone
			{"deal", "name,Whose\nx,Aurora\ny,Boreas\nz,Somebody\n", "name=name Whose=account.name"},
			{"deal", "name,Who,How much in EUR total value\nx,eva@x.example,7\ny,eva@x.example,8\n", "name=name Who=owner.email How much in EUR total value="},
			{"deal", "name,Total value EUR,Start\nx,7,2020-01-05\n", "name=name Total value EUR=amount Start=started_on"},
			{"account", "name,Contact us\nx,info@aurora.example\ny,info@boreas.example\n", "name=name Contact us=email"},
			// no wrong guess
			{"deal", "name,Partner,Created by,Weighted value,Last contacted,Mood\nx,Aurora,Ada,7,2020-01-05,grim\ny,Boreas,Bob,8,2020-01-06,fine\n",
				"name=name Partner= Created by= Weighted value= Last contacted= Mood="},
			{"deal", "name,Seller A,Seller B\nx,Aurora,Boreas\ny,Boreas,Aurora\n", "name=name Seller A= Seller B="},
			{"deal", "name,Value,Close,Import\nx,high,soon,yes\ny,low,later,no\n", "name=name Value= Close= Import="},
			{"account", "name,Previous email,Location,Related\nx,a@b.example,Berlin Mitte,Aurora\ny,c@d.example,Turku,Boreas\n", "name=name Previous email= Location= Related="},
		} {
			if got := strings.Join(guessed(t, k, x.object, x.text), " "); got != x.want {
				t.Errorf("%s\n got %s\nwant %s", x.text, got, x.want)
			}
		}
	})
}

// What the values show at the start holds for the whole import: it makes the
// very records whose names it would find later.
func TestSightEndsWithTheFirstRow(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var b strings.Builder
		b.WriteString("name,Whose\n")
		for i := range 120 { // three chunks
			b.WriteString([]string{"Deal,Aurora\n", "Deal,Boreas\n"}[i%2])
		}
		k.Create(t, k.Ada, "account", record.Values{"name": "Aurora"})
		k.Create(t, k.Ada, "account", record.Values{"name": "Boreas"})
		run := bring(t, k, "deal", b.String(), exchange.Mapping{})
		counts(t, run, 120, 0, 0, 0)
		if run.Mapping.Columns["Whose"] != "account.name" {
			t.Errorf("%v", run.Mapping)
		}
	})
}

// A parent that stands in the file, before or behind its subsidiary, is no
// stranger.
func TestParentsInTheSameFile(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		text := "account,subsidiary_of\nDaughter,Mother\nMother,\nSon,mother\nOrphan,Nobody\n"
		im := importer(k)
		id, err := im.Prepare(t.Context(), apptest.As(k.Ada), exchange.Request{Object: "account", Name: "a.csv", File: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		look, err := im.Look(t.Context(), apptest.As(k.Ada), id)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(look.Columns[1].Strange, " "); look.Columns[1].Path != "parent.name" || got != "Nobody" {
			t.Errorf("%s asks about %q", look.Columns[1].Path, got)
		}
		counts(t, bring(t, k, "account", text, exchange.Mapping{}), 3, 0, 0, 1)
		same(t, rows(t, k, "account", "name", "parent"), "Daughter|Mother", "Mother|", "Son|Mother")
	})
}
