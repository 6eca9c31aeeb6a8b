package sales_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// anna is a lead of Rita's, with a call about it.
func anna(t *testing.T, k *apptest.Kit) (lead, call value.ID) {
	t.Helper()
	lead = k.Create(t, k.Rita, "lead", record.Values{"name": "Anna Ek", "company": "Acme", "email": "anna@acme.example", "phone": "+49 30 123456",
		"job_title": "Buyer", "website": "https://www.acme.example", "source": "web", "status": "qualified", "tags": "vip", "description": "Met at the fair",
		"address": map[string]any{"city": "Berlin", "country": "DE"}})
	call = k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "subject": "First call", "result": "reached",
		"about": []schema.Ref{{Object: "lead", ID: lead}}, "done_at": apptest.Noon.Add(-24 * time.Hour)})
	return lead, call
}

func convert(t *testing.T, k *apptest.Kit, by, lead value.ID, o sales.Options) (c sales.Conversion, act value.ID) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) (err error) {
		c, err = sales.Convert(t.Context(), s, lead, o)
		act = s.Act()
		return err
	})
	return c, act
}

func tryConvert(t *testing.T, k *apptest.Kit, by, lead value.ID, o sales.Options) error {
	t.Helper()
	return k.Try(t.Context(), by, func(s *record.Session) error {
		_, err := sales.Convert(t.Context(), s, lead, o)
		return err
	})
}

// subjects are the activities on a record's timeline.
func subjects(t *testing.T, k *apptest.Kit, object string, id value.ID) (list []string) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		list = nil
		items, _, err := activity.Timeline(t.Context(), s, object, id, activity.Filter{Kinds: []string{"call", "task", "meeting", "note"}}, nil, 50)
		for _, x := range items {
			list = append(list, x.Record.Title())
		}
		return err
	})
	return list
}

func TestConvertMakesACustomer(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, call := anna(t, k)
		expect(t, "last follow-up of the lead", texts(t, k, "lead", lead, "last_activity_at", "last_contact_at"), "2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z")
		c, act := convert(t, k, k.Max, lead, sales.Options{Deal: record.Values{"amount": "500"}}) // same team
		expect(t, "account", texts(t, k, "account", c.Account, "name", "website", "tags", "owner", "primary_contact", "last_contact_at", "billing_address_city"),
			"Acme", "https://www.acme.example", "vip", k.Rita.String(), c.Contact.String(), "2026-03-01T12:00:00Z")
		expect(t, "contact", texts(t, k, "contact", c.Contact, "name", "email", "phone", "job_title", "account", "owner", "last_contact_at"),
			"Anna Ek", "anna@acme.example", "+4930123456", "Buyer", c.Account.String(), k.Rita.String(), "2026-03-01T12:00:00Z")
		expect(t, "deal", texts(t, k, "deal", c.Deal, "name", "account", "contact", "amount", "source", "status", "owner"),
			"Acme", c.Account.String(), c.Contact.String(), "500.00 EUR", "web", "open", k.Rita.String())
		leadFields := []string{"status", "converted_account", "converted_contact", "converted_deal", "converted_at", "converted_by"}
		expect(t, "lead", texts(t, k, "lead", lead, leadFields...),
			"converted", c.Account.String(), c.Contact.String(), c.Deal.String(), "2026-03-02T12:00:00Z", k.Max.String())
		for object, id := range map[string]value.ID{"lead": lead, "account": c.Account, "contact": c.Contact} {
			if got := subjects(t, k, object, id); !slices.Equal(got, []string{"First call"}) {
				t.Errorf("timeline of the %s: %q", object, got)
			}
		}
		if err := tryConvert(t, k, k.Rita, lead, sales.Options{}); !fault.Is(err, fault.Conflict) {
			t.Errorf("converted twice: %v", err)
		}

		k.Write(t, k.Max, func(s *record.Session) error {
			u, err := s.Undo(t.Context(), act)
			if err == nil && (len(u.Kept) != 0 || u.Deleted != 3) { // Rita's, whom he may not delete; it was he who made them
				t.Errorf("Max's undo: %+v", u)
			}
			return err
		})
		expect(t, "lead after undo", texts(t, k, "lead", lead, leadFields...), "qualified", "", "", "", "", "")
		if about := texts(t, k, "activity", call, "about"); about[0] != "lead:"+lead.String() {
			t.Errorf("the call is about %v after undo", about)
		}
	})
}

