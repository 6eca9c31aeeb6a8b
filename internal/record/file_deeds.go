package record

import (
	"context"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// What happens to the files of a record, among the lines of its history.
const (
	Attaching Doing = "attach"
	Detaching Doing = "detach"
)

// FileDeed is a file that came to a record, or was taken off it, as it was called
// then. Nobody can change or delete such a line.
type FileDeed struct {
	ID   value.ID `json:"id"`
	Name string   `json:"name"`
	Size int64    `json:"size"`
}

// noteFiles keeps that files came to a record or were taken off it.
func (s *Session) noteFiles(ctx context.Context, o *schema.Object, id value.ID, doing Doing, files ...value.ID) error {
	if len(files) == 0 {
		return nil
	}
	act, err := s.actID(ctx)
	if err != nil {
		return err
	}
	for _, file := range files {
		args := s.args()
		sql := "INSERT INTO {file_deed} (id, act, object, record, version, kind, file, name, size) SELECT " +
			args.Add(int64(value.NewID(s.now)), "bigint") + ", " + args.Add(int64(act), "bigint") + ", " + args.Add(o.ID, "text") + ", t.id, t.version, " +
			args.Add(string(doing), "text") + ", f.id, f.name, f.size FROM {file} f, {" + o.Table + "} t WHERE f.id = " +
			args.Add(int64(file), "bigint") + " AND t.id = " + args.Add(int64(id), "bigint")
		if _, err := s.tx.Exec(ctx, sql, args.Values()...); err != nil {
			return err
		}
	}
	return nil
}

// WithFiles puts what happened to the files of a record among entries of its
// history: those that History answered for the same version, more of which
// follow or not.
func (s *Session) WithFiles(ctx context.Context, object string, id value.ID, before int64, entries []Entry, more bool) ([]Entry, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	if _, err := s.Get(ctx, o.Name, id); err != nil {
		return nil, err
	}
	if before <= 0 {
		before = 1 << 62
	}
	from := int64(0)
	if more && len(entries) > 0 {
		from = entries[len(entries)-1].Version
	}
	deeds, err := s.fileDeeds(ctx, o, id, from, before)
	if err != nil || len(deeds) == 0 {
		return entries, err
	}
	out := make([]Entry, 0, len(entries)+len(deeds))
	for _, e := range entries {
		for len(deeds) > 0 && deeds[0].Version >= e.Version {
			out, deeds = append(out, deeds[0]), deeds[1:]
		}
		out = append(out, e)
	}
	return append(out, deeds...), nil
}

// FileDeeds are all lines about the files of a record, the newest first.
func (s *Session) FileDeeds(ctx context.Context, object string, id value.ID) ([]Entry, error) {
	return s.WithFiles(ctx, object, id, 0, nil, false)
}

// fileDeeds are the lines of versions from one on and before another, the newest
// first.
func (s *Session) fileDeeds(ctx context.Context, o *schema.Object, id value.ID, from, before int64) ([]Entry, error) {
	rows, err := s.tx.Query(ctx, `SELECT d.act, a.at, a.actor, a.cause, a.door, d.kind, d.version, d.file, d.name, d.size FROM {file_deed} d
		JOIN {act} a ON a.id = d.act WHERE d.record = $1 AND d.object = $2 AND d.version >= $3 AND d.version < $4 ORDER BY d.version DESC, d.id DESC LIMIT 1000`,
		id, o.ID, from, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Entry
	for rows.Next() {
		e := Entry{Changes: []FieldChange{}, File: &FileDeed{}}
		var actor *value.ID
		if err := rows.Scan(&e.Act, &e.At, &actor, &e.Cause, &e.Door, &e.Kind, &e.Version, &e.File.ID, &e.File.Name, &e.File.Size); err != nil {
			return nil, err
		}
		if actor != nil {
			e.Actor = *actor
		}
		list = append(list, e)
	}
	return list, rows.Err()
}
