package sheet

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/shopspring/decimal"
)

// jsonWriter writes one object a line, its members in the order of the columns.
// Empty cells are left out.
type jsonWriter struct {
	out   *bufio.Writer
	names [][]byte
	zone  *time.Location
}

func newJSONWriter(w io.Writer, columns []OutColumn, o WriteOptions) (Writer, error) {
	j := &jsonWriter{out: bufio.NewWriterSize(w, 64<<10), zone: o.Zone}
	for _, column := range columns {
		name, err := plainJSON(column.Name)
		if err != nil {
			return nil, err
		}
		j.names = append(j.names, append(name, ':'))
	}
	return j, nil
}

func (j *jsonWriter) Write(cells []any) error {
	j.out.WriteByte('{')
	first := true
	for i, cell := range cells[:min(len(cells), len(j.names))] {
		if cell == nil {
			continue
		}
		switch v := cell.(type) {
		case decimal.Decimal:
			cell = json.Number(v.String())
		case time.Time:
			cell = plainText(v, j.zone)
		}
		data, err := plainJSON(cell)
		if err != nil {
			return fmt.Errorf("column %s %w", j.names[i], err)
		}
		if !first {
			j.out.WriteByte(',')
		}
		first = false
		j.out.Write(j.names[i])
		j.out.Write(data)
	}
	_, err := j.out.WriteString("}\n")
	return err
}

func (j *jsonWriter) Close() error { return j.out.Flush() }

// plainJSON leaves < > & as they are: this is a file, not a page.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
