package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// State is where an import stands.
type State string

// The states of an import.
const (
	Draft   State = "draft" // a file that nobody has asked to import yet
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
	Stopped State = "stopped"
	Undoing State = "undoing"
	Undone  State = "undone"
)

// Counts are the figures of an import, kept with every chunk so that a crash
// loses none.
type Counts struct {
	Rows    int            `json:"rows"`
	Created int            `json:"created"`
	Updated int            `json:"updated"`
	Skipped int            `json:"skipped"` // rows that change nothing
	Failed  int            `json:"failed"`
	Pending int            `json:"pending,omitempty"` // links to rows further down
	Links   map[string]int `json:"created_links,omitempty"`
	// Incomplete counts rows taken without what a rule demands.
	Incomplete int `json:"incomplete,omitempty"`
	// Warned counts rows taken that rules found odd; Odd tells why.
	Warned int                 `json:"warned,omitempty"`
	Odd    []record.BulkReason `json:"odd,omitempty"`
	// Duplicates counts new records of a dry run that look like others.
	Duplicates int     `json:"duplicates,omitempty"`
	Seconds    float64 `json:"seconds"`
	Last       int     `json:"last"`            // last row done
	Total      int     `json:"total,omitempty"` // rows of the file, once known
}

// Run is one import, as the API shows it.
type Run struct {
	ID       value.ID      `json:"id"`
	Object   string        `json:"object"`
	Name     string        `json:"name"`
	State    State         `json:"state"`
	DryRun   bool          `json:"dry_run"`
	Mapping  Mapping       `json:"mapping"`
	Matched  []Matched     `json:"columns,omitempty"`
	Unknown  []string      `json:"unmatched,omitempty"`
	Counts                 // rows, created, …
	Errors   []RowError    `json:"errors"`
	Error    string        `json:"error,omitempty"`
	Begun    time.Time     `json:"created_at"`
	Finished *time.Time    `json:"finished_at,omitempty"`
	Kept     []record.Kept `json:"kept,omitempty"`

	act value.ID
	by  value.ID
}

// By is who began the import; 0 for the system.
func (r *Run) By() value.ID { return r.by }

// UndoFor is how long an import can be taken back.
const UndoFor = 7 * 24 * time.Hour

// UndoUntil is when an import can no longer be taken back; false when it never
// could.
func (r *Run) UndoUntil() (time.Time, bool) {
	if r.act == 0 || r.DryRun || r.Finished == nil || r.State == Undone || r.State == Undoing {
		return time.Time{}, false
	}
	return r.Finished.Add(UndoFor), true
}

// Matched is a header and the field it was matched to.
type Matched struct {
	Header string `json:"header"`
	Field  string `json:"field"`
}

// RowError is what is wrong with one cell of one row.
type RowError struct {
	Row     int    `json:"row"`
	Column  string `json:"column"`
	Value   string `json:"value"`
	Message string `json:"message"`
	// Record is the one that a possible duplicate looks like.
	Record value.ID `json:"record,omitempty"`
}

// options are what is stored of a run.
type options struct {
	Mapping Mapping       `json:"mapping"`
	DryRun  bool          `json:"dry_run,omitempty"`
	Hash    string        `json:"hash"`
	Size    int64         `json:"size"`
	Matched []Matched     `json:"matched,omitempty"`
	Unknown []string      `json:"unknown,omitempty"`
	Scopes  []string      `json:"scopes,omitempty"`
	Locale  string        `json:"locale,omitempty"`
	Kept    []record.Kept `json:"kept,omitempty"`
	// Headers are kept of a file that is gone: somebody in it was erased.
	Headers []string `json:"headers,omitempty"`
	// By and System are who resumed the import, in whose name it goes on.
	By     value.ID `json:"by,omitempty"`
	System bool     `json:"system,omitempty"`
	// Asked tells one check or import of the run from another: who works for an
	// earlier one leaves the run to those who work for this.
	Asked value.ID `json:"asked,omitempty"`
}

// MaxFile is the largest file an import takes.
const MaxFile = 2 << 30

// Request asks for an import.
type Request struct {
	Object  string
	Name    string // of the file
	File    io.Reader
	Mapping Mapping
	DryRun  bool
}

// Again is, by object, what an import does about people who are there already and
// came once more.
type Again map[string]Coming

// Coming is about the people of one object.
type Coming struct {
	// Touch writes down that they came.
	Touch func(ctx context.Context, s *record.Session, ids []value.ID) error
	// Open reports whether somebody is still worked on. Who is not comes anew.
	Open func(*record.Record) bool
}

// Importer runs the imports of one workspace.
type Importer struct {
	engine *record.Engine
	again  Again
	now    func() time.Time
	rows   int // of a chunk
}

// New makes the importer of a workspace.
func New(e *record.Engine, again Again) *Importer {
	return &Importer{engine: e, again: again, now: time.Now, rows: chunkRows}
}

