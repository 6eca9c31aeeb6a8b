package commerce

import (
	"net/http"
	"net/url"

	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// preview is a plan that is proposed.
type preview struct {
	shares, first, every string
	parts                []commerce.Part
	kept                 string // what of the plan stays
	wrong                string // with the shares
}

func (*preview) steps() []string { return commerce.Steps }

// splitOf reads how a total is to be shared out.
func splitOf(form url.Values) (x commerce.Split, err error) {
	if x.Parts, x.Count, err = commerce.ParseShares(form.Get("shares")); err != nil {
		return x, err
	}
	if x.First, err = value.ParseDate(form.Get("first")); err != nil {
		return x, fault.New(fault.Invalid, "plan.bad_first", nil).With(fault.Field{Path: "first", Key: "plan.bad_first"})
	}
	x.Every = form.Get("every")
	return x, nil
}

// askPlan answers the dialogue that plans the payments of a contract, or only
// what comes of what is typed in it.
func askPlan(c *door.Call) error {
	form := c.R.URL.Query()
	if form.Has("shares") && c.Fragment() {
		d, err := planDialogue(c, form, nil)
		if err != nil {
			return err
		}
		return c.Parts(http.StatusOK, previewTable(c.View, d.preview))
	}
	d, err := planDialogue(c, form, nil)
	if err != nil {
		return err
	}
	return d.answer(c, nil)
}

func planDialogue(c *door.Call, form url.Values, refusal *fault.Error) (d *dialogue, err error) {
	id, err := of(c, commerce.Contracts)
	if err != nil {
		return nil, err
	}
	err = c.Read(func(s *record.Session) error {
		x, err := load(c, s, id)
		if err != nil {
			return err
		}
		if !x.plans() {
			return fault.New(fault.Conflict, "plan.nothing_to_plan", nil)
		}
		p := &preview{shares: form.Get("shares"), first: form.Get("first"), every: form.Get("every")}
		if p.shares == "" {
			p.shares, p.first, p.every = "100 %", s.Today().AddDays(30).String(), "monthly"
		}
		d = &dialogue{v: c.View, n: x.n, title: c.View.T("web.commerce.plan"), about: x.r.Title(), url: x.url("/plan"), back: x.url("?tab=payments"),
			button: c.View.T("web.commerce.plan_save"), token: door.Token(form), preview: p}
		p.propose(c, x)
		d.tell(refusal, "", "")
		if p.wrong != "" && refusal != nil {
			d.other = ""
		}
		return nil
	})
	return d, err
}

// propose works out the parts of what is not paid yet.
func (p *preview) propose(c *door.Call, x *sheet) {
	rest, _ := record.Get(x.r, commerce.ContractTotal)
	kept := value.Money{}
	for _, r := range x.plan.rows {
		if paid, ok := record.Get(r, commerce.PlanPaidAmount); ok && paid.Minor > 0 {
			kept.Currency = paid.Currency
			kept.Minor += paid.Minor
		}
	}
	rest.Minor -= kept.Minor
	if kept.Minor > 0 {
		p.kept = c.View.T("web.commerce.kept", "amount", c.View.Money(kept))
	}
	split, err := splitOf(url.Values{"shares": {p.shares}, "first": {p.first}, "every": {p.every}})
	if err == nil {
		p.parts, err = split.Of(rest)
	}
	if err != nil {
		p.wrong = c.View.Fault(err)
	}
}

func savePlan(c *door.Call) error {
	id, form, err := sent(c, commerce.Contracts)
	if err != nil {
		return err
	}
	var act value.ID
	var made []value.ID
	err = c.Write("contracts.plan", func(s *record.Session) error {
		split, err := splitOf(form)
		if err != nil {
			return err
		}
		made, err = commerce.ReplacePlan(c.Ctx, s, id, split)
		act = s.Act()
		return err
	})
	if refusal, ok := mended(err); ok {
		d, err := planDialogue(c, form, refusal)
		if err != nil {
			return err
		}
		return d.answer(c, refusal)
	}
	if err != nil {
		return err
	}
	return changed(c, "/contracts/"+id.String()+"?tab=payments", c.View.T("web.commerce.planned", "count", int64(len(made))), door.Undo(act))
}
