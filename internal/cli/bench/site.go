package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// site is a filled workspace and the people who will ask.
type site struct {
	plan   Plan
	stages []string // ids, in the order of Stages
	actors []actor
	extras extras
}

// actor is somebody who asks, with records that he may see.
type actor struct {
	name, token string
	// email and password open the sign-in page; cookie is what it answered.
	email, password, cookie string

	member   value.ID
	owners   []string // members whose records he reaches
	deals    []string
	accounts []string
	numbers  []int // of his deals in the plan
}

// reach says for whom an actor may act: a member's own records, his team's,
// those of the teams below too, or all.
type reach struct {
	name   string
	role   string
	member int // of the plan; 0 = an administrator of his own
	owners func(member int) bool
}

// sampled is how many of an actor's records the requests choose from.
const sampled = 2_000

// introduce gives people a sign-in and finds records for each.
func introduce(ctx context.Context, w *app.Workspace, p Plan, reaches []reach) (*site, error) {
	s := &site{plan: p}
	if err := makeOwnRole(ctx, w); err != nil {
		return nil, err
	}
	for _, r := range reaches {
		m := app.NewMember{Name: "Bench Admin", Email: "admin@wellmet.example", Role: r.role, Password: "bench " + strconv.FormatUint(rand.Uint64(), 36)}
		if r.member > 0 {
			m.Name, m.Email = p.Member(r.member).Name, p.Member(r.member).Email
		}
		a, err := admit(ctx, w, m)
		if err != nil {
			return nil, fmt.Errorf("introduce %s: %w", r.name, err)
		}
		a.name = r.name
		s.actors = append(s.actors, a)
	}
	return s, w.Read(ctx, asBench, func(x *record.Session) error {
		if err := s.findStages(ctx, x); err != nil {
			return err
		}
		for i, r := range reaches {
			if err := s.sample(ctx, x, &s.actors[i], r); err != nil {
				return err
			}
		}
		return nil
	})
}

// admit makes a member who can ask with a token and sign in with a password.
func admit(ctx context.Context, w *app.Workspace, m app.NewMember) (actor, error) {
	in, err := w.AddMember(ctx, asBench, m)
	if err != nil {
		return actor{}, err
	}
	auth := w.App().Auth()
	if err := auth.SetPassword(ctx, in.User, m.Password); err != nil { // of a kept workspace, it is another run's
		return actor{}, err
	}
	token, err := auth.CreateToken(ctx, access.Token{Workspace: w.Slug(), Member: in.Member, Name: "bench", Scopes: []string{access.ScopeAll}})
	return actor{token: token.Secret, member: in.Member, email: m.Email, password: m.Password}, err
}

// ownRole may do everything with his own records and nothing with others'.
const ownRole = "bench_own"

func makeOwnRole(ctx context.Context, w *app.Workspace) error {
	return w.Write(ctx, asBench, func(s *record.Session) error {
		if _, ok := s.Roster().Role(ownRole); ok {
			return nil
		}
		v := record.With(record.Values{}, access.RoleName, "Own records")
		record.With(v, access.RoleKey, ownRole)
		record.With(v, access.RolePermissions, `{"objects":{"*":{"read":"own","create":"own","update":"own","delete":"own"},"stage":{"read":"all"},"pipeline":{"read":"all"},"member":{"read":"all"},"team":{"read":"all"}}}`)
		_, err := s.Create(ctx, access.Roles.Name, v)
		return err
	})
}

func (s *site) findStages(ctx context.Context, x *record.Session) error {
	for _, name := range Stages {
		var id value.ID
		ok, err := x.Tx().Row(ctx, `SELECT id FROM {stage} WHERE name = $1 AND deleted_at IS NULL`, []any{stageName(name)}, &id)
		if err != nil || !ok {
			return fmt.Errorf("stage %s: found %v: %w", name, ok, err)
		}
		s.stages = append(s.stages, id.String())
	}
	return nil
}

