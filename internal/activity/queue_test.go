package activity_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/activity"
	"wellmet/internal/app/apptest"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// line is a queue over four leads.
type line struct {
	*apptest.Kit
	t     *testing.T
	leads []value.ID
	queue value.ID
}

func newLine(t *testing.T, k *apptest.Kit) *line {
	x := &line{Kit: k, t: t}
	for i := range 4 {
		x.leads = append(x.leads, k.Create(t, k.Rita, "lead", record.Values{"name": fmt.Sprintf("Lead %d", i)}))
	}
	k.Pass(time.Hour)
	x.queue = x.begin(k.Rita)
	return x
}

func (x *line) begin(who value.ID) (id value.ID) {
	x.Write(x.t, who, func(s *record.Session) (err error) {
		id, err = activity.BeginQueue(x.t.Context(), s, activity.List{Object: "lead", Filter: `status = "new"`, Sort: "name"})
		return err
	})
	return id
}

// next is whose turn it is, and behind how many.
func (x *line) next(want int) {
	x.t.Helper()
	x.Read(x.t, x.Rita, func(s *record.Session) error {
		p, err := activity.TurnOf(x.t.Context(), s, x.queue)
		switch {
		case err != nil:
			return err
		case want < 0 && p.Record != nil:
			x.t.Errorf("%s is next, wanted the end", p.Record.Title())
		case want >= 0 && (p.Record == nil || p.Record.ID != x.leads[want] || p.At != int64(want)):
			x.t.Errorf("at %d: %v, wanted lead %d", p.At, p.Record, want)
		}
		return nil
	})
}

func (x *line) pass(i int, worked bool) {
	x.t.Helper()
	x.Write(x.t, x.Rita, func(s *record.Session) error { return activity.PassTurn(x.t.Context(), s, x.queue, x.leads[i], worked) })
}

func TestAQueueGoesOnWhereOneLeftIt(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		x.next(0)
		x.pass(0, true)
		x.pass(0, true) // the same button, twice
		x.next(1)
		if again := x.begin(k.Rita); again != x.queue {
			t.Error("leaving and coming back began anew")
		}
		x.next(1)
		x.Write(t, k.Rita, func(s *record.Session) error { return activity.TurnBack(t.Context(), s, x.queue) })
		x.next(0)
		for i := range 4 {
			x.pass(i, false)
		}
		x.next(-1)
		x.Write(t, k.Rita, func(s *record.Session) error { return activity.EndQueue(t.Context(), s, x.queue) })
		if again := x.begin(k.Rita); again == x.queue {
			t.Error("a queue that was ended went on")
		}
	})
}

// back goes to the record before; status gives a lead one.
func (x *line) back() {
	x.t.Helper()
	x.Write(x.t, x.Rita, func(s *record.Session) error { return activity.TurnBack(x.t.Context(), s, x.queue) })
}

func (x *line) status(i int, status string) {
	x.t.Helper()
	x.Write(x.t, x.Rita, func(s *record.Session) error {
		_, err := s.Update(x.t.Context(), "lead", x.leads[i], 0, record.Values{"status": status})
		return err
	})
}

// worked is how many records the queue counts.
func (x *line) worked(want int64) {
	x.t.Helper()
	x.Read(x.t, x.Rita, func(s *record.Session) error {
		p, err := activity.TurnOf(x.t.Context(), s, x.queue)
		if err == nil && p.Done != want {
			x.t.Errorf("%d worked on, wanted %d", p.Done, want)
		}
		return err
	})
}

// Work that takes a record out of its list keeps nobody from going back to it;
// what dropped out before its turn, or is gone, is stepped over.
func TestBackShowsWhatWasWorkedOn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		x.status(1, "working") // before its turn
		for _, i := range []int{0, 2} {
			x.status(i, "working")
			x.pass(i, true)
		}
		x.next(3)
		x.back()
		x.next(2)
		x.back()
		x.next(0)
		x.back() // there is none before
		x.next(0)
		x.pass(0, false)
		x.next(3)
		x.back()
		x.next(2)
		x.pass(2, true)
		x.pass(3, false)
		x.next(-1)
		x.back()
		x.next(3)
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "lead", x.leads[2]) })
		x.back()
		x.next(0)
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "lead", x.leads[0]) })
		x.next(3)
		x.worked(2)
	})
}

