package commerce

import (
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
// of it is whole days, so that contracts and receipts end on the same one, but for a
// day of very many.
type History struct {
	v       *kit.View
	n       *parts.Names
	entries []entry
	sums    []balance
	known   bool    // the actor may know every figure that a balance is made of
	binding bool    // he may know which contracts bind; else no amount is said to count
	at      place   // where this page begins
	older   place   // where the next one does; no day where there is none
	passed  []entry // of the day of at, on the pages before
	page    string  // address of the customer
	all     string  // the list of all contracts
	create  string  // address of a new one
	o       *schema.Object
}

// entry is a contract or a receipt on the day it came about. What counts for
// nothing, a draft, a void contract with its receipts or a reversed receipt,
// changes no balance. Who may not know states is not told which do: to leave out the
// others, or strike them, would say it.
type entry struct {
	r            *record.Record
	on           value.Date
	contract     bool
	name, number string
	url          string
	state, color string
	bought, paid value.Money
	counts       bool             // in the balance
	struck       bool             // known to count for nothing
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
	h.at = placeOf(c.R.URL.Query())
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
	h.binding = knows(s, h.o, commerce.ContractState.Name())
	if err := h.read(c, s, contracts, receipts); err != nil {
		return nil, err
	}
	if len(h.entries) == 0 && h.at.day != 0 { // a page that there never was
		h.at, h.passed = place{}, nil
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

func (h *History) ofContract(s *record.Session, r *record.Record) entry {
	e := entry{r: r, contract: true, name: r.Title(), url: "/contracts/" + r.ID.String()}
	key, _ := record.Get(r, commerce.ContractState)
	e.state, e.color = h.stateOf(key)
	e.bought, _ = record.Get(r, commerce.ContractTotal)
	e.counts, e.struck = h.binding && binds(key), h.binding && !binds(key)
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
	e.state, e.color, e.counts = method.OptionLabel(by, h.v.Lang), "gray", h.binding
	state, _ := r.Path("contract.state").(string)
	switch {
	case reversed(r):
		e.state, e.color, e.counts, e.struck = h.v.T("web.commerce.reversed"), "red", false, true
	case state != "" && !binds(state):
		e.counts, e.struck = false, true
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
	if !h.binding || len(visible(s, h.o, names)) < len(names) {
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
	if h.at.day != 0 { // less what came about on the days of the pages before
		day := `date("` + h.at.day.AddDays(1).String() + `")`
		later := "(" + contracts + ") and " + commerce.Binding + " and (signed_on >= " + day + " or signed_on is empty and created_at >= " + day + ")"
		if err := addSums(c, s, open, commerce.Contracts.Name, later, commerce.ContractTotal.Name(), -1); err != nil {
			return err
		}
		later = "(" + receipts + ") and " + commerce.OfBinding + " and reversed_on is empty and received_on >= " + day
		if err := addSums(c, s, open, commerce.Receipts.Name, later, commerce.ReceiptAmount.Name(), 1); err != nil {
			return err
		}
	}
	for _, list := range [][]entry{h.passed, h.entries} {
		for i := range list {
			list[i].balance(open)
		}
	}
	return nil
}

// balance says what was open after an entry, and makes it what was open before.
func (e *entry) balance(open map[string]int64) {
	m := e.bought
	if !e.contract {
		m = e.paid
	}
	if !e.counts || m == (value.Money{}) {
		return
	}
	e.after = value.Money{Minor: open[m.Currency], Currency: m.Currency}
	if e.contract {
		open[m.Currency] -= m.Minor
	} else {
		open[m.Currency] += m.Minor
	}
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
