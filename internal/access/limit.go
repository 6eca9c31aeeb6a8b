package access

import (
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Scopes of an API token; "deals:read" and "deals:write" stand for one object.
// Write includes read, and all includes admin.
const (
	ScopeAll   = "all"
	ScopeRead  = "read"
	ScopeWrite = "write"
	ScopeAdmin = "admin"
)

// limit is what a token's scopes leave of its member's rights.
type limit struct {
	read, write, admin bool
	objects            map[string]bool // plural -> may write
}

// Limit is the actor with no more than a token's scopes; an empty list leaves
// nothing. Limiting twice leaves what both allow. The system is not limited.
func (a *Actor) Limit(scopes []string) *Actor {
	l := limit{objects: map[string]bool{}}
	for _, s := range scopes {
		plural, word, one := strings.Cut(s, ":")
		switch {
		case one && (word == ScopeRead || word == ScopeWrite):
			l.objects[plural] = l.objects[plural] || word == ScopeWrite
		case s == ScopeAll:
			l.read, l.write, l.admin = true, true, true
		case s == ScopeWrite:
			l.read, l.write = true, true
		case s == ScopeRead:
			l.read = true
		case s == ScopeAdmin:
			l.admin = true
		}
	}
	c := *a
	c.limits = append(a.limits[:len(a.limits):len(a.limits)], l)
	return &c
}

// allows reports whether the token may do this to any record of the object. A
// child goes with its parent. Members, teams and roles ask for admin, or for
// their own names.
func (l limit) allows(r *Roster, o *schema.Object, act Action) bool {
	writes := act != Read && act != Export
	if guards(o) && (l.admin || !writes && l.read) {
		return true
	}
	if !guards(o) && (l.write || l.read && !writes) {
		return true
	}
	for _, x := range []*schema.Object{o, r.root(o)} {
		if may, ok := l.objects[x.Plural]; ok && (may || !writes) {
			return true
		}
	}
	return false
}

// Allows reports whether the actor's tokens, if he comes by one, leave him the
// action on any record of the object; what his role says is another matter.
func (a *Actor) Allows(o *schema.Object, act Action) bool {
	for _, l := range a.limits {
		if !l.allows(a.roster, o, act) {
			return false
		}
	}
	return true
}

// CheckScopes refuses scopes that a token for this workspace can not have.
func CheckScopes(s *schema.Schema, scopes []string) error {
	if len(scopes) == 0 {
		return fault.New(fault.Invalid, "access.no_scopes", nil)
	}
	for _, scope := range scopes {
		switch scope {
		case ScopeAll, ScopeRead, ScopeWrite, ScopeAdmin:
			continue
		}
		plural, word, ok := strings.Cut(scope, ":")
		if _, known := s.Plural(plural); !ok || !known || word != ScopeRead && word != ScopeWrite {
			return fault.New(fault.Invalid, "access.unknown_token_scope", fault.Args{"name": value.Printable(scope)}).
				With(fault.Field{Path: "scopes", Key: "access.unknown_token_scope", Args: fault.Args{"name": value.Printable(scope)},
					Value: value.Printable(scope)})
		}
	}
	return nil
}
