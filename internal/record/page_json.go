package record

import (
	"context"
	"strconv"

	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// QueryJSON appends a page as the API spells it. Rows are written straight
// from the statement: values through maps cost nine times as much as the
// database itself.
func (s *Session) QueryJSON(ctx context.Context, q Query, dst []byte) ([]byte, error) {
	l, err := s.list(ctx, q)
	if err != nil {
		return dst, err
	}
	e := encoder{p: l.out, dst: append(dst, `{"items":[`...)}
	if l.past != nil {
		err = l.pastItems(ctx, &e)
	} else if err = l.run(ctx, e.item); err == nil {
		err = e.fill(ctx)
	}
	if err != nil {
		return dst, err
	}
	e.dst = append(e.dst, ']')
	if l.more {
		next, err := l.seal(ctx)
		if err != nil {
			return dst, err
		}
		e.dst = append(append(append(e.dst, `,"next":"`...), next...), '"')
	}
	if q.Count != CountNone {
		n, capped, err := l.count(ctx, e.n)
		if err != nil {
			return dst, err
		}
		e.dst = appendCount(e.dst, n, capped)
	}
	return append(e.dst, '}'), nil
}

// encoder writes rows as JSON.
type encoder struct {
	p     *projection
	dst   []byte
	n     int
	holes []hole
}

// hole is where a list belongs that the statement itself does not read.
type hole struct {
	pos int
	id  value.ID
	out *output
}

func (e *encoder) item(rows *store.Rows) {
	if e.n > 0 {
		e.dst = append(e.dst, ',')
	}
	e.n++
	e.row(rows)
}

// row writes one record.
func (e *encoder) row(rows *store.Rows) {
	id, _ := rows.Int(0)
	version, _ := rows.Int(1)
	b := append(e.dst, `{"id":"`...)
	b = strconv.AppendInt(b, id, 10)
	b = append(b, `","version":`...)
	b = strconv.AppendInt(b, version, 10)
	for i := range e.p.outs {
		out := &e.p.outs[i]
		b = append(b, out.prefix...)
		switch {
		case isList(out.field):
			e.holes = append(e.holes, hole{len(b), value.ID(id), out})
		case out.masked || out.inline != nil || out.part != "":
			b = schema.AppendJSON(b, e.p.load(out, rows))
		default:
			b = out.field.AppendRowJSON(b, rows, out.at)
		}
	}
	e.dst = append(b, '}')
}

// fill reads the lists of all rows and puts them where they belong.
func (e *encoder) fill(ctx context.Context) error {
	if len(e.holes) == 0 {
		return nil
	}
	ids := make([]value.ID, 0, e.n)
	for _, h := range e.holes {
		if len(ids) == 0 || ids[len(ids)-1] != h.id {
			ids = append(ids, h.id)
		}
	}
	lists, err := e.p.readLists(ctx, ids)
	if err != nil {
		return err
	}
	full := make([]byte, 0, len(e.dst)+32*len(e.holes))
	from := 0
	for _, h := range e.holes {
		full = append(full, e.dst[from:h.pos]...)
		full = schema.AppendJSON(full, lists[listKey{h.out.field.ID, h.id}])
		from = h.pos
	}
	e.dst = append(full, e.dst[from:]...)
	return nil
}
