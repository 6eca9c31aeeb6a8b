package app

import (
	"context"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/notify"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// NewMember is somebody who shall work in the workspace.
type NewMember struct {
	Name, Email string
	// Password may be empty: the answer then holds a code to set one with.
	Password string
	Role     string // key of a role; "" = rep
	Team     string // name of a team, made when missing
	// RoleID and TeamID say the same of roles without a key, and of teams of
	// which another has the name.
	RoleID, TeamID value.ID
	Manager        value.ID
}

// Invited is a new member and the code with which he sets his password, ""
// when he has one.
type Invited struct {
	Member value.ID
	User   value.ID
	Code   string
}

// AddMember makes a member who can sign in: the record first, then the user
// and the membership in the control database. Doing it again for the same
// address finishes what a crash left half done.
func (w *Workspace) AddMember(ctx context.Context, who record.Who, n NewMember) (Invited, error) {
	email, err := value.ParseEmail(n.Email)
	if err != nil {
		return Invited{}, err
	}
	if err := w.mayAdd(ctx, who); err != nil {
		return Invited{}, err
	}
	user, known, err := w.userFor(ctx, n, email)
	if err != nil {
		return Invited{}, err
	}
	out := Invited{User: user.ID}
	err = w.Write(ctx, who, func(s *record.Session) error {
		out.Member, err = w.memberFor(ctx, s, n, email, user.ID)
		return err
	})
	if err != nil {
		return Invited{}, err
	}
	if err := w.app.auth.Join(ctx, user.ID, w.slug, out.Member); err != nil {
		return Invited{}, err
	}
	// Who can sign in already keeps his password: a code for it would open his
	// other workspaces to whoever invites him here.
	if n.Password == "" && !known {
		out.Code, err = w.app.auth.PasswordCode(ctx, user.ID)
	}
	return out, err
}

// mayAdd refuses before anything is made: giving somebody a sign-in is for
// administrators.
func (w *Workspace) mayAdd(ctx context.Context, who record.Who) error {
	return w.Read(ctx, who, func(s *record.Session) error {
		if !s.Actor().Admin() && !s.Actor().System() {
			return fault.New(fault.Forbidden, "record.may_not_create", fault.Args{"object": access.Members.Name})
		}
		return nil
	})
}

// userFor finds the user of the address, who may work in other workspaces
// already, or makes one.
func (w *Workspace) userFor(ctx context.Context, n NewMember, email string) (user access.User, known bool, err error) {
	if user, known, err = w.app.auth.UserByEmail(ctx, email); err != nil || known {
		return user, known && !user.Invited, err
	}
	user, err = w.app.auth.CreateUser(ctx, access.NewUser{Email: email, Name: n.Name, Password: n.Password})
	return user, false, err
}

func (w *Workspace) memberFor(ctx context.Context, s *record.Session, n NewMember, email string, user value.ID) (value.ID, error) {
	if id, ok, err := memberBy(ctx, s, "user_id", user.String()); err != nil || ok {
		return id, err
	}
	// A colleague who so far only owned records gets his sign-in, and stays who
	// he is but for what was said.
	id, known, err := colleague(ctx, s, n, email)
	if err != nil {
		return 0, err
	}
	if known {
		v, err := memberValues(ctx, s, n, email, user)
		if err != nil {
			return 0, err
		}
		_, err = s.AsSystem("member gets a user").Update(ctx, access.Members.Name, id, 0, v)
		return id, err
	}
	if n.Name == "" {
		n.Name = email
	}
	if n.Role == "" && n.RoleID == 0 {
		n.Role = access.RepRole
	}
	v, err := memberValues(ctx, s, n, email, user)
	if err != nil {
		return 0, err
	}
	out, err := s.AsSystem("member with a user").Create(ctx, access.Members.Name, v)
	return out.ID, err
}

// colleague finds the member that an invitation means: the one with that
// address, else the only one of that name who has neither address nor user, as
// imports make them.
func colleague(ctx context.Context, s *record.Session, n NewMember, email string) (id value.ID, known bool, err error) {
	if id, known, err = memberBy(ctx, s, "email", email); err != nil || known || n.Name == "" {
		return id, known, err
	}
	rows, err := s.Tx().Query(ctx, `SELECT id FROM {member} WHERE name = $1 AND email IS NULL AND user_id IS NULL AND deleted_at IS NULL LIMIT 2`, n.Name)
	if err != nil {
		return 0, false, err
	}
	defer rows.Close()
	found := 0
	for rows.Next() {
		id, _ = rows.ID(0)
		found++
	}
	return id, found == 1, rows.Err()
}

// memberValues are what an invitation says of a member, and nothing else.
func memberValues(ctx context.Context, s *record.Session, n NewMember, email string, user value.ID) (record.Values, error) {
	v := record.With(record.Values{}, access.MemberEmail, email)
	record.With(v, access.MemberUser, user.String())
	if n.Name != "" {
		record.With(v, access.MemberName, n.Name)
	}
	if n.Role != "" {
		role, ok, err := idBy(ctx, s, `SELECT id FROM {role} WHERE "key" = $1 AND deleted_at IS NULL`, n.Role)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fault.New(fault.Invalid, "app.no_role", fault.Args{"role": value.Printable(n.Role)})
		}
		record.With(v, access.MemberRole, role)
	}
	if n.RoleID != 0 {
		record.With(v, access.MemberRole, n.RoleID)
	}
	if n.Manager != 0 {
		record.With(v, access.MemberManager, n.Manager)
	}
	if n.TeamID != 0 {
		record.With(v, access.MemberTeam, n.TeamID)
	}
	if n.Team == "" {
		return v, nil
	}
	team, err := TeamNamed(ctx, s, n.Team, 0)
	record.With(v, access.MemberTeam, team)
	return v, err
}

