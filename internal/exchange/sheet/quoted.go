package sheet

import "bytes"

// quotedCell reads from behind the opening quote. Rules, in this order:
//
//   - a doubled quote is one quote;
//   - a quote before a separator, the end of the line or of the file closes the
//     cell (blanks between are dropped);
//   - a quote that looks like the opening of another cell, inside a cell that
//     already spans lines, means that our own quote was never closed: the
//     record is broken and only its first line is given up;
//   - any other quote is lone and kept as it stands ("say "hi" to me"). If the
//     cell then does not close on its line, spreadsheets' rule is taken
//     instead: the first lone quote closed it, the rest follows bare.
func (d dialect) quotedCell(data []byte, at int, last bool) (string, int, cutState) {
	q := d.quote
	var text []byte
	lone := -1 // where the first lone quote stands
	spans := false
	from := at
	for {
		i := bytes.IndexByte(data[from:], q)
		if i < 0 {
			return d.unclosed(data, at, lone, last)
		}
		i += from
		piece := data[from:i]
		if bytes.IndexByte(piece, d.newline()) >= 0 {
			if lone >= 0 {
				return d.closeEarly(data, at, lone, last)
			}
			spans = true
		}
		text = append(text, piece...)
		if i+1 < len(data) && data[i+1] == q {
			// After a lone quote, "" at the end of a cell is one more and the closing one.
			second := cutOpen
			if lone >= 0 {
				second = d.closes(data, i+1, last)
			}
			switch second {
			case cutMore:
				return "", 0, cutMore
			case cutOpen:
				text, from = append(text, q), i+2
				continue
			}
		}
		switch d.closes(data, i, last) {
		case cutMore:
			return "", 0, cutMore
		case cutWhole:
			return string(text), d.afterQuote(data, i), cutWhole
		}
		if spans && d.looksOpening(data, i) {
			return "", 0, cutOpen
		}
		if lone < 0 {
			lone = i
		}
		text, from = append(text, q), i+1
	}
}

// closes says whether the quote at i ends its cell; cutOpen means no.
func (d dialect) closes(data []byte, i int, last bool) cutState {
	next := d.afterQuote(data, i)
	switch {
	case next < len(data) && (data[next] == d.sep || data[next] == d.newline()):
		return cutWhole
	case next < len(data):
		return cutOpen
	case last:
		return cutWhole
	}
	return cutMore
}

// afterQuote steps over the blanks and the CR behind a closing quote.
func (d dialect) afterQuote(data []byte, i int) int {
	i++
	for i < len(data) && (data[i] == ' ' || (data[i] == '\r' && !d.bareCR)) {
		i++
	}
	return i
}

func (d dialect) looksOpening(data []byte, i int) bool {
	before := data[i-1]
	return before == d.sep || before == d.newline()
}

// unclosed: no further quote in the bytes at hand.
func (d dialect) unclosed(data []byte, at, lone int, last bool) (string, int, cutState) {
	if lone >= 0 && (last || d.lineEnd(data[lone:]) >= 0) {
		return d.closeEarly(data, at, lone, last)
	}
	if last {
		return "", 0, cutOpen
	}
	return "", 0, cutMore
}

// closeEarly takes the first lone quote as the closing one.
func (d dialect) closeEarly(data []byte, at, lone int, last bool) (string, int, cutState) {
	rest, next, state := d.bareCell(data, lone+1, last)
	if state != cutWhole {
		return "", 0, state
	}
	text := bytes.ReplaceAll(data[at:lone], []byte{d.quote, d.quote}, []byte{d.quote})
	return string(text) + rest, next, cutWhole
}
