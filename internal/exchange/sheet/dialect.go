package sheet

import (
	"bytes"
	"strings"
)

// dialect is how a delimited file writes its cells.
type dialect struct {
	sep       byte
	quote     byte // 0: no character quotes
	bareCR    bool // lines end with CR alone, as on old Macs
	skipSpace bool // a quote may follow blanks: a, "b"
}

var (
	separators = []byte{',', ';', '\t', '|'}
	quotes     = []byte{'"', '\'', 0}
)

const sniffRecords = 300

// sniff tries every separator and quote on the start of the file and takes the
// pair that gives the most regular table with the cleanest cells; the earlier
// of equals wins. Known values are kept.
func sniff(sample []byte, known dialect, sepKnown, quoteKnown bool) dialect {
	base := known
	base.bareCR = bytes.IndexByte(sample, '\r') >= 0 && bytes.IndexByte(sample, '\n') < 0
	seps, quoteSet := separators, quotes
	if sepKnown {
		seps = []byte{known.sep}
	}
	if quoteKnown {
		quoteSet = []byte{known.quote}
	}
	best, bestScore := dialect{sep: seps[0], quote: quoteSet[0], bareCR: base.bareCR}, 0.0
	for _, q := range quoteSet {
		if q == '\'' && !opensCells(sample, q, seps) {
			continue
		}
		for _, sep := range seps {
			d := dialect{sep: sep, quote: q, bareCR: base.bareCR}
			d.skipSpace = spacedQuotes(sample, d)
			if score := d.score(sample); score > bestScore+1e-9 {
				best, bestScore = d, score
			}
		}
	}
	return best
}

// opensCells asks whether the quote stands at the start of a cell often enough
// to be one: an apostrophe does in 'tis and in our own guarded cells.
func opensCells(sample []byte, quote byte, seps []byte) bool {
	opening, closing := 0, 0
	for _, sep := range append([]byte{'\n'}, seps...) {
		opening += bytes.Count(sample, []byte{sep, quote})
		closing += bytes.Count(sample, []byte{quote, sep})
	}
	return opening > 1 && opening < closing*2 && closing < opening*2
}

func spacedQuotes(sample []byte, d dialect) bool {
	if d.quote == 0 || d.sep == '\t' {
		return false
	}
	tight := bytes.Count(sample, []byte{d.sep, d.quote})
	return bytes.Count(sample, []byte{d.sep, ' ', d.quote}) > tight
}

// score is regularity × width × cleanness, after van den Burg's measure: rows
// of one length, more than one cell, and cells without stray separators.
func (d dialect) score(sample []byte) float64 {
	lengths := map[int]int{}
	clean, cells, rows, broken, first := 0, 0, 0, 0, 0
	p := newRecords(bytes.NewReader(sample), d, 1<<20)
	for rows < sniffRecords {
		rec, err := p.next()
		if err != nil {
			break
		}
		if rec.blank() {
			continue
		}
		if rows++; rows == 1 {
			first = len(rec.cells)
		}
		if rec.problem != nil {
			broken++
		}
		lengths[len(rec.cells)]++
		for _, cell := range rec.cells {
			cells++
			if d.cleanCell(cell) {
				clean++
			}
		}
	}
	if rows == 0 {
		return 0
	}
	mode, count := commonest(lengths)
	regular := float64(count) / float64(rows)
	width := max(float64(mode-1)/float64(mode), 0.001)
	fit := 1 - 0.9*float64(broken)/float64(rows)
	if first != mode {
		fit *= 0.6 // the header should be as wide as the rows
	}
	if d.quote == 0 {
		fit *= 0.5 // a few open quotes are damage, not a file without quotes
	}
	return regular * regular * width * fit * float64(clean) / float64(cells)
}

func commonest(lengths map[int]int) (mode, count int) {
	for length, n := range lengths {
		if n > count || (n == count && length > mode) {
			mode, count = length, n
		}
	}
	return mode, count
}

// cleanCell is false for a cell that another separator or quote would split.
func (d dialect) cleanCell(cell string) bool {
	if strings.HasPrefix(cell, `"`) || strings.HasSuffix(cell, `"`) {
		return false
	}
	for _, sep := range separators {
		if sep == d.sep {
			continue
		}
		if i := strings.IndexByte(cell, sep); i >= 0 && (sep != ',' || !commaOfText(cell[i+1:])) {
			return false
		}
	}
	return true
}

// commaOfText is a comma in prose or in a number: 1,5.
func commaOfText(after string) bool {
	return after != "" && (after[0] == ' ' || (after[0] >= '0' && after[0] <= '9'))
}