// sample finds deals of the plan that the actor reaches, and accounts.
func (s *site) sample(ctx context.Context, x *record.Session, a *actor, r reach) error {
	members, err := s.memberIDs(ctx, x)
	if err != nil {
		return err
	}
	var own []value.ID
	for n := 1; n <= s.plan.Members; n++ {
		if r.owners(n) && members[n] != 0 {
			a.owners, own = append(a.owners, members[n].String()), append(own, members[n])
		}
	}
	var texts []string
	random := rand.New(rand.NewPCG(7, uint64(len(a.owners))))
	for try := 0; try < 50*sampled && len(texts) < sampled; try++ {
		n := random.IntN(s.plan.Deals) + 1
		if d := s.plan.Deal(n); r.owners(d.Owner) {
			a.numbers, texts = append(a.numbers, n), append(texts, d.External)
		}
	}
	deals, err := x.Object(sales.Deals.Name)
	if err != nil {
		return err
	}
	f, _ := deals.Field(sales.DealExternal.Name())
	for part := range slices.Chunk(texts, 500) {
		found, err := x.FindBy(ctx, deals, f, part)
		if err != nil {
			return err
		}
		for _, ids := range found {
			a.deals = append(a.deals, ids[0].String())
		}
	}
	slices.Sort(a.deals)
	return s.sampleAccounts(ctx, x, a, own)
}

func (s *site) sampleAccounts(ctx context.Context, x *record.Session, a *actor, owners []value.ID) error {
	for _, owner := range owners[:min(len(owners), 100)] {
		rows, err := x.Tx().Query(ctx, `SELECT id FROM {account} WHERE owner_id = $1 AND deleted_at IS NULL LIMIT 20`, owner)
		if err != nil {
			return err
		}
		for rows.Next() {
			id, _ := rows.ID(0)
			a.accounts = append(a.accounts, id.String())
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return err
		}
	}
	if len(a.deals) == 0 || len(a.accounts) == 0 {
		return fmt.Errorf("%s reaches %d deals and %d accounts", a.name, len(a.deals), len(a.accounts))
	}
	return nil
}

// memberIDs are the plan's members by number, from 1.
func (s *site) memberIDs(ctx context.Context, x *record.Session) ([]value.ID, error) {
	byEmail := map[string]value.ID{}
	rows, err := x.Tx().Query(ctx, `SELECT id, email FROM {member} WHERE deleted_at IS NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		id, _ := rows.ID(0)
		email, _ := rows.Text(1)
		byEmail[string([]byte(email))] = id
	}
	ids := make([]value.ID, s.plan.Members+1)
	for n := 1; n <= s.plan.Members; n++ {
		ids[n] = byEmail[s.plan.Member(n).Email]
	}
	return ids, rows.Err()
}

// officeReaches are the two who ask an ordinary workspace.
func officeReaches(p Plan) []reach {
	return []reach{
		{"rep", access.RepRole, 4, func(m int) bool { return p.Member(m).Team == 4 }},
		{"admin", access.AdminRole, 0, func(int) bool { return true }},
	}
}

// crowdReaches are people who see the records of 1, 70, 300, 1,300 and all
// 5,000 members.
func crowdReaches(p Plan) []reach {
	all := []reach{{"own", ownRole, 20, func(m int) bool { return m == 20 }}}
	for _, want := range []int{70, 300, 1_300} {
		team, has := p.Scope(want)
		all = append(all, reach{strconv.Itoa(has) + " members", access.ManagerRole, team, func(m int) bool { return p.within(p.Member(m).Team, team) }})
	}
	return append(all, reach{"admin", access.AdminRole, 0, func(int) bool { return true }})
}

// within reports whether a team is another or stands below it.
func (p Plan) within(team, top int) bool {
	for ; team > top; team = p.Team(team).Parent {
	}
	return team == top
}
