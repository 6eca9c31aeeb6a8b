package record

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// What the dialog may choose for account and contact beside a record's id.
const (
	makeNew  = "new"
	makeNone = "none"
	other    = ".other" // the combobox of a record that is not offered
)

// converting is the dialog that makes a customer of a lead.
type converting struct {
	m       *model
	form    url.Values // nil = not sent yet
	parties []*party
	deal    *party // nil for who may neither open nor change one
	product string // the name of what the lead asks for; "" = nothing
	refusal *fault.Error
	other   string // what is wrong with nothing in particular
}

// party is one of the records that a lead becomes.
type party struct {
	object  *schema.Object
	matches []sales.Match
	new     string // the name of a new one; "" = none is to be made
	chosen  string
	other   *parts.Control
	// fields are those asked for, of a new record.
	fields []parts.Control
	err    string
}

// askConvert answers the dialog.
func askConvert(c *door.Call) error {
	x := &converting{}
	if err := x.load(c); err != nil {
		return err
	}
	return x.answer(c, http.StatusOK)
}

// answer shows the dialog, or a page of it to a browser without scripts.
func (x *converting) answer(c *door.Call, status int) error {
	switch {
	case !c.Fragment():
		return c.ShowStatus(status, kit.Page{Title: x.title(), Nav: "/" + x.m.o.Plural, Body: convertPage(x)})
	case x.form != nil:
		return c.Parts(status, convertForm(x))
	}
	return c.Parts(status, convertDialog(x))
}

func (x *converting) title() string {
	return x.m.v.T("web.record.convert_title", "title", x.m.title())
}

// loadLead reads a lead; anything else cannot be converted.
func loadLead(c *door.Call, s *record.Session) (*model, error) {
	m, err := load(c, s)
	if err == nil && !m.lead() {
		err = errNoState
	}
	return m, err
}

// load prepares the dialog, after a refusal with what was typed.
func (x *converting) load(c *door.Call) error {
	return c.Read(func(s *record.Session) (err error) {
		if x.m, err = loadLead(c, s); err != nil {
			return err
		}
		if x.m.ended() == sales.Won {
			return fault.New(fault.Conflict, "lead.already_converted", nil)
		}
		if !x.m.convertible() {
			return fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": x.m.o.Name})
		}
		matches, err := sales.Matches(c.Ctx, s, x.m.r.ID)
		if err != nil {
			return err
		}
		company, person := x.text(sales.LeadCompany), x.text(sales.LeadName)
		x.parties = []*party{x.party(s, customer.Accounts, company, matches), x.party(s, customer.Contacts, person, matches)}
		if company == person { // a company of which nobody is known
			x.parties[1].prefer(makeNone)
		}
		if err := x.askDeal(c, s, matches); err != nil {
			return err
		}
		x.blame()
		return x.m.n.Load(c.Ctx)
	})
}

func (x *converting) text(f schema.Field[string]) string {
	text, _ := x.m.r.Field(f.Name()).(string)
	return text
}

// linkTo is a field that links to a record of the object: by its rules one is
// looked for and read.
func linkTo(s *record.Session, object string) *schema.FieldDef {
	from, link := sales.Deals, sales.DealAccount
	switch object {
	case customer.Contacts.Name:
		link = sales.DealContact
	case sales.Deals.Name:
		from, link = sales.DealContacts, sales.RoleDeal
	}
	f, _ := s.Schema().MustObject(from.Name).Field(link.Name())
	return f
}

// party prepares the choice of an account, a contact or a deal.
func (x *converting) party(s *record.Session, object *schema.Object, name string, matches []sales.Match) *party {
	p := &party{object: s.Schema().MustObject(object.Name)}
	if s.Actor().Can(p.object, access.Create) {
		if p.new = name; name == "" {
			p.new = x.m.title()
		}
	}
	for _, match := range matches {
		if match.Object == object.Name {
			p.matches = append(p.matches, match)
		}
	}
	switch {
	case len(p.matches) > 0:
		p.chosen = p.matches[0].ID.String()
	case p.new != "" && name != "":
		p.chosen = makeNew
	default:
		p.chosen = makeNone
	}
	def := linkTo(s, object.Name)
	if s.Actor().Can(p.object, access.Read) && s.Actor().Sees(def) {
		p.other = &parts.Control{ID: "cv-" + object.Name, Name: object.Name + other, Field: def}
	}
	if x.form != nil {
		p.chosen = x.form.Get(object.Name)
		if p.other != nil {
			p.other.Refill(x.form)
		}
	}
	return p
}

// called is the name of a match, a contact's with whose he is.
func called(m sales.Match) string {
	if m.AccountTitle == "" {
		return m.Title
	}
	return m.Title + " · " + m.AccountTitle
}

