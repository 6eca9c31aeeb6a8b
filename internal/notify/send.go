package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Event is the name under which open pages hear that somebody's notices have
// changed; the id of the hint is the member.
const Event = "@notices" // no object can be called that

// Notice is something to tell. Its text is that of Key, filled with Args, with
// {who} for whoever acted and {title} for the name of the record.
type Notice struct {
	To   []value.ID // members; those who left are not told
	Kind Kind       // "" = Other
	Key  string
	Args fault.Args // numbers and texts; nothing of the record itself
	// Link is the record that it is about, "deal:123", or an address of the site
	// such as "/imports/7".
	Link string
	// Mail asks for a mail although the kind is not mailed unless chosen.
	Mail bool
	// Once names what is told: the same member is told it once.
	Once string
	// Shared says that they may read the record by what this act has shared, which
	// the session's roster does not know of yet.
	Shared bool
	// Self tells it to the actor too: what he had asked for has come to its end.
	Self bool
}

// Send tells members something, in this transaction and act: rows of their
// inboxes, a hint to their open pages after the commit, and a mail job for those
// who want one. The actor himself is told nothing of what he does, and nobody
// about a record that he may not read.
func Send(ctx context.Context, s *record.Session, n Notice) error {
	told, err := readers(ctx, s, n)
	if err != nil {
		return err
	}
	return put(ctx, s, n, told, false)
}

// readers are the members that the notice may be told to.
func readers(ctx context.Context, s *record.Session, n Notice) ([]value.ID, error) {
	var told []value.ID
	for _, member := range n.To {
		if member == 0 || slices.Contains(told, member) || !n.Self && member == s.Who().Member {
			continue
		}
		may, err := Reads(ctx, s, member, n.Link)
		if err != nil {
			return nil, err
		}
		if may || n.Shared && s.Roster().Active(member) {
			told = append(told, member)
		}
	}
	return told, nil
}

// Reads reports whether a member works here and may read what a link is about;
// an address of the site is for whoever asks there.
func Reads(ctx context.Context, s *record.Session, member value.ID, link string) (bool, error) {
	actor, err := s.Roster().Actor(member)
	if err != nil {
		return false, nil //nolint:nilerr // who left is told nothing
	}
	ref, ok := refOf(link)
	if !ok {
		return true, nil
	}
	_, err = s.As(actor).Get(ctx, ref.Object, ref.ID)
	if _, refused := fault.As(err); refused && !fault.Is(err, fault.Unavailable) {
		return false, nil
	}
	return err == nil, err
}

// refOf is the record of a link; false for an address of the site, or none.
func refOf(link string) (schema.Ref, bool) {
	if link == "" || strings.HasPrefix(link, "/") {
		return schema.Ref{}, false
	}
	ref, err := schema.ParseRef(link)
	return ref, err == nil
}

// put writes the rows. A blind one is about a record that its receiver may not
// read, and says only that he may ask for it.
func put(ctx context.Context, s *record.Session, n Notice, members []value.ID, blind bool) error {
	members, err := untold(ctx, s, n.Once, members)
	if err != nil {
		return err
	}
	if len(members) == 0 {
		return nil
	}
	if n.Kind == "" {
		n.Kind = Other
	}
	chosen, err := chosenBy(ctx, s.Tx(), members)
	if err != nil {
		return err
	}
	args, err := json.Marshal(n.Args)
	if err != nil {
		return fmt.Errorf("notice %s: %w", n.Key, err)
	}
	ref, link := schema.Ref{}, n.Link
	if r, ok := refOf(link); ok {
		ref, link = r, ""
	}
	var rows [][]any
	var mails []value.ID
	for _, member := range members {
		c := wish(chosen, member, n)
		if !c.Inbox && !c.Mail {
			continue
		}
		id := value.NewID(s.Now())
		var read any
		if !c.Inbox {
			read = s.Now()
		}
		rows = append(rows, []any{id, member, string(n.Kind), n.Key, string(args), orNull(s.Who().Member), ref.Object, ref.ID, link,
			c.Inbox, blind, orNull(n.Once), s.Now(), read})
		if c.Mail {
			mails = append(mails, id)
		}
		s.Hint(Event, member)
	}
	if len(rows) == 0 {
		return nil
	}
	if err := s.Tx().PostRows(ctx, `INSERT INTO {notice} (id, member, kind, key, args, actor, object, record, link, inbox, blind, once, at, read_at) VALUES`,
		14, rows, " ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	return post(ctx, s, mails)
}

// untold leaves out who was told already what is told once.
func untold(ctx context.Context, s *record.Session, once string, members []value.ID) ([]value.ID, error) {
	if once == "" || len(members) == 0 {
		return members, nil
	}
	d := s.Tx().Dialect()
	told, err := s.Tx().IDs(ctx, `SELECT member FROM {notice} WHERE `+d.AnyOf("member", d.Param(1, store.IDList))+` AND once = $2`, store.IDs(d, members), once)
	return slices.DeleteFunc(slices.Clone(members), func(m value.ID) bool { return slices.Contains(told, m) }), err
}

// wish is how a member wants a notice.
func wish(chosen map[choosing]Choice, member value.ID, n Notice) Choice {
	if c, ok := chosen[choosing{member, n.Kind}]; ok {
		return c
	}
	c := Choice{Kind: n.Kind, Inbox: true}
	if i := slices.IndexFunc(usual, func(c Choice) bool { return c.Kind == n.Kind }); i >= 0 {
		c = usual[i]
	}
	c.Mail = c.Mail || n.Mail
	return c
}

func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// holders are placeholders for some ids, and the ids.
func holders(tx *store.Tx, ids []value.ID) (string, []any) {
	list, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		list[i], args[i] = tx.Dialect().Param(i+1, store.Int), id
	}
	return strings.Join(list, ", "), args
}
