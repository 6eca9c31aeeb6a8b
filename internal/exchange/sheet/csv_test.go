package sheet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSpectrumReadsAsItsJSON(t *testing.T) {
	t.Parallel()
	dir := sharedData(t, "csv-spectrum")
	files, err := filepath.Glob(filepath.Join(dir, "csvs", "*.csv"))
	if err != nil || len(files) != 11 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".csv")
		data, err := os.ReadFile(filepath.Join(dir, "json", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var want []map[string]string
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		table, err := OpenFile(file, Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []map[string]string
		for _, row := range readAll(t, table) {
			object := map[string]string{}
			for i, c := range table.Columns {
				object[c.Title] = row.Cells[i].Text
			}
			got = append(got, object)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestDialectsAndDamage(t *testing.T) {
	t.Parallel()
	head := "name,note,n\n"
	for _, c := range []struct {
		name, text string
		want       [][]string
	}{
		{"semicolon with decimal comma", "a;b\n1,5;2,5\n3,5;4,5\n", [][]string{{"1,5", "2,5"}, {"3,5", "4,5"}}},
		{"tab", "a\tb\nx, y\tz\n", [][]string{{"x, y", "z"}}},
		{"pipe", "a|b|c\n1|2|3\n", [][]string{{"1", "2", "3"}}},
		{"one column of prose", "note\nHello, world\nAnother, with, commas\nnone\n",
			[][]string{{"Hello, world"}, {"Another, with, commas"}, {"none"}}},
		{"CR alone", "a,b\r1,2\r3,4\r", [][]string{{"1", "2"}, {"3", "4"}}},
		{"doubled CR", "a,b\r\r\n1,2\r\r\n", [][]string{{"1", "2"}}},
		{"no end of line at the end", "a,b\n1,2", [][]string{{"1", "2"}}},
		{"blank lines", "a,b\n\n1,2\n\n,\n3,4\n", [][]string{{"1", "2"}, {"3", "4"}}},
		{"short row", "a,b,c\n1,2,3\n4\n", [][]string{{"1", "2", "3"}, {"4", "", ""}}},
		{"long row", "a,b\n1,2\n1,2,3\n4,5,\n", [][]string{{"1", "2"}, {"!sheet.too_many_cells"}, {"4", "5"}}},
		{"quote in a bare cell", head + "pipe 5\",x,1\n", [][]string{{`pipe 5"`, "x", "1"}}},
		{"lone quotes inside quotes", head + "x,\"say \"hi\" to me\",1\n", [][]string{{"x", `say "hi" to me`, "1"}}},
		{"lone quote at the end of a cell", head + "x,\"say \"hi\"\",1\n", [][]string{{"x", `say "hi"`, "1"}}},
		{"text behind a closing quote", head + "\"abc\"def,x,1\ny,z,2\n", [][]string{{"abcdef", "x", "1"}, {"y", "z", "2"}}},
		{"open quote", head + "1,\"abc,2\n3,d,4\n5,e,6\n", [][]string{{"!sheet.open_quote"}, {"3", "d", "4"}, {"5", "e", "6"}}},
		{"open quote before a quoted cell", head + "1,\"abc,2\n3,\"d\",4\n5,e,6\n",
			[][]string{{"!sheet.open_quote"}, {"3", "d", "4"}, {"5", "e", "6"}}},
		{"open quote in an all-quoted file", "\"a\",\"b\"\n\"1\",\"x\n\"2\",\"y\"\n", [][]string{{"!sheet.open_quote"}, {"2", "y"}}},
		{"NUL bytes", "a,b\n1\x00,\x002\n", [][]string{{"1", "2"}}},
		{"broken byte", "a,b\ncafé,Zoë Müller Ørsted Ünal İz öü\n\xff,x\ny,z\n",
			[][]string{{"café", "Zoë Müller Ørsted Ünal İz öü"}, {"!sheet.broken_text"}, {"y", "z"}}},
		{"blank before a quote", "a, \"b\"\n1, \"x, y\"\n2, \"z, w\"\n", [][]string{{"1", "x, y"}, {"2", "z, w"}}},
		{"single quotes", "'a','b'\n'x, y','it''s'\n", [][]string{{"x, y", "it's"}}},
		{"apostrophes are no quotes", "a,b\n'tis,x\n'twas,y\n", [][]string{{"'tis", "x"}, {"'twas", "y"}}},
		{"guard", "a,b\n'=1+1,'+49\n''-x,o'=x\n", [][]string{{"=1+1", "+49"}, {"'-x", "o'=x"}}},
		{"mark", "\ufeffa,b\n1,2\n", [][]string{{"1", "2"}}},
		{"header only", "a,b,c\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table := openText(t, c.text, Options{})
			if diff := cmp.Diff(c.want, grid(t, table)); diff != "" {
				t.Errorf("%+v: %s", table, diff)
			}
		})
	}
}

func TestOneBrokenRowAmongManyIsReported(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("id,name,city\n")
	for i := 1; i <= 100_000; i++ {
		if i == 50_000 {
			b.WriteString("50000,\"Acme \"Best\",Paris\n")
			continue
		}
		b.WriteString("1,\"Name, with comma\",\"Köln\"\n")
	}
	table := openText(t, b.String(), Options{})
	good, bad := 0, []Row{}
	for _, row := range readAll(t, table) {
		if row.Fault != nil {
			bad = append(bad, row)
			continue
		}
		good++
	}
	if good+len(bad) != 100_000 || len(bad) > 1 {
		t.Errorf("%d good rows, %d broken", good, len(bad))
	}
}

func TestLimitOfACellIsSaid(t *testing.T) {
	t.Parallel()
	text := "a,b\n1,\"" + strings.Repeat("x\n", 1000) + "\"\n2," + strings.Repeat("y", 3000) + "\n3,z\n"
	table := openText(t, text, Options{MaxCell: 1000})
	want := [][]string{{"!sheet.cell_too_long"}, {"!sheet.cell_too_long"}, {"3", "z"}}
	if diff := cmp.Diff(want, grid(t, table)); diff != "" {
		t.Error(diff)
	}
}

func TestRowNumbersAreThoseOfASpreadsheet(t *testing.T) {
	t.Parallel()
	table := openText(t, "a,b\n\"x\ny\",1\n\nz,2\n", Options{})
	var got [][2]int
	for _, row := range readAll(t, table) {
		got = append(got, [2]int{row.Number, row.Line})
	}
	if diff := cmp.Diff([][2]int{{2, 2}, {4, 5}}, got); diff != "" {
		t.Error(diff)
	}
}
