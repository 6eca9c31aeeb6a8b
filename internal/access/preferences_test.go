package access

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
	"wellmet/internal/value"
)

func TestPreferences(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Server) {
		storetest.Workspace(t, s)
		g := newGate(t, s)
		user := g.user("ada@example.com", value.NewID(noon))
		got, err := g.Preferences(g.ctx(), user)
		g.must(err)
		if got != (Preferences{}) {
			t.Errorf("fresh: %+v", got)
		}
		want := Preferences{Language: "fi", Zone: "Europe/Helsinki", Theme: "dark", Dense: true, NoKeys: true}
		g.must(want.Check([]string{"en", "fi"}))
		g.must(g.SetPreferences(g.ctx(), user, want))
		got, err = g.Preferences(g.ctx(), user)
		g.must(err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	for _, bad := range []Preferences{{Zone: "Mars/Base"}, {Language: "tlh"}, {Theme: "pink"}} {
		if err := bad.Check([]string{"en"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
