package ownership

import (
	"context"
	"slices"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// pool is a team whose members may take what waits there without an owner.
type pool struct {
	team, lead value.ID
	name       string
}

// namePools reads what the pools of rules are called, and who leads them.
func namePools(ctx context.Context, s *record.Session, rules []rule) error {
	var ids []value.ID
	for _, x := range rules {
		if x.pool.team != 0 {
			ids = append(ids, x.pool.team)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	teams, err := s.GetMany(ctx, access.Teams.Name, ids)
	if err != nil {
		return err
	}
	for i := range rules {
		p := &rules[i].pool
		team := teams[p.team]
		if team == nil { // in the trash: there is no such pool
			*p = pool{}
			continue
		}
		p.name = team.Title()
		p.lead, _ = record.Get(team, access.TeamLead)
	}
	return nil
}

// fall lets the record be the fallback's, or wait in the pool.
func (v *Verdict) fall(s *record.Session, x rule) {
	v.Fallback = true
	switch {
	case s.Roster().Active(x.fallback):
		v.Owner = x.fallback
	case x.pool.team != 0:
		v.pool, v.Pool = x.pool, x.pool.team
	}
}

// settle lets new records wait in pools and managers know what nobody else could
// take; who takes a record takes it out of its pool, and whoever undoes that puts
// it back.
func (x *Room) settle(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		was, _ := d.Before("owner").(value.ID)
		switch {
		case d.Doing == record.Updating && s.Undoing() && was != 0 && d.Field("owner") == nil:
			if err := comeBack(ctx, s, d); err != nil {
				return err
			}
		case d.Doing == record.Updating && d.Changed("owner") && was == 0:
			if err := leave(ctx, s, d); err != nil {
				return err
			}
		case d.Doing == record.Creating && told(s)[d.ID].Fallback:
			if err := tell(ctx, s, d.Object.Name, told(s)[d.ID]); err != nil {
				return err
			}
		}
	}
	return note(ctx, s, drafts)
}

// leave ends what shares a record with the pools of its rules, and notes it with
// the act.
func leave(ctx context.Context, s *record.Session, d *record.Draft) error {
	rules, err := rulesOf(ctx, s)
	if err != nil || !slices.ContainsFunc(rules, func(x rule) bool { return x.object == d.Object.Name && x.pool.team != 0 }) {
		return err
	}
	shares, err := access.Shares(ctx, s.Tx(), d.Object, d.ID, s.Now())
	if err != nil {
		return err
	}
	for _, g := range shares {
		if !slices.ContainsFunc(rules, func(x rule) bool { return x.object == d.Object.Name && x.pool.team != 0 && x.pool.team == g.Team }) {
			continue
		}
		if _, err := access.Unshare(ctx, s.Tx(), d.Object, d.ID, 0, g.Team); err != nil {
			return err
		}
		var until any
		if !g.Until.IsZero() {
			until = g.Until
		}
		if _, err := s.Tx().Exec(ctx, `INSERT INTO {pool_left} (act, record, team, level, until, granted_by, granted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT DO NOTHING`, s.Act(), d.ID, g.Team, g.Level, until, g.By, g.At); err != nil {
			return err
		}
	}
	return nil
}

// comeBack shares a record again with the pools that the act took it out of
// which the session takes back. A pool that is gone, or too large, stays without.
func comeBack(ctx context.Context, s *record.Session, d *record.Draft) error {
	rows, err := s.Tx().Query(ctx, `SELECT l.team, l.level, l.until, l.granted_by, l.granted_at FROM {pool_left} l JOIN {act} a ON a.id = l.act
		WHERE l.record = $1 AND a.undone_by = $2 ORDER BY l.team`, d.ID, s.Act())
	if err != nil {
		return err
	}
	defer rows.Close()
	var list []access.Grant
	for rows.Next() {
		g := access.Grant{Object: d.Object, Record: d.ID}
		var until *time.Time
		if err := rows.Scan(&g.Team, &g.Level, &until, &g.By, &g.At); err != nil {
			return err
		}
		if until != nil {
			g.Until = *until
		}
		list = append(list, g)
	}
	if err := rows.Close(); err != nil {
		return err
	}
	for _, g := range list {
		if !g.Until.IsZero() && !g.Until.After(s.Now()) {
			continue
		}
		err := access.Share(ctx, s.Tx(), g)
		if _, refused := fault.As(err); err != nil && !refused {
			return err
		}
	}
	return nil
}

// tell puts a record into its pool, and lets a manager know of what nobody but
// the fallback could take.
func tell(ctx context.Context, s *record.Session, object string, v Verdict) error {
	n := notify.Notice{Kind: notify.Lead, Key: "ownership.fell_back", Args: fault.Args{"rule": v.Name}, Link: object + ":" + v.Record.String()}
	if v.Pool != 0 {
		return v.pool.take(ctx, s, s.Schema().MustObject(object), v.Record, n)
	}
	n.To = []value.ID{v.Owner, s.Roster().ManagerOf(v.Owner)}
	if n.To[1] == 0 {
		n.To = append(n.To, admins(s)...)
	}
	return notify.Send(ctx, s, n)
}

// take lets everybody in the team see and take a record, and its manager know.
func (p pool) take(ctx context.Context, s *record.Session, o *schema.Object, id value.ID, n notify.Notice) error {
	err := access.Share(ctx, s.Tx(), access.Grant{Object: o, Record: id, Team: p.team, Level: access.UpdateLevel, At: s.Now()})
	if _, ok := fault.As(err); err != nil && !ok {
		return err
	}
	shared := err == nil // else the team is too large to share with: who sees all finds it
	n.Key, n.Args = "ownership.fell_to_pool", fault.Args{"rule": n.Args["rule"], "pool": p.name}
	for _, m := range p.managers(s) {
		actor, err := s.Roster().Actor(m)
		if err != nil {
			continue
		}
		may := shared && s.Roster().InTeam(m, p.team) && actor.Can(o, access.Read)
		if !may {
			if may, err = notify.Reads(ctx, s, m, n.Link); err != nil {
				return err
			}
		}
		if may {
			n.To, n.Shared = append(n.To, m), true
		}
	}
	if len(n.To) == 0 {
		n.To = admins(s)
	}
	return notify.Send(ctx, s, n)
}

// managers are who answers for the pool: the lead of the team, else those to
// whom its members report.
func (p pool) managers(s *record.Session) (list []value.ID) {
	if s.Roster().Active(p.lead) {
		return []value.ID{p.lead}
	}
	for _, m := range s.Roster().TeamMembers(p.team) {
		if to := s.Roster().ManagerOf(m); s.Roster().Active(to) && !slices.Contains(list, to) {
			list = append(list, to)
		}
	}
	return list
}

// admins are the members who take care where no manager is named.
func admins(s *record.Session) (list []value.ID) {
	role, _ := s.Roster().Role(access.AdminRole)
	for _, m := range s.Roster().MemberIDs() {
		if a, err := s.Roster().Actor(m); err == nil && role != 0 && a.Admin() && s.Roster().Active(m) {
			list = append(list, m)
		}
	}
	return list
}
