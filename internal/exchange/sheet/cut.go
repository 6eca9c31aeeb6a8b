package sheet

import (
	"bytes"
	"strings"
)

// cutState says how cutting the first record off some bytes went.
type cutState uint8

const (
	cutWhole cutState = iota // a whole record
	cutMore                  // the record goes on behind the bytes at hand
	cutOpen                  // a quote that opens a cell never closes
)

// cut takes the first record off data; last says that nothing follows. It is a
// pure function of its bytes, called again with more of them on cutMore.
func (d dialect) cut(data []byte, last bool) (record, int, cutState) {
	if end := d.lineEnd(data); end >= 0 || last {
		if end < 0 {
			end = len(data)
		}
		line := data[:end]
		if d.quote == 0 || bytes.IndexByte(line, d.quote) < 0 {
			return record{cells: d.split(line)}, min(end+1, len(data)), cutWhole
		}
	} else if d.quote == 0 || bytes.IndexByte(data, d.quote) < 0 {
		return record{}, 0, cutMore
	}
	return d.cutQuoted(data, last)
}

// split is the fast way: most lines hold no quote.
func (d dialect) split(line []byte) []string {
	text := d.trimCR(string(line))
	cells := make([]string, 0, strings.Count(text, string(d.sep))+1)
	for {
		i := strings.IndexByte(text, d.sep)
		if i < 0 {
			return append(cells, text)
		}
		cells, text = append(cells, text[:i]), text[i+1:]
	}
}

// trimCR drops the CR of CRLF, also those doubled by a careless transfer.
func (d dialect) trimCR(text string) string {
	if d.bareCR {
		return text
	}
	return strings.TrimRight(text, "\r")
}

func (d dialect) newline() byte {
	if d.bareCR {
		return '\r'
	}
	return '\n'
}

func (d dialect) lineEnd(data []byte) int { return bytes.IndexByte(data, d.newline()) }

func (d dialect) lines(data []byte) int { return bytes.Count(data, []byte{d.newline()}) }

// cutQuoted walks cell by cell.
func (d dialect) cutQuoted(data []byte, last bool) (record, int, cutState) {
	var cells []string
	at := 0
	for {
		start := d.quoteAt(data, at)
		var text string
		var next int
		var state cutState
		if start < 0 {
			text, next, state = d.bareCell(data, at, last)
		} else {
			text, next, state = d.quotedCell(data, start+1, last)
		}
		if state != cutWhole {
			return record{}, 0, state
		}
		cells = append(cells, text)
		switch {
		case next >= len(data):
			return record{cells: cells}, len(data), cutWhole
		case data[next] == d.sep:
			at = next + 1
		default: // the end of the line
			return record{cells: cells}, next + 1, cutWhole
		}
	}
}

// quoteAt is where the cell that begins at i opens its quote, or -1.
func (d dialect) quoteAt(data []byte, i int) int {
	for d.skipSpace && i < len(data) && data[i] == ' ' {
		i++
	}
	if i < len(data) && data[i] == d.quote {
		return i
	}
	return -1
}

// bareCell ends at the separator or the end of the line; quotes inside it are
// ordinary characters (5" pipe).
func (d dialect) bareCell(data []byte, at int, last bool) (string, int, cutState) {
	for i := at; i < len(data); i++ {
		if data[i] == d.sep {
			return string(data[at:i]), i, cutWhole
		}
		if data[i] == d.newline() {
			return d.trimCR(string(data[at:i])), i, cutWhole
		}
	}
	if !last {
		return "", 0, cutMore
	}
	return d.trimCR(string(data[at:])), len(data), cutWhole
}
