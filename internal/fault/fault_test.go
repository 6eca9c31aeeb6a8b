package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorSaysEverythingForTheLog(t *testing.T) {
	t.Parallel()
	err := New(Conflict, "record.stale", Args{"object": "deal", "id": 42}).
		With(Field{Path: "amount", Key: "record.changed", Row: 3, Args: Args{"by": "Ann"}}).
		Because(io.EOF)
	want := "conflict: record.stale(id=42, object=deal); row 3 amount record.changed(by=Ann): EOF"
	if got := err.Error(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestWithAndBecauseLeaveTheOriginalAlone(t *testing.T) {
	t.Parallel()
	first := New(Invalid, "a.b", nil).With(Field{Path: "x"})
	one, two := first.With(Field{Path: "y"}), first.With(Field{Path: "z"}).Because(io.EOF)
	if len(first.Fields) != 1 || errors.Is(first, io.EOF) {
		t.Errorf("the original changed: %v", first)
	}
	if one.Fields[1].Path != "y" || two.Fields[1].Path != "z" {
		t.Errorf("copies share their fields: %v, %v", one, two)
	}
}

func TestAsAndIsLookThroughWrapping(t *testing.T) {
	t.Parallel()
	inner := New(NotFound, "deal.absent", nil)
	err := fmt.Errorf("move deal 42: %w", inner)
	if got, ok := As(err); !ok || got != inner {
		t.Errorf("As = %v, %v", got, ok)
	}
	if !Is(err, NotFound) || Is(err, Invalid) || Is(io.EOF, Invalid) || Is(nil, Invalid) {
		t.Error("Is tells kinds apart wrongly")
	}
	if outer := New(Unavailable, "store.busy", nil).Because(inner); !Is(outer, Unavailable) {
		t.Error("the outermost fault decides")
	}
	var none *Error
	if _, ok := As(error(none)); ok {
		t.Error("a nil fault is no fault")
	}
	if !errors.Is(inner.Because(io.EOF), io.EOF) {
		t.Error("the cause is lost")
	}
}

func TestAt(t *testing.T) {
	t.Parallel()
	f := New(Invalid, "value.date", Args{"value": "x"}).At("close_date", "x")
	if f.Path != "close_date" || f.Key != "value.date" || f.Args["value"] != "x" || f.Value != "x" || f.Row != 0 {
		t.Errorf("got %+v", f)
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	for k := Invalid; k <= Unavailable; k++ {
		if kindNames[k] == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
	if got := Kind(0).String() + ", " + Kind(99).String(); got != "kind 0, kind 99" {
		t.Errorf("got %s", got)
	}
}
