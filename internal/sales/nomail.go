package sales

import (
	"context"
	"strings"

	"wellmet/internal/customer"
	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// NoMail reports whether somebody with an address wants no mails: a contact who
// says so, or a lead that wants to hear from us no more. It asks whatever the actor
// may see: an opt-out holds for everybody.
func NoMail(ctx context.Context, s *record.Session, address string) (bool, error) {
	sys := s.AsSystem("who wants no mails")
	for _, x := range []struct {
		object *schema.Object
		fields []string
		out    string
	}{{customer.Contacts, []string{customer.ContactEmail.Name(), customer.ContactEmails.Name()}, customer.ContactNoMail.Name()},
		{Leads, []string{LeadEmail.Name()}, LeadOptedOut.Name()}} {
		o := s.Schema().MustObject(x.object.Name)
		for _, name := range x.fields {
			out, err := wantsNone(ctx, sys, o, name, address, x.out)
			if err != nil || out {
				return out, err
			}
		}
	}
	return false, nil
}

// wantsNone reports whether a record with the address has opted out.
func wantsNone(ctx context.Context, sys *record.Session, o *schema.Object, name, address, out string) (bool, error) {
	f, ok := o.Field(name)
	flag, told := o.Field(out)
	if !ok || !told {
		return false, nil
	}
	op := expr.OpEq
	if f.Many {
		op = expr.OpContains
	}
	has, err := expr.Compare(f.ExprField(), op, address)
	if err != nil {
		return false, err
	}
	if small := strings.ToLower(address); small != address { // addresses are kept as they were typed
		same, err := expr.Compare(f.ExprField(), op, small)
		if err != nil {
			return false, err
		}
		has = expr.Or(has, same)
	}
	no, err := expr.Compare(flag.ExprField(), expr.OpEq, true)
	if err != nil {
		return false, err
	}
	page, err := sys.Query(ctx, record.Query{Object: o.Name, Where: expr.And(has, no), Sort: "id", Limit: 1})
	return err == nil && len(page.Records) > 0, err
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
