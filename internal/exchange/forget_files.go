package exchange

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// forgetJob looks for a person in the stored files of imports. It carries no
// word of hers, for queues keep what they are given: only salted hashes, which
// cells are compared with.
type forgetJob struct {
	Before time.Time  `json:"before"` // files of later imports are another matter
	Salt   []byte     `json:"salt"`
	Groups [][]string `json:"groups"`
}

// Kind implements jobs.Job.
func (forgetJob) Kind() string { return "import.forget" }

func newForgetJob(now time.Time, groups [][]string) forgetJob {
	j := forgetJob{Before: now, Salt: make([]byte, 16)}
	_, _ = rand.Read(j.Salt) // documented never to fail
	for _, group := range groups {
		var hashed []string
		for _, mark := range group {
			hashed = append(hashed, j.hash(mark))
		}
		j.Groups = append(j.Groups, hashed)
	}
	return j
}

func (j forgetJob) hash(mark string) string {
	sum := sha256.Sum256(append(append([]byte{}, j.Salt...), mark...))
	return base64.RawStdEncoding.EncodeToString(sum[:16])
}

func handleForget(r *jobs.Runner, find func(ctx context.Context, workspace string) (*Importer, error)) {
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j forgetJob) error {
		im, err := find(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return im.forgetFiles(ctx, j)
	})
}

// errInUse puts the job off: the file of an import that runs is still read.
var errInUse = errors.New("exchange: an import that runs has the file of somebody to forget")

// forgetFiles removes each stored file that tells of the person. What came in
// from it stays as it is in the records; the import cannot be gone on with.
func (im *Importer) forgetFiles(ctx context.Context, j forgetJob) error {
	runs, err := im.filed(ctx, j.Before)
	if err != nil {
		return err
	}
	seen := map[string]bool{} // by hash of the file
	var busy error
	for _, run := range runs {
		tells, known := seen[run.opts.Hash]
		if !known {
			if tells, err = im.tells(ctx, run, j); err != nil {
				return err
			}
			seen[run.opts.Hash] = tells
		}
		if !tells {
			continue
		}
		if run.state == Waiting || run.state == Running || run.state == Undoing {
			busy = errInUse
			continue
		}
		if err := im.dropFile(ctx, run); err != nil {
			return err
		}
	}
	return busy
}

// filedRun is an import whose file is still stored.
type filedRun struct {
	id    value.ID
	name  string
	state State
	opts  options
}

func (im *Importer) filed(ctx context.Context, before time.Time) (runs []filedRun, err error) {
	err = im.engine.DB().Read(ctx, func(tx *store.Tx) error {
		runs = nil
		rows, err := tx.Query(ctx, `SELECT id, name, state, options FROM {import_run} WHERE created_at <= $1 ORDER BY id`, before)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var run filedRun
			var state, text string
			if err := rows.Scan(&run.id, &run.name, &state, &text); err != nil {
				return err
			}
			run.state = State(state)
			if err := json.Unmarshal([]byte(text), &run.opts); err != nil {
				return fmt.Errorf("read options of import %d: %w", run.id, err)
			}
			if run.opts.Hash != "" {
				runs = append(runs, run)
			}
		}
		return rows.Err()
	})
	return runs, err
}

// tells reads a file for the person. One that cannot be read as a table has
// brought nobody in; it goes too, since nobody can tell what is in it.
func (im *Importer) tells(ctx context.Context, run filedRun, j forgetJob) (bool, error) {
	table, err := im.open(ctx, run.opts.Hash, run.name, run.opts.Mapping.sheetOptions())
	if err != nil {
		if _, lost := fault.As(err); lost {
			return true, nil
		}
		return false, err
	}
	defer table.Close()
	for {
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			if _, lost := fault.As(err); lost {
				return true, nil
			}
			return false, err
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		here := map[string]bool{}
		for _, c := range row.Cells {
			marks(c.Text, func(mark string) { here[j.hash(mark)] = true })
		}
		if told(here, j.Groups) {
			return true, nil
		}
	}
}

// dropFile forgets the file of an import, and removes it unless something else
// refers to it. The headers stay: rows that failed are still to be told.
func (im *Importer) dropFile(ctx context.Context, run filedRun) error {
	headers, err := im.fileHeaders(ctx, run.name, run.opts)
	if err != nil {
		if _, ours := fault.As(err); !ours {
			return err
		}
	}
	last := false
	err = im.engine.Write(ctx, record.AsSystem("forget the file of an import"), func(s *record.Session) error {
		if err := lockRun(ctx, s, run.id); err != nil {
			return err
		}
		opts, err := readOptions(ctx, s.Tx(), run.id)
		if err != nil || opts.Hash != run.opts.Hash {
			return err // the job's other run was quicker; the headers it kept are gone with the file
		}
		opts.Hash, opts.Headers = "", headers
		text, err := json.Marshal(opts)
		if err != nil {
			return err
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET options = $1 WHERE id = $2`, string(text), run.id); err != nil {
			return err
		}
		used, err := s.Tx().Row(ctx, `SELECT 1 FROM {file} WHERE hash = $1 UNION ALL SELECT 1 FROM {import_run} WHERE options LIKE $2 LIMIT 1`,
			[]any{run.opts.Hash, `%"hash":"` + run.opts.Hash + `"%`}, nil)
		last = !used
		return err
	})
	if err != nil || !last {
		return err
	}
	return im.engine.DB().Blobs().Delete(ctx, run.opts.Hash)
}
