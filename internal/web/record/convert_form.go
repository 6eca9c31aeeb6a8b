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
	deal    *party // nil for who may not open one
	wants   bool   // the deal is wanted
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
	x := &converting{wants: true}
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
		x.parties = []*party{x.party(s, customer.Accounts, sales.DealAccount, company, matches), x.party(s, customer.Contacts, sales.DealContact, person, matches)}
		if company == person { // a company of which nobody is known
			x.parties[1].prefer(makeNone)
		}
		if err := x.openDeal(c, s); err != nil {
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

// party prepares the choice of an account or a contact.
func (x *converting) party(s *record.Session, object *schema.Object, link schema.Field[value.ID], name string, matches []sales.Match) *party {
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
	def, _ := s.Schema().MustObject(sales.Deals.Name).Field(link.Name())
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

// prefer chooses where nothing was chosen and nothing matches.
func (p *party) prefer(choice string) {
	if p.chosen == makeNew && len(p.matches) == 0 && p.fields == nil {
		p.chosen = choice
	}
}

// openDeal prepares the fields of the deal; where there are several pipelines,
// one is chosen.
func (x *converting) openDeal(c *door.Call, s *record.Session) error {
	o := s.Schema().MustObject(sales.Deals.Name)
	if !s.Actor().Can(o, access.Create) {
		return nil
	}
	x.deal = &party{object: o}
	if x.form != nil {
		x.wants = x.form.Get(sales.Deals.Name) != ""
	}
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
