package notify

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Item is a notice as its receiver reads it.
type Item struct {
	ID    value.ID
	Kind  Kind
	Actor value.ID // 0 = the system
	Who   string   // what he is called
	At    time.Time
	Read  bool
	// Link is the record, where there is one that the receiver may read. Title
	// is what that is called.
	Link  schema.Ref
	Title string
	URL   string // an address of the site instead
	// Gone says that the record is not the receiver's to read any more.
	Gone bool
	// Blind says that he never could, and may ask to; Asked that he has.
	Blind, Asked bool
	// Request says that the actor asks to see the record, and Granted that he
	// may by now.
	Request, Granted bool

	key    string
	args   fault.Args
	object *schema.Object
	record value.ID
}

// states of a notice that asks for something.
const (
	stateAsked = "asked"
	stateDone  = "done"
)

// MostUnread is how many unread notices are counted one by one.
const MostUnread = 99

// Unread counts what the actor has not read, up to one more than MostUnread.
func Unread(ctx context.Context, s *record.Session) (n int64, err error) {
	_, err = s.Tx().Row(ctx, `SELECT count(*) FROM (SELECT id FROM {notice} WHERE member = $1 AND read_at IS NULL LIMIT $2) x`,
		[]any{s.Actor().Member(), int64(MostUnread + 1)}, &n)
	return n, err
}

// Page says which of the actor's notices to read.
type Page struct {
	// Read chooses those that were read, or those that were not; nil = all.
	Read   *bool
	Before value.ID // 0 = from the latest
	Limit  int
}

// Inbox lists the actor's notices, latest first; next is Before of the page
// after, 0 behind the last.
func Inbox(ctx context.Context, s *record.Session, p Page) (items []Item, next value.ID, err error) {
	if p.Before == 0 {
		p.Before = 1<<63 - 1
	}
	where := `n.member = $1 AND n.id < $2 AND n.inbox IS TRUE`
	if p.Read != nil && *p.Read {
		where += ` AND n.read_at IS NOT NULL`
	} else if p.Read != nil {
		where += ` AND n.read_at IS NULL`
	}
	items, err = list(ctx, s, where+` ORDER BY n.id DESC LIMIT $3`, s.Actor().Member(), p.Before, int64(p.Limit+1))
	if err == nil && len(items) > p.Limit {
		items = items[:p.Limit]
		next = items[p.Limit-1].ID
	}
	return items, next, err
}

// One is a notice of the actor's.
func One(ctx context.Context, s *record.Session, id value.ID) (Item, error) {
	items, err := list(ctx, s, `n.member = $1 AND n.id = $2`, s.Actor().Member(), id)
	if err == nil && len(items) == 0 {
		err = fault.New(fault.NotFound, "notify.absent", nil)
	}
	if err != nil {
		return Item{}, err
	}
	return items[0], nil
}

func list(ctx context.Context, s *record.Session, where string, args ...any) ([]Item, error) {
	rows, err := s.Tx().Query(ctx, `SELECT n.id, n.kind, n.key, n.args, n.actor, n.object, n.record, n.link, n.blind, n.state, n.at, n.read_at
		FROM {notice} n WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	items := []Item{}
	for rows.Next() {
		x, err := scan(s, rows)
		if err != nil {
			return nil, err
		}
		items = append(items, x)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	rows.Close()
	return items, complete(ctx, s, items)
}

func scan(s *record.Session, rows *store.Rows) (Item, error) {
	var x Item
	var kind, args, object, state string
	var actor *value.ID
	var read *time.Time
	if err := rows.Scan(&x.ID, &kind, &x.key, &args, &actor, &object, &x.record, &x.URL, &x.Blind, &state, &x.At, &read); err != nil {
		return x, err
	}
	x.Kind, x.Read, x.Asked = Kind(kind), read != nil, state == stateAsked
	x.Request = x.key == keyAsked
	x.Granted = state == stateDone
	if actor != nil {
		x.Actor, x.Who = *actor, s.Roster().Name(*actor)
	}
	if object != "" {
		x.object, _ = s.Schema().Object(object)
		x.Gone = true // until it is found
	}
	return x, json.Unmarshal([]byte(args), &x.args)
}

// complete reads what the records are called, under the rights of now.
func complete(ctx context.Context, s *record.Session, items []Item) error {
	by := map[*schema.Object][]value.ID{}
	for _, x := range items {
		if x.object != nil && s.Actor().Can(x.object, access.Read) {
			by[x.object] = append(by[x.object], x.record)
		}
	}
	for o, ids := range by {
		slices.Sort(ids)
		found, err := s.GetMany(ctx, o.Name, slices.Compact(ids))
		if err != nil {
			return err
		}
		title, _ := o.Field(o.Title)
		for i := range items {
			x := &items[i]
			r := found[x.record]
			if x.object != o || r == nil {
				continue
			}
			x.Gone, x.Blind, x.Link = false, false, schema.Ref{Object: o.Name, ID: x.record}
			if title != nil && s.Actor().CanFilter(title) {
				x.Title = r.Title()
			}
		}
	}
	for i := range items {
		if items[i].Blind {
			items[i].Gone = false
		}
	}
	return nil
}

// Text is what the notice says, in a language.
func (x *Item) Text(language string) string {
	if x.Gone {
		return i18n.Text(language, "notify.gone", nil)
	}
	args := fault.Args{}
	for name, v := range x.args {
		args[name] = v
		if n, ok := v.(float64); ok { // JSON knows no whole numbers; plurals do
			args[name] = number(language, n)
		}
	}
	args["who"], args["title"], args["object"] = x.Who, x.Title, ""
	if x.Who == "" {
		args["who"] = i18n.Text(language, "notify.somebody", nil)
	}
	if x.object != nil {
		args["object"] = x.object.Label(language).One
		if x.Title == "" {
			args["title"] = args["object"]
		}
	}
	return i18n.Text(language, x.key, args)
}

// number is one of a notice: whole, or as the language writes a part of one.
func number(language string, n float64) any {
	if n == math.Trunc(n) {
		return int64(n)
	}
	return i18n.FormatFor(language).Number(decimal.NewFromFloat(n), 0, 2)
}

// MarkRead notes that the actor has read some of his notices, all of them if
// none is named, or that he has not.
func MarkRead(ctx context.Context, s *record.Session, read bool, ids ...value.ID) error {
	var at any
	if read {
		at = s.Now()
	}
	sql, args := `UPDATE {notice} SET read_at = $1 WHERE member = $2 AND inbox IS TRUE`, []any{at, s.Actor().Member()}
	if read {
		sql += ` AND read_at IS NULL`
	}
	if len(ids) == 0 {
		if !read {
			return nil
		}
		_, err := s.Tx().Exec(ctx, sql, args...)
		s.Hint(Event, s.Actor().Member())
		return err
	}
	for _, id := range ids {
		if _, err := s.Tx().Exec(ctx, sql+` AND id = $3`, append(args[:2:2], id)...); err != nil {
			return err
		}
	}
	s.Hint(Event, s.Actor().Member())
	return nil
}

// keep is how long notices stay: a season.
const keep = 120 * 24 * time.Hour

// Tidy forgets old notices.
func Tidy(ctx context.Context, tx *store.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM {notice} WHERE id IN (SELECT id FROM {notice} WHERE at < $1 ORDER BY at LIMIT 5000)`, now.Add(-keep))
	return err
}
