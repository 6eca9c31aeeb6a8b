package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"testing"
)

// bookAround packs a worksheet's XML into a workbook.
func bookAround(t testing.TB, part []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, text := range map[string]string{"_rels/.rels": rootRelsXML, "xl/styles.xml": stylesXML,
		"xl/workbook.xml": bookStartXML + "S" + bookEndXML, "xl/_rels/workbook.xml.rels": bookRelsXML,
		"xl/worksheets/sheet1.xml": string(part)} {
		w, err := archive.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// manyRows are fewer for workbooks, which take ten times as long to unpack.
var manyRows = map[Format]int{Delimited: 500_000, Workbook: 150_000}

// generate streams a file of many rows; nothing of it is ever whole in memory.
func generate(f Format) io.Reader {
	r, w := io.Pipe()
	go func() {
		out, err := NewWriter(w, f, []OutColumn{{Name: "id"}, {Name: "name", Text: true}, {Name: "note", Text: true}}, WriteOptions{})
		for i := 0; err == nil && i < manyRows[f]; i++ {
			err = out.Write([]any{i, fmt.Sprintf("Company %d, Ltd", i), "=note \"quoted\"\nsecond line"})
		}
		if err == nil {
			err = out.Close()
		}
		w.CloseWithError(err)
	}()
	return r
}

// TestMemoryStaysFlat measures the heap while half a million rows go through
// the writer and the reader: it may not grow with the rows.
func TestMemoryStaysFlat(t *testing.T) {
	for _, f := range []Format{Delimited, Workbook} {
		start := liveHeap()
		table, err := Open(generate(f), "big", Options{})
		if err != nil {
			t.Fatal(err)
		}
		rows, peak := 0, uint64(0)
		for {
			row, err := table.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || row.Fault != nil {
				t.Fatal(err, row.Fault)
			}
			if rows++; rows%30_000 == 0 {
				peak = max(peak, liveHeap())
			}
		}
		if rows != manyRows[f] {
			t.Errorf("%s: %d rows", f, rows)
		}
		if grown := int64(peak) - int64(start); grown > 8<<20 {
			t.Errorf("%s: the heap grew by %d KB", f, grown>>10)
		}
		if err := table.Close(); err != nil {
			t.Error(err)
		}
	}
}

// liveHeap is what is still reachable, garbage aside.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestUnpackingBombsAreRefused(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]string{
		"one text": `<worksheet><sheetData><row><c t="inlineStr"><is><t>` + string(bytes.Repeat([]byte("x"), 8<<20)),
		"all":      `<worksheet><sheetData><row>` + string(bytes.Repeat([]byte("<c/>"), 8<<20)),
	} {
		table, err := Open(bytes.NewReader(bookAround(t, []byte(part))), name, Options{MaxBytes: 16 << 20})
		if err == nil {
			for err == nil {
				_, err = table.Next()
			}
			table.Close()
		}
		if errors.Is(err, io.EOF) {
			t.Errorf("%s: read to the end", name)
		}
	}
}
