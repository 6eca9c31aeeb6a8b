package notify

import (
	"context"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Texts of asking for access and of the answer.
const (
	keyUnseen = "notify.mentioned_unseen"
	keyAsked  = "notify.access_asked"
	keyGiven  = "notify.access_given"
)

// Unseen tells members that something concerns them which they may not read:
// who wrote, and on which kind of record; neither its name nor a word of what
// was written. They may ask for access there.
func Unseen(ctx context.Context, s *record.Session, to []value.ID, about schema.Ref) error {
	var told []value.ID
	for _, member := range to {
		if member != s.Who().Member && s.Roster().Active(member) {
			told = append(told, member)
		}
	}
	return put(ctx, s, Notice{Kind: Mention, Key: keyUnseen, Link: about.String()}, told, true)
}

// Ask asks those who may share a record for a look at it. Only who was told of
// it can ask, so nobody finds out what there is by asking. To ask again is no
// error and tells nobody twice.
func Ask(ctx context.Context, s *record.Session, id value.ID) (Item, error) {
	x, err := One(ctx, s, id)
	if err != nil {
		return x, err
	}
	if !x.Blind { // he may read it by now, or there was nothing to ask
		return x, MarkRead(ctx, s, true, id)
	}
	keepers, err := keepersOf(ctx, s, x.object, x.record)
	if err != nil {
		return x, err
	}
	n := Notice{Kind: Access, Key: keyAsked, Link: schema.Ref{Object: x.object.Name, ID: x.record}.String(),
		Once: "access:" + s.Actor().Member().String() + ":" + x.record.String()}
	if err := put(ctx, s, n, keepers, false); err != nil {
		return x, err
	}
	x.Asked, x.Read = true, true
	return x, settle(ctx, s, id, stateAsked)
}

// keepersOf are the members who may let somebody see a record: its owner and
// his manager, else the administrators.
func keepersOf(ctx context.Context, s *record.Session, o *schema.Object, id value.ID) ([]value.ID, error) {
	r, err := s.AsSystem("whom to ask for access").Get(ctx, o.Name, id)
	if err != nil {
		return nil, fault.New(fault.NotFound, "notify.absent", nil)
	}
	var keepers []value.ID
	add := func(member value.ID) error {
		actor, err := s.Roster().Actor(member)
		if err != nil {
			return nil //nolint:nilerr // who left can share nothing
		}
		err = s.As(actor).MayChange(ctx, o.Name, id)
		if _, refused := fault.As(err); err == nil {
			keepers = append(keepers, member)
		} else if !refused {
			return err
		}
		return nil
	}
	for _, member := range []value.ID{r.Owner(), s.Roster().ManagerOf(r.Owner())} {
		if err := add(member); err != nil {
			return nil, err
		}
	}
	if len(keepers) > 0 {
		return keepers, nil
	}
	for _, member := range s.Roster().MemberIDs() {
		if actor, err := s.Roster().Actor(member); err == nil && actor.Admin() {
			keepers = append(keepers, member)
		}
	}
	return keepers, nil
}

// Share answers a request: whoever asked may read the record from now on, and
// is told so. It is for those who may change the record, as any share is.
func Share(ctx context.Context, s *record.Session, id value.ID) (Item, error) {
	x, err := One(ctx, s, id)
	if err != nil {
		return x, err
	}
	if !x.Request || x.Gone {
		return x, fault.New(fault.NotFound, "notify.absent", nil)
	}
	if err := s.MayChange(ctx, x.Link.Object, x.Link.ID); err != nil {
		return x, err
	}
	if err := access.Share(ctx, s.Tx(), access.Grant{Object: x.object, Record: x.Link.ID, Member: x.Actor, Level: access.ReadLevel,
		By: s.Actor().Member(), At: s.Now()}); err != nil {
		return x, err
	}
	x.Granted, x.Read = true, true
	if err := settle(ctx, s, id, stateDone); err != nil {
		return x, err
	}
	// The roster of this session does not know of the share yet.
	return x, put(ctx, s, Notice{Kind: Access, Key: keyGiven, Link: x.Link.String()}, []value.ID{x.Actor}, false)
}

// settle notes what became of a notice that asks for something.
func settle(ctx context.Context, s *record.Session, id value.ID, state string) error {
	_, err := s.Tx().Exec(ctx, `UPDATE {notice} SET state = $1, read_at = coalesce(read_at, $2) WHERE id = $3 AND member = $4`,
		state, s.Now(), id, s.Actor().Member())
	s.Hint(Event, s.Actor().Member())
	return err
}
