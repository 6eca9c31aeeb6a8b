package parts

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
)

// shownRefused is how many refused records a reason links to.
const shownRefused = 10

// Bulk is a bulk change in words.
type Bulk struct {
	Label schema.Label // of the object
	URL   string       // of its list, "" when it is gone
	Sets  []string     // "Owner: Rita"

	v       *kit.View
	reasons []record.BulkReason
	odd     []record.BulkReason // why changed ones are odd
	titles  map[value.ID]string // of refused records
}

// Ticked are the records of a list whose boxes are.
func Ticked(form url.Values) (ids []value.ID) {
	for _, text := range form["id"] {
		if id, err := value.ParseID(text); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// DescribeBulk tells what a bulk change sets, and why records stayed as they were.
func DescribeBulk(ctx context.Context, v *kit.View, s *record.Session, run *record.BulkRun) (*Bulk, error) {
	b := &Bulk{v: v, Label: schema.Label{One: run.Object, Many: run.Object}, reasons: run.Reasons, odd: run.Warnings, titles: map[value.ID]string{}}
	o, err := s.Object(run.Object)
	if err != nil { // gone, or out of sight
		return b, nil
	}
	b.Label, b.URL = o.Label(v.Lang), "/"+o.Plural
	if err := b.describe(ctx, s, o, run.Values); err != nil {
		return nil, err
	}
	for _, reason := range slices.Concat(run.Reasons, run.Warnings) {
		found, err := s.GetMany(ctx, o.Name, shown(reason))
		if err != nil {
			return nil, err
		}
		for id, r := range found {
			b.titles[id] = cmp.Or(r.Title(), id.String())
		}
	}
	return b, nil
}

func (b *Bulk) describe(ctx context.Context, s *record.Session, o *schema.Object, set record.Values) error {
	names := NewNames(s)
	values := map[*schema.FieldDef]any{}
	for _, f := range o.Fields {
		raw, ok := set[f.Name]
		if !ok || !s.Sees(f) {
			continue
		}
		val, err := f.Check(raw, s.StoreEnv())
		if err != nil { // the field has become another meanwhile
			continue
		}
		values[f] = val
		names.Want(f, val)
	}
	if err := names.Load(ctx); err != nil {
		return err
	}
	for _, f := range o.Fields {
		if val, ok := values[f]; ok {
			text := cmp.Or(Text(b.v, names, f, val), b.v.T("web.parts.emptied"))
			b.Sets = append(b.Sets, b.v.T("web.parts.sets", "field", f.Label(b.v.Lang), "value", text))
		}
	}
	return nil
}

func shown(r record.BulkReason) []value.ID { return r.Records[:min(len(r.Records), shownRefused)] }

func (b *Bulk) why(r record.BulkReason) string { return i18n.Text(b.v.Lang, r.Key, r.Args) }
