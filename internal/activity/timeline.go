package activity

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Item is one entry of a timeline: an activity, or a change of the record.
type Item struct {
	At     time.Time
	Kind   string         // an activity's kind, or "change"
	Record *record.Record // of an activity
	Change *record.Entry  // of a change
}

// Place is where a page of a timeline ends; the next one begins behind it.
type Place struct {
	At int64 // Unix milliseconds
	ID value.ID
}

// Filter narrows a timeline.
type Filter struct {
	Kinds []string // nil = all, with changes
	By    value.ID // only what this colleague did; 0 = everybody's
}

// Timeline merges a record's activities with its history, latest first, in
// pages: a record with ten thousand entries opens as fast as one with ten. An
// activity that happened earlier than it was written down stands at its own
// time.
func Timeline(ctx context.Context, s *record.Session, object string, id value.ID, f Filter, after *Place, limit int) ([]Item, *Place, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, nil, err
	}
	if after == nil {
		after = &Place{At: 1 << 52, ID: 1<<63 - 1}
	}
	places, err := candidates(ctx, s, o.Name, id, f, *after, limit+1)
	if err != nil {
		return nil, nil, err
	}
	var next *Place
	if len(places) > limit {
		places = places[:limit]
		next = &places[limit-1].Place
	}
	items, err := fill(ctx, s, o.Name, id, places)
	return items, next, err
}

// place is where an entry stands, before it is read: activities by their own
// id, changes by their version.
type place struct {
	Place
	version int64 // 0 for an activity
}

// candidates reads the places of both kinds behind one, and merges them.
// Private activities of others are left out, as are those the reader may see
// neither by his own scope nor through the record, which he may read.
func candidates(ctx context.Context, s *record.Session, object string, id value.ID, f Filter, after Place, limit int) ([]place, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	places, err := activityPlaces(ctx, s, o.ID, id, f, after, limit)
	if err != nil {
		return nil, err
	}
	if f.Kinds == nil || slices.Contains(f.Kinds, "change") {
		changes, err := changePlaces(ctx, s, id, f, after, limit)
		if err != nil {
			return nil, err
		}
		places = append(places, changes...)
	}
	slices.SortFunc(places, func(a, b place) int {
		if a.At != b.At {
			return -compare(a.At, b.At)
		}
		return -compare(int64(a.ID), int64(b.ID))
	})
	return places[:min(limit, len(places))], nil
}

func compare(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func activityPlaces(ctx context.Context, s *record.Session, object string, id value.ID, f Filter, after Place, limit int) ([]place, error) {
	d := s.Tx().Dialect()
	args := []any{object, id, after.At, after.ID, s.Actor().Member(), int64(limit)}
	sql := `SELECT l.at_ms, l.activity FROM {link_about} l JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL
		WHERE l.object = $1 AND l.record = $2 AND l.kind <> 'file' AND (l.at_ms < $3 OR l.at_ms = $3 AND l.activity < $4)
		AND (a.private IS NOT TRUE OR a.owner_id = $5)`
	if len(f.Kinds) > 0 {
		holders := make([]string, len(f.Kinds))
		for i, k := range f.Kinds {
			args = append(args, k)
			holders[i] = d.Param(len(args), store.Text)
		}
		sql += " AND l.kind IN (" + strings.Join(holders, ", ") + ")"
	}
	if f.By != 0 {
		args = append(args, f.By)
		sql += " AND a.owner_id = " + d.Param(len(args), store.Int)
	}
	return places(ctx, s, sql+" ORDER BY l.at_ms DESC, l.activity DESC LIMIT $6", false, args)
}

func changePlaces(ctx context.Context, s *record.Session, id value.ID, f Filter, after Place, limit int) ([]place, error) {
	sql := `SELECT a.at, h.act, h.version FROM {history} h JOIN {act} a ON a.id = h.act
		WHERE h.record = $1 AND (a.at < $2 OR a.at = $2 AND h.act < $3)`
	args := []any{id, after.At, after.ID, int64(limit)}
	if f.By != 0 {
		args = append(args, f.By)
		sql += " AND a.actor = " + s.Tx().Dialect().Param(len(args), store.Int)
	}
	return places(ctx, s, sql+" ORDER BY h.version DESC LIMIT $4", true, args)
}

func places(ctx context.Context, s *record.Session, sql string, versions bool, args []any) ([]place, error) {
	rows, err := s.Tx().Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []place
	for rows.Next() {
		var p place
		p.At, _ = rows.Int(0)
		p.ID, _ = rows.ID(1)
		if versions {
			p.version, _ = rows.Int(2)
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// fill reads the entries of a page: the activities in one statement, the
// changes in one.
func fill(ctx context.Context, s *record.Session, object string, id value.ID, page []place) ([]Item, error) {
	var ids []value.ID
	var newest, changes int64
	for _, p := range page {
		if p.version == 0 {
			ids = append(ids, p.ID)
			continue
		}
		changes++
		newest = max(newest, p.version)
	}
	// Reading the record is enough to read what is about it.
	found, err := s.AsSystem("activities of a readable record").GetMany(ctx, Activities.Name, ids)
	if err != nil {
		return nil, err
	}
	byVersion := map[int64]record.Entry{}
	if changes > 0 {
		entries, err := s.History(ctx, object, id, newest+1, int(changes))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			byVersion[e.Version] = e
		}
	}
	items := make([]Item, 0, len(page))
	for _, p := range page {
		item := Item{At: time.UnixMilli(p.At).UTC(), Kind: "change"}
		if p.version == 0 {
			if item.Record = found[p.ID]; item.Record == nil {
				continue
			}
			item.Kind, _ = record.Get(item.Record, Kind)
		} else if e, ok := byVersion[p.version]; ok {
			item.Change = &e
		}
		items = append(items, item)
	}
	return items, nil
}
