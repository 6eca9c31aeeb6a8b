package sales

import (
	"context"
	"slices"

	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// findDeal reads the deal that is there already, which the actor may change, and
// holds it: nobody closes it meanwhile. It brings its account along where the
// caller names none and the actor may see it.
func (x *conversion) findDeal(ctx context.Context) error {
	if x.o.Join == 0 {
		return nil
	}
	if err := x.s.Hold(ctx, Deals.Name, []value.ID{x.o.Join}); err != nil {
		return err
	}
	if _, err := x.existing(ctx, Deals, Target{ID: x.o.Join, Values: x.o.Deal}); err != nil {
		return err
	}
	if err := x.s.MayChange(ctx, Deals.Name, x.o.Join); err != nil {
		return err
	}
	var err error
	if x.deal, err = x.s.AsSystem("the deal that a lead joins").Get(ctx, Deals.Name, x.o.Join); err != nil {
		return err
	}
	if status, _ := record.Get(x.deal, DealStatus); status != Open {
		return x.refuse(Deals.Name, "convert.deal_closed")
	}
	if way, ok := record.Get(x.deal, DealPipeline); ok {
		if err := x.pipelineTakesLeads(ctx, way, Deals.Name); err != nil {
			return err
		}
	}
	return x.accountOfDeal(ctx)
}

// accountOfDeal takes the deal's account where the caller names neither account
// nor contact. Who may not read whose deal it is joins it without an account: what
// he chooses is compared with nothing, so that no answer tells of it.
func (x *conversion) accountOfDeal(ctx context.Context) error {
	id, has := record.Get(x.deal, DealAccount)
	f, _ := x.s.Schema().MustObject(Deals.Name).Field(DealAccount.Name())
	x.unseen = !x.s.Actor().System() && !x.s.Actor().CanFilter(f)
	if has && !x.unseen {
		seen, err := x.mayRead(ctx, customer.Accounts, id)
		if err != nil {
			return err
		}
		x.unseen = !seen
	}
	switch a := &x.o.Account; {
	case x.unseen && a.unsaid():
		a.None = true
	case x.unseen && !a.None:
		return x.refuse(customer.Accounts.Name, "convert.unseen_account")
	case has && a.unsaid():
		a.ID = id
	}
	return nil
}

// refuse says at a choice what is wrong with it for the deal.
func (x *conversion) refuse(choice, key string) error {
	return fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Leads.Name}).
		With(fault.Field{Path: choice, Key: key, Args: fault.Args{"deal": x.deal.Title()}})
}

// openDeal makes a new deal where one is wanted.
func (x *conversion) openDeal(ctx context.Context) error {
	if x.o.Deal == nil || x.deal != nil {
		return nil
	}
	if err := x.chosenPipeline(ctx); err != nil {
		return err
	}
	v := record.Values{}
	name := LeadCompany.Name()
	if x.text(LeadCompany) == "" {
		name = LeadName.Name()
	}
	x.carry(v, Deals, DealName.Name(), name)
	x.carry(v, Deals, DealSource.Name(), LeadSource.Name())
	if _, said := x.o.Deal[DealPipeline.Name()]; !said {
		x.carry(v, Deals, DealType.Name(), LeadType.Name())
	}
	x.customerOf(v)
	var err error
	x.done.Deal, err = x.make(ctx, Deals, v, x.o.Deal)
	return err
}

// customerOf names the customer of a deal.
func (x *conversion) customerOf(v record.Values) {
	if x.done.Account != 0 {
		record.With(v, DealAccount, x.done.Account)
	}
	if x.done.Contact != 0 {
		record.With(v, DealContact, x.done.Contact)
	}
}

// joinDeal gives the deal that is there what it lacks of the customer: an
// account, a main contact, or beside that one a further person who has a say.
func (x *conversion) joinDeal(ctx context.Context) error {
	if x.deal == nil {
		return nil
	}
	x.done.Deal = x.deal.ID
	v := record.Values{}
	x.customerOf(v)
	x.carry(v, Deals, DealSource.Name(), LeadSource.Name())
	account, has := record.Get(x.deal, DealAccount)
	if has && x.done.Account != 0 && account != x.done.Account {
		return x.refuse(customer.Accounts.Name, "convert.other_account")
	}
	contact, known := record.Get(x.deal, DealContact)
	o := x.s.Schema().MustObject(Deals.Name)
	for name := range v {
		if f, _ := o.Field(name); x.deal.Field(name) != nil || !x.s.Actor().System() && !x.s.Actor().CanWrite(f) {
			delete(v, name)
		}
	}
	if len(v) > 0 {
		if _, err := x.s.Update(ctx, Deals.Name, x.deal.ID, 0, v); err != nil {
			return atChoice(err)
		}
	}
	if !known || x.done.Contact == 0 || contact == x.done.Contact {
		return nil
	}
	return x.haveSay(ctx)
}

