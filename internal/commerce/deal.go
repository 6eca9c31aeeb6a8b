package commerce

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// keepSigned lets nobody take a deal out of won while its contract binds; a
// void contract opens its deal again by itself.
func keepSigned(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	leaving := map[value.ID]*record.Draft{}
	for _, d := range drafts {
		if leavesWon(d) {
			leaving[d.ID] = d
		}
	}
	return eachID(ctx, s, keys(leaving), `SELECT current_of_id, number FROM {contract} WHERE current_of_id IN (%s) AND deleted_at IS NULL AND state <> 'draft'`,
		func(rows *store.Rows) error {
			id, _ := rows.ID(0)
			number, _ := rows.Text(1)
			leaving[id].Fail(fault.New(fault.Conflict, "deal.contract_signed", fault.Args{"number": strings.Clone(number)}))
			return nil
		})
}

func leavesWon(d *record.Draft) bool {
	was, _ := record.Was(d, sales.DealStatus)
	is, _ := record.Will(d, sales.DealStatus)
	return d.Doing == record.Updating && was == sales.Won && is != sales.Won
}

// followDeals makes the contracts of deals that have been won, and takes back
// the drafts of those that no longer are. An import brings a past, whose
// contracts are elsewhere; so does the system with deals that were won before
// they came.
func followDeals(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var won []won
	var open []value.ID
	for _, d := range drafts {
		is, _ := record.Will(d, sales.DealStatus)
		switch {
		case leavesWon(d):
			open = append(open, d.ID)
		case is != sales.Won || !writes(d) || !d.Changed(sales.DealStatus.Name()) || s.Who().Imports():
		case d.Doing == record.Updating || !s.Actor().System():
			won = append(won, wonOf(d))
		}
	}
	sys := s.AsSystem("a won deal has a contract")
	if err := dropDrafts(ctx, sys, open); err != nil {
		return err
	}
	won, err := without(ctx, sys, won)
	if err != nil {
		return err
	}
	_, err = makeContracts(ctx, sys, won)
	return err
}

