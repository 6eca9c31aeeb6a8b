package app

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/app/sample"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// teams come parents first.
func (l *loader) teams(ctx context.Context) error {
	return l.w.Write(ctx, asDemo, func(s *record.Session) error {
		l.teamIDs = nil
		for _, t := range l.c.Teams {
			parent, _ := at(l.teamIDs, t.Parent)
			id, err := TeamNamed(ctx, s, t.Name, parent)
			if err != nil {
				return err
			}
			l.teamIDs = append(l.teamIDs, id)
		}
		return nil
	})
}

// members come superiors first, level by level.
func (l *loader) members(ctx context.Context) error {
	roles, err := l.roles(ctx)
	if err != nil {
		return err
	}
	l.memberIDs = make([]value.ID, len(l.c.Members))
	for left := len(l.c.Members); left > 0; {
		var wave []int
		var changes []record.Change
		for i, m := range l.c.Members {
			manager, has := at(l.memberIDs, m.Manager)
			if l.memberIDs[i] != 0 || has && manager == 0 {
				continue
			}
			wave, changes = append(wave, i), append(changes, l.member(m, roles))
		}
		ids, err := l.save(ctx, access.Members.Name, changes)
		if err != nil {
			return err
		}
		for n, i := range wave {
			l.memberIDs[i] = ids[n]
		}
		left -= len(wave)
	}
	return nil
}

func (l *loader) member(m sample.Member, roles map[sample.Role]value.ID) record.Change {
	v := record.Values{}
	record.With(v, access.MemberName, m.Name)
	record.With(v, access.MemberEmail, m.Email)
	record.With(v, access.MemberTitle, m.Title)
	record.With(v, access.MemberRole, roles[m.Role])
	set(v, access.MemberTeam.Name(), l.teamIDs, m.Team)
	set(v, access.MemberManager.Name(), l.memberIDs, m.Manager)
	return record.Change{Values: v, At: m.Joined}
}

func (l *loader) roles(ctx context.Context) (roles map[sample.Role]value.ID, err error) {
	err = l.w.Read(ctx, asDemo, func(s *record.Session) error {
		roles = map[sample.Role]value.ID{}
		for _, r := range []sample.Role{sample.Rep, sample.Manager, sample.Admin} {
			roles[r], _ = s.Roster().Role(roleKey(r))
		}
		return nil
	})
	return roles, err
}

// teamLeads names the first member of each team, who leads it.
func (l *loader) teamLeads(ctx context.Context) error {
	changes := make([]record.Change, 0, len(l.teamIDs))
	seen := map[sample.Ref]bool{}
	for i, m := range l.c.Members {
		if id, ok := at(l.teamIDs, m.Team); ok && !seen[m.Team] {
			seen[m.Team] = true
			changes = append(changes, record.Change{ID: id, Values: record.With(record.Values{}, access.TeamLead, l.memberIDs[i])})
		}
	}
	_, err := l.save(ctx, access.Teams.Name, changes)
	return err
}
