package jobs

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// TestKilledProcessesLoseNothing kills a process in the middle of its jobs, some
// times over, and lets a last one finish: whatever was acknowledged has run,
// inside exactly once, outside at least once and always with the same key.
// WELLMET_TEST_KILL_ROUNDS sets how often.
func TestKilledProcessesLoseNothing(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killRounds(t, store.Config{Dir: t.TempDir(), Sync: store.SyncNormal})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killRounds(t, storetest.PostgresConfig(t))
	})
}

func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("WELLMET_TEST_KILL_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 5
}

func killRounds(t *testing.T, c store.Config) {
	outside := filepath.Join(t.TempDir(), "outside")
	var acknowledged []int
	for round := range rounds() {
		acknowledged = append(acknowledged, killOnce(t, c, outside, round)...)
	}
	finish := childCommand(t, c, outside, -1)
	if out, err := finish.CombinedOutput(); err != nil {
		t.Fatalf("the last process: %v\n%s", err, out)
	}
	t.Logf("%d rounds, %d acknowledged", rounds(), len(acknowledged))
	if len(acknowledged) < 5*rounds() {
		t.Errorf("too little happened: %d acknowledged", len(acknowledged))
	}
	verify(t, c, outside, acknowledged)
}

// killOnce runs a process for a random time and answers what it acknowledged.
func killOnce(t *testing.T, c store.Config, outside string, round int) (acknowledged []int) {
	cmd := childCommand(t, c, outside, round)
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var killer *time.Timer
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "ack ")
		if n, err := strconv.Atoi(text); ok && err == nil {
			acknowledged = append(acknowledged, n)
		}
		if killer == nil {
			killer = time.AfterFunc(50*time.Millisecond+rand.N(time.Second), func() { cmd.Process.Signal(syscall.SIGKILL) })
		}
	}
	if err := cmd.Wait(); err == nil || killer == nil {
		t.Fatalf("the process was not killed: %v", err)
	}
	return acknowledged
}

func childCommand(t *testing.T, c store.Config, outside string, round int) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "JOBS_CHILD="+strconv.Itoa(round), "JOBS_DIR="+c.Dir, "JOBS_URL="+c.URL,
		"JOBS_DIRECT="+c.DirectURL, "JOBS_PREFIX="+c.SchemaPrefix, "JOBS_OUTSIDE="+outside)
	return cmd
}

func verify(t *testing.T, c store.Config, outside string, acknowledged []int) {
	s, err := store.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	inside := insideRuns(t, storetest.Workspace(t, s))
	data, err := os.ReadFile(outside)
	if err != nil {
		t.Fatal(err)
	}
	keys, repeated := map[string]string{}, 0
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		n, key, ok := strings.Cut(line, " ")
		if before, seen := keys[n]; seen && before != key {
			t.Errorf("job %s came with the keys %s and %s", n, before, key)
		} else if seen {
			repeated++
		}
		if !ok {
			t.Errorf("broken line %q", line)
		}
		keys[n] = key
	}
	t.Logf("%d outside runs were repetitions", repeated)
	for _, n := range acknowledged {
		if inside[strconv.Itoa(n)] == "" || keys[strconv.Itoa(n)] == "" {
			t.Errorf("acknowledged %d: inside %q, outside %q", n, inside[strconv.Itoa(n)], keys[strconv.Itoa(n)])
		}
	}
	for n, runs := range inside {
		if runs != "x" || keys[n] == "" {
			t.Errorf("job %s ran inside %d times, outside with key %q", n, len(runs), keys[n])
		}
	}
	if len(keys) != len(inside) {
		t.Errorf("%d jobs ran outside, %d inside", len(keys), len(inside))
	}
}

// insideRuns has an x for each run of each inside job, and nothing may be left.
func insideRuns(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	runs := map[string]string{}
	err := db.Read(t.Context(), func(tx *store.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT key, value FROM {setting} WHERE key LIKE 'inside:%'`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var key, value string
			if err := rows.Scan(&key, &value); err != nil {
				return err
			}
			runs[strings.TrimPrefix(key, "inside:")] = value
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range states(t, db) {
		if !strings.Contains(state, " done ") {
			t.Errorf("left over: %s", state)
		}
	}
	return runs
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "child:", err)
		os.Exit(3)
	}
}
