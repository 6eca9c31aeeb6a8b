package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// csvWriter writes after RFC 4180: CRLF, quotes doubled.
type csvWriter struct {
	out     *bufio.Writer
	columns []OutColumn
	o       WriteOptions
	special string // what needs quotes
}

func newCSVWriter(w io.Writer, columns []OutColumn, o WriteOptions) (Writer, error) {
	c := &csvWriter{out: bufio.NewWriterSize(w, 64<<10), columns: columns, o: o, special: "\"'\r\n \t" + string(o.Separator)}
	if o.BOM {
		if _, err := c.out.WriteString("\ufeff"); err != nil {
			return nil, err
		}
	}
	header := make([]string, len(columns))
	for i, column := range columns {
		header[i] = guarded(column.Name)
	}
	return c, c.line(header)
}

func (c *csvWriter) Write(cells []any) error {
	texts := make([]string, len(c.columns))
	for i := range texts {
		if i >= len(cells) {
			break
		}
		if !known(cells[i]) {
			return fmt.Errorf("column %q: a %T has no place in a table", c.columns[i].Name, cells[i])
		}
		texts[i] = plainText(cells[i], c.o.Zone)
		if c.columns[i].Text {
			texts[i] = guarded(texts[i])
		}
	}
	return c.line(texts)
}

// line quotes also an empty text that stands alone: a blank line is no row.
func (c *csvWriter) line(texts []string) error {
	for i, text := range texts {
		if i > 0 {
			c.out.WriteRune(c.o.Separator)
		}
		if strings.ContainsAny(text, c.special) || (text == "" && len(texts) == 1) {
			c.out.WriteByte('"')
			c.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
			c.out.WriteByte('"')
			continue
		}
		c.out.WriteString(text)
	}
	_, err := c.out.WriteString("\r\n") // a bufio.Writer keeps the first error
	return err
}

func (c *csvWriter) Close() error { return c.out.Flush() }
