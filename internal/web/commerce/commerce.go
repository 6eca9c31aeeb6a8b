// Package commerce is what pages show of contracts and money: the plan of a
// contract against what came in, what a customer bought and paid, booking and
// reversing receipts, planning payments, and the contract as it is printed.
//
// The page of a record takes its panels from here; the dialogues have addresses
// of their own and ask the page they were opened on to look again.
package commerce

import (
	"net/http"
	"net/url"

	"wellmet/internal/access"
	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /{plural}/{id}/receipts/new", Do: askReceipt},
		{Pattern: "POST /{plural}/{id}/receipts", Do: bookReceipt},
		{Pattern: "GET /{plural}/{id}/plan", Do: askPlan},
		{Pattern: "POST /{plural}/{id}/plan", Do: savePlan},
		{Pattern: "GET /{plural}/{id}/reverse", Do: askReverse},
		{Pattern: "POST /{plural}/{id}/reverse", Do: reverse},
		{Pattern: "POST /{plural}/{id}/contract", Do: makeContract},
		{Pattern: "GET /{plural}/{id}/print", Do: printContract},
		{Pattern: "GET /{plural}/{id}/contract.pdf", Do: pdf},
	}
}

// sheet is a contract with its plan and its receipts.
type sheet struct {
	v        *kit.View
	n        *parts.Names
	r        *record.Record
	o        *schema.Object
	totals   []*schema.FieldDef
	plan     *list
	receipts *list
	change   bool // the actor may change the contract, and so what hangs on it
}

// list is records of one object with the fields that are shown of them; nil for
// an object that the actor may not read.
type list struct {
	o       *schema.Object
	columns []*schema.FieldDef
	rows    []*record.Record
	filter  string
	next    bool // there are more than are shown
	add     bool // the actor may make one
}

// most is how many records a panel shows.
const most = 200

// columns of the lists; a contract is not named on its own page.
var (
	totalNames   = []string{"total", "planned", "received", "open_amount"}
	planNames    = []string{"due_on", "name", "amount", "paid", "open_amount", "state"}
	receiptNames = []string{"number", "received_on", "amount", "method", "reference", "plan_line", "reversal_reason"}
)

// load reads a contract that the actor sees.
func load(c *door.Call, s *record.Session, id value.ID) (*sheet, error) {
	r, err := s.Get(c.Ctx, commerce.Contracts.Name, id)
	if err != nil {
		return nil, err
	}
	x := &sheet{v: c.View, n: parts.NewNames(s), r: r, o: r.Object}
	err = s.MayChange(c.Ctx, r.Object.Name, id)
	if _, ok := fault.As(err); err != nil && !ok {
		return nil, err
	}
	x.change = err == nil
	x.totals = visible(s, r.Object, totalNames)
	if x.plan, err = read(c, s, x.n, commerce.PlanLines.Name, `contract = "`+id.String()+`"`, "due_on,id", planNames); err != nil {
		return nil, err
	}
	if x.receipts, err = read(c, s, x.n, commerce.Receipts.Name, `contract = "`+id.String()+`"`, "-received_on,-id", receiptNames); err != nil {
		return nil, err
	}
	return x, x.n.Load(c.Ctx)
}

func read(c *door.Call, s *record.Session, n *parts.Names, object, filter, sort string, columns []string) (*list, error) {
	o, err := s.Object(object)
	if err != nil || !s.Actor().Can(o, access.Read) {
		return nil, nil //nolint:nilerr // out of sight is no error: there is nothing to show
	}
	x := &list{o: o, filter: filter, columns: visible(s, o, columns), add: s.Actor().Can(o, access.Create)}
	page, err := s.Query(c.Ctx, record.Query{Object: object, Filter: filter, Sort: sort, Limit: most})
	if err != nil {
		return nil, err
	}
	x.rows, x.next = page.Records, page.Next != ""
	for _, r := range x.rows {
		n.WantRecord(r, x.columns)
	}
	return x, nil
}

// all is the address of the whole list.
func (x *list) all() string {
	return "/" + x.o.Plural + "?" + url.Values{"filter": {x.filter}}.Encode()
}

// visible are the fields of those names that the actor sees.
func visible(s *record.Session, o *schema.Object, names []string) []*schema.FieldDef {
	var fields []*schema.FieldDef
	for _, name := range names {
		if f, ok := o.Field(name); ok && !f.Hidden && s.Actor().Sees(f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Panel is the money of a contract, for its page.
func Panel(c *door.Call, s *record.Session, id value.ID) (*Money, error) {
	x, err := load(c, s, id)
	return &Money{x}, err
}

// Money is the panel of a contract.
type Money struct{ x *sheet }

// state of the contract.
func (x *sheet) state() string {
	state, _ := record.Get(x.r, commerce.ContractState)
	return state
}

func (x *sheet) is(f schema.Field[bool]) bool {
	yes, _ := record.Get(x.r, f)
	return yes
}

// books reports whether the actor may book receipts now.
func (x *sheet) books() bool {
	return x.change && x.receipts != nil && x.receipts.add && x.state() != commerce.Draft && x.state() != commerce.Void
}

// plans reports whether the actor may plan payments now.
func (x *sheet) plans() bool {
	_, total := record.Get(x.r, commerce.ContractTotal)
	return x.change && x.plan != nil && x.plan.add && x.state() != commerce.Void && total
}

func (x *sheet) url(rest string) string { return "/contracts/" + x.r.ID.String() + rest }

// owing reports whether something of a planned payment is open.
func owing(r *record.Record) bool {
	m, _ := record.Get(r, commerce.PlanOpenAmount)
	return m.Minor > 0
}

func reversed(r *record.Record) bool {
	_, is := record.Get(r, commerce.ReceiptReversedOn)
	return is
}

// filled are the columns that hold something in some row, and the amounts.
func (x *list) filled() []*schema.FieldDef {
	var columns []*schema.FieldDef
	for _, f := range x.columns {
		for _, r := range x.rows {
			if !value.IsEmpty(r.Value(f)) {
				columns = append(columns, f)
				break
			}
		}
	}
	return columns
}

// changed answers a dialogue: the page that it was opened on looks again, and a
// page without scripts leads to the contract.
func changed(c *door.Call, to, text, undo string) error {
	if !c.Fragment() {
		return c.Go(to)
	}
	c.W.Header().Set("HX-Trigger", "wellmet:refresh")
	return c.Parts(http.StatusOK, kit.ToastPart(c.View, text, undo))
}

var errNoPage = fault.New(fault.NotFound, "web.no_page", nil)

// of is the id of the address, which has to be of a record of the object.
func of(c *door.Call, o *schema.Object) (value.ID, error) {
	if c.R.PathValue("plural") != o.Plural {
		return 0, errNoPage
	}
	return c.ID()
}

// sent is what a form says of such a record.
func sent(c *door.Call, o *schema.Object) (value.ID, url.Values, error) {
	if _, err := of(c, o); err != nil {
		return 0, nil, err
	}
	return c.Sent()
}

// makeContract makes the contract of a won deal that has none.
func makeContract(c *door.Call) error {
	id, err := of(c, sales.Deals)
	if err != nil {
		return err
	}
	var made value.ID
	err = c.Write("deals.contract", func(s *record.Session) error {
		ids, err := commerce.FromDeals(c.Ctx, s, `id = "`+id.String()+`"`, 1)
		if err == nil && len(ids) == 0 {
			return fault.New(fault.Conflict, "contract.of_won_only", nil)
		}
		if err == nil {
			made = ids[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.Go("/contracts/" + made.String())
}
