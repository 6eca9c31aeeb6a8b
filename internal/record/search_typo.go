package record

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

const (
	// typoTerms and typoLeast say for which texts a typo is looked for: in a
	// long text or a short word, everything is one letter from something.
	typoTerms = 4
	typoLeast = 4
	typoMost  = 16
)

// tryTypos looks for texts that differ from a term by one letter: swapped with
// the next, changed, missing or too many. Whatever the letter, what stands
// before it and after it is right, and the fragment index finds these.
func (f *finder) tryTypos(ctx context.Context) error {
	if len(f.wanted.terms) == 0 || len(f.wanted.terms) > typoTerms {
		return nil
	}
	f.tried = map[value.ID]bool{}
	for i, term := range f.wanted.terms {
		n := utf8.RuneCountInString(term)
		if n < typoLeast || n == typoLeast && len(f.wanted.terms) > 1 || n > typoMost || strings.ContainsAny(term, "0123456789") {
			continue // another number is another thing
		}
		if known, err := f.known(ctx, term); err != nil {
			return err
		} else if known {
			continue
		}
		others := slices.Delete(slices.Clone(f.wanted.terms), i, i+1)
		if swapped := swaps(term); len(swapped) > 0 {
			if err := f.tryTypo(ctx, searchStep{either: swapped, prefix: others}.loose()); err != nil {
				return err
			}
		}
		if parts := aroundTypos(term, others); len(parts) > 0 {
			if err := f.tryTypo(ctx, searchStep{fragments: parts}); err != nil {
				return err
			}
		}
	}
	return nil
}

// known reports whether one of several words is in something that the actor may
// read: it is spelt as it was meant then, and only the others may be wrong. To
// look for what is like two frequent words takes half a second of 1,000,000.
func (f *finder) known(ctx context.Context, term string) (bool, error) {
	if len(f.wanted.terms) < 2 {
		return false, nil
	}
	found, _, err := f.candidates(ctx, searchStep{words: []string{term}})
	if err != nil || len(found) == 0 {
		return false, err
	}
	alone := &finder{s: f.s, limit: f.limit, scopes: f.scopes, hits: map[value.ID]*Hit{}}
	err = alone.look(ctx, found, wanted{terms: []string{term}})
	return len(alone.hits) > 0, err
}

func (f *finder) tryTypo(ctx context.Context, step searchStep) error {
	candidates, _, err := f.candidates(ctx, step)
	if err != nil {
		return err
	}
	by := map[string][]value.ID{}
	for _, c := range f.fresh(candidates) {
		by[c.object] = append(by[c.object], c.id)
	}
	for _, scope := range f.scopes {
		for _, o := range scope.objects {
			if err := f.lookForTypos(ctx, o, by[o.ID]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *finder) lookForTypos(ctx context.Context, o *schema.Object, ids []value.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return f.rowsOf(ctx, o, ids, func(fields []*schema.FieldDef, r *Record) {
		if h := f.wanted.nearly(o, fields, r); h != nil {
			f.hits[r.ID] = h
		}
	})
}

// swaps are the terms with two neighbours exchanged.
func swaps(term string) []string {
	var out []string
	runes := []rune(term)
	for i := 0; i+1 < len(runes); i++ {
		if runes[i] == runes[i+1] {
			continue
		}
		s := slices.Clone(runes)
		s[i], s[i+1] = s[i+1], s[i]
		out = append(out, string(s))
	}
	return out
}

// aroundTypos are, for each letter that may be wrong, the pieces before and
// behind it that an index of three characters finds.
func aroundTypos(term string, others []string) []fragments {
	var out []fragments
	runes := []rune(term)
	for i := range runes {
		var all fragments
		for _, piece := range [][]rune{runes[:i], runes[i+1:]} {
			if len(piece) >= 3 {
				all = append(all, string(piece))
			}
		}
		if len(all) == 0 {
			continue
		}
		for _, o := range others {
			if utf8.RuneCountInString(o) >= 3 {
				all = append(all, o)
			}
		}
		out = append(out, all)
	}
	return out
}

// nearly matches a record that has every term, or a word one letter from it.
func (w wanted) nearly(o *schema.Object, fields []*schema.FieldDef, r *Record) *Hit {
	h := &Hit{Object: o, ID: r.ID, rank: rankTypo}
	var contents []content
	for _, f := range fields {
		if text := searchText(f, r.Value(f)); text != "" {
			contents = append(contents, content{f, text, i18n.Words(text)})
		}
		if f.Name == o.Title {
			h.Title = schema.Neutral(r.Value(f))
		}
	}
	for _, t := range w.terms {
		i := slices.IndexFunc(contents, func(c content) bool { return begins(c.words, t) || nearWord(c.words, t) })
		if i < 0 {
			return nil
		}
		if h.Field == "" {
			h.Field, h.Text = contents[i].field.Name, excerpt(schema.Neutral(r.Value(contents[i].field)), w)
		}
	}
	return h
}

// nearWord reports whether a word, or its beginning, is one letter from the
// term.
func nearWord(words []string, term string) bool {
	t := []rune(term)
	if len(t) < typoLeast {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool {
		r := []rune(w)
		for n := len(t) - 1; n <= len(t)+1; n++ {
			if n <= len(r) && oneApart(t, r[:n]) {
				return true
			}
		}
		return false
	})
}

// oneApart reports whether one letter, changed, missing, added or swapped with
// its neighbour, is all that differs.
func oneApart(a, b []rune) bool {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	x, y := string(a[i:]), string(b[i:])
	rest := func(s string, n int) string {
		for range n {
			_, size := utf8.DecodeRuneInString(s)
			s = s[size:]
		}
		return s
	}
	switch {
	case rest(x, 1) == rest(y, 1), rest(x, 1) == y, x == rest(y, 1):
		return true
	case len(a)-i >= 2 && len(b)-i >= 2 && a[i] == b[i+1] && a[i+1] == b[i]:
		return strings.Compare(rest(x, 2), rest(y, 2)) == 0
	}
	return false
}
