package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// bringAlong makes a lead's activities be about the customer that it became,
// too, so that his timeline tells what went before; what is still to be done is
// about the deal. Its files are theirs as well.
func bringAlong(ctx context.Context, s *record.Session, lead value.ID, c Conversion) error {
	about, open, err := aboutBeside(ctx, s, lead)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(about))
	sys := s.AsSystem("what belongs to a converted lead")
	for chunk := range slices.Chunk(ids, 500) {
		b := record.Batch{Object: activity.Activities.Name}
		for _, id := range chunk {
			more := c.parties()
			if open[id] {
				more = c.all()
			}
			b.Changes = append(b.Changes, record.Change{ID: id, Values: record.With(record.Values{}, activity.Targets, joined(about[id], more))})
		}
		if _, err := sys.Save(ctx, b); err != nil {
			return err
		}
	}
	return sys.LendFiles(ctx, schema.Ref{Object: Leads.Name, ID: lead}, c.all())
}

// takeFilesBack takes the files of leads whose conversion is undone off what
// they had become.
func takeFilesBack(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		_, was := record.Was(d, LeadConvertedAt)
		if _, is := record.Will(d, LeadConvertedAt); !was || is || d.Doing != record.Updating {
			continue
		}
		var c Conversion
		c.Account, _ = record.Was(d, LeadConvertedAccount)
		c.Contact, _ = record.Was(d, LeadConvertedContact)
		c.Deal, _ = record.Was(d, LeadConvertedDeal)
		if err := s.AsSystem("a conversion undone").ReclaimFiles(ctx, schema.Ref{Object: Leads.Name, ID: d.ID}, c.all()); err != nil {
			return err
		}
	}
	return nil
}

// aboutBeside reads what each activity of a lead is about, records in the trash
// included: they come back with their activities. It tells which are open.
func aboutBeside(ctx context.Context, s *record.Session, lead value.ID) (about map[value.ID][]schema.Ref, open map[value.ID]bool, err error) {
	rows, err := s.Tx().Query(ctx, `SELECT m.activity, m.object, m.record, a.done FROM {link_about} l
		JOIN {activity} a ON a.id = l.activity AND a.deleted_at IS NULL JOIN {link_about} m ON m.activity = l.activity
		WHERE l.object = $1 AND l.record = $2 AND l.kind <> 'file'`, s.Schema().MustObject(Leads.Name).ID, lead)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	names := map[string]string{}
	for _, o := range s.Schema().Objects() {
		names[o.ID] = o.Name
	}
	about, open = map[value.ID][]schema.Ref{}, map[value.ID]bool{}
	for rows.Next() {
		id, _ := rows.ID(0)
		object, _ := rows.Text(1)
		to, _ := rows.ID(2)
		done, _ := rows.Bool(3)
		if name, ok := names[object]; ok {
			about[id] = append(about[id], schema.Ref{Object: name, ID: to})
		}
		open[id] = !done
	}
	return about, open, rows.Err()
}

// parties are the customer that a lead became.
func (c Conversion) parties() []schema.Ref {
	var refs []schema.Ref
	if c.Account != 0 {
		refs = append(refs, schema.Ref{Object: customer.Accounts.Name, ID: c.Account})
	}
	if c.Contact != 0 {
		refs = append(refs, schema.Ref{Object: customer.Contacts.Name, ID: c.Contact})
	}
	return refs
}

// all is everything that a lead became.
func (c Conversion) all() []schema.Ref {
	refs := c.parties()
	if c.Deal != 0 {
		refs = append(refs, schema.Ref{Object: Deals.Name, ID: c.Deal})
	}
	return refs
}

func joined(about, more []schema.Ref) []schema.Ref {
	out := slices.Clone(about)
	for _, ref := range more {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	slices.SortFunc(out, func(a, b schema.Ref) int { // as they are read, so that an undo knows them again
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// landOnCustomers lets a follow-up on a converted lead be about the customer
// too (R23), as far as its author may see him. Who takes the customer out again
// is not overruled.
func landOnCustomers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	missing, err := customersOf(ctx, s, drafts)
	if err != nil || len(missing) == 0 {
		return err
	}
	seen, err := visible(ctx, s, missing)
	if err != nil {
		return err
	}
	for _, d := range drafts {
		refs := slices.DeleteFunc(slices.Clone(missing[d.ID]), func(r schema.Ref) bool { return !seen[r] })
		if len(refs) > 0 {
			about, _ := record.Will(d, activity.Targets)
			record.Put(d, activity.Targets, joined(about, refs))
		}
	}
	return nil
}

// landUnseen does the same, once the activity is written, with the customers
// that its author may not see.
func landUnseen(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	missing, err := customersOf(ctx, s, drafts)
	if err != nil || len(missing) == 0 {
		return err
	}
	b := record.Batch{Object: activity.Activities.Name}
	for _, d := range drafts {
		if refs := missing[d.ID]; len(refs) > 0 {
			about, _ := record.Will(d, activity.Targets)
			b.Changes = append(b.Changes, record.Change{ID: d.ID, Values: record.With(record.Values{}, activity.Targets, joined(about, refs))})
		}
	}
	_, err = s.AsSystem("a follow-up on a converted lead").Save(ctx, b)
	return err
}

// customersOf tells, by activity, which customers it is not yet about although
// it has come to be about the leads that they were.
func customersOf(ctx context.Context, s *record.Session, drafts []*record.Draft) (map[value.ID][]schema.Ref, error) {
	leads := map[value.ID][]value.ID{} // by activity
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing != record.Creating && d.Doing != record.Updating || !d.Changed(activity.Targets.Name()) {
			continue
		}
		about, _ := record.Will(d, activity.Targets)
		before, _ := record.Was(d, activity.Targets)
		for _, ref := range about {
			if ref.Object == Leads.Name && !slices.Contains(before, ref) {
				leads[d.ID] = append(leads[d.ID], ref.ID)
				ids = append(ids, ref.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	found, err := s.AsSystem("what a lead became").GetMany(ctx, Leads.Name, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	missing := map[value.ID][]schema.Ref{}
	for _, d := range drafts {
		about, _ := record.Will(d, activity.Targets)
		for _, id := range leads[d.ID] {
			l := found[id]
			if l == nil {
				continue
			}
			for _, ref := range Became(l).parties() {
				if !slices.Contains(about, ref) {
					missing[d.ID] = append(missing[d.ID], ref)
				}
			}
		}
	}
	return missing, nil
}

// Became reads what a lead became.
func Became(l *record.Record) Conversion {
	var c Conversion
	c.Account, _ = record.Get(l, LeadConvertedAccount)
	c.Contact, _ = record.Get(l, LeadConvertedContact)
	c.Deal, _ = record.Get(l, LeadConvertedDeal)
	return c
}

// visible tells which records the actor may read.
func visible(ctx context.Context, s *record.Session, missing map[value.ID][]schema.Ref) (map[schema.Ref]bool, error) {
	byObject := map[string][]value.ID{}
	for _, refs := range missing {
		for _, r := range refs {
			byObject[r.Object] = append(byObject[r.Object], r.ID)
		}
	}
	seen := map[schema.Ref]bool{}
	for object, ids := range byObject {
		slices.Sort(ids)
		if o, ok := s.Schema().Object(object); !ok || !s.Actor().System() && !s.Actor().Can(o, access.Read) {
			continue
		}
		found, err := s.GetMany(ctx, object, slices.Compact(ids))
		if err != nil {
			return nil, err
		}
		for id := range found {
			seen[schema.Ref{Object: object, ID: id}] = true
		}
	}
	return seen, nil
}
