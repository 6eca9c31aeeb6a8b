package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"wellmet/internal/store"
	"wellmet/internal/store/storetest"
)

// childWrites inserts pairs of rows and prints each number once its commit is acknowledged.
func childWrites(config string) int {
	var c store.Config
	if err := json.Unmarshal([]byte(config), &c); err != nil {
		return 3
	}
	ctx := context.Background()
	s, err := store.Open(ctx, c)
	if err != nil {
		os.Stderr.WriteString(err.Error())
		return 3
	}
	db, err := s.Workspace(ctx, storetest.Slug, true)
	if err != nil {
		os.Stderr.WriteString(err.Error())
		return 3
	}
	first := 0
	if err := db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT count(*) FROM {setting} WHERE key LIKE 'a%'`, nil, &first)
		return err
	}); err != nil {
		os.Stderr.WriteString(err.Error())
		return 3
	}
	for n := first + 1; ; n++ {
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := put(ctx, tx, fmt.Sprint("a", n)); err != nil {
				return err
			}
			return put(ctx, tx, fmt.Sprint("b", n))
		})
		if err != nil {
			os.Stderr.WriteString(err.Error())
			return 3
		}
		fmt.Println(n)
	}
}

// Whatever was acknowledged before kill -9 is there afterwards, and nothing is half there.
func TestKillLosesNothing(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killWriter(t, store.Config{Dir: t.TempDir(), Sync: store.SyncNormal})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		killWriter(t, storetest.PostgresConfig(t))
	})
}

// killRounds is how often the writer is killed: 5 times, or as often as
// WELLMET_TEST_KILL_ROUNDS says.
func killRounds() int {
	if n, err := strconv.Atoi(os.Getenv("WELLMET_TEST_KILL_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 5
}

func killWriter(t *testing.T, c store.Config) {
	config, err := json.Marshal(struct {
		Dir, URL, DirectURL, SchemaPrefix string
		Sync                              store.Sync
	}{c.Dir, c.URL, c.DirectURL, c.SchemaPrefix, c.Sync})
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	for range killRounds() {
		acknowledged = killOnce(t, string(config), acknowledged+1+rand.IntN(100))
		s, err := store.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		db := storetest.Workspace(t, s)
		a, b := len(texts(t, db, `SELECT key FROM {setting} WHERE key LIKE 'a%'`)), len(texts(t, db, `SELECT key FROM {setting} WHERE key LIKE 'b%'`))
		if a != b || a < acknowledged {
			t.Errorf("%d acknowledged; %d and %d rows", acknowledged, a, b)
		}
		acknowledged = a // one more may have been committed than was acknowledged
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("killed %d times, %d writes", killRounds(), acknowledged)
}

// killOnce lets a child write until it has acknowledged the last of some
// writes, kills it, and answers the last number it acknowledged.
func killOnce(t *testing.T, config string, last int) (acknowledged int) {
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), writerVariable+"="+config)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if acknowledged == last {
			child.Process.Kill() // what it wrote into the pipe before is still read
		}
	}
	child.Wait()
	if acknowledged < last {
		t.Fatalf("the writer stopped at %d by itself", acknowledged)
	}
	return acknowledged
}
