package customer

import (
	"context"
	"encoding/json"
	"slices"

	"wellmet/internal/exchange"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Erase makes a person unknowable, as data protection law asks for: name and
// everything personal leave the contact, its history forgets the old values,
// its files go, and so do rows, filters and stored files of imports and exports
// that tell of the person. The record stays under a pseudonym, so that contracts,
// deals and money that hang on it stay whole (R15). It cannot be undone.
func Erase(ctx context.Context, s *record.Session, contact value.ID) (record.Outcome, error) {
	c, err := s.Get(ctx, Contacts.Name, contact)
	if err != nil {
		return record.Outcome{}, err
	}
	about, err := wordsOf(ctx, s, c)
	if err != nil {
		return record.Outcome{}, err
	}
	files, err := s.Files(ctx, Contacts.Name, contact)
	if err != nil {
		return record.Outcome{}, err
	}
	for _, f := range files {
		if err := s.Detach(ctx, Contacts.Name, contact, f.ID); err != nil {
			return record.Outcome{}, err
		}
	}
	v := record.Values{}
	for _, f := range c.Object.Fields {
		if f.Writable() && !keeps(f) {
			v[f.Name] = nil
		}
	}
	v[ContactName.Name()] = "Erased person " + contact.String()
	v[ContactNoCalls.Name()], v[ContactNoMail.Name()] = true, true
	out, err := s.Update(ctx, Contacts.Name, contact, 0, v)
	if err != nil {
		return out, err
	}
	if err := s.ForgetValues(ctx, Contacts.Name, contact); err != nil {
		return out, err
	}
	return out, exchange.Forget(ctx, s, exchange.Person{Record: contact, Groups: about})
}

// telling are the fields that tell of a person wherever their values stand.
var telling = []string{ContactName.Name(), ContactEmail.Name(), ContactEmails.Name(), ContactPhone.Name(), ContactMobile.Name(), ContactPhones.Name()}

// wordsOf are the words that tell of the person, those that the record had once
// included; first and last name do only together.
func wordsOf(ctx context.Context, s *record.Session, c *record.Record) (groups [][]string, err error) {
	add := func(v any) {
		switch v := v.(type) {
		case string:
			groups = append(groups, []string{v})
		case []string:
			for _, text := range v {
				groups = append(groups, []string{text})
			}
		}
	}
	for _, name := range telling {
		add(c.Field(name))
	}
	first, hasFirst := record.Get(c, ContactFirst)
	last, hasLast := record.Get(c, ContactLast)
	if hasFirst && hasLast {
		groups = append(groups, []string{first, last})
	}
	for before := int64(0); ; {
		entries, err := s.History(ctx, Contacts.Name, c.ID, before, historyPage)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			for _, change := range e.Changes {
				if !slices.Contains(telling, change.Field) {
					continue
				}
				var one string
				var many []string
				if json.Unmarshal(change.Old, &one) == nil && one != "" {
					add(one)
				} else if json.Unmarshal(change.Old, &many) == nil {
					add(many)
				}
			}
		}
		if len(entries) < historyPage {
			return groups, nil
		}
		before = entries[len(entries)-1].Version
	}
}

const historyPage = 500

// keeps tells what says nothing of the person: whose customer it is.
func keeps(f *schema.FieldDef) bool {
	return f.Name == "owner" || f.Name == ContactAccount.Name() || f.Required && f.Name != ContactName.Name()
}
