package sheet

import (
	"io"
	"strings"

	"golang.org/x/text/transform"

	"wellmet/internal/fault"
)

const sniffBytes = 256 << 10

// openDelimited settles encoding and dialect and leaves t.open.
func (t *Table) openDelimited(name string) error {
	cs, err := detectEncoding(t.src, t.opts.Encoding)
	if err != nil {
		return err
	}
	text := func() io.Reader { return decoded(t.src, cs) }
	sample, err := io.ReadAll(io.LimitReader(text(), sniffBytes))
	if err != nil {
		return err
	}
	if binary(sample) {
		return fault.New(fault.Invalid, "sheet.not_a_table", fault.Args{"file": name})
	}
	known, err := t.opts.knownDialect()
	if err != nil {
		return err
	}
	d := sniff(sample, known, t.opts.Separator != 0, t.opts.Quote != 0)
	t.Format, t.Encoding, t.Separator, t.Quote = Delimited, cs.name, rune(d.sep), rune(d.quote)
	if d.quote == 0 {
		t.Quote = NoQuote
	}
	t.open = func() (rower, error) {
		return &delimitedRows{in: newRecords(text(), d, t.opts.MaxCell), unguard: !t.opts.KeepApostrophes}, nil
	}
	return nil
}

// decoded is the file's text in UTF-8 without its mark.
func decoded(src *source, cs charset) io.Reader {
	raw := io.NewSectionReader(src.at, cs.skip, src.size-cs.skip)
	if cs.decoder == nil {
		return raw
	}
	return transform.NewReader(raw, cs.decoder.NewDecoder())
}

// binary is true for pictures and programs: many control characters.
func binary(sample []byte) bool {
	odd, nuls := 0, 0
	for _, b := range sample {
		if b == 0 {
			nuls++
		} else if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			odd++
		}
	}
	return odd*10 > len(sample) || nuls*3 > len(sample)
}

func (o Options) knownDialect() (dialect, error) {
	var d dialect
	if o.Separator != 0 {
		if o.Separator < 0 || o.Separator >= 128 || o.Separator == '\n' || o.Separator == '\r' || o.Separator == '"' {
			return d, fault.New(fault.Invalid, "sheet.bad_separator", fault.Args{"separator": string(o.Separator)})
		}
		d.sep = byte(o.Separator)
	}
	if o.Quote > 0 {
		if o.Quote >= 128 || o.Quote == '\n' || o.Quote == '\r' || o.Quote == o.Separator {
			return d, fault.New(fault.Invalid, "sheet.bad_quote", fault.Args{"quote": string(o.Quote)})
		}
		d.quote = byte(o.Quote)
	}
	return d, nil
}

// delimitedRows numbers the records and takes off the guards.
type delimitedRows struct {
	in      *records
	number  int
	unguard bool
}

func (r *delimitedRows) next() (Row, error) {
	rec, err := r.in.next()
	if err != nil {
		return Row{}, err
	}
	r.number++
	row := Row{Number: r.number, Line: rec.line, Fault: rec.problem, Cells: make([]Cell, len(rec.cells))}
	for i, text := range rec.cells {
		if r.unguard {
			text = unguarded(text)
		}
		if row.Fault != nil {
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		row.Cells[i].Text = text
	}
	return row, nil
}

func (r *delimitedRows) close() error { return nil }
