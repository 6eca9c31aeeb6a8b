package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// restore gives rows that were read today the values of then.
func (p *past) restore(ctx context.Context, out *projection, records []*Record) error {
	if len(records) == 0 {
		return nil
	}
	whole, err := p.whole(ctx, out, records)
	if err != nil {
		return err
	}
	for _, r := range records {
		was := whole[r.ID]
		if was == nil {
			continue
		}
		r.Version, r.values[1] = was.Version, was.Version
		r.bases = was.bases
		for i := range out.outs {
			if o := &out.outs[i]; !o.far {
				p.give(r, o, was)
			}
		}
	}
	return p.farAgain(ctx, out, records, whole)
}

// give answers one field of the row as it was.
func (p *past) give(r *Record, o *output, was *Record) {
	v := was.Value(o.field)
	if o.part != "" {
		address, _ := v.(value.Address)
		_, part, _ := p.o.AddressPart(o.path)
		if v = nil; part != "" {
			if text := schema.AddressText(address, part); text != "" {
				v = text
			}
		}
	}
	if refs, ok := v.([]schema.Ref); ok {
		v = slices.DeleteFunc(slices.Clone(refs), p.s.unseen)
	}
	if o.masked && v != nil {
		v = access.Mask(v)
	}
	if o.part != "" {
		r.far[o.path] = v
		return
	}
	r.set(o.field, v)
}

// whole reads all that is known of records as they were.
func (p *past) whole(ctx context.Context, out *projection, records []*Record) (map[value.ID]*Record, error) {
	ids := make([]value.ID, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	found, err := p.s.GetMany(ctx, p.o.Name, ids)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		for _, i := range out.lists {
			if f := out.outs[i].field; found[r.ID] != nil {
				found[r.ID].set(f, r.Value(f))
			}
		}
	}
	if err := p.rewind(ctx, found); err != nil {
		return nil, err
	}
	if err := p.readSpans(ctx, found); err != nil {
		return nil, err
	}
	for _, r := range found {
		p.conclude(r)
	}
	return found, nil
}

// rewind takes back what history says was changed since.
func (p *past) rewind(ctx context.Context, found map[value.ID]*Record) error {
	ids := keys(found)
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, 500) {
		args := p.s.args()
		rows, err := p.s.tx.Query(ctx, "SELECT h.record, h.version, h.changes FROM {history} h JOIN {act} a ON a.id = h.act WHERE h.record IN ("+
			idList(chunk, args)+") AND a.at > "+args.Add(p.at.UnixMilli(), "bigint")+" ORDER BY h.record, h.version DESC", args.Values()...)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			version, _ := rows.Int(1)
			text, _ := rows.Text(2)
			changes, err := parseChanges(text)
			if err != nil {
				rows.Close()
				return err
			}
			r := p.s.Rewound(found[id], changes)
			r.Version = version - 1
			r.set(p.field("version"), r.Version)
			for _, name := range []string{"updated_at", "updated_by"} { // of the change before, which nobody asked for
				r.set(p.field(name), nil)
			}
			found[id] = r
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

func (p *past) field(name string) *schema.FieldDef {
	f, _ := p.o.Field(name)
	return f
}

// readSpans reads the tracked fields, money with what it was worth.
func (p *past) readSpans(ctx context.Context, found map[value.ID]*Record) error {
	fields := p.o.TrackedFields()
	var list strings.Builder
	for _, f := range fields {
		for _, c := range f.ReadColumns() {
			list.WriteString(", sp." + p.s.tx.Dialect().Quote(c.Name))
		}
	}
	owner, inherits := p.field("owner"), p.s.ownedBy(p.o) != nil
	ids := keys(found)
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, 500) {
		args := p.s.args()
		heir := cmp.Or(p.inherited(args), "CAST(NULL AS bigint)")
		rows, err := p.s.tx.Query(ctx, "SELECT sp.record, "+heir+list.String()+" FROM {"+p.o.SpanTable()+"} sp WHERE sp.record IN ("+
			idList(chunk, args)+") AND "+p.covers("sp", args), args.Values()...)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			r, at := found[id], 2
			if inherits {
				r.set(owner, owner.Load(rows, 1))
			}
			for _, f := range fields {
				r.set(f, f.Load(rows, at))
				if f.ValueKind() == schema.KindMoney {
					delete(r.bases, f.ID)
					if base, ok := rows.Int(at + 2); ok {
						r.setBase(f, base)
					}
				}
				at += len(f.ReadColumns())
			}
		}
		if err := rows.Close(); err != nil {
			return err
		}
	}
	return nil
}