// dropDrafts deletes the contracts of some deals that nobody has signed.
func dropDrafts(ctx context.Context, s *record.Session, deals []value.ID) error {
	var ids []value.ID
	err := eachID(ctx, s, deals, `SELECT id FROM {contract} WHERE current_of_id IN (%s) AND deleted_at IS NULL AND state = 'draft'`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		ids = append(ids, id)
		return nil
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	return s.Delete(ctx, Contracts.Name, ids...)
}

// won is a deal that becomes a contract; when and by whom, if that is past.
type won struct {
	deal *record.Record
	at   time.Time
	by   value.ID
}

func wonOf(d *record.Draft) (w won) {
	w.deal = d.Record()
	w.at, w.by = d.Deed()
	return w
}

// FromDeals makes the contracts of won deals that have none, of those that the
// actor reads and the condition names, at most limit at a time: for deals that
// an import brought. It answers their ids; fewer than limit means that none is
// left. Whoever makes a contract, it says all of its deal, as after winning.
func FromDeals(ctx context.Context, s *record.Session, filter string, limit int) ([]value.ID, error) {
	text := `status = "won" and not any(contracts, state != "void")`
	if strings.TrimSpace(filter) != "" {
		if _, err := expr.Parse(filter); err != nil { // by itself, so that it cannot end the brackets around it
			return nil, err
		}
		text += " and (" + filter + ")"
	}
	page, err := s.Query(ctx, record.Query{Object: sales.Deals.Name, Filter: text, Sort: "id", Fields: []string{"id"}, Limit: min(limit, 500)})
	if err != nil {
		return nil, err
	}
	ids := make([]value.ID, len(page.Records))
	for i, r := range page.Records {
		ids[i] = r.ID
	}
	sys := s.AsSystem("a contract says all of its deal")
	deals, err := sys.GetMany(ctx, sales.Deals.Name, ids)
	if err != nil {
		return nil, err
	}
	var list []won
	for _, id := range ids {
		if deal := deals[id]; deal != nil { // deleted meanwhile
			list = append(list, won{deal: deal})
		}
	}
	if list, err = without(ctx, sys, list); err != nil {
		return nil, err
	}
	if err := mayMake(s, list); err != nil {
		return nil, err
	}
	return makeContracts(ctx, sys, list)
}

// mayMake asks whether the actor may make contracts of these deals, with lines and
// for their owners.
func mayMake(s *record.Session, list []won) error {
	for _, name := range []string{Contracts.Name, Lines.Name} {
		if len(list) == 0 {
			return nil
		}
		o, err := s.Object(name)
		if err != nil {
			return err
		}
		if !s.Actor().Can(o, access.Create) {
			return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": o.Name})
		}
		for _, w := range list {
			if !s.Actor().Reaches(o, access.Create, w.deal.Owner()) {
				return fault.New(fault.Invalid, "record.invalid", fault.Args{"object": o.Name}).With(fault.Field{Path: "owner", Key: "field.owner_out_of_reach"})
			}
		}
	}
	return nil
}

// makeContracts makes a draft contract of each deal, in the system's session.
func makeContracts(ctx context.Context, s *record.Session, list []won) ([]value.ID, error) {
	if len(list) == 0 {
		return nil, nil
	}
	lines, err := dealLines(ctx, s, list)
	if err != nil {
		return nil, err
	}
	then, err := whenVoid(ctx, s, list)
	if err != nil {
		return nil, err
	}
	b := record.Batch{Object: Contracts.Name, Accept: true}
	for _, w := range list {
		v := contractOf(s, w.deal, lines[w.deal.ID])
		pipeline, _ := record.Get(w.deal, sales.DealPipeline)
		if x := then[pipeline]; x != "" {
			record.With(v, ContractDealThen, x)
		}
		b.Changes = append(b.Changes, record.Change{Values: v, At: w.at, By: w.by})
	}
	made, err := s.Save(ctx, b)
	if err != nil {
		return nil, err
	}
	ids := make([]value.ID, len(made))
	var all []record.Change
	for i, o := range made {
		ids[i] = o.ID
		for n, v := range linesOf(s, list[i].deal, lines[list[i].deal.ID]) {
			v[LineContract.Name()], v[LineTerms.Position.Name()] = o.ID, int64(n+1)
			all = append(all, record.Change{Values: v, At: list[i].at, By: list[i].by})
		}
	}
	for part := range slices.Chunk(all, record.MaxBatch) {
		if _, err := s.Save(ctx, record.Batch{Object: Lines.Name, Changes: part}); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// whenVoid is what the pipelines of some deals say becomes of a deal whose contract
// is void.
func whenVoid(ctx context.Context, s *record.Session, list []won) (map[value.ID]string, error) {
	then, ids := map[value.ID]string{}, []value.ID{}
	for _, w := range list {
		if id, ok := record.Get(w.deal, sales.DealPipeline); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return then, eachID(ctx, s, slices.Compact(ids), `SELECT id, contract_void FROM {pipeline} WHERE id IN (%s)`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		text, _ := rows.Text(1)
		then[id] = strings.Clone(text)
		return nil
	})
}

// without leaves out the deals that have a contract.
func without(ctx context.Context, s *record.Session, list []won) ([]won, error) {
	have := map[value.ID]bool{}
	ids := make([]value.ID, len(list))
	for i, w := range list {
		ids[i] = w.deal.ID
	}
	err := eachID(ctx, s, ids, `SELECT current_of_id FROM {contract} WHERE current_of_id IN (%s) AND deleted_at IS NULL`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		have[id] = true
		return nil
	})
	return slices.DeleteFunc(list, func(w won) bool { return have[w.deal.ID] }), err
}

// contractOf is what a contract takes over from its deal.
func contractOf(s *record.Session, deal *record.Record, lines []record.Values) record.Values {
	name, _ := record.Get(deal, sales.DealName)
	v := record.With(record.Values{}, ContractName, name)
	record.With(v, ContractDeal, deal.ID)
	v["owner"] = deal.Field("owner")
	if id, ok := record.Get(deal, sales.DealAccount); ok {
		record.With(v, ContractAccount, id)
	}
	if id, ok := record.Get(deal, sales.DealContact); ok {
		record.With(v, ContractSigner, id)
	}
	currency := s.Settings().Currency
	if m, ok := record.Get(deal, sales.DealAmount); ok {
		currency = m.Currency
	} else if c := oneCurrency(lines); c != "" {
		currency = c
	}
	return record.With(v, ContractCurrency, currency)
}

// oneCurrency is that of all priced lines, "" where there is none or several.
func oneCurrency(lines []record.Values) string {
	currency := ""
	for _, l := range lines {
		m, ok := l[LineTerms.Price.Name()].(value.Money)
		switch {
		case !ok:
		case currency != "" && m.Currency != currency:
			return ""
		default:
			currency = m.Currency
		}
	}
	return currency
}

// linesOf are the lines of a contract: copies of the deal's, and where they do not
// come to its amount a line of the difference. Lines without prices, in several
// currencies or in another than the amount are copied without prices, and one line
// says the amount.
func linesOf(s *record.Session, deal *record.Record, lines []record.Values) []record.Values {
	amount, ok := record.Get(deal, sales.DealAmount)
	currency := oneCurrency(lines)
	if !ok && currency != "" {
		return lines
	}
	if currency != "" && currency == amount.Currency {
		return append(lines, differenceOf(s, deal, amount, lines)...)
	}
	for _, l := range lines {
		l[LineTerms.Price.Name()], l[LineTerms.Discount.Name()], l[LineTerms.TaxRate.Name()] = nil, nil, nil
	}
	if !ok {
		return lines
	}
	name, _ := record.Get(deal, sales.DealName)
	return append(lines, lineOver(name, amount))
}

// lineOver is a line of one amount.
func lineOver(text string, amount value.Money) record.Values {
	v := record.With(record.Values{}, LineTerms.Text, text)
	record.With(v, LineTerms.Quantity, decimal.NewFromInt(1))
	return record.With(v, LineTerms.Price, amount)
}

// differenceOf is the line that makes lines come to the amount of their deal,
// where somebody typed another. It is taxed as they are, if they are alike.
func differenceOf(s *record.Session, deal *record.Record, amount value.Money, lines []record.Values) []record.Values {
	sum, ok := sales.LinesCome(s.Actor(), deal)
	left, err := amount.Sub(sum)
	if !ok || err != nil || left.Minor == 0 {
		return nil
	}
	v := lineOver(i18n.Text(s.Settings().Locale, "contract.line_difference", nil), left)
	rates := map[string]any{}
	for _, l := range lines {
		if l[LineTerms.Price.Name()] != nil {
			rate := l[LineTerms.TaxRate.Name()]
			rates[schema.Neutral(rate)] = rate
		}
	}
	if len(rates) == 1 {
		for _, rate := range rates {
			v[LineTerms.TaxRate.Name()] = rate
		}
	}
	return []record.Values{v}
}

// dealLines copies the lines of some deals, by deal, in their order.
func dealLines(ctx context.Context, s *record.Session, list []won) (map[value.ID][]record.Values, error) {
	deals := make([]value.ID, len(list))
	for i, w := range list {
		deals[i] = w.deal.ID
	}
	var ids []value.ID
	if err := eachID(ctx, s, deals, `SELECT id FROM {deal_line} WHERE deal_id IN (%s) AND deleted_at IS NULL ORDER BY position, id`, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		ids = append(ids, id)
		return nil
	}); err != nil {
		return nil, err
	}
	found, err := s.GetMany(ctx, sales.DealLines.Name, ids)
	if err != nil {
		return nil, err
	}
	var products []value.ID
	for _, l := range found {
		if id, ok := record.Get(l, sales.LineProduct); ok {
			products = append(products, id)
		}
	}
	slices.Sort(products)
	named, err := s.GetMany(ctx, sales.Products.Name, slices.Compact(products))
	if err != nil {
		return nil, err
	}
	copies := map[value.ID][]record.Values{}
	for _, id := range ids {
		l := found[id]
		if l == nil { // deleted meanwhile
			continue
		}
		deal, _ := record.Get(l, sales.LineDeal)
		product, _ := record.Get(l, sales.LineProduct)
		copies[deal] = append(copies[deal], copyLine(l, named[product]))
	}
	return copies, nil
}

// copyLine says everything of a line, also what is empty, so that nothing comes
// from the product of today. The product's name becomes the text of a line that
// has none: a product may be renamed.
func copyLine(l, product *record.Record) record.Values {
	v := record.Values{}
	for _, f := range []string{sales.LineProduct.Name(), sales.LineText.Name(), sales.LineQuantity.Name(), sales.LinePrice.Name(), sales.LineDiscount.Name(),
		sales.LineTaxRate.Name(), sales.LineBilling.Name(), sales.LinePeriods.Name(), sales.LineStartsOn.Name()} {
		v[f] = l.Field(f)
	}
	if v[sales.LineText.Name()] == nil && product != nil {
		v[sales.LineText.Name()] = product.Field(sales.ProductName.Name())
	}
	return v
}

func keys[V any](m map[value.ID]V) []value.ID {
	ids := make([]value.ID, 0, len(m))
	for id := range m {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// checkLines keeps the lines of a contract as they were signed.
func checkLines(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	of, err := contractsOf(ctx, s, drafts, LineContract)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		for _, link := range []func(*record.Draft, schema.Field[value.ID]) (value.ID, bool){record.Will[value.ID], record.Was[value.ID]} {
			id, _ := link(d, LineContract)
			if c, ok := of[id]; ok && c.state != Draft && !s.Who().Imports() {
				d.Fail(fault.New(fault.Conflict, "contract.lines_fixed", nil))
			}
		}
		if id, ok := record.Will(d, LineContract); ok && writes(d) {
			otherCurrency(d, LineTerms.Price, of[id])
		}
	}
	return nil
}
