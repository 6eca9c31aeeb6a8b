package commerce

import (
	"net/http"
	"net/url"
	"strings"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// dialogue is a form about a contract or a receipt, after a refusal with what
// was typed and what is wrong.
type dialogue struct {
	v        *kit.View
	n        *parts.Names
	title    string
	about    string // what it is of
	url      string // where it is sent
	back     string // the page behind it
	button   string
	token    string
	hidden   url.Values
	controls []parts.Control
	other    string // what is wrong with no control
	question string // what a second button agrees to
	agree    string
	preview  *preview
}

// inputs of a receipt, in their order.
var receiptInputs = []schema.Field[string]{commerce.ReceiptMethod, commerce.ReceiptReference}

func askReceipt(c *door.Call) error {
	return receiptAnswer(c, c.R.URL.Query(), nil)
}

// receiptAnswer answers the dialogue that books a receipt.
func receiptAnswer(c *door.Call, form url.Values, refusal *fault.Error) error {
	id, err := of(c, commerce.Contracts)
	if err != nil {
		return err
	}
	var d *dialogue
	if err := c.Read(func(s *record.Session) error {
		x, err := load(c, s, id)
		if err != nil {
			return err
		}
		if !x.books() {
			return cannotBook(x)
		}
		d = receiptDialogue(c, s, x, form, refusal)
		return nil
	}); err != nil {
		return err
	}
	return d.answer(c, refusal)
}

// cannotBook says why no receipt can be booked.
func cannotBook(x *sheet) error {
	switch x.state() {
	case commerce.Draft:
		return fault.New(fault.Conflict, "receipt.of_draft", nil)
	case commerce.Void:
		return fault.New(fault.Conflict, "contract.is_void", nil)
	}
	return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": commerce.Receipts.Name})
}

func receiptDialogue(c *door.Call, s *record.Session, x *sheet, form url.Values, refusal *fault.Error) *dialogue {
	d := &dialogue{v: c.View, n: x.n, title: c.View.T("web.commerce.book"), about: x.r.Title(), url: x.url("/receipts"), back: x.url("?tab=payments"),
		button: c.View.T("web.commerce.book"), token: door.Token(form), hidden: url.Values{}}
	amount, _ := record.Get(x.r, commerce.ContractOpen)
	if line := x.planLine(form.Get(commerce.ReceiptPlanLine.Name())); line != nil {
		amount, _ = record.Get(line, commerce.PlanOpenAmount)
		due, _ := record.Get(line, commerce.PlanDueOn)
		d.hidden.Set(commerce.ReceiptPlanLine.Name(), line.ID.String())
		d.about = c.View.T("web.commerce.for_payment", "contract", x.r.Title(), "date", c.View.Date(due))
	}
	if amount.Minor <= 0 {
		currency, _ := record.Get(x.r, commerce.ContractCurrency)
		amount = value.Money{Currency: currency}
	}
	d.add(s, commerce.Receipts, commerce.ReceiptAmount.Name(), amount, form, refusal)
	d.add(s, commerce.Receipts, commerce.ReceiptReceivedOn.Name(), s.Today(), form, refusal)
	for _, f := range receiptInputs {
		var start any
		if f.Name() == commerce.ReceiptMethod.Name() {
			start = "bank_transfer"
		}
		d.add(s, commerce.Receipts, f.Name(), start, form, refusal)
	}
	d.tell(refusal, commerce.ReceiptOverAccepted.Name(), c.View.T("web.commerce.book_all_the_same"))
	return d
}

// planLine is the planned payment of that id.
func (x *sheet) planLine(text string) *record.Record {
	if x.plan == nil {
		return nil
	}
	for _, r := range x.plan.rows {
		if r.ID.String() == text {
			return r
		}
	}
	return nil
}

// add adds the control of a field.
func (d *dialogue) add(s *record.Session, of *schema.Object, name string, start any, form url.Values, refusal *fault.Error) {
	f, ok := s.Schema().MustObject(of.Name).Field(name)
	if !ok || !s.Actor().CanWrite(f) {
		return
	}
	control := parts.Control{ID: "cm-" + name, Name: name, Field: f, Value: start, Required: f.Required, Autofocus: len(d.controls) == 0}
	control.Refill(form)
	control.Blame(d.v, refusal)
	d.controls = append(d.controls, control)
}

// tell says what no control says of a refusal; one at the field of consent is a
// question.
func (d *dialogue) tell(refusal *fault.Error, consent, agree string) {
	if refusal == nil {
		return
	}
	told := false
	for _, broken := range refusal.Fields {
		if broken.Path == consent && consent != "" {
			d.question, d.agree, told = d.v.FieldFault(broken), agree, true
			d.hidden.Del(consent)
		}
	}
	for _, control := range d.controls {
		told = told || control.Error != ""
	}
	if !told && len(refusal.Fields) > 0 {
		d.other = d.v.FieldFault(refusal.Fields[0])
	} else if !told {
		d.other = d.v.Fault(refusal)
	}
}

// answer is the dialogue on its page, as a dialog, or the form alone after a
// refusal.
func (d *dialogue) answer(c *door.Call, refusal *fault.Error) error {
	status := http.StatusOK
	if refusal != nil {
		status = http.StatusUnprocessableEntity
	}
	switch {
	case !c.Fragment():
		return c.ShowStatus(status, kit.Page{Title: d.title, Nav: "/contracts", Body: dialoguePage(d)})
	case refusal != nil:
		return c.Parts(status, dialogueForm(d))
	}
	return c.Parts(status, dialogueDialog(d))
}

// mended is the refusal that a form can mend.
func mended(err error) (*fault.Error, bool) {
	f, ok := fault.As(err)
	return f, ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// bookReceipt books what the form says, once however often it is sent.
func bookReceipt(c *door.Call) error {
	id, form, err := sent(c, commerce.Contracts)
	if err != nil {
		return err
	}
	var receipt *record.Record
	err = c.Write("contracts.receipt", func(s *record.Session) error {
		b, err := bookingOf(c, s, id, form)
		if err != nil {
			return err
		}
		booked, _, err := c.Once(s, "receipt", form, func() (value.ID, error) {
			out, err := commerce.Book(c.Ctx, s, b)
			return out.ID, err
		})
		if err != nil {
			return err
		}
		receipt, err = s.Get(c.Ctx, commerce.Receipts.Name, booked)
		return err
	})
	if refusal, ok := mended(err); ok {
		return receiptAnswer(c, form, refusal)
	}
	if err != nil {
		return err
	}
	number, _ := record.Get(receipt, commerce.ReceiptNumber)
	amount, _ := record.Get(receipt, commerce.ReceiptAmount)
	return changed(c, "/contracts/"+id.String()+"?tab=payments", c.View.T("web.commerce.booked", "number", number, "amount", c.View.Money(amount)), "")
}

// bookingOf reads what was typed.
func bookingOf(c *door.Call, s *record.Session, contract value.ID, form url.Values) (b commerce.Booking, err error) {
	var typed []*schema.FieldDef
	for _, name := range []string{commerce.ReceiptAmount.Name(), commerce.ReceiptReceivedOn.Name(), commerce.ReceiptMethod.Name(), commerce.ReceiptReference.Name()} {
		if f, ok := s.Schema().MustObject(commerce.Receipts.Name).Field(name); ok {
			typed = append(typed, f)
		}
	}
	values, err := parts.ReadAll(c.View, s, typed, form, "")
	if err != nil {
		return b, err
	}
	b = commerce.Booking{Contract: contract, AcceptOver: form.Get(commerce.ReceiptOverAccepted.Name()) != ""}
	b.Amount, _ = values[commerce.ReceiptAmount.Name()].(value.Money)
	b.On, _ = values[commerce.ReceiptReceivedOn.Name()].(value.Date)
	b.Method, _ = values[commerce.ReceiptMethod.Name()].(string)
	b.Reference, _ = values[commerce.ReceiptReference.Name()].(string)
	b.PlanLine, _ = value.ParseID(form.Get(commerce.ReceiptPlanLine.Name()))
	if b.Amount == (value.Money{}) {
		return b, fault.New(fault.Invalid, "record.invalid", nil).With(fault.Field{Path: commerce.ReceiptAmount.Name(), Key: "receipt.not_positive"})
	}
	return b, nil
}

func askReverse(c *door.Call) error { return reverseAnswer(c, c.R.URL.Query(), nil) }

// reverseAnswer answers the dialogue that takes a receipt back.
func reverseAnswer(c *door.Call, form url.Values, refusal *fault.Error) error {
	id, err := of(c, commerce.Receipts)
	if err != nil {
		return err
	}
	var d *dialogue
	if err := c.Read(func(s *record.Session) error {
		r, err := s.Get(c.Ctx, commerce.Receipts.Name, id)
		if err != nil {
			return err
		}
		contract, _ := record.Get(r, commerce.ReceiptContract)
		amount, _ := record.Get(r, commerce.ReceiptAmount)
		d = &dialogue{v: c.View, n: parts.NewNames(s), title: c.View.T("web.commerce.reverse"), button: c.View.T("web.commerce.reverse"),
			about: r.Title() + " · " + c.View.Money(amount), url: "/receipts/" + id.String() + "/reverse",
			back: "/contracts/" + contract.String() + "?tab=payments", token: door.Token(form)}
		d.add(s, commerce.Receipts, commerce.ReceiptReversalReason.Name(), nil, form, refusal)
		for i := range d.controls {
			d.controls[i].Required = true
		}
		d.tell(refusal, "", "")
		return nil
	}); err != nil {
		return err
	}
	return d.answer(c, refusal)
}

func reverse(c *door.Call) error {
	id, form, err := sent(c, commerce.Receipts)
	if err != nil {
		return err
	}
	var r *record.Record
	err = c.Write("receipts.reverse", func(s *record.Session) error {
		if _, err := commerce.Reverse(c.Ctx, s, id, 0, strings.TrimSpace(form.Get(commerce.ReceiptReversalReason.Name()))); err != nil {
			return err
		}
		r, err = s.Get(c.Ctx, commerce.Receipts.Name, id)
		return err
	})
	if refusal, ok := mended(err); ok {
		return reverseAnswer(c, form, refusal)
	}
	if err != nil {
		return err
	}
	contract, _ := record.Get(r, commerce.ReceiptContract)
	return changed(c, "/contracts/"+contract.String()+"?tab=payments", c.View.T("web.commerce.was_reversed", "number", r.Title()), "")
}
