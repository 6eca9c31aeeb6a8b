package sales_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// hideAccounts lets everybody see the accounts of their own alone.
func hideAccounts(t *testing.T, k *apptest.Kit) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		o, err := s.Object("account")
		if err != nil {
			return err
		}
		return access.SetOpenness(t.Context(), s.Tx(), o, access.Private)
	})
}

// told converts and answers what is said beside it, as "key args".
func told(t *testing.T, k *apptest.Kit, by, lead value.ID, o sales.Options) (c sales.Conversion, said []string) {
	t.Helper()
	k.Write(t, by, func(s *record.Session) (err error) {
		said = nil
		c, err = sales.Convert(t.Context(), s, lead, o)
		for _, w := range s.Warnings() {
			said = append(said, fmt.Sprint(w.Key, w.Args))
		}
		return err
	})
	return c, said
}

// Who may not see whose deal it is joins it without an account, and no answer
// depends on whose it is.
func TestADealOfAnAccountOutOfSight(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		hidden := k.Create(t, k.Olga, "account", record.Values{"name": "Secret"})
		mine := k.Create(t, k.Rita, "account", record.Values{"name": "Mine"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": hidden})
		hideAccounts(t, k)
		lead, _ := anna(t, k)
		for name, o := range map[string]sales.Options{
			"one of his":  {Join: deal, Account: sales.Target{ID: mine}},
			"a new one":   {Join: deal, Account: sales.Target{Values: record.Values{"name": "New"}}},
			"the hidden":  {Join: deal, Account: sales.Target{ID: hidden}},
			"none at all": {Join: deal, Account: sales.Target{ID: 99}},
		} {
			err := tryConvert(t, k, k.Rita, lead, o)
			if e, ok := fault.As(err); !ok || len(e.Fields) != 1 || e.Fields[0].Path != "account" || e.Fields[0].Key != "convert.unseen_account" || strings.Contains(fmt.Sprint(e), "Secret") {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := named(t, k, "account"); len(got) != 2 {
			t.Errorf("accounts %q", got)
		}
		c, said := told(t, k, k.Rita, lead, sales.Options{Join: deal})
		if c.Account != 0 || c.Contact == 0 || c.Deal != deal || len(said) != 0 {
			t.Errorf("joined as %+v with %q", c, said)
		}
		expect(t, "contact", texts(t, k, "contact", c.Contact, "name", "account"), "Anna Ek", "")
		expect(t, "deal", texts(t, k, "deal", deal, "account", "contact"), hidden.String(), c.Contact.String())
		// A company of which nobody is known becomes the deal alone.
		firm := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		if c, _ = told(t, k, k.Rita, firm, sales.Options{Join: deal}); c.Account != 0 || c.Contact != 0 || c.Deal != deal {
			t.Errorf("a company became %+v", c)
		}
		// Who sees it all is told as before.
		other, _ := anna(t, k)
		err := tryConvert(t, k, k.Ada, other, sales.Options{Join: deal, Account: sales.Target{ID: mine}})
		if e, ok := fault.As(err); !ok || e.Fields[0].Key != "convert.other_account" {
			t.Errorf("Ada: %v", err)
		}
		if c, _ = told(t, k, k.Ada, other, sales.Options{Join: deal}); c.Account != hidden {
			t.Errorf("Ada's account %+v", c)
		}
	})
}

// Where the role hides the field, a deal of the same account, of another one and
// of none answer alike.
func TestADealWhoseAccountARoleHides(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		mine := k.Create(t, k.Max, "account", record.Values{"name": "Mine"})
		deals := map[string]record.Values{"same": {"account": mine}, "another": {"account": k.Create(t, k.Max, "account", record.Values{"name": "Other"})},
			"none": {"contact": k.Create(t, k.Max, "contact", record.Values{"name": "Bo"})}}
		role := k.Create(t, k.Ada, "role", record.Values{"name": "Blind", "permissions": `{"objects": {"*": {"read": "all", "create": "all", "update": "all"}},
			"fields": {"deal.account": "none"}}`})
		for _, v := range deals {
			v["name"] = "Deal"
		}
		ids := map[string]value.ID{}
		for name, v := range deals {
			ids[name] = k.Create(t, k.Max, "deal", v)
		}
		update(t, k, k.Ada, "member", k.Max, record.Values{"role": role})
		for name, deal := range ids {
			lead, _ := anna(t, k)
			err := tryConvert(t, k, k.Max, lead, sales.Options{Join: deal, Account: sales.Target{ID: mine}})
			if e, ok := fault.As(err); !ok || e.Fields[0].Key != "convert.unseen_account" {
				t.Errorf("%s: %v", name, err)
			}
			was := texts(t, k, "deal", deal, "account")
			c, said := told(t, k, k.Max, lead, sales.Options{Join: deal})
			if c.Account != 0 || c.Contact == 0 || slices.ContainsFunc(said, func(x string) bool { return strings.Contains(x, "account") }) {
				t.Errorf("%s: %+v with %q", name, c, said)
			}
			expect(t, name, texts(t, k, "deal", deal, "account"), was...)
		}
	})
}