// atChoice lets what is wrong with the deal be told where it is chosen.
func atChoice(err error) error {
	e, ok := fault.As(err)
	if !ok || len(e.Fields) == 0 {
		return err
	}
	fields := slices.Clone(e.Fields)
	for i := range fields {
		fields[i].Path = Deals.Name
	}
	return fault.New(e.Kind, e.Key, e.Args).With(fields...).Because(err)
}

// haveSay puts the contact beside the people of the customer who decide on the
// deal, unless he is one of them.
func (x *conversion) haveSay(ctx context.Context) error {
	there, err := x.s.Tx().Row(ctx, `SELECT id FROM {deal_contact} WHERE deal_id = $1 AND contact_id = $2 AND deleted_at IS NULL LIMIT 1`,
		[]any{x.deal.ID, x.done.Contact}, nil)
	if err != nil || there {
		return err
	}
	err = x.s.Try(ctx, func() error {
		_, err := x.s.Create(ctx, DealContacts.Name, record.With(record.With(record.Values{}, RoleDeal, x.deal.ID), RoleContact, x.done.Contact))
		return err
	})
	if fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Invalid) || fault.Is(err, fault.NotFound) {
		x.s.Caution(Leads.Name, x.lead.ID, LeadName.Name(), "convert.contact_no_role", fault.Args{"deal": x.deal.Title()})
		return nil
	}
	return err
}

// chosenPipeline refuses a new deal in a pipeline that begins without leads.
func (x *conversion) chosenPipeline(ctx context.Context) error {
	id := x.o.Deal[DealPipeline.Name()]
	if id == nil {
		return nil
	}
	f, _ := x.s.Schema().MustObject(Deals.Name).Field(DealPipeline.Name())
	read, err := f.Check(id, x.s.StoreEnv())
	if err != nil {
		return under(err, Deals.Name)
	}
	return x.pipelineTakesLeads(ctx, read, Deals.Name+"."+DealPipeline.Name())
}

// pipelineTakesLeads refuses, at a path, a pipeline that begins without leads.
func (x *conversion) pipelineTakesLeads(ctx context.Context, pipeline any, path string) error {
	var without *bool
	if _, err := x.s.Tx().Row(ctx, `SELECT uses_leads FROM {pipeline} WHERE id = $1`, []any{pipeline}, &without); err != nil || without == nil || *without {
		return err
	}
	return fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Deals.Name}).With(fault.Field{Path: path, Key: "convert.pipeline_without_leads"})
}

// countOnce lets each deal count with one of its leads, so that figures of leads
// add its worth once: of those not in the trash with the one that became it first.
// When that one leaves, the next one takes its place, until it comes back.
func countOnce(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var deals []value.ID
	marks := map[value.ID][]any{}
	for _, d := range drafts {
		if !d.Changed(LeadConvertedDeal.Name()) && d.Doing != record.Deleting && d.Doing != record.Restoring {
			continue
		}
		if was, had := record.Was(d, LeadConvertedDeal); had {
			deals = append(deals, was)
		}
		if deal, has := record.Will(d, LeadConvertedDeal); has {
			deals = append(deals, deal)
		} else if shares, _ := record.Was(d, LeadSharesDeal); shares {
			marks[d.ID] = []any{nil}
		}
	}
	if len(deals) == 0 {
		return nil
	}
	slices.Sort(deals)
	deals = slices.Compact(deals)
	if err := lockDeals(ctx, s, deals); err != nil { // others' leads come and go, too
		return err
	}
	if err := markCounting(ctx, s, deals, marks); err != nil {
		return err
	}
	return setDerived(ctx, s, Leads, marks, LeadSharesDeal.Name())
}

// markCounting adds the marks that leads of some deals are to have and do not.
func markCounting(ctx context.Context, s *record.Session, deals []value.ID, marks map[value.ID][]any) error {
	var last value.ID
	return each(ctx, s, deals, func(in string) string {
		return `SELECT id, converted_deal_id, shares_deal FROM {lead} WHERE converted_deal_id IN (` + in + `)
			AND deleted_at IS NULL ORDER BY converted_deal_id, converted_at IS NULL, converted_at, id`
	}, func(rows *store.Rows) error {
		lead, _ := rows.ID(0)
		deal, _ := rows.ID(1)
		marked, _ := rows.Bool(2)
		switch first := deal != last; {
		case first && marked:
			marks[lead] = []any{nil}
		case !first && !marked:
			marks[lead] = []any{true}
		}
		last = deal
		return nil
	})
}
