package commerce

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// History is what a customer bought and paid: contracts and receipts, latest
// first, with what was open after each of them, in each currency by itself. A page
// of it is whole days, so that contracts and receipts end on the same one.
type History struct {
	v       *kit.View
	n       *parts.Names
	entries []entry
	sums    []balance
	known   bool       // the actor may know every figure that a balance is made of
	until   value.Date // the latest day of this page; 0 on the first
	older   value.Date // that of the next one; 0 where there is none
	page    string     // address of the customer
	all     string     // the list of all contracts
	create  string     // address of a new one
	o       *schema.Object
}

// entry is a contract or a receipt on the day it came about. What counts for
// nothing, a draft, a void contract with its receipts or a reversed receipt,
// changes no balance.
type entry struct {
	r            *record.Record
	on           value.Date
	contract     bool
	name, number string
	url          string
	state, color string
	bought, paid value.Money
	counts       bool
	link         *schema.FieldDef // of a receipt, to its contract
	after        value.Money      // open after it
}

// balance is what a customer bought and paid in one currency.
type balance struct{ bought, paid, open value.Money }

// conditions are those under which contracts, and receipts, are of a customer, as
// far as the actor may know of whom they are.
func conditions(s *record.Session, o *schema.Object, id value.ID) (contracts, receipts string) {
	by := map[string]string{commerce.ContractAccount.Name(): " = "}
	if o.Name != "account" {
		by = map[string]string{commerce.ContractSigner.Name(): " = ", commerce.ContractStakeholders.Name(): " contains "}
	}
	of := s.Schema().MustObject(commerce.Contracts.Name)
	var direct, over []string
	for _, field := range slices.Sorted(maps.Keys(by)) {
		if knows(s, of, field) {
			is := field + by[field] + `"` + id.String() + `"`
			direct, over = append(direct, is), append(over, "contract."+is)
		}
	}
	if len(direct) == 0 {
		return "id is empty", "id is empty"
	}
	return strings.Join(direct, " or "), strings.Join(over, " or ")
}

// Count is how many contracts a customer has, as far as the actor may know.
func Count(c *door.Call, s *record.Session, o *schema.Object, id value.ID) (int64, bool, error) {
	contracts, _ := conditions(s, o, id)
	return s.Count(c.Ctx, record.Query{Object: commerce.Contracts.Name, Filter: contracts, Count: record.CountCapped})
}

// Of reads the history of an account or a contact.
func Of(c *door.Call, s *record.Session, o *schema.Object, id value.ID) (*History, error) {
	contracts, receipts := conditions(s, o, id)
	h := &History{v: c.View, n: parts.NewNames(s), all: "/contracts?" + url.Values{"filter": {contracts}}.Encode(), page: "/" + o.Plural + "/" + id.String()}
	h.until, _ = value.ParseDate(c.R.URL.Query().Get("until"))
	var err error
	if h.o, err = s.Object(commerce.Contracts.Name); err != nil {
		return nil, err
	}
	if s.Actor().Can(h.o, access.Create) {
		field := "account"
		if o.Name == "contact" {
			field = commerce.ContractSigner.Name()
		}
		h.create = "/contracts/new?" + field + "=" + id.String()
	}
	if err := h.read(c, s, contracts, receipts); err != nil {
		return nil, err
	}
	if len(h.entries) == 0 && h.until != 0 { // a page that there never was
		h.until = 0
		if err := h.read(c, s, contracts, receipts); err != nil {
			return nil, err
		}
	}
	if err := h.totals(c, s, contracts); err != nil {
		return nil, err
	}
	if err := h.run(c, s, contracts, receipts); err != nil {
		return nil, err
	}
	return h, h.n.Load(c.Ctx)
}

// stream is one of the lists that the history is made of, latest first.
type stream struct {
	q    record.Query
	make func(*record.Record) entry
	last value.Date // the day of the last one that was read
	next bool       // there are more
}

