package customer

import (
	"context"
	"strings"
	"unicode"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// Rules are what this room demands of its records.
func Rules() []record.Rule {
	return []record.Rule{
		{Name: "contact name", Objects: []string{Contacts.Name}, Prepare: nameContacts},
		{Name: "account group", Objects: []string{Accounts.Name}, Check: refuseCircles},
	}
}

// nameContacts puts the full name together where it was not given.
func nameContacts(_ context.Context, _ *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		first, _ := record.Will(d, ContactFirst)
		last, _ := record.Will(d, ContactLast)
		parts := d.Changed(ContactFirst.Name()) || d.Changed(ContactLast.Name())
		if d.Given(ContactName.Name()) && d.Field(ContactName.Name()) != nil || !parts {
			continue
		}
		if full := FullName(first, last); full != "" {
			record.Put(d, ContactName, full)
		}
	}
	return nil
}

// FullName joins a person's names as their script does: the family name comes
// first, without a space, where names are written in Han or Hangul.
func FullName(first, last string) string {
	first, last = strings.TrimSpace(first), strings.TrimSpace(last)
	if first != "" && last != "" && eastern(first) && eastern(last) {
		return last + first
	}
	return strings.TrimSpace(first + " " + last)
}

func eastern(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) && r != '·' {
			return false
		}
	}
	return true
}

// maxGroupDepth bounds how deep groups of companies may be.
const maxGroupDepth = 12

// refuseCircles keeps an account from being above itself.
func refuseCircles(ctx context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		parent, ok := record.Will(d, AccountParent)
		if !ok || !d.Changed(AccountParent.Name()) {
			continue
		}
		above, err := ancestors(ctx, s, parent)
		if err != nil {
			return err
		}
		if above[d.ID] || len(above) > maxGroupDepth {
			d.Refuse(AccountParent.Name(), "account.circle", nil)
		}
	}
	return nil
}

// ancestors is an account with all those above it.
func ancestors(ctx context.Context, s *record.Session, id value.ID) (map[value.ID]bool, error) {
	above := map[value.ID]bool{}
	for id != 0 && !above[id] && len(above) <= maxGroupDepth {
		above[id] = true
		var parent *value.ID
		if _, err := s.Tx().Row(ctx, `SELECT parent_id FROM {account} WHERE id = $1`, []any{id}, &parent); err != nil {
			return nil, err
		}
		id = 0
		if parent != nil {
			id = *parent
		}
	}
	return above, nil
}
