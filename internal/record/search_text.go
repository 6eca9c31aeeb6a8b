package record

import (
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

const (
	// maxSearchText is how much of one field is indexed, in bytes: what a
	// person looks for stands at the beginning.
	maxSearchText = 20_000
	// maxGramText is the same for fragments, which cost a token a character.
	maxGramText = 300
	// titleMark stands before the first word of a title, so that titles that
	// begin with a word are found before texts that contain it. It is a
	// private character: nothing a user types yields it.
	titleMark = "\uE000"
	// gramBreak keeps fragments of two fields apart.
	gramBreak = "\n"
)

// searched lists the fields that an object's search text is made of. A field
// that some role may not read is in no search text, which all share (engine
// decision 23).
func (st *state) searched(o *schema.Object) []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, f := range o.Fields {
		if (f.Search || f.Fragments || f.Name == o.Title) && searchableKind(f) && !st.roster.Guarded(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// searchable reports whether an object's records are found by search at all: a
// title alone, of an object that nobody declared searched, does not do.
func (st *state) searchable(o *schema.Object) bool {
	return slices.ContainsFunc(o.Fields, func(f *schema.FieldDef) bool { return f.Search || f.Fragments }) && len(st.searched(o)) > 0
}

func searchableKind(f *schema.FieldDef) bool {
	if len(f.Columns()) == 0 {
		return false
	}
	switch f.ValueKind() {
	case schema.KindText, schema.KindLongText, schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindNumber,
		schema.KindAddress, schema.KindInt:
		return true
	}
	return false
}

// searchTexts are the texts under which a record is found: by words, and by
// fragments of names, numbers, phones and e-mails.
func searchTexts(o *schema.Object, fields []*schema.FieldDef, r *Record) (words, grams string) {
	var all, parts []string
	for _, f := range fields {
		text := searchText(f, r.Value(f))
		if text == "" {
			continue
		}
		tokens := i18n.Words(text)
		if f.Name == o.Title && len(tokens) > 0 {
			all = append(all, titleMark+tokens[0])
		}
		all = append(all, tokens...)
		if f.Fragments || f.Name == o.Title || contact(f) {
			parts = append(parts, clip(text, maxGramText))
		}
	}
	return strings.Join(unique(all), " "), strings.Join(unique(parts), gramBreak)
}

// searchText is a field's value as the index holds it: folded, and clipped.
func searchText(f *schema.FieldDef, v any) string {
	return i18n.Fold(clip(schema.Neutral(v), maxSearchText))
}

// contact fields are looked for by any part of them.
func contact(f *schema.FieldDef) bool {
	switch f.ValueKind() {
	case schema.KindEmail, schema.KindPhone, schema.KindNumber:
		return true
	}
	return false
}

// clip shortens at a rune's edge.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	out := list[:0]
	for _, x := range list {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// The tags of a document: its object, its owner and its whole title.
func objectTag(o *schema.Object) string { return "o" + strings.Join(i18n.Words(i18n.Fold(o.ID)), "") }

func ownerTag(owner value.ID) string { return "u" + strconv.FormatInt(int64(owner), 36) }

func titleTag(words []string) string {
	h := fnv.New64a()
	for _, w := range words {
		h.Write([]byte(w))
		h.Write([]byte{0})
	}
	return "t" + strconv.FormatUint(h.Sum64(), 36)
}

// Tags inside fragments, for the database whose fragment index has no columns
// beside it: three private characters are one trigram, which no text contains.
// Two owners may share one; the records themselves are read under the actor's
// rights, so that costs a look and tells nothing.
func gramTag(tag string) string {
	h := fnv.New32a()
	h.Write([]byte(tag))
	n := h.Sum32()
	return string([]rune{0xE100, rune(0xE200 + n&0xFFF), rune(0xE200 + n>>12&0xFFF)})
}