func TestConversionIsUndone(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		c, act := convert(t, k, k.Rita, lead, sales.Options{Deal: record.Values{}})
		k.Pass(time.Hour)
		k.Write(t, k.Rita, func(s *record.Session) error {
			u, err := s.Undo(t.Context(), act)
			if err == nil && (len(u.Kept) != 0 || u.Deleted != 3) {
				t.Errorf("undo: %+v", u)
			}
			return err
		})
		expect(t, "lead after undo", texts(t, k, "lead", lead, "status", "converted_account", "converted_at", "converted_by"), "qualified", "", "", "")
		for object, id := range map[string]value.ID{"account": c.Account, "contact": c.Contact, "deal": c.Deal} {
			err := k.Workspace.Read(t.Context(), apptest.As(k.Rita), func(s *record.Session) error {
				_, err := s.Get(t.Context(), object, id)
				return err
			})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("the %s is still there: %v", object, err)
			}
		}
		again, _ := convert(t, k, k.Rita, lead, sales.Options{})
		if again.Account == 0 || again.Account == c.Account || again.Deal != 0 {
			t.Errorf("converted again after undo: %+v", again)
		}
	})
}

func TestConvertLinksWhatIsThere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "ACME Pumps", "website": "https://acme.example/en"})
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "A. Ek", "email": "ek@home.example", "more_emails": "anna@acme.example"})
		stranger := k.Create(t, k.Rita, "contact", record.Values{"name": "Somebody", "email": "x@y.example"})
		lead, _ := anna(t, k)
		k.Read(t, k.Rita, func(s *record.Session) error {
			matches, err := sales.Matches(t.Context(), s, lead)
			want := []sales.Match{{Object: "contact", ID: contact, Title: "A. Ek", By: "email"}, {Object: "account", ID: account, Title: "ACME Pumps", By: "domain"}}
			if err == nil && !slices.Equal(matches, want) {
				t.Errorf("matches %v, want %v without %v", matches, want, stranger)
			}
			return err
		})
		c, _ := convert(t, k, k.Rita, lead, sales.Options{Account: sales.Target{ID: account}, Contact: sales.Target{ID: contact}})
		if c.Account != account || c.Contact != contact || c.Deal != 0 {
			t.Errorf("conversion %+v", c)
		}
		expect(t, "the contact had no account", texts(t, k, "contact", contact, "account", "email"), account.String(), "ek@home.example")
		expect(t, "the account stays as it was", texts(t, k, "account", account, "name", "primary_contact"), "ACME Pumps", "")

		legal := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme Pumps GmbH & Co. KG", "email": "who@gmail.com"})
		k.Create(t, k.Rita, "account", record.Values{"name": "Acmeist Pumps", "email": "other@gmail.com"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			matches, err := sales.Matches(t.Context(), s, legal)
			if want := []sales.Match{{Object: "account", ID: account, Title: "ACME Pumps", By: "name"}}; err == nil && !slices.Equal(matches, want) {
				t.Errorf("matches %v, want %v", matches, want)
			}
			return err
		})

		// A contact who has an account brings it along.
		other := k.Create(t, k.Rita, "lead", record.Values{"name": "Anna", "company": "Acme Ltd"})
		c, _ = convert(t, k, k.Rita, other, sales.Options{Contact: sales.Target{ID: contact}})
		if c.Account != account {
			t.Errorf("account %v, want that of the contact", c.Account)
		}
		// Without company there is a person only, without person a company only.
		alone := k.Create(t, k.Rita, "lead", record.Values{"name": "Sukarno", "phone": "+62 21 1234567"})
		if c, _ = convert(t, k, k.Rita, alone, sales.Options{Deal: record.Values{}}); c.Account != 0 || c.Contact == 0 || c.Deal == 0 {
			t.Errorf("a private person became %+v", c)
		}
		firm := k.Create(t, k.Rita, "lead", record.Values{"company": "Nobody Known Ltd"})
		if c, _ = convert(t, k, k.Rita, firm, sales.Options{}); c.Account == 0 || c.Contact != 0 {
			t.Errorf("a company became %+v", c)
		}
	})
}

