package bench

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample() *Report {
	load := func(size int, name string, cpu float64, errors int) Entry {
		return Entry{Size: size, As: "rep", Result: Result{
			Name: name, Clients: 8, Requests: 1000, Errors: errors, PerSecond: 812.4, RowsPerSecond: 0,
			P50: 1.234, P95: 4.5, P99: 10.07, Max: 120.4, Bytes: 2048, ServerCPU: cpu, OtherCPU: 1.5, Memory: 90 << 20,
		}}
	}
	return &Report{
		Machine:  Machine{CPU: "Example CPU", Cores: 2, Memory: 8 << 30, System: "linux/amd64", Go: "go1.26"},
		Database: "SQLite",
		Entries: []Entry{
			load(10_000, "get", 0.2, 0), load(1_000_000, "get", 0.3, 0),
			load(10_000, "search", 1, 0), load(1_000_000, "search", 4.2, 0),
			load(10_000, "page", 1, 0), load(1_000_000, "page", 1.1, 3),
			load(1_000_000, "unasked", 7, 0),
		},
		Numbers: []Number{
			{10_000, "import", "", "rows/s", 6100}, {1_000_000, "import", "", "rows/s", 2600},
			{10_000, "cold start", "", "s", 0.12}, {1_000_000, "cold start", "", "s", 0.13},
		},
		Targets: []Target{
			{Name: "get", Limit: 0.4}, {Name: "search", Limit: 5}, {Name: "page", Limit: 2.5},
			{Name: "import", Limit: 4000, AtLeast: true}, {Name: "cold start", Limit: 0.5},
			{Name: "get", As: "admin", Limit: 0.001},
		},
	}
}

func TestTextReport(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := sample().Text(&out); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/report.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	want := map[string][2]verdict{
		"get": {met, met}, "search": {met, missed}, "page": {missed, met},
		"unasked": {none, none}, "import": {missed, missed}, "cold start": {met, met},
	}
	r := sample()
	for _, line := range r.rows() {
		if got := [2]verdict{line.verdict, line.grew}; got != want[line.name] {
			t.Errorf("%s: %v, want %v", line.name, got, want[line.name])
		}
	}
	if r.Missed() != 3 {
		t.Errorf("Missed = %d, want 3", r.Missed())
	}
}

func TestJSONReport(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := sample().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back struct {
		Sizes   []int
		Entries []Entry
		Summary []struct{ Name, Verdict string }
	}
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Entries) != 7 || len(back.Summary) != 6 || !cmp.Equal(back.Sizes, []int{10_000, 1_000_000}) {
		t.Errorf("read back %+v", back)
	}
}
