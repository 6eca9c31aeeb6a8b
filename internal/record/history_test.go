package record

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

func TestVersionsMergeAndClash(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "firm", Values{"name": "A", "code": "1"})
		change := func(c Change) (Outcome, error) {
			var out []Outcome
			c.ID = id
			err := k.write(k.rep, func(s *Session) error {
				var err error
				out, err = s.Save(k.ctx(), Batch{Object: "firm", Changes: []Change{c}})
				return err
			})
			if err != nil {
				return Outcome{}, err
			}
			return out[0], nil
		}
		if out, err := change(Change{Version: 1, Values: Values{"name": "B"}}); err != nil || out.Version != 2 || out.Merged || !out.Changed {
			t.Fatalf("%+v, %v", out, err)
		}
		// Another field, against the old version: merged.
		if out, err := change(Change{Version: 1, Values: Values{"code": "2"}}); err != nil || out.Version != 3 || !out.Merged {
			t.Fatalf("%+v, %v", out, err)
		}
		_, err := change(Change{Version: 1, Values: Values{"name": "C", "mail": "c@x.example"}})
		e := wantFault(t, err, fault.Conflict, "record.stale")
		if len(e.Fields) != 1 || e.Fields[0].Path != "name" || e.Fields[0].Args["theirs"] != "B" || e.Fields[0].Args["yours"] != "C" || e.Args["version"] != int64(3) {
			t.Errorf("the conflict says %+v", e)
		}
		_, err = change(Change{Version: 1, Strict: true, Values: Values{"mail": "c@x.example"}})
		wantFault(t, err, fault.Conflict, "record.stale")
		_, err = change(Change{Version: 9, Values: Values{"mail": "c@x.example"}})
		wantFault(t, err, fault.Conflict, "record.stale")
		// What both want alike is no conflict, and no change.
		if out, err := change(Change{Version: 1, Values: Values{"name": "B"}}); err != nil || out.Changed || out.Version != 3 {
			t.Errorf("%+v, %v", out, err)
		}
		k.invariants()
	})
}

func TestTwoWritersOfOneRecord(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "firm", Values{"name": "A"})
		errs := make(chan error, 8)
		for i := range 8 {
			go func() {
				errs <- k.engine.Write(k.background(), Who{Member: k.rep}, func(s *Session) error {
					_, err := s.Update(k.background(), "firm", id, 1, Values{"name": fmt.Sprint("B", i)})
					return err
				})
			}()
		}
		good := 0
		for range 8 {
			if err := <-errs; err == nil {
				good++
			} else {
				wantFault(t, err, fault.Conflict, "record.stale")
			}
		}
		if good != 1 {
			t.Errorf("%d writers won against version 1", good)
		}
		k.wantField("firm", id, "version", int64(2))
		k.invariants()
	})
}

func TestHistoryTellsWhatTheReaderMayKnow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "deal", Values{"name": "D", "cost": eur(5), "phone": "+49 30 901820"})
		if err := k.set(k.rep, "deal", id, Values{"name": "E", "cost": eur(7), "phone": "+49 30 901821", "tags": []any{"a", "b"}}); err != nil {
			t.Fatal(err)
		}
		if err := k.drop(k.rep, "deal", id); err != nil {
			t.Fatal(err)
		}
		history := func(who value.ID) string {
			var b strings.Builder
			k.as(who, func(s *Session) {
				entries, err := s.History(k.ctx(), "deal", id, 0, 10)
				if err != nil {
					fmt.Fprint(&b, err.(*fault.Error).Key)
				}
				for _, e := range entries {
					fmt.Fprintf(&b, "%d %s %v", e.Version, e.Kind, e.Actor == k.rep)
					for _, c := range e.Changes {
						fmt.Fprintf(&b, " %s:%s>%s", c.Field, c.Old, c.New)
					}
					b.WriteString("; ")
				}
			})
			return b.String()
		}
		want := func(who value.ID, text string) {
			t.Helper()
			if got := history(who); got != text {
				t.Errorf("got  %s\nwant %s", got, text)
			}
		}
		want(k.rep, "record.absent")
		if err := k.restore(k.rep, "deal", id); err != nil {
			t.Fatal(err)
		}
		want(k.rep, `4 restore true; 3 delete true; 2 update true name:"D">"E" `+
			`cost:{"amount":"0.05","currency":"EUR"}>{"amount":"0.07","currency":"EUR"} phone:"+4930901820">"+4930901821" tags:null>["a","b"]; 1 create true; `)
		want(k.clerk, `4 restore true; 3 delete true; 2 update true name:"D">"E" tags:null>["a","b"]; 1 create true; `)
		want(k.other, "record.absent")
	})
}