func TestConversionsThatCannotBe(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "Somebody"})
		for path, o := range map[string]sales.Options{
			"account":       {Account: sales.Target{ID: contact}},
			"contact":       {Contact: sales.Target{ID: contact, Values: record.Values{"name": "X"}}},
			"contact.email": {Contact: sales.Target{Values: record.Values{"email": "a@b"}}},
			"account.nmae":  {Account: sales.Target{Values: record.Values{"nmae": "X"}}},
			"deal.amount":   {Deal: record.Values{"amount": "-5"}},
		} {
			err := tryConvert(t, k, k.Rita, lead, o)
			if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != path {
				t.Errorf("%s: %v", path, err)
			}
		}
		if err := tryConvert(t, k, k.Rita, lead, sales.Options{Account: sales.Target{None: true}, Contact: sales.Target{None: true}}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a lead became nothing: %v", err)
		}
		if err := tryConvert(t, k, k.Olga, lead, sales.Options{}); !fault.Is(err, fault.Forbidden) { // sees it, may not change it
			t.Errorf("a rep of another team converted the lead: %v", err)
		}
		if err := tryConvert(t, k, k.Rita, contact, sales.Options{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("converted what is no lead: %v", err)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", lead, 0, record.Values{"status": "converted"})
			return err
		})
		if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || e.Fields[0].Key != "lead.convert_instead" {
			t.Errorf("called converted by hand: %v", err)
		}
		// Nothing of all that came about.
		expect(t, "lead", texts(t, k, "lead", lead, "status", "version"), "qualified", "1")
		if got := named(t, k, "account"); len(got) != 0 {
			t.Errorf("accounts %q", got)
		}
	})
}

func named(t *testing.T, k *apptest.Kit, object string) (names []string) {
	t.Helper()
	k.Read(t, k.Ada, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: object})
		if err != nil {
			return err
		}
		names = nil
		for _, r := range page.Records {
			names = append(names, r.Title())
		}
		return nil
	})
	return names
}

// Two who convert a lead at once make one customer.
func TestTwoConvertAtOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		errs := make(chan error, 4)
		for _, who := range []value.ID{k.Rita, k.Max, k.Rita, k.Bob} {
			go func() {
				errs <- k.Try(t.Context(), who, func(s *record.Session) error {
					_, err := sales.Convert(t.Context(), s, lead, sales.Options{Deal: record.Values{}})
					return err
				})
			}()
		}
		good := 0
		for range 4 {
			if err := <-errs; err == nil {
				good++
			} else if !fault.Is(err, fault.Conflict) {
				t.Errorf("the loser learns %v", err)
			}
		}
		for _, object := range []string{"account", "contact", "deal"} {
			if got := named(t, k, object); good != 1 || len(got) != 1 {
				t.Errorf("%d conversions made %q", good, got)
			}
		}
	})
}

// A lead with more activities than fit into one statement brings them all
// along; a deal in the trash that they are about too stays theirs.
func TestManyActivitiesComeAlong(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		manyActivities(t, k, 520)
		lead, gone, c, act := manyActivities(t, k, 3)
		k.Write(t, k.Rita, func(s *record.Session) error {
			u, err := s.Undo(t.Context(), act)
			if err == nil && len(u.Kept) > 0 {
				t.Errorf("undo kept %v", u.Kept)
			}
			return err
		})
		if l, a, d := about(t, k, lead), about(t, k, c.Account), about(t, k, gone); l != 4 || a != 0 || d != 3 {
			t.Errorf("after undo: %d about the lead, %d about the account, %d about the deal", l, a, d)
		}
	})
}

func manyActivities(t *testing.T, k *apptest.Kit, n int64) (lead, gone value.ID, c sales.Conversion, act value.ID) {
	t.Helper()
	lead, _ = anna(t, k)
	gone = k.Create(t, k.Rita, "deal", record.Values{"name": "Old", "contact": k.Create(t, k.Rita, "contact", record.Values{"name": "Old"})})
	k.Write(t, k.Rita, func(s *record.Session) error {
		b := record.Batch{Object: "activity"}
		for range n {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"kind": "note", "body": "again",
				"about": []schema.Ref{{Object: "lead", ID: lead}, {Object: "deal", ID: gone}}}})
		}
		if _, err := s.Save(t.Context(), b); err != nil {
			return err
		}
		return s.Delete(t.Context(), "deal", gone)
	})
	c, act = convert(t, k, k.Rita, lead, sales.Options{})
	for what, id := range map[string]value.ID{"lead": lead, "account": c.Account, "contact": c.Contact} {
		if got := about(t, k, id); got != n+1 {
			t.Errorf("%d activities about the %s, want %d", got, what, n+1)
		}
	}
	if got := about(t, k, gone); got != n {
		t.Errorf("%d activities about a deal in the trash, want %d", got, n)
	}
	return lead, gone, c, act
}

