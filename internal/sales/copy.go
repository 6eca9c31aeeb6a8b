package sales

import (
	"context"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// ofOneDeal are the fields that belong to the life of one deal and not to what
// is sold: a copy has its own.
var ofOneDeal = []string{DealName.Name(), DealStage.Name(), DealChance.Name(), DealAmount.Name(), DealCloseDate.Name(), DealStartedOn.Name(),
	DealLostReason.Name(), DealWonReason.Name(), DealCompetitor.Name(), DealNextStep.Name(), DealExternal.Name(), "owner"}

// Clone makes a new deal of one, in the first stage of its pipeline: with its
// lines at their prices, its buying committee and its competitors, as far as the
// actor may read them. The copy is the actor's own. name is what it is called;
// "" calls it a copy.
func Clone(ctx context.Context, s *record.Session, deal value.ID, name string) (record.Outcome, error) {
	d, err := s.Get(ctx, Deals.Name, deal)
	if err != nil {
		return record.Outcome{}, err
	}
	v := copied(s, d, ofOneDeal...)
	if v[DealName.Name()] = strings.TrimSpace(name); v[DealName.Name()] == "" {
		return record.Outcome{}, refuse(DealName.Name(), "field.required", fault.Args{"field": DealName.Name()})
	}
	if day, ok := record.Get(d, DealCloseDate); ok && day >= s.Today() {
		record.With(v, DealCloseDate, day)
	}
	if err := standing(ctx, s, v, 0); err != nil {
		return record.Outcome{}, err
	}
	made, err := s.Create(ctx, Deals.Name, v)
	if err != nil {
		return made, err
	}
	for _, x := range []struct {
		of   *schema.Object
		link schema.Field[value.ID]
	}{{DealLines, LineDeal}, {DealContacts, RoleDeal}, {DealCompetitors, RivalDeal}} {
		if err := copyParts(ctx, s, x.of, x.link, deal, made.ID); err != nil {
			return made, err
		}
	}
	return made, worth(ctx, s, made.ID, d)
}

// copied are the values of a record that the actor may read and write, less
// some; what is empty is said to be.
func copied(s *record.Session, r *record.Record, less ...string) record.Values {
	v := record.Values{}
	for _, f := range r.Object.Fields {
		if k := f.ValueKind(); !f.Writable() || f.Unique || f.Engine || slices.Contains(less, f.Name) || k == schema.KindFile || k == schema.KindAbout || k == schema.KindNumber {
			continue
		}
		if s.Actor().CanFilter(f) && s.Actor().CanWrite(f) {
			v[f.Name] = r.Value(f)
		}
	}
	return v
}

// standing lets a new deal begin in its pipeline: in that stage while it is in
// use, otherwise in the first.
func standing(ctx context.Context, s *record.Session, v record.Values, wanted value.ID) error {
	book, err := bookOf(ctx, s)
	if err != nil {
		return err
	}
	pipeline, _ := v[DealPipeline.Name()].(value.ID)
	delete(v, DealPipeline.Name())
	if st, ok := book.byID[wanted]; ok && st.active {
		record.With(v, DealStage, wanted)
	} else if st, ok := book.first(pipeline, Open); ok {
		record.With(v, DealStage, st.id)
	}
	return nil
}

// copyParts copies what belongs to one deal to another.
func copyParts(ctx context.Context, s *record.Session, o *schema.Object, link schema.Field[value.ID], from, to value.ID) error {
	parts, err := partsOf(ctx, s, o, link, from)
	if err != nil || len(parts) == 0 {
		return err
	}
	b := record.Batch{Object: o.Name}
	for _, p := range parts {
		b.Changes = append(b.Changes, record.Change{Values: record.With(copied(s, p, link.Name()), link, to)})
	}
	_, err = s.Save(ctx, b)
	return err
}

// maxParts is how many lines of a deal are copied or divided.
const maxParts = 500

// partsOf are the records that belong to a deal, as far as the actor sees any.
func partsOf(ctx context.Context, s *record.Session, o *schema.Object, link schema.Field[value.ID], deal value.ID) ([]*record.Record, error) {
	if _, err := s.Object(o.Name); fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	page, err := s.Query(ctx, record.Query{Object: o.Name, Filter: link.Name() + ` = "` + deal.String() + `"`, Sort: "id", Limit: maxParts})
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Forbidden):
		return nil, nil
	case err != nil:
		return nil, err
	case page.Next != "":
		return nil, fault.New(fault.TooLarge, "deal.too_many_parts", fault.Args{"max": maxParts})
	}
	return page.Records, nil
}

