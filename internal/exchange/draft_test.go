package exchange_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wellmet/internal/app/apptest"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// A draft is matched, checked and begun by a person; rows that fail are mended
// and come in under the same import, so that its undo takes them too.
func TestDraftCheckMendUndo(t *testing.T) {
	t.Parallel()
	apptest.Each(t, func(t *testing.T, k *apptest.Kit) {
		im, who := importer(k), apptest.As(k.Ada)
		k.Create(t, k.Ada, "account", record.Values{"name": "Aurora"})
		text := "Firm,Staff,Kind of firm,Head\nAurora,12,x,\nBoreas,many,y,\nCorvus,3,x,Boreas\nCorvus,4,z,Nobody\n"
		id, err := im.Prepare(t.Context(), who, exchange.Request{Object: "account", Name: "firms.csv", File: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		if runs, err := im.Runs(t.Context(), apptest.As(k.Rita), 0, 10); err != nil || len(runs) > 0 {
			t.Errorf("somebody else sees %d imports (%v)", len(runs), err)
		}
		m := exchange.Mapping{Columns: map[string]string{"Firm": "name", "Staff": "employees", "Head": "parent.name"}, NewFields: []string{"Kind of firm"}}
		if err := im.Change(t.Context(), who, id, m); err != nil {
			t.Fatal(err)
		}
		look, err := im.Look(t.Context(), who, id)
		if err != nil || len(look.Columns) != 4 || !look.Columns[2].New || look.Columns[3].Target.Name != "account" {
			t.Fatalf("%+v %v", look, err)
		}
		if err := im.Check(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
		run := settled(t, k, exchange.Done, run1(t, k, id))
		if run.Created != 2 || run.Failed != 3 || run.Duplicates != 1 || run.Total != 4 {
			t.Errorf("check: %+v", run.Counts)
		}
		similar, err := im.Similar(t.Context(), who, id, 10)
		if err != nil || len(similar) != 1 || similar[0].Row != 2 || similar[0].Record == 0 {
			t.Errorf("similar: %+v %v", similar, err)
		}
		if err := im.Begin(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
		run = settled(t, k, exchange.Done, run1(t, k, id))
		if run.Created != 2 || run.Failed != 3 {
			t.Fatalf("import: %+v %v", run.Counts, run.Errors)
		}
		if err := im.Begin(t.Context(), who, id); !fault.Is(err, fault.Conflict) {
			t.Errorf("begun twice: %v", err)
		}
		mend(t, k, run)
		if err := im.UndoLater(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
		settled(t, k, exchange.Undone, run)
		same(t, rows(t, k, "account", "name"), "Aurora")
	})
}

// A check at which two work does not end the import that is begun when the first
// is through.
func TestASlowCheckLeavesTheImportAlone(t *testing.T) {
	t.Parallel()
	apptest.EachQuiet(t, func(t *testing.T, k *apptest.Kit) {
		im, who := importer(k), apptest.As(k.Ada)
		id, err := im.Prepare(t.Context(), who, exchange.Request{Object: "account", Name: "firms.csv", File: strings.NewReader("name\nAurora\nBoreas\n")})
		if err != nil {
			t.Fatal(err)
		}
		if err := im.Check(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
		slow, err := exchange.Open(t.Context(), im, id)
		if err != nil {
			t.Fatal(err)
		}
		counts(t, goOn(t, k, k.Ada, id), 2, 0, 0, 0)
		if err := im.Begin(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
		quick, err := exchange.Open(t.Context(), im, id)
		if err != nil {
			t.Fatal(err)
		}
		if elsewhere, err := slow(); err != nil || !elsewhere {
			t.Errorf("the slow check goes on: %v", err)
		}
		if elsewhere, err := quick(); err != nil || elsewhere {
			t.Errorf("the import does not go on: %v", err)
		}
		if run, err := im.Get(t.Context(), who, id); err != nil || run.State != exchange.Done || len(rows(t, k, "account", "name")) != 2 {
			t.Errorf("%+v, %v", run, err)
		}
	})
}

// mend puts the failed rows right, one of them wrongly first.
func mend(t *testing.T, k *apptest.Kit, run *exchange.Run) {
	t.Helper()
	im, who := importer(k), apptest.As(k.Ada)
	headers, failed, err := im.Failed(t.Context(), who, run.ID, 0, 10)
	if err != nil || len(headers) != 4 || len(failed) != 3 || failed[0].Cells[1] != "many" {
		t.Fatalf("%v %+v %v", headers, failed, err)
	}
	if _, err := im.Mend(t.Context(), apptest.As(k.Rita), run.ID, map[int]map[int]string{3: {1: "7"}}); !fault.Is(err, fault.NotFound) {
		t.Errorf("mended by somebody else: %v", err)
	}
	run, err = im.Mend(t.Context(), who, run.ID, map[int]map[int]string{3: {1: "few"}, 5: {3: "Boreas"}})
	if err != nil || run.Failed != 3 {
		t.Fatalf("%+v %v", run, err)
	}
	_, failed, _ = im.Failed(t.Context(), who, run.ID, 0, 10)
	if failed[0].Cells[1] != "few" {
		t.Errorf("what was typed is lost: %+v", failed[0])
	}
	if run, err = im.Mend(t.Context(), who, run.ID, map[int]map[int]string{3: {1: "7"}}); err != nil || run.Failed != 2 {
		t.Fatalf("%+v %v", run, err)
	}
	if run, err = im.Mend(t.Context(), who, run.ID, map[int]map[int]string{4: {}, 5: {}}); err != nil || run.Failed != 0 || run.Rows != 4 {
		t.Fatalf("%+v %v", run, err)
	}
	got := rows(t, k, "account", "name", "employees", "parent")
	slices.Sort(got)
	same(t, got, "Aurora|12|", "Aurora||", "Boreas|7|", "Corvus|3|Boreas", "Corvus|4|Boreas")
}

// run1 works on a run beside the queue.
func run1(t *testing.T, k *apptest.Kit, id value.ID) *exchange.Run {
	t.Helper()
	runs, err := importer(k).Runs(t.Context(), apptest.As(k.Ada), 0, 10)
	if err != nil || len(runs) != 1 || runs[0].ID != id {
		t.Fatalf("%+v %v", runs, err)
	}
	return goOn(t, k, k.Ada, runs[0].ID)
}

// settled waits until the queue has brought a run into a state.
func settled(t *testing.T, k *apptest.Kit, want exchange.State, run *exchange.Run) *exchange.Run {
	t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for deadline := time.Now().Add(20 * time.Second); run.State != want && time.Now().Before(deadline); <-again.C {
		var err error
		if run, err = importer(k).Get(t.Context(), apptest.As(k.Ada), run.ID); err != nil {
			t.Fatal(err)
		}
	}
	if run.State != want {
		t.Fatalf("%s %s, want %s", run.State, run.Error, want)
	}
	return run
}
