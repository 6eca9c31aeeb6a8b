package predict

import (
	"net/url"
	"strconv"
	"strings"

	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// compared is the page on what won deals have that lost ones have not.
type compared struct {
	v         *kit.View
	x         *sales.Works
	pipelines []*record.Record
	said      []string // the facts in words
	// The figure that was asked for, with the deals behind it.
	fact, path int
	with       bool
	behind     []*record.Record
	more       int
}

// mostBehind is how many deals behind a figure are listed.
const mostBehind = 200

func whatWorks(c *door.Call) error {
	q := c.R.URL.Query()
	x := &compared{v: c.View, fact: place(q.Get("fact")), path: place(q.Get("path")), with: q.Get("side") != "without"}
	pipeline, _ := value.ParseID(q.Get("pipeline"))
	err := c.Read(func(s *record.Session) (err error) {
		if x.x, err = sales.Compare(c.Ctx, s, pipeline); err != nil {
			return err
		}
		x.said = nil
		for _, f := range x.x.Facts {
			x.said = append(x.said, sales.SayFact(s, f))
		}
		page, err := s.Query(c.Ctx, record.Query{Object: sales.Pipelines.Name, Sort: "position,id", Limit: 500})
		if err != nil {
			return err
		}
		x.pipelines = page.Records
		return x.find(c, s)
	}, store.Report)
	if err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.predict.works"), Nav: "/reports", Body: worksPage(x)})
}

// place reads which row is meant; -1 for none.
func place(text string) int {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return n
	}
	return -1
}

// find reads the deals behind the figure that was asked for.
func (x *compared) find(c *door.Call, s *record.Session) error {
	var ids []value.ID
	switch {
	case x.fact >= 0 && x.fact < len(x.x.Facts):
		ids = x.x.Facts[x.fact].Behind(x.with)
	case x.path >= 0 && x.path < len(x.x.Paths):
		ids = x.x.Paths[x.path].Behind()
	default:
		return nil
	}
	x.more = max(0, len(ids)-mostBehind)
	ids = ids[:min(len(ids), mostBehind)]
	found, err := s.GetMany(c.Ctx, sales.Deals.Name, ids)
	x.behind = nil
	for _, id := range ids {
		if r := found[id]; r != nil {
			x.behind = append(x.behind, r)
		}
	}
	return err
}

// url is the page with the deals behind a figure.
func (x *compared) url(kind string, n int, side string) string {
	q := url.Values{"pipeline": {x.x.Pipeline.String()}, kind: {strconv.Itoa(n)}}
	if side != "" {
		q.Set("side", side)
	}
	return works + "?" + q.Encode() + "#behind"
}

func (x *compared) way(p sales.WorkPath) string { return strings.Join(p.Names, " → ") }

func (x *compared) status(r *record.Record) string {
	status, _ := record.Get(r, sales.DealStatus)
	return status
}

var clearColors = map[string]string{"clear": "green", "likely": "blue", "unclear": "gray"}
