package sheet

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/value"
)

// column makes a table of one column of these values, beside a key.
func column(name string, values ...string) string {
	var b strings.Builder
	b.WriteString("key\t" + name + "\n")
	for i, v := range values {
		b.WriteString("k" + itoa(i) + "\t" + v + "\n")
	}
	return b.String()
}

func repeat(n int, values ...string) []string {
	var all []string
	for range n {
		all = append(all, values...)
	}
	return all
}

func TestKindsFromValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		values []string
		want   Kind
	}{
		{"n", []string{"1", "-20", "3"}, KindWhole},
		{"n", []string{"1,234", "2,345,678", "5"}, KindWhole},
		{"n", []string{"1.5", "2", "3.25"}, KindDecimal},
		{"n", []string{"1.234,5", "2,25"}, KindDecimal},
		{"n", []string{"25%", "3.5 %"}, KindPercent},
		{"n", []string{"$1,200.50", "$3.00"}, KindMoney},
		{"n", []string{"1.200,50 €", "3,00 €"}, KindMoney},
		{"n", []string{"EUR 12.50", "USD 3.00"}, KindMoney},
		{"zip", []string{"01234", "98765"}, KindText},
		{"id", []string{"1234567890123456789012", "2234567890123456789012"}, KindDecimal},
		{"d", []string{"2024-01-31", "2023-12-01"}, KindDate},
		{"d", []string{"31.01.2024", "1.12.2023"}, KindDate},
		{"d", []string{"01/31/2024", "12/1/2023"}, KindDate},
		{"d", []string{"2024-01-31 00:00:00", "2023-12-01 00:00:00"}, KindDate},
		{"d", []string{"20240131", "20231201"}, KindDate},
		{"d", []string{"2024-01-31 10:15", "2023-12-01 00:00"}, KindMoment},
		{"d", []string{"2024-01-31T10:15:00Z", "2023-12-01T00:00:00+02:00"}, KindMoment},
		{"b", []string{"yes", "no", "yes"}, KindBool},
		{"b", []string{"TRUE", "FALSE"}, KindBool},
		{"IsDeleted", []string{"0", "1", "0"}, KindBool},
		{"Issues", []string{"0", "1", "0"}, KindWhole},
		{"mail", []string{"a@b.co", "c.d@e.org"}, KindEmail},
		{"p", []string{"+49 30 1234567", "(030) 123-4567"}, KindPhone},
		{"Phone", []string{"5551234567", "5557654321"}, KindPhone},
		{"u", []string{"https://a.example", "www.b.example/x"}, KindURL},
		{"c", repeat(6, "Won", "Lost", "Open"), KindChoice},
		{"t", []string{"some", "words", "here"}, KindText},
		{"t", []string{"2024-01-31", "N/A"}, KindText},
		{"e", []string{"", ""}, Unknown},
	} {
		table := openText(t, column(c.name, c.values...), Options{Header: 1, Separator: '\t'})
		kinds, err := table.Kinds()
		if err != nil {
			t.Fatal(err)
		}
		if kinds[1] != c.want {
			t.Errorf("%s %q: %s, want %s", c.name, c.values, kinds[1], c.want)
		}
	}
}

func TestStylesOfColumns(t *testing.T) {
	t.Parallel()
	late := append(repeat(3000, "03/04/2024"), "31/12/2024")
	for _, c := range []struct {
		values    []string
		date      value.DateStyle
		ambiguous bool
		decimal   rune
	}{
		{[]string{"31.12.2024"}, value.DateDMY, false, '.'},
		{[]string{"12/31/2024"}, value.DateMDY, false, '.'},
		{[]string{"03/04/2024"}, value.DateDMY, true, '.'},
		{late, value.DateDMY, false, '.'},
		{[]string{"1.234,50"}, value.DateISO, false, ','},
		{append(repeat(3000, "1,234"), "1,5"), value.DateISO, false, ','},
	} {
		table := openText(t, column("x", c.values...), Options{Header: 1, Separator: '\t'})
		profiles, err := table.Survey(0)
		if err != nil {
			t.Fatal(err)
		}
		p := profiles[1]
		if p.Date != c.date || p.DateAmbiguous != c.ambiguous || p.Decimal != c.decimal {
			t.Errorf("%q: %s %v %c", c.values[len(c.values)-1], p.Date, p.DateAmbiguous, p.Decimal)
		}
	}
	table := openText(t, column("x", "03/04/2024"), Options{Header: 1, Separator: '\t',
		Columns: map[string]ColumnOptions{"x": {Date: value.DateMDY, Decimal: ',', Kind: KindText}}})
	profiles, err := table.Survey(0)
	if p := profiles[1]; err != nil || p.Date != value.DateMDY || p.DateAmbiguous || p.Decimal != ',' || p.Kind != KindText {
		t.Errorf("%v: %+v", err, p)
	}
}

func TestSurveyOfARealPipeline(t *testing.T) {
	t.Parallel()
	dir := sharedData(t, "maven-crm-sales")
	want := map[string]map[string]Kind{
		"accounts.csv": {"account": KindText, "sector": KindChoice, "year_established": KindWhole, "revenue": KindDecimal,
			"employees": KindWhole, "office_location": KindChoice, "subsidiary_of": KindText},
		"products.csv":    {"product": KindText, "series": KindText, "sales_price": KindWhole},
		"sales_teams.csv": {"sales_agent": KindText, "manager": KindChoice, "regional_office": KindChoice},
		"sales_pipeline.csv": {"opportunity_id": KindText, "sales_agent": KindChoice, "product": KindChoice, "account": KindText,
			"deal_stage": KindChoice, "engage_date": KindDate, "close_date": KindDate, "close_value": KindWhole},
	}
	for file, kinds := range want {
		table, err := OpenFile(filepath.Join(dir, file), Options{})
		if err != nil {
			t.Fatal(err)
		}
		profiles, err := table.Survey(0)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]Kind{}
		for _, p := range profiles {
			got[p.Column.Name] = p.Kind
		}
		if diff := cmp.Diff(kinds, got); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		if n := len(readAll(t, table)); file == "sales_pipeline.csv" && n != 8800 {
			t.Errorf("the survey took rows from the reader: %d left", n)
		}
		table.Close()
	}
}
