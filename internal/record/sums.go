package record

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Maintained sums (engine decision 17): for an object that asks for them, the
// count and the amounts of its living records by owner, group and currency. A
// write only inserts signed rows; FoldSums moves them on; a read adds what is
// folded to what is not yet. sum_team holds, for each team, the sum over the
// members that reach lists for it, and under everybody the whole object.
//
// An object may keep the same by month (schema.Calendar). Those rows are of a
// field with its state and month behind it, "deal.amount/open/2026-03", and of
// owners alone: in teams they would be too many.

// everybody is the team of sum_team that stands for all owners and none.
const everybody value.ID = 0

// sumKey is one row of sum_owner; with a team in place of the owner, one of
// sum_team.
type sumKey struct {
	object, field string
	owner         value.ID
	group         string
	currency      string // "" for records without an amount
}

func (k sumKey) compare(o sumKey) int {
	return cmp.Or(cmp.Compare(k.object, o.object), cmp.Compare(k.field, o.field), cmp.Compare(k.owner, o.owner),
		cmp.Compare(k.group, o.group), cmp.Compare(k.currency, o.currency))
}

// sumRow counts records; missing are those whose amount has no base.
type sumRow struct{ n, amount, base, missing int64 }

func (r sumRow) zero() bool { return r == sumRow{} }

// add sums with an eye on overflow: a wrong total must not be stored.
func (r sumRow) add(o sumRow, sign int64) (sumRow, error) {
	a, ok1 := addExact(r.amount, sign*o.amount)
	b, ok2 := addExact(r.base, sign*o.base)
	if !ok1 || !ok2 {
		return r, fault.New(fault.Invalid, "aggregate.overflow", nil)
	}
	return sumRow{r.n + sign*o.n, a, b, r.missing + sign*o.missing}, nil
}

// sumRows are rows by what they are of.
type sumRows map[sumKey]sumRow

func (m sumRows) add(k sumKey, row sumRow, sign int64) error {
	sum, err := m[k].add(row, sign)
	if err == nil {
		m[k] = sum
	}
	return err
}

func addExact(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

// keptSums are the group and the amounts of an object's maintained sums. Each
// amount has rows of its own, and each of these counts all records.
type keptSums struct {
	group    *schema.FieldDef
	amounts  []*schema.FieldDef
	calendar *keptCalendar // nil where none is kept
}

// sumsOf answers false for an object without maintained sums. What follows
// from roll-ups cannot be kept sums of: children change it, in the middle of
// their parent's own change, too.
func sumsOf(o *schema.Object) (k keptSums, ok bool) {
	if o.Sum == nil || len(o.Sum.Amounts) == 0 {
		return k, false
	}
	if k.group, ok = o.Field(o.Sum.Group); !ok || !k.group.IsLink() && k.group.ValueKind() != schema.KindChoice {
		return k, false
	}
	for _, name := range o.Sum.Amounts {
		f, ok := o.Field(name)
		if !ok || f.ValueKind() != schema.KindMoney || f.Kind == schema.KindRollup || len(f.Columns()) != 3 ||
			f.Kind == schema.KindFormula && standsOnRollup(o, f) {
			return k, false
		}
		k.amounts = append(k.amounts, f)
	}
	k.calendar, ok = calendarOf(o)
	return k, ok
}

// hold reports whether one of the fields is kept sums of.
func (k keptSums) hold(fields []*schema.FieldDef) bool {
	return slices.ContainsFunc(fields, func(f *schema.FieldDef) bool { return slices.Contains(k.amounts, f) })
}

// sumOf is what one record adds to which row.
func (s *Session) sumOf(r *Record, group, amount *schema.FieldDef) (sumKey, sumRow) {
	k := sumKey{object: r.Object.ID, field: amount.ID, owner: r.Owner(), group: schema.Neutral(r.Value(group))}
	m, ok := r.Value(amount).(value.Money)
	if !ok {
		return k, sumRow{n: 1}
	}
	k.currency = m.Currency
	if base, ok := r.bases[amount.ID]; ok {
		return k, sumRow{n: 1, amount: m.Minor, base: base}
	}
	if m.Currency == s.state.settings.Currency {
		return k, sumRow{n: 1, amount: m.Minor, base: m.Minor}
	}
	return k, sumRow{n: 1, amount: m.Minor, missing: 1}
}

// recordSums notes how a batch of records of one object moves its sums: before
// is as they were counted, after as they are to be. Records in the trash count
// for nothing and belong in neither.
func (s *Session) recordSums(ctx context.Context, o *schema.Object, before, after []*Record) error {
	kept, ok := sumsOf(o)
	if !ok {
		return nil
	}
	moved := sumRows{}
	tally := func(records []*Record, sign int64) error {
		for _, amount := range kept.amounts {
			for _, r := range records {
				k, row := s.sumOf(r, kept.group, amount)
				if err := moved.add(k, row, sign); err != nil {
					return err
				}
				if kept.calendar == nil {
					continue
				}
				if err := moved.add(kept.calendar.key(k, r), row, sign); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := tally(before, -1); err != nil {
		return err
	}
	if err := tally(after, 1); err != nil {
		return err
	}
	rows := make([][]any, 0, len(moved))
	for _, k := range sortedKeys(moved) {
		if r := moved[k]; !r.zero() {
			rows = append(rows, []any{value.NewID(s.now), k.object, k.field, k.owner, k.group, k.currency, r.n, r.amount, r.base, r.missing})
		}
	}
	return s.tx.PostRows(ctx, `INSERT INTO {sum_delta} (id, object, field, owner_id, group_key, currency, n, amount, base, missing) VALUES`,
		10, rows, "")
}

// derivedSums is recordSums for formulas that are computed anew outside a
// change of the record.
func (s *Session) derivedSums(ctx context.Context, o *schema.Object, formulas []*schema.FieldDef, drafts []*Draft) error {
	if kept, ok := sumsOf(o); !ok || !kept.hold(formulas) {
		return nil
	}
	var before, after []*Record
	for _, d := range drafts {
		for _, f := range formulas {
			s.keepBase(d.after, f)
		}
		before, after = append(before, d.before), append(after, d.after)
	}
	return s.recordSums(ctx, o, before, after)
}

// sortedKeys gives every transaction the same order of rows, so that two of
// them cannot wait for each other.
func sortedKeys(m map[sumKey]sumRow) []sumKey {
	ks := keys(m)
	slices.SortFunc(ks, sumKey.compare)
	return ks
}
