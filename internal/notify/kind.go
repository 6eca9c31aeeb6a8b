package notify

import (
	"context"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Kind is what a notice is about, as far as members choose what they want.
type Kind string

// The kinds, in the order offered.
const (
	Mention Kind = "mention" // somebody wrote to me in a comment
	Owner   Kind = "owner"   // something became mine
	Due     Kind = "due"     // a task of mine is due
	Lead    Kind = "lead"    // a lead waits for its first answer
	Process Kind = "process" // a rule or a limit of the process says so
	Access  Kind = "access"  // somebody wants to see something, or may now
	Work    Kind = "work"    // what I had done in the background has ended
	Other   Kind = "other"
)

// Choice is how a member wants one kind.
type Choice struct {
	Kind  Kind `json:"kind"`
	Inbox bool `json:"inbox"`
	Mail  bool `json:"mail"`
}

// usual are the choices of whoever made none: mail for what a colleague waits
// for.
var usual = []Choice{{Mention, true, true}, {Owner, true, true}, {Due, true, false}, {Lead, true, true}, {Process, true, false},
	{Access, true, true}, {Work, true, false}, {Other, true, false}}

// Known reports whether there is such a kind.
func (k Kind) Known() bool {
	return slices.ContainsFunc(usual, func(c Choice) bool { return c.Kind == k })
}

// Choices are a member's, every kind among them.
func Choices(ctx context.Context, tx *store.Tx, member value.ID) ([]Choice, error) {
	chosen, err := chosenBy(ctx, tx, []value.ID{member})
	if err != nil {
		return nil, err
	}
	all := slices.Clone(usual)
	for i, c := range all {
		if x, ok := chosen[choosing{member, c.Kind}]; ok {
			all[i] = x
		}
	}
	return all, nil
}

// Choose keeps how a member wants some kinds.
func Choose(ctx context.Context, tx *store.Tx, member value.ID, choices ...Choice) error {
	for _, c := range choices {
		if !c.Kind.Known() {
			return fault.New(fault.Invalid, "notify.no_kind", fault.Args{"kind": value.Printable(string(c.Kind))})
		}
		if _, err := tx.Exec(ctx, `INSERT INTO {notice_choice} (member, kind, inbox, mail) VALUES ($1, $2, $3, $4)
			ON CONFLICT (member, kind) DO UPDATE SET inbox = excluded.inbox, mail = excluded.mail`,
			member, string(c.Kind), c.Inbox, c.Mail); err != nil {
			return err
		}
	}
	return nil
}

// choosing is whose choice of what.
type choosing struct {
	member value.ID
	kind   Kind
}

// chosenBy reads what some members chose themselves.
func chosenBy(ctx context.Context, tx *store.Tx, members []value.ID) (map[choosing]Choice, error) {
	out := map[choosing]Choice{}
	for chunk := range slices.Chunk(members, 500) {
		list, args := holders(tx, chunk)
		rows, err := tx.Query(ctx, `SELECT member, kind, inbox, mail FROM {notice_choice} WHERE member IN (`+list+`)`, args...)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			var c Choice
			var kind string
			var member value.ID
			if err := rows.Scan(&member, &kind, &c.Inbox, &c.Mail); err != nil {
				rows.Close()
				return nil, err
			}
			c.Kind = Kind(kind)
			out[choosing{member, c.Kind}] = c
		}
		err = rows.Err()
		rows.Close()
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Label is what members call the kind.
func (k Kind) Label(language string) string {
	return i18n.Text(language, "notify.kind."+string(k), nil)
}