// A contact who is there brings an account along only for who sees it, stays with
// that account, and both page and answer say so.
func TestAContactOfAnotherAccount(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		hidden := k.Create(t, k.Olga, "account", record.Values{"name": "Secret"})
		mine := k.Create(t, k.Rita, "account", record.Values{"name": "Mine"})
		theirs := k.Create(t, k.Olga, "contact", record.Values{"name": "A. Ek", "email": "anna@acme.example", "account": hidden})
		bo := k.Create(t, k.Rita, "contact", record.Values{"name": "Bo", "email": "bo@acme.example", "account": mine})
		cy := k.Create(t, k.Rita, "contact", record.Values{"name": "Cy", "email": "cy@acme.example", "account": mine})
		hideAccounts(t, k)
		matched := func(by, lead value.ID) (list []string) {
			k.Read(t, by, func(s *record.Session) error {
				matches, err := sales.Matches(t.Context(), s, lead)
				list = nil
				for _, m := range matches {
					list = append(list, m.Title+" of "+m.AccountTitle)
				}
				return err
			})
			return list
		}
		lead, _ := anna(t, k)
		if got := matched(k.Rita, lead); !slices.Equal(got, []string{"A. Ek of "}) {
			t.Errorf("Rita is offered %q", got)
		}
		if got := matched(k.Ada, lead); !slices.Equal(got, []string{"A. Ek of Secret", "Secret of "}) {
			t.Errorf("Ada is offered %q", got)
		}
		c, said := told(t, k, k.Rita, lead, sales.Options{Contact: sales.Target{ID: theirs}, Deal: record.Values{}})
		if c.Account != 0 || c.Contact != theirs || c.Deal == 0 || len(said) != 0 {
			t.Errorf("%+v with %q", c, said)
		}
		lead, _ = anna(t, k)
		if c, said = told(t, k, k.Rita, lead, sales.Options{Contact: sales.Target{ID: theirs}, Account: sales.Target{ID: mine}}); c.Account != mine || len(said) != 0 {
			t.Errorf("into one of his: %+v with %q", c, said)
		}
		expect(t, "contact", texts(t, k, "contact", theirs, "account"), hidden.String())

		// A colleague of the same company, whom the lead names, stays where she is, too.
		lead, _ = anna(t, k)
		k.Create(t, k.Rita, "lead_person", record.Values{"lead": lead, "name": "Cy", "email": "cy@acme.example"})
		c, said = told(t, k, k.Rita, lead, sales.Options{Contact: sales.Target{ID: bo}, Account: sales.Target{Values: record.Values{"name": "New"}}})
		want := []string{"convert.keeps_accountmap[account:Mine contact:Cy]", "convert.keeps_accountmap[account:Mine contact:Bo]"}
		if !slices.Equal(said, want) || c.Account == mine || c.Account == 0 {
			t.Errorf("%+v with %q, want %q", c, said, want)
		}
		expect(t, "Bo and Cy", append(texts(t, k, "contact", bo, "account"), texts(t, k, "contact", cy, "account")...), mine.String(), mine.String())
	})
}

// All people of a company lead become contacts, however many one page holds; more
// than an act can take are refused before anything happens.
func TestManyPeopleOfALead(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		lead := k.Create(t, k.Rita, "lead", record.Values{"company": "Acme"})
		people := func(from, to int) {
			k.Write(t, k.Rita, func(s *record.Session) error {
				for chunk := range slices.Chunk(slices.Collect(func(yield func(int) bool) {
					for i := from; i < to && yield(i); i++ {
					}
				}), 500) {
					b := record.Batch{Object: "lead_person"}
					for _, i := range chunk {
						b.Changes = append(b.Changes, record.Change{Values: record.Values{"lead": lead, "name": fmt.Sprintf("Person %04d", i)}})
					}
					if _, err := s.Save(t.Context(), b); err != nil {
						return err
					}
				}
				return nil
			})
		}
		people(0, 510)
		c, act := convert(t, k, k.Rita, lead, sales.Options{})
		if len(c.People) != 510 || c.Contact != c.People[0] {
			t.Fatalf("%d people", len(c.People))
		}
		expect(t, "last", texts(t, k, "contact", c.People[509], "name", "account"), "Person 0509", c.Account.String())
		takeBack(t, k, k.Rita, act) // a long one, by a job
		k.Drain(t)
		if got := named(t, k, "contact"); len(got) != 0 {
			t.Errorf("%d contacts after undo", len(got))
		}
		people(510, 2001)
		err := tryConvert(t, k, k.Rita, lead, sales.Options{})
		if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || e.Key != "convert.too_many_people" {
			t.Errorf("too many: %v", err)
		}
		expect(t, "lead", texts(t, k, "lead", lead, "status"), "new")
	})
}