// worth gives a deal the amount of another, where its lines do not come to that
// and the actor may.
func worth(ctx context.Context, s *record.Session, deal value.ID, of *record.Record) error {
	f, _ := of.Object.Field(DealAmount.Name())
	amount, ok := record.Get(of, DealAmount)
	if !ok || !s.Actor().CanFilter(f) || !s.Actor().CanWrite(f) {
		return nil
	}
	return setAmount(ctx, s, deal, amount)
}

func setAmount(ctx context.Context, s *record.Session, deal value.ID, amount value.Money) error {
	d, err := s.Get(ctx, Deals.Name, deal)
	if err != nil {
		return err
	}
	if is, has := record.Get(d, DealAmount); has && is == amount {
		return nil
	}
	_, err = s.Update(ctx, Deals.Name, deal, 0, record.With(record.Values{}, DealAmount, amount))
	return err
}

// Part is what a new deal takes from one that is split: some of its lines, or a
// part of its amount where it has no lines with a price.
type Part struct {
	Name  string
	Lines []value.ID
	// Quantities says of lines of which only some go over how many; the others go
	// whole.
	Quantities map[value.ID]decimal.Decimal
	Amount     value.Money
}

// Split divides an open deal in two that together are worth what the one was,
// to the cent. The new deal has the same owner, stage and close date.
func Split(ctx context.Context, s *record.Session, deal value.ID, p Part) (record.Outcome, error) {
	none := record.Outcome{}
	d, err := s.Get(ctx, Deals.Name, deal)
	if err != nil {
		return none, err
	}
	if err := s.MayChange(ctx, Deals.Name, deal); err != nil {
		return none, err
	}
	lines, err := partsOf(ctx, s, DealLines, LineDeal, deal)
	if err != nil {
		return none, err
	}
	moved, err := p.check(d, lines)
	if err != nil {
		return none, err
	}
	v := copied(s, d, append([]string{DealName.Name(), DealStage.Name(), DealAmount.Name(), DealExternal.Name()}, "owner")...)
	v[DealName.Name()] = p.Name
	if owner := d.Owner(); owner != 0 {
		v["owner"] = owner
	}
	stage, _ := record.Get(d, DealStage)
	if err := standing(ctx, s, v, stage); err != nil {
		return none, err
	}
	amount, had := record.Get(d, DealAmount)
	if had && len(moved) == 0 {
		record.With(v, DealAmount, p.Amount)
	}
	made, err := s.Create(ctx, Deals.Name, v)
	if err != nil {
		return made, err
	}
	if had {
		held(s)[deal] = true
	}
	if err := moveLines(ctx, s, moved, p.Quantities, made.ID); err != nil {
		return made, err
	}
	if !had {
		return made, nil
	}
	return made, rest(ctx, s, deal, made.ID, amount)
}

