package customer_test

import (
	"slices"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/customer"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// named answers the names of the accounts that a filter finds.
func named(t *testing.T, k *apptest.Kit, object, filter string) (names []string) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		names = nil
		page, err := s.Query(t.Context(), record.Query{Object: object, Filter: filter, Sort: "name", Fields: []string{"name"}})
		if err != nil {
			return err
		}
		for _, r := range page.Records {
			names = append(names, r.Title())
		}
		return nil
	})
	return names
}

func TestWhoOnlySuppliesIsNoCustomer(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ids := map[string]value.ID{}
		for name, kinds := range map[string]any{"A nothing said": nil, "B customer": "customer", "C both": []any{"supplier", "customer"},
			"D supplier": "supplier", "E competitor": "competitor", "F prospect": "prospect", "G town": []any{"public_body", "customer"}} {
			ids[name] = k.Create(t, k.Rita, "account", record.Values{"name": name, "kinds": kinds, "industry": "Food", "employees": 40})
			k.Create(t, k.Rita, "deal", record.Values{"name": "Deal " + name, "account": ids[name], "amount": "10"})
		}
		want := []string{"A nothing said", "B customer", "C both", "G town"}
		if got := named(t, k, "account", "is_customer"); !slices.Equal(got, want) {
			t.Errorf("customers %q, want %q", got, want)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			for name, want := range map[string]int64{"customers-by-industry": 4, "customers-by-size": 4, "customers-by-owner": 4, "accounts-by-kind": 7, "deals-by-account": 5, "deals-by-industry": 5, "deals-by-stage": 7} {
				table, err := k.App.Reports().Run(t.Context(), s, name, report.Params{})
				if err != nil {
					return err
				}
				if got := table.Total.Values[0].Value; got != want {
					t.Errorf("%s counts %v, want %d", name, got, want)
				}
			}
			return nil
		})
		k.Write(t, k.Rita, func(s *record.Session) error { // the supplier begins to buy
			_, err := s.Update(t.Context(), "account", ids["D supplier"], 0, record.Values{"kinds": []any{"supplier", "customer"}})
			return err
		})
		if got := named(t, k, "account", `is_customer and size = "small" and kinds contains "supplier"`); !slices.Equal(got, []string{"C both", "D supplier"}) {
			t.Errorf("customers that supply: %q", got)
		}
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", ids["B customer"], 0, record.Values{"is_customer": false})
			return err
		})
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("somebody typed what follows from the kinds: %v", err)
		}
	})
}

func TestTags(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme", "tags": []any{"VIP", " Key  account ", "vip", "100%_sure"}})
		for _, object := range []string{"contact", "lead"} {
			k.Create(t, k.Rita, object, record.Values{"name": "Anna", "tags": "vip; Äpfel, 重要"})
		}
		k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": account, "tags": []any{"vip"}})
		for _, object := range []string{"account", "contact", "lead", "deal"} {
			if got := named(t, k, object, `tags contains "vip"`); len(got) != 1 {
				t.Errorf("%s with the tag: %q", object, got)
			}
			if got := named(t, k, object, `tags contains "vi"`); len(got) != 0 {
				t.Errorf("%s with half the tag: %q", object, got)
			}
			if got := named(t, k, object, `tags is empty or tags in ("key account", "äpfel")`); (len(got) == 1) == (object == "deal") {
				t.Errorf("%s with other tags: %q", object, got)
			}
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			a, err := s.Get(t.Context(), "account", account)
			if err != nil {
				return err
			}
			if tags, _ := record.Get(a, customer.AccountTags); !slices.Equal(tags, []string{"vip", "key account", "100%_sure"}) {
				t.Errorf("tags %q", tags)
			}
			for text, want := range map[string]int{"vip": 4, "äpfel": 2, "重要": 2, "key account": 1} {
				found, err := s.Search(t.Context(), record.SearchQuery{Text: text})
				if err != nil {
					return err
				}
				if len(found.Hits) != want {
					t.Errorf("search for %s finds %d, want %d", text, len(found.Hits), want)
				}
			}
			return nil
		})
		k.Create(t, k.Rita, "account", record.Values{"name": "Untagged"})
		k.Read(t, k.Rita, func(s *record.Session) error {
			table, err := k.App.Reports().Run(t.Context(), s, "accounts-by-tag", report.Params{Filter: `name != "Other"`})
			if err != nil {
				return err
			}
			var got []string
			for _, row := range table.Rows {
				got = append(got, row.Labels[0])
				if n, _, err := s.Count(t.Context(), record.Query{Object: "account", Filter: row.Filter, Count: record.CountExact}); err != nil || n != row.Values[0].Value {
					t.Errorf("%s: %d records behind %v (%v)", row.Filter, n, row.Values[0].Value, err)
				}
			}
			if want := []string{"", "100%_sure", "key account", "vip"}; !slices.Equal(got, want) || table.Total.Values[0].Value != int64(2) {
				t.Errorf("tags %q of %v accounts, want %q", got, table.Total.Values[0].Value, want)
			}
			return nil
		})
		for _, bad := range []any{[]any{"a,b"}, []any{"a|b"}, []any{"x;y"}, []any{"123456789012345678901234567890123456789012345678901"}, 7} {
			err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "account", account, 0, record.Values{"tags": bad})
				return err
			})
			if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Path != "tags" {
				t.Errorf("tags %v: %v", bad, err)
			}
		}
		err := k.Try(t.Context(), k.Olga, func(s *record.Session) error { // may see the account, may not change it
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"tags": "new"})
			return err
		})
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a tag from another team: %v", err)
		}
		k.Write(t, k.Max, func(s *record.Session) error { // same team
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"tags": "Brand new"})
			return err
		})
		k.Read(t, k.Rita, func(s *record.Session) error {
			a, err := s.Get(t.Context(), "account", account)
			if err == nil && schema.Neutral(a.Field("tags")) != "brand new" {
				t.Errorf("tags %v", a.Field("tags"))
			}
			return err
		})
	})
}
