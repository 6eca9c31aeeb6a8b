package access

import (
	"context"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// RoleChange is a role as it will be after the write. WasKey is its key before,
// "" for a new one.
type RoleChange struct {
	ID          value.ID
	Key, WasKey string
	Permissions string
	Gone        bool
}

// CheckRoles refuses permissions that can not be read or that name what is not
// there, to delete or re-key a shipped role, and to take administration from
// the role of the last active administrator. It must run before the rows are
// written.
func CheckRoles(ctx context.Context, tx *store.Tx, s *schema.Schema, changes []RoleChange) ([]Problem, error) {
	if err := lockAccess(ctx, tx); err != nil {
		return nil, err
	}
	members, err := loadMembers(ctx, tx)
	if err != nil {
		return nil, err
	}
	was, err := adminRoles(ctx, tx)
	if err != nil {
		return nil, err
	}
	will := map[value.ID]bool{}
	for id := range was {
		will[id] = true
	}
	var problems []Problem
	for _, c := range changes {
		p := checkRole(s, c)
		problems = append(problems, p...)
		will[c.ID] = len(p) == 0 && c.admin()
	}
	if activeAdmins(members, was) > 0 && activeAdmins(members, will) == 0 && len(problems) == 0 {
		for _, c := range changes {
			if was[c.ID] && !will[c.ID] {
				problems = append(problems, Problem{ID: c.ID, Field: RolePermissions.Name(), Key: "access.last_admin"})
			}
		}
	}
	return problems, nil
}

func (c RoleChange) admin() bool {
	p, err := ParsePermissions(c.Permissions)
	return err == nil && !c.Gone && (c.Key == AdminRole || p.Admin)
}

func activeAdmins(members map[value.ID]*person, admins map[value.ID]bool) int {
	n := 0
	for _, p := range members {
		if p.active && admins[p.role] {
			n++
		}
	}
	return n
}

func checkRole(s *schema.Schema, c RoleChange) []Problem {
	switch {
	case c.Gone && shipped(c.WasKey):
		return []Problem{{ID: c.ID, Key: "access.shipped_role", Args: fault.Args{"key": c.WasKey}}}
	case c.Gone:
		return nil
	case shipped(c.WasKey) && c.Key != c.WasKey:
		return []Problem{{ID: c.ID, Field: RoleKey.Name(), Key: "access.shipped_role", Args: fault.Args{"key": c.WasKey}}}
	}
	if _, err := BindPermissions(s, c.Permissions); err != nil {
		p := Problem{ID: c.ID, Field: RolePermissions.Name(), Key: "access.bad_permissions"}
		if e, ok := fault.As(err); ok {
			p.Key, p.Args = e.Key, e.Args
		}
		return []Problem{p}
	}
	return nil
}

func shipped(key string) bool {
	return key == AdminRole || key == ManagerRole || key == RepRole
}

// BindPermissions is the text with objects and fields by their stable ids, in
// which a role is stored: a restriction must not fall off when what it
// restricts is renamed. Names and ids are both read.
func BindPermissions(s *schema.Schema, text string) (string, error) {
	p, err := ParsePermissions(text)
	if err != nil || strings.TrimSpace(text) == "" {
		return "", err
	}
	bound := Permissions{Admin: p.Admin}
	for name, rights := range p.Objects {
		id := everyObject
		if name != everyObject {
			o, ok := findObject(s, name)
			if !ok {
				return "", unknownName("access.unknown_object", name)
			}
			id = o.ID
		}
		if err := put(&bound.Objects, id, name, rights); err != nil {
			return "", err
		}
	}
	for name, right := range p.Fields {
		f, ok := findField(s, name)
		if !ok {
			return "", unknownName("access.unknown_field", name)
		}
		if err := put(&bound.Fields, f.ID, name, right); err != nil {
			return "", err
		}
	}
	return bound.String(), nil
}

// put refuses a second word on the same thing, of which one would be lost.
func put[T any](into *map[string]T, id, name string, v T) error {
	if *into == nil {
		*into = map[string]T{}
	}
	if _, twice := (*into)[id]; twice {
		return unknownName("access.named_twice", name)
	}
	(*into)[id] = v
	return nil
}

// NamePermissions is the text with objects and fields by their present names,
// for people to read. What is not there any more keeps its id.
func NamePermissions(s *schema.Schema, text string) string {
	p, err := ParsePermissions(text)
	if err != nil {
		return text
	}
	named := Permissions{Admin: p.Admin}
	for id, rights := range p.Objects {
		if o, ok := findObject(s, id); ok {
			id = o.Name
		}
		_ = put(&named.Objects, id, id, rights)
	}
	for id, right := range p.Fields {
		if f, ok := findField(s, id); ok {
			id = f.Object.Name + "." + f.Name
		}
		_ = put(&named.Fields, id, id, right)
	}
	return named.String()
}

// findObject looks for the id first: names can be given away, ids can not.
func findObject(s *schema.Schema, name string) (*schema.Object, bool) {
	for _, o := range s.Objects() {
		if o.ID == name {
			return o, true
		}
	}
	return s.Object(name)
}

func findField(s *schema.Schema, name string) (*schema.FieldDef, bool) {
	if f, ok := s.FieldByID(name); ok {
		return f, true
	}
	object, field, ok := strings.Cut(name, ".")
	if !ok {
		return nil, false
	}
	if o, found := findObject(s, object); found {
		return o.Field(field)
	}
	return nil, false
}

func unknownName(key, name string) error {
	return fault.New(fault.Invalid, key, fault.Args{"name": value.Printable(name)})
}