// check refuses what is no division, and finds the lines that go over.
func (p *Part) check(d *record.Record, lines []*record.Record) ([]*record.Record, error) {
	if status, _ := record.Get(d, DealStatus); status != Open {
		return nil, fault.New(fault.Conflict, "deal.split_closed", nil)
	}
	if p.Name = strings.TrimSpace(p.Name); p.Name == "" {
		return nil, refuse(DealName.Name(), "field.required", fault.Args{"field": DealName.Name()})
	}
	if len(p.Lines) > 0 {
		return p.checkLines(lines)
	}
	amount, has := record.Get(d, DealAmount)
	switch {
	case slices.ContainsFunc(lines, priced):
		return nil, refuse("lines", "deal.split_no_lines", nil)
	case !has:
		return nil, refuse(DealAmount.Name(), "deal.split_no_amount", nil)
	case p.Amount.Currency != amount.Currency:
		return nil, refuse(DealAmount.Name(), "deal.other_currency", fault.Args{"currency": p.Amount.Currency, "expected": amount.Currency})
	case p.Amount.Minor <= 0 || p.Amount.Minor >= amount.Minor:
		return nil, refuse(DealAmount.Name(), "deal.split_amount", fault.Args{"amount": amount.String()})
	}
	return nil, nil
}

func (p *Part) checkLines(lines []*record.Record) (moved []*record.Record, err error) {
	whole := 0
	for _, l := range lines {
		if !slices.Contains(p.Lines, l.ID) {
			continue
		}
		moved = append(moved, l)
		n, some := p.Quantities[l.ID]
		if !some {
			whole++
			continue
		}
		of, known := record.Get(l, LineQuantity)
		if !known || !n.IsPositive() || n.GreaterThan(of) {
			return nil, refuse("quantities", "deal.split_quantity", fault.Args{"line": l.Title(), "quantity": of.String()})
		}
		if n.Equal(of) {
			delete(p.Quantities, l.ID)
			whole++
		}
	}
	distinct := slices.Clone(p.Lines)
	slices.Sort(distinct)
	switch {
	case len(slices.Compact(distinct)) != len(moved):
		return nil, refuse("lines", "deal.split_other_line", nil)
	case whole == len(lines):
		return nil, refuse("lines", "deal.split_all", nil)
	}
	return moved, nil
}

func priced(l *record.Record) bool { _, ok := record.Get(l, LineAmount); return ok }

// moveLines lets lines go over to another deal; of one of which only some go,
// the rest stays as a line of its own.
func moveLines(ctx context.Context, s *record.Session, lines []*record.Record, some map[value.ID]decimal.Decimal, to value.ID) error {
	b := record.Batch{Object: DealLines.Name}
	for _, l := range lines {
		n, part := some[l.ID]
		if !part {
			b.Changes = append(b.Changes, record.Change{ID: l.ID, Values: record.With(record.Values{}, LineDeal, to)})
			continue
		}
		of, _ := record.Get(l, LineQuantity)
		taken := record.With(record.With(copied(s, l, LineDeal.Name()), LineDeal, to), LineQuantity, n)
		b.Changes = append(b.Changes, record.Change{ID: l.ID, Values: record.With(record.Values{}, LineQuantity, of.Sub(n))}, record.Change{Values: taken})
	}
	if len(b.Changes) == 0 {
		return nil
	}
	_, err := s.Save(ctx, b)
	return err
}

// rest leaves a deal what the new one does not have of its amount.
func rest(ctx context.Context, s *record.Session, deal, made value.ID, amount value.Money) error {
	d, err := s.Get(ctx, Deals.Name, made)
	if err != nil {
		return err
	}
	taken, has := record.Get(d, DealAmount)
	if !has {
		taken = value.Money{Currency: amount.Currency}
	}
	if taken.Currency != amount.Currency {
		return refuse("lines", "deal.other_currency", fault.Args{"currency": taken.Currency, "expected": amount.Currency})
	}
	left, err := amount.Add(value.Money{Minor: -taken.Minor, Currency: taken.Currency})
	if err != nil {
		return err
	}
	if left.Minor < 0 {
		return refuse("lines", "deal.split_amount", fault.Args{"amount": amount.String()})
	}
	return setAmount(ctx, s, deal, left)
}

// refuse is a fault of one input.
func refuse(path, key string, args fault.Args) error {
	return fault.New(fault.Invalid, "record.invalid", fault.Args{"object": Deals.Name}).With(fault.Field{Path: path, Key: key, Args: args})
}