// TeamNamed finds a team by name, or makes it.
func TeamNamed(ctx context.Context, s *record.Session, name string, parent value.ID) (value.ID, error) {
	id, ok, err := idBy(ctx, s, `SELECT id FROM {team} WHERE name = $1 AND deleted_at IS NULL`, name)
	if err != nil || ok {
		return id, err
	}
	v := record.With(record.Values{}, access.TeamName, name)
	if parent != 0 {
		record.With(v, access.TeamParent, parent)
	}
	out, err := s.Create(ctx, access.Teams.Name, v)
	return out.ID, err
}

// memberBy finds a living member by one of his unique columns.
func memberBy(ctx context.Context, s *record.Session, column, text string) (value.ID, bool, error) {
	return idBy(ctx, s, `SELECT id FROM {member} WHERE `+s.Tx().Dialect().Quote(column)+` = $1 AND deleted_at IS NULL`, text)
}

func idBy(ctx context.Context, s *record.Session, sql string, arg any) (id value.ID, ok bool, err error) {
	ok, err = s.Tx().Row(ctx, sql, []any{arg}, &id)
	return id, ok, err
}

// MemberByEmail finds a member by address.
func (w *Workspace) MemberByEmail(ctx context.Context, email string) (id value.ID, ok bool, err error) {
	if email, err = value.ParseEmail(email); err != nil {
		return 0, false, err
	}
	err = w.Read(ctx, record.AsSystem("look up a member"), func(s *record.Session) error {
		id, ok, err = memberBy(ctx, s, "email", email)
		return err
	})
	return id, ok, err
}

// Introduce makes the first administrator with the one-time set-up code, and
// takes the settings he chose.
func (w *Workspace) Introduce(ctx context.Context, code string, n NewMember, change func(*record.Settings)) (Invited, error) {
	if change != nil { // a setting that cannot be must not use up the code
		s := w.engine.Settings()
		change(&s)
		if err := s.Check(); err != nil {
			return Invited{}, err
		}
	}
	user, slug, err := w.app.auth.RedeemSetup(ctx, code, access.NewUser{Email: n.Email, Name: n.Name, Password: n.Password})
	if err != nil {
		return Invited{}, err
	}
	if slug != w.slug {
		return Invited{}, fault.New(fault.Unauthenticated, "access.bad_code", nil)
	}
	n.Role = access.AdminRole
	if change != nil {
		if err := w.Write(ctx, record.AsSystem("set-up"), func(s *record.Session) error { return s.ChangeSettings(ctx, change) }); err != nil {
			return Invited{}, err
		}
	}
	n.Email = user.Email
	return w.AddMember(ctx, record.AsSystem("set-up"), n)
}

// handleJobs says what happens after commits.
func (a *App) handleJobs() {
	jobs.Handle(a.jobs, jobs.Options{}, func(ctx context.Context, run jobs.Run, j memberLeft) error {
		return a.auth.SetActive(ctx, run.Workspace, j.Member, j.Active)
	})
	handle(a, func(w *Workspace, ctx context.Context, j record.Revalue) error {
		return w.engine.Revalue(ctx, j.Currency)
	})
	handle(a, func(w *Workspace, ctx context.Context, _ record.Recollate) error { return w.engine.Recollate(ctx) })
	exchange.Handle(a.jobs, func(ctx context.Context, slug string) (*exchange.Importer, error) {
		w, err := a.Workspace(ctx, slug)
		if err != nil {
			return nil, err
		}
		return w.Importer(), nil
	})
	a.handleNotices()
	a.handleReports()
	a.handleLeads()
	a.handlePredictions()
	a.handleStages()
	a.handleDemo()
	a.handleForecast()
	a.jobs.Every("rates begin", time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.BeginRates(ctx) })
	})
	a.jobs.Every("fold sums", 15*time.Second, a.folding())
	a.jobs.Every("tidy", time.Hour, a.tidy)
	a.jobs.Every("analyze", 6*time.Hour, func(ctx context.Context) error {
		return a.each(ctx, func(w *Workspace) error { return w.engine.Analyze(ctx) })
	})
}

// BeginRates has open records valued by rates that begin today.
func (w *Workspace) BeginRates(ctx context.Context) error { return w.engine.BeginRates(ctx) }

// tidy drops what has expired: sessions, codes, tokens, shares and notices.
func (a *App) tidy(ctx context.Context) error {
	if err := a.auth.Tidy(ctx); err != nil {
		return err
	}
	return a.each(ctx, func(w *Workspace) error {
		return w.engine.DB().Write(ctx, func(tx *store.Tx) error {
			if _, err := access.ExpireShares(ctx, tx, a.Now()); err != nil {
				return err
			}
			if err := process.Tidy(ctx, tx, a.Now()); err != nil {
				return err
			}
			return notify.Tidy(ctx, tx, a.Now())
		})
	})
}
