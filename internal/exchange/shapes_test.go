package exchange_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// Files that are none, or odd ones.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for text, state := range map[string]exchange.State{
			"":                      exchange.Failed,
			"\xef\xbb\xbf":          exchange.Failed,
			"zzz\nzzz\n":            exchange.Failed, // no column fits
			"\x00\x01\x02\x03":      exchange.Failed,
			"PK\x03\x04broken":      exchange.Failed,
			"name\n":                exchange.Done,
			"name\nOne\n\n\nTwo\n":  exchange.Done,
			"name,name\nOne,Two\n":  exchange.Done,
			"name\n\"a\nb\"\nlast":  exchange.Done,
			"name\n\"open\nand on ": exchange.Done,
			"name\n\xff\xfe\n":      exchange.Done,
		} {
			run := bring(t, k, "account", text, exchange.Mapping{})
			if run.State != state || run.State == exchange.Failed && run.Error == "" {
				t.Errorf("%q: %s %q %+v %v", text, run.State, run.Error, run.Counts, run.Errors)
			}
			if run.Created+run.Updated+run.Skipped+run.Failed != run.Rows {
				t.Errorf("%q: %+v", text, run.Counts)
			}
		}
		got := rows(t, k, "account", "name")
		for _, want := range []string{"One", "Two", "a\nb", "last"} {
			if !strings.Contains(strings.Join(got, "|"), want) {
				t.Errorf("%q is missing in %q", want, got)
			}
		}
	})
}

func TestMappingThatDoesNotFit(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		for problem, m := range map[string]exchange.Mapping{
			"nowhere":  {Columns: map[string]string{"name": "nowhere"}},
			"no such":  {Columns: map[string]string{"missing": "name"}},
			"matched":  {Match: "tax_id"},
			"no field": {Match: "nothing"},
		} {
			run := bring(t, k, "account", "name\nAcme\n", m)
			if run.State != exchange.Failed || !strings.Contains(run.Error, problem) || run.Rows != 0 {
				t.Errorf("%s: %s %q", problem, run.State, run.Error)
			}
		}
		if _, err := exchange.ParseMapping([]byte(`{"colums":{}}`)); err == nil {
			t.Error("a misspelt name in the mapping is taken")
		}
	})
}