// conclude computes the formulas that follow from what is known, and empties
// what is not: figures that are derived without history.
func (p *past) conclude(r *Record) {
	for _, f := range p.o.Fields {
		if p.forgotten(f) {
			r.set(f, nil)
		}
	}
	for range 2 { // some stand on others
		for _, f := range p.o.Fields {
			if f.Kind == schema.KindFormula && !f.Spanned() {
				r.set(f, p.formula(r, f))
			}
		}
	}
}

// forgotten fields change without history.
func (p *past) forgotten(f *schema.FieldDef) bool {
	if p.remembers(p.o, f) || f.Name == "version" || f.Name == "updated_at" || f.Name == "updated_by" {
		return false
	}
	return f.Engine || f.Quiet || f.Kind == schema.KindRollup
}

// follows reports whether a formula reads nothing that is forgotten.
func (p *past) follows(f *schema.FieldDef) bool {
	return !slices.ContainsFunc(f.Expr.Fields(), func(ref expr.Ref) bool {
		in, ok := p.o.Field(ref.Path[0])
		return ref.Many || !ok || p.forgotten(in) || in.Kind == schema.KindFormula && !in.Spanned() && !p.follows(in)
	})
}

func (p *past) formula(r *Record, f *schema.FieldDef) any {
	if !p.follows(f) {
		return nil
	}
	v, err := f.Expr.Eval(row{p.s, r}, p.s.env)
	if err == nil && v != nil {
		v, err = expr.Convert(v, f.ExprType(), f.Scale)
	}
	if err != nil {
		return nil
	}
	return v
}

// farAgain reads columns over links that history has led elsewhere than the
// statement was led, and what was of the kin as it was then; spans have led the
// others right.
func (p *past) farAgain(ctx context.Context, out *projection, records []*Record, whole map[value.ID]*Record) error {
	rest := map[*schema.FieldDef][]string{}
	for _, o := range out.outs {
		name, path, _ := strings.Cut(o.path, ".")
		if f, ok := p.o.Field(name); ok && o.far && (!f.Spanned() || p.kin[f.Target] != nil) {
			rest[f] = append(rest[f], path)
		}
	}
	for link, paths := range rest {
		ids := map[value.ID]bool{}
		for _, r := range whole {
			if id, ok := r.Value(link).(value.ID); ok {
				ids[id] = true
			}
		}
		linked, err := p.linked(ctx, link, keys(ids), paths)
		if err != nil {
			return err
		}
		for _, r := range records {
			if was := whole[r.ID]; was != nil {
				id, _ := was.Value(link).(value.ID)
				for _, path := range paths {
					var v any
					if to := linked[id]; to != nil {
						v = to.Path(path)
					}
					r.far[link.Name+"."+path] = v
				}
			}
		}
	}
	return nil
}

// linked reads some fields of linked records, as far as the actor may.
func (p *past) linked(ctx context.Context, link *schema.FieldDef, ids []value.ID, paths []string) (map[value.ID]*Record, error) {
	found := map[value.ID]*Record{}
	if len(ids) == 0 {
		return found, nil
	}
	target := p.s.state.schema.Target(link)
	id, _ := target.Field("id")
	for chunk := range slices.Chunk(ids, 500) {
		where, err := expr.In(id.ExprField(), chunk...)
		if err != nil {
			return nil, err
		}
		q := Query{Object: target.Name, Where: where, Fields: paths, Limit: len(chunk)}
		if p.kin[target.Name] != nil {
			q.AsOf = p.at
		}
		page, err := p.s.Query(ctx, q)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) { // an object that he may not know
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		for _, r := range page.Records {
			found[r.ID] = r
		}
	}
	return found, nil
}

// appendRecord writes a record's answer as rows of a statement are written.
func (p *projection) appendRecord(dst []byte, r *Record) []byte {
	dst = append(dst, `{"id":`...)
	dst = schema.AppendJSON(dst, r.ID)
	dst = append(dst, `,"version":`...)
	dst = schema.AppendJSON(dst, r.Version)
	for i := range p.outs {
		out := &p.outs[i]
		dst = schema.AppendJSON(append(dst, out.prefix...), r.Path(out.path))
	}
	return append(dst, '}')
}
