package activity_test

import (
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

func person(t *testing.T, k *apptest.Kit, name, email string) value.ID {
	t.Helper()
	in, err := k.Workspace.AddMember(t.Context(), record.AsSystem("test"), app.NewMember{Name: name, Email: email, Password: apptest.Password, Role: access.RepRole, Team: "South"})
	if err != nil {
		t.Fatal(err)
	}
	return in.Member
}

func says(t *testing.T, k *apptest.Kit, member value.ID, want ...string) []notify.Item {
	t.Helper()
	items := k.Inbox(t, member)
	var got []string
	for _, x := range items {
		got = append(got, x.Text("en"))
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	return items
}

func TestACommentMentionsColleagues(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		anna, wang := person(t, k, "Анна Кузнецова", "anna@test.example"), person(t, k, "王伟", "wang@test.example")
		twin, other := person(t, k, "Ana López", "ana1@test.example"), person(t, k, "Ana López", "ana2@test.example")
		acme := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		about := []schema.Ref{{Object: "account", ID: acme}}
		note := func(v record.Values) value.ID {
			v["kind"], v["about"] = "note", about
			return k.Create(t, k.Rita, "activity", v)
		}
		id := note(record.Values{"body": "@анна кузнецова, спроси @王伟你好 и @Max. @Maxim @Rita mail@Olga.example"})
		says(t, k, anna, "Rita mentioned you: Acme")
		says(t, k, wang, "Rita mentioned you: Acme")
		says(t, k, k.Max, "Rita mentioned you: Acme")
		says(t, k, k.Rita)
		says(t, k, k.Olga)
		k.Write(t, k.Rita, func(s *record.Session) error { // an edit tells whoever is new
			_, err := s.Update(t.Context(), "activity", id, 0, record.Values{"body": "@Max and @Olga"})
			return err
		})
		says(t, k, k.Max, "Rita mentioned you: Acme")
		says(t, k, k.Olga, "Rita mentioned you: Acme")
		k.Read(t, k.Rita, func(s *record.Session) error {
			a, err := s.Get(t.Context(), "activity", id)
			if err == nil && len(a.Field("mentions").([]value.ID)) != 2 {
				t.Errorf("mentions %v", a.Field("mentions"))
			}
			return err
		})
		note(record.Values{"body": "@Ana López which?"})
		says(t, k, twin)
		note(record.Values{"body": "@ana lopez this one", "mentions": []value.ID{other}})
		says(t, k, twin)
		says(t, k, other, "Rita mentioned you: Acme")
		note(record.Values{"body": "@Bob", "private": true})
		says(t, k, k.Bob)
	})
}

func TestWhoMayNotReadAsksForAccess(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		k.Write(t, k.Ada, func(s *record.Session) error {
			for _, name := range []string{"deal", "activity"} {
				if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
					return err
				}
			}
			_, err := s.Update(t.Context(), "member", k.Rita, 0, record.Values{"manager": k.Bob})
			return err
		})
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		deal := k.Create(t, k.Rita, "deal", record.Values{"name": "Secret takeover", "account": account})
		k.Create(t, k.Rita, "activity", record.Values{"kind": "note", "body": "@Olga the price is 5 million", "about": []schema.Ref{{Object: "deal", ID: deal}}})
		reads := func(member value.ID) bool {
			return k.Workspace.Read(t.Context(), apptest.As(member), func(s *record.Session) error {
				_, err := s.Get(t.Context(), "deal", deal)
				return err
			}) == nil
		}
		x := says(t, k, k.Olga, "Rita mentioned you in a comment that you may not see. It is about: Deal.")[0]
		if x.Title != "" || x.Link.ID != 0 || !x.Blind || reads(k.Olga) {
			t.Fatalf("told %+v", x)
		}
		// Nobody else can ask by her notice, nor share by the owner's.
		if err := k.Try(t.Context(), k.Max, func(s *record.Session) error { _, err := notify.Ask(t.Context(), s, x.ID); return err }); !fault.Is(err, fault.NotFound) {
			t.Errorf("Max asks: %v", err)
		}
		for range 2 { // asking twice is asking once
			k.Write(t, k.Olga, func(s *record.Session) error { _, err := notify.Ask(t.Context(), s, x.ID); return err })
		}
		asked := says(t, k, k.Rita, "Olga asks to see Secret takeover.")[0]
		says(t, k, k.Bob, "Olga asks to see Secret takeover.") // her manager could share it too
		share := func(member value.ID) error {
			return k.Try(t.Context(), member, func(s *record.Session) error { _, err := notify.Share(t.Context(), s, asked.ID); return err })
		}
		if err := share(k.Max); !fault.Is(err, fault.NotFound) || reads(k.Olga) {
			t.Errorf("Max shares: %v", err)
		}
		for range 2 {
			if err := share(k.Rita); err != nil {
				t.Fatal(err)
			}
		}
		if !reads(k.Olga) || reads(k.Max) {
			t.Errorf("Olga reads: %v, Max reads: %v", reads(k.Olga), reads(k.Max))
		}
		items := k.Inbox(t, k.Olga)
		if items[0].Text("en") != "Rita lets you see Secret takeover." || items[0].Link.ID != deal {
			t.Errorf("Olga is told %q", items[0].Text("en"))
		}
	})
}