func TestActsSayWhoAndWhy(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		var act value.ID
		err := k.engine.Write(k.ctx(), Who{Member: k.rep, Door: "api", Cause: "firms.make", Note: "n", Parent: 7}, func(s *Session) error {
			a, err := s.Create(k.ctx(), "firm", Values{"name": "A"})
			if err != nil {
				return err
			}
			act = s.Act()
			_, err = s.Update(k.ctx(), "firm", a.ID, 0, Values{"code": "x"})
			if s.Act() != act {
				t.Error("one transaction, two acts")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		k.as(0, func(s *Session) {
			var at int64
			var actor, parent value.ID
			var cause, door, note string
			if _, err := s.tx.Row(k.ctx(), `SELECT at, actor, cause, door, note, parent_act FROM {act} WHERE id = $1`, []any{act},
				&at, &actor, &cause, &door, &note, &parent); err != nil {
				t.Fatal(err)
			}
			if at != noon.UnixMilli() || actor != k.rep || cause != "firms.make" || door != "api" || note != "n" || parent != 7 {
				t.Errorf("act: %d %d %s %s %s %d", at, actor, cause, door, note, parent)
			}
			k.none(s, "an act of nothing", `SELECT a.id FROM {act} a WHERE NOT EXISTS (SELECT 1 FROM {history} h WHERE h.act = a.id)`)
		})
		k.as(k.rep, func(s *Session) {
			if _, err := s.Create(k.ctx(), "firm", Values{"name": "x"}); !fault.Is(err, fault.Forbidden) {
				t.Errorf("a reading session wrote: %v", err)
			}
		})
	})
}

func TestSpansTellThePast(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "bill", Values{"amount": eur(1)})
		step := func(wait time.Duration, v Values) {
			t.Helper()
			k.wait(wait)
			if err := k.set(k.rep, "bill", id, v); err != nil {
				t.Fatal(err)
			}
			k.invariants()
		}
		step(0, Values{"amount": eur(2)}) // in the millisecond it was made
		step(time.Hour, Values{"status": "sent"})
		step(0, Values{"status": "paid"})
		step(time.Hour, Values{"firm": k.make(k.rep, "firm", Values{"name": "F"})}) // not tracked
		step(time.Hour, Values{"owner": k.mate})
		k.wait(time.Hour)
		if err := k.drop(k.mate, "bill", id); err != nil {
			t.Fatal(err)
		}
		k.invariants()
		k.wait(time.Hour)
		if err := k.restore(k.mate, "bill", id); err != nil {
			t.Fatal(err)
		}
		k.invariants()
		var got []string
		k.as(0, func(s *Session) {
			rows, err := s.tx.Query(k.ctx(), `SELECT from_ms, to_ms, status, amount, owner_id FROM {span_bill} WHERE record = $1 ORDER BY from_ms`, id)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			hour := func(ms int64) int64 { return (ms - noon.UnixMilli()) / time.Hour.Milliseconds() }
			for rows.Next() {
				var from, to, amount int64
				var status string
				var owner value.ID
				if err := rows.Scan(&from, &to, &status, &amount, &owner); err != nil {
					t.Fatal(err)
				}
				end := fmt.Sprint(hour(to))
				if to == forever {
					end = "…"
				}
				got = append(got, fmt.Sprintf("%d-%s %s %d %v", hour(from), end, status, amount, owner == k.rep))
			}
		})
		want := "0-1 new 2 true, 1-3 paid 2 true, 3-4 paid 2 false, 5-… paid 2 false"
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("spans: %s\nwant:  %s", text, want)
		}
	})
}

// Two machines' clocks differ; the past must not fork for that.
func TestSpansStandClocksThatGoBack(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		id := k.make(k.rep, "bill", Values{"amount": eur(1)})
		for i := range 4 {
			k.wait(-time.Second)
			if err := k.set(k.rep, "bill", id, Values{"amount": eur(int64(i) + 2)}); err != nil {
				t.Fatal(err)
			}
			k.invariants()
		}
	})
}
