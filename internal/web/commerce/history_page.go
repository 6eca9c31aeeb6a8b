package commerce

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"

	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// place is where a page of the history begins: on a day, behind so many entries of
// it. Without a day it is the first page.
type place struct {
	day  value.Date
	skip int
}

// mostSkipped is how far into one day a page can begin.
const mostSkipped = 1_000_000

func placeOf(q url.Values) (at place) {
	at.day, _ = value.ParseDate(q.Get("until"))
	if n, err := strconv.Atoi(q.Get("skip")); err == nil && at.day != 0 && n > 0 && n <= mostSkipped {
		at.skip = n
	}
	return at
}

func (at place) query() string {
	text := "until=" + at.day.String()
	if at.skip > 0 {
		text += "&skip=" + strconv.Itoa(at.skip)
	}
	return text
}

// stream is one of the lists that the history is made of, latest first.
type stream struct {
	q     record.Query // of the whole list
	field string       // its day, or moment
	make  func(*record.Record) entry
	next  bool // there are more than were read
}

// streams are contracts by their day of signing, those without one by that of their
// creation, and receipts.
func (h *History) streams(s *record.Session, contracts, receipts string) []*stream {
	both := func(filter, and string) string { return "(" + filter + ") and " + and }
	of := func(r *record.Record) entry { return h.ofContract(s, r) }
	streams := []*stream{{q: record.Query{Object: h.o.Name, Filter: both(contracts, "created_at is not empty")}, field: "created_at", make: of}}
	dated := knows(s, h.o, commerce.ContractSignedOn.Name())
	if dated {
		streams[0].q.Filter = both(contracts, "signed_on is empty")
		streams = append(streams, &stream{q: record.Query{Object: h.o.Name, Filter: both(contracts, "signed_on is not empty")}, field: commerce.ContractSignedOn.Name(), make: of})
	}
	o, err := s.Object(commerce.Receipts.Name)
	if err != nil || !knows(s, o, "received_on", "contract") { // he sees the contracts alone
		return streams
	}
	q := record.Query{Object: o.Name, Filter: both(receipts, "received_on is not empty")}
	h.known = dated && h.binding && knows(s, o, "amount", "reversed_on") && knows(s, h.o, "total", "received", "open_amount")
	for _, f := range visible(s, o, []string{"number", "received_on", "amount", "method", "reversed_on", "reversal_reason", "contract"}) {
		q.Fields = append(q.Fields, f.Name)
	}
	if h.binding {
		q.Fields = append(q.Fields, "contract.state")
	}
	return append(streams, &stream{q: q, field: commerce.ReceiptReceivedOn.Name(), make: func(r *record.Record) entry { return h.ofReceipt(o, r) }})
}

// read takes the entries of the page: what is left of the day on which it begins,
// and whole days up to the usual length. Of a day that is longer than a page the
// next one shows more.
func (h *History) read(c *door.Call, s *record.Session, contracts, receipts string) error {
	streams, until := h.streams(s, contracts, receipts), h.at.day
	defer h.want()
	var begun []entry
	if h.at.skip > 0 {
		day, err := h.ofDay(c, s, streams, until, h.at.skip+most+1)
		if err != nil {
			return err
		}
		n := min(h.at.skip, len(day))
		h.passed, begun = day[:n], day[n:]
		if len(begun) > most {
			h.entries, h.older = begun[:most], place{until, h.at.skip + most}
			return nil
		}
		until = until.AddDays(-1)
	}
	for _, x := range streams {
		list, err := x.read(c, s, until, 0, "-"+x.field+",-id", most)
		if err != nil {
			return err
		}
		h.entries = append(h.entries, list...)
	}
	slices.SortStableFunc(h.entries, latest)
	if len(h.entries) > most || slices.ContainsFunc(streams, func(x *stream) bool { return x.next }) {
		if err := h.cut(c, s, streams); err != nil {
			return err
		}
	}
	h.entries = append(begun, h.entries...)
	return nil
}

// cut ends the page with the day of the last entry that fits, all of it but for a
// day of very many.
func (h *History) cut(c *door.Call, s *record.Session, streams []*stream) error {
	first := h.entries[min(most, len(h.entries))-1].on
	day, err := h.ofDay(c, s, streams, first, most+1)
	if err != nil {
		return err
	}
	h.entries = slices.DeleteFunc(h.entries, func(e entry) bool { return e.on <= first })
	if len(day) > most {
		h.entries, h.older = append(h.entries, day[:most]...), place{first, most}
		return nil
	}
	h.entries = append(h.entries, day...)
	for _, x := range streams {
		list, err := x.read(c, s, first.AddDays(-1), 0, "-"+x.field+",-id", 1)
		if err != nil {
			return err
		}
		if len(list) > 0 {
			h.older = place{day: first.AddDays(-1)}
		}
	}
	return nil
}

// ofDay are the first n entries of a day, the newest records first.
func (h *History) ofDay(c *door.Call, s *record.Session, streams []*stream, day value.Date, n int) (all []entry, err error) {
	for _, x := range streams {
		list, err := x.read(c, s, day, day, "-id", n)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, latest)
	return all[:min(n, len(all))], nil
}

// latest orders entries by day and, on one day, as they were made.
func latest(a, b entry) int { return cmp.Or(cmp.Compare(b.on, a.on), cmp.Compare(b.r.ID, a.r.ID)) }

// read answers up to n entries of the days from one to another; 0 = open.
func (x *stream) read(c *door.Call, s *record.Session, until, from value.Date, sort string, n int) (list []entry, err error) {
	q := x.q
	q.Sort = sort
	if until != 0 {
		q.Filter += " and " + x.field + ` < date("` + until.AddDays(1).String() + `")`
	}
	if from != 0 {
		q.Filter += " and " + x.field + ` >= date("` + from.String() + `")`
	}
	for more := true; more && len(list) < n; {
		q.Limit = min(most, n-len(list))
		page, err := s.Query(c.Ctx, q)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			list = append(list, x.make(r))
		}
		q.Cursor, more = page.Next, page.Next != ""
		x.next = more
	}
	return list, nil
}
