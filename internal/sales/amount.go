package sales

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// linesCome is what a deal's lines come to without tax; false without priced
// lines, and with lines in several currencies. get reads the deal.
func linesCome(get func(schema.Field[value.Money]) (value.Money, bool)) (value.Money, bool) {
	gross, ok := get(DealGross)
	if !ok {
		return value.Money{}, false
	}
	if tax, ok := get(DealTax); ok {
		gross.Minor -= tax.Minor
	}
	return gross, true
}

// LinesCome is what the lines of a deal come to without tax; false without priced
// lines, with lines in several currencies, and for a reader who may not know it.
func LinesCome(reader *access.Actor, deal *record.Record) (value.Money, bool) {
	if !knowsLines(reader, deal.Object) {
		return value.Money{}, false
	}
	return linesCome(func(f schema.Field[value.Money]) (value.Money, bool) { return record.Get(deal, f) })
}

// knowsLines reports whether somebody may know what the lines of deals come to: a
// tax that is kept from him cannot be taken off.
func knowsLines(reader *access.Actor, deals *schema.Object) bool {
	for _, f := range []schema.Field[value.Money]{DealGross, DealTax} {
		if def, ok := deals.Field(f.Name()); !ok || !reader.CanFilter(def) {
			return false
		}
	}
	return true
}

// markAmounts marks amounts that are typed beside what the lines come to. They
// hold until the lines change. Who changes lines has no need of this: the amount
// follows then.
func markAmounts(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating || !d.Changed(DealAmount.Name()) {
			continue
		}
		sum, priced := linesCome(func(f schema.Field[value.Money]) (value.Money, bool) { return record.Will(d, f) })
		amount, _ := record.Will(d, DealAmount)
		if was, _ := record.Was(d, DealDiffers); was || priced {
			record.Put(d, DealDiffers, priced && amount != sum)
		}
	}
	return nil
}

// mindLines looks at an amount beside what the lines come to, when it is typed
// and when the deal is won by it: the contract is about both.
func mindLines(s *record.Session, d *record.Draft, p pipelineRules) {
	won := d.Changed(DealStatus.Name()) && d.Field(DealStatus.Name()) == Won
	if mixed, _ := record.Will(d, DealMixed); mixed && won {
		object(d, p.foreign, DealAmount.Name(), "deal.lines_mixed", nil)
	}
	differs, _ := record.Will(d, DealDiffers)
	if !differs || !won && !d.Changed(DealAmount.Name()) {
		return
	}
	how := p.beside
	if how == Refuse && (held(s)[d.ID] || d.Took() != 0) { // nobody typed it
		how = Warn
	}
	if !knowsLines(s.Actor(), d.Object) {
		object(d, how, DealAmount.Name(), "deal.amount_beside_lines", nil)
		return
	}
	sum, _ := linesCome(func(f schema.Field[value.Money]) (value.Money, bool) { return record.Will(d, f) })
	object(d, how, DealAmount.Name(), "deal.amount_differs", fault.Args{"lines": sum})
}

// saidAmount is the amount of a deal, and whether it is marked as typed beside what the
// lines come to.
type saidAmount struct {
	amount value.Money
	typed  bool
}

// amountsNow reads the amounts of some deals. Nobody else changes the deals from
// here on: of two who add lines at once, each counts both.
func amountsNow(ctx context.Context, s *record.Session, deals []value.ID) (map[value.ID]saidAmount, error) {
	if err := s.Hold(ctx, Deals.Name, deals); err != nil {
		return nil, err
	}
	found := map[value.ID]saidAmount{}
	return found, each(ctx, s, deals, func(in string) string {
		return `SELECT id, amount, amount_c, amount_differs FROM {deal} WHERE id IN (` + in + `)`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		var x saidAmount
		x.amount.Minor, _ = rows.Int(1)
		currency, _ := rows.Text(2)
		x.amount.Currency = strings.Clone(currency)
		x.typed, _ = rows.Bool(3)
		found[id] = x
		return nil
	})
}

