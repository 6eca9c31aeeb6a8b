package notify

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Rules are what this room does when records change.
func Rules() []record.Rule {
	return []record.Rule{{Name: "new owners", Applied: tellOwners}}
}

// mostOwned is up to how many records of a batch a new owner is told of one by
// one.
const mostOwned = 3

// tellOwners tells members what colleagues have made theirs. Imports tell
// nobody (engine decision 19), nor does the system, which says itself what it
// assigned and why; a personal record is nobody's to give.
func tellOwners(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	if len(drafts) == 0 || s.Who().System != "" || s.Who().Imports() || s.Who().Cause == record.UndoCause {
		return nil
	}
	o := drafts[0].Object
	if o.Access != schema.Owned || o.Personal != "" {
		return nil
	}
	mine := map[value.ID][]value.ID{}
	var owners []value.ID // in the order of the batch
	for _, d := range drafts {
		owner := d.Record().Owner()
		if owner == 0 || owner == s.Who().Member || d.Doing != record.Creating && (d.Doing != record.Updating || !d.Changed("owner")) {
			continue
		}
		if mine[owner] == nil {
			owners = append(owners, owner)
		}
		mine[owner] = append(mine[owner], d.ID)
	}
	for _, owner := range owners {
		if err := tellOwner(ctx, s, o, owner, mine[owner]); err != nil {
			return err
		}
	}
	return nil
}

func tellOwner(ctx context.Context, s *record.Session, o *schema.Object, owner value.ID, ids []value.ID) error {
	n := Notice{To: []value.ID{owner}, Kind: Owner, Key: "notify.owner"}
	if len(ids) > mostOwned {
		n.Key, n.Args, n.Link = "notify.owner_many", map[string]any{"count": len(ids), "plural": o.Plural}, "/"+o.Plural+"?sort=-updated_at"
		return Send(ctx, s, n)
	}
	for _, id := range ids {
		n.Link = schema.Ref{Object: o.Name, ID: id}.String()
		if err := Send(ctx, s, n); err != nil {
			return err
		}
	}
	return nil
}