// belongs reports whether somebody who is offered is of an account already.
func (p *party) belongs() bool {
	return slices.ContainsFunc(p.matches, func(m sales.Match) bool { return m.AccountTitle != "" })
}

// prefer chooses where nothing was chosen and nothing matches.
func (p *party) prefer(choice string) {
	if p.chosen == makeNew && len(p.matches) == 0 && p.fields == nil {
		p.chosen = choice
	}
}

// askDeal prepares the choice of a deal; a new one is wanted unless somebody says
// otherwise, by who may open one.
func (x *converting) askDeal(c *door.Call, s *record.Session, matches []sales.Match) error {
	o := s.Schema().MustObject(sales.Deals.Name)
	opens := s.Actor().Can(o, access.Create)
	if !opens && !s.Actor().Can(o, access.Update) {
		return nil
	}
	x.deal = x.party(s, sales.Deals, cmp.Or(x.text(sales.LeadCompany), x.m.title()), matches)
	if x.form == nil && opens {
		x.deal.chosen = makeNew
	} else if x.form == nil {
		x.deal.chosen = makeNone
	}
	if err := x.readProduct(c, s); err != nil || !opens {
		return err
	}
	return x.openDeal(c, s, o)
}

// readProduct reads what the lead asks for, as far as the actor may see it.
func (x *converting) readProduct(c *door.Call, s *record.Session) error {
	id, ok := x.m.r.Field(sales.LeadProduct.Name()).(value.ID)
	if !ok {
		return nil
	}
	p, err := s.Get(c.Ctx, sales.Products.Name, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err == nil {
		x.product = p.Title()
	}
	return err
}

// openDeal prepares the fields of a new deal; where there are several pipelines,
// one is chosen.
func (x *converting) openDeal(c *door.Call, s *record.Session, o *schema.Object) error {
	x.deal.ask(s.Actor(), x.form, sales.DealName.Name(), cmp.Or(x.text(sales.LeadCompany), x.m.title()))
	x.deal.ask(s.Actor(), x.form, sales.DealAmount.Name(), nil)
	ways, err := s.Query(c.Ctx, record.Query{Object: sales.Pipelines.Name, Sort: sales.PipelinePosition.Name(), Limit: 100})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) || err == nil && len(ways.Records) < 2 {
		return nil
	}
	if err != nil {
		return err
	}
	first := slices.IndexFunc(ways.Records, func(r *record.Record) bool { takes, told := record.Get(r, sales.PipelineLeads); return takes || !told })
	if way := x.deal.ask(s.Actor(), x.form, sales.DealPipeline.Name(), ways.Records[max(first, 0)].ID); way != nil {
		x.m.n.Want(way.Field, way.Value)
	}
	return nil
}

// ask adds the control of a field, unless it stands there or may not be set.
func (p *party) ask(a *access.Actor, form url.Values, name string, v any) *parts.Control {
	f, ok := p.object.Field(name)
	if !ok || f.Hidden || !f.Writable() || !a.CanWrite(f) {
		return nil
	}
	if i := slices.IndexFunc(p.fields, func(c parts.Control) bool { return c.Field == f }); i >= 0 {
		return &p.fields[i]
	}
	control := parts.Control{ID: "cv-" + p.object.Name + "-" + name, Name: p.object.Name + "." + name, Field: f, Value: v, Required: f.Required}
	control.Refill(form)
	p.fields = append(p.fields, control)
	return &p.fields[len(p.fields)-1]
}

// all are the parts of the dialog.
func (x *converting) all() []*party {
	if x.deal == nil {
		return x.parties
	}
	return append(slices.Clone(x.parties), x.deal)
}

// blame puts each fault where it can be mended: at its field, which is asked
// for if it was not, or at its part.
func (x *converting) blame() {
	if x.form != nil {
		for _, p := range x.all() {
			for _, name := range x.form["ask"] {
				if own, ok := strings.CutPrefix(name, p.object.Name+"."); ok {
					p.ask(x.m.actor, x.form, own, nil)
				}
			}
		}
	}
	if x.refusal == nil {
		return
	}
	told := false
	for _, broken := range x.refusal.Fields {
		object, name, _ := strings.Cut(broken.Path, ".")
		for _, p := range x.all() {
			if p.object.Name != object {
				continue
			}
			told = true
			if control := p.ask(x.m.actor, x.form, name, nil); control != nil {
				control.Error, control.Required = x.m.v.FieldFault(broken), true
				continue
			}
			p.err = x.m.v.FieldFault(broken)
		}
	}
	if !told {
		x.other = x.m.v.Fault(x.refusal)
	}
}
