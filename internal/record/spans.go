package record

import (
	"context"
	"slices"
	"strings"
	"time"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// forever is the end of a span that still runs.
const forever = int64(1) << 53

// writeSpans closes the running spans of records whose tracked fields changed,
// and begins new ones. Two changes in one millisecond are one span.
func (s *Session) writeSpans(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	tracked := o.TrackedFields()
	if len(tracked) == 0 {
		return nil
	}
	inMoney := slices.ContainsFunc(tracked, (*schema.FieldDef).InMoney)
	var ended []ending
	var begun [][]any
	for _, d := range drafts {
		if d.Doing == Updating && !d.anyChanged(tracked) && !(inMoney && d.rerated()) {
			continue
		}
		if d.Doing != Creating {
			ended = append(ended, ending{d.ID, d.since()})
		}
		if d.Doing != Deleting {
			begun = append(begun, s.spanRow(d, tracked))
		}
	}
	if err := s.endSpans(ctx, o, ended); err != nil {
		return err
	}
	return s.beginSpans(ctx, o, tracked, begun)
}

// since is the moment from which a change holds: no span begins before its record
// did, also where the clocks of two machines differ. Lists of the past rely on it.
func (d *Draft) since() time.Time {
	if made, ok := d.Field("created_at").(time.Time); ok && made.After(d.at) {
		return made
	}
	return d.at
}

func (d *Draft) anyChanged(fields []*schema.FieldDef) bool {
	return slices.ContainsFunc(fields, func(f *schema.FieldDef) bool { return d.changed[d.Object.Slot(f)] })
}

func (s *Session) spanRow(d *Draft, tracked []*schema.FieldDef) []any {
	row := []any{d.ID, d.since(), forever, d.act}
	env := s.storing(d.after)
	for _, f := range tracked {
		all := f.Store(d.Value(f), env, nil)
		row = append(row, all[:len(f.ReadColumns())]...)
		if f.ValueKind() == schema.KindMoney && d.Doing == Updating && !d.changed[d.Object.Slot(f)] && !d.rerated() {
			row[len(row)-1] = d.heldBase(f)
		}
	}
	return row
}

// heldBase is what an amount that stays as it is was worth before, which
// another rate since does not change.
func (d *Draft) heldBase(f *schema.FieldDef) any {
	if base, ok := d.before.bases[f.ID]; ok {
		return base
	}
	return nil
}

// respan begins new spans with what the records hold now, where values changed
// without an act of their own.
func (s *Session) respan(ctx context.Context, o *schema.Object, ids []value.ID) error {
	ended := make([]ending, len(ids))
	for i, id := range ids {
		ended[i] = ending{id, s.now}
	}
	if err := s.endSpans(ctx, o, ended); err != nil {
		return err
	}
	args := s.args()
	var list, sets strings.Builder
	for _, f := range o.TrackedFields() {
		for _, c := range f.ReadColumns() {
			name := s.tx.Dialect().Quote(c.Name)
			list.WriteString(", " + name)
			sets.WriteString(", " + name + " = excluded." + name)
		}
	}
	sql := "INSERT INTO {" + o.SpanTable() + "} (record, from_ms, to_ms, act" + list.String() + ") SELECT t.id, " + args.Add(s.now.UnixMilli(), "bigint") + ", " +
		args.Add(forever, "bigint") + ", coalesce((SELECT sp.act FROM {" + o.SpanTable() + "} sp WHERE sp.record = t.id ORDER BY sp.from_ms DESC LIMIT 1), 0)" +
		strings.ReplaceAll(list.String(), ", ", ", t.") + " FROM {" + o.Table + "} t WHERE t.deleted_at IS NULL AND t.id IN (" + idList(ids, args) +
		") ON CONFLICT (record, from_ms) DO UPDATE SET to_ms = excluded.to_ms" + sets.String()
	return s.tx.Post(ctx, sql, args.Values()...)
}

// ending is a record whose running span ends.
type ending struct {
	record value.ID
	at     time.Time
}

// endSpans ends running spans, each at its own time: what is brought in with its
// past has as many times as changes.
func (s *Session) endSpans(ctx context.Context, o *schema.Object, all []ending) error {
	for chunk := range slices.Chunk(all, 500) {
		args := s.args()
		var rows strings.Builder
		for i, x := range chunk {
			if i > 0 {
				rows.WriteString(", ")
			}
			rows.WriteString("(" + args.Add(int64(x.record), "bigint") + ", " + args.Add(x.at.UnixMilli(), "bigint") + ")")
		}
		n, err := s.tx.Exec(ctx, "UPDATE {"+o.SpanTable()+"} AS sp SET to_ms = v.column2 FROM (VALUES "+rows.String()+") AS v"+
			" WHERE sp.record = v.column1 AND sp.to_ms = "+args.Add(forever, "bigint")+" AND sp.from_ms <= v.column2", args.Values()...)
		if err == nil && n != int64(len(chunk)) {
			err = s.cutAll(ctx, o, chunk)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cutAll cuts the spans of records some of which had none that could end.
func (s *Session) cutAll(ctx context.Context, o *schema.Object, all []ending) error {
	by := map[time.Time][]value.ID{}
	for _, x := range all {
		by[x.at] = append(by[x.at], x.record)
	}
	for at, ids := range by {
		if err := s.cutSpans(ctx, o, at, ids); err != nil {
			return err
		}
	}
	return nil
}

// cutSpans makes room for spans that begin before the last one did, because
// the clocks of two machines differ or the past is brought in: what was to
// come after gives way.
func (s *Session) cutSpans(ctx context.Context, o *schema.Object, at time.Time, ids []value.ID) error {
	table, now := "{"+o.SpanTable()+"}", at.UnixMilli()
	args := s.args()
	_, err := s.tx.Exec(ctx, "DELETE FROM "+table+" WHERE from_ms > "+args.Add(now, "bigint")+" AND record IN ("+idList(ids, args)+")", args.Values()...)
	if err != nil {
		return err
	}
	args = s.args()
	ms := args.Add(now, "bigint")
	_, err = s.tx.Exec(ctx, "UPDATE "+table+" SET to_ms = "+ms+" WHERE to_ms > "+ms+" AND record IN ("+idList(ids, args)+")", args.Values()...)
	if err != nil {
		return err
	}
	return s.markPassages(ctx, o, ids)
}

func (s *Session) beginSpans(ctx context.Context, o *schema.Object, tracked []*schema.FieldDef, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	names := []string{"record", "from_ms", "to_ms", "act"}
	for _, f := range tracked {
		for _, c := range f.ReadColumns() {
			names = append(names, c.Name)
		}
	}
	quoted := make([]string, len(names))
	sets := make([]string, 0, len(names))
	for i, n := range names {
		quoted[i] = s.tx.Dialect().Quote(n)
		if i >= 2 {
			sets = append(sets, quoted[i]+" = excluded."+quoted[i])
		}
	}
	return s.tx.PostRows(ctx, "INSERT INTO {"+o.SpanTable()+"} ("+strings.Join(quoted, ", ")+") VALUES", len(names), rows,
		" ON CONFLICT (record, from_ms) DO UPDATE SET "+strings.Join(sets, ", "))
}

// writeSums hands the change of every record to the maintained sums.
func (s *Session) writeSums(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if o.Sum == nil {
		return nil
	}
	var before, after []*Record
	for _, d := range drafts {
		if d.before != nil && d.Doing != Restoring {
			before = append(before, d.before)
		}
		if d.Doing != Deleting {
			after = append(after, d.after)
		}
	}
	return s.recordSums(ctx, o, before, after)
}

// writeSearchText keeps the full-text index in step: new and changed texts and
// owners are written anew, records in the trash leave it.
func (s *Session) writeSearchText(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	var gone []value.ID
	var changed []*Record
	for _, d := range drafts {
		switch {
		case d.Doing == Deleting:
			gone = append(gone, d.ID)
		case d.Doing != Updating || d.searchChanged():
			changed = append(changed, d.after)
		}
	}
	if len(gone) > 0 {
		if err := s.removeSearch(ctx, gone); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return s.writeSearch(ctx, o, changed)
}

func (d *Draft) searchChanged() bool {
	for i, f := range d.Object.Fields {
		if d.changed[i] && (f.Search || f.Fragments || f.Name == "owner") {
			return true
		}
	}
	return false
}
