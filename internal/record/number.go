package record

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func momentOf(v any) (t time.Time, ok bool) { t, ok = v.(time.Time); return }

// giveNumbers fills automatic numbers of new records, a batch at a time. The
// counter is a row of the same transaction: a number is never given twice, and
// none is missing when the transaction fails.
func (s *Session) giveNumbers(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	keepNumbers(o, drafts)
	return s.numberAll(ctx, o, drafts, false)
}

// giveGapless numbers what nothing can refuse any more: a number taken for a
// row that a batch then leaves out would be missing for ever.
func (s *Session) giveGapless(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if !slices.ContainsFunc(o.Fields, func(f *schema.FieldDef) bool { return f.Kind == schema.KindNumber && f.Number.Gapless }) {
		return nil
	}
	if err := s.numberAll(ctx, o, drafts, true); err != nil {
		return err
	}
	return s.computeFormulas(ctx, o, drafts)
}

func (s *Session) numberAll(ctx context.Context, o *schema.Object, drafts []*Draft, gapless bool) error {
	for _, f := range o.Fields {
		if f.Kind != schema.KindNumber || f.Number.Gapless != gapless {
			continue
		}
		waiting, err := s.unnumbered(o, f, drafts)
		if err != nil {
			return err
		}
		if err := s.number(ctx, f, waiting); err != nil {
			return err
		}
	}
	return nil
}

// unnumbered are the drafts that need a number of the field and have none, by
// the first characters that theirs will have.
func (s *Session) unnumbered(o *schema.Object, f *schema.FieldDef, drafts []*Draft) (map[string][]*Draft, error) {
	var when *expr.Expr
	if f.Number.When != "" {
		var err error
		if when, err = expr.Check(f.Number.When, s.state.schema.Scope(o, nil), expr.Type{Kind: expr.Bool}); err != nil {
			return nil, err
		}
	}
	waiting := map[string][]*Draft{}
	for _, d := range drafts {
		if d.Value(f) != nil || d.Doing != Creating && (d.Doing != Updating || when == nil) {
			continue
		}
		if when != nil {
			if due, err := when.Eval(row{s, d.after}, s.env); err != nil || due != true {
				continue
			}
		}
		year, _, _ := value.DateOf(d.at, s.state.zone).Civil()
		prefix := strings.ReplaceAll(f.Number.Prefix, "{year}", strconv.Itoa(year))
		waiting[prefix] = append(waiting[prefix], d)
	}
	return waiting, nil
}

func (s *Session) number(ctx context.Context, f *schema.FieldDef, waiting map[string][]*Draft) error {
	for _, prefix := range slices.Sorted(maps.Keys(waiting)) {
		drafts := waiting[prefix]
		n := int64(len(drafts))
		var next int64
		_, err := s.tx.Row(ctx, `INSERT INTO {number_sequence} (field, prefix, next) VALUES ($1, $2, $3)
			ON CONFLICT (field, prefix) DO UPDATE SET next = {number_sequence}.next + excluded.next RETURNING next`,
			[]any{f.ID, prefix, n}, &next)
		if err != nil {
			return err
		}
		for i, d := range drafts {
			d.set(f, fmt.Sprintf("%s%0*d", prefix, f.Number.Digits, next-n+int64(i)+1))
		}
	}
	return nil
}

// keepNumbers lets nothing take a gapless number from a record, not even an
// undo: the next one is given to another already.
func keepNumbers(o *schema.Object, drafts []*Draft) {
	for _, f := range o.Fields {
		if f.Kind != schema.KindNumber || !f.Number.Gapless {
			continue
		}
		for _, d := range drafts {
			if was := d.before.valueOrNil(f); was != nil {
				d.set(f, was)
			}
		}
	}
}

// passOwnersDown gives the children of records that changed hands their new
// owner, one statement for each child object (engine decision 2), and their
// children too.
func (s *Session) passOwnersDown(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing == Updating && d.Changed("owner") {
			ids = append(ids, d.ID)
		}
	}
	return s.ownersDown(ctx, o, ids, 0)
}

func (s *Session) ownersDown(ctx context.Context, o *schema.Object, ids []value.ID, depth int) error {
	if len(ids) == 0 || depth > maxDepth {
		return nil
	}
	for _, link := range s.state.schema.LinksTo(o.Name) {
		child := link.Object
		if parent, ok := child.ParentLink(); !ok || parent != link {
			continue
		}
		moved, err := s.ownersOfChildren(ctx, o, child, link, ids)
		if err != nil {
			return err
		}
		if err := s.ownersDown(ctx, child, moved, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) ownersOfChildren(ctx context.Context, parent, child *schema.Object, link *schema.FieldDef, ids []value.ID) ([]value.ID, error) {
	column := s.tx.Dialect().Quote(link.Column)
	var moved []value.ID
	for len(ids) > 0 {
		chunk := ids[:min(500, len(ids))]
		ids = ids[len(chunk):]
		args := s.args()
		found, err := s.tx.IDs(ctx, "UPDATE {"+child.Table+"} AS t SET owner_id = (SELECT p.owner_id FROM {"+parent.Table+
			"} p WHERE p.id = t."+column+") WHERE t."+column+" IN ("+idList(chunk, args)+") RETURNING id", args.Values()...)
		if err != nil {
			return nil, err
		}
		moved = append(moved, found...)
	}
	return moved, s.reindexIDs(ctx, child, moved)
}