// A record on which one works again after going back is counted once.
func TestWorkingAgainCountsOnce(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		for range 6 {
			x.pass(0, true)
			x.back()
		}
		x.worked(1)
		x.pass(0, false)
		x.worked(1)
		x.pass(1, false)
		x.worked(1)
		x.back()
		x.pass(1, true) // skipped first
		x.worked(2)
		x.pass(2, true)
		x.pass(3, true)
		x.worked(4)
	})
}

func TestWhatIsDoneOrOutOfSightDropsOutOfAQueue(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		k.Create(t, k.Bob, "activity", record.Values{"kind": "call", "done": true, "subject": "Called", "result": "reached", "about": []schema.Ref{{Object: "lead", ID: x.leads[0]}}})
		x.next(1)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "lead", x.leads[1], 0, record.Values{"status": "working"})
			return err
		})
		x.next(2)
		k.Write(t, k.Rita, func(s *record.Session) error { return s.Delete(t.Context(), "lead", x.leads[2]) })
		x.next(3)
		// What one does oneself ends nothing before its turn is over.
		k.Create(t, k.Rita, "activity", record.Values{"kind": "call", "done": true, "subject": "Called", "about": []schema.Ref{{Object: "lead", ID: x.leads[3]}}})
		x.next(3)
		err := k.Try(t.Context(), k.Max, func(s *record.Session) error {
			_, err := activity.TurnOf(t.Context(), s, x.queue)
			return err
		})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("a queue of somebody else: %v", err)
		}
		err = k.Try(t.Context(), k.Max, func(s *record.Session) error { return activity.PassTurn(t.Context(), s, x.queue, x.leads[3], true) })
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("going on in a queue of somebody else: %v", err)
		}
	})
}

// many are so many products, in the order of their names.
func many(t *testing.T, k *apptest.Kit, n int) (ids []value.ID) {
	t.Helper()
	for from := 0; from < n; from += 500 {
		b := record.Batch{Object: "product"}
		for i := from; i < min(n, from+500); i++ {
			b.Changes = append(b.Changes, record.Change{Values: record.Values{"name": fmt.Sprintf("Pump %05d", i)}})
		}
		k.Write(t, k.Ada, func(s *record.Session) error {
			out, err := s.Save(t.Context(), b)
			if err == nil {
				for _, x := range out {
					ids = append(ids, x.ID)
				}
			}
			return err
		})
	}
	return ids
}

// A queue goes on behind the part of its list that it holds: to the end of the
// list, back again, and also where the schema was changed meanwhile.
func TestALongQueueGoesOn(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		const n = 2*activity.Portion + 5
		x := &line{Kit: k, t: t, leads: many(t, k, n)}
		begin := func() (id value.ID) {
			k.Write(t, k.Rita, func(s *record.Session) (err error) {
				id, err = activity.BeginQueue(t.Context(), s, activity.List{Object: "product", Sort: "name"})
				return err
			})
			return id
		}
		x.queue = begin()
		total := func() {
			t.Helper()
			k.Read(t, k.Rita, func(s *record.Session) error {
				p, err := activity.TurnOf(t.Context(), s, x.queue)
				if err == nil && p.Total != n {
					t.Errorf("%d to go through", p.Total)
				}
				return err
			})
		}
		total()
		x.next(0)
		x.pass(activity.Portion-2, true)
		x.pass(activity.Portion-1, true)
		x.next(activity.Portion) // nobody has written that it goes on
		x.back()
		x.next(activity.Portion - 1)
		x.pass(activity.Portion-1, false)
		x.pass(activity.Portion, true)
		x.next(activity.Portion + 1)
		x.back()
		x.next(activity.Portion)
		if again := begin(); again != x.queue {
			t.Error("a queue in its middle began anew")
		}
		x.pass(2*activity.Portion-1, true)
		if _, err := k.Workspace.Engine().ApplySchema(t.Context(), apptest.As(k.Ada), []schema.Change{{Op: schema.AddField, Object: "product", Set: json.RawMessage(`{"name":"color","kind":"text"}`)}}, 0); err != nil {
			t.Fatal(err)
		}
		x.next(2 * activity.Portion)
		x.pass(2*activity.Portion, true)
		total()
		x.worked(5)
		x.pass(n-2, false)
		x.next(n - 1)
		x.pass(n-1, true)
		x.next(-1)
		x.back()
		x.next(n - 1)
		x.pass(n-1, true)
		total()
		x.worked(6)
		if again := begin(); again == x.queue {
			t.Error("a queue at its end went on")
		} else {
			x.queue = again
		}
		x.next(0)
		x.worked(0)
		k.Read(t, k.Rita, func(s *record.Session) error {
			open, next, err := activity.OpenQueues(t.Context(), s, "", 50)
			if err == nil && (len(open) != 1 || next != "" || open[0].Queue.ID != x.queue || open[0].Total != n) {
				t.Errorf("open: %v %q", open, next)
			}
			return err
		})
	})
}

