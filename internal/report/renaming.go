package report

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// renameLayout lets the tiles of a layout follow fields that are called otherwise
// from now on. about tells which object a tile is of, "" for none that is known;
// a layout that cannot be read stays as it is.
func renameLayout(r *record.Renaming, text string, about func(Tile) string) string {
	l, err := ParseLayout(text)
	if err != nil {
		return text
	}
	was := slices.Clone(l.Tiles)
	for i := range l.Tiles {
		t := &l.Tiles[i]
		of, ok := r.About(about(*t))
		if !ok {
			continue
		}
		if t.Filter != "" {
			t.Filter = of.Expression(t.Filter)
		}
		if t.Kind == ListTile {
			t.Column = mapped(record.SplitList(t.Column), of.Expression)
			t.Sort = mapped(record.SplitList(t.Sort), func(part string) string { return renameOrder(of, part) })
		}
	}
	if slices.Equal(was, l.Tiles) {
		return text
	}
	return l.String()
}

// tileObjects tells which object a tile is of: that of its report, its view or
// its list.
func (b *Book) tileObjects(ctx context.Context, s *record.Session) (func(Tile) string, error) {
	rows := map[value.ID]string{}
	for _, of := range []struct {
		object *schema.Object
		name   schema.Field[string]
	}{{Saved, SavedObject}, {record.Views, record.ViewObject}} {
		if _, ok := s.Schema().Object(of.object.Name); !ok {
			continue
		}
		if err := s.AsSystem("what tiles show").Each(ctx, record.Query{Object: of.object.Name, Fields: []string{of.name.Name()}}, func(r *record.Record) error {
			rows[r.ID], _ = record.Get(r, of.name)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return b.objectOf(s.Schema(), rows), nil
}

// objectOf tells which object a tile is of, where rows names those of saved reports
// and views.
func (b *Book) objectOf(s *schema.Schema, rows map[value.ID]string) func(Tile) string {
	return func(t Tile) string {
		if id, err := value.ParseID(t.Of); err == nil {
			return rows[id]
		}
		if t.Kind != ListTile {
			if i := slices.IndexFunc(b.specs, func(x Spec) bool { return x.Name == t.Of }); i >= 0 {
				return b.specs[i].Object
			}
			return ""
		}
		for _, o := range s.Objects() {
			if strings.EqualFold(o.Plural, t.Of) {
				return o.Name
			}
		}
		return ""
	}
}
