package sales

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// teamRules are what this room demands of who is in a deal.
func teamRules() []record.Rule {
	return []record.Rule{
		{Name: "contact role", Objects: []string{DealContacts.Name}, Prepare: nameRoles, Applied: openRoles},
		{Name: "team member", Objects: []string{DealMembers.Name}, Prepare: nameMembers, Check: checkCredit, Applied: openToMembers},
		{Name: "competitor of a deal", Objects: []string{DealCompetitors.Name}, Prepare: nameRivals},
		{Name: "customers of a team", Objects: []string{Deals.Name}, Applied: openNewCustomers},
		{Name: "credit of a deal", Objects: []string{Deals.Name}, Applied: creditDeals},
		{Name: "focus", Objects: []string{Deals.Name}, Applied: focusChanged},
		{Name: "focus by work", Objects: []string{activity.Activities.Name}, Applied: focusWorked},
		{Name: "focus mark", Objects: []string{FocusMarks.Name}, Prepare: pairMarks, Check: checkMarks},
		{Name: "forecast adjustment", Objects: []string{Adjustments.Name}, Prepare: signAdjustments, Check: checkAdjustments},
		{Name: "outside factor", Objects: []string{OutsideFactors.Name}, Prepare: placeFactors, Check: checkFactors},
		{Name: "lost to a competitor", Objects: []string{Deals.Name}, Applied: followLoss},
	}
}

// living are the drafts of records that are, or are to be.
func living(drafts []*record.Draft) []*record.Draft {
	return slices.DeleteFunc(slices.Clone(drafts), func(d *record.Draft) bool { return d.Doing == record.Deleting })
}

// pair is what tells a part of a deal from others of its kind.
func pair(d *record.Draft, deal schema.Field[value.ID], more ...string) string {
	id, _ := record.Will(d, deal)
	return strings.Join(append([]string{id.String()}, more...), " ")
}

// nameRoles calls a role after its contact.
func nameRoles(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	names, err := titles(ctx, s, customer.Contacts.Name, drafts, RoleContact)
	if err != nil {
		return err
	}
	for _, d := range living(drafts) {
		contact, _ := record.Will(d, RoleContact)
		role, _ := record.Will(d, RoleIs)
		record.Put(d, RoleName, names[contact])
		record.Put(d, RoleKey, pair(d, RoleDeal, contact.String(), role))
	}
	return nil
}

// nameRivals calls a competitor in a deal by its name.
func nameRivals(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	names, err := titles(ctx, s, Competitors.Name, drafts, RivalCompetitor)
	if err != nil {
		return err
	}
	for _, d := range living(drafts) {
		id, _ := record.Will(d, RivalCompetitor)
		record.Put(d, RivalName, names[id])
		record.Put(d, RivalKey, pair(d, RivalDeal, id.String()))
	}
	return nil
}

// titles are the names of what the drafts link to by a field.
func titles(ctx context.Context, s *record.Session, object string, drafts []*record.Draft, link schema.Field[value.ID]) (map[value.ID]string, error) {
	ids := targets(living(drafts), link)
	found, err := s.AsSystem("what a part of a deal is called by").GetMany(ctx, object, ids)
	if err != nil {
		return nil, err
	}
	names := map[value.ID]string{}
	for id, r := range found {
		names[id] = r.Title()
	}
	return names, nil
}