// read takes the days of the page from contracts by their day of signing, from
// those without one by that of their creation, and from receipts.
func (h *History) read(c *door.Call, s *record.Session, contracts, receipts string) error {
	both := func(filter, and string) string { return "(" + filter + ") and " + and }
	until := func(field string) string {
		if h.until == 0 {
			return ""
		}
		return " and " + field + ` < date("` + h.until.AddDays(1).String() + `")`
	}
	of := func(r *record.Record) entry { return h.ofContract(s, r) }
	streams := []*stream{{q: record.Query{Object: h.o.Name, Filter: both(contracts, "created_at is not empty"+until("created_at")), Sort: "-created_at,-id"}, make: of}}
	dated := knows(s, h.o, commerce.ContractSignedOn.Name())
	if dated {
		streams[0].q.Filter = both(contracts, "signed_on is empty"+until("created_at"))
		streams = append(streams, &stream{q: record.Query{Object: h.o.Name, Filter: both(contracts, "signed_on is not empty"+until("signed_on")), Sort: "-signed_on,-id"}, make: of})
	}
	o, err := s.Object(commerce.Receipts.Name)
	if err == nil && knows(s, o, "received_on", "contract") { // who may not read receipts sees the contracts alone
		q := record.Query{Object: o.Name, Filter: both(receipts, "received_on is not empty"+until("received_on")), Sort: "-received_on,-id"}
		h.known = dated && knows(s, o, "amount", "reversed_on") && knows(s, h.o, "state", "total", "received", "open_amount")
		for _, f := range visible(s, o, []string{"number", "received_on", "amount", "method", "reversed_on", "reversal_reason", "contract"}) {
			q.Fields = append(q.Fields, f.Name)
		}
		if knows(s, h.o, "state") {
			q.Fields = append(q.Fields, "contract.state")
		}
		streams = append(streams, &stream{q: q, make: func(r *record.Record) entry { return h.ofReceipt(o, r) }})
	}
	for _, x := range streams {
		x.q.Limit = most
		if err := h.readOn(c, s, x); err != nil {
			return err
		}
	}
	h.sort()
	defer h.want()
	if len(h.entries) <= most && !slices.ContainsFunc(streams, func(x *stream) bool { return x.next }) {
		return nil
	}
	first := h.entries[min(most, len(h.entries))-1].on // the earliest day that is shown, and all of it
	for _, x := range streams {
		for x.next && x.last >= first {
			if err := h.readOn(c, s, x); err != nil {
				return err
			}
		}
	}
	h.sort()
	shown := slices.IndexFunc(h.entries, func(e entry) bool { return e.on < first })
	if shown < 0 {
		shown = len(h.entries)
	}
	if shown < len(h.entries) || slices.ContainsFunc(streams, func(x *stream) bool { return x.next }) {
		h.older = first.AddDays(-1)
	}
	h.entries = h.entries[:shown]
	return nil
}

// want asks for the names of the contracts that receipts are of.
func (h *History) want() {
	for _, e := range h.entries {
		if !e.contract {
			h.n.Want(e.link, e.r.Value(e.link))
		}
	}
}

// knows reports whether the actor may read an object and know some of its fields.
func knows(s *record.Session, o *schema.Object, names ...string) bool {
	return s.Actor().Can(o, access.Read) && !slices.ContainsFunc(names, func(name string) bool {
		f, ok := o.Field(name)
		return !ok || !s.Actor().CanFilter(f)
	})
}

// readOn reads on in one of the lists.
func (h *History) readOn(c *door.Call, s *record.Session, x *stream) error {
	page, err := s.Query(c.Ctx, x.q)
	if err != nil {
		return err
	}
	for _, r := range page.Records {
		e := x.make(r)
		h.entries, x.last = append(h.entries, e), e.on
	}
	x.q.Cursor, x.next = page.Next, page.Next != ""
	return nil
}

func (h *History) sort() {
	slices.SortStableFunc(h.entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.on, a.on), cmp.Compare(b.r.ID, a.r.ID))
	})
}

func (h *History) ofContract(s *record.Session, r *record.Record) entry {
	e := entry{r: r, contract: true, name: r.Title(), url: "/contracts/" + r.ID.String()}
	key, _ := record.Get(r, commerce.ContractState)
	e.state, e.color = h.stateOf(key)
	e.bought, _ = record.Get(r, commerce.ContractTotal)
	e.counts = binds(key)
	if on, ok := record.Get(r, commerce.ContractSignedOn); ok {
		e.on = on
	} else if at, ok := r.Field("created_at").(time.Time); ok {
		e.on = value.DateOf(at, s.Env().Zone)
	}
	e.number, _ = record.Get(r, commerce.ContractNumber)
	return e
}

