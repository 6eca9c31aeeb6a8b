package schema

import (
	"slices"
	"strconv"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// linkSpec is the id of one other record (or of a file). Whether it exists and
// may be seen is for the record room to find out.
type linkSpec struct{}

func (linkSpec) columns(f *FieldDef) []Column {
	return []Column{{Name: f.Column, Type: store.Int}}
}

func (linkSpec) parse(_ *FieldDef, text string, _ *Env) (any, error) {
	id, err := value.ParseID(text)
	if err != nil {
		return nil, err
	}
	return id, nil
}

func (s linkSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	switch id := v.(type) {
	case value.ID:
		if id == 0 {
			return nil, nil
		}
		return id, nil
	case string:
		return s.parse(f, id, env)
	}
	return nil, bad("field.wants_id", fault.Args{"got": describe(v)})
}

func (linkSpec) store(_ *FieldDef, v any, _ *Env, dst []any) []any {
	return append(dst, int64(v.(value.ID)))
}

func (linkSpec) load(_ *FieldDef, r *store.Rows, i int) any {
	if id, ok := r.Int(i); ok {
		return value.ID(id)
	}
	return nil
}

func (linkSpec) appendJSON(_ *FieldDef, dst []byte, r *store.Rows, i int) []byte {
	id, ok := r.Int(i)
	if !ok {
		return append(dst, "null"...)
	}
	dst = append(dst, '"')
	dst = strconv.AppendInt(dst, id, 10)
	return append(dst, '"')
}

func (linkSpec) exprType(f *FieldDef) expr.Type {
	return expr.Type{Kind: expr.Link, Object: f.Target}
}

// linksSpec is a set of records of one object, kept in a table of its own.
type linksSpec struct{}

func (linksSpec) columns(*FieldDef) []Column { return nil }

func (s linksSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	return s.check(f, splitList(text), env)
}

func (linksSpec) check(f *FieldDef, v any, env *Env) (any, error) {
	var ids []value.ID
	add := func(x any) error {
		one, err := linkSpec{}.check(f, x, env)
		if id, ok := one.(value.ID); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		return err
	}
	switch list := v.(type) {
	case []value.ID:
		for _, id := range list {
			if err := add(id); err != nil {
				return nil, err
			}
		}
	case []any:
		for _, x := range list {
			if err := add(x); err != nil {
				return nil, err
			}
		}
	default:
		return nil, bad("field.wants_list", fault.Args{"got": describe(v)})
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	return ids, nil
}

func (linksSpec) store(_ *FieldDef, _ any, _ *Env, dst []any) []any { return dst }

func (linksSpec) load(*FieldDef, *store.Rows, int) any { return nil }

func (linksSpec) appendJSON(_ *FieldDef, dst []byte, _ *store.Rows, _ int) []byte {
	return append(dst, "null"...)
}

func (linksSpec) exprType(f *FieldDef) expr.Type {
	return expr.Type{Kind: expr.Links, Object: f.Target}
}

// aboutSpec is a set of records of any object: what an activity is about.
// Its values are []Ref.
type aboutSpec struct{ linksSpec }

func (s aboutSpec) parse(f *FieldDef, text string, env *Env) (any, error) {
	return s.check(f, splitList(text), env)
}

// check accepts ["deal:123", …] and [{"object": "deal", "id": "123"}, …].
func (aboutSpec) check(_ *FieldDef, v any, _ *Env) (any, error) {
	if refs, ok := v.([]Ref); ok {
		return slices.Clone(refs), nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, bad("field.wants_list", fault.Args{"got": describe(v)})
	}
	var refs []Ref
	for _, x := range list {
		ref, err := parseRef(x)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	return refs, nil
}

func (aboutSpec) exprType(*FieldDef) expr.Type { return expr.Type{Kind: expr.Links} }
