package report

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Uses tell which reports ask for a field, an option or an object that goes, which
// dashboards show it, by such a report or by themselves, and what is mailed of these.
func (b *Book) Uses() []schema.Effects {
	saved := record.TextUses(Saved, SavedObject, SavedFilter, SavedGroup, SavedMeasures, SavedSort, SavedPeriod)
	viewed := record.TextUses(record.Views, record.ViewObject, record.ViewFilter, record.ViewSort, record.ViewColumns, record.ViewGroup)
	return []schema.Effects{func(ctx context.Context, tx *store.Tx, s *schema.Schema, c schema.Change) ([]schema.Effect, error) {
		names := record.Mentions(s, c)
		if names == nil {
			return nil, nil
		}
		var found [2][]schema.Use
		for i, of := range []schema.Effects{saved, viewed} {
			effects, err := of(ctx, tx, s, c)
			if err != nil {
				return nil, err
			}
			for _, e := range effects {
				found[i] = append(found[i], e.Uses...)
			}
		}
		uses := found[0] // views are named by who keeps them
		tiles, err := b.tilesNaming(ctx, tx, s, c, slices.Concat(found[:]...), names)
		if err != nil {
			return nil, err
		}
		tiles = append(uses, tiles...)
		mailed, err := schedulesOf(ctx, tx, tiles)
		return schema.UsedBy(schema.Warn, "schema.effect_used", c, append(tiles, mailed...)), err
	}}
}

// tilesNaming are the dashboards that show one of these reports or views, or a list or narrowed
// report that names what goes.
func (b *Book) tilesNaming(ctx context.Context, tx *store.Tx, s *schema.Schema, c schema.Change, shown []schema.Use, names func(object, text string) bool) ([]schema.Use, error) {
	rows := map[value.ID]string{}
	for _, of := range []struct {
		object *schema.Object
		name   string
	}{{Saved, SavedObject.Name()}, {record.Views, record.ViewObject.Name()}} {
		if err := eachText(ctx, tx, of.object, of.name, func(id value.ID, _, object string) { rows[id] = object }); err != nil {
			return nil, err
		}
	}
	about := b.objectOf(s, rows)
	var uses []schema.Use
	err := eachText(ctx, tx, Dashboards, DashboardLayout.Name(), func(id value.ID, name, layout string) {
		l, err := ParseLayout(layout)
		if err == nil && slices.ContainsFunc(l.Tiles, func(t Tile) bool {
			object := about(t)
			texts := []string{t.Filter}
			if t.Kind == ListTile {
				texts = append(texts, t.Column, t.Sort)
			}
			return slices.ContainsFunc(shown, func(u schema.Use) bool { return u.ID.String() == t.Of }) ||
				c.Op == schema.RemoveObject && object == c.Object || slices.ContainsFunc(texts, func(text string) bool { return names(object, text) })
		}) {
			uses = append(uses, schema.Use{Kind: Dashboards.Name, ID: id, Name: name})
		}
	})
	return uses, err
}

// schedulesOf are those that mail one of the reports or dashboards.
func schedulesOf(ctx context.Context, tx *store.Tx, shown []schema.Use) (uses []schema.Use, err error) {
	err = eachText(ctx, tx, Schedules, ScheduleOf.Name(), func(id value.ID, name, of string) {
		if slices.ContainsFunc(shown, func(u schema.Use) bool { return of == u.Kind+":"+u.ID.String() }) {
			uses = append(uses, schema.Use{Kind: Schedules.Name, ID: id, Name: name})
		}
	})
	return uses, err
}

// eachText hands on a text of every living record of an object, with its title.
func eachText(ctx context.Context, tx *store.Tx, o *schema.Object, column string, fn func(id value.ID, title, text string)) error {
	q := tx.Dialect().Quote
	rows, err := tx.Query(ctx, "SELECT id, "+q(o.Title)+", "+q(column)+" FROM {"+o.Table+"} WHERE deleted_at IS NULL ORDER BY id")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		title, _ := rows.Text(1)
		text, _ := rows.Text(2)
		fn(id, strings.Clone(title), strings.Clone(text))
	}
	return rows.Err()
}
