package sales

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// NoMail reports whether somebody with an address wants no mails: a contact who
// says so, or a lead that wants to hear from us no more. It asks whatever the actor
// may see: an opt-out holds for everybody.
func NoMail(ctx context.Context, s *record.Session, address string) (bool, error) {
	for _, x := range []struct {
		object *schema.Object
		fields []string
		out    string
	}{{customer.Contacts, []string{customer.ContactEmail.Name(), customer.ContactEmails.Name()}, customer.ContactNoMail.Name()},
		{Leads, []string{LeadEmail.Name()}, LeadOptedOut.Name()}} {
		o := s.Schema().MustObject(x.object.Name)
		flag, ok := o.Field(x.out)
		if !ok {
			continue
		}
		var fields []*schema.FieldDef
		for _, name := range x.fields {
			if f, ok := o.Field(name); ok {
				fields = append(fields, f)
			}
		}
		out, err := wantsNone(ctx, s, flag, fields, address)
		if err != nil || out {
			return out, err
		}
	}
	return false, nil
}

// wantsNone reports whether a record that has opted out has the address in one of
// the fields. Addresses are kept as they were typed, and are the same however
// their letters are written.
func wantsNone(ctx context.Context, s *record.Session, flag *schema.FieldDef, fields []*schema.FieldDef, address string) (bool, error) {
	var columns, said []string
	for _, f := range fields {
		c := "t." + s.Tx().Dialect().Quote(f.Column)
		columns, said = append(columns, c), append(said, c+" IS NOT NULL")
	}
	if len(columns) == 0 {
		return false, nil
	}
	rows, err := s.Tx().Query(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM {"+flag.Object.Table+"} t WHERE t.deleted_at IS NULL AND t."+
		s.Tx().Dialect().Quote(flag.Column)+" IS TRUE AND ("+strings.Join(said, " OR ")+")")
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		for i, f := range fields {
			v := f.Load(rows, i)
			one, _ := v.(string)
			list, _ := v.([]string)
			if slices.ContainsFunc(append(list, one), func(x string) bool { return strings.EqualFold(x, address) }) {
				return true, rows.Close()
			}
		}
	}
	return false, rows.Err()
}

// Unwanted reports whether a record itself is of somebody who wants no mails.
func Unwanted(r *record.Record) bool {
	for _, name := range []string{customer.ContactNoMail.Name(), LeadOptedOut.Name()} {
		if f, ok := r.Object.Field(name); ok && f.OptOut && r.Value(f) == true {
			return true
		}
	}
	return false
}
