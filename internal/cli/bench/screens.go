package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
)

// The names of the pages; targets refer to them.
const (
	screenList   = "list page"
	screenBoard  = "board page"
	screenOwner  = "board of one owner"
	screenRecord = "record page"
	screenTen    = "record with 10 entries"
	screenMany   = "record with 10,000 entries"
)

// screen is one page, and the calls by which the API tells what is on it.
type screen struct {
	name string
	// about chooses a record or a filter: the page's address and the calls.
	about func(r *rand.Rand) (path string, calls []Request)
	// mark stands in the page once for each row, card or entry.
	mark string
	// alone leaves out all figures but the page's own.
	alone bool
}

// shape asks for the page.
func (x screen) shape() Shape {
	return Shape{Name: x.name, Make: func(r *rand.Rand, req *Request) {
		req.Method = http.MethodGet
		req.Path, _ = x.about(r)
	}}
}

// data asks the API for what is on the page, call by call, then for another.
// Only one client may use it.
func (x screen) data() Shape {
	var left []Request
	return Shape{Name: x.name + ", its data", Make: func(r *rand.Rand, req *Request) {
		if len(left) == 0 {
			_, left = x.about(r)
		}
		body := append(req.Body, left[0].Body...)
		*req, left = left[0], left[1:]
		req.Body = body
	}}
}

// calls is how many calls of the API stand for one page.
func (x screen) calls() int {
	_, calls := x.about(rand.New(rand.NewPCG(1, 1)))
	return len(calls)
}

// The columns of the list, and the same with the titles of linked records.
const (
	listColumns = "name,account,stage,amount,probability,close_date,owner,next_activity_at,source,created_at"
	listFields  = "name,account.name,stage.name,amount,probability,close_date,owner.name,next_activity_at,source,created_at,status"
	cardFields  = "name,stage,account.name,amount,close_date,next_activity_at,owner.name,stage_since"
)

// onCard and onTimeline are how many come at once.
const (
	onCard     = "25"
	onTimeline = "12"
)

// screens are the pages that an actor opens.
func (s *site) screens(a *actor) []screen {
	return []screen{
		{name: screenList, mark: "<tr data-row", about: func(r *rand.Rand) (string, []Request) { return s.list(r, a) }},
		{name: screenBoard, mark: ` data-id="`, about: func(*rand.Rand) (string, []Request) { return s.board("") }},
		{name: screenOwner, mark: ` data-id="`, about: func(r *rand.Rand) (string, []Request) { return s.board(`owner = "` + pick(r, a.owners) + `"`) }},
		{name: screenRecord, mark: `<article class="ev`, about: func(r *rand.Rand) (string, []Request) { return s.record(pick(r, s.extras.Fifty)) }},
		{name: screenTen, mark: `<article class="ev`, about: func(*rand.Rand) (string, []Request) { return s.record(s.extras.Ten) }, alone: true},
		{name: screenMany, mark: `<article class="ev`, about: func(*rand.Rand) (string, []Request) { return s.record(s.extras.Many) }, alone: true},
	}
}

func (s *site) list(r *rand.Rand, a *actor) (string, []Request) {
	filter := fmt.Sprintf(`stage = "%s" and owner = "%s"`, pick(r, s.stages), pick(r, a.owners))
	return address("/deals", "filter", filter, "sort", "-amount", "columns", listColumns),
		[]Request{asking("deals", "filter", filter, "sort", "-amount", "fields", listFields)}
}

// board is every stage of the bench, the closed ones unfolded, with the deals
// that a filter leaves.
func (s *site) board(filter string) (string, []Request) {
	path := address("/deals", "layout", "board", "filter", filter, "pipeline", s.extras.Pipeline, "open", strings.Join(s.stages, ","))
	within := `stage.pipeline = "` + s.extras.Pipeline + `"`
	if filter != "" {
		within = "(" + filter + ") and " + within
	}
	return path, s.boardCalls(filter, within)
}

func (s *site) boardCalls(filter, within string) []Request {
	var sums Request // stages tell which pipeline they are of
	post(&sums, "deals/aggregate", fmt.Sprintf(`{"filter":%q,"group":["stage"],"measures":["count","sum:amount","sum:weighted"]}`, filter))
	calls := []Request{
		asking("pipelines", "sort", "position", "fields", "name,active"), asking("stages", "sort", "position", "limit", "500"), sums,
	}
	for _, stage := range append([]string{s.extras.Eighth}, s.stages...) {
		calls = append(calls, asking("deals", "filter", within+` and stage = "`+stage+`"`, "sort", "-amount", "limit", onCard, "fields", cardFields))
	}
	return calls
}

func (s *site) record(deal string) (string, []Request) {
	return "/deals/" + deal, []Request{
		asking("deals/" + deal), asking("deals/"+deal+"/timeline", "limit", onTimeline),
		asking("stages", "filter", `pipeline = "`+s.extras.Pipeline+`"`, "sort", "position"),
	}
}

// address is a path with parameters, given as pairs of name and value.
func address(path string, args ...string) string {
	q := url.Values{}
	for i := 0; i < len(args); i += 2 {
		q.Set(args[i], args[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// asking is a call of the API.
func asking(path string, args ...string) Request {
	return Request{Method: http.MethodGet, Path: address("/api/v1/"+path, args...)}
}
