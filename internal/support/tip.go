package support

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// places are the links by which a tip says where it helps.
var places = []schema.Field[value.ID]{TipStage, TipLeadStage, TipCaseState, TipProduct}

// nameTips keeps the names of what tips are about, as long as it is there.
func nameTips(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) || !slices.ContainsFunc(places, func(f schema.Field[value.ID]) bool { return d.Changed(f.Name()) }) {
			continue
		}
		var names []string
		for _, f := range places {
			id, ok := record.Will(d, f)
			if !ok {
				continue
			}
			def, _ := d.Object.Field(f.Name())
			found, err := s.AsSystem("what a tip is about").GetMany(ctx, def.Target, []value.ID{id})
			if err != nil {
				return err
			}
			if r := found[id]; r != nil {
				names = append(names, r.Title())
			}
		}
		if len(names) > 0 {
			text := []rune(strings.Join(names, " · "))
			record.Put(d, TipPlace, string(text[:min(len(text), mostPlace)]))
		}
	}
	return nil
}

// mostPlace is the longest text of a place.
const mostPlace = 500

// checkTips wants to know where a tip helps. What is deleted takes the place
// away; the tip stays, in the archive.
func checkTips(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) || s.Actor().System() {
			continue
		}
		_, said := record.Will(d, TipObjection)
		if !said && !slices.ContainsFunc(places, func(f schema.Field[value.ID]) bool { return has(d, f) }) && d.Doing == record.Creating {
			d.Refuse(TipStage.Name(), "tip.needs_place", nil)
		}
	}
	return nil
}

// pairVotes lets votes for one tip wait for each other until the commit, so
// that nobody has two and none goes uncounted.
func pairVotes(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	var tips []value.ID
	for _, d := range drafts {
		tip, _ := record.Will(d, VoteTip)
		tips = append(tips, tip)
		if writes(d) || d.Doing == record.Restoring {
			record.Put(d, VoteKey, tip.String()+" "+d.Record().Owner().String())
			record.Put(d, VoteName, "·")
		}
	}
	slices.Sort(tips)
	for _, tip := range slices.Compact(tips) {
		if err := lockTip(ctx, s, tip); err != nil {
			return err
		}
	}
	return nil
}

// lockTip lets nobody else vote for a tip until the commit.
func lockTip(ctx context.Context, s *record.Session, tip value.ID) error {
	var id value.ID
	_, err := s.Tx().Row(ctx, `SELECT id FROM {tip} WHERE id = $1`+s.Tx().Dialect().ForUpdate(), []any{tip}, &id)
	return err
}

// checkVotes keeps people from praising themselves, and from voting in the name
// of others.
func checkVotes(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if !writes(d) || s.Actor().System() || s.Undoing() {
			continue
		}
		tip, _ := record.Will(d, VoteTip)
		r, err := s.Get(ctx, Tips.Name, tip)
		if err != nil {
			return err
		}
		switch owner := d.Record().Owner(); {
		case owner != s.Actor().Member():
			d.Fail(fault.New(fault.Forbidden, "tip.vote_of_other", nil))
		case r.Owner() == owner:
			d.Fail(fault.New(fault.Forbidden, "tip.own", nil))
		}
	}
	return nil
}

// Rate says whether the actor finds a tip useful; to say it twice changes
// nothing.
func Rate(ctx context.Context, s *record.Session, tip value.ID, useful bool) error {
	if _, err := s.Get(ctx, Tips.Name, tip); err != nil {
		return err
	}
	if err := lockTip(ctx, s, tip); err != nil {
		return err
	}
	page, err := s.Query(ctx, record.Query{Object: Votes.Name, Filter: `owner = me() and tip = "` + tip.String() + `"`, Limit: 1})
	if err != nil {
		return err
	}
	switch has := len(page.Records) > 0; {
	case useful && !has:
		_, err = s.Create(ctx, Votes.Name, record.With(record.Values{}, VoteTip, tip))
	case !useful && has:
		err = s.Delete(ctx, Votes.Name, page.Records[0].ID)
	}
	return err
}