// rename gives some of the line's products other names.
func (x *line) rename(from, to int, name string) {
	x.t.Helper()
	for i := from; i < to; i += 500 {
		b := record.Batch{Object: "product"}
		for j := i; j < min(to, i+500); j++ {
			b.Changes = append(b.Changes, record.Change{ID: x.leads[j], Values: record.Values{"name": fmt.Sprintf("%s %05d", name, j)}})
		}
		x.Write(x.t, x.Ada, func(s *record.Session) error {
			_, err := s.Save(x.t.Context(), b)
			return err
		})
	}
}

// beginProducts begins a queue of the products whose names begin so.
func (x *line) beginProducts(filter string) {
	x.t.Helper()
	x.Write(x.t, x.Rita, func(s *record.Session) (err error) {
		x.queue, err = activity.BeginQueue(x.t.Context(), s, activity.List{Object: "product", Filter: filter, Sort: "name"})
		return err
	})
}

// The first record behind a part of the list is worked on like all others, also
// where the work takes it out of the list or to another place there.
func TestWorkBehindWhatAQueueHolds(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		const p, n = activity.Portion, activity.Portion + 4
		x := &line{Kit: k, t: t, leads: many(t, k, n)}
		x.beginProducts(`name contains "pump"`)
		x.pass(p-1, true)
		x.rename(p, p+1, "Done")
		x.pass(p, true)
		x.next(p + 1)
		x.rename(p+1, p+2, "Zone pump") // the last of the list now
		x.pass(p+1, true)
		x.next(p + 2)
		x.back()
		x.next(p + 1)
		x.worked(3)

		// The queue holds what comes next only where something was passed: here all
		// that it held drops out by itself.
		x.rename(0, n, "Pump")
		for _, work := range []string{"Done", "Zone pump"} {
			x.beginProducts(`name contains "pump" and name != "` + work + `"`)
			x.rename(0, p, "Gone")
			x.next(p)
			x.rename(p, p+1, work)
			x.pass(p, true)
			x.pass(p, true)
			x.next(p + 1)
			x.worked(1)
			x.back()
			x.next(p)
			x.pass(p, false)
			x.pass(p+1, false)
			x.next(p + 2)
			x.rename(0, n, "Pump")
		}
		x.beginProducts(`name contains "pump" and name != "x"`)
		err := k.Try(t.Context(), k.Rita, func(s *record.Session) error { return activity.PassTurn(t.Context(), s, x.queue, x.leads[p], true) })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a record far behind: %v", err)
		}
		err = k.Try(t.Context(), k.Rita, func(s *record.Session) error { return activity.PassTurn(t.Context(), s, x.queue, 7, true) })
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("a record that is none: %v", err)
		}
	})
}

// The last record of a list behind what the queue holds ends it.
func TestWorkOnTheLastBehindWhatAQueueHolds(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		const n = activity.Portion + 1
		x := &line{Kit: k, t: t, leads: many(t, k, n)}
		x.beginProducts(`name contains "pump"`)
		x.rename(0, n-1, "Gone")
		x.next(n - 1)
		x.rename(n-1, n, "Done")
		x.pass(n-1, true)
		x.next(-1)
		x.worked(1)
		x.open()
	})
}

