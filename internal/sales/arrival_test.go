package sales_test

import (
	"sync"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/value"
)

// leadAt makes a lead at a door.
func leadAt(t *testing.T, k *apptest.Kit, door string, v record.Values) (lead value.ID) {
	t.Helper()
	who := record.Who{Member: k.Rita, Door: door, Cause: "test"}
	if err := k.Workspace.Write(t.Context(), who, func(s *record.Session) error {
		out, err := s.Create(t.Context(), "lead", v)
		lead = out.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return lead
}

// Whichever door a lead comes in at, it says how and when, and has its touch.
func TestEveryDoorSaysHowALeadCame(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		noon := "2026-03-02T12:00:00Z"
		for door, want := range map[string][2]string{"page": {"manual", "By hand"}, "api": {"api", "API"}, "import": {"import", "Import"}, "cli": {"other", "Other"}} {
			lead := leadAt(t, k, door, record.Values{"name": "By " + door, "captured_at": nil})
			source := only(t, k, "lead_source", `way = "`+want[0]+`"`).String()
			expect(t, door, texts(t, k, "lead", lead, "source", "channel", "captured_at", "touch_count", "first_source", "first_touch_at"),
				want[0], want[1], noon, "1", source, noon)
		}
		given := leadAt(t, k, "page", record.Values{"name": "Given", "source": "event", "channel": "Hall 3", "captured_at": "2026-02-01T08:00:00Z"})
		expect(t, "given", texts(t, k, "lead", given, "source", "channel", "captured_at", "touch_count", "first_touch_at"),
			"event", "Hall 3", "2026-02-01T08:00:00Z", "1", "2026-02-01T08:00:00Z")
		half := leadAt(t, k, "page", record.Values{"name": "Half", "source": "phone"})
		expect(t, "half given", texts(t, k, "lead", half, "source", "channel"), "phone", "By hand")
		k.Write(t, k.Ada, func(s *record.Session) error { // no longer in use
			_, err := s.Update(t.Context(), "lead_source", only(t, k, "lead_source", `way = "manual"`), 0, record.Values{"active": false})
			return err
		})
		other := leadAt(t, k, "page", record.Values{"name": "Other"})
		expect(t, "a way without a source", texts(t, k, "lead", other, "source", "first_source"), "manual", only(t, k, "lead_source", `way = "other"`).String())
	})
}

// A form, a program and a colleague capture one person at the same moment.
func TestTwoDoorsAtOnceMakeOneLead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		var all sync.WaitGroup
		for _, who := range []record.Who{{Member: k.Rita, Door: "api", Cause: "test"}, {System: "web form", Door: "form", Cause: "test"}} {
			all.Go(func() {
				if err := k.Workspace.Write(t.Context(), who, func(s *record.Session) error {
					_, err := sales.Capture(t.Context(), s, sales.Arrival{Values: record.Values{"name": "Ann", "email": "ann@home.example"}})
					return err
				}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		lead := only(t, k, "lead", "")
		expect(t, "one lead", texts(t, k, "lead", lead, "touch_count"), "2")
		only(t, k, "touch", `source.way = "api" and channel = "API"`)
		only(t, k, "touch", `source.way = "form" and channel = "Web form"`)
	})
}

func TestJoiningALead(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		join := func(by, lead value.ID) error {
			return k.Try(t.Context(), by, func(s *record.Session) error {
				return sales.Join(t.Context(), s, lead, sales.Arrival{Values: record.Values{"name": "Annie", "phone": "+49 30 555555", "source": "phone", "channel": "Hotline"}})
			})
		}
		lead := k.Create(t, k.Rita, "lead", record.Values{"name": "Ann", "email": "ann@home.example"})
		k.Pass(40 * 24 * time.Hour)
		if err := join(k.Olga, lead); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a rep of another team: %v", err)
		}
		if err := join(k.Rita, lead); err != nil {
			t.Fatal(err)
		}
		expect(t, "joined", texts(t, k, "lead", lead, "name", "phone", "source", "touch_count", "last_source"),
			"Ann", "+4930555555", "api", "2", only(t, k, "lead_source", `way = "phone"`).String())
		only(t, k, "touch", `channel = "Hotline"`)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := sales.Disqualify(t.Context(), s, lead, 0, record.Values{"lost_reason": "other"}, "")
			return err
		})
		if err := join(k.Rita, lead); !fault.Is(err, fault.Conflict) {
			t.Errorf("a disqualified lead: %v", err)
		}
	})
}

// Who was captured elsewhere before we were told has his first touch then, and is
// still one lead when we are told of him twice.
func TestTheFirstTouchIsOfTheCapturedMoment(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		capture := func(v record.Values) (done sales.Captured) {
			k.Write(t, k.Rita, func(s *record.Session) (err error) {
				done, err = sales.Capture(t.Context(), s, sales.Arrival{Values: v})
				return err
			})
			return done
		}
		first := capture(record.Values{"name": "Ann", "email": "ann@home.example", "captured_at": "2026-02-01T08:00:00Z"})
		expect(t, "told later", texts(t, k, "lead", first.Lead, "captured_at", "first_touch_at", "last_touch_at", "touch_count"),
			"2026-02-01T08:00:00Z", "2026-02-01T08:00:00Z", "2026-02-01T08:00:00Z", "1")
		if again := capture(record.Values{"name": "Ann", "email": "ann@home.example"}); again.Lead != first.Lead {
			t.Errorf("told twice: %+v, then %+v", first, again)
		}
		expect(t, "told twice", texts(t, k, "lead", first.Lead, "first_touch_at", "last_touch_at", "touch_count"),
			"2026-02-01T08:00:00Z", "2026-03-02T12:00:00Z", "2")
		bad := k.Try(t.Context(), k.Rita, func(s *record.Session) error {
			_, err := sales.Capture(t.Context(), s, sales.Arrival{Values: record.Values{"name": "Bo", "captured_at": "some day"}})
			return err
		})
		if !fault.Is(bad, fault.Invalid) {
			t.Errorf("no moment: %v", bad)
		}
	})
}