// about counts what is about a record.
func about(t *testing.T, k *apptest.Kit, id value.ID) (n int64) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		_, err := s.Tx().Row(t.Context(), `SELECT count(*) FROM {link_about} WHERE record = $1`, []any{id}, &n)
		return err
	})
	return n
}

// What a role may not read of a lead does not come to light on the contact.
func TestHiddenFieldsStayHidden(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		role := k.Create(t, k.Ada, "role", record.Values{"name": "Blind", "permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all", "delete": "all"}},
			"fields": {"lead.phone": "masked", "lead.email": "none", "contact.job_title": "read"}}`})
		update(t, k, k.Ada, "member", k.Max, record.Values{"role": role})
		c, _ := convert(t, k, k.Max, lead, sales.Options{})
		expect(t, "contact", texts(t, k, "contact", c.Contact, "name", "phone", "email", "job_title"), "Anna Ek", "", "", "")

		second, _ := anna(t, k)
		update(t, k, k.Ada, "role", role, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}}, "fields": {"lead.status": "read"}}`})
		if err := tryConvert(t, k, k.Max, second, sales.Options{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("converted by somebody who may not set the status: %v", err)
		}
		update(t, k, k.Ada, "role", role, record.Values{"permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}, "account": {"read": "all", "create": "none"}}}`})
		if err := tryConvert(t, k, k.Max, second, sales.Options{}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("an account made by somebody who may not: %v", err)
		}
		if c, _ := convert(t, k, k.Max, second, sales.Options{Account: sales.Target{None: true}}); c.Account != 0 || c.Contact == 0 {
			t.Errorf("without the account: %+v", c)
		}
	})
}

func TestConvertedLeadsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		lead, _ := anna(t, k)
		c, _ := convert(t, k, k.Rita, lead, sales.Options{})
		for _, v := range []record.Values{{"name": "Other"}, {"status": "working"}, {"email": nil}, {"description": "x", "tags": nil}} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "lead", lead, 0, v)
				return err
			})
			if e, ok := fault.As(err); !ok || e.Kind != fault.Conflict || e.Key != "lead.converted" {
				t.Errorf("%v on a converted lead: %v", v, err)
			}
		}
		update(t, k, k.Rita, "lead", lead, record.Values{"description": "Met at the fair, again"})
		update(t, k, k.Bob, "lead", lead, record.Values{"owner": k.Max})

		// A later follow-up lands on the customer, also where its author does
		// not see him; who takes the customer out is not overruled.
		k.Pass(time.Hour)
		k.Write(t, k.Ada, func(s *record.Session) error {
			o, err := s.Object("account")
			if err != nil {
				return err
			}
			return access.SetOpenness(t.Context(), s.Tx(), o, access.Private)
		})
		note := k.Create(t, k.Max, "activity", record.Values{"kind": "note", "body": "Wants more", "about": []schema.Ref{{Object: "lead", ID: lead}}})
		for object, id := range map[string]value.ID{"lead": lead, "account": c.Account, "contact": c.Contact} {
			if got := subjects(t, k, object, id); !slices.Equal(got, []string{"Wants more", "First call"}) {
				t.Errorf("timeline of the %s: %q", object, got)
			}
			expect(t, object, texts(t, k, object, id, "last_activity_at"), "2026-03-02T13:00:00Z")
		}
		update(t, k, k.Rita, "activity", note, record.Values{"about": []schema.Ref{{Object: "lead", ID: lead}}})
		if got := subjects(t, k, "contact", c.Contact); !slices.Equal(got, []string{"First call"}) {
			t.Errorf("timeline of the contact: %q", got)
		}

		k.Write(t, k.Rita, func(s *record.Session) error { // the links go with what they point at
			if err := s.Delete(t.Context(), "contact", c.Contact); err != nil {
				return err
			}
			return s.Delete(t.Context(), "account", c.Account)
		})
		expect(t, "lead", texts(t, k, "lead", lead, "status", "converted_account", "converted_contact"), "converted", "", "")
	})
}

