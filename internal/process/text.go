package process

import (
	"context"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Text is a text with places that are filled from a record: {{account.name}},
// or any other expression between two pairs of braces.
type Text struct{ pieces []piece }

type piece struct {
	words string
	place *expr.Expr // nil for plain words
	as    *schema.FieldDef
}

// maxPlaces is how many places a text may have.
const maxPlaces = 200

// holes splits a text into words and what stands between braces, by turns.
func holes(text string) ([]string, error) {
	var parts []string
	rest := text
	for {
		before, after, found := strings.Cut(rest, "{{")
		parts = append(parts, before)
		if !found {
			return parts, nil
		}
		inner, more, closed := strings.Cut(after, "}}")
		if !closed || strings.Contains(inner, "{{") {
			return nil, fault.New(fault.Invalid, "process.open_place", fault.Args{"near": value.Printable(first(after, 20))})
		}
		if len(parts) > 2*maxPlaces {
			return nil, fault.New(fault.TooLarge, "process.many_places", fault.Args{"max": maxPlaces})
		}
		parts = append(parts, strings.TrimSpace(inner))
		rest = more
	}
}

func first(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n])
	}
	return text
}

// ReadText types the places of a text for the records of an object. All that
// is wrong comes at once.
func ReadText(scope schema.Scope, text string) (*Text, error) {
	parts, err := holes(text)
	if err != nil {
		return nil, err
	}
	t := &Text{}
	var wrong []fault.Field
	for i, part := range parts {
		if i%2 == 0 {
			if part != "" {
				t.pieces = append(t.pieces, piece{words: part})
			}
			continue
		}
		e, err := expr.Check(part, scope, expr.Type{})
		if err != nil {
			f, ok := fault.As(err)
			if !ok {
				return nil, err
			}
			args := fault.Args{"place": value.Printable(part)}
			wrong = append(wrong, fault.Field{Path: "{{" + value.Printable(part) + "}}", Key: "process.unknown_place", Args: args, Value: f.Key})
			continue
		}
		t.pieces = append(t.pieces, piece{place: e, as: fieldOf(scope.Schema, e)})
	}
	if len(wrong) > 0 {
		return nil, fault.New(fault.Invalid, "process.unknown_place", wrong[0].Args).With(wrong...)
	}
	return t, nil
}

// fieldOf is the field that the expression is nothing but a path to; nil for
// any other expression.
func fieldOf(s *schema.Schema, e *expr.Expr) *schema.FieldDef {
	refs := e.Fields()
	if len(refs) == 0 || strings.Join(refs[len(refs)-1].Path, ".") != e.String() {
		return nil
	}
	f, ok := s.FieldByID(refs[len(refs)-1].Field.ID)
	if !ok {
		return nil
	}
	return f
}

// Fill writes the text for a record, with the eyes of the session: a place
// that leads to nothing, or to what the actor may not read, stays empty and is
// named.
func (t *Text) Fill(ctx context.Context, s *record.Session, r *record.Record) (text string, empty []string, err error) {
	var b strings.Builder
	for _, p := range t.pieces {
		if p.place == nil {
			b.WriteString(p.words)
			continue
		}
		v, err := s.Eval(r, p.place)
		if _, ok := fault.As(err); ok {
			v, err = nil, nil // as a division by nothing: no value
		}
		if err != nil {
			return "", nil, err
		}
		if !mayRead(s, p.place) {
			v = nil
		}
		word := wording(ctx, s, p.as, v)
		if word == "" {
			empty = append(empty, p.place.String())
		}
		b.WriteString(word)
	}
	return b.String(), empty, nil
}

func mayRead(s *record.Session, e *expr.Expr) bool {
	for _, ref := range e.Fields() {
		if f, ok := s.Schema().FieldByID(ref.Field.ID); ok && !s.Sees(f) {
			return false
		}
	}
	return true
}

// wording is a value as the session's reader writes it.
func wording(ctx context.Context, s *record.Session, f *schema.FieldDef, v any) string {
	lang := s.Who().Locale
	if lang == "" {
		lang = s.Settings().Locale
	}
	format := i18n.FormatFor(lang)
	switch x := v.(type) {
	case nil:
		return ""
	case value.Money:
		return format.Money(x)
	case value.Date:
		return format.Date(x)
	case time.Time:
		zone := s.Who().Zone
		if zone == nil {
			zone = s.Env().Zone
		}
		return format.MomentFull(x, zone)
	case decimal.Decimal:
		return format.Number(x, 0, 6)
	case int64:
		return format.Int(x)
	case bool:
		return i18n.Text(lang, map[bool]string{true: "process.yes", false: "process.no"}[x], nil)
	case string:
		if f != nil && f.ValueKind() == schema.KindChoice {
			return f.OptionLabel(x, lang)
		}
		return x
	case value.ID:
		return titleOf(ctx, s, f, x)
	case []string:
		return format.List(optionWords(f, x, lang))
	}
	return schema.Neutral(v)
}

func optionWords(f *schema.FieldDef, keys []string, lang string) []string {
	if f == nil || f.ValueKind() != schema.KindChoices {
		return keys
	}
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = f.OptionLabel(k, lang)
	}
	return words
}

// titleOf names a linked record, "" when the actor may not read it.
func titleOf(ctx context.Context, s *record.Session, f *schema.FieldDef, id value.ID) string {
	if f == nil || f.Target == "" {
		return ""
	}
	found, err := s.GetMany(ctx, f.Target, []value.ID{id})
	if err != nil || found[id] == nil {
		return ""
	}
	return found[id].Title()
}
