package record

import (
	"context"
	"slices"
	"strings"
	"sync"

	"wellmet/internal/schema"
)

// indexBook remembers which indexes are there and valid, since a hint at one
// that is not would be an error, and the secret that signs cursors.
//
// Indexes are made and dropped under a running program: making one ends with
// forget, dropping one goes with a new version of the schema, which empties
// the book as well.
type indexBook struct {
	mu      sync.Mutex
	version int64
	tables  map[string]map[string]bool
	secret  []byte
}

// has reports whether the table has a valid index of that name.
func (b *indexBook) has(ctx context.Context, s *Session, table, name string) bool {
	b.mu.Lock()
	if b.tables == nil || b.version != s.state.schema.Version {
		b.tables, b.version = map[string]map[string]bool{}, s.state.schema.Version
	}
	known, ok := b.tables[table]
	b.mu.Unlock()
	if !ok {
		known = b.load(ctx, s, table)
	}
	return known[name]
}

// load asks the database. When it fails the transaction is broken anyway; the
// query that comes next says so.
func (b *indexBook) load(ctx context.Context, s *Session, table string) map[string]bool {
	names, err := s.tx.TableIndexes(ctx, table)
	if err != nil {
		return nil
	}
	known := make(map[string]bool, len(names[table]))
	for _, name := range names[table] {
		known[name] = true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.tables != nil && b.version == s.state.schema.Version && !s.tx.Writing() { // nil: forgotten while this was read
		b.tables[table] = known
	}
	return known
}

// forget makes the next query look again; for whoever made an index.
func (b *indexBook) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tables = nil
}

// served is an index that gives a listing its order: fields of it that the
// filter pins to one value come first, then the sort keys.
type served struct {
	sortFirst, ownerFirst string // database names, "" where there is none
	pinned                []*schema.FieldDef
	reversed              bool // read from its end
}

// serving finds the index with the most pinned fields in front whose rest is
// the sort. It looks at the schema only, so that the order of ids, and with it
// a cursor, does not depend on which index happens to be valid.
func serving(o *schema.Object, pinned map[string]bool, keys []sortKey) (best served, found bool) {
	if len(keys) == 0 && o.HasOwner() { // newest first: the ids themselves, and the index of owners
		best, found = served{ownerFirst: o.Table + "_owner"}, true
	}
	for _, x := range o.Indexes {
		if !x.Served {
			continue
		}
		of, reversed, ok := serves(o, x, pinned, keys)
		if !ok || found && len(of) <= len(best.pinned) {
			continue
		}
		best, found = served{pinned: of, reversed: reversed}, true
		best.sortFirst, best.ownerFirst = o.IndexName(x)
		if !o.HasOwner() {
			best.ownerFirst = ""
		}
	}
	return best, found
}

func serves(o *schema.Object, x schema.Index, pinned map[string]bool, keys []sortKey) (of []*schema.FieldDef, reversed, ok bool) {
	n := len(x.Fields) - len(keys)
	if n < 0 {
		return nil, false, false
	}
	for i, name := range x.Fields {
		down := name[0] == '-'
		if down {
			name = name[1:]
		}
		f, known := o.Field(name)
		switch {
		case !known:
			return nil, false, false
		case i < n && !pinned[name]:
			return nil, false, false
		case i < n:
			of = append(of, f)
		case keys[i-n].field != f || keys[i-n].column == "":
			return nil, false, false
		case i == n:
			reversed = keys[0].down != down
		case keys[i-n].down != down != reversed:
			return nil, false, false
		}
	}
	return of, reversed, true
}

// covering finds the served index that begins with the most pinned fields, for
// counts, which need no order.
func covering(o *schema.Object, pinned map[string]bool) (best served, found bool) {
	if o.HasOwner() {
		best, found = served{ownerFirst: o.Table + "_owner"}, true
	}
	for _, x := range o.Indexes {
		if !x.Served || x.Unique {
			continue
		}
		var of []*schema.FieldDef
		for _, name := range x.Fields {
			f, ok := o.Field(name)
			if !ok || !pinned[name] {
				break
			}
			of = append(of, f)
		}
		if len(of) == 0 || found && len(of) <= len(best.pinned) {
			continue
		}
		best, found = served{pinned: of}, true
		best.sortFirst, best.ownerFirst = o.IndexName(x)
	}
	return best, found
}

// leads reports whether an index begins with the field.
func leads(o *schema.Object, name string) bool {
	f, ok := o.Field(name)
	return ok && (f.IsLink() || f.Unique || slices.ContainsFunc(o.Indexes, func(x schema.Index) bool {
		return len(x.Fields) > 0 && strings.TrimPrefix(x.Fields[0], "-") == name
	}))
}
