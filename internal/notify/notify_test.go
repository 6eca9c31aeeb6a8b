package notify_test

import (
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// closed lets members see their own team's records of an object alone.
func closed(t *testing.T, k *apptest.Kit, objects ...string) {
	t.Helper()
	k.Write(t, k.Ada, func(s *record.Session) error {
		for _, name := range objects {
			if err := access.SetOpenness(t.Context(), s.Tx(), s.Schema().MustObject(name), access.Private); err != nil {
				return err
			}
		}
		return nil
	})
}

// inbox is what a member reads, latest first: "*" before what is unread.
func inbox(t *testing.T, k *apptest.Kit, member value.ID) (texts []string, items []notify.Item) {
	t.Helper()
	k.Read(t, member, func(s *record.Session) (err error) {
		items, _, err = notify.Inbox(t.Context(), s, notify.Page{Limit: 50})
		texts = nil
		unread := int64(0)
		for _, x := range items {
			mark := ""
			if !x.Read {
				mark = "*"
				unread++
			}
			texts = append(texts, mark+x.Text("en"))
		}
		if n, err := notify.Unread(t.Context(), s); err != nil || n != unread {
			t.Errorf("%d unread, %v; want %d", n, err, unread)
		}
		return err
	})
	return texts, items
}

func wants(t *testing.T, k *apptest.Kit, member value.ID, want ...string) []notify.Item {
	t.Helper()
	got, items := inbox(t, k, member)
	if strings.Join(got, " | ") != strings.Join(want, " | ") {
		t.Errorf("inbox of %s:\ngot  %q\nwant %q", member, got, want)
	}
	return items
}

func TestANewOwnerIsTold(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		acme := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		wants(t, k, k.Rita) // her own act
		give := func(by, to value.ID) {
			k.Write(t, by, func(s *record.Session) error {
				_, err := s.Update(t.Context(), "account", acme, 0, record.Values{"owner": to})
				return err
			})
		}
		give(k.Bob, k.Max)
		wants(t, k, k.Max, "*Bob gave you Acme.")
		wants(t, k, k.Bob)
		wants(t, k, k.Rita)
		k.Create(t, k.Ada, "account", record.Values{"name": "Bolt", "owner": k.Max})
		items := wants(t, k, k.Max, "*Ada gave you Bolt.", "*Bob gave you Acme.")
		k.Write(t, k.Max, func(s *record.Session) error { return notify.MarkRead(t.Context(), s, true, items[0].ID) })
		k.Write(t, k.Rita, func(s *record.Session) error { return notify.MarkRead(t.Context(), s, true, items[1].ID) }) // not hers
		wants(t, k, k.Max, "Ada gave you Bolt.", "*Bob gave you Acme.")
		k.Write(t, k.Max, func(s *record.Session) error { return notify.MarkRead(t.Context(), s, true) })
		wants(t, k, k.Max, "Ada gave you Bolt.", "Bob gave you Acme.")
	})
}

func TestManyAtOnceAreOneNotice(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		b := record.Batch{Object: "account"}
		for range 40 {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "A", "owner": k.Olga}})
		}
		k.Write(t, k.Bob, func(s *record.Session) error {
			_, err := s.Save(t.Context(), b)
			return err
		})
		items := wants(t, k, k.Olga, "*Bob gave you 40 records.")
		if items[0].URL != "/accounts?sort=-updated_at" {
			t.Errorf("leads to %q", items[0].URL)
		}
		for _, who := range []record.Who{record.AsSystem("test"), {Member: k.Bob, Door: "import"}} {
			if err := k.Workspace.Write(t.Context(), who, func(s *record.Session) error {
				_, err := s.Create(t.Context(), "account", record.Values{"name": "Quiet", "owner": k.Olga})
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		wants(t, k, k.Olga, "*Bob gave you 40 records.")
	})
}

func TestNobodyIsToldOfWhatHeMayNotRead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		closed(t, k, "account")
		acme := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		tell := func(to ...value.ID) {
			k.Write(t, k.Bob, func(s *record.Session) error {
				return notify.Send(t.Context(), s, notify.Notice{To: to, Key: "notify.owner", Link: schema.Ref{Object: "account", ID: acme}.String()})
			})
		}
		tell(k.Rita, k.Max, k.Olga, k.Bob, k.Rita, 77, 0)
		wants(t, k, k.Rita, "*Bob gave you Acme.")
		for _, other := range []value.ID{k.Max, k.Olga, k.Bob} {
			wants(t, k, other)
		}
		// What one may not read any more says nothing either.
		k.Write(t, k.Ada, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", acme, 0, record.Values{"owner": k.Olga})
			return err
		})
		items := wants(t, k, k.Rita, "*Something that you can no longer see.")
		if items[0].Link.ID != 0 || items[0].Title != "" {
			t.Errorf("tells %+v", items[0])
		}
		wants(t, k, k.Olga, "*Ada gave you Acme.")
	})
}

func TestChoices(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		choose := func(c notify.Choice) error {
			return k.Try(t.Context(), k.Max, func(s *record.Session) error { return notify.Choose(t.Context(), s.Tx(), k.Max, c) })
		}
		if err := choose(notify.Choice{Kind: "nonsense"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("an unknown kind: %v", err)
		}
		if err := choose(notify.Choice{Kind: notify.Owner}); err != nil {
			t.Fatal(err)
		}
		k.Create(t, k.Bob, "account", record.Values{"name": "Acme", "owner": k.Max})
		wants(t, k, k.Max)
		if err := choose(notify.Choice{Kind: notify.Owner, Inbox: true}); err != nil {
			t.Fatal(err)
		}
		k.Create(t, k.Bob, "account", record.Values{"name": "Bolt", "owner": k.Max})
		wants(t, k, k.Max, "*Bob gave you Bolt.")
		k.Read(t, k.Max, func(s *record.Session) error {
			all, err := notify.Choices(t.Context(), s.Tx(), k.Max)
			if err != nil || all[1] != (notify.Choice{Kind: notify.Owner, Inbox: true}) || !all[0].Mail {
				t.Errorf("choices %+v, %v", all, err)
			}
			return nil
		})
	})
}
