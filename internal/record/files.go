package record

import (
	"context"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// File is a file attached to a record. It has no permission of its own: who
// may read the record may read the file, who may change the record may attach
// and remove (engine decision 2).
type File struct {
	ID        value.ID  `json:"id"`
	Name      string    `json:"name"`
	Type      string    `json:"type"`
	Size      int64     `json:"size"`
	CreatedBy value.ID  `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`

	hash string
}

// MaxAttachment is the largest file a record takes, in bytes.
const MaxAttachment = 50 << 20

// Upload keeps a file's bytes, before the transaction that attaches it: a
// transaction must not wait for somebody's network. The same content is kept
// once; what nothing refers to in the end is dropped by a job.
func (e *Engine) Upload(ctx context.Context, r io.Reader) (store.Blob, error) {
	return e.needs.DB.Blobs().Put(ctx, r, MaxAttachment)
}

// OpenFile reads a file that Files or FileOf answered.
func (e *Engine) OpenFile(ctx context.Context, f File) (io.ReadSeekCloser, error) {
	return e.needs.DB.Blobs().Open(ctx, f.hash)
}

// Attach ties an uploaded file to a record. The name is only a name: folders
// and control characters are taken out of it.
func (s *Session) Attach(ctx context.Context, object string, id value.ID, name string, blob store.Blob) (File, error) {
	o, err := s.Object(object)
	if err != nil {
		return File{}, err
	}
	if err := s.mayChange(ctx, o.Name, id); err != nil {
		return File{}, err
	}
	if _, err := s.actID(ctx); err != nil {
		return File{}, err
	}
	f := File{ID: value.NewID(s.now), Name: fileName(name), Type: blob.Type, Size: blob.Size, CreatedBy: s.actor.Member(), CreatedAt: s.now, hash: blob.Hash}
	if _, err := s.tx.Exec(ctx, `INSERT INTO {file} (id, hash, name, type, size, created_by, created_at, attached_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		f.ID, f.hash, f.Name, f.Type, f.Size, orNull(f.CreatedBy), f.CreatedAt, s.now); err != nil {
		return File{}, err
	}
	if _, err = s.tx.Exec(ctx, `INSERT INTO {link_about} (activity, object, record, at_ms, kind) VALUES ($1, $2, $3, $4, $5)`, f.ID, o.ID, id, s.now, fileKind); err != nil {
		return File{}, err
	}
	return f, s.noteFiles(ctx, o, id, Attaching, f.ID)
}

// fileKind marks attachments among what is about a record.
const fileKind = "file"

// mayChange refuses those who may not change the record.
func (s *Session) mayChange(ctx context.Context, object string, id value.ID) error {
	o := s.state.schema.MustObject(object)
	found := map[value.ID]locked{}
	if err := s.lockChunk(ctx, o, []value.ID{id}, lockHow{action: access.Update}, found); err != nil {
		return err
	}
	l, ok := found[id]
	switch {
	case !ok:
		return absent(o, id)
	case !l.may:
		return fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": o.Name})
	}
	return nil
}

// fileName keeps the last part of a path, without what a file system or a
// terminal would take for more than a name.
func fileName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return -1
		}
		return r
	}, name)
	for utf8.RuneCountInString(name) > 200 {
		name = string([]rune(name)[:200])
	}
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	return name
}

const fileColumns = `f.id, f.name, f.type, f.size, f.created_by, f.created_at, f.hash`

// Files lists the files of a record, latest first.
func (s *Session) Files(ctx context.Context, object string, id value.ID) ([]File, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, err
	}
	rows, err := s.tx.Query(ctx, `SELECT `+fileColumns+` FROM {link_about} l JOIN {file} f ON f.id = l.activity
		WHERE l.object = $1 AND l.record = $2 AND l.kind = $3 ORDER BY l.at_ms DESC, f.id DESC LIMIT 500`, o.ID, id, fileKind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	files := []File{}
	for rows.Next() {
		f, err := scanFile(rows)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, rows.Err()
}

// MayChange refuses those who may not change the record, before they are let
// do something that costs.
func (s *Session) MayChange(ctx context.Context, object string, id value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	return s.mayChange(ctx, o.Name, id)
}

// Changeable tells which records of an object the actor may change, of those
// that he may read.
func (s *Session) Changeable(ctx context.Context, object string, ids []value.ID) (map[value.ID]bool, error) {
	may := make(map[value.ID]bool, len(ids))
	o, err := s.Object(object)
	if err != nil || len(ids) == 0 || s.actor.Scope(o, access.Update) == access.None {
		return may, err
	}
	args := s.args()
	rule := s.may(o, access.Update, "t", args)
	if rule == "" {
		for _, id := range ids {
			may[id] = true
		}
		return may, nil
	}
	rows, err := s.tx.Query(ctx, "SELECT t.id FROM {"+o.Table+"} t WHERE t.id IN ("+idList(ids, args)+") AND "+rule, args.Values()...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id value.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		may[id] = true
	}
	return may, rows.Err()
}

// FileOf is one file of a record.
func (s *Session) FileOf(ctx context.Context, object string, id, file value.ID) (File, error) {
	o, err := s.Object(object)
	if err != nil {
		return File{}, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return File{}, err
	}
	rows, err := s.tx.Query(ctx, `SELECT `+fileColumns+` FROM {link_about} l JOIN {file} f ON f.id = l.activity
		WHERE l.object = $1 AND l.record = $2 AND l.kind = $3 AND l.activity = $4`, o.ID, id, fileKind, file)
	if err != nil {
		return File{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return File{}, err
		}
		return File{}, fault.New(fault.NotFound, "record.no_file", nil)
	}
	return scanFile(rows)
}

// Detach takes a file off a record.
func (s *Session) Detach(ctx context.Context, object string, id, file value.ID) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	if err := s.mayChange(ctx, o.Name, id); err != nil {
		return err
	}
	n, err := s.tx.Exec(ctx, `DELETE FROM {link_about} WHERE activity = $1 AND object = $2 AND record = $3 AND kind = $4`, file, o.ID, id, fileKind)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "record.no_file", nil)
	}
	if err != nil {
		return err
	}
	return s.noteFiles(ctx, o, id, Detaching, file)
}

// LendFiles makes the files of a record those of others too, for who may change
// these. A file that somebody attaches is one record's alone.
func (s *Session) LendFiles(ctx context.Context, from schema.Ref, to []schema.Ref) error {
	return s.ofBoth(ctx, from, to, Attaching, func(args *expr.Args, of, o *schema.Object, id value.ID) string {
		return "INSERT INTO {link_about} (activity, object, record, at_ms, kind) SELECT l.activity, " + args.Add(o.ID, "text") + ", " + args.Add(int64(id), "bigint") +
			", l.at_ms, l.kind FROM {link_about} l WHERE l.object = " + args.Add(of.ID, "text") + " AND l.record = " + args.Add(int64(from.ID), "bigint") +
			" AND l.kind = " + args.Add(fileKind, "text") + " ON CONFLICT DO NOTHING"
	})
}

// ReclaimFiles takes the files of a record off others to which they were lent.
func (s *Session) ReclaimFiles(ctx context.Context, from schema.Ref, to []schema.Ref) error {
	return s.ofBoth(ctx, from, to, Detaching, func(args *expr.Args, of, o *schema.Object, id value.ID) string {
		return "DELETE FROM {link_about} WHERE object = " + args.Add(o.ID, "text") + " AND record = " + args.Add(int64(id), "bigint") +
			" AND kind = " + args.Add(fileKind, "text") + " AND activity IN (SELECT l.activity FROM {link_about} l WHERE l.object = " +
			args.Add(of.ID, "text") + " AND l.record = " + args.Add(int64(from.ID), "bigint") + " AND l.kind = " + args.Add(fileKind, "text") + ")"
	})
}

// ofBoth runs a statement about a record's files for each of the others, and
// notes for which files that does something.
func (s *Session) ofBoth(ctx context.Context, from schema.Ref, to []schema.Ref, doing Doing, sql func(args *expr.Args, of, o *schema.Object, id value.ID) string) error {
	of, err := s.Object(from.Object)
	if err != nil {
		return err
	}
	for _, ref := range to {
		o, err := s.Object(ref.Object)
		if err != nil {
			return err
		}
		if !s.actor.System() {
			if err := s.mayChange(ctx, o.Name, ref.ID); err != nil {
				return err
			}
		}
		has := map[Doing]string{Attaching: "NOT ", Detaching: ""}[doing]
		files, err := s.tx.IDs(ctx, `SELECT l.activity FROM {link_about} l WHERE l.object = $1 AND l.record = $2 AND l.kind = $3
			AND `+has+`EXISTS (SELECT 1 FROM {link_about} m WHERE m.activity = l.activity AND m.object = $4 AND m.record = $5) ORDER BY l.activity`,
			of.ID, from.ID, fileKind, o.ID, ref.ID)
		if err != nil {
			return err
		}
		args := s.args()
		if _, err := s.tx.Exec(ctx, sql(args, of, o, ref.ID), args.Values()...); err != nil {
			return err
		}
		if err := s.noteFiles(ctx, o, ref.ID, doing, files...); err != nil {
			return err
		}
	}
	return nil
}

// discardedKind marks files that were taken off a record a short while ago.
const discardedKind = "file_gone"

// keepDiscarded is how long a discarded file can be brought back.
const keepDiscarded = 30 * time.Minute

// Discard is Detach with a way back, for people: Reattach undoes it.
func (s *Session) Discard(ctx context.Context, object string, id, file value.ID) error {
	return s.turn(ctx, object, id, file, fileKind, discardedKind)
}

// Reattach brings back a file that was discarded a short while ago.
func (s *Session) Reattach(ctx context.Context, object string, id, file value.ID) error {
	return s.turn(ctx, object, id, file, discardedKind, fileKind)
}

// turn makes a file of a record one of another kind, for those who may change
// the record.
func (s *Session) turn(ctx context.Context, object string, id, file value.ID, from, to string) error {
	o, err := s.Object(object)
	if err != nil {
		return err
	}
	if err := s.mayChange(ctx, o.Name, id); err != nil {
		return err
	}
	since := int64(0)
	if from == discardedKind {
		since = s.now.Add(-keepDiscarded).UnixMilli()
	}
	n, err := s.tx.Exec(ctx, `UPDATE {link_about} SET kind = $1, at_ms = $2 WHERE activity = $3 AND object = $4 AND record = $5 AND kind = $6 AND at_ms >= $7`,
		to, s.now, file, o.ID, id, from, since)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "record.no_file", nil)
	}
	if err != nil {
		return err
	}
	return s.noteFiles(ctx, o, id, map[string]Doing{fileKind: Attaching, discardedKind: Detaching}[to], file)
}

func scanFile(rows *store.Rows) (File, error) {
	var f File
	var by *value.ID
	err := rows.Scan(&f.ID, &f.Name, &f.Type, &f.Size, &by, &f.CreatedAt, &f.hash)
	if by != nil {
		f.CreatedBy = *by
	}
	return f, err
}
