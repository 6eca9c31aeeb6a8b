package mail

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// people are those who took part in a message, as the actor may know of them.
type people struct {
	records    []schema.Ref
	colleagues map[string]bool
	strangers  []Address
	known      map[string]bool // addresses that are somebody's
}

// findPeople looks every address up among the records that have timelines, and
// among the members.
func findPeople(ctx context.Context, s *record.Session, m *Message) (people, error) {
	p := people{colleagues: map[string]bool{}, known: map[string]bool{}}
	var emails []string
	everybody := slices.Concat(m.From, m.To, m.Cc)
	for _, a := range everybody {
		if a.Email != "" && !slices.Contains(emails, a.Email) {
			emails = append(emails, a.Email)
		}
	}
	members := s.Schema().MustObject("member")
	email, _ := members.Field(access.MemberEmail.Name())
	found, err := s.AsSystem("colleagues in a mail").FindBy(ctx, members, email, emails)
	if err != nil {
		return p, err
	}
	for e := range found {
		p.colleagues[e] = true
	}
	var further []*schema.Object
	for _, o := range s.Schema().Objects() {
		if !o.Timeline || !s.Actor().Can(o, access.Read) {
			continue
		}
		more, err := p.of(ctx, s, o, emails)
		if err != nil {
			return p, err
		}
		if more {
			further = append(further, o)
		}
	}
	if err := p.further(ctx, s, further, emails); err != nil {
		return p, err
	}
	for _, a := range everybody {
		if a.Email != "" && !p.known[a.Email] && !p.colleagues[a.Email] {
			p.known[a.Email] = true
			p.strangers = append(p.strangers, a)
		}
	}
	return p, nil
}

// of finds the records of an object by their one address, as it is spelled;
// more tells whether the object has addresses at all.
func (p *people) of(ctx context.Context, s *record.Session, o *schema.Object, emails []string) (more bool, err error) {
	for _, f := range o.Fields {
		if f.Kind != schema.KindEmail || f.Hidden || !s.Actor().CanFilter(f) {
			continue
		}
		if more = true; f.Many {
			continue
		}
		found, err := s.FindBy(ctx, o, f, emails)
		if err != nil {
			return false, err
		}
		for _, e := range emails {
			p.add(o, e, found[e]...)
		}
	}
	return more, nil
}

func (p *people) add(o *schema.Object, email string, ids ...value.ID) {
	for _, id := range ids {
		p.known[email] = true
		p.records = union(p.records, []schema.Ref{{Object: o.Name, ID: id}})
	}
}

// mostSearched is how many addresses that are nobody's first one are looked for
// in other spellings and among further ones.
const mostSearched = 20

// further finds those who have the address in another spelling or beside their
// first one, by the search index.
func (p *people) further(ctx context.Context, s *record.Session, objects []*schema.Object, emails []string) error {
	var names []string
	for _, o := range objects {
		names = append(names, o.Name)
	}
	searched := 0
	for _, e := range emails {
		if p.known[e] || p.colleagues[e] || len(names) == 0 || searched == mostSearched {
			continue
		}
		searched++
		result, err := s.Search(ctx, record.SearchQuery{Text: e, Objects: names, Limit: 10})
		if err != nil {
			return err
		}
		for _, hit := range result.Hits {
			r, err := s.Get(ctx, hit.Object.Name, hit.ID)
			if err != nil {
				return err
			}
			if has(r, e) {
				p.add(hit.Object, e, hit.ID)
			}
		}
	}
	return nil
}

// has reports whether an address is one of a record's.
func has(r *record.Record, email string) bool {
	return slices.ContainsFunc(r.Object.Fields, func(f *schema.FieldDef) bool {
		if f.Kind != schema.KindEmail {
			return false
		}
		one, _ := r.Value(f).(string)
		list, _ := r.Value(f).([]string)
		return slices.ContainsFunc(append(list, one), func(x string) bool { return strings.EqualFold(x, email) })
	})
}
