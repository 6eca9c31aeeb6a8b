package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wellmet/internal/activity"
	"wellmet/internal/exchange"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Erase makes a person unknowable, as data protection law asks for: name and
// everything personal leave the contact, its history forgets the old values,
// its files go, and so do rows, filters and stored files of imports and exports
// that tell of the person, and what other programs sent about the record. The record stays under a pseudonym, so that contracts,
// deals and money that hang on it stay whole (R15). Texts of activities about the
// person lose name, addresses and numbers. It cannot be undone.
func Erase(ctx context.Context, s *record.Session, contact value.ID) (e Erased, err error) {
	c, err := s.Get(ctx, Contacts.Name, contact)
	if err != nil {
		return e, err
	}
	about, err := wordsOf(ctx, s, c)
	if err != nil {
		return e, err
	}
	files, err := s.Files(ctx, Contacts.Name, contact)
	if err != nil {
		return e, err
	}
	for _, f := range files {
		if err := s.Detach(ctx, Contacts.Name, contact, f.ID); err != nil {
			return e, err
		}
	}
	v := record.Values{}
	for _, f := range c.Object.Fields {
		if f.Writable() && !keeps(f) {
			v[f.Name] = nil
		}
	}
	e.Pseudonym, e.words = "Erased person "+contact.String(), about
	e.Clean = cleaner(about, e.Pseudonym)
	v[ContactName.Name()] = e.Pseudonym
	v[ContactNoCalls.Name()], v[ContactNoMail.Name()] = true, true
	if e.Outcome, err = s.Update(ctx, Contacts.Name, contact, 0, v); err != nil {
		return e, err
	}
	if err := s.ForgetValues(ctx, Contacts.Name, contact); err != nil {
		return e, err
	}
	if e.Activities, err = activity.Rewrite(ctx, s, schema.Ref{Object: Contacts.Name, ID: contact}, e.Clean); err != nil {
		return e, err
	}
	if err := process.Forget(ctx, s, contact); err != nil {
		return e, err
	}
	return e, exchange.Forget(ctx, s, exchange.Person{Record: contact, Groups: about})
}

// Erased is what an erasure did, in numbers.
type Erased struct {
	record.Outcome
	Pseudonym string
	// Activities and Leads are how many were cleaned.
	Activities, Leads int
	// Elsewhere is how many other activities name the person still. What they
	// are about is somebody else's, so it takes a decision.
	Elsewhere int64
	// Clean takes the person out of a text.
	Clean func(string) string
	words [][]string
}

// Query is where those stand that name the person still, "" for nowhere.
func (e Erased) Query() string {
	var any []string
	for _, g := range e.words {
		if len(g) == 1 && utf8.RuneCountInString(g[0]) >= shortest {
			any = append(any, fmt.Sprintf("subject contains %[1]q or body contains %[1]q", g[0]))
		}
	}
	return strings.Join(any, " or ")
}

// shortest is the fewest letters of a name by which texts are looked up.
const shortest = 4

// Count finds out how many activities name the person still.
func (e *Erased) Count(ctx context.Context, s *record.Session) (err error) {
	where := e.Query()
	if where == "" {
		return nil
	}
	q := record.Query{Object: activity.Activities.Name, Filter: where, Fields: []string{activity.Subject.Name(), activity.Body.Name()}}
	return s.AsSystem("what names an erased person").Each(ctx, q, func(r *record.Record) error {
		subject, _ := record.Get(r, activity.Subject)
		body, _ := record.Get(r, activity.Body)
		if text := subject + "\n" + body; e.Clean(text) != text { // not merely part of another's name
			e.Elsewhere++
		}
		return nil
	})
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
