package record

import (
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/schema"
	"wellmet/internal/store"
)

// tokenOwners is up to how many owners a scope is asked for by their tokens
// inside the index; beyond, the documents found are joined with reach, up to
// scanBudget of them (engine decision 23).
const (
	tokenOwners = 200
	scanBudget  = 20_000
)

// searchScope is objects that the actor reads as far as the same owners.
type searchScope struct {
	objects []*schema.Object
	reach   access.Reach
	every   bool // nothing in the index is beyond it
	owned   bool // all that its owners have is within it, or within another
}

// byTokens tells scopes that the index itself can check.
func (c searchScope) byTokens() bool {
	return c.reach.All || c.reach.Owners != nil && len(c.reach.Owners) <= tokenOwners
}

// searchScopes groups objects by whose records the actor reads.
func (s *Session) searchScopes(objects []*schema.Object) []searchScope {
	var scopes []searchScope
	for _, o := range objects {
		r := s.actor.Reach(o, access.Read)
		found := false
		for i, have := range scopes {
			if sameOwners(have.reach, r) {
				scopes[i].objects = append(scopes[i].objects, o)
				found = true
				break
			}
		}
		if !found {
			scopes = append(scopes, searchScope{objects: []*schema.Object{o}, reach: r})
		}
	}
	every, owned := s.searchedObjects()
	open := 0 // owned, and read whoever owns them
	for _, c := range scopes {
		for _, o := range c.objects {
			if c.reach.All && o.HasOwner() {
				open++
			}
		}
	}
	for i, c := range scopes {
		scopes[i].every = c.reach.All && len(c.objects) == every
		scopes[i].owned = !c.reach.All && len(c.objects)+open == owned
	}
	return scopes
}

// searchedObjects counts the objects that the index holds, and those of them
// whose documents carry an owner.
func (s *Session) searchedObjects() (every, owned int) {
	for _, o := range s.state.schema.Objects() {
		if s.state.searchable(o) {
			every++
			if o.HasOwner() {
				owned++
			}
		}
	}
	return every, owned
}

// sameOwners compares reaches of one actor: their owners are the same lists.
// Shares are looked at object by object.
func sameOwners(a, b access.Reach) bool {
	return a.All == b.All && a.Team == b.Team && a.Direct == b.Direct && a.Members == b.Members && len(a.Owners) == len(b.Owners) &&
		(len(a.Owners) == 0 || a.Owners[0] == b.Owners[0])
}

func (c searchScope) objectTags() []string {
	tags := make([]string, len(c.objects))
	for i, o := range c.objects {
		tags[i] = objectTag(o)
	}
	return tags
}

func (c searchScope) ownerTags() []string {
	tags := make([]string, len(c.reach.Owners))
	for i, id := range c.reach.Owners {
		tags[i] = ownerTag(id)
	}
	return tags
}

// tokens writes the scopes that the index can check as a condition in the
// index's own language; "" is no condition. Without and, owners are asked for
// whatever the object.
func tokens(scopes []searchScope, write func(tags []string) string, and, or string) string {
	if len(scopes) == 0 {
		return ""
	}
	var any []string
	for _, c := range scopes {
		if c.every {
			return ""
		}
		switch { // the documents of an object may be all there are, and walking them dear
		case c.owned || and == "" && !c.reach.All:
			any = append(any, write(c.ownerTags()))
		case c.reach.All:
			any = append(any, write(c.objectTags()))
		default:
			any = append(any, "("+write(c.objectTags())+and+write(c.ownerTags())+")")
		}
	}
	if len(any) == 1 {
		return any[0]
	}
	return "(" + strings.Join(any, or) + ")"
}

// docs writes the scope as a condition on a row of search_doc.
func (c searchScope) docs(s *Session, alias string, args *expr.Args) string {
	if c.every {
		return "1 = 1"
	}
	ids := make([]string, len(c.objects))
	for i, o := range c.objects {
		ids[i] = args.Add(o.ID, "text")
	}
	sql := alias + ".object IN (" + strings.Join(ids, ", ") + ")"
	switch {
	case c.reach.All:
		return sql
	case c.reach.Owners != nil:
		d := s.tx.Dialect()
		return sql + " AND " + d.AnyOf(alias+".owner_id", args.Add(store.IDs(d, c.reach.Owners), "bigint[]"))
	}
	return sql + " AND " + s.inReach(c.reach, alias, args)
}
