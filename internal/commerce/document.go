package commerce

import (
	"context"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/commerce/paper"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Document is a contract as it is printed, every text in its reader's language.
type Document = paper.Document

// Paper writes a contract out, as far as the actor may read it, in a language;
// "" is the contract's, the signer's, the company's, whichever is said first.
func Paper(ctx context.Context, s *record.Session, id value.ID, language string) (*Document, error) {
	r, err := s.Get(ctx, Contracts.Name, id)
	if err != nil {
		return nil, err
	}
	w := &writer{s: s, r: r}
	if err := w.people(ctx); err != nil {
		return nil, err
	}
	w.f = i18n.FormatFor(w.language(language))
	w.lang = w.f.Language()
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	d := &Document{Language: w.f.HTMLLang(), Title: w.title(), From: w.company(), To: w.customer(), Facts: w.facts(),
		Tables: []paper.Table{w.lineTable()}, Signatures: w.signatures(), Foot: w.foot(), Running: w.t("document.running"),
		Page: w.page}
	d.Name, _ = record.Get(r, ContractName)
	switch w.state() {
	case Draft, Void:
		state, _ := r.Object.Field(ContractState.Name())
		d.Mark = state.OptionLabel(w.state(), w.lang)
	}
	if len(w.plan) > 0 {
		d.Tables = append(d.Tables, w.planTable())
	}
	if terms, ok := record.Get(r, ContractTerms); ok {
		d.Sections = append(d.Sections, paper.Section{Heading: fieldLabel(r.Object, ContractTerms.Name(), w.lang), Text: terms})
	}
	return d, nil
}

// PDF makes a file of a document.
func PDF(s *record.Session, d *Document) ([]byte, error) { return paper.PDF(d, s.Now()) }

// Letter makes a PDF of a text under a title, with the company's name and
// address above it, in a language.
func Letter(s *record.Session, title, text, language string) ([]byte, error) {
	w := &writer{s: s, f: i18n.FormatFor(language)}
	w.lang = w.f.Language()
	return PDF(s, &Document{Language: w.f.HTMLLang(), Title: title, From: w.company(), Sections: []paper.Section{{Text: text}}, Page: w.page})
}

// page writes "Page 2 of 3".
func (w *writer) page(page, of string) string {
	return i18n.Text(w.lang, "document.page", fault.Args{"page": page, "pages": of})
}

// writer gathers what a document says.
type writer struct {
	s               *record.Session
	r               *record.Record
	f               *i18n.Format
	lang            string
	account, signer *record.Record // nil where there is none to see
	lines, plan     []*record.Record
}

func (w *writer) t(key string) string { return i18n.Text(w.lang, key, nil) }

func (w *writer) state() string {
	state, _ := record.Get(w.r, ContractState)
	return state
}

// people reads the customer and who signs for him.
func (w *writer) people(ctx context.Context) (err error) {
	for _, x := range []struct {
		object string
		link   schema.Field[value.ID]
		to     **record.Record
	}{{customer.Accounts.Name, ContractAccount, &w.account}, {customer.Contacts.Name, ContractSigner, &w.signer}} {
		id, ok := record.Get(w.r, x.link)
		if !ok {
			continue
		}
		if *x.to, err = w.s.Get(ctx, x.object, id); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// language is the locale that the document is written in.
func (w *writer) language(asked string) string {
	own, _ := record.Get(w.r, ContractLanguage)
	signers := ""
	if w.signer != nil {
		signers, _ = record.Get(w.signer, customer.ContactLanguage)
	}
	for _, name := range []string{asked, own, signers, w.s.Settings().Locale} {
		if locale := i18n.Choose("", name); name != "" && (locale != "en" || strings.HasPrefix(strings.ToLower(name), "en")) {
			return locale
		}
	}
	return "en"
}

// read reads lines and plan.
func (w *writer) read(ctx context.Context) error {
	where := `contract = "` + w.r.ID.String() + `"`
	for _, x := range []struct {
		object, sort string
		to           *[]*record.Record
	}{{Lines.Name, "position,id", &w.lines}, {PlanLines.Name, "due_on,id", &w.plan}} {
		o, err := w.s.Object(x.object)
		if err != nil || !w.s.Actor().Can(o, access.Read) {
			continue
		}
		cursor := ""
		for {
			page, err := w.s.Query(ctx, record.Query{Object: x.object, Filter: where, Sort: x.sort, Limit: 500, Cursor: cursor})
			if err != nil {
				return err
			}
			*x.to = append(*x.to, page.Records...)
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	return nil
}

func (w *writer) title() string {
	number, ok := record.Get(w.r, ContractNumber)
	if !ok {
		return w.t("document.contract")
	}
	return i18n.Text(w.lang, "document.contract_number", fault.Args{"number": number})
}

func (w *writer) company() paper.Party {
	x := w.s.Settings()
	p := paper.Party{Name: x.Name}
	for _, text := range []string{x.Address, x.Contact, x.TaxID, x.Bank} {
		if text != "" {
			p.Lines = append(p.Lines, strings.Split(text, "\n")...)
		}
	}
	return p
}

// customer is the account, or a private person; who signs stands in the facts.
func (w *writer) customer() paper.Party {
	p := paper.Party{Role: w.t("document.to")}
	var address value.Address
	switch {
	case w.account != nil:
		p.Name = w.account.Title()
		address, _ = record.Get(w.account, customer.AccountBilling)
	case w.signer != nil:
		p.Name = w.signer.Title()
		address, _ = record.Get(w.signer, customer.ContactAddress)
	}
	p.Lines = w.f.AddressLines(address)
	if w.account != nil {
		if tax, ok := record.Get(w.account, customer.AccountTaxID); ok {
			p.Lines = append(p.Lines, tax)
		}
	}
	return p
}

func fieldLabel(o *schema.Object, name, lang string) string {
	f, ok := o.Field(name)
	if !ok {
		return ""
	}
	return f.Label(lang)
}

func (w *writer) facts() []paper.Pair {
	var pairs []paper.Pair
	for _, f := range []schema.Field[value.Date]{ContractSignedOn, ContractStartsOn, ContractEndsOn} {
		if day, ok := record.Get(w.r, f); ok {
			pairs = append(pairs, paper.Pair{Label: fieldLabel(w.r.Object, f.Name(), w.lang), Value: w.f.Date(day)})
		}
	}
	if w.signer != nil {
		name := w.signer.Title()
		if job, ok := record.Get(w.signer, customer.ContactJob); ok {
			name += ", " + job
		}
		pairs = append(pairs, paper.Pair{Label: fieldLabel(w.r.Object, ContractSigner.Name(), w.lang), Value: name})
	}
	if currency, ok := record.Get(w.r, ContractCurrency); ok {
		pairs = append(pairs, paper.Pair{Label: fieldLabel(w.r.Object, ContractCurrency.Name(), w.lang), Value: currency})
	}
	return pairs
}

// lineTable is what is sold, with running totals for tables of several pages.
func (w *writer) lineTable() paper.Table {
	o := w.s.Schema().MustObject(Lines.Name)
	label := func(f string) string { return fieldLabel(o, f, w.lang) }
	t := paper.Table{Carried: w.t("document.carried"), Brought: w.t("document.brought"), Columns: []paper.Column{
		{Label: "№", Weight: 0.6}, {Label: label(LineTerms.Text.Name()), Weight: 5}, {Label: label(LineTerms.Quantity.Name()), Weight: 1.2, Right: true},
		{Label: label(LineTerms.Price.Name()), Weight: 1.9, Right: true}, {Label: label(LineTerms.TaxRate.Name()), Weight: 1.1, Right: true},
		{Label: label(LineTerms.Amount.Name()), Weight: 2.1, Right: true}}}
	total := value.Money{}
	for i, l := range w.lines {
		row := paper.Row{Cells: []string{w.f.Int(int64(i + 1)), w.what(l), "", "", "", ""}}
		if q, ok := record.Get(l, LineTerms.Quantity); ok {
			row.Cells[2] = w.f.Number(q, 0, 3)
		}
		row.Cells[3] = w.money(l, LineTerms.Price)
		if rate, ok := record.Get(l, LineTerms.TaxRate); ok {
			row.Cells[4] = w.f.Percent(rate, 2)
		}
		row.Cells[5] = w.money(l, LineTerms.Amount)
		if m, ok := record.Get(l, LineTerms.Amount); ok {
			if sum, err := total.Add(m); err == nil {
				total = sum
				row.Running = w.f.Money(total)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	for _, f := range []schema.Field[value.Money]{ContractNet, ContractTax, ContractTotal} {
		m, ok := record.Get(w.r, f)
		if ok && (f.Name() == ContractTotal.Name() || taxed(w.r)) {
			t.Totals = append(t.Totals, paper.Pair{Label: fieldLabel(w.r.Object, f.Name(), w.lang), Value: w.f.Money(m)})
		}
	}
	return t
}

// taxed reports whether there is a tax to tell apart.
func taxed(r *record.Record) bool {
	m, _ := record.Get(r, ContractTax)
	return m.Minor != 0
}

func (w *writer) money(r *record.Record, f schema.Field[value.Money]) string {
	m, ok := record.Get(r, f)
	if !ok {
		return ""
	}
	return w.f.Money(m)
}

// what a line sells, with its discount and term below.
func (w *writer) what(l *record.Record) string {
	text, _ := record.Get(l, LineTerms.Text)
	o := l.Object
	if discount, ok := record.Get(l, LineTerms.Discount); ok && !discount.IsZero() {
		text += "\n" + fieldLabel(o, LineTerms.Discount.Name(), w.lang) + " " + w.f.Percent(discount, 2)
	}
	billing, _ := record.Get(l, LineTerms.Billing)
	if periods, ok := record.Get(l, LineTerms.Periods); ok && billing != sales.Once {
		f, _ := o.Field(LineTerms.Billing.Name())
		text += "\n" + f.OptionLabel(billing, w.lang) + " × " + w.f.Number(decimal.NewFromInt(periods), 0, 0)
	}
	if day, ok := record.Get(l, LineTerms.StartsOn); ok {
		text += "\n" + fieldLabel(o, LineTerms.StartsOn.Name(), w.lang) + " " + w.f.Date(day)
	}
	return text
}

func (w *writer) planTable() paper.Table {
	o := w.s.Schema().MustObject(PlanLines.Name)
	t := paper.Table{Heading: o.Label(w.lang).Many, Columns: []paper.Column{
		{Label: fieldLabel(o, PlanDueOn.Name(), w.lang), Weight: 2}, {Label: fieldLabel(o, PlanName.Name(), w.lang), Weight: 4},
		{Label: fieldLabel(o, PlanAmount.Name(), w.lang), Weight: 2, Right: true}}}
	for _, r := range w.plan {
		due, _ := record.Get(r, PlanDueOn)
		name, _ := record.Get(r, PlanName)
		t.Rows = append(t.Rows, paper.Row{Cells: []string{w.f.Date(due), name, w.money(r, PlanAmount)}})
	}
	return t
}

// signatures are the two who sign; a void contract has none.
func (w *writer) signatures() []paper.Pair {
	if w.state() == Void {
		return nil
	}
	other := w.customer().Name
	signer := ""
	if w.signer != nil {
		signer = w.signer.Title()
	}
	return []paper.Pair{{Label: w.s.Settings().Name, Value: w.t("document.sign")}, {Label: other, Value: strings.TrimPrefix(signer+" · "+w.t("document.sign"), " · ")}}
}

func (w *writer) foot() string { return w.s.Settings().Name + " · " + w.title() }
