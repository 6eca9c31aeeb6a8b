package record

import (
	"net/http"
	"net/url"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/views"
)

// spot is where a record stands in the list one came from.
type spot struct {
	at, of         int64 // 1-based
	more           bool  // there are more than of
	previous, next value.ID
}

// reach is how far into a list a place is looked for.
const reach = 500

// place answers previous, next and position in a list. A list that can no
// longer be asked for has no places; that is no error of the page.
func place(c *door.Call) error {
	in := c.R.URL.Query().Get("in")
	var m *model
	var x spot
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = load(c, s); err != nil {
			return err
		}
		m.in = in
		x, err = spotOf(c, s, m)
		if fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
			x, err = spot{}, nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, placeOf(m, x))
}

// spotOf looks the record up among the first of its list.
func spotOf(c *door.Call, s *record.Session, m *model) (spot, error) {
	q, err := listQuery(c, s, m)
	if err != nil {
		return spot{}, err
	}
	q.Fields, q.Limit, q.Count = []string{"id"}, reach, record.CountCapped
	page, err := s.Query(c.Ctx, q)
	if err != nil {
		return spot{}, err
	}
	i := slices.IndexFunc(page.Records, func(r *record.Record) bool { return r.ID == m.r.ID })
	if i < 0 {
		return spot{}, nil
	}
	x := spot{at: int64(i + 1), of: page.Count, more: page.Capped}
	if i > 0 {
		x.previous = page.Records[i-1].ID
	}
	if i+1 < len(page.Records) {
		x.next = page.Records[i+1].ID
	}
	return x, nil
}

// listQuery is what the list one came from asked for, from its first row on.
func listQuery(c *door.Call, s *record.Session, m *model) (record.Query, error) {
	in := url.Values{}
	if m.in != everything {
		var err error
		if in, err = url.ParseQuery(m.in); err != nil {
			return record.Query{}, errNoState
		}
	}
	in.Del("cursor")
	st, err := views.Of(c, s, m.o, in)
	if err != nil {
		return record.Query{}, err
	}
	q := st.Query()
	q.Cursor = ""
	return q, nil
}

// at is the page of another record of the same list.
func (m *model) at(id value.ID) string {
	return "/" + m.o.Plural + "/" + id.String() + "?in=" + escape(m.in)
}
