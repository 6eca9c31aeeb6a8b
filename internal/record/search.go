package record

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// SearchQuery is what was typed into the search box.
type SearchQuery struct {
	Text    string
	Objects []string // API names; nil = every object the actor may read
	Limit   int      // 0 = 20, at most 100
}

const (
	defaultHits = 20
	mostHits    = 100
)

// SearchResult is what was found, best first.
type SearchResult struct {
	Hits []Hit
	// More says that there are more: more words would tell them apart.
	More bool
	// Typo says that nothing had the text as typed and the hits are similar.
	Typo bool
}

// Hit is a record that was found.
type Hit struct {
	Object *schema.Object
	ID     value.ID
	Title  string
	Field  string // API name of the field that matched
	Text   string // and its value, or the piece of it around the match
	rank   rank
}

// rank is how well a record matches; the best is least.
type rank uint8

const (
	rankTitle    rank = iota // is called that
	rankBegins               // its title begins so
	rankInTitle              // all the words are in its title
	rankWords                // all the words are in it
	rankFragment             // somewhere inside a word or number
	rankTypo
	unranked
)

// Search finds records of all objects that the actor may read, by words, by
// beginnings of words, and by fragments of names, numbers, phones and e-mails.
// Nothing tells of records or fields that he may not read.
func (s *Session) Search(ctx context.Context, q SearchQuery) (*SearchResult, error) {
	limit := q.Limit
	switch {
	case limit == 0:
		limit = defaultHits
	case limit < 0 || limit > mostHits:
		return nil, fault.New(fault.Invalid, "query.limit", fault.Args{"max": mostHits, "got": limit})
	}
	objects, err := s.searchObjects(q.Objects)
	if err != nil {
		return nil, err
	}
	wanted := parseWanted(q.Text)
	if wanted.empty() || len(objects) == 0 {
		return &SearchResult{}, nil
	}
	f := &finder{s: s, wanted: wanted, limit: limit, scopes: s.searchScopes(objects), hits: map[value.ID]*Hit{}, tried: map[value.ID]bool{}}
	return f.find(ctx)
}

// searchObjects are those of the named objects that can be searched by the
// actor; a name that he may not know is refused like one that is not there.
func (s *Session) searchObjects(names []string) ([]*schema.Object, error) {
	all := s.state.schema.Objects()
	if names != nil {
		all = nil
		for _, name := range names {
			o, err := s.Object(name)
			if err != nil {
				return nil, err
			}
			all = append(all, o)
		}
	}
	var objects []*schema.Object
	for _, o := range all {
		if s.actor.Scope(o, access.Read) != access.None && s.state.searchable(o) {
			objects = append(objects, o)
		}
	}
	return objects, nil
}

// finder runs one search: step after step, from the best kind of match to the
// weakest, until there are enough hits.
type finder struct {
	s      *Session
	wanted wanted
	limit  int
	scopes []searchScope
	hits   map[value.ID]*Hit
	tried  map[value.ID]bool // looked at, hit or not
	more   bool              // a scan ended before the documents did

	nowhere bool // nothing has the beginnings of all words
}

func (f *finder) find(ctx context.Context) (*SearchResult, error) {
	q := f.wanted.questions(f.s.tx.Dialect().Name() == "sqlite")
	if _, err := f.ask(ctx, q.exact, false); err != nil {
		return nil, err
	}
	if err := f.findWords(ctx, q); err != nil {
		return nil, err
	}
	// Of several words, those found as words are what was meant.
	if len(f.wanted.terms) < 2 || len(f.hits) == 0 {
		if err := f.findLess(ctx, q); err != nil {
			return nil, err
		}
	}
	typo := false
	if len(f.hits) == 0 {
		if err := f.tryTypos(ctx); err != nil {
			return nil, err
		}
		typo = len(f.hits) > 0
	}
	return f.result(typo), nil
}

// findWords finds what has the words. When the newest documents that have them
// whole are enough, nothing is asked for what they may be the beginning of.
func (f *finder) findWords(ctx context.Context, q questions) error {
	cut, err := f.ask(ctx, q.whole, false)
	if err == nil && len(q.whole) > 0 && len(f.hits) == 0 {
		// Where not even the loosest question has an answer, none has.
		var some []candidate
		if some, _, err = f.candidates(ctx, q.wider[0]); err == nil && len(some) == 0 {
			f.nowhere = true
			return nil
		}
	}
	if err == nil && !(cut && len(f.hits) >= f.limit) {
		cut, err = f.ask(ctx, q.broad, false)
	}
	if err == nil && cut {
		_, err = f.ask(ctx, q.titles, false)
	}
	if err == nil && cut {
		_, err = f.ask(ctx, q.sharper, true)
	}
	return err
}

// findLess finds what has the text less plainly.
func (f *finder) findLess(ctx context.Context, q questions) error {
	var cut bool
	var err error
	if !f.nowhere {
		cut, err = f.ask(ctx, q.wider, true)
	}
	if err == nil && cut {
		_, err = f.ask(ctx, q.widest, true)
	}
	if err == nil && (len(f.wanted.terms) < 2 || len(f.hits) == 0) {
		_, err = f.ask(ctx, q.fragments, true)
	}
	return err
}

// ask puts questions to the index and looks at the candidates not seen before;
// cut says that there were more than one answer holds. With lacking it stops
// when there are hits enough.
func (f *finder) ask(ctx context.Context, steps []searchStep, lacking bool) (cut bool, err error) {
	for _, step := range steps {
		if lacking && len(f.hits) >= f.limit {
			break
		}
		candidates, full, err := f.candidates(ctx, step)
		if err != nil {
			return false, err
		}
		cut = cut || full
		if err := f.look(ctx, f.fresh(candidates), f.wanted); err != nil {
			return false, err
		}
	}
	return cut, nil
}

// fresh drops what has been looked at.
func (f *finder) fresh(candidates []candidate) []candidate {
	out := candidates[:0]
	for _, c := range candidates {
		if !f.tried[c.id] {
			f.tried[c.id] = true
			out = append(out, c)
		}
	}
	return out
}

func (f *finder) result(typo bool) *SearchResult {
	r := &SearchResult{Typo: typo, More: f.more}
	for _, h := range f.hits {
		r.Hits = append(r.Hits, *h)
	}
	slices.SortFunc(r.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.ID, a.ID))
	})
	if len(r.Hits) > f.limit {
		r.Hits, r.More = r.Hits[:f.limit], true
	}
	return r
}
