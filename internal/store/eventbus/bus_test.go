package eventbus

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"wellmet/internal/value"
)

// each runs test on a bus of each kind; other is a second node's end of it (the same one where there is
// but one process).
func each(t *testing.T, test func(t *testing.T, bus, other Bus)) {
	t.Run("local", func(t *testing.T) {
		t.Parallel()
		bus := NewLocal()
		test(t, bus, bus)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := direct(t)
		channel := "test_" + rand.Text()
		open := func() Bus {
			b, err := NewPostgres(t.Context(), url, channel, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		test(t, open(), open())
	})
}

// direct is the address of a PostgreSQL without a pooler.
func direct(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"WELLMET_TEST_POSTGRES_DIRECT", "WELLMET_TEST_POSTGRES"} {
		if url := os.Getenv(name); url != "" {
			return url
		}
	}
	t.Skip("set WELLMET_TEST_POSTGRES=postgres://… to run this on PostgreSQL, too")
	return ""
}

func receive(t *testing.T, from chan Event) Event {
	t.Helper()
	select {
	case e := <-from:
		return e
	case <-time.After(time.Minute):
		t.Fatal("no event")
		return Event{}
	}
}

func TestEventsReachOtherNodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, bus, other Bus) {
		got := make(chan Event, 100)
		cancel := other.Subscribe(func(events []Event) {
			for _, e := range events {
				got <- e
			}
		})
		want := Event{Workspace: "main", Object: "deal", ID: 42, Version: 3}
		bus.Publish(want)
		if e := receive(t, got); e != want {
			t.Errorf("got %+v", e)
		}
		cancel()
		bus.Publish(want)
		if err := bus.Close(); err != nil {
			t.Error(err)
		}
		if other != bus {
			other.Close()
		}
		if len(got) != 0 {
			t.Errorf("an event after cancelling: %+v", <-got)
		}
		bus.Publish(want) // after Close: nothing, and no panic
	})
}

func TestBurstIsPutTogether(t *testing.T) {
	t.Parallel()
	bus := NewLocal()
	busy, release := make(chan struct{}), make(chan struct{})
	var got []Event
	bus.Subscribe(func(events []Event) {
		if len(got) == 0 {
			close(busy)
			<-release
		}
		got = append(got, events...)
	})
	bus.Publish(Event{Object: "a"})
	<-busy
	for v := range int64(1000) {
		bus.Publish(Event{Object: "deal", ID: value.ID(v % 2), Version: v})
	}
	close(release)
	bus.Close()
	want := []Event{{Object: "a"}, {Object: "deal", ID: 0, Version: 998}, {Object: "deal", ID: 1, Version: 999}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v", got)
	}
}

func TestHugeBurstShrinks(t *testing.T) {
	t.Parallel()
	p := newPending()
	for i := range 3 * maxPending {
		p.add([]Event{{Object: "deal", ID: value.ID(i + 1), Version: 1}})
	}
	events, _ := p.take()
	if len(events) != maxPending+1 || events[maxPending].ID != 0 {
		t.Errorf("%d events", len(events))
	}
	for _, text := range payloads(events) {
		if len(text) > maxPayload {
			t.Errorf("payload of %d bytes", len(text))
		}
	}
}

func TestListenerComesBack(t *testing.T) {
	t.Parallel()
	url := direct(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	bus, err := NewPostgres(ctx, url, "test_"+rand.Text(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan Event, 1000)
	bus.Subscribe(func(events []Event) {
		for _, e := range events {
			got <- e
		}
	})
	c, err := bus.sender(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	kill := c.ExecParams(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1",
		[][]byte{[]byte(`LISTEN "` + bus.channel + `"`)}, nil, nil, nil).Read()
	if kill.Err != nil || len(kill.Rows) != 1 {
		t.Fatalf("%d listeners, %v", len(kill.Rows), kill.Err)
	}
	for n := int64(1); ; n++ { // hints before the new LISTEN are lost by design
		bus.Publish(Event{Object: "deal", Version: n})
		select {
		case <-got:
			bus.Close()
			return
		case <-time.After(20 * time.Millisecond):
		}
		if n > 500 {
			t.Fatal("no event came through again")
		}
	}
}
