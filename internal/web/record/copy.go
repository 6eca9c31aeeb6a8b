package record

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// copying is the dialogue that makes a second deal of one: a copy, or a part.
type copying struct {
	m       *model
	split   bool
	name    string
	form    url.Values
	problem string
	lines   []*record.Record
	prices  *schema.FieldDef
	amount  *parts.Control // what the part is worth; nil where lines go over
}

// clonable reports whether the actor may make a deal of this one, splittable
// whether he may divide it.
func (m *model) clonable() bool { return m.deal() && m.actor.Can(m.o, access.Create) }

func (m *model) splittable() bool {
	return m.clonable() && m.change && m.status() == sales.Open
}

func askClone(c *door.Call) error { return answerCopy(c, http.StatusOK, nil, false, nil) }

func askSplit(c *door.Call) error { return answerCopy(c, http.StatusOK, nil, true, nil) }

func answerCopy(c *door.Call, status int, form url.Values, split bool, problem error) error {
	x := &copying{split: split, form: form}
	if problem != nil {
		x.problem = c.View.Fault(problem)
		if f, ok := fault.As(problem); ok && len(f.Fields) > 0 {
			x.problem = c.View.FieldFault(f.Fields[0])
		}
	}
	if err := c.Read(func(s *record.Session) error { return x.load(c, s) }); err != nil {
		return err
	}
	switch {
	case !c.Fragment():
		return c.ShowStatus(status, kit.Page{Title: x.title(), Nav: "/" + x.m.o.Plural, Body: copyPage(x)})
	case problem != nil:
		return c.Parts(status, copyForm(x))
	}
	return c.Parts(status, copyDialog(x))
}

func (x *copying) load(c *door.Call, s *record.Session) (err error) {
	if x.m, err = load(c, s); err != nil {
		return err
	}
	if !x.m.clonable() || x.split && !x.m.splittable() {
		return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": x.m.o.Name})
	}
	if x.name = x.form.Get("name"); x.form == nil {
		x.name = x.m.v.T("web.record."+x.verb()+"_name", "title", x.m.title())
	}
	if !x.split {
		return nil
	}
	if lines, err := readLines(c, s, x.m); err == nil {
		x.lines = lines.rows
		x.prices, _ = lines.o.Field(sales.LineAmount.Name())
	}
	priced := slices.ContainsFunc(x.lines, func(r *record.Record) bool { return r.Value(x.prices) != nil })
	if f := x.m.field(sales.DealAmount.Name()); f != nil && !priced {
		x.lines = nil
		called := *f
		called.Labels = map[string]string{x.m.v.Lang: x.m.v.T("web.record.split_amount", "amount", parts.Text(x.m.v, x.m.n, f, x.m.r.Value(f)))}
		x.amount = &parts.Control{ID: "cp-amount", Name: f.Name, Field: &called, Required: true}
		if x.form != nil {
			x.amount.Refill(x.form)
		}
	}
	return nil
}

// called is what a line sells, in a word.
func (x *copying) called(r *record.Record) string {
	if f, ok := r.Object.Field(sales.LineProduct.Name()); ok && r.Value(f) != nil {
		return parts.Text(x.m.v, x.m.n, f, r.Value(f))
	}
	return r.Title()
}

func (x *copying) title() string { return x.m.v.T("web.record." + x.verb()) }

// verb names what is done in addresses and texts.
func (x *copying) verb() string {
	if x.split {
		return "split"
	}
	return "clone"
}

// chosen reports whether a line was ticked before.
func (x *copying) chosen(r *record.Record) bool {
	return slices.Contains(x.form["line"], r.ID.String())
}

func clone(c *door.Call) error {
	return copyDeal(c, false, func(s *record.Session, id value.ID, form url.Values) (record.Outcome, error) {
		return sales.Clone(c.Ctx, s, id, form.Get("name"))
	})
}

func split(c *door.Call) error {
	return copyDeal(c, true, func(s *record.Session, id value.ID, form url.Values) (record.Outcome, error) {
		part := sales.Part{Name: form.Get("name")}
		for _, text := range form["line"] {
			line, err := value.ParseID(text)
			if err != nil {
				return record.Outcome{}, errNoState
			}
			part.Lines = append(part.Lines, line)
		}
		if err := readQuantities(c, s, form, &part); err != nil {
			return record.Outcome{}, err
		}
		o := s.Schema().MustObject(sales.Deals.Name)
		f, _ := o.Field(sales.DealAmount.Name())
		v, err := parts.ReadAll(c.View, s, []*schema.FieldDef{f}, form, "")
		if err != nil {
			return record.Outcome{}, err
		}
		part.Amount, _ = v[f.Name].(value.Money)
		return sales.Split(c.Ctx, s, id, part)
	})
}

// quantityPart is before the id of a line in the form.
const quantityPart = "quantity."

// readQuantities reads of which chosen lines only some go over.
func readQuantities(c *door.Call, s *record.Session, form url.Values, part *sales.Part) error {
	f, _ := s.Schema().MustObject(sales.DealLines.Name).Field(sales.LineQuantity.Name())
	part.Quantities = map[value.ID]decimal.Decimal{}
	for _, line := range part.Lines {
		v, err := parts.Read(c.View, s, f, form, quantityPart+line.String())
		if err != nil {
			return err
		}
		if n, ok := v.(decimal.Decimal); ok {
			part.Quantities[line] = n
		}
	}
	return nil
}

// divisible reports whether some of a line can go over, and of how many.
func (x *copying) divisible(r *record.Record) (of string, ok bool) {
	f, known := r.Object.Field(sales.LineQuantity.Name())
	if !known || !x.m.actor.Sees(f) {
		return "", false
	}
	n, has := record.Get(r, sales.LineQuantity)
	return parts.Text(x.m.v, x.m.n, f, n), has && n.GreaterThan(decimal.Zero) && !n.Equal(decimal.NewFromInt(1))
}

// copyDeal makes the second deal and leads to it.
func copyDeal(c *door.Call, split bool, do func(*record.Session, value.ID, url.Values) (record.Outcome, error)) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	if c.R.PathValue("plural") != sales.Deals.Plural {
		return errNoState
	}
	var made record.Outcome
	var act value.ID
	cause := map[bool]string{false: "deals.clone", true: "deals.split"}[split]
	err = c.Write(cause, func(s *record.Session) (err error) {
		made, err = do(s, id, form)
		act = s.Act()
		return err
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return answerCopy(c, door.Status(err), form, split, err)
	}
	if err != nil {
		return err
	}
	return c.Leave("/deals/"+made.ID.String(), c.View.T("web.record.cloned", "title", form.Get("name")), door.Undo(act))
}
