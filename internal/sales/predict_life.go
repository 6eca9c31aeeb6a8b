package sales

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// life is what fields of a record hold, and what they held before.
type life struct {
	now   []any
	turns []turn // newest first
}

// turn is a change: which field held what until then.
type turn struct {
	at    int64
	field int
	old   any
}

// at are the values as they stood at a moment.
func (l *life) at(moment int64) []any {
	if len(l.turns) == 0 || l.turns[0].at <= moment {
		return l.now
	}
	values := append([]any(nil), l.now...)
	for _, t := range l.turns {
		if t.at <= moment {
			break
		}
		values[t.field] = t.old
	}
	return values
}

// lives reads fields of records with their past, more columns first, which are
// handed to row.
func lives(ctx context.Context, s *record.Session, o *schema.Object, fields []*schema.FieldDef, ids []value.ID, more []string,
	row func(rows *store.Rows, l *life)) (map[value.ID]*life, error) {
	columns := append([]string{"id"}, more...)
	places := make([]int, len(fields))
	for i, f := range fields {
		places[i] = len(columns)
		for _, c := range f.ReadColumns() {
			columns = append(columns, c.Name)
		}
	}
	for i, name := range columns {
		columns[i] = s.Tx().Dialect().Quote(name)
	}
	found := make(map[value.ID]*life, len(ids))
	err := each(ctx, s, ids, func(in string) string {
		return `SELECT ` + strings.Join(columns, ", ") + ` FROM {` + o.Table + `} WHERE id IN (` + in + `)`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		l := &life{now: make([]any, len(fields))}
		for i, f := range fields {
			l.now[i] = f.Load(rows, places[i])
		}
		found[id] = l
		if row != nil {
			row(rows, l)
		}
		return nil
	})
	if err != nil || len(fields) == 0 {
		return found, err
	}
	return found, turnBack(ctx, s, fields, ids, found)
}

// turnBack reads what the fields held before.
func turnBack(ctx context.Context, s *record.Session, fields []*schema.FieldDef, ids []value.ID, found map[value.ID]*life) error {
	marks := make([]string, len(fields))
	for i, f := range fields {
		marks[i] = strconv.Quote(f.ID) + ":["
	}
	return each(ctx, s, ids, func(in string) string {
		return `SELECT h.record, a.at, h.changes FROM {history} h JOIN {act} a ON a.id = h.act
			WHERE h.kind = 'update' AND h.record IN (` + in + `) ORDER BY h.record, h.version DESC`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		at, _ := rows.Int(1)
		text, _ := rows.Text(2)
		l := found[id]
		var changes map[string][2]json.RawMessage
		for i, mark := range marks {
			if l == nil || !strings.Contains(text, mark) {
				continue
			}
			if changes == nil {
				if err := json.Unmarshal([]byte(text), &changes); err != nil {
					return err
				}
			}
			if pair, ok := changes[fields[i].ID]; ok {
				l.turns = append(l.turns, turn{at, i, oldValue(fields[i], pair[0])})
			}
		}
		return nil
	})
}

// oldValue is what history says that a field held.
func oldValue(f *schema.FieldDef, raw json.RawMessage) any {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	text, isText := v.(string)
	switch {
	case f.IsLink() && isText:
		if id, err := value.ParseID(text); err == nil {
			return id
		}
		return nil
	case f.Kind == schema.KindDate && isText:
		if day, err := value.ParseDate(text); err == nil {
			return day
		}
		return nil
	}
	return v
}
