package sheet

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wellmet/internal/fault"
)

func openSample(t *testing.T, name string, o Options) *Table {
	t.Helper()
	table, err := OpenFile(filepath.Join(sharedData(t, "xlsx"), name), o)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() { table.Close() })
	return table
}

// TestSampleWorkbooksAgreeWithWhatExcelSaved compares texts; numbers differ in
// their display only and are compared elsewhere.
func TestSampleWorkbooksAgreeWithWhatExcelSaved(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sheetjs_rich_text_stress.xlsx", "sheetjs_merge_cells.xlsx"} {
		data, err := os.ReadFile(filepath.Join(sharedData(t, "xlsx"), name+".0.expected.csv"))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(bytes.NewReader(data))
		r.FieldsPerRecord = -1
		saved, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		table := openSample(t, name, Options{Header: NoHeader})
		rows := readAll(t, table)
		for _, row := range rows {
			for i, cell := range row.Cells {
				want := ""
				if i < len(saved[row.Number-1]) {
					want = saved[row.Number-1][i]
				}
				if want != "" && !strings.ContainsRune(want, '\uFFFD') && utf8.ValidString(want) && cell.Text != want {
					t.Errorf("%s row %d column %d: got %q, Excel saved %q", name, row.Number, i, cell.Text, want)
				}
			}
		}
		if len(rows) == 0 {
			t.Errorf("%s: no rows", name)
		}
	}
}

func TestBothDateSystems(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"sheetjs_1900.xlsx", "sheetjs_1904.xlsx"} {
		for _, row := range readAll(t, openSample(t, name, Options{Header: NoHeader})) {
			day, formula := row.Cells[1], row.Cells[2]
			if day.Kind != Day || day.Text != formula.Text {
				t.Errorf("%s row %d: %+v, Excel says %s", name, row.Number, day, formula.Text)
			}
		}
	}
}

func TestNumberFormatsDecideTheKind(t *testing.T) {
	t.Parallel()
	want := []Cell{{"2020-07-23", Day}, {"2020-07-23T09:00:00", Moment}, {"123", Currency}, {"98.76%", Percent}, {"456", Number}, {"7890", Number}}
	var got []Cell
	for _, row := range readAll(t, openSample(t, "sheetjs_DataTypesFormats.xlsx", Options{Header: NoHeader})) {
		got = append(got, row.Cells[1])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for code, want := range map[string]CellKind{
		`yyyy\-mm\-dd;@`: Day, `[$-407]d/ mmm/ yy`: Day, `h:mm AM/PM`: Clock, `[h]:mm:ss`: Clock, `mm:ss.0`: Clock,
		`dd.mm.yyyy hh:mm`: Moment, `#,##0.00 [$€-407]`: Currency, `"£"#,##0`: Currency, `0.0%`: Percent, `General`: Number,
		`0.00E+00`: Number, `#,##0 "days"`: Number, `[Red]0`: Number, `mmm\ yy`: Day, `_-* #,##0.00\ _€_-`: Number,
	} {
		if got := formatKind(code); got != want {
			t.Errorf("%s: kind %d, want %d", code, got, want)
		}
	}
}

func TestSampleCells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file string
		o    Options
		want [][]string
	}{
		{"excelize_OverflowNumericCell.xlsx", Options{Header: NoHeader}, [][]string{{"8595602512225"}}},
		{"sheetjs_number_format_entities.xlsx", Options{Header: NoHeader}, [][]string{{"12345.6789"}, {"12345.6789"}}},
		{"sheetjs_merge_cells.xlsx", Options{Header: NoHeader}, [][]string{
			{"A1:B2", "", "C1:C2", "Separate blocks"}, {"A1:B2", "", "C1:C2", "Separate blocks"},
			{"A3:B3", "", "C3", ""}, {"… are merged separately", "", "", ""}}},
	} {
		got := grid(t, openSample(t, c.file, c.o))
		for _, row := range got {
			if _, rest, ok := strings.Cut(row[0], "are merged"); ok {
				row[0] = "… are merged" + rest
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.file, diff)
		}
	}
	files, _ := filepath.Glob(filepath.Join(sharedData(t, "xlsx"), "*.xlsx"))
	for _, file := range files {
		table, err := OpenFile(file, Options{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		readAll(t, table)
		table.Close()
	}
}

// bookOf is made by another library than ours.
func bookOf(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	fill(f)
	data, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

func TestNamedSheetAndTypedCells(t *testing.T) {
	t.Parallel()
	data := bookOf(t, func(f *excelize.File) {
		f.SetSheetVisible("Sheet1", true)
		f.NewSheet("Deals")
		f.SetSheetRow("Sheet1", "A1", &[]any{"a"})
		f.SetSheetRow("Deals", "A1", &[]any{"Account", "Amount", "Close", "Won"})
		f.SetSheetRow("Deals", "A2", &[]any{"Acme", 0.1 + 0.2, time.Date(2024, 2, 29, 13, 45, 0, 0, time.UTC), true})
		f.SetSheetRow("Deals", "A3", &[]any{nil, 7, nil, false})
		f.MergeCell("Deals", "A2", "A3")
	})
	table, err := Open(bytes.NewReader(data), "really.csv", Options{Sheet: "deals"})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	rows := readAll(t, table)
	want := [][]Cell{
		{{"Acme", Text}, {"0.3", Number}, {"2024-02-29T13:45:00", Moment}, {"true", Bool}},
		{{"Acme", Text}, {"7", Number}, {}, {"false", Bool}},
	}
	if diff := cmp.Diff(want, [][]Cell{rows[0].Cells, rows[1].Cells}); diff != "" || table.Format != Workbook {
		t.Errorf("%s: %s", table.Format, diff)
	}
	_, err = Open(bytes.NewReader(data), "x.xlsx", Options{Sheet: "nope"})
	if f, ok := fault.As(err); !ok || f.Key != "sheet.unknown_sheet" {
		t.Errorf("got %v", err)
	}
}

func TestDamagedWorkbooks(t *testing.T) {
	t.Parallel()
	data := bookOf(t, func(f *excelize.File) {
		for i := 1; i < 300; i++ {
			f.SetCellValue("Sheet1", "A"+itoa(i), strings.Repeat("text ", i%7))
		}
	})
	for cut := 0; cut < len(data); cut += 97 {
		table, err := Open(bytes.NewReader(data[:cut]), "x.xlsx", Options{})
		if err == nil {
			table.Close()
			t.Errorf("a workbook cut at %d opened", cut)
		} else if _, ok := fault.As(err); !ok {
			t.Errorf("cut at %d: %v", cut, err)
		}
	}
}
