package sales

import (
	"context"
	"maps"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// parties are customers whose readers may have to change: accounts and contacts
// of deals with a team (R39). Whoever works on a deal reads for whom, and nothing
// else of that customer's deals.
type parties struct{ accounts, contacts map[value.ID]bool }

func newParties() *parties { return &parties{map[value.ID]bool{}, map[value.ID]bool{}} }

// of adds the customers of some deals, as they are.
func (p *parties) of(ctx context.Context, s *record.Session, deals []value.ID) error {
	err := each(ctx, s, deals, func(in string) string {
		return `SELECT account_id, contact_id FROM {deal} WHERE id IN (` + in + `)`
	}, func(rows *store.Rows) error {
		if id, ok := rows.ID(0); ok {
			p.accounts[id] = true
		}
		if id, ok := rows.ID(1); ok {
			p.contacts[id] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return each(ctx, s, deals, func(in string) string {
		return `SELECT contact_id FROM {deal_contact} WHERE deal_id IN (` + in + `) AND deleted_at IS NULL`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		p.contacts[id] = true
		return nil
	})
}

// open lets the teams of all their deals, and nobody else because of a team,
// read the customers.
func (p *parties) open(ctx context.Context, s *record.Session) error {
	const team = ` JOIN {deal_member} m ON m.deal_id = d.id AND m.deleted_at IS NULL WHERE d.deleted_at IS NULL AND `
	for _, x := range []struct {
		object *schema.Object
		ids    map[value.ID]bool
		by     []string
	}{
		{customer.Accounts, p.accounts, []string{`SELECT d.account_id, m.member_id FROM {deal} d` + team + `d.account_id`}},
		{customer.Contacts, p.contacts, []string{`SELECT d.contact_id, m.member_id FROM {deal} d` + team + `d.contact_id`,
			`SELECT r.contact_id, m.member_id FROM {deal_contact} r JOIN {deal} d ON d.id = r.deal_id` + team + `r.deleted_at IS NULL AND r.contact_id`}},
	} {
		ids := slices.Sorted(maps.Keys(x.ids))
		if len(ids) == 0 {
			continue
		}
		if err := lockRows(ctx, s, x.object.Table, ids); err != nil { // two teams of one customer
			return err
		}
		var all []access.Follower
		for _, sql := range x.by {
			if err := each(ctx, s, ids, func(in string) string { return sql + ` IN (` + in + `)` }, func(rows *store.Rows) error {
				var f access.Follower
				f.Record, _ = rows.ID(0)
				f.Member, _ = rows.ID(1)
				all = append(all, f)
				return nil
			}); err != nil {
				return err
			}
		}
		if err := access.Follow(ctx, s.Tx(), s.Schema().MustObject(x.object.Name), ids, all, s.Now()); err != nil {
			return err
		}
	}
	return nil
}

// openCustomers follows who joins, leaves or changes a deal's team.
func openCustomers(ctx context.Context, s *record.Session, deals []value.ID) error {
	p := newParties()
	if err := p.of(ctx, s, deals); err != nil {
		return err
	}
	return p.open(ctx, s)
}

// openNewCustomers follows deals with a team to other customers.
func openNewCustomers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	moved := slices.DeleteFunc(slices.Clone(drafts), func(d *record.Draft) bool {
		return d.Doing != record.Updating || !d.Changed(DealAccount.Name()) && !d.Changed(DealContact.Name())
	})
	teams, err := withTeam(ctx, s, ids(moved))
	if err != nil {
		return err
	}
	p := newParties()
	for _, d := range moved {
		if teams[d.ID] {
			p.add(p.accounts, d, DealAccount)
			p.add(p.contacts, d, DealContact)
		}
	}
	return p.open(ctx, s)
}

// openRoles follows who gets and loses a role in a deal with a team.
func openRoles(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	teams, err := withTeam(ctx, s, targets(drafts, RoleDeal))
	if err != nil {
		return err
	}
	p := newParties()
	for _, d := range drafts {
		is, _ := record.Will(d, RoleDeal)
		was, _ := record.Was(d, RoleDeal)
		if teams[is] || teams[was] {
			p.add(p.contacts, d, RoleContact)
		}
	}
	return p.open(ctx, s)
}

// add notes what a draft links to, and has linked to.
func (p *parties) add(to map[value.ID]bool, d *record.Draft, link schema.Field[value.ID]) {
	for _, id := range targets([]*record.Draft{d}, link) {
		to[id] = true
	}
}

func ids(drafts []*record.Draft) []value.ID {
	list := make([]value.ID, len(drafts))
	for i, d := range drafts {
		list[i] = d.ID
	}
	return list
}

// withTeam are those of some deals that have a team.
func withTeam(ctx context.Context, s *record.Session, deals []value.ID) (map[value.ID]bool, error) {
	found := map[value.ID]bool{}
	return found, each(ctx, s, deals, func(in string) string {
		return `SELECT DISTINCT deal_id FROM {deal_member} WHERE deal_id IN (` + in + `) AND deleted_at IS NULL`
	}, func(rows *store.Rows) error {
		id, _ := rows.ID(0)
		found[id] = true
		return nil
	})
}

// teamsOpened keeps that teams of an older program were looked at.
var teamsOpened = store.Setting[bool]{Key: "deal_teams_opened"}

// TeamsOpened reports whether the teams that an older program left have been
// looked at.
func TeamsOpened(ctx context.Context, s *record.Session) (bool, error) {
	return teamsOpened.Get(ctx, s.Tx())
}

// OpenTeams lets the teams that an older program left read their customers, once.
func OpenTeams(ctx context.Context, s *record.Session) error {
	deals, err := s.Tx().IDs(ctx, `SELECT DISTINCT deal_id FROM {deal_member} WHERE deleted_at IS NULL ORDER BY deal_id`)
	if err != nil {
		return err
	}
	if err := openCustomers(ctx, s, deals); err != nil {
		return err
	}
	return teamsOpened.Set(ctx, s.Tx(), true)
}
