package bench

import (
	"os"
	"slices"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	t.Parallel()
	p, ok := parseStat("7 (a (very) odd) name) S 3 7 7 0 -1 4194560 1 2 3 4 150 50 25 75 20 0 1 0 9")
	want := process{parent: 3, own: 2 * time.Second, reaped: time.Second}
	if !ok || p != want {
		t.Errorf("parseStat = %+v, %v", p, ok)
	}
	for _, bad := range []string{"", "7 (x) S 1", "7 (x) S a 7 7 0 -1 4194560 1 2 3 4 150 50 25 75 20", "no bracket"} {
		if _, ok := parseStat(bad); ok {
			t.Errorf("parseStat(%q) found a process", bad)
		}
	}
}

func TestDescendants(t *testing.T) {
	t.Parallel()
	all := map[int]process{1: {}, 2: {parent: 1}, 3: {parent: 2}, 4: {parent: 3}, 5: {parent: 1}, 6: {parent: 6}}
	got := descendants([]int{2, 3, 6}, all)
	slices.Sort(got)
	if !slices.Equal(got, []int{2, 3, 4, 6}) {
		t.Errorf("descendants = %v", got)
	}
}

func TestThisProcessIsSeen(t *testing.T) {
	t.Parallel()
	self := os.Getpid()
	if _, ok := processes()[self]; !ok {
		t.Fatal("the test's own process was not found")
	}
	if treeMemory([]int{self}) <= 0 || PeakMemory(self) <= 0 {
		t.Error("no memory measured for the test's own process")
	}
	if machineCPU() <= 0 {
		t.Error("the machine seems to have done nothing since it started")
	}
	if m := ThisMachine(); m.Cores < 1 || m.Memory <= 0 || m.Go == "" {
		t.Errorf("machine: %+v", m)
	}
}
