package sheet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/fault"
)

func TestHeaderLinesOfOtherPrograms(t *testing.T) {
	t.Parallel()
	dir := sharedData(t, "crm-export-headers")
	data, err := os.ReadFile(filepath.Join(dir, "headers.json"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []struct {
		System, Object string
		Header         []string
	}
	if err := json.Unmarshal(data, &entries); err != nil {
		t.Fatal(err)
	}
	if len(entries) != 65 {
		t.Fatalf("%d entries", len(entries))
	}
	for _, e := range entries {
		var line strings.Builder
		for i, name := range e.Header {
			if i > 0 {
				line.WriteByte(',')
			}
			line.WriteString(`"` + strings.ReplaceAll(name, `"`, `""`) + `"`)
		}
		for _, text := range []string{line.String(), strings.Join(e.Header, ";") + "\r\n", strings.Join(e.Header, "\t") + "\n"} {
			table := openText(t, text, Options{})
			var titles []string
			for _, c := range table.Columns {
				titles = append(titles, c.Title)
			}
			if diff := cmp.Diff(e.Header, titles); diff != "" || table.HeaderRow != 1 {
				t.Errorf("%s %s: header %d: %s", e.System, e.Object, table.HeaderRow, diff)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.csv"))
	if err != nil || len(files) < 65 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		table, err := OpenFile(file, Options{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if table.HeaderRow != 1 || len(table.Columns) < 7 {
			t.Errorf("%s: header %d, %d columns", file, table.HeaderRow, len(table.Columns))
		}
		table.Close()
	}
}

func TestFindingTheHeader(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		row        int
		columns    []string
	}{
		{"preamble", "Notes:\n\"When exporting, some may be missing\"\n\nFirst Name,Last Name,URL,Email Address\nAnn,Lee,https://a.b,a@b.co\n",
			4, []string{"First Name", "Last Name", "URL", "Email Address"}},
		{"no header", "1,Ann,a@b.co\n2,Bob,b@b.co\n", 0, []string{"Column 1", "Column 2", "Column 3"}},
		{"years as header", "Name,2023,2024\nAcme,100,200\nBeta,50,70\n", 1, []string{"Name", "2023", "2024"}},
		{"repeated and blank", "Name,Related to,,Related to,name\na,b,c,d,e\n", 1,
			[]string{"Name", "Related to", "Column 3", "Related to 2", "name 2"}},
		{"all text", "Name,City\nAnn,Paris\n", 1, []string{"Name", "City"}},
		{"blank lines first", "\n\nName,City\nAnn,Paris\n", 3, []string{"Name", "City"}},
		{"header in Chinese", "姓名,电话,金额\n王伟,13800138000,12.5\n", 1, []string{"姓名", "电话", "金额"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table := openText(t, c.text, Options{})
			if diff := cmp.Diff(c.columns, names(table)); diff != "" || table.HeaderRow != c.row {
				t.Errorf("header row %d: %s", table.HeaderRow, diff)
			}
		})
	}
}

func TestRepeatedHeadersAreNoted(t *testing.T) {
	t.Parallel()
	table := openText(t, "a,a,\n1,2,3\n", Options{})
	var got []string
	for _, n := range table.Notes {
		got = append(got, n.Path+" "+n.Key)
	}
	if diff := cmp.Diff([]string{"a 2 sheet.repeated_header", "Column 3 sheet.blank_header"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOptionsOverrule(t *testing.T) {
	t.Parallel()
	table := openText(t, "x^y\n1^2\n3^4\n", Options{Separator: '^', Header: 2})
	if diff := cmp.Diff([]string{"1", "2"}, names(table)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([][]string{{"3", "4"}}, grid(t, table)); diff != "" {
		t.Error(diff)
	}
	table = openText(t, "name;text\n'=1;\"q\"\n", Options{Header: NoHeader, Quote: NoQuote, KeepApostrophes: true})
	if diff := cmp.Diff([][]string{{"name", "text"}, {"'=1", `"q"`}}, grid(t, table)); diff != "" {
		t.Error(diff)
	}
}

func TestRefusedFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text, key string
		o               Options
	}{
		{"0 bytes", "", "sheet.empty_file", Options{}},
		{"only blanks", "\n\n \n", "sheet.empty_file", Options{}},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x01\x02\x03\x04\x05\x06\x07", "sheet.not_a_table", Options{}},
		{"old Excel", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "sheet.old_excel", Options{}},
		{"cut archive", "PK\x03\x04 and no more", "sheet.broken_workbook", Options{}},
		{"unknown encoding", "a,b\n", "sheet.unknown_encoding", Options{Encoding: "ebcdic-9"}},
		{"wide separator", "a,b\n", "sheet.bad_separator", Options{Separator: '，'}},
		{"header behind the end", "a,b\n", "sheet.no_header", Options{Header: 9}},
		{"too many columns", strings.Repeat("a,", 50) + "\n", "sheet.too_many_columns", Options{MaxColumns: 20}},
		{"too long", strings.Repeat("a,b\n", 50), "sheet.file_too_large", Options{MaxBytes: 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(strings.NewReader(c.text), "x.csv", c.o)
			if f, ok := fault.As(err); !ok || f.Key != c.key {
				t.Errorf("got %v, want %s", err, c.key)
			}
		})
	}
}
