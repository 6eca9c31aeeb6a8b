package commerce

import (
	"net/url"
	"slices"
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
// first, with what was open after each of them, in each currency by itself.
type History struct {
	v       *kit.View
	n       *parts.Names
	entries []entry
	sums    []balance
	cut     bool   // there is more than is shown
	all     string // the list of all contracts
	create  string // address of a new one
	o       *schema.Object
}

// entry is a contract or a receipt on the day it came about. What counts for
// nothing, a draft, a void contract or a reversed receipt, changes no balance.
type entry struct {
	r            *record.Record
	on           value.Date
	contract     bool
	name, number string
	url          string
	state, color string
	bought, paid value.Money
	counts       bool
	after        value.Money // open after it
}

// balance is what a customer bought and paid in one currency.
type balance struct{ bought, paid, open value.Money }

// conditions are those under which contracts, and receipts, are of a customer.
func conditions(o *schema.Object, id value.ID) (contracts, receipts string) {
	quoted := `"` + id.String() + `"`
	if o.Name == "account" {
		return "account = " + quoted, "contract.account = " + quoted
	}
	return "signer = " + quoted + " or stakeholders contains " + quoted, "contract.signer = " + quoted + " or contract.stakeholders contains " + quoted
}

// Count is how many contracts a customer has, as far as the actor may know.
func Count(c *door.Call, s *record.Session, o *schema.Object, id value.ID) (int64, bool, error) {
	contracts, _ := conditions(o, id)
	return s.Count(c.Ctx, record.Query{Object: commerce.Contracts.Name, Filter: contracts, Count: record.CountCapped})
}

// Of reads the history of an account or a contact.
func Of(c *door.Call, s *record.Session, o *schema.Object, id value.ID) (*History, error) {
	contracts, receipts := conditions(o, id)
	h := &History{v: c.View, n: parts.NewNames(s), all: "/contracts?" + url.Values{"filter": {contracts}}.Encode()}
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
	if err := h.contracts(c, s, contracts); err != nil {
		return nil, err
	}
	if err := h.receipts(c, s, receipts); err != nil {
		return nil, err
	}
	slices.SortStableFunc(h.entries, func(a, b entry) int {
		if a.on != b.on {
			return int(b.on - a.on)
		}
		return int(min(1, max(-1, b.r.ID-a.r.ID)))
	})
	if err := h.totals(c, s, contracts); err != nil {
		return nil, err
	}
	h.run()
	return h, h.n.Load(c.Ctx)
}

func (h *History) contracts(c *door.Call, s *record.Session, filter string) error {
	page, err := s.Query(c.Ctx, record.Query{Object: commerce.Contracts.Name, Filter: filter, Sort: "-created_at", Limit: most})
	if err != nil {
		return err
	}
	state, _ := h.o.Field(commerce.ContractState.Name())
	for _, r := range page.Records {
		e := entry{r: r, contract: true, name: r.Title(), url: "/contracts/" + r.ID.String()}
		key, _ := record.Get(r, commerce.ContractState)
		option, _ := state.Option(key)
		e.state, e.color = state.OptionLabel(key, h.v.Lang), option.Color
		e.bought, _ = record.Get(r, commerce.ContractTotal)
		e.counts = key != commerce.Draft && key != commerce.Void
		if on, ok := record.Get(r, commerce.ContractSignedOn); ok {
			e.on = on
		} else if at, ok := r.Field("created_at").(time.Time); ok {
			e.on = value.DateOf(at, h.v.Zone)
		}
		if number, ok := record.Get(r, commerce.ContractNumber); ok {
			e.number = number
		}
		h.entries = append(h.entries, e)
	}
	h.cut = page.Next != ""
	return nil
}

func (h *History) receipts(c *door.Call, s *record.Session, filter string) error {
	o, err := s.Object(commerce.Receipts.Name)
	if err != nil || !s.Actor().Can(o, access.Read) {
		return nil //nolint:nilerr // who may not read receipts sees the contracts alone
	}
	page, err := s.Query(c.Ctx, record.Query{Object: o.Name, Filter: filter, Sort: "-received_on,-id", Limit: most})
	if err != nil {
		return err
	}
	link, _ := o.Field(commerce.ReceiptContract.Name())
	method, _ := o.Field(commerce.ReceiptMethod.Name())
	for _, r := range page.Records {
		e := entry{r: r, name: r.Title(), url: "/receipts/" + r.ID.String()}
		e.on, _ = record.Get(r, commerce.ReceiptReceivedOn)
		e.paid, _ = record.Get(r, commerce.ReceiptAmount)
		state, _ := record.Get(r, commerce.ReceiptMethod)
		e.state, e.color, e.counts = method.OptionLabel(state, h.v.Lang), "gray", true
		if reversed(r) {
			e.state, e.color, e.counts = h.v.T("web.commerce.reversed"), "red", false
		}
		h.n.Want(link, r.Value(link))
		h.entries = append(h.entries, e)
	}
	h.cut = h.cut || page.Next != ""
	return nil
}

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
func (h *History) run() {
	open := map[string]int64{}
	for _, b := range h.sums {
		open[b.bought.Currency] = b.open.Minor
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
