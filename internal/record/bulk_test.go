package record

import (
	"fmt"
	"slices"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

func (k *shop) changeMany(member value.ID, b Bulk) (run *BulkRun, err error) {
	err = k.write(member, func(s *Session) error {
		run, err = s.ChangeMany(k.ctx(), b)
		return err
	})
	return run, err
}

func (k *shop) bulk(member, id value.ID) (run *BulkRun, err error) {
	err = k.engine.Read(k.ctx(), Who{Member: member}, func(s *Session) error {
		run, err = s.Bulk(k.ctx(), id)
		return err
	})
	return run, err
}

// makeFirms makes n firms, more than fit into one batch.
func (k *shop) makeFirms(member value.ID, n int) (ids []value.ID) {
	k.t.Helper()
	for n > 0 {
		_, made := k.makeMany(member, min(n, MaxBatch))
		ids = append(ids, made...)
		n -= len(made)
	}
	return ids
}

// count counts records past all rights.
func (k *shop) count(object, filter string) (n int64) {
	k.t.Helper()
	k.as(0, func(s *Session) {
		var err error
		if n, _, err = s.Count(k.ctx(), Query{Object: object, Filter: filter, Count: CountExact}); err != nil {
			k.t.Fatal(err)
		}
	})
	return n
}

func TestFewRecordsAreChangedAtOnce(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		_, hers := k.makeMany(k.rep, 5)
		_, others := k.makeMany(k.other, 2)
		run, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, Filter: `name != "Firm 0004"`, Values: Values{"name": "Firm 0001"}})
		if err != nil || run.State != BulkDone || run.ID != 0 || run.Total != 4 || run.Changed != 3 || run.Unchanged != 1 || run.Failed != 0 || run.Act == 0 {
			t.Fatalf("%+v, %v", run, err)
		}
		k.wantField("firm", hers[4], "name", "Firm 0004")
		if u := k.undo(k.rep, run.Act); u.Reverted != 3 {
			t.Errorf("%+v", u)
		}
		k.wantField("firm", hers[0], "name", "Firm 0000")

		// What one may not see is as if it were not there; what rules refuse is
		// counted by reason.
		run, err = k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, IDs: append(others, hers[:2]...), Values: Values{"code": "twice"}})
		if err != nil || run.Total != 4 || run.Changed+run.Failed != 4 || run.Failed < 3 {
			t.Fatalf("%+v, %v", run, err)
		}
		i := slices.IndexFunc(run.Reasons, func(r BulkReason) bool { return r.Key == "record.absent" })
		if i < 0 || run.Reasons[i].Count != 2 || !slices.Contains(run.Reasons[i].Records, others[0]) {
			t.Errorf("%+v", run.Reasons)
		}

		run, err = k.changeMany(k.rep, Bulk{Object: "firm", Do: Deleting, IDs: hers})
		if err != nil || run.Changed != 5 {
			t.Fatalf("%+v, %v", run, err)
		}
		run, err = k.changeMany(k.rep, Bulk{Object: "firm", Do: Restoring})
		if err != nil || run.Total != 5 || run.Changed != 5 {
			t.Fatalf("%+v, %v", run, err)
		}
		k.wantAlive("firm", hers[3], true)
	})
}

