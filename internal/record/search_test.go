package record

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// found lists a search's hits as "object:title(field)", in order.
func (k *kit) found(who value.ID, text string, objects ...string) string {
	k.t.Helper()
	var list []string
	k.as(who, func(s *Session) {
		r, err := s.Search(k.ctx(), SearchQuery{Text: text, Objects: objects})
		if err != nil {
			k.t.Fatalf("search %q: %v", text, err)
		}
		if r.Typo {
			list = append(list, "~")
		}
		for _, h := range r.Hits {
			list = append(list, h.Object.Name+":"+h.Title+"("+h.Field+")")
		}
	})
	return strings.Join(list, " ")
}

func newSearchSet(t testing.TB, server *store.Server) *kit {
	k := newFigures(t, server)
	k.make("account", k.rep, Values{"name": "Müller Maschinenbau"})
	k.make("account", k.rep, Values{"name": "北京市贸易公司"})
	k.make("account", k.rep, Values{"name": "Ромашка Сервис"})
	k.make("account", k.other, Values{"name": "Maschinenbau Nord"})
	k.make("contact", k.rep, Values{"name": "Ann O'Neil", "email": "ann@acme-tools.com", "phone": "+49 30 901820"})
	k.make("deal", k.rep, Values{"name": "Lathe 4711", "phone": "+49 30 777666", "note": "wants a Müller machine"})
	k.make("deal", k.rep, Values{"name": "Muller"})
	k.make("deal", k.mate, Values{"name": "Second Muller order"})
	return k
}

func TestSearch(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		tests := []struct {
			who        value.ID
			text, want string
		}{
			// called so, begins so, in the title, elsewhere; the newest first
			{k.rep, "müller", "deal:Muller(name) account:Müller Maschinenbau(name) deal:Second Muller order(name) deal:Lathe 4711(note)"},
			{k.rep, "MUL", "deal:Muller(name) account:Müller Maschinenbau(name) deal:Second Muller order(name) deal:Lathe 4711(note)"},
			{k.rep, "order muller", "deal:Second Muller order(name)"},
			{k.rep, "muller mach", "deal:Lathe 4711(note)"},
			{k.rep, "京市", "account:北京市贸易公司(name)"},
			{k.rep, "ромашка", "account:Ромашка Сервис(name)"},
			{k.rep, "oneil", "contact:Ann O'Neil(name)"},
			{k.rep, "ann@acme", "contact:Ann O'Neil(email)"},
			{k.rep, "me-tools", "contact:Ann O'Neil(email)"},
			{k.rep, "71", ""},
			{k.rep, "711", "deal:Lathe 4711(name)"},
			{k.rep, "030 901820", ""},
			{k.rep, "30 90-18 20", "contact:Ann O'Neil(phone)"},
			{k.rep, "schinen", "account:Müller Maschinenbau(name)"},
			{k.rep, "", ""},
			{k.rep, "!?", ""},
			// a colleague of another team finds his own, an admin everything
			{k.other, "maschinen", "account:Maschinenbau Nord(name)"},
			{k.other, "muller", ""},
			{k.other, "lathe 4711", ""},
			{k.admin, "maschinenbau", "account:Maschinenbau Nord(name) account:Müller Maschinenbau(name)"},
			{k.boss, "maschinenbau", "account:Maschinenbau Nord(name) account:Müller Maschinenbau(name)"},
			// one letter wrong
			{k.rep, "mulelr", "~ deal:Muller(name) account:Müller Maschinenbau(name) deal:Second Muller order(name)"},
			{k.rep, "lthe", "~ deal:Lathe 4711(name)"},
			{k.rep, "maschinenbsu", "~ account:Müller Maschinenbau(name)"},
			{k.other, "lthe", ""},
			{k.other, "mulelr", ""},
		}
		for _, test := range tests {
			got := k.found(test.who, test.text)
			if test.want != got && !sameHits(test.want, got) {
				t.Errorf("member %d, %q:\n got %s\nwant %s", test.who, test.text, got, test.want)
			}
		}
		if got := k.found(k.rep, "muller", "account"); got != "account:Müller Maschinenbau(name)" {
			t.Errorf("among accounts: %s", got)
		}
	})
}

// sameHits compares typos without order: they rank alike.
func sameHits(want, got string) bool {
	if !strings.HasPrefix(want, "~") {
		return false
	}
	a, b := strings.Split(want, " "), strings.Split(got, " ")
	slices.Sort(a)
	slices.Sort(b)
	return len(b) >= len(a) && strings.HasPrefix(got, "~") && strings.Contains(strings.Join(b, " "), a[0])
}

// A shared record is found by whom it is shared with, and by nobody else; few
// shares and many take different ways.
func TestSearchShares(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		if got := k.found(k.other, "lathe"); got != "" {
			t.Fatalf("before the share: %s", got)
		}
		id := k.make("deal", k.rep, Values{"name": "Lathe shared"})
		k.share("deal", id, k.other)
		want := "deal:Lathe shared(name)"
		if got := k.found(k.other, "lathe"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		b := Batch{Object: "deal"}
		for i := range fewShares + 5 {
			b.Changes = append(b.Changes, Change{Values: Values{"name": fmt.Sprint("Drill ", i), "owner": k.rep}})
		}
		var out []Outcome
		if err := k.write(0, func(s *Session) (err error) { out, err = s.Save(k.ctx(), b); return err }); err != nil {
			t.Fatal(err)
		}
		k.settle(func(tx *store.Tx) error {
			for _, o := range out {
				if err := access.Share(k.ctx(), tx, access.Grant{Object: k.object("deal"), Record: o.ID, Member: k.other,
					Level: access.ReadLevel, By: k.admin, At: noon}); err != nil {
					return err
				}
			}
			return nil
		})
		if got := k.found(k.other, "lathe"); got != want {
			t.Errorf("with many shares: got %s, want %s", got, want)
		}
		if got := k.found(k.other, "drill 7"); !strings.HasPrefix(got, "deal:Drill 7(name)") {
			t.Errorf("with many shares: got %s", got)
		}
	})
}

