package mail_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/mail"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

const source = "From: Ingrid <ingrid@nordlys.example>\nTo: Rita <rita@test.example>, tor@nordlys.example\nCc: new@else.example, second@nordlys.example\n" +
	"Subject: Terms\nDate: Fri, 27 Feb 2026 09:42:00 +0100\nMessage-ID: <1@nordlys.example>\n\nFine.\n"

func read(t *testing.T, source string) *mail.Message {
	t.Helper()
	m, err := mail.Read([]byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMailLandsOnThoseWhoTookPart(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		ingrid := k.Create(t, k.Rita, "contact", record.Values{"name": "Ingrid", "email": "Ingrid@nordlys.example"})
		second := k.Create(t, k.Rita, "contact", record.Values{"name": "Second", "email": "x@nordlys.example", "more_emails": []any{"second@nordlys.example"}})
		tor := k.Create(t, k.Olga, "lead", record.Values{"name": "Tor", "email": "tor@nordlys.example"})
		deal := k.Create(t, k.Rita, "account", record.Values{"name": "Nordlys"})
		m := read(t, source)
		var kept mail.Kept
		keep := func(who value.ID, about ...schema.Ref) error {
			return k.Try(t.Context(), who, func(s *record.Session) (err error) {
				kept, err = mail.Keep(t.Context(), s, m, about, nil)
				return err
			})
		}
		if err := keep(k.Rita, schema.Ref{Object: "account", ID: deal}); err != nil {
			t.Fatal(err)
		}
		about := []schema.Ref{{Object: "account", ID: deal}, {Object: "contact", ID: ingrid}, {Object: "contact", ID: second}}
		seesLead := false
		k.Read(t, k.Rita, func(s *record.Session) error {
			_, err := s.Get(t.Context(), "lead", tor)
			seesLead = err == nil
			return nil
		})
		if seesLead {
			about = append(about, schema.Ref{Object: "lead", ID: tor})
		}
		if !same(kept.About, about) || kept.Known {
			t.Errorf("about %v, want %v", kept.About, about)
		}
		if len(kept.Strangers) == 0 || kept.Strangers[len(kept.Strangers)-1].Email != "new@else.example" {
			t.Errorf("strangers %v", kept.Strangers)
		}
		first := kept.Activity
		if err := keep(k.Rita, schema.Ref{Object: "account", ID: deal}); err != nil || !kept.Known || kept.Added || kept.Activity != first {
			t.Errorf("again: %+v %v", kept, err)
		}
		k.Read(t, k.Rita, func(s *record.Session) error {
			r, err := s.Get(t.Context(), "activity", first)
			if err != nil {
				return err
			}
			if r.Title() != "Terms" || schema.Neutral(r.Field("at")) != "2026-02-27T08:42:00Z" || r.Field("inbound") != true || !strings.HasSuffix(r.Field("body").(string), "\n\nFine.") {
				t.Errorf("%q at %v: %v", r.Title(), r.Field("at"), r.Field("body"))
			}
			return nil
		})
		absent := keep(k.Rita, schema.Ref{Object: "account", ID: 12345})
		if !fault.Is(absent, fault.NotFound) {
			t.Errorf("about a record that is not there: %v", absent)
		}
	})
}

func same(a, b []schema.Ref) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(r schema.Ref) bool { return !slices.Contains(b, r) })
}

func TestSameMailAtOnceIsKeptOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Nordlys"})
		about := []schema.Ref{{Object: "account", ID: account}}
		m := read(t, source)
		var wg sync.WaitGroup
		ids := make([]value.ID, 8)
		for i := range ids {
			wg.Go(func() {
				for range 3 {
					err := k.Try(t.Context(), []value.ID{k.Rita, k.Ada}[i%2], func(s *record.Session) error {
						kept, err := mail.Keep(t.Context(), s, m, about, nil)
						ids[i] = kept.Activity
						return err
					})
					if err == nil {
						return
					}
					if !mail.Clashed(err) {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			if id != ids[0] || id == 0 {
				t.Errorf("kept as %v", ids)
			}
		}
		k.Read(t, k.Ada, func(s *record.Session) error {
			n, _, err := s.Count(t.Context(), record.Query{Object: "activity", Filter: `kind = "mail"`, Count: record.CountExact})
			if n != 1 {
				t.Errorf("%d mails", n)
			}
			return err
		})
	})
}

func TestMailOfOthersTellsNothing(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		m := read(t, source)
		var first value.ID
		k.Write(t, k.Olga, func(s *record.Session) error {
			kept, err := mail.Keep(t.Context(), s, m, nil, nil)
			if err != nil {
				return err
			}
			first = kept.Activity
			_, err = s.Update(t.Context(), "activity", first, 0, record.Values{"private": true})
			return err
		})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Nordlys"})
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := mail.Keep(t.Context(), s, m, []schema.Ref{{Object: "account", ID: account}}, nil)
			return err
		})
		if f, ok := fault.As(err); !ok || f.Key != "mail.elsewhere" {
			t.Errorf("%v", err)
		}
	})
}