func TestBulkChangesThatCannotBe(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		_, ids := k.makeMany(k.rep, 3)
		for key, b := range map[string]Bulk{
			"record.bulk_of_what": {Object: "firm", Do: Updating},
			"record.bulk_of_none": {Object: "firm", Do: Deleting, Filter: `name = "nobody"`},
			"field.unknown":       {Object: "firm", Do: Updating, IDs: ids, Values: Values{"nonsense": 1}},
			"field.not_writable":  {Object: "firm", Do: Updating, IDs: ids, Values: Values{"created_by": k.rep}},
			"value.decimal":       {Object: "firm", Do: Updating, IDs: ids, Values: Values{"rank": "much"}},
		} {
			_, err := k.changeMany(k.rep, b)
			wantFault(t, err, fault.Invalid, key)
		}
		if _, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: "explode", IDs: ids}); !fault.Is(err, fault.Invalid) {
			t.Errorf("done: %v", err)
		}
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {role} SET permissions = $1 WHERE key = $2`, `{"objects": {"*": {"read": "all"}}}`, access.RepRole)
			return err
		})
		for _, do := range []Doing{Updating, Deleting, Restoring} {
			_, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: do, IDs: ids, Values: Values{"name": "x"}})
			if !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s without the right: %v", do, err)
			}
		}
	})
}

func TestATrialChangesNothing(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.makeFirms(k.rep, 1200)
		var run *BulkRun
		k.do(k.rep, func(s *Session) (err error) {
			if run, err = s.TryMany(k.ctx(), Bulk{Object: "firm", Do: Updating, Values: Values{"code": "one"}}); s.Act() != 0 {
				t.Error("a trial makes an act")
			}
			return err
		})
		if run.State != BulkTried || run.Total != 1200 || run.Done() != bulkTried || run.Changed != 1 || run.Failed != bulkTried-1 || len(run.Reasons) != 1 {
			t.Errorf("%+v", run)
		}
		if n := k.count("firm", `code is not empty`); n != 0 {
			t.Errorf("%d were changed", n)
		}
	})
}

func TestManyRecordsAreChangedByAJob(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		ids := k.makeFirms(k.rep, 1300)
		k.makeFirms(k.other, 3)
		run, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, Filter: `seat_city is empty`, Values: Values{"seat_city": "Turku"}})
		if err != nil || run.State != BulkRunning || run.Total != 1300 || run.Done() != 0 || run.ID == 0 {
			t.Fatalf("%+v, %v", run, err)
		}
		w := &bulkWalk{engine: k.engine, id: run.ID}
		if more, err := w.chunk(k.ctx()); err != nil || !more {
			t.Fatal(more, err)
		}
		// Others write between the chunks, and what comes later is not meant.
		late := k.make(k.rep, "firm", Values{"name": "Late"})
		if err := k.set(k.rep, "firm", ids[0], Values{"name": "Renamed"}); err != nil {
			t.Fatal(err)
		}
		if run, err = k.bulk(k.rep, run.ID); err != nil || run.Changed != bulkChunk || run.State != BulkRunning {
			t.Fatalf("%+v, %v", run, err)
		}
		// A second worker and a first one that wakes up again double nothing.
		if more, err := (&bulkWalk{engine: k.engine, id: run.ID}).chunk(k.ctx()); err != nil || !more {
			t.Fatal(more, err)
		}
		if more, err := w.chunk(k.ctx()); err != nil || !more {
			t.Fatal(more, err)
		}
		if err := k.engine.GoOnChanging(k.ctx(), BulkJob{Run: run.ID}, 1); err != nil {
			t.Fatal(err)
		}
		if run, err = k.bulk(k.rep, run.ID); err != nil || run.State != BulkDone || run.Changed != 1300 || run.Finished == nil {
			t.Fatalf("%+v, %v", run, err)
		}
		k.wantField("firm", late, "seat_city", nil)
		if n := k.count("firm", `version = 2`); n != 1299 {
			t.Errorf("%d firms have a second version", n)
		}
		for _, who := range []value.ID{k.mate, k.other} {
			_, err := k.bulk(who, run.ID)
			wantFault(t, err, fault.NotFound, "record.no_bulk")
		}
		if _, err := k.bulk(k.admin, run.ID); err != nil {
			t.Error(err)
		}

		// One undo takes all of it back.
		if _, err := k.undoLong(k.rep, run.Act); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: run.Act}); err != nil {
			t.Fatal(err)
		}
		if run, err = k.bulk(k.rep, run.ID); err != nil || run.Undone == 0 {
			t.Fatalf("%+v, %v", run, err)
		}
		a, err := k.readAct(k.rep, run.Act, "", 1)
		if err != nil || a.Undo.State != UndoDone || a.Undo.Result.Reverted != 1300 || len(a.Undo.Result.Kept) != 0 {
			t.Fatalf("%+v, %v", a.Undo, err)
		}
		k.invariants()
	})
}

func TestABulkChangeIsStopped(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.makeFirms(k.rep, 1100)
		run, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: Deleting})
		if err != nil {
			t.Fatal(err)
		}
		w := &bulkWalk{engine: k.engine, id: run.ID}
		if _, err := w.chunk(k.ctx()); err != nil {
			t.Fatal(err)
		}
		err = k.write(k.mate, func(s *Session) error { _, err := s.StopBulk(k.ctx(), run.ID); return err })
		wantFault(t, err, fault.NotFound, "record.no_bulk")
		k.do(k.rep, func(s *Session) error { _, err := s.StopBulk(k.ctx(), run.ID); return err })
		if more, err := w.chunk(k.ctx()); err != nil || more {
			t.Fatal(more, err)
		}
		if run, err = k.bulk(k.rep, run.ID); err != nil || run.State != BulkStopped || run.Changed != bulkChunk {
			t.Fatalf("%+v, %v", run, err)
		}
		err = k.write(k.rep, func(s *Session) error { _, err := s.StopBulk(k.ctx(), run.ID); return err })
		wantFault(t, err, fault.Conflict, "record.bulk_over")

		// Undoing one that runs stops it first.
		if run, err = k.changeMany(k.admin, Bulk{Object: "firm", Do: Restoring}); err != nil || run.State != BulkDone || run.Changed != bulkChunk {
			t.Fatalf("%+v, %v", run, err)
		}
		if run, err = k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, Values: Values{"name": "One"}}); err != nil {
			t.Fatal(err)
		}
		w = &bulkWalk{engine: k.engine, id: run.ID}
		if _, err := w.chunk(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if u, err := k.undoLong(k.rep, run.Act); err != nil || u.Reverted != bulkChunk {
			t.Fatalf("%+v, %v", u, err)
		}
		if more, err := w.chunk(k.ctx()); err != nil || more {
			t.Fatal(more, err)
		}
		if n := k.count("firm", `name = "One"`); n != 0 {
			t.Errorf("%d are changed", n)
		}
	})
}

// The rights are those of the moment at which a record is changed.
func TestABulkChangeHasTheRightsOfNow(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		ids := k.makeFirms(k.rep, 1100)
		run, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, IDs: ids, Values: Values{"name": "One"}})
		if err != nil {
			t.Fatal(err)
		}
		w := &bulkWalk{engine: k.engine, id: run.ID}
		if _, err := w.chunk(k.ctx()); err != nil {
			t.Fatal(err)
		}
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {role} SET permissions = $1 WHERE key = $2`, `{"objects": {"*": {"read": "all"}}}`, access.RepRole)
			return err
		})
		if _, err := w.chunk(k.ctx()); err != nil {
			t.Fatal(err)
		}
		if run, err = k.bulk(k.rep, run.ID); err != nil || run.Changed != bulkChunk || run.Failed != bulkChunk || run.Reasons[0].Key != "record.may_not_change" ||
			run.Reasons[0].Count != bulkChunk || len(run.Reasons[0].Records) != bulkNamed {
			t.Fatalf("%+v, %v", run, err)
		}
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {member} SET active = $1 WHERE id = $2`, false, k.rep)
			return err
		})
		if err := k.engine.GoOnChanging(k.ctx(), BulkJob{Run: run.ID}, 1); err != nil {
			t.Fatal(err)
		}
		if run, err = k.bulk(k.admin, run.ID); err != nil || run.State != BulkFailed || run.Error == "" || run.Done() != 2*bulkChunk {
			t.Errorf("%+v, %v", run, err)
		}
	})
}

func TestBulksAreListedNewestFirst(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.makeFirms(k.rep, 1100)
		var made []string
		for range 3 {
			run, err := k.changeMany(k.rep, Bulk{Object: "firm", Do: Updating, Values: Values{"name": "One"}})
			if err != nil {
				t.Fatal(err)
			}
			made = append([]string{run.ID.String()}, made...)
		}
		for who, want := range map[value.ID]string{k.rep: fmt.Sprint(made), k.admin: fmt.Sprint(made), k.other: "[]"} {
			k.as(who, func(s *Session) {
				list, err := s.Bulks(k.ctx(), 0, 10)
				var ids []string
				for _, run := range list {
					ids = append(ids, run.ID.String())
				}
				if err != nil || fmt.Sprint(ids) != want {
					t.Errorf("%v, %v, want %s", ids, err, want)
				}
			})
		}
		k.as(k.rep, func(s *Session) {
			list, err := s.Bulks(k.ctx(), 0, 1)
			if err == nil {
				list, err = s.Bulks(k.ctx(), list[0].ID, 10)
			}
			if err != nil || len(list) != 2 {
				t.Errorf("%d, %v", len(list), err)
			}
		})
	})
}
