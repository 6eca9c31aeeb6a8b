package app_test

import (
	"testing"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/app/apptest"
	"wellmet/internal/record"
	"wellmet/internal/store/eventbus"
)

// heard waits for a hint.
func heard(t *testing.T, w *app.Watch) bool {
	t.Helper()
	select {
	case <-w.Ready():
		return true
	case <-w.Done():
		return false
	case <-time.After(time.Minute):
		t.Fatal("nothing was heard")
		return false
	}
}

func TestWatchesHearAfterTheCommit(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		live := k.App.Live()
		w, end := live.Watch(k.Workspace.Slug(), "s", 0, []string{"account"})
		defer end()
		elsewhere, endElsewhere := live.Watch("other", "s", 0, []string{"account"})
		defer endElsewhere()
		k.Create(t, k.Rita, "lead", record.Values{"name": "not watched"})
		id := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		heard(t, w)
		if events := w.Take(); len(events) != 1 || events[0].ID != id || events[0].Object != "account" {
			t.Errorf("heard %+v", events)
		}
		if again := w.Take(); len(again) != 0 {
			t.Errorf("heard twice: %+v", again)
		}
		k.Create(t, k.Rita, "account", record.Values{"name": "first"})
		heard(t, w)
		k.Create(t, k.Rita, "account", record.Values{"name": "while the first is looked at"})
		var both []eventbus.Event
		for len(both) < 2 {
			both = append(both, w.Take()...)
		}
		select {
		case <-w.Ready():
			t.Error("there is said to be more when all was taken")
		default:
		}
		if events := elsewhere.Take(); len(events) != 0 {
			t.Errorf("another workspace heard %+v", events)
		}
		b := record.Batch{Object: "account"}
		for range 200 {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": "many"}})
		}
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Save(t.Context(), b)
			return err
		})
		heard(t, w)
		if events := w.Take(); len(events) != 1 || events[0].ID != 0 {
			t.Errorf("of many heard %d", len(events))
		}
	})
}

// A page is read, and watches a while after: what came between is known.
func TestWhatWasHeardSinceAMark(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		live, slug := k.App.Live(), k.Workspace.Slug()
		w, end := live.Watch(slug, "s", 0, []string{"account"})
		defer end()
		before := live.Mark()
		k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		heard(t, w)
		after := live.Mark()
		for _, x := range []struct {
			mark, workspace, object string
			want                    bool
		}{
			{before, slug, "account", true}, {after, slug, "account", false}, {before, slug, "lead", false}, {before, "other", "account", false},
			{"", slug, "account", true}, {"another node.9", slug, "lead", true}, {after + "-", slug, "lead", true},
		} {
			if got := live.Since(x.mark, x.workspace, x.object); got != x.want {
				t.Errorf("%+v: %v", x, got)
			}
		}
	})
}

func TestSessionsWatchWithFewPages(t *testing.T) {
	t.Parallel()
	k := apptest.Open(t, app.Config{})
	live := k.App.Live()
	var all []*app.Watch
	for range 4 {
		w, end := live.Watch(k.Workspace.Slug(), "one", 0, []string{"deal"})
		defer end()
		all = append(all, w)
	}
	other, end := live.Watch(k.Workspace.Slug(), "two", 0, []string{"deal"})
	defer end()
	over := func(w *app.Watch) bool {
		select {
		case <-w.Done():
			return true
		default:
			return false
		}
	}
	for i, w := range all {
		if over(w) != (i == 0) {
			t.Errorf("page %d of 4: over %v", i, over(w))
		}
	}
	if over(other) {
		t.Error("another session lost its page")
	}
	live.HangUp()
	if late, end := live.Watch(k.Workspace.Slug(), "three", 0, []string{"deal"}); !over(late) || !over(other) {
		t.Error("the server stops and still listens")
		end()
	}
}
