package commerce_test

import (
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/commerce"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// shop is an installation with a customer and two products.
type shop struct {
	*apptest.Kit
	account, contact, pump, care value.ID
}

func each(t *testing.T, test func(t *testing.T, k *shop)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, kit *apptest.Kit) {
		k := &shop{Kit: kit}
		k.account = k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		k.contact = k.Create(t, k.Rita, "contact", record.Values{"name": "Ann Smith", "account": k.account})
		k.pump = k.Create(t, k.Ada, "product", record.Values{"name": "Pump", "price": "100.00", "tax_rate": "20"})
		k.care = k.Create(t, k.Ada, "product", record.Values{"name": "Care", "price": "12.50", "tax_rate": "20", "billing": "monthly"})
		test(t, k)
	})
}

// deal opens a deal with three pumps, a tenth off, and a year of care.
func (k *shop) deal(t *testing.T) value.ID {
	t.Helper()
	deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Pumps", "account": k.account, "contact": k.contact})
	k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": k.pump, "quantity": "3", "discount": "10", "position": int64(1)})
	k.Create(t, k.Rita, "deal_line", record.Values{"deal": deal, "product": k.care, "position": int64(2)})
	return deal
}

func (k *shop) win(t *testing.T, deal value.ID) {
	t.Helper()
	k.Write(t, k.Rita, func(s *record.Session) error {
		_, err := sales.Win(t.Context(), s, deal, 0, sales.Close{})
		return err
	})
}

// contracts lists the contracts of a deal, oldest first.
func (k *shop) contracts(t *testing.T, deal value.ID) (list []*record.Record) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		page, err := s.Query(t.Context(), record.Query{Object: "contract", Filter: `deal = "` + deal.String() + `"`, Sort: "id"})
		if err == nil {
			list = page.Records
		}
		return err
	})
	return list
}

// signed is the contract of a won deal, signed.
func (k *shop) signed(t *testing.T) value.ID {
	t.Helper()
	deal := k.deal(t)
	k.win(t, deal)
	contract := k.contracts(t, deal)[0].ID
	k.sign(t, contract)
	return contract
}

func (k *shop) sign(t *testing.T, contract value.ID) {
	t.Helper()
	k.Write(t, k.Rita, func(s *record.Session) error {
		_, err := commerce.Sign(t.Context(), s, contract, 0, 0)
		return err
	})
}

// book books a receipt and answers it, or what refused it.
func (k *shop) book(t *testing.T, b commerce.Booking) (id value.ID, err error) {
	t.Helper()
	err = k.Try(t.Context(), k.Rita, func(s *record.Session) error {
		out, err := commerce.Book(t.Context(), s, b)
		id = out.ID
		return err
	})
	return id, err
}

// plan plans a contract's payments in shares, monthly from the day.
func (k *shop) plan(t *testing.T, contract value.ID, shares, from string) []value.ID {
	t.Helper()
	parts, count, err := commerce.ParseShares(shares)
	if err != nil {
		t.Fatal(err)
	}
	first, err := value.ParseDate(from)
	if err != nil {
		t.Fatal(err)
	}
	var ids []value.ID
	k.Write(t, k.Rita, func(s *record.Session) (err error) {
		ids, err = commerce.ReplacePlan(t.Context(), s, contract, commerce.Split{Parts: parts, Count: count, First: first, Every: "monthly"})
		return err
	})
	return ids
}

// want compares fields of a record as neutral text.
func (k *shop) want(t *testing.T, object string, id value.ID, want map[string]string) {
	t.Helper()
	k.Read(t, k.Rita, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err != nil {
			t.Errorf("%s: %v", object, err)
			return nil
		}
		for name, text := range want {
			if got := schema.Neutral(r.Field(name)); got != text {
				t.Errorf("%s: %s = %q, want %q", object, name, got, text)
			}
		}
		return nil
	})
}

// refused checks the key of a refusal, its own or that of a field.
func refused(t *testing.T, err error, key string) {
	t.Helper()
	f, ok := fault.As(err)
	if !ok {
		t.Errorf("want %s, got %v", key, err)
		return
	}
	keys := []string{f.Key}
	for _, x := range f.Fields {
		keys = append(keys, x.Key)
	}
	for _, k := range keys {
		if k == key {
			return
		}
	}
	t.Errorf("refused with %v, want %s", keys, key)
}

func eur(minor int64) value.Money { return value.Money{Minor: minor, Currency: "EUR"} }

func (k *shop) update(t *testing.T, who value.ID, object string, id value.ID, v record.Values) error {
	t.Helper()
	return k.Try(t.Context(), who, func(s *record.Session) error {
		_, err := s.Update(t.Context(), object, id, 0, v)
		return err
	})
}

func (k *shop) drop(t *testing.T, who value.ID, object string, id value.ID) error {
	t.Helper()
	return k.Try(t.Context(), who, func(s *record.Session) error { return s.Delete(t.Context(), object, id) })
}

func (k *shop) count(t *testing.T, who value.ID, object, filter string) (n int64) {
	t.Helper()
	k.Read(t, who, func(s *record.Session) (err error) {
		n, _, err = s.Count(t.Context(), record.Query{Object: object, Filter: filter, Count: record.CountExact})
		return err
	})
	return n
}