// checkCurrencies looks at lines that are in another currency than the others of
// their deal: they can have no sum.
func checkCurrencies(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	priced := func(d *record.Draft) bool {
		_, has := record.Will(d, LinePrice)
		return has && (d.Doing == record.Creating || d.Doing == record.Updating && (d.Changed(LinePrice.Name()) || d.Changed(LineDeal.Name())))
	}
	own := map[value.ID]bool{}
	var asked []*record.Draft
	for _, d := range drafts {
		own[d.ID] = d.Doing != record.Creating
		if priced(d) {
			asked = append(asked, d)
		}
	}
	if len(asked) == 0 || s.Undoing() {
		return nil
	}
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	deals := targets(asked, LineDeal)
	if err := s.Hold(ctx, Deals.Name, deals); err != nil {
		return err
	}
	others, pipelines, err := currenciesOf(ctx, s, deals, own)
	if err != nil {
		return err
	}
	count := func(d *record.Draft) {
		deal, _ := record.Will(d, LineDeal)
		if price, has := record.Will(d, LinePrice); has && d.Doing != record.Deleting {
			if others[deal] == nil {
				others[deal] = map[string]bool{}
			}
			others[deal][price.Currency] = true
		}
	}
	for _, d := range drafts { // what keeps its price comes first, wherever it stands
		if !priced(d) {
			count(d)
		}
	}
	for _, d := range asked {
		deal, _ := record.Will(d, LineDeal)
		price, _ := record.Will(d, LinePrice)
		how, there := book.foreignOf(pipelines[deal]), slices.Sorted(maps.Keys(others[deal]))
		i := slices.IndexFunc(there, func(currency string) bool { return currency != price.Currency })
		if i >= 0 {
			object(d, how, LinePrice.Name(), "line.other_currency", fault.Args{"currency": price.Currency, "expected": there[i]})
		}
		if i < 0 || how != Refuse { // a refused line is none
			count(d)
		}
	}
	return nil
}

// currenciesOf are those of the priced lines that some deals have beside the
// given ones, and the deals' pipelines.
func currenciesOf(ctx context.Context, s *record.Session, deals []value.ID, less map[value.ID]bool) (currencies map[value.ID]map[string]bool, pipelines map[value.ID]value.ID, err error) {
	currencies, pipelines = map[value.ID]map[string]bool{}, map[value.ID]value.ID{}
	return currencies, pipelines, each(ctx, s, deals, func(in string) string {
		return `SELECT d.id, d.pipeline_id, l.id, l.amount_c FROM {deal} d
			LEFT JOIN {deal_line} l ON l.deal_id = d.id AND l.deleted_at IS NULL AND l.amount IS NOT NULL WHERE d.id IN (` + in + `)`
	}, func(rows *store.Rows) error {
		deal, _ := rows.ID(0)
		pipelines[deal], _ = rows.ID(1)
		line, ok := rows.ID(2)
		if !ok || less[line] {
			return nil
		}
		currency, _ := rows.Text(3)
		if currencies[deal] == nil {
			currencies[deal] = map[string]bool{}
		}
		if !currencies[deal][currency] {
			currencies[deal][strings.Clone(currency)] = true
		}
		return nil
	})
}

// foreignOf is what a pipeline does about another currency.
func (b *stageBook) foreignOf(pipeline value.ID) string {
	if p, ok := b.rules[pipeline]; ok {
		return p.foreign
	}
	return Warn
}

// MarkAmounts is the work of marking what an older program left beside its lines.
type MarkAmounts struct{}

// Kind implements jobs.Job.
func (MarkAmounts) Kind() string { return "sales.mark_amounts" }

// MarkedAmounts marks the deals of an older program whose amount is not that of
// their lines, or whose lines are in several currencies.
var MarkedAmounts = Filling{
	at:    store.Setting[*FilledTo]{Key: "marked_amounts"},
	job:   MarkAmounts{},
	deals: filler{`SELECT DISTINCT deal_id FROM {deal_line} WHERE deleted_at IS NULL AND deal_id > $1 ORDER BY deal_id LIMIT $2`, markOlder},
}

// markOlder holds the deals: who changes an amount or a line meanwhile marks it
// himself, before or after.
func markOlder(ctx context.Context, s *record.Session, ids []value.ID) error {
	if err := s.Hold(ctx, Deals.Name, ids); err != nil {
		return err
	}
	o := s.Schema().MustObject(Deals.Name)
	for _, x := range []struct {
		field    schema.Field[bool]
		from, by string
	}{
		{DealDiffers, `SELECT id FROM {deal} WHERE deleted_at IS NULL AND gross_total IS NOT NULL AND amount_differs IS NOT TRUE
			AND (amount IS NULL OR amount_c <> gross_total_c OR amount <> gross_total - coalesce(tax_total, 0)) AND id IN (`, `)`},
		{DealMixed, `SELECT l.deal_id FROM {deal_line} l JOIN {deal} d ON d.id = l.deal_id AND d.deleted_at IS NULL AND d.lines_mixed IS NOT TRUE
			WHERE l.deleted_at IS NULL AND l.amount IS NOT NULL AND l.deal_id IN (`, `) GROUP BY l.deal_id HAVING count(DISTINCT l.amount_c) > 1`},
	} {
		rows := map[value.ID][]any{}
		if err := each(ctx, s, ids, func(holders string) string { return x.from + holders + x.by }, func(r *store.Rows) error {
			id, _ := r.ID(0)
			rows[id] = []any{true}
			return nil
		}); err != nil {
			return err
		}
		f, _ := o.Field(x.field.Name())
		if err := s.SetDerived(ctx, o, []*schema.FieldDef{f}, rows); err != nil {
			return err
		}
	}
	return nil
}
