package support

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Likeness is a solved case that resembles another.
type Likeness struct {
	Case   *record.Record
	Shared []string // the words that both have, the rarest first
	points float64
}

// What a search for similar cases costs at most: so many words, each a search,
// and so many cases of the same product.
const (
	mostWords   = 12
	mostOfWord  = 100
	mostSame    = 50
	leastWord   = 3 // letters; shorter ones say nothing, but for Han
	sameProduct = 0.3
	inSubject   = 2.0
)

// Similar finds solved cases that resemble a case, best first: those that share
// words with its subject and description, rare words before common ones, and
// those about the same product. It finds what the actor may read, by fields that
// he may read; nothing when none is similar.
func Similar(ctx context.Context, s *record.Session, id value.ID, limit int) ([]Likeness, error) {
	r, err := s.Get(ctx, Cases.Name, id)
	if err != nil {
		return nil, err
	}
	words := tellingWords(s, r)
	near := map[value.ID]bool{}
	often := map[string]int{}
	for _, w := range words {
		found, err := s.Search(ctx, record.SearchQuery{Text: w, Objects: []string{Cases.Name}, Limit: mostOfWord})
		if err != nil {
			return nil, err
		}
		if found.Typo {
			continue
		}
		often[w] = len(found.Hits)
		for _, h := range found.Hits {
			near[h.ID] = true
		}
	}
	if err := sameThing(ctx, s, r, near); err != nil {
		return nil, err
	}
	delete(near, id)
	ids := make([]value.ID, 0, len(near))
	for x := range near {
		ids = append(ids, x)
	}
	found, err := s.GetMany(ctx, Cases.Name, ids)
	if err != nil {
		return nil, err
	}
	var list []Likeness
	for _, other := range found {
		if status, _ := record.Get(other, CaseStatus); status != Solved {
			continue
		}
		if x := liken(s, r, other, words, often); len(x.Shared) > 0 {
			list = append(list, x)
		}
	}
	slices.SortFunc(list, func(a, b Likeness) int {
		return cmp.Or(cmp.Compare(b.points, a.points), cmp.Compare(b.Case.ID, a.Case.ID))
	})
	return list[:min(limit, len(list))], nil
}

// sameThing adds the cases solved last about the same product.
func sameThing(ctx context.Context, s *record.Session, r *record.Record, near map[value.ID]bool) error {
	product, ok := record.Get(r, CaseProduct)
	if f, known := r.Object.Field(CaseProduct.Name()); !ok || !known || !s.Actor().CanFilter(f) {
		return nil
	}
	page, err := s.Query(ctx, record.Query{Object: Cases.Name, Filter: `product = "` + product.String() + `" and solved_at is not empty`, Sort: "-created_at", Limit: mostSame})
	if err != nil {
		return err
	}
	for _, x := range page.Records {
		near[x.ID] = true
	}
	return nil
}

// texts are what a case says, as far as the actor may read it: its subject, and
// all of it.
func texts(s *record.Session, r *record.Record) (subject, all []string) {
	for _, name := range []string{CaseSubject.Name(), CaseText.Name(), CaseSolution.Name()} {
		f, ok := r.Object.Field(name)
		if !ok || !s.Actor().Sees(f) {
			continue
		}
		text, _ := r.Value(f).(string)
		words := i18n.Words(i18n.Fold(text))
		if name == CaseSubject.Name() {
			subject = words
		}
		all = append(all, words...)
	}
	return subject, all
}

// tellingWords are the words of subject and description that a likeness is
// looked for by: of the subject first, then the longest of the description.
func tellingWords(s *record.Session, r *record.Record) []string {
	var words []string
	for _, name := range []string{CaseSubject.Name(), CaseText.Name()} {
		f, ok := r.Object.Field(name)
		if !ok || !s.Actor().Sees(f) {
			continue
		}
		text, _ := r.Value(f).(string)
		var own []string
		for _, w := range i18n.QueryTerms(text) {
			if telling(w) && !slices.Contains(words, w) && !slices.Contains(own, w) {
				own = append(own, w)
			}
		}
		if name == CaseText.Name() {
			slices.SortStableFunc(own, func(a, b string) int { return utf8.RuneCountInString(b) - utf8.RuneCountInString(a) })
		}
		words = append(words, own...)
	}
	return words[:min(mostWords, len(words))]
}

func telling(w string) bool {
	n := utf8.RuneCountInString(w)
	return n > leastWord || n >= 2 && w[0] >= 0xE3 // pairs of Han and kana are words
}

// liken weighs what two cases share.
func liken(s *record.Session, r, other *record.Record, words []string, often map[string]int) Likeness {
	subject, all := texts(s, other)
	x := Likeness{Case: other}
	begins := func(list []string, w string) bool {
		return slices.ContainsFunc(list, func(have string) bool { return strings.HasPrefix(have, w) })
	}
	for _, w := range words {
		if !begins(all, w) {
			continue
		}
		x.Shared = append(x.Shared, w)
		points := 1 / math.Log2(2+float64(often[w]))
		if begins(subject, w) {
			points *= inSubject
		}
		x.points += points
	}
	slices.SortStableFunc(x.Shared, func(a, b string) int { return often[a] - often[b] })
	if a, ok := record.Get(r, CaseProduct); ok && len(x.Shared) > 0 {
		if b, _ := record.Get(other, CaseProduct); a == b {
			x.points += sameProduct
		}
	}
	return x
}
