package record

import (
	"fmt"
	"testing"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// makeMany makes n firms in one act.
func (k *shop) makeMany(member value.ID, n int) (act value.ID, ids []value.ID) {
	k.t.Helper()
	changes := make([]Change, n)
	for i := range changes {
		changes[i].Values = Values{"name": fmt.Sprintf("Firm %04d", i)}
	}
	k.do(member, func(s *Session) error {
		ids = nil
		out, err := s.Save(k.ctx(), Batch{Object: "firm", Changes: changes})
		for _, o := range out {
			ids = append(ids, o.ID)
		}
		act = s.Act()
		return err
	})
	return act, ids
}

func (k *shop) readAct(member, act value.ID, after string, limit int) (a *ActInfo, err error) {
	err = k.engine.Read(k.ctx(), Who{Member: member}, func(s *Session) error {
		a, err = s.ReadAct(k.ctx(), act, after, limit)
		return err
	})
	return a, err
}

func (k *shop) undoLong(member, act value.ID) (u *Undone, err error) {
	err = k.engine.Write(k.ctx(), Who{Member: member}, func(s *Session) error {
		u, err = s.UndoAct(k.ctx(), act)
		return err
	})
	return u, err
}

func TestALargeActIsTakenBackInChunks(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		act, ids := k.makeMany(k.rep, 700)
		if err := k.set(k.rep, "firm", ids[650], Values{"name": "Kept"}); err != nil {
			t.Fatal(err)
		}
		if _, err := k.undoLong(k.other, act); !fault.Is(err, fault.NotFound) {
			t.Errorf("undone by a stranger: %v", err)
		}
		u, err := k.undoLong(k.rep, act)
		if err != nil || u.Run == nil || u.Run.Total != 700 || u.Run.State != UndoRunning || u.Deleted != 0 {
			t.Fatalf("%+v, %v", u, err)
		}
		_, err = k.undoLong(k.rep, act)
		wantFault(t, err, fault.Conflict, "record.already_undone")
		if more, err := k.engine.undoChunk(k.ctx(), act); err != nil || !more {
			t.Fatal(more, err)
		}
		a, err := k.readAct(k.rep, act, "", 10)
		if err != nil || a.UndoneBy != u.Act || a.Undo == nil || a.Undo.Done != undoStep || a.Undo.State != UndoRunning {
			t.Fatalf("%+v, %v", a, err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: act}); err != nil {
			t.Fatal(err)
		}
		if a, err = k.readAct(k.rep, act, "", 10); err != nil || a.Undo.State != UndoDone || a.Undo.Done != 700 || a.Undo.Result.Deleted != 699 ||
			len(a.Undo.Result.Kept) != 1 || a.Undo.Result.Kept[0].ID != ids[650] {
			t.Fatalf("%+v, %v", a.Undo, err)
		}
		k.wantAlive("firm", ids[650], true)
		k.wantAlive("firm", ids[0], false)
		if a, err = k.readAct(k.rep, u.Act, "", 500); err != nil || a.Actor != k.rep || len(a.Entries) != 500 || a.Next == "" {
			t.Fatalf("all of it is one act: %+v, %v", a, err)
		}
		if a, err = k.readAct(k.rep, u.Act, a.Next, 500); err != nil || len(a.Entries) != 199 || a.Next != "" {
			t.Errorf("%d entries, %v", len(a.Entries), err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: act}); err != nil { // the job comes twice
			t.Error(err)
		}
		back, err := k.undoLong(k.rep, u.Act)
		if err != nil || back.Run == nil {
			t.Fatalf("the undo taken back: %+v, %v", back, err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: u.Act}); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", ids[0], true)
	})
}

func TestALongUndoStopsWithItsActor(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		act, ids := k.makeMany(k.rep, 600)
		if _, err := k.undoLong(k.rep, act); err != nil {
			t.Fatal(err)
		}
		k.settle(func(tx *store.Tx) error {
			_, err := tx.Exec(k.ctx(), `UPDATE {member} SET active = $1 WHERE id = $2`, false, k.rep)
			return err
		})
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: act}); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", ids[0], true)
		a, err := k.readAct(k.admin, act, "", 1)
		if err != nil || a.Undo.State != UndoFailed || a.Undo.Error == "" {
			t.Fatalf("%+v, %v", a, err)
		}
		if _, err := k.undoLong(k.admin, act); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: act}); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", ids[0], false)
	})
}

// An undo that failed is gone on with by whoever may take back all that is left.
func TestALongUndoGoesOnWithAllOfItOrNot(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		act, ids := k.makeMany(k.rep, 600)
		if _, err := k.undoLong(k.rep, act); err != nil {
			t.Fatal(err)
		}
		if more, err := k.engine.undoChunk(k.ctx(), act); err != nil || !more {
			t.Fatal(more, err)
		}
		if err := k.engine.failUndo(k.ctx(), act, fault.New(fault.Conflict, "record.already_undone", nil)); err != nil {
			t.Fatal(err)
		}
		_, err := k.undoLong(k.mate, act) // changes them all, and deletes none
		wantFault(t, err, fault.Forbidden, "record.undo_undeletable")
		k.wantAlive("firm", ids[0], true)
		if _, err := k.undoLong(k.rep, act); err != nil {
			t.Fatal(err)
		}
		if err := k.engine.GoOnUndoing(k.ctx(), UndoJob{Act: act}); err != nil {
			t.Fatal(err)
		}
		k.wantAlive("firm", ids[0], false)
	})
}

func TestAnActTellsOfWhatOneSees(t *testing.T) {
	t.Parallel()
	eachShop(t, func(t *testing.T, k *shop) {
		k.settle(func(tx *store.Tx) error {
			return access.SetOpenness(k.ctx(), tx, k.object("firm"), access.Private)
		})
		id := k.make(k.rep, "firm", Values{"name": "F"})
		var act value.ID
		k.do(k.rep, func(s *Session) error {
			_, err := s.Update(k.ctx(), "firm", id, 0, Values{"name": "G", "code": "7"})
			act = s.Act()
			return err
		})
		a, err := k.readAct(k.rep, act, "", 50)
		if err != nil || a.Actor != k.rep || len(a.Entries) != 1 || len(a.Entries[0].Changes) != 2 || string(a.Entries[0].Changes[0].Old) != `"F"` {
			t.Fatalf("%+v, %v", a, err)
		}
		for _, who := range []value.ID{k.other, k.mate} {
			if a, err := k.readAct(who, act, "", 50); !fault.Is(err, fault.NotFound) {
				t.Errorf("%d reads %+v, %v", who, a, err)
			}
		}
		_, err = k.readAct(k.rep, act+1, "", 50)
		wantFault(t, err, fault.NotFound, "record.no_act")
		_, err = k.readAct(k.rep, act, "x", 50)
		wantFault(t, err, fault.Invalid, "query.bad_cursor")
		if err := k.drop(k.rep, "firm", id); err != nil {
			t.Fatal(err)
		}
		if a, err := k.readAct(k.rep, act, "", 50); err != nil || len(a.Entries) != 1 {
			t.Errorf("of a record in the trash: %+v, %v", a, err)
		}
	})
}
