package sales

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Match is a record that a lead may already be known as.
type Match struct {
	Object string   `json:"object"` // account, contact or deal
	ID     value.ID `json:"id"`
	Title  string   `json:"title"`
	// By says what agrees: email, phone, contact (an account that such a contact
	// belongs to, a deal with him), account (a deal with it), domain or name.
	By string `json:"by"`
	// Account is whose contact it is, as far as the actor sees it.
	Account      value.ID `json:"account,omitempty"`
	AccountTitle string   `json:"account_title,omitempty"`
}

// mostMatches of one kind are offered.
const mostMatches = 5

// Matches offers the accounts and contacts that a lead may already be, surest
// first: by e-mail address, phone number, the contacts who have these, domain of
// address or website, and name of the company. Behind them stand the open deals
// with these that it may join. It is for a person to choose from before Convert, and
// shows what the actor may see, of deals what he may change.
func Matches(ctx context.Context, s *record.Session, lead value.ID) ([]Match, error) {
	l, err := s.Get(ctx, Leads.Name, lead)
	if err != nil {
		return nil, err
	}
	text := func(f schema.Field[string]) string { t, _ := record.Get(l, f); return t }
	m := &matching{s: s, found: []Match{}, of: map[value.ID]value.ID{}}
	if email := text(LeadEmail); email != "" {
		m.equal(ctx, customer.Contacts, "email", email, customer.ContactEmail.Name(), customer.ContactEmails.Name())
		m.equal(ctx, customer.Accounts, "email", email, customer.AccountEmail.Name())
	}
	if phone := text(LeadPhone); phone != "" {
		m.equal(ctx, customer.Contacts, "phone", phone, customer.ContactPhone.Name(), customer.ContactMobile.Name(), customer.ContactPhones.Name())
		m.equal(ctx, customer.Accounts, "phone", phone, customer.AccountPhone.Name())
	}
	m.employers(ctx)
	for _, domain := range domainsOf(text(LeadEmail), text(LeadWebsite)) {
		m.search(ctx, "domain", domain, func(a *record.Record) bool {
			website, _ := record.Get(a, customer.AccountWebsite)
			email, _ := record.Get(a, customer.AccountEmail)
			return slices.Contains(domainsOf(email, website), domain)
		})
	}
	if company := bare(text(LeadCompany)); company != "" {
		m.search(ctx, "name", company, func(a *record.Record) bool { return strings.HasPrefix(bare(a.Title())+" ", company+" ") })
	}
	m.deals(ctx)
	return m.found, m.err
}

// deals adds the open deals of the contacts and accounts that were found which
// the actor may change, as far as their pipelines begin with leads.
func (m *matching) deals(ctx context.Context) {
	parties := m.found
	for _, x := range []struct {
		party *schema.Object
		link  schema.Field[value.ID]
	}{{customer.Contacts, DealContact}, {customer.Accounts, DealAccount}} {
		var ids []value.ID
		for _, p := range parties {
			if p.Object == x.party.Name {
				ids = append(ids, p.ID)
			}
		}
		if m.err == nil && len(ids) > 0 {
			m.err = m.dealsOf(ctx, x.party.Name, x.link.Name(), ids)
		}
	}
}

// dealsOf adds such deals of which the link leads to one of the records.
func (m *matching) dealsOf(ctx context.Context, by, link string, ids []value.ID) error {
	o, err := m.s.Object(Deals.Name)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	status, _ := o.Field(DealStatus.Name())
	party, _ := o.Field(link)
	if a := m.s.Actor(); !a.System() && (!a.CanFilter(status) || !a.CanFilter(party)) {
		return nil
	}
	of, err := expr.In(party.ExprField(), ids...)
	if err != nil {
		return err
	}
	open, err := expr.Compare(status.ExprField(), expr.OpEq, Open)
	if err != nil {
		return err
	}
	page, err := m.s.Query(ctx, record.Query{Object: o.Name, Where: expr.And(of, open), Sort: "-id", Limit: 10 * mostMatches})
	if err != nil || len(page.Records) == 0 {
		return err
	}
	return m.joinable(ctx, by, page.Records)
}

// joinable adds those deals that the actor may change and that leads may join.
func (m *matching) joinable(ctx context.Context, by string, deals []*record.Record) error {
	ids := make([]value.ID, len(deals))
	for i, d := range deals {
		ids[i] = d.ID
	}
	may, err := m.s.Changeable(ctx, Deals.Name, ids)
	if err != nil {
		return err
	}
	without, err := m.s.Tx().IDs(ctx, `SELECT id FROM {pipeline} WHERE uses_leads IS FALSE`)
	if err != nil {
		return err
	}
	n := 0
	for _, d := range deals {
		if way, _ := d.Field(DealPipeline.Name()).(value.ID); may[d.ID] && !m.known(d.ID) && !slices.Contains(without, way) && n < mostMatches {
			n++
			m.found = append(m.found, Match{Object: Deals.Name, ID: d.ID, Title: d.Title(), By: by})
		}
	}
	return nil
}