// Touches reports whether an import can tell that people of an object came
// again.
func (im *Importer) Touches(object string) bool { return im.again[object].Touch != nil }

// Start stores the file and the request. The import itself is Go's, in the
// background or at once.
func (im *Importer) Start(ctx context.Context, who record.Who, r Request, later bool) (value.ID, error) {
	if err := im.may(ctx, who, r.Object); err != nil {
		return 0, err
	}
	blob, err := im.engine.DB().Blobs().Put(ctx, r.File, MaxFile)
	if err != nil {
		return 0, err
	}
	return im.store(ctx, who, r, blob, Waiting, later)
}

// store writes the request of an import whose file is there.
func (im *Importer) store(ctx context.Context, who record.Who, r Request, blob store.Blob, state State, later bool) (value.ID, error) {
	text, err := json.Marshal(options{Mapping: r.Mapping, DryRun: r.DryRun, Hash: blob.Hash, Size: blob.Size, Scopes: who.Scopes, Locale: who.Locale})
	if err != nil {
		return 0, err
	}
	var id value.ID
	err = im.engine.Write(ctx, who, func(s *record.Session) error {
		o, err := s.Object(r.Object)
		if err != nil {
			return err
		}
		id = value.NewID(s.Now())
		var by any
		if m := s.Actor().Member(); m != 0 {
			by = m
		}
		if _, err := s.Tx().Exec(ctx, `INSERT INTO {import_run} (id, object, name, state, options, counts, created_by, created_at)
			VALUES ($1, $2, $3, $4, $5, '{}', $6, $7)`, id, o.Name, r.Name, string(state), string(text), by, s.Now()); err != nil {
			return err
		}
		if !later {
			return nil
		}
		return s.Later(importJob{Run: id})
	})
	return id, err
}

// may refuses those who may not import into the object.
func (im *Importer) may(ctx context.Context, who record.Who, object string) error {
	return im.engine.Read(ctx, who, func(s *record.Session) error {
		o, err := s.Object(object)
		if err != nil {
			return err
		}
		return mayImport(s, o)
	})
}

func mayImport(s *record.Session, o *schema.Object) error {
	if s.Actor().Scope(o, access.Import) == access.None {
		return fault.New(fault.Forbidden, "import.not_allowed", fault.Args{"object": o.Name})
	}
	return nil
}

// Get reads an import; it is for who started it and for administrators.
func (im *Importer) Get(ctx context.Context, who record.Who, id value.ID) (*Run, error) {
	var run *Run
	err := im.engine.Read(ctx, who, func(s *record.Session) error {
		var err error
		run, err = im.load(ctx, s, id)
		return err
	})
	return run, err
}

func (im *Importer) load(ctx context.Context, s *record.Session, id value.ID) (*Run, error) {
	run, err := readRun(ctx, s.Tx(), id)
	if err != nil {
		return nil, err
	}
	if !s.Actor().System() && !s.Actor().Admin() && run.by != s.Actor().Member() {
		return nil, noRun(id)
	}
	run.Errors, err = rowErrors(ctx, s.Tx(), id, 200)
	return run, err
}

func noRun(id value.ID) error {
	return fault.New(fault.NotFound, "import.absent", fault.Args{"id": id.String()})
}

func readRun(ctx context.Context, tx *store.Tx, id value.ID) (*Run, error) {
	run := &Run{ID: id, Errors: []RowError{}}
	var state, opts, counts string
	var act, by *value.ID
	var problem *string
	ok, err := tx.Row(ctx, `SELECT object, name, state, options, counts, error, act, created_by, created_at, finished_at
		FROM {import_run} WHERE id = $1`, []any{id}, &run.Object, &run.Name, &state, &opts, &counts, &problem, &act, &by, &run.Begun, &run.Finished)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, noRun(id)
	}
	var o options
	if err := json.Unmarshal([]byte(opts), &o); err != nil {
		return nil, fmt.Errorf("read import %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(counts), &run.Counts); err != nil {
		return nil, fmt.Errorf("read import %d: %w", id, err)
	}
	run.State, run.Mapping, run.DryRun, run.Matched, run.Unknown, run.Kept = State(state), o.Mapping, o.DryRun, o.Matched, o.Unknown, o.Kept
	if problem != nil {
		run.Error = *problem
	}
	if act != nil {
		run.act = *act
	}
	if by != nil {
		run.by = *by
	}
	return run, nil
}

func readOptions(ctx context.Context, tx *store.Tx, id value.ID) (options, error) {
	var text string
	var o options
	ok, err := tx.Row(ctx, `SELECT options FROM {import_run} WHERE id = $1`, []any{id}, &text)
	if err != nil {
		return o, err
	}
	if !ok {
		return o, noRun(id)
	}
	return o, json.Unmarshal([]byte(text), &o)
}