func (h *History) ofReceipt(o *schema.Object, r *record.Record) entry {
	e := entry{r: r, name: r.Title(), url: "/receipts/" + r.ID.String()}
	e.on, _ = record.Get(r, commerce.ReceiptReceivedOn)
	e.paid, _ = record.Get(r, commerce.ReceiptAmount)
	e.link, _ = o.Field(commerce.ReceiptContract.Name())
	method, _ := o.Field(commerce.ReceiptMethod.Name())
	by, _ := record.Get(r, commerce.ReceiptMethod)
	e.state, e.color, e.counts = method.OptionLabel(by, h.v.Lang), "gray", true
	state, _ := r.Path("contract.state").(string)
	switch {
	case reversed(r):
		e.state, e.color, e.counts = h.v.T("web.commerce.reversed"), "red", false
	case state != "" && !binds(state):
		e.counts = false
		e.state, e.color = h.stateOf(state)
	}
	return e
}

// stateOf is how a state of contracts is called, and its colour.
func (h *History) stateOf(key string) (label, color string) {
	state, _ := h.o.Field(commerce.ContractState.Name())
	option, _ := state.Option(key)
	return state.OptionLabel(key, h.v.Lang), option.Color
}

// binds reports whether somebody owes money by contracts in a state.
func binds(state string) bool { return state != commerce.Draft && state != commerce.Void }

// totals sums what binds, over all contracts of the customer, in each currency.
func (h *History) totals(c *door.Call, s *record.Session, filter string) error {
	names := []string{commerce.ContractTotal.Name(), commerce.ContractReceived.Name(), commerce.ContractOpen.Name()}
	if len(visible(s, h.o, names)) < len(names) {
		return nil
	}
	ask := record.Aggregate{Object: commerce.Contracts.Name, Filter: "(" + filter + ") and " + commerce.Binding}
	for _, name := range names {
		ask.Measures = append(ask.Measures, "sum:"+name)
	}
	result, err := s.Aggregate(c.Ctx, ask)
	if err != nil {
		return err
	}
	for i, m := range result.Total.Values {
		for _, sum := range m.Sums {
			at := slices.IndexFunc(h.sums, func(b balance) bool { return b.bought.Currency == sum.Currency })
			if at < 0 {
				z := value.Money{Currency: sum.Currency}
				h.sums, at = append(h.sums, balance{z, z, z}), len(h.sums)
			}
			*[]*value.Money{&h.sums[at].bought, &h.sums[at].paid, &h.sums[at].open}[i] = sum
		}
	}
	return nil
}

// run works back from what is open today to what was open after each entry.
func (h *History) run(c *door.Call, s *record.Session, contracts, receipts string) error {
	if !h.known {
		return nil
	}
	open := map[string]int64{}
	for _, b := range h.sums {
		open[b.bought.Currency] = b.open.Minor
	}
	if h.until != 0 { // less what came about on the days of the pages before
		day := `date("` + h.until.AddDays(1).String() + `")`
		later := "(" + contracts + ") and " + commerce.Binding + " and (signed_on >= " + day + " or signed_on is empty and created_at >= " + day + ")"
		if err := addSums(c, s, open, commerce.Contracts.Name, later, commerce.ContractTotal.Name(), -1); err != nil {
			return err
		}
		later = "(" + receipts + ") and " + commerce.OfBinding + " and reversed_on is empty and received_on >= " + day
		if err := addSums(c, s, open, commerce.Receipts.Name, later, commerce.ReceiptAmount.Name(), 1); err != nil {
			return err
		}
	}
	for i := range h.entries {
		e := &h.entries[i]
		m := e.bought
		if !e.contract {
			m = e.paid
		}
		if !e.counts || m == (value.Money{}) {
			continue
		}
		e.after = value.Money{Minor: open[m.Currency], Currency: m.Currency}
		if e.contract {
			open[m.Currency] -= m.Minor
		} else {
			open[m.Currency] += m.Minor
		}
	}
	return nil
}

// addSums adds sums to those of each currency, or takes them off.
func addSums(c *door.Call, s *record.Session, to map[string]int64, object, filter, field string, sign int64) error {
	result, err := s.Aggregate(c.Ctx, record.Aggregate{Object: object, Filter: filter, Measures: []string{"sum:" + field}})
	if err != nil {
		return err
	}
	for _, sum := range result.Total.Values[0].Sums {
		to[sum.Currency] += sign * sum.Minor
	}
	return nil
}

// of names the contract of a receipt.
func (h *History) of(e entry) string {
	if e.contract {
		return e.number
	}
	id, _ := record.Get(e.r, commerce.ReceiptContract)
	title, _ := h.n.Title(commerce.Contracts.Name, id)
	return title
}
