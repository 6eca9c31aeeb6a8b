package report

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Listing is the first records of a list, as texts.
type Listing struct {
	Title string
	URL   string // of the whole list
	Heads []string
	Rows  []ListRow
	Count int64
	More  bool // there are more than the count says
}

// ListRow is one record of a listing.
type ListRow struct {
	URL   string
	Cells []string
}

// mostListed is how many records a tile lists.
const mostListed = 8

// list asks for the records of a list tile: of a saved view, or of an object by
// its plural.
func (a *Answer) list(ctx context.Context, s *record.Session, w *Words) error {
	q, title, address, err := a.listQuery(ctx, s, w)
	if err != nil {
		return err
	}
	if a.Object, err = s.Object(q.Object); err != nil {
		return err
	}
	fields := []string{a.Object.Title}
	for part := range strings.SplitSeq(a.Tile.Column, ",") {
		if part = strings.TrimSpace(part); part != "" {
			fields = append(fields, part)
		}
	}
	q.Filter = Both(Both(q.Filter, a.Tile.Filter), a.Scope.Condition(OwnerPath(a.Object)))
	q.Fields, q.Limit, q.Count = fields, mostListed, record.CountCapped
	page, err := s.Query(ctx, q)
	if err != nil {
		return err
	}
	l := &Listing{Title: title, URL: address, Count: page.Count, More: page.Capped}
	if q.Filter != "" {
		l.URL += "?filter=" + url.QueryEscape(q.Filter)
	}
	heads := &Words{Format: w.Format, Lang: w.Lang, Groups: Paths(s, a.Object, fields)}
	for i := range fields {
		l.Heads = append(l.Heads, heads.Head(i))
	}
	for _, r := range page.Records {
		row := ListRow{URL: "/" + a.Object.Plural + "/" + r.ID.String()}
		for i, path := range fields {
			row.Cells = append(row.Cells, heads.cell(s, r.Path(path), i))
		}
		l.Rows = append(l.Rows, row)
	}
	a.List = l
	return nil
}

func (a *Answer) listQuery(ctx context.Context, s *record.Session, w *Words) (q record.Query, title, address string, err error) {
	if id, bad := value.ParseID(a.Tile.Of); bad == nil {
		v, err := s.View(ctx, id)
		if err != nil {
			return q, "", "", err
		}
		o, err := s.Object(v.Object)
		if err != nil {
			return q, "", "", err
		}
		q, err = v.Query()
		return q, v.Name, "/" + o.Plural, err
	}
	for _, o := range s.Schema().Objects() {
		if o.Plural != a.Tile.Of {
			continue
		}
		if _, err := s.Object(o.Name); err != nil {
			return q, "", "", err
		}
		return record.Query{Object: o.Name, Sort: a.Tile.Sort}, o.Label(w.Lang).Many, "/" + o.Plural, nil
	}
	return q, "", "", fault.New(fault.NotFound, "report.no_list", fault.Args{"list": value.Printable(a.Tile.Of)})
}

// cell is a field of a record as its reader reads it.
func (w *Words) cell(s *record.Session, v any, i int) string {
	switch x := v.(type) {
	case string:
		if g := w.Groups[i]; g.Field != nil && len(g.Field.Options) > 0 {
			return g.Field.OptionLabel(x, w.Lang)
		}
		return x
	case int64:
		return w.Int(x)
	case decimal.Decimal:
		return w.Number(x, 0, 2)
	case value.Money:
		return w.Money(x)
	case value.Date:
		return w.Date(x)
	case time.Time:
		return w.Date(value.DateOf(x, s.Env().Zone))
	case bool:
		if x {
			return "✓"
		}
	}
	return ""
}
