package board_test

import (
	"fmt"
	"testing"

	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/webtest"
)

// shop is a site with an account and the stages of its pipeline.
type shop struct {
	*webtest.Site
	account value.ID
	stages  map[string]value.ID
}

func newShop(t testing.TB, s *webtest.Site) *shop {
	t.Helper()
	x := &shop{Site: s, stages: map[string]value.ID{}}
	x.account = s.Create(t, s.Rita, "account", record.Values{"name": "Acme"})
	s.Read(t, s.Ada, func(se *record.Session) error {
		p, err := se.Query(t.Context(), record.Query{Object: "stage", Limit: 100})
		if err != nil {
			return err
		}
		for _, r := range p.Records {
			x.stages[r.Title()] = r.ID
		}
		return nil
	})
	return x
}

// deal makes a deal of Rita's.
func (x *shop) deal(t testing.TB, name, stage string, euro int64) value.ID {
	t.Helper()
	return x.Create(t, x.Rita, "deal", record.Values{"name": name, "account": x.account, "stage": x.stages[stage],
		"amount": value.Money{Minor: euro * 100, Currency: "EUR"}})
}

// many makes deals of Rita's at once.
func (x *shop) many(t testing.TB, n int, stage string) {
	t.Helper()
	for n > 0 {
		b := record.Batch{Object: "deal"}
		for i := 0; i < min(n, 1000); i++ {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprintf("Deal %d", n-i), "account": x.account,
				"stage": x.stages[stage], "amount": value.Money{Minor: 100_00, Currency: "EUR"}}})
		}
		x.Write(t, x.Rita, func(s *record.Session) error {
			_, err := s.Save(t.Context(), b)
			return err
		})
		n -= len(b.Changes)
	}
}

// field reads a record's field as the administrator sees it.
func (x *shop) field(t testing.TB, object string, id value.ID, name string) (v any, version int64) {
	t.Helper()
	x.Read(t, x.Ada, func(s *record.Session) error {
		r, err := s.Get(t.Context(), object, id)
		if err == nil {
			v, version = r.Field(name), r.Version
		}
		return err
	})
	return v, version
}
