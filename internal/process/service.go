package process

import (
	"context"
	"maps"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// service is the member that automations run as.
var service = access.ServiceMember

// ServiceRole is the key of that member's role. What it may do is the
// workspace's to narrow.
const ServiceRole = "automation"

// servicePermissions let automations read and change everything but people,
// and delete nothing.
func servicePermissions() access.Permissions {
	all := access.Right{Scope: access.All}
	return access.Permissions{Objects: map[string]access.ObjectRights{"*": {access.Read: all, access.Create: all, access.Update: all}}}
}

// ensureService makes the member and his role when the first automation is
// set up. He has no user, so nobody signs in as him.
func ensureService(ctx context.Context, s *record.Session) error {
	id, err := service.Get(ctx, s.Tx())
	if err != nil {
		return err
	}
	if active, err := works(ctx, s, id); err != nil || active {
		return err
	}
	sys := s.AsSystem("automations run as a member of their own")
	var role value.ID
	if _, err := s.Tx().Row(ctx, `SELECT id FROM {role} WHERE "key" = $1 AND deleted_at IS NULL`, []any{ServiceRole}, &role); err != nil {
		return err
	}
	if role == 0 {
		v := record.With(record.Values{}, access.RoleName, "Automation")
		record.With(v, access.RoleKey, ServiceRole)
		record.With(v, access.RolePermissions, servicePermissions().String())
		record.With(v, access.RoleBuiltin, true)
		out, err := sys.Create(ctx, access.Roles.Name, v)
		if err != nil {
			return err
		}
		role = out.ID
	}
	if id != 0 { // somebody sent him away: who sets up an automation calls him back
		found, err := sys.GetMany(ctx, access.Members.Name, []value.ID{id})
		if err != nil {
			return err
		}
		if found[id] != nil {
			_, err = sys.Update(ctx, access.Members.Name, id, 0, record.With(record.Values{}, access.MemberActive, true))
			return err
		}
	}
	v := record.With(record.Values{}, access.MemberName, "Automation")
	record.With(v, access.MemberRole, role)
	record.With(v, access.MemberActive, true)
	out, err := sys.Create(ctx, access.Members.Name, v)
	if err != nil {
		return err
	}
	return service.Set(ctx, s.Tx(), out.ID)
}

// works reports whether the service member is there and active. The roster does
// not know of one that this very transaction has made.
func works(ctx context.Context, s *record.Session, id value.ID) (bool, error) {
	var active *bool
	found, err := s.Tx().Row(ctx, `SELECT active FROM {member} WHERE id = $1 AND deleted_at IS NULL`, []any{id}, &active)
	return found && active != nil && *active, err
}

// automation reports whether the session acts as the service member.
func automation(s *record.Session) bool {
	as, err := underWay(s)
	return err == nil && as.member != 0 && s.Actor().Member() == as.member
}

type asKey struct{}

type rosterKey struct{}

// acting is what a transaction knows of its automations: the member, what is
// under way, and how deep.
type acting struct {
	member value.ID
	going  []doing
	hooked map[value.ID]bool // webhooks whose deliveries are asked for
	papers []paper           // documents that are asked for
	round  int64             // how many hooks have set off one another
}

// doing is a rule or blueprint that is at work on some records.
type doing struct {
	source  value.ID
	records map[value.ID]bool
	made    map[value.ID]int64 // the versions that records have come to by it
}

// begin notes that a rule or blueprint is at work on records.
func (as *acting) begin(source value.ID, hits []hit) doing {
	now := doing{source, idsOf(hits), map[value.ID]int64{}}
	as.going = append(as.going, now)
	return now
}

// source is the rule or blueprint that is at work, 0 for none.
func (as *acting) source() value.ID {
	if n := len(as.going); n > 0 {
		return as.going[n-1].source
	}
	return 0
}

// saved notes to whose work it belongs that records were saved.
func (as *acting) saved(drafts []*record.Draft) {
	if len(as.going) == 0 {
		return
	}
	for _, d := range drafts {
		as.going[len(as.going)-1].made[d.ID] = d.Record().Version
	}
}

// takeBack forgets what was done and asked for in a savepoint that was undone:
// the jobs of webhooks and the documents behind the first few.
func (as *acting) takeBack(now doing, papers int) {
	clear(now.made)
	clear(as.hooked)
	as.papers = as.papers[:papers]
}

// pass lets what was done belong to the work that set it off, too.
func (as *acting) pass(now doing) {
	if len(as.going) > 1 {
		maps.Copy(as.going[len(as.going)-2].made, now.made)
	}
}

func underWay(s *record.Session) (*acting, error) {
	return record.Memo(s, asKey{}, func() (*acting, error) { return &acting{hooked: map[value.ID]bool{}}, nil })
}

// asService is the session in the service member's name.
func asService(ctx context.Context, s *record.Session) (*record.Session, *acting, error) {
	as, err := underWay(s)
	if err != nil {
		return nil, nil, err
	}
	b, err := bookOf(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	actor, err := s.Roster().Actor(b.service)
	if err != nil && b.service != 0 { // perhaps this very transaction has made him
		roster, err2 := record.Memo(s, rosterKey{}, func() (*access.Roster, error) { return access.LoadRoster(ctx, s.Tx(), s.Schema()) })
		if err2 != nil {
			return nil, as, err2
		}
		actor, err = roster.Actor(b.service)
	}
	if err != nil {
		return nil, as, fault.New(fault.Forbidden, "process.no_service", nil)
	}
	as.member = b.service
	return s.As(actor), as, nil
}

// adminOnly refuses everybody but administrators to write what this room
// declares: an automation does in its own name what its author may not.
func adminOnly(s *record.Session, drafts []*record.Draft) {
	if s.Actor().Admin() {
		return
	}
	for _, d := range drafts {
		d.Fail(fault.New(fault.Forbidden, "record.admin_only", nil))
	}
}

func isOurs(o *schema.Object) bool {
	switch o.ID {
	case Blueprints.ID, Versions.ID, Rules.ID, Templates.ID, Webhooks.ID, Hooks.ID:
		return true
	}
	return false
}
