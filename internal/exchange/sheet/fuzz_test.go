package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/fault"
)

// FuzzCSV reads anything: never a panic, never an error that is not a fault,
// never a row of the wrong width, the same rows however the bytes arrive, and
// what encoding/csv reads strictly we read alike.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{"a,b\n1,2\n", "a;b\r\n\"x\"\"y\";2", "a\tb\r1\t2\r", "\xff\xfea\x00,\x00b\x00", "a,b\n\"open,1\n\"x\",2\n",
		"a, \"b\"\n1, \"x\ny\"\n", "'=1,\"say \"hi\"\"\n", "\x00\x00a,b\n", "a,b\n\"x\"y,\"z\"\"\n", "PK\x03\x04"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		first := fuzzRead(t, bytes.NewReader(data))
		second := fuzzRead(t, iotest.OneByteReader(bytes.NewReader(data)))
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("differs with slow bytes: %s", diff)
		}
		cuts(t, data)
	})
}

func fuzzRead(t *testing.T, r io.Reader) [][]string {
	table, err := Open(r, "fuzz", Options{MaxCell: 4096})
	if err != nil {
		if _, ok := fault.As(err); !ok {
			t.Errorf("not a fault: %v", err)
		}
		return nil
	}
	defer table.Close()
	var rows [][]string
	last := 0
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if _, ok := fault.As(err); err != nil {
			if !ok {
				t.Errorf("not a fault: %v", err)
			}
			return rows
		}
		if row.Number <= last || (row.Fault == nil && len(row.Cells) != len(table.Columns)) {
			t.Errorf("row %d after %d with %d cells of %d", row.Number, last, len(row.Cells), len(table.Columns))
		}
		last = row.Number
		rows = append(rows, texts(row))
	}
}

// cuts compares the cutter with the standard library where that one is content.
func cuts(t *testing.T, data []byte) {
	if bytes.ContainsAny(data, "\x00\r") || !bytes.Contains(data, []byte("\n")) {
		return
	}
	strict := csv.NewReader(bytes.NewReader(data))
	strict.FieldsPerRecord = -1
	want, err := strict.ReadAll()
	if err != nil {
		return
	}
	in := newRecords(bytes.NewReader(data), dialect{sep: ',', quote: '"'}, 1<<20)
	var got [][]string
	for {
		rec, err := in.next()
		if err != nil {
			break
		}
		if len(rec.cells) == 1 && rec.cells[0] == "" && !strings.Contains(string(data), `""`) {
			continue // the library leaves blank lines out
		}
		got = append(got, rec.cells)
	}
	if diff := cmp.Diff(want, got); diff != "" && !bytes.Contains(data, []byte(`""`)) {
		t.Errorf("the standard library reads otherwise: %s", diff)
	}
}

// FuzzRecords holds the cutter to one law: every byte of the input belongs to
// exactly one record, whatever the dialect.
func FuzzRecords(f *testing.F) {
	f.Add([]byte("a,\"b\"\n\"c\n"), byte(','), byte('"'), false, true)
	f.Add([]byte("x;'y''z'\r1;2\r"), byte(';'), byte('\''), true, false)
	f.Fuzz(func(t *testing.T, data []byte, sep, quote byte, bareCR, skipSpace bool) {
		if sep == quote || sep == '\n' || sep == '\r' || quote == '\n' || quote == '\r' || sep == ' ' || quote == ' ' || sep == 0 {
			t.Skip("no dialect")
		}
		d := dialect{sep: sep, quote: quote, bareCR: bareCR, skipSpace: skipSpace}
		in := newRecords(bytes.NewReader(data), d, 1000)
		lines := 0
		for {
			rec, err := in.next()
			if err != nil {
				break
			}
			if rec.line <= lines {
				t.Fatalf("line %d after %d", rec.line, lines)
			}
			lines = rec.line
		}
		if in.r != in.w || !in.eof {
			t.Error("bytes were left over")
		}
	})
}

// FuzzWorkbook reads damaged sheets.
func FuzzWorkbook(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`))
	f.Add([]byte(`<sheetData><row r="0"><c r="ZZZZ1" s="9" t="s"><v>7</v></c></row>`))
	f.Fuzz(func(t *testing.T, part []byte) {
		fuzzRead(t, bytes.NewReader(bookAround(t, part)))
	})
}