// open are the queues in which something is left.
func (x *line) open(want ...value.ID) {
	x.t.Helper()
	x.Read(x.t, x.Rita, func(s *record.Session) error {
		open, next, err := activity.OpenQueues(x.t.Context(), s, "", 1)
		var got []value.ID
		for err == nil {
			for _, p := range open {
				got = append(got, p.Queue.ID)
			}
			if next == "" {
				break
			}
			open, next, err = activity.OpenQueues(x.t.Context(), s, next, 1)
		}
		if !slices.Equal(got, want) {
			x.t.Errorf("open: %v, wanted %v", got, want)
		}
		return err
	})
}

// A queue whose last records dropped out by themselves is listed no longer; the
// others are, also behind it, and it is again when one of them comes back.
func TestQueuesWithNothingLeftAreNotListed(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		account := k.Create(t, k.Rita, "account", record.Values{"name": "Acme"})
		var other value.ID
		k.Write(t, k.Rita, func(s *record.Session) (err error) {
			other, err = activity.BeginQueue(t.Context(), s, activity.List{Object: "account", Filter: `name != "Done"`})
			return err
		})
		x.open(other, x.queue)
		x.pass(0, true)
		x.status(1, "working")
		x.status(2, "working")
		x.open(other, x.queue)
		x.status(3, "working")
		x.open(other)
		k.Write(t, k.Rita, func(s *record.Session) error {
			_, err := s.Update(t.Context(), "account", account, 0, record.Values{"name": "Done"})
			return err
		})
		x.open()
		x.status(3, "new")
		x.open(x.queue)
	})
}

// What was worked on so long ago that the queue no longer holds it is not shown
// again where the work moved it to a later place of the list.
func TestWhatWasWorkedOnIsNotShownAgain(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		const p, n = activity.Portion, 2*activity.Portion + 2
		x := &line{Kit: k, t: t, leads: many(t, k, n)}
		x.beginProducts(`name contains "pump"`)
		x.rename(0, 1, "Zone pump")
		x.pass(0, true)
		x.pass(p-1, false)
		held := []string{x.leads[2*p-2].String(), x.leads[2*p-1].String()}
		var worked []string // as much as a queue remembers, with the longest ids
		for i := range value.ID(4898) {
			worked = append(worked, (math.MaxInt64 - i).String())
		}
		worked = append(worked, x.leads[0].String())
		if err := k.Workspace.Write(t.Context(), record.AsSystem("test"), func(s *record.Session) error {
			_, err := s.Update(t.Context(), "work_queue", x.queue, 0, record.Values{"items": strings.Join(held, " "), "past_items": int64(2*p - 2), "worked_items": strings.Join(worked, " ")})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		x.pass(2*p-1, false)
		x.next(2 * p)
		x.pass(2*p, true)
		x.next(2*p + 1)
		x.pass(2*p+1, true)
		x.next(-1)
		x.worked(3)
	})
}

// A list's condition holds as a whole beside what the queue asks of its records;
// half a one begins no queue.
func TestAConditionOfAQueueStaysOne(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		x := newLine(t, k)
		begin := func(filter string) error {
			return k.Try(t.Context(), k.Rita, func(s *record.Session) (err error) {
				x.queue, err = activity.BeginQueue(t.Context(), s, activity.List{Object: "lead", Filter: filter, Sort: "name"})
				return err
			})
		}
		if err := begin(`status = "new") or (status = "working"`); !fault.Is(err, fault.Invalid) {
			t.Errorf("half a condition: %v", err)
		}
		if err := begin(`name = "Lead 1" or name = "Lead 2"`); err != nil {
			t.Fatal(err)
		}
		x.Read(t, k.Rita, func(s *record.Session) error {
			p, err := activity.TurnOf(t.Context(), s, x.queue)
			if err == nil && (p.Record == nil || p.Record.ID != x.leads[1] || p.Total != 2) {
				t.Errorf("%v of %d", p.Record, p.Total)
			}
			return err
		})
	})
}
