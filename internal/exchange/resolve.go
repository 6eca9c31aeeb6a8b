package exchange

import (
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// lookup finds records of one object by one field. It remembers what it has
// found over the whole import; what a chunk finds or makes is kept only when
// the chunk is committed.
type lookup struct {
	target *schema.Object
	key    *schema.FieldDef
	create bool
	known  map[string]found // by folded text
	fresh  map[string]found // of the running chunk
	made   []string         // by the running chunk, folded
	// rehearsed are the records that a dry run has made and taken back.
	rehearsed map[string]bool
	// rehearsedNames are the keys of the rows that a dry run has taken back.
	rehearsedNames keySet
	// ahead tells which keys stand somewhere in the file, for links to the
	// imported object itself; nil when that is not known.
	ahead keySet
}

type found struct {
	id   value.ID
	many bool // the text fits several records
}

// maxKnown bounds what a lookup remembers; an import with more distinct keys
// asks again.
const maxKnown = 200_000

// lookups are those of an import, by object and field.
type lookups map[string]*lookup

func (l *layout) lookups() lookups {
	all := lookups{}
	for _, c := range l.columns {
		if c.key == nil {
			continue
		}
		name := lookupName(c)
		if all[name] == nil {
			all[name] = &lookup{target: c.target, key: c.key, known: map[string]found{}, fresh: map[string]found{}}
		}
		all[name].create = all[name].create || c.create
	}
	return all
}

func lookupName(c column) string { return c.target.Name + "." + c.key.Name }

// begin forgets what an earlier try of the chunk found.
func (ls lookups) begin() {
	for _, l := range ls {
		clear(l.fresh)
		l.made = l.made[:0]
	}
}

// commit keeps what the chunk found.
func (ls lookups) commit() {
	for _, l := range ls {
		if len(l.known)+len(l.fresh) > maxKnown {
			clear(l.known)
		}
		for k, f := range l.fresh {
			l.known[k] = f
		}
	}
}

func (l *lookup) get(text string) (found, bool) {
	k := i18n.Fold(text)
	if f, ok := l.fresh[k]; ok {
		return f, true
	}
	f, ok := l.known[k]
	return f, ok
}

// findAll looks up every key that the rows of a chunk name, and makes those
// that are missing where the mapping says so. Links to the imported object
// itself are not made here: the record may stand further down the file.
func (ls lookups) findAll(ctx context.Context, s *record.Session, l *layout, rows []sheet.Row) error {
	wanted := map[string]map[string]string{} // lookup -> folded -> as typed
	for _, c := range l.columns {
		if c.key == nil {
			continue
		}
		name := lookupName(c)
		if wanted[name] == nil {
			wanted[name] = map[string]string{}
		}
		for _, row := range rows {
			if row.Fault != nil {
				continue
			}
			if text := c.cell(row); text != "" {
				k := i18n.Fold(text)
				_, asked := wanted[name][k]
				if _, ok := ls[name].get(text); !ok && !asked { // the first spelling names what will be made
					wanted[name][k] = text
				}
			}
		}
	}
	for name, texts := range wanted {
		if err := ls[name].find(ctx, s, texts); err != nil {
			return err
		}
		if ls[name].create && ls[name].target != l.object {
			if err := ls[name].make(ctx, s, texts); err != nil {
				return err
			}
		}
	}
	return nil
}

// find asks the database for texts, under the actor's right to read.
func (l *lookup) find(ctx context.Context, s *record.Session, texts map[string]string) error {
	keys := make([]string, 0, len(texts))
	for folded := range texts {
		keys = append(keys, folded)
	}
	slices.Sort(keys)
	for chunk := range slices.Chunk(keys, 500) {
		list := make([]string, len(chunk))
		for i, k := range chunk {
			list[i] = texts[k]
		}
		hits, err := s.FindBy(ctx, l.target, l.key, list)
		if err != nil {
			return err
		}
		for text, ids := range hits {
			l.fresh[i18n.Fold(text)] = found{id: ids[0], many: len(ids) > 1}
		}
	}
	return nil
}

// make creates the records that no text found. What the rules refuse stays
// missing, and the rows that name it say so.
func (l *lookup) make(ctx context.Context, s *record.Session, texts map[string]string) error {
	var keys []string
	for k := range texts {
		if _, ok := l.fresh[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for chunk := range slices.Chunk(keys, record.MaxBatch) {
		b := record.Batch{Object: l.target.Name, PerRow: true}
		for _, k := range chunk {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{l.key.Name: texts[k]}})
		}
		out, err := s.Save(ctx, b)
		if err != nil {
			return err
		}
		for i, o := range out {
			if o.Err == nil {
				l.fresh[chunk[i]] = found{id: o.ID}
				if !l.rehearsed[chunk[i]] {
					l.made = append(l.made, chunk[i])
				}
			}
		}
	}
	return nil
}

// link is the id that a cell names. wait says that the record may stand
// further down the file.
func (ls lookups) link(c column, text string, self *schema.Object) (id value.ID, wait bool, err error) {
	l := ls[lookupName(c)]
	f, ok := l.get(text)
	switch {
	case ok && f.many, !ok && l.rehearsedNames[keyHash(text)] > 1:
		return 0, false, cellFault(c, text, "import.ambiguous", fault.Args{"object": c.target.Name, "field": c.key.Name})
	case ok:
		return f.id, false, nil
	case c.target == self && c.line == nil && l.mayCome(text):
		return 0, true, nil
	}
	return 0, false, cellFault(c, text, "import.not_found", fault.Args{"object": c.target.Name, "field": c.key.Name})
}

func cellFault(c column, text, key string, args fault.Args) error {
	return fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: c.header, Key: key, Args: args, Value: value.Printable(text)})
}

// mayCome reports whether a record that is not there yet may still come: from
// a row further down, or because it will be made.
func (l *lookup) mayCome(text string) bool {
	return l.create || l.ahead == nil || l.ahead.has(text)
}

// byKey finds the records that rows are to update, by the match field. taken
// are keys of records that the importer may not see (engine decision 19). Records
// that keep leaves out are as if they were not there.
func byKey(ctx context.Context, s *record.Session, f *schema.FieldDef, texts []string,
	keep func(context.Context, *record.Session, map[string][]value.ID) error) (hits map[string]found, taken map[string]bool, err error) {
	hits, taken = map[string]found{}, map[string]bool{}
	seen, err := s.FindBy(ctx, f.Object, f, texts)
	if err != nil {
		return nil, nil, err
	}
	var rest []string
	for _, text := range texts {
		if len(seen[text]) == 0 {
			rest = append(rest, text)
		}
	}
	if err := keep(ctx, s, seen); err != nil {
		return nil, nil, err
	}
	for text, ids := range seen {
		if len(ids) > 0 {
			hits[i18n.Fold(text)] = found{id: ids[0], many: len(ids) > 1}
		}
	}
	if len(rest) == 0 || s.Actor().Scope(f.Object, access.Read) == access.All {
		return hits, taken, nil
	}
	all, err := s.AsSystem("is the key in use").FindBy(ctx, f.Object, f, rest)
	for text := range all {
		taken[i18n.Fold(text)] = true
	}
	return hits, taken, err
}