// What is open and what is attached comes along, and goes back with an undo,
// but for what others attached.
func TestOpenWorkAndFilesComeAlong(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "ACME Pumps"})
		contact := k.Create(t, k.Rita, "contact", record.Values{"name": "A. Ek", "email": "anna@acme.example", "account": account})
		lead, call := anna(t, k)
		task := k.Create(t, k.Rita, "activity", record.Values{"kind": "task", "subject": "Send prices", "due_at": apptest.Noon.Add(24 * time.Hour),
			"about": []schema.Ref{{Object: "lead", ID: lead}}})
		attach(t, k, "lead", lead, "plan.pdf")
		attach(t, k, "account", account, "contract.pdf")
		k.Read(t, k.Rita, func(s *record.Session) error {
			matches, err := sales.Matches(t.Context(), s, lead)
			want := []sales.Match{{Object: "contact", ID: contact, Title: "A. Ek", By: "email", Account: account, AccountTitle: "ACME Pumps"},
				{Object: "account", ID: account, Title: "ACME Pumps", By: "contact"}}
			if err == nil && !slices.Equal(matches, want) {
				t.Errorf("matches %v, want %v", matches, want)
			}
			return err
		})
		c, act := convert(t, k, k.Rita, lead, sales.Options{Contact: sales.Target{ID: contact}, Deal: record.Values{}})
		refs := func(ids map[string]value.ID) string {
			var list []string
			for _, object := range []string{"account", "contact", "deal", "lead"} {
				if id, ok := ids[object]; ok {
					list = append(list, object+":"+id.String())
				}
			}
			return strings.Join(list, ", ")
		}
		all := map[string]value.ID{"account": account, "contact": contact, "deal": c.Deal, "lead": lead}
		expect(t, "the open task", texts(t, k, "activity", task, "about"), refs(all))
		expect(t, "the deal's next step", texts(t, k, "deal", c.Deal, "next_activity_at"), "2026-03-03T12:00:00Z")
		delete(all, "deal")
		expect(t, "the call", texts(t, k, "activity", call, "about"), refs(all))
		for object, want := range map[string][]string{"lead": {"plan.pdf"}, "contact": {"plan.pdf"}, "deal": {"plan.pdf"}, "account": {"contract.pdf", "plan.pdf"}} {
			id := c.Deal
			if object != "deal" {
				id = all[object]
			}
			if got := attached(t, k, object, id); !slices.Equal(got, want) {
				t.Errorf("files of the %s: %q, want %q", object, got, want)
			}
		}

		k.Write(t, k.Rita, func(s *record.Session) error {
			u, err := s.Undo(t.Context(), act)
			if err == nil && len(u.Kept) > 0 {
				t.Errorf("undo kept %v", u.Kept)
			}
			return err
		})
		expect(t, "the task after undo", texts(t, k, "activity", task, "about"), "lead:"+lead.String())
		for object, want := range map[string][]string{"lead": {"plan.pdf"}, "contact": nil, "account": {"contract.pdf"}} {
			if got := attached(t, k, object, all[object]); !slices.Equal(got, want) {
				t.Errorf("files of the %s after undo: %q, want %q", object, got, want)
			}
		}
	})
}

func attach(t *testing.T, k *apptest.Kit, object string, id value.ID, name string) {
	t.Helper()
	blob, err := k.Workspace.Engine().Upload(t.Context(), strings.NewReader(name))
	if err != nil {
		t.Fatal(err)
	}
	k.Write(t, k.Rita, func(s *record.Session) error {
		_, err := s.Attach(t.Context(), object, id, name, blob)
		return err
	})
}

func attached(t *testing.T, k *apptest.Kit, object string, id value.ID) (names []string) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		files, err := s.Files(t.Context(), object, id)
		names = nil
		for _, f := range files {
			names = append(names, f.Name)
		}
		slices.Sort(names)
		return err
	})
	return names
}
