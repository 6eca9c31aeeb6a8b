package report

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
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
		if part = strings.TrimSpace(part); part != "" && part != a.Object.Title {
			fields = append(fields, part)
		}
	}
	q.Filter = Both(Both(q.Filter, a.Tile.Filter), a.Scope.Condition(s, OwnerPath(a.Object)))
	q.Fields, q.Limit, q.Count = fields, mostListed, record.CountCapped
	page, err := s.Query(ctx, q)
	if err != nil {
		return outdated(cmp.Or(a.Tile.Title, title), a.hidden(s, cmp.Or(a.Tile.Title, title), err))
	}
	l := &Listing{Title: title, URL: address, Count: page.Count, More: page.Capped}
	if q.Filter != "" {
		l.URL += "?filter=" + url.QueryEscape(q.Filter)
	}
	l.fill(s, w, a.Object, fields, page.Records)
	a.List = l
	return nil
}

// outdated says that a list asks for a field that is gone, in the place of the words with
// which an expression stumbles over a name.
func outdated(title string, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid || !Unknown(f) {
		return err
	}
	return fault.New(fault.Invalid, "report.broken_list", fault.Args{"report": title, "name": f.Args["name"]}).Because(f)
}

// Unknown reports whether a fault is about a name that is not there.
func Unknown(f *fault.Error) bool {
	return strings.HasPrefix(f.Key, "schema.unknown_field") || strings.HasPrefix(f.Key, "expr.unknown_name")
}

// mostFields is how many fields of records behind a figure are shown.
const mostFields = 6

// ListOf is the records of a figure as a list: their titles, and the fields that
// lists of their object begin with.
func ListOf(ctx context.Context, s *record.Session, w *Words, f Found, t Trail) (*Listing, error) {
	o, err := s.Object(f.Object)
	if err != nil {
		return nil, err
	}
	l, fields := &Listing{Count: f.Count}, []string{o.Title}
	for _, name := range o.Layout().Columns {
		f, ok := o.Field(name)
		if !ok || name == o.Title || len(fields) == mostFields || !s.Sees(f) {
			continue
		}
		if to := s.Schema().Target(f); f.IsLink() && to != nil {
			if title, ok := to.Field(to.Title); !ok || !s.Sees(title) {
				continue
			}
			name += "." + to.Title
		}
		fields = append(fields, name)
	}
	var list []*record.Record
	if len(f.IDs) > 0 {
		q := f.Query(t)
		q.Fields = fields
		page, err := s.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		list = page.Records
	}
	l.fill(s, w, o, fields, list)
	return l, nil
}

// fill writes the fields of records.
func (l *Listing) fill(s *record.Session, w *Words, o *schema.Object, fields []string, list []*record.Record) {
	heads := &Words{Format: w.Format, Lang: w.Lang, Groups: Paths(s, o, fields)}
	for i := range fields {
		l.Heads = append(l.Heads, heads.Head(i))
	}
	for _, r := range list {
		row := ListRow{URL: "/" + o.Plural + "/" + r.ID.String()}
		for i, path := range fields {
			row.Cells = append(row.Cells, heads.cell(s, r.Path(path), i))
		}
		l.Rows = append(l.Rows, row)
	}
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
