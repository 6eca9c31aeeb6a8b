package app

import (
	"context"
	"errors"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// peopleRules let the access room check and follow every change of members,
// teams and roles, whoever makes it.
func peopleRules(a *App) []record.Rule {
	return []record.Rule{
		{Name: "members", Objects: []string{access.Members.Name}, Prepare: memberDefaults, Check: checkMembers,
			Applied: func(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
				if err := a.followMembers(s, drafts); err != nil {
					return err
				}
				ids := idsOf(drafts)
				return s.MoveSums(ctx, ids, func() error { return access.MembersChanged(ctx, s.Tx(), ids) })
			}},
		{Name: "teams", Objects: []string{access.Teams.Name}, Check: checkTeams,
			Applied: func(ctx context.Context, s *record.Session, _ []*record.Draft) error {
				return s.MoveSums(ctx, nil, func() error { return access.TeamsChanged(ctx, s.Tx()) })
			}},
		{Name: "roles", Objects: []string{access.Roles.Name}, Prepare: bindRoles, Check: checkRoles,
			Applied: func(ctx context.Context, s *record.Session, _ []*record.Draft) error {
				return s.RolesChanged(ctx)
			}},
	}
}

func idsOf(drafts []*record.Draft) []value.ID {
	ids := make([]value.ID, len(drafts))
	for i, d := range drafts {
		ids[i] = d.ID
	}
	return ids
}

// memberDefaults makes new members reps.
func memberDefaults(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	rep, ok := s.Roster().Role(access.RepRole)
	for _, d := range drafts {
		if d.Doing == record.Creating && ok && d.Field(access.MemberRole.Name()) == nil {
			record.Put(d, access.MemberRole, rep)
		}
	}
	return nil
}

// bindRoles keeps what a role says of objects and fields by their ids, so that
// renaming one drops no restriction.
func bindRoles(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		text, ok := record.Will(d, access.RolePermissions)
		if !ok || !d.Changed(access.RolePermissions.Name()) {
			continue
		}
		bound, err := access.BindPermissions(s.Schema(), text)
		if err != nil {
			d.Fail(err)
			continue
		}
		record.Put(d, access.RolePermissions, bound)
	}
	return nil
}

func checkMembers(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	changes := make([]access.MemberChange, len(drafts))
	for i, d := range drafts {
		c := access.MemberChange{ID: d.ID, Gone: d.Doing == record.Deleting}
		c.Manager, _ = record.Will(d, access.MemberManager)
		c.Role, _ = record.Will(d, access.MemberRole)
		c.Active, _ = record.Will(d, access.MemberActive)
		changes[i] = c
	}
	problems, err := access.CheckMembers(ctx, s.Tx(), changes)
	return tell(drafts, problems, err)
}

func checkTeams(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	changes := make([]access.TeamChange, len(drafts))
	for i, d := range drafts {
		c := access.TeamChange{ID: d.ID, Gone: d.Doing == record.Deleting}
		c.Parent, _ = record.Will(d, access.TeamParent)
		changes[i] = c
	}
	problems, err := access.CheckTeams(ctx, s.Tx(), changes)
	return tell(drafts, problems, err)
}

func checkRoles(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	changes := make([]access.RoleChange, len(drafts))
	for i, d := range drafts {
		c := access.RoleChange{ID: d.ID, Gone: d.Doing == record.Deleting}
		c.Key, _ = record.Will(d, access.RoleKey)
		c.WasKey, _ = record.Was(d, access.RoleKey)
		c.Permissions, _ = record.Will(d, access.RolePermissions)
		changes[i] = c
	}
	problems, err := access.CheckRoles(ctx, s.Tx(), s.Schema(), changes)
	return tell(drafts, problems, err)
}

// tell puts problems on the drafts they are about.
func tell(drafts []*record.Draft, problems []access.Problem, err error) error {
	if err != nil {
		return err
	}
	for _, p := range problems {
		for _, d := range drafts {
			if d.ID != p.ID {
				continue
			}
			if p.Field == "" {
				d.Fail(fault.New(fault.Conflict, p.Key, p.Args))
			} else {
				d.Refuse(p.Field, p.Key, p.Args)
			}
		}
	}
	return nil
}

// memberLeft is the job that makes sure that nobody signs in as a member who
// was deactivated or deleted, and that one who came back can.
type memberLeft struct {
	Member value.ID `json:"member"`
	Active bool     `json:"active"`
}

// Kind implements jobs.Job.
func (memberLeft) Kind() string { return "member.active" }

// followMembers keeps memberships in the control database in step, by a job
// that survives a crash. Until it has run the roster already keeps an inactive
// member out of the workspace; SetMemberActive waits for nothing.
func (a *App) followMembers(s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		active, _ := record.Will(d, access.MemberActive)
		active = active && d.Doing != record.Deleting
		if d.Doing == record.Creating || !d.Changed(access.MemberActive.Name()) && d.Doing == record.Updating {
			continue
		}
		if err := s.Later(memberLeft{Member: d.ID, Active: active}); err != nil {
			return err
		}
	}
	return nil
}

// SetMemberActive changes whether a member may sign in and work: the door
// closes first, so that a crash between the two leaves too little access, never
// too much (engine decision 1).
func (w *Workspace) SetMemberActive(ctx context.Context, who record.Who, member value.ID, active bool) error {
	change := func() error {
		return w.Write(ctx, who, func(s *record.Session) error {
			_, err := s.Update(ctx, access.Members.Name, member, 0, record.With(record.Values{}, access.MemberActive, active))
			return err
		})
	}
	if active {
		if err := change(); err != nil {
			return err
		}
		return w.app.auth.SetActive(ctx, w.slug, member, true)
	}
	if err := w.mayDeactivate(ctx, who, member); err != nil {
		return err
	}
	if err := w.app.auth.SetActive(ctx, w.slug, member, false); err != nil {
		return err
	}
	return change()
}

// mayDeactivate runs the change and takes it back: whoever may not, or the
// last administrator, must not lose his sessions for the attempt.
func (w *Workspace) mayDeactivate(ctx context.Context, who record.Who, member value.ID) error {
	tried := errors.New("tried")
	err := w.Write(ctx, who, func(s *record.Session) error {
		if _, err := s.Update(ctx, access.Members.Name, member, 0, record.With(record.Values{}, access.MemberActive, false)); err != nil {
			return err
		}
		return tried
	})
	if errors.Is(err, tried) {
		return nil
	}
	return err
}
