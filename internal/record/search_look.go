package record

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// look reads candidates under the actor's rights, all of them, and keeps those
// that a field which he may read explains. So an index that is behind, or a
// token that two owners share, tells nobody anything.
func (f *finder) look(ctx context.Context, candidates []candidate, w wanted) error {
	by := map[string][]value.ID{}
	for _, c := range candidates {
		by[c.object] = append(by[c.object], c.id)
	}
	for _, c := range f.scopes {
		for _, o := range c.objects {
			if ids := by[o.ID]; len(ids) > 0 {
				if err := f.lookAt(ctx, o, ids, w); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (f *finder) lookAt(ctx context.Context, o *schema.Object, ids []value.ID, w wanted) error {
	return f.rowsOf(ctx, o, ids, func(fields []*schema.FieldDef, r *Record) {
		if h := w.match(o, fields, r); h != nil {
			f.hits[r.ID] = h
		}
	})
}

// rowsOf reads the fields of records that search may look at for the actor.
func (f *finder) rowsOf(ctx context.Context, o *schema.Object, ids []value.ID, each func([]*schema.FieldDef, *Record)) error {
	s, d := f.s, f.s.tx.Dialect()
	fields := slices.DeleteFunc(s.state.searched(o), func(x *schema.FieldDef) bool { return !s.actor.CanFilter(x) })
	c := newSearchColumns(o, fields, d)
	args := s.args()
	sql := "SELECT " + c.sql + " FROM {" + o.Table + "} t WHERE " + d.AnyOf("t.id", args.Add(store.IDs(d, ids), "bigint[]")) +
		" AND " + columns{s}.Rule(o.Name, "t", args)
	rows, err := s.tx.Query(ctx, sql, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		each(fields, c.record(rows))
	}
	return rows.Err()
}

// content is a record's field as search sees it.
type content struct {
	field *schema.FieldDef
	text  string // folded
	words []string
}

// match says how well a record has what is wanted, nil when it has not.
func (w wanted) match(o *schema.Object, fields []*schema.FieldDef, r *Record) *Hit {
	h := &Hit{Object: o, ID: r.ID, rank: unranked}
	var title *content
	contents := make([]content, 0, len(fields))
	for _, f := range fields {
		if text := searchText(f, r.Value(f)); text != "" {
			contents = append(contents, content{f, text, i18n.Words(text)})
		}
	}
	for i := range contents {
		if contents[i].field.Name == o.Title {
			title = &contents[i]
			h.Title = schema.Neutral(r.Value(title.field))
		}
	}
	if title != nil {
		h.at(w.inTitle(title, r), title.field)
	}
	if h.rank == unranked {
		w.inWords(contents, h)
	}
	if h.rank == unranked {
		w.inFragments(o, contents, h)
	}
	if h.rank == unranked {
		return nil
	}
	f, _ := o.Field(h.Field)
	h.Text = excerpt(schema.Neutral(r.Value(f)), w)
	return h
}

func (h *Hit) at(k rank, f *schema.FieldDef) {
	if k < h.rank {
		h.rank, h.Field = k, f.Name
	}
}

func (w wanted) inTitle(c *content, r *Record) rank {
	if len(w.terms) == 0 {
		return unranked
	}
	switch {
	case slices.Equal(i18n.QueryTerms(schema.Neutral(r.Value(c.field))), w.terms):
		return rankTitle
	case strings.HasPrefix(c.text, w.fragment):
		return rankBegins
	}
	for _, t := range w.terms {
		if !begins(c.words, t) {
			return unranked
		}
	}
	return rankInTitle
}

func begins(words []string, term string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, term) })
}

// inWords looks for every term in any field. What matched is the field with the
// longest term that the title lacks.
func (w wanted) inWords(contents []content, h *Hit) {
	longest := 0
	for _, t := range w.terms {
		i := slices.IndexFunc(contents, func(c content) bool { return begins(c.words, t) })
		if i < 0 {
			return
		}
		if len(t) > longest {
			longest = len(t)
			h.Field = contents[i].field.Name
		}
	}
	if longest > 0 {
		h.rank = rankWords
	}
}

func (w wanted) inFragments(o *schema.Object, contents []content, h *Hit) {
	for _, piece := range []string{w.fragment, w.digits} {
		if utf8.RuneCountInString(piece) < 3 {
			continue
		}
		for _, c := range contents {
			if (c.field.Fragments || c.field.Name == o.Title || contact(c.field)) && strings.Contains(c.text, piece) {
				h.at(rankFragment, c.field)
				return
			}
		}
	}
}

// excerptMost is how many characters of a long text a hit shows.
const excerptMost = 120

// excerpt is the piece of a text around the first term that can be seen in it.
func excerpt(text string, w wanted) string {
	runes := []rune(text)
	if len(runes) <= excerptMost {
		return text
	}
	at := 0
	folded := []rune(i18n.Fold(text))
	if len(folded) == len(runes) { // folding kept the places
		for _, t := range append([]string{w.fragment}, w.terms...) {
			if i := strings.Index(string(folded), t); i >= 0 && t != "" {
				at = max(0, utf8.RuneCountInString(string(folded)[:i])-excerptMost/3)
				break
			}
		}
	}
	end := min(len(runes), at+excerptMost)
	out := strings.TrimSpace(string(runes[at:end]))
	if at > 0 {
		out = "…" + out
	}
	if end < len(runes) {
		out += "…"
	}
	return out
}
