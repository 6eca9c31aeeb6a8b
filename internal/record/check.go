package record

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// checkRequired refuses new records without what is required, and changes that
// empty it. Older records that lack it may be changed elsewhere: a field made
// required later does not lock them.
func (s *Session) checkRequired(_ context.Context, o *schema.Object, drafts []*Draft) error {
	for i, f := range o.Fields {
		if !f.Required || f.Engine || f.Kind == schema.KindNumber { // numbers come last
			continue
		}
		for _, d := range drafts {
			if d.after.values[i] != nil || d.Doing != Creating && (d.Doing != Updating || !d.changed[i]) {
				continue
			}
			if !s.actor.Sees(f) { // who may not know of the field learns no name
				d.Fail(fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": o.Name}))
				continue
			}
			d.Refuse(f.Name, "field.required", fault.Args{"field": f.Name})
		}
	}
	return nil
}

// checkLinks refuses links to records that are not there, or that the actor
// may not read: the two look the same.
func (s *Session) checkLinks(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	for _, f := range o.Fields {
		if f.Kind == schema.KindAbout {
			if err := s.checkAbout(ctx, f, drafts); err != nil {
				return err
			}
			continue
		}
		if f.Target == "" || f.Engine && f.Name != "owner" || f.Kind == schema.KindFile {
			continue
		}
		if err := s.checkLink(ctx, f, drafts); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) checkLink(ctx context.Context, f *schema.FieldDef, drafts []*Draft) error {
	wanted := map[value.ID]bool{}
	for _, d := range drafts {
		if d.Changed(f.Name) {
			for _, id := range d.newLinks(f) {
				wanted[id] = true
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	good, err := s.readable(ctx, s.state.schema.Target(f), keys(wanted))
	if err != nil {
		return err
	}
	for _, d := range drafts {
		if !d.Changed(f.Name) {
			continue
		}
		for _, id := range d.newLinks(f) {
			switch {
			case !good[id]:
				d.Refuse(f.Name, "field.dead_link", fault.Args{"object": f.Target, "id": id.String()})
			case id == d.ID && f.Kind != schema.KindPerson:
				d.Refuse(f.Name, "field.own_link", nil)
			case f.Name == "owner" && s.left(id):
				d.Refuse(f.Name, "field.inactive_member", nil)
			}
		}
	}
	return nil
}

// newLinks are the targets that the draft adds. Those it had may have been
// deleted or shut away since; they may stay.
func (d *Draft) newLinks(f *schema.FieldDef) []value.ID {
	had := linkedIDs(d.before.valueOrNil(f))
	return slices.DeleteFunc(slices.Clone(linkedIDs(d.Value(f))), func(id value.ID) bool { return slices.Contains(had, id) })
}

// checkAbout is checkLink for a field that names records of any object.
func (s *Session) checkAbout(ctx context.Context, f *schema.FieldDef, drafts []*Draft) error {
	wanted := map[string]map[value.ID]bool{}
	for _, d := range drafts {
		for _, ref := range d.linkChange(f).add {
			if wanted[ref.Object] == nil {
				wanted[ref.Object] = map[value.ID]bool{}
			}
			wanted[ref.Object][ref.ID] = true
		}
	}
	good := map[schema.Ref]bool{}
	for object, ids := range wanted {
		o, ok := s.state.schema.Object(object)
		if !ok {
			continue
		}
		found, err := s.readable(ctx, o, keys(ids))
		if err != nil {
			return err
		}
		for id := range ids {
			good[schema.Ref{Object: object, ID: id}] = found[id]
		}
	}
	for _, d := range drafts {
		for _, ref := range d.linkChange(f).add {
			if !good[ref] {
				d.Refuse(f.Name, "field.dead_link", fault.Args{"object": value.Printable(ref.Object), "id": ref.ID.String()})
			}
		}
	}
	return nil
}

func linkedIDs(v any) []value.ID {
	switch x := v.(type) {
	case value.ID:
		return []value.ID{x}
	case []value.ID:
		return x
	}
	return nil
}

// readable tells which of some records exist and may be read. It remembers the
// answer for the session: an import asks for the same few thousands of times.
func (s *Session) readable(ctx context.Context, o *schema.Object, ids []value.ID) (map[value.ID]bool, error) {
	if s.known == nil || s.knownAt != s.lost {
		s.known, s.knownAt = map[string]map[value.ID]bool{}, s.lost
	}
	known := s.known[o.ID]
	if known == nil {
		known = map[value.ID]bool{}
		s.known[o.ID] = known
	}
	ask := slices.DeleteFunc(slices.Clone(ids), func(id value.ID) bool { return known[id] })
	for chunk := range slices.Chunk(ask, 500) {
		args := s.args()
		sql := "SELECT t.id FROM {" + o.Table + "} t WHERE t.id IN (" + idList(chunk, args) + ") AND t.deleted_at IS NULL"
		if rule := s.may(o, access.Read, "t", args); rule != "" && o.Name != "member" {
			sql += " AND " + rule
		}
		found, err := s.tx.IDs(ctx, sql, args.Values()...)
		if err != nil {
			return nil, err
		}
		for _, id := range found {
			known[id] = true
		}
	}
	return known, nil
}

// checkUnique refuses values that another living record has, seen or unseen
// (engine decision 5).
func (s *Session) checkUnique(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	for _, f := range o.Fields {
		if !f.Unique || len(f.Columns()) == 0 {
			continue
		}
		if err := s.checkUniqueField(ctx, o, f, drafts); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) checkUniqueField(ctx context.Context, o *schema.Object, f *schema.FieldDef, drafts []*Draft) error {
	by := map[string]*Draft{}
	var wanted []any
	for _, d := range drafts {
		if !d.Changed(f.Name) && d.Doing != Restoring || d.Value(f) == nil {
			continue
		}
		arg := s.uniqueArg(f, d.Value(f))
		if arg == nil {
			continue
		}
		key := uniqueKey(arg)
		if by[key] != nil {
			d.Refuse(f.Name, "field.twice_in_batch", fault.Args{"row": by[key].Row})
			continue
		}
		by[key] = d
		wanted = append(wanted, arg)
	}
	if len(wanted) > 0 {
		if err := s.MayProbe(); err != nil {
			return err
		}
	}
	for chunk := range slices.Chunk(wanted, 500) {
		if err := s.findTaken(ctx, o, f, chunk, by); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) findTaken(ctx context.Context, o *schema.Object, f *schema.FieldDef, wanted []any, by map[string]*Draft) error {
	args := s.args()
	column := "t." + s.tx.Dialect().Quote(f.UniqueColumn())
	holders := make([]string, len(wanted))
	for i, arg := range wanted {
		holders[i] = args.Add(arg, sqlType(f.Columns()[0].Type))
	}
	seen := "1"
	if rule := s.may(o, access.Read, "t", args); rule != "" {
		seen = "CASE WHEN " + rule + " THEN 1 ELSE 0 END"
	}
	rows, err := s.tx.Query(ctx, "SELECT t.id, "+column+", "+seen+" FROM {"+o.Table+"} t WHERE "+column+" IN ("+
		strings.Join(holders, ", ")+") AND t.deleted_at IS NULL", args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	unseen := 0
	taken := map[value.ID]*Draft{} // by records that the actor may see
	for rows.Next() {
		id, _ := rows.ID(0)
		text, _ := rows.Text(1)
		if d := by[text]; d != nil && d.ID != id {
			if may, _ := rows.Int(2); may == 0 || s.actor.System() {
				d.Refuse(f.Name, "field.in_use", nil)
				unseen += 1 - int(may)
				continue
			}
			taken[id] = d
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if err := s.refuseTaken(ctx, o, f, taken); err != nil {
		return err
	}
	return s.Probed(f, unseen)
}

// refuseTaken says by which record a value is taken.
func (s *Session) refuseTaken(ctx context.Context, o *schema.Object, f *schema.FieldDef, taken map[value.ID]*Draft) error {
	ids := slices.Sorted(maps.Keys(taken))
	found, err := s.GetMany(ctx, o.Name, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var args fault.Args
		if r := found[id]; r != nil && r.Title() != "" {
			args = fault.Taken(value.Printable(r.Title()), o.Name, o.Plural, id.String())
		}
		taken[id].Refuse(f.Name, "field.in_use", args)
	}
	return nil
}

// uniqueArg is a value as the column that compares it stores it, nil for what
// cannot be compared (a text of nothing but accents).
func (s *Session) uniqueArg(f *schema.FieldDef, v any) any {
	if v == nil {
		return nil
	}
	if text, ok := v.(string); ok && f.Folds() {
		return orNull(i18n.Fold(text))
	}
	stored := f.Store(v, s.store, nil)
	for i, c := range f.Columns() {
		if c.Name == f.UniqueColumn() {
			return stored[i]
		}
	}
	return nil
}

// uniqueKey is the text under which a unique value is compared: what the
// database answers for the column.
func uniqueKey(arg any) string { return schema.Neutral(arg) }

// checkOwners refuses new records that would at once be out of the actor's
// reach: he may create for himself and for whom he may act. Whom the company's
// rules choose is their matter.
func (s *Session) checkOwners(ctx context.Context, o *schema.Object, drafts []*Draft) error {
	if link, ok := o.ParentLink(); ok {
		return s.checkParents(ctx, link, drafts)
	}
	if !o.HasOwner() {
		return nil
	}
	for _, d := range drafts {
		given := d.ruled && d.after.Owner() == d.assigned
		if d.Doing == Creating && !given && !s.actor.Reaches(o, access.Create, d.after.Owner()) {
			d.Refuse("owner", "field.owner_out_of_reach", nil)
		}
	}
	return nil
}

// checkParents lets children be added to records that the actor may change,
// his own or shared with him.
func (s *Session) checkParents(ctx context.Context, link *schema.FieldDef, drafts []*Draft) error {
	target := s.state.schema.Target(link)
	if s.actor.Reach(target, access.Update).All {
		return nil
	}
	wanted := map[value.ID]bool{}
	for _, d := range drafts {
		if id, ok := d.Value(link).(value.ID); ok && d.Changed(link.Name) {
			wanted[id] = true
		}
	}
	found := make(map[value.ID]locked, len(wanted))
	for chunk := range slices.Chunk(keys(wanted), 500) {
		if err := s.lockChunk(ctx, target, chunk, lockHow{action: access.Update}, found); err != nil {
			return err
		}
	}
	for _, d := range drafts {
		id, ok := d.Value(link).(value.ID)
		if !ok && d.Doing == Creating { // nobody but those who see all would ever find it
			d.Refuse(link.Name, "field.required", fault.Args{"field": link.Name})
		}
		if ok && d.Changed(link.Name) && !found[id].may {
			d.Refuse(link.Name, "field.parent_out_of_reach", nil)
		}
	}
	return nil
}

// left reports whether a colleague no longer works here. One who came in this
// very transaction is not in the roster yet.
func (s *Session) left(member value.ID) bool {
	return s.state.roster.Name(member) != "" && !s.state.roster.Active(member)
}
