package store_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
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
	for n := 1; ; n++ {
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

func killWriter(t *testing.T, c store.Config) {
	config, err := json.Marshal(struct {
		Dir, URL, DirectURL, SchemaPrefix string
		Sync                              store.Sync
	}{c.Dir, c.URL, c.DirectURL, c.SchemaPrefix, c.Sync})
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), writerVariable+"="+string(config))
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := 0
	for lines := bufio.NewScanner(out); lines.Scan(); {
		acknowledged, err = strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		if acknowledged == 200 {
			child.Process.Kill() // what it wrote into the pipe before is still read
		}
	}
	child.Wait()
	db := storetest.Workspace(t, openAt(t, c))
	a, b := len(texts(t, db, `SELECT key FROM {setting} WHERE key LIKE 'a%'`)), len(texts(t, db, `SELECT key FROM {setting} WHERE key LIKE 'b%'`))
	if a != b || a < acknowledged || acknowledged < 200 {
		t.Errorf("%d acknowledged; %d and %d rows", acknowledged, a, b)
	}
}