// targets are the records that the drafts link to, and have linked to, by a
// field.
func targets(drafts []*record.Draft, link schema.Field[value.ID]) []value.ID {
	set := map[value.ID]bool{}
	for _, d := range drafts {
		for _, read := range []func(*record.Draft, schema.Field[value.ID]) (value.ID, bool){record.Will[value.ID], record.Was[value.ID]} {
			if id, ok := read(d, link); ok {
				set[id] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// nameMembers calls a member of the team by his name, and notes whether he can
// reach the deal by a share already.
func nameMembers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	deals := s.Schema().MustObject(Deals.Name)
	for _, d := range living(drafts) {
		member, _ := record.Will(d, MemberPerson)
		record.Put(d, MemberName, s.Roster().Name(member))
		record.Put(d, MemberKey, pair(d, MemberDeal, member.String()))
		if !d.Changed(MemberPerson.Name()) && !d.Changed(MemberDeal.Name()) && d.Doing != record.Restoring {
			continue
		}
		deal, _ := record.Will(d, MemberDeal)
		shares, err := access.Shares(ctx, s.Tx(), deals, deal, s.Now())
		if err != nil {
			return err
		}
		record.Put(d, MemberGranted, !slices.ContainsFunc(shares, func(g access.Grant) bool { return g.Member == member }))
	}
	return nil
}

// credit is the share of one member of a team.
type credit struct {
	record, deal, member value.ID
	share                decimal.Decimal
}

// checkCredit refuses shares of more than the whole deal. The deals are locked
// first, so that two who add to one team at once cannot exceed it together.
func checkCredit(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	drafts = living(drafts)
	ids := targets(drafts, MemberDeal)
	if err := lockDeals(ctx, s, ids); err != nil {
		return err
	}
	there, err := credits(ctx, s, ids)
	if err != nil {
		return err
	}
	sum := map[value.ID]decimal.Decimal{}
	for _, c := range there {
		if !slices.ContainsFunc(drafts, func(d *record.Draft) bool { return d.ID == c.record }) {
			sum[c.deal] = sum[c.deal].Add(c.share)
		}
	}
	for _, d := range drafts {
		deal, _ := record.Will(d, MemberDeal)
		share, _ := record.Will(d, MemberCredit)
		left := hundred.Sub(sum[deal])
		if share.GreaterThan(left) {
			d.Refuse(MemberCredit.Name(), "deal.credit_over", fault.Args{"left": left.String()})
			continue
		}
		sum[deal] = sum[deal].Add(share)
		if member, ok := record.Will(d, MemberPerson); ok && d.Changed(MemberPerson.Name()) && !s.Roster().Active(member) && !s.Actor().System() {
			d.Refuse(MemberPerson.Name(), "deal.member_inactive", nil)
		}
	}
	return nil
}

// each runs a question over ids in pieces, holders standing for $1, $2, ….
func each(ctx context.Context, s *record.Session, ids []value.ID, ask func(holders string) string, row func(*store.Rows) error) error {
	for chunk := range slices.Chunk(ids, 500) {
		holders, args := make([]string, len(chunk)), make([]any, len(chunk))
		for i, id := range chunk {
			holders[i], args[i] = s.Tx().Dialect().Param(i+1, store.Int), id
		}
		rows, err := s.Tx().Query(ctx, ask(strings.Join(holders, ", ")), args...)
		if err != nil {
			return err
		}
		for rows.Next() && err == nil {
			err = row(rows)
		}
		if err = cmp.Or(err, rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// lockDeals lets nobody else change what belongs to the deals until the commit.
func lockDeals(ctx context.Context, s *record.Session, ids []value.ID) error {
	return lockRows(ctx, s, Deals.Table, ids)
}

// lockRows keeps others from writing records of a table.
func lockRows(ctx context.Context, s *record.Session, table string, ids []value.ID) error {
	return each(ctx, s, ids, func(in string) string {
		return `SELECT id FROM {` + table + `} WHERE id IN (` + in + `) ORDER BY id` + s.Tx().Dialect().ForUpdate()
	}, func(*store.Rows) error { return nil })
}

// credits are the shares in some deals.
func credits(ctx context.Context, s *record.Session, deals []value.ID) ([]credit, error) {
	var list []credit
	err := each(ctx, s, deals, func(in string) string {
		return `SELECT id, deal_id, member_id, credit FROM {deal_member} WHERE deal_id IN (` + in + `) AND deleted_at IS NULL`
	}, func(rows *store.Rows) error {
		var c credit
		c.record, _ = rows.ID(0)
		c.deal, _ = rows.ID(1)
		c.member, _ = rows.ID(2)
		if unscaled, ok := rows.Int(3); ok {
			c.share = value.Unscaled(unscaled, 2)
		}
		list = append(list, c)
		return nil
	})
	return list, err
}

// openToMembers lets who joins a team read or change the deal, and ends that
// when he leaves it (R39).
func openToMembers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	deals := s.Schema().MustObject(Deals.Name)
	for _, d := range drafts {
		if granted, _ := record.Was(d, MemberGranted); granted && d.Doing != record.Restoring {
			deal, _ := record.Was(d, MemberDeal)
			member, _ := record.Was(d, MemberPerson)
			if d.Doing == record.Deleting || d.Changed(MemberDeal.Name()) || d.Changed(MemberPerson.Name()) {
				if _, err := access.Unshare(ctx, s.Tx(), deals, deal, member, 0); err != nil {
					return err
				}
			}
		}
		if granted, _ := record.Will(d, MemberGranted); !granted || d.Doing == record.Deleting {
			continue
		}
		if err := openTo(ctx, s, deals, d); err != nil {
			return err
		}
	}
	if err := openCustomers(ctx, s, targets(drafts, MemberDeal)); err != nil {
		return err
	}
	return creditMembers(ctx, s, targets(drafts, MemberDeal))
}

// openTo shares the deal of a draft with its member, who may have left the
// company since.
func openTo(ctx context.Context, s *record.Session, deals *schema.Object, d *record.Draft) error {
	member, _ := record.Will(d, MemberPerson)
	if !s.Roster().Active(member) {
		return nil
	}
	deal, _ := record.Will(d, MemberDeal)
	level, _ := record.Will(d, MemberAccess)
	grade, err := access.ParseLevel(level)
	if err != nil {
		return err
	}
	return access.Share(ctx, s.Tx(), access.Grant{Object: deals, Record: deal, Member: member, Level: grade, By: s.Actor().Member(), At: s.Now()})
}

// creditDeals keeps what the shares of deals come to when their amounts change.
func creditDeals(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var ids []value.ID
	for _, d := range drafts {
		if d.Doing == record.Updating && d.Changed(DealAmount.Name()) {
			ids = append(ids, d.ID)
		}
	}
	slices.Sort(ids)
	return creditMembers(ctx, s, ids)
}

// creditMembers writes the shares of some deals in money. They follow from
// amount and credit, so they make no history.
func creditMembers(ctx context.Context, s *record.Session, deals []value.ID) error {
	list, err := credits(ctx, s, deals)
	if err != nil || len(list) == 0 {
		return err
	}
	found, err := s.AsSystem("what shares are of").GetMany(ctx, Deals.Name, deals)
	if err != nil {
		return err
	}
	rows := map[value.ID][]any{}
	for _, c := range list {
		rows[c.record] = []any{nil}
		amount, ok := value.Money{}, false
		if deal := found[c.deal]; deal != nil {
			amount, ok = record.Get(deal, DealAmount)
		}
		if ok && !c.share.IsZero() {
			part, err := amount.Times(c.share.Shift(-2))
			if err != nil {
				return err
			}
			rows[c.record] = []any{part}
		}
	}
	return setDerived(ctx, s, DealMembers, rows, MemberCredited.Name())
}
