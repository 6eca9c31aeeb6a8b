package sheet

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func itoa(i int) string { return strconv.Itoa(i) }

// written is the file of one text column beside a row number.
func written(t testing.TB, f Format, texts []string, o WriteOptions) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, f, []OutColumn{{Name: "n"}, {Name: "text", Text: true}}, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		if err := w.Write([]any{i, text}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func reread(t testing.TB, data []byte, o Options) []string {
	t.Helper()
	table, err := Open(bytes.NewReader(data), "x", o)
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	var texts []string
	for i, row := range readAll(t, table) {
		if row.Fault != nil || row.Cells[0].Text != itoa(i) {
			t.Fatalf("row %d: %+v", i, row)
		}
		texts = append(texts, row.Cells[1].Text)
	}
	return texts
}

func naughty(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedData(t, "blns"), "blns.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 515 {
		t.Fatalf("%d strings, %v", len(list), err)
	}
	return append(list, "'=1", "''+x", "'", "'plain", "=1+1", "\tx", "\rx", "\nx", " x ", "_x0041_", "_x005F_x0041_", "\x01\x1f\ufffe",
		"a\r\nb\rc\n", "@SUM(A1)", "-5", "+49 30 1", "＝1+1", "ends with \"", "\"", "\"\"", ",", ";", "\\\"")
}

func TestNaughtyStringsRoundTrip(t *testing.T) {
	t.Parallel()
	list := naughty(t)
	for _, c := range []struct {
		f Format
		o WriteOptions
	}{{Delimited, WriteOptions{}}, {Delimited, WriteOptions{Separator: ';', BOM: true}}, {Delimited, WriteOptions{Separator: '\t'}}, {Workbook, WriteOptions{}}} {
		got := reread(t, written(t, c.f, list, c.o), Options{})
		if diff := cmp.Diff(list, got); diff != "" {
			t.Errorf("%s %q: %s", c.f, c.o.Separator, diff)
		}
	}
	lines := bytes.Split(bytes.TrimSpace(written(t, JSONLines, list, WriteOptions{})), []byte("\n"))
	for i, line := range lines {
		var object struct{ Text string }
		if err := json.Unmarshal(line, &object); err != nil || object.Text != list[i] {
			t.Errorf("%s: %v, want %q", line, err, list[i])
		}
	}
}

func TestAnyTextRoundTrips(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`['=+\-@\t\r\n",;_x0-9A-F]{0,12}`)).Draw(r, "text")
		text = strings.ReplaceAll(text, "\x00", "")
		for _, f := range []Format{Delimited, Workbook} {
			if got := reread(t, written(t, f, []string{"first", text}, WriteOptions{}), Options{}); got[1] != text {
				r.Fatalf("%s: %q came back as %q", f, text, got[1])
			}
		}
	})
}

func TestNoCellOfACSVFileStartsAFormula(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(string(written(t, Delimited, naughty(t), WriteOptions{})), "\r\n")[1:] {
		_, cell, ok := strings.Cut(line, ",")
		if cell = strings.TrimPrefix(cell, `"`); ok && cell != "" && strings.Contains("=+-@\t\r", cell[:1]) && !strings.HasPrefix(line, "\"") {
			if _, err := strconv.Atoi(strings.SplitN(line, ",", 2)[0]); err == nil {
				t.Errorf("a spreadsheet would run %q", line)
			}
		}
	}
}

func TestOtherLibraryReadsOurWorkbook(t *testing.T) {
	t.Parallel()
	moment := time.Date(2024, 2, 29, 23, 30, 15, 0, time.UTC)
	day, _ := value.ParseDate("1999-12-31")
	old, _ := value.ParseDate("1850-01-02")
	var out bytes.Buffer
	zone := time.FixedZone("x", 3600)
	w, err := NewWriter(&out, Workbook, []OutColumn{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}, {Name: "f"}},
		WriteOptions{Sheet: "Won/Lost & more", Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	big := decimal.RequireFromString("12345678901234567.89")
	if err := w.Write([]any{int64(42), decimal.RequireFromString("-0.10"), day, moment, true, "x < y"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write([]any{int64(1234567890123456789), big, old, nil, false, value.Money{Minor: 1250, Currency: "EUR"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("WonLost & more")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"a", "b", "c", "d", "e", "f"},
		{"42", "-0.1", "1999-12-31", "2024-03-01 00:30:15", "TRUE", "x < y"},
		{"1234567890123456789", "12345678901234567.89", "1850-01-02", "", "FALSE", "12.50 EUR"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	table, err := Open(bytes.NewReader(out.Bytes()), "x", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if diff := cmp.Diff([]Cell{{"42", Number}, {"-0.1", Number}, {"1999-12-31", Day}, {"2024-03-01T00:30:15", Moment}, {"true", Bool}, {"x < y", Text}},
		readAll(t, table)[0].Cells); diff != "" {
		t.Error(diff)
	}
}

func TestWritersRefuseWhatTheyCannotHold(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(&bytes.Buffer{}, Workbook, []OutColumn{{Name: "a"}}, WriteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write([]any{strings.Repeat("x", bookCellLimit+1)}); !fault.Is(err, fault.TooLarge) {
		t.Errorf("a text over the limit: %v", err)
	}
	if err := w.Write([]any{struct{}{}}); err == nil {
		t.Error("a struct was written")
	}
	if _, err := NewWriter(&bytes.Buffer{}, 9, nil, WriteOptions{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown format: %v", err)
	}
}