// matching gathers what is found, each record once, under its surest reason.
type matching struct {
	s     *record.Session
	found []Match
	// accounts are those of the contacts that were found, of whom.
	accounts []value.ID
	of       map[value.ID]value.ID
	err      error
}

// equal adds the records of which one of the fields has the text.
func (m *matching) equal(ctx context.Context, o *schema.Object, by, text string, fields ...string) {
	o = m.s.Schema().MustObject(o.Name)
	for _, name := range fields {
		f, ok := o.Field(name)
		if !ok || !m.s.Actor().System() && !m.s.Actor().CanFilter(f) {
			continue
		}
		op := expr.OpEq
		if f.Many {
			op = expr.OpContains
		}
		where, err := expr.Compare(f.ExprField(), op, text)
		if err != nil {
			m.err = err
			return
		}
		m.query(ctx, by, record.Query{Object: o.Name, Where: where, Limit: mostMatches}, nil)
	}
}

// employers names the accounts of the contacts that were found, and adds them.
func (m *matching) employers(ctx context.Context) {
	if _, err := m.s.Object(customer.Accounts.Name); m.err != nil || err != nil {
		return
	}
	found, err := m.s.GetMany(ctx, customer.Accounts.Name, m.accounts)
	if err != nil {
		m.err = err
		return
	}
	for i, x := range m.found {
		if a := found[m.of[x.ID]]; a != nil {
			m.found[i].Account, m.found[i].AccountTitle = a.ID, a.Title()
		}
	}
	for _, id := range m.accounts {
		if a := found[id]; a != nil && !m.known(id) {
			m.found = append(m.found, Match{Object: customer.Accounts.Name, ID: id, Title: a.Title(), By: "contact"})
		}
	}
}

func (m *matching) known(id value.ID) bool {
	return slices.ContainsFunc(m.found, func(x Match) bool { return x.ID == id })
}

// search adds the accounts that the search box finds, as far as they fit.
func (m *matching) search(ctx context.Context, by, text string, fits func(*record.Record) bool) {
	m.query(ctx, by, record.Query{Object: customer.Accounts.Name, Text: text, Limit: 10 * mostMatches}, fits)
}

func (m *matching) query(ctx context.Context, by string, q record.Query, fits func(*record.Record) bool) {
	if _, err := m.s.Object(q.Object); m.err != nil || err != nil { // who may not know of the object finds none
		return
	}
	page, err := m.s.Query(ctx, q)
	if err != nil {
		m.err = err
		return
	}
	n := 0
	for _, r := range page.Records {
		if n >= mostMatches || m.known(r.ID) || fits != nil && !fits(r) {
			continue
		}
		n++
		if account, ok := r.Field(customer.ContactAccount.Name()).(value.ID); ok && q.Object == customer.Contacts.Name {
			m.accounts, m.of[r.ID] = append(m.accounts, account), account
		}
		m.found = append(m.found, Match{Object: q.Object, ID: r.ID, Title: r.Title(), By: by})
	}
}

// bare is a company's name as it is compared: folded, without its legal form.
func bare(name string) string {
	words := slices.DeleteFunc(i18n.Words(i18n.Fold(name)), func(w string) bool { return slices.Contains(legalForms, w) })
	return strings.Join(words, " ")
}

var legalForms = []string{"gmbh", "ag", "kg", "kgaa", "ohg", "ug", "ev", "mbh", "co", "ltd", "limited", "plc", "llc", "llp", "inc", "corp", "corporation",
	"company", "sa", "sas", "sarl", "sl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "aps", "ooo", "ооо", "ао", "зао", "еоод", "оод", "ад"}

// domainsOf are the domains by which a company is known. Those of mail services
// that everybody uses say nothing.
func domainsOf(email, website string) []string {
	var list []string
	add := func(domain string) {
		domain = strings.TrimPrefix(strings.ToLower(domain), "www.")
		if strings.Contains(domain, ".") && !slices.Contains(mailServices, domain) && !slices.Contains(list, domain) {
			list = append(list, domain)
		}
	}
	if u, err := url.Parse(website); err == nil {
		add(u.Hostname())
	}
	if _, domain, ok := strings.Cut(email, "@"); ok {
		add(domain)
	}
	return list
}

var mailServices = []string{"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com", "me.com",
	"aol.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org",
	"orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "yahoo.fr", "libero.it", "mail.ru", "yandex.ru", "bk.ru", "inbox.ru", "abv.bg", "mail.bg",
	"qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "yahoo.co.uk", "btinternet.com", "comcast.net"}