func book(t *testing.T, cells [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range cells {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	percent, err := f.NewStyle(&excelize.Style{NumFmt: 9})
	if err != nil {
		t.Fatal(err)
	}
	f.SetColStyle("Sheet1", "C", day)
	f.SetCellStyle("Sheet1", "C2", "C3", day)
	f.SetCellStyle("Sheet1", "E2", "E3", percent)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A workbook knows what its cells are; its name does not matter.
func TestWorkbookCells(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Create(t, k.Ada, "account", record.Values{"name": "4711"})
		file := book(t, [][]any{{"name", "account", "close_date", "amount", "probability"}, {"A", 4711, 46000, 1234.5, 0.25}, {"B", "4711", 46001, 7, 1}})
		for i, name := range []string{"a.xlsx", "really.csv"} {
			run := bringAs(t, k, k.Ada, exchange.Request{Object: "deal", Name: name, File: reader(file), Mapping: exchange.Mapping{Match: "name"}})
			counts(t, run, 2-2*i, 0, 2*i, 0)
		}
		same(t, rows(t, k, "deal", "name", "account", "close_date", "amount", "probability"), "A|4711|2025-12-09|1234.50 EUR|25", "B|4711|2025-12-10|7.00 EUR|100")
		run := bringAs(t, k, k.Ada, exchange.Request{Object: "account", Name: "text.xlsx", File: strings.NewReader("name\nPlain\n")})
		counts(t, run, 1, 0, 0, 0)
	})
}

// Headers that fit nothing become fields of the kind their values show.
func TestFieldsAreMade(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var b strings.Builder
		b.WriteString("name,Lucky number,Ratio,Budget,Since,Seen at,Is VIP,Second mail,Colour,Slogan,Größe\n")
		for i := range 60 {
			fmt.Fprintf(&b, "N%02d,%d,%d.5,€%d.00,2020-01-%02d,2020-01-%02d 10:00:00,%s,a%d@x.example,%s,%s %d,%d\n", i, i, i, i, i%28+1, i%28+1,
				[]string{"yes", "no"}[i%2], i, []string{"Red", "Dark blue", "green"}[i%3], strings.Repeat("word ", i%7), i, i)
		}
		run := bring(t, k, "account", b.String(), exchange.Mapping{CreateFields: true})
		counts(t, run, 60, 0, 0, 0)
		k.Read(t, k.Ada, func(s *record.Session) error {
			o, err := s.Object("account")
			if err != nil {
				return err
			}
			for name, kind := range map[string]schema.Kind{"lucky_number": schema.KindInt, "ratio": schema.KindDecimal, "budget": schema.KindMoney, "since": schema.KindDate,
				"seen_at": schema.KindMoment, "is_vip": schema.KindBool, "second_mail": schema.KindEmail, "colour": schema.KindChoice, "slogan": schema.KindText, "grosse": schema.KindInt} {
				f, ok := o.Field(name)
				if !ok || f.Kind != kind {
					t.Errorf("%s: %v, a %s of %d options", name, ok, f.Kind, len(f.Options))
				}
			}
			return nil
		})
		got := rows(t, k, "account", "name", "lucky_number", "ratio", "budget", "since", "is_vip", "colour")
		if got[1] != "N01|1|1.5|1.00 EUR|2020-01-02|false|Dark blue" {
			t.Errorf("%s", got[1])
		}
		again := bring(t, k, "account", b.String(), exchange.Mapping{CreateFields: true, Match: "name"})
		counts(t, again, 0, 0, 60, 0)
		if len(again.Unknown) > 0 {
			t.Errorf("unknown %v", again.Unknown)
		}
	})
}

// pipe makes a long file without holding it.
func pipe(n, broken int) io.Reader {
	r, w := io.Pipe()
	go func() {
		io.WriteString(w, "name,code,price\n")
		for i := range n {
			if i == broken {
				io.WriteString(w, "\"broken \"quote,x,y\n")
				continue
			}
			if _, err := fmt.Fprintf(w, "Product %07d,C%07d,%d.%02d\n", i, i, i%1000, i%100); err != nil {
				return
			}
		}
		w.Close()
	}()
	return r
}

// A hundred thousand rows with a broken one in the middle take no more memory
// than a few, and no more than seconds.
func TestLongFile(t *testing.T) {
	if testing.Short() {
		t.Skip("a long file")
	}
	run := func(t *testing.T, c app.Config) {
		k := apptest.Open(t, c)
		im := k.Workspace.Importer()
		id, err := im.Start(t.Context(), apptest.As(k.Ada), exchange.Request{Object: "product", Name: "a.csv", File: pipe(100_000, 50_000)}, false)
		if err != nil {
			t.Fatal(err)
		}
		var early, late uint64
		if err := im.Go(t.Context(), id, func(c exchange.Counts) {
			switch {
			case c.Rows == 10_000:
				early = heap()
			case c.Rows%10_000 == 0:
				late = max(late, heap())
			}
		}); err != nil {
			t.Fatal(err)
		}
		got, err := im.Get(t.Context(), apptest.As(k.Ada), id)
		if err != nil {
			t.Fatal(err)
		}
		counts(t, got, 99_999, 0, 0, 1)
		t.Logf("%.0f rows/s, heap %d MB after 10,000 rows, %d MB at most later", float64(got.Rows)/got.Seconds, early>>20, late>>20)
		if got.Errors[0].Row != 50_002 || late > early+(16<<20) {
			t.Errorf("row %d, heap %d MB, then %d MB", got.Errors[0].Row, early>>20, late>>20)
		}
	}
	run(t, app.Config{Sync: store.SyncOff})
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}