// An old record is found behind more newer ones of others than are looked at one
// by one, by a word and by a fragment.
func TestSearchBehindOthers(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		k.make("deal", k.other, Values{"name": "Drill old"})
		b := Batch{Object: "deal"}
		for i := range peekedPostings + 5 {
			b.Changes = append(b.Changes, Change{Values: Values{"name": fmt.Sprint("Drill ", i), "owner": k.rep}})
		}
		if err := k.write(0, func(s *Session) error { _, err := s.Save(k.ctx(), b); return err }); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"drill", "dril", "rill", "drill ol", "old drill"} {
			if got := k.found(k.other, text); got != "deal:Drill old(name)" {
				t.Errorf("%q: got %q", text, got)
			}
		}
	})
}

// What is changed is found by its new text only, what is deleted not at all,
// and a new owner's team finds it in place of the old one's.
func TestSearchFollowsWrites(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		id := k.make("deal", k.rep, Values{"name": "Grinder"})
		step := func(fn func(s *Session) error) {
			t.Helper()
			if err := k.write(0, fn); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(who value.ID, text, want string) {
			t.Helper()
			if got := k.found(who, text); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
		expect(k.rep, "grinder", "deal:Grinder(name)")
		step(func(s *Session) error {
			_, err := s.Update(k.ctx(), "deal", id, 0, Values{"name": "Polisher"})
			return err
		})
		expect(k.rep, "grinder", "")
		expect(k.rep, "polisher", "deal:Polisher(name)")
		step(func(s *Session) error {
			_, err := s.Update(k.ctx(), "deal", id, 0, Values{"owner": k.other})
			return err
		})
		expect(k.rep, "polisher", "")
		expect(k.other, "polisher", "deal:Polisher(name)")
		step(func(s *Session) error { return s.Delete(k.ctx(), "deal", id) })
		expect(k.other, "polisher", "")
		step(func(s *Session) error { return s.Restore(k.ctx(), "deal", id) })
		expect(k.other, "polisher", "deal:Polisher(name)")
	})
}

// A field that some role may not read is in no search text; a role that loses
// it takes it out with the next re-index, and at once for those who lost it.
func TestSearchLeavesGuardedFieldsOut(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		if got := k.found(k.admin, "4930777666"); got != "" { // the clerk's role masks the phones of deals
			t.Errorf("a masked field is found: %s", got)
		}
		secret := `{"objects":{"*":{"read":"all"}},"fields":{"deal.note":"none"}}`
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), "UPDATE {role} SET permissions = $1 WHERE id = $2", secret, k.desk)
			return err
		})
		if got := k.found(k.clerk, "wants machine"); got != "" {
			t.Errorf("the clerk finds a note: %s", got)
		}
		if err := k.engine.Reindex(k.ctx(), "deal"); err != nil {
			t.Fatal(err)
		}
		if got := k.found(k.admin, "wants machine"); got != "" {
			t.Errorf("the note is still in the text: %s", got)
		}
		if got := k.found(k.rep, "lathe"); got != "deal:Lathe 4711(name)" {
			t.Errorf("after re-indexing: %q", got)
		}
	})
}

func TestSearchRefuses(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		k.as(k.rep, func(s *Session) {
			for _, q := range []SearchQuery{{Text: "x", Limit: 101}, {Text: "x", Limit: -1}, {Text: "x", Objects: []string{"nonsense"}}} {
				if _, err := s.Search(k.ctx(), q); err == nil {
					t.Errorf("%+v is taken", q)
				} else if _, ok := fault.As(err); !ok {
					t.Errorf("%+v: %v", q, err)
				}
			}
			for _, text := range []string{`" OR "`, "*", "a* b", "tags : x", "'", `\`, "%", "_", "(((", "NOT", "-a", strings.Repeat("ab ", 5000), "\uE000x", "~u1", "a\u0301"} {
				if _, err := s.Search(k.ctx(), SearchQuery{Text: text}); err != nil {
					t.Errorf("%.20q: %v", text, err)
				}
				if _, _, err := s.Count(k.ctx(), Query{Object: "deal", Text: text}); err != nil {
					t.Errorf("list %.20q: %v", text, err)
				}
			}
		})
	})
}

// The text box of a list finds words and fragments, under the list's rights.
func TestListText(t *testing.T) {
	t.Parallel()
	figures.Each(t, func(t *testing.T, server *store.Server) {
		k := newSearchSet(t, server)
		for text, want := range map[string]string{"lathe": "Lathe 4711", "711": "Lathe 4711", "mul ord": "Second Muller order", "none": ""} {
			if got := k.names(k.rep, Query{Object: "deal", Text: text, Fields: []string{"name"}}); got != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
		if got := k.names(k.other, Query{Object: "deal", Text: "lathe", Fields: []string{"name"}}); got != "" {
			t.Errorf("another team's list shows %q", got)
		}
	})
}

func TestOneApart(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{{"muller", "mulelr", true}, {"muller", "mullr", true}, {"mullr", "muller", true}, {"muller", "mullar", true},
		{"muller", "miller", true}, {"muller", "mlluer", false}, {"abc", "xyz", false}, {"ab", "ba", true}, {"münchen", "munchen", true}}
	for _, test := range tests {
		if got := oneApart([]rune(test.a), []rune(test.b)); got != test.want {
			t.Errorf("%s, %s: %v", test.a, test.b, got)
		}
	}
}
