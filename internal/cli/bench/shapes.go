package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// The names of what is measured; targets refer to them.
const (
	shapeGet     = "get"
	shapePage    = "first page of 50"
	shapeLater   = "page 1,000"
	shapeBoard   = "board column"
	shapeFinding = "search by fragment"
	shapeName    = "search by name"
	shapeWords   = "search by common words"
	shapeTotals  = "totals by stage"
	shapeCreate  = "create"
	shapeUpdate  = "update"
	shapeBatch   = "batch of 1,000 creates"
	shapeMix     = "all but batches"
)

// made numbers the records that requests create; the names of two runs on one
// workspace must not meet.
type made struct {
	run  string
	next atomic.Int64
}

// shapes are the requests of one actor. later is the cursor of a page far into
// the list.
func (s *site) shapes(a *actor, later string, m *made) []Shape {
	get := func(path string, args ...string) string {
		return address("/api/v1/"+path, args...)
	}
	reading := func(name, want string, path func(r *rand.Rand) string) Shape {
		return Shape{Name: name, Want: want, Make: func(r *rand.Rand, req *Request) { req.Method, req.Path = http.MethodGet, path(r) }}
	}
	list := []Shape{
		reading(shapeGet, `"version":`, func(r *rand.Rand) string { return get("deals/" + pick(r, a.deals)) }),
		reading(shapePage, `"items":[`, func(r *rand.Rand) string {
			return get("deals", "filter", fmt.Sprintf(`stage = "%s" and owner = "%s"`, pick(r, s.stages), pick(r, a.owners)), "sort", "-amount", "count", "capped")
		}),
		reading(shapeLater, `"items":[{`, func(*rand.Rand) string { return get("deals", "sort", "-amount", "cursor", later) }),
		reading(shapeBoard, `"items":[`, func(r *rand.Rand) string {
			return get("deals", "filter", fmt.Sprintf(`stage = "%s"`, pick(r, s.stages)), "sort", "-amount", "fields", "name,amount,close_date,owner.name,account.name")
		}),
		reading(shapeFinding, `"`, func(r *rand.Rand) string { return get("search", "q", s.fragment(r, a)) }),
		reading(shapeName, `"`, func(r *rand.Rand) string { return get("search", "q", s.name(r, a)) }),
		reading(shapeWords, `"`, func(r *rand.Rand) string {
			_, common, _ := strings.Cut(strings.TrimPrefix(s.name(r, a), "Deal "), " ")
			return get("search", "q", common)
		}),
		{Name: shapeTotals, Want: `"total"`, Make: func(r *rand.Rand, req *Request) {
			post(req, "deals/aggregate", `{"group":["stage"],"measures":["count","sum:amount"]}`)
		}},
		{Name: shapeUpdate, Want: `"version":`, Make: func(r *rand.Rand, req *Request) {
			post(req, "deals/"+pick(r, a.deals), fmt.Sprintf(`{"amount":{"amount":"%d.00","currency":"EUR"},"next_step":"call %d"}`, r.IntN(500_000), r.IntN(1000)))
			req.Method = http.MethodPatch
		}},
		{Name: shapeCreate, Want: `"id":`, Make: func(r *rand.Rand, req *Request) {
			post(req, "deals", "")
			req.Body = s.appendDeal(req.Body, r, a, m)
		}},
	}
	list = append(list, mixed(list))
	return append(list, Shape{Name: shapeBatch, Rows: 1000, Want: `"created":1000`, Make: func(r *rand.Rand, req *Request) {
		post(req, "deals/batch", `{"writes":[`)
		for i := range 1000 {
			if i > 0 {
				req.Body = append(req.Body, ',')
			}
			req.Body = append(s.appendDeal(append(req.Body, `{"values":`...), r, a, m), '}')
		}
		req.Body = append(req.Body, "]}"...)
	}})
}

// mixed sends one of the shapes after the other, as many people would.
func mixed(list []Shape) Shape {
	return Shape{Name: shapeMix, Make: func(r *rand.Rand, req *Request) { list[r.IntN(len(list))].Make(r, req) }}
}

func pick(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

func post(req *Request, path, body string) {
	req.Method, req.Path, req.Header = http.MethodPost, "/api/v1/"+path, "Content-Type: application/json\r\n"
	req.Body = append(req.Body, body...)
}

// name is that of one of the actor's deals: its number makes it rare. Each of
// the words behind the number stands in a twenty-fifth of all records.
func (s *site) name(r *rand.Rand, a *actor) string {
	return s.plan.Deal(a.numbers[r.IntN(len(a.numbers))]).Name
}

// fragment is the end of a number that one of the actor's deals carries.
func (s *site) fragment(r *rand.Rand, a *actor) string {
	text := strconv.Itoa(a.numbers[r.IntN(len(a.numbers))])
	return text[max(0, len(text)-5):]
}

// appendDeal writes the values of a new deal, with about twenty fields.
func (s *site) appendDeal(b []byte, r *rand.Rand, a *actor, m *made) []byte {
	n := int(m.next.Add(1))
	d := s.plan.Deal(s.plan.Deals + n)
	return fmt.Appendf(b, `{"name":%q,"amount":{"amount":%q,"currency":"EUR"},"stage":%q,"account":%q,"close_date":%q,"source":%q,"kind":%q,`+
		`"next_step":%q,"description":%q,"campaign":%q,"region":%q,"score":%d,"external_id":%q}`,
		d.Name, d.Amount.Amount(), s.stages[r.IntN(4)], pick(r, a.accounts), d.Close.String(), d.Source, d.Kind,
		d.NextStep, d.Description, d.Campaign, d.Region, d.Score, m.run+"-"+strconv.Itoa(n))
}
