package exchange

import (
	"context"
	"errors"
	"hash/fnv"
	"io"
	"math"
	"strings"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/i18n"
)

// keySet remembers texts by the hash of their folded form, eight bytes each,
// and how often they came (up to two).
type keySet map[uint64]uint8

// maxKeys bounds a keySet; a longer file is no longer checked as a whole.
const maxKeys = 500_000

func keyHash(text string) uint64 {
	h := fnv.New64a()
	io.WriteString(h, i18n.Fold(strings.TrimSpace(text))) // a hash does not fail
	return h.Sum64()
}

func (k keySet) has(text string) bool { return k[keyHash(text)] > 0 }

func (k keySet) add(text string) {
	if h := keyHash(text); len(k) < maxKeys || k[h] > 0 {
		k[h] = min(k[h]+1, 2)
	}
}

// lookAhead reads the file once for links to the imported object itself, so
// that a row whose link can be found nowhere fails at once instead of coming in
// without it.
func (w *worker) lookAhead(ctx context.Context, run *Run, hash string) error {
	for _, l := range w.lookups {
		if l.target != w.layout.object || l.create {
			continue
		}
		c := w.layout.columnOf(l.key)
		if c == nil {
			continue
		}
		keys, err := w.columnKeys(ctx, c, run.Name, hash)
		if err != nil {
			return err
		}
		l.ahead = keys
	}
	return nil
}

// columnKeys are the texts of a column over the whole file.
func (w *worker) columnKeys(ctx context.Context, c *column, name, hash string) (keySet, error) {
	table, err := w.im.open(ctx, hash, name, w.mapping.sheetOptions())
	if err != nil {
		return nil, err
	}
	defer table.Close()
	keys, err := keysOf(table.Table, math.MaxInt, []column{*c})
	return keys[0], err
}

// keysOf are the texts of columns, each nil where the file has more rows or
// keys than are remembered.
func keysOf(table *sheet.Table, rows int, columns []column) ([]keySet, error) {
	keys := make([]keySet, len(columns))
	for i := range keys {
		keys[i] = keySet{}
	}
	for n := 0; ; n++ {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return keys, nil
		}
		if err != nil || n >= rows {
			return make([]keySet, len(columns)), err
		}
		for i, c := range columns {
			if row.Fault == nil && keys[i] != nil {
				keys[i].add(c.cell(row))
			}
			if len(keys[i]) >= maxKeys {
				keys[i] = nil
			}
		}
	}
}
