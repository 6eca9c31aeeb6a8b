package customer

import (
	"context"

	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Erase makes a person unknowable, as data protection law asks for: name and
// everything personal leave the contact, its history forgets the old values,
// and its files go. The record stays under a pseudonym, so that contracts,
// deals and money that hang on it stay whole (R15). It cannot be undone.
func Erase(ctx context.Context, s *record.Session, contact value.ID) (record.Outcome, error) {
	c, err := s.Get(ctx, Contacts.Name, contact)
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
	return out, s.ForgetValues(ctx, Contacts.Name, contact)
}

// keeps tells what says nothing of the person: whose customer it is.
func keeps(f *schema.FieldDef) bool {
	return f.Name == "owner" || f.Name == ContactAccount.Name() || f.Required && f.Name != ContactName.Name()
}
