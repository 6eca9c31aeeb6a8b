package exchange

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"time"

	"wellmet/internal/exchange/sheet"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/jobs"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// importJob does a part of an import in the background and, while rows are
// left, asks for the next part.
type importJob struct {
	Run value.ID `json:"run"`
}

// Kind implements jobs.Job.
func (importJob) Kind() string { return "import" }

// Handle tells the runner how imports go on. find opens the importer of a
// workspace.
func Handle(r *jobs.Runner, find func(ctx context.Context, workspace string) (*Importer, error)) {
	handleForget(r, find)
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j importJob) error {
		im, err := find(ctx, run.Workspace)
		if err != nil {
			return err
		}
		_, err = im.part(ctx, j.Run, 40*time.Second, nil)
		return err
	})
	jobs.Handle(r, jobs.Options{}, func(ctx context.Context, run jobs.Run, j undoJob) error {
		im, err := find(ctx, run.Workspace)
		if err != nil {
			return err
		}
		return im.undoSome(ctx, run.By, j.Run, 40*time.Second)
	})
}

// Go runs an import to its end, now. progress, which may be nil, hears of every
// chunk.
func (im *Importer) Go(ctx context.Context, id value.ID, progress func(Counts)) error {
	for {
		more, err := im.part(ctx, id, time.Hour, progress)
		if err != nil || !more {
			return err
		}
	}
}

// worker is one walk over a file, from the row after the last one done.
type worker struct {
	im      *Importer
	id      value.ID
	who     record.Who
	mapping Mapping
	layout  *layout
	lookups lookups
	locale  string
	dry     bool
	begun   bool // by an earlier part
	asked   value.ID
	act     value.ID
	counts  Counts
	before  float64 // seconds of earlier parts
	began   time.Time

	// came are the records that mended rows have come in as already, by row.
	came map[int]value.ID

	keys      keySet // keys of the rows before, that later rows may not repeat
	rehearsal *rehearsal
}

// part works for a while and says whether rows are left. Everything it knows
// is in the database after each chunk, so a killed part is simply begun again.
func (im *Importer) part(ctx context.Context, id value.ID, limit time.Duration, progress func(Counts)) (more bool, err error) {
	w, table, err := im.openRun(ctx, id)
	if errors.Is(err, errElsewhere) {
		return false, nil
	}
	if err != nil {
		return false, im.fail(ctx, id, err)
	}
	if w == nil { // finished or stopped already
		return false, nil
	}
	defer table.Close()
	more, err = w.walk(ctx, table.Table, limit, progress)
	if errors.Is(err, errElsewhere) {
		return false, nil
	}
	if err != nil {
		return false, im.fail(ctx, id, err)
	}
	if more {
		return true, im.engine.Write(ctx, record.AsSystem("import goes on"), func(s *record.Session) error { return s.Later(importJob{Run: id}) })
	}
	return false, nil
}

// openRun opens the file and resolves the mapping, with the importer's rights
// as they are now (engine decision 6).
func (im *Importer) openRun(ctx context.Context, id value.ID) (*worker, *openTable, error) {
	var run *Run
	var opts options
	err := im.engine.Read(ctx, record.AsSystem("import"), func(s *record.Session) error {
		var err error
		if run, err = readRun(ctx, s.Tx(), id); err != nil {
			return err
		}
		opts, err = readOptions(ctx, s.Tx(), id)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	if run.State != Waiting && run.State != Running {
		return nil, nil, nil
	}
	w := &worker{im: im, id: id, mapping: opts.Mapping, locale: opts.Locale, dry: opts.DryRun, begun: len(opts.Matched) > 0, asked: opts.Asked, act: run.act, counts: run.Counts,
		before: run.Seconds, began: im.now(), keys: keySet{}, rehearsal: newRehearsal()}
	if w.dry { // a rehearsal knows its rows by heart, so it begins anew
		w.counts, w.before = Counts{}, 0
	}
	w.who = record.Who{Member: run.by, Scopes: opts.Scopes, Door: "import", Cause: "import " + run.Object, Parent: run.act, Currency: opts.Mapping.Currency}
	if opts.By != 0 {
		w.who.Member = opts.By
	}
	if w.who.Member == 0 || opts.System {
		w.who.Member, w.who.System = 0, "import"
	}
	table, err := im.open(ctx, opts.Hash, run.Name, opts.Mapping.sheetOptions())
	if err != nil {
		return nil, nil, err
	}
	if err := w.prepare(ctx, table.Table, run, opts.Hash); err != nil {
		return nil, nil, errors.Join(err, table.Close())
	}
	return w, table, nil
}

// prepare surveys the file, makes custom fields where asked, and begins the
// act that all chunks belong to.
func (w *worker) prepare(ctx context.Context, table *sheet.Table, run *Run, hash string) error {
	profiles, err := table.Survey(surveyed)
	if err != nil {
		return err
	}
	if err := w.resolve(ctx, run.Object, profiles); err != nil {
		return err
	}
	if len(w.layout.unknown) > 0 && (w.mapping.CreateFields || len(w.mapping.NewFields) > 0) && !w.dry {
		err := w.makeFields(ctx, run.Object, profiles)
		for again := 0; (fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid)) && again < 3; again++ { // perhaps somebody else was first
			if err = w.resolve(ctx, run.Object, profiles); err == nil {
				err = w.makeFields(ctx, run.Object, profiles)
			}
		}
		if err != nil {
			return err
		}
		if err := w.resolve(ctx, run.Object, profiles); err != nil {
			return err
		}
	}
	w.lookups = w.layout.lookups()
	if err := w.lookAhead(ctx, run, hash); err != nil {
		return err
	}
	if w.counts.Total == 0 {
		if w.counts.Total, err = table.Count(); err != nil {
			return err
		}
	}
	return w.begin(ctx, run)
}

// surveyed is how many rows show what the values of a column look like.
const surveyed = 100_000

func (w *worker) resolve(ctx context.Context, object string, profiles []sheet.Profile) error {
	return w.im.engine.Read(ctx, w.who, func(s *record.Session) error {
		o, err := s.Object(object)
		if err != nil {
			return err
		}
		if err := mayImport(s, o); err != nil {
			return err
		}
		if w.mapping.Touches && !w.im.Touches(o.Name) {
			return fault.New(fault.Invalid, "import.no_touches", nil)
		}
		if w.mapping, err = w.mapping.recall(ctx, s, o, headersOf(profiles)); err != nil {
			return err
		}
		guesses, err := w.guess(ctx, s, o, profiles)
		if err != nil {
			return err
		}
		w.layout, err = w.mapping.resolve(o, s.Schema(), profiles, guesses)
		return err
	})
}

// guess matches the headers that nobody has matched. The values are looked at
// before the first row only, and what they showed is kept: the import itself
// makes records whose names it would find then.
func (w *worker) guess(ctx context.Context, s *record.Session, o *schema.Object, profiles []sheet.Profile) (map[string]string, error) {
	if w.begun {
		return w.mapping.Guess(o, s.Schema(), headersOf(profiles)), nil
	}
	guesses, err := w.mapping.sighted(ctx, s, o, profiles)
	w.mapping.Columns = maps.Clone(w.mapping.Columns)
	for h, path := range guesses {
		if path != "" && path != "id" {
			if w.mapping.Columns == nil {
				w.mapping.Columns = map[string]string{}
			}
			w.mapping.Columns[h] = path
		}
	}
	return guesses, err
}

// makeFields adds a custom field for each header that matches nothing, of the
// kind its values show. It takes an administrator.
func (w *worker) makeFields(ctx context.Context, object string, profiles []sheet.Profile) error {
	var changes []schema.Change
	columns := maps.Clone(w.mapping.Columns)
	if columns == nil {
		columns = map[string]string{}
	}
	taken := map[string]bool{}
	for _, p := range profiles {
		h := p.Column.Name
		if !slices.Contains(w.layout.unknown, h) || !w.mapping.CreateFields && !slices.Contains(w.mapping.NewFields, h) {
			continue
		}
		name, there := w.newName(p, taken)
		if !there {
			changes = append(changes, fieldFor(object, p, name))
		}
		columns[h] = name
	}
	if len(changes) > 0 {
		if _, err := w.im.engine.ApplySchema(ctx, w.who, changes, 0); err != nil {
			return err
		}
	}
	w.mapping.Columns, w.mapping.NewFields = columns, nil
	return nil
}

// newName is what the field of a column will be called: a name that is free.
// A custom field that stands there under the column's own label was made by an
// earlier try.
func (w *worker) newName(p sheet.Profile, taken map[string]bool) (name string, there bool) {
	stem := fieldName(p.Column.Name)
	name = stem
	for n := 2; ; n++ {
		f, used := w.layout.object.Field(name)
		if used && !f.Builtin && f.Labels["en"] == p.Column.Title && !taken[name] {
			return name, true
		}
		if _, _, part := w.layout.object.AddressPart(name); !used && !part && !taken[name] {
			taken[name] = true
			return name, false
		}
		name = stem + "_" + strconv.Itoa(n)
	}
}

// fail ends an import with a reason that a person can read. What is no fault of
// the file or the person, such as a database that is away for a moment, is
// answered: the next attempt goes on.
func (im *Importer) fail(ctx context.Context, id value.ID, cause error) error {
	e, ok := fault.As(cause)
	if !ok || e.Kind == fault.Unavailable {
		return cause
	}
	if e.Key == "import.stopped" { // somebody else has ended this run, and may have begun it again
		return nil
	}
	return im.engine.Write(ctx, record.AsSystem("import failed"), func(s *record.Session) error {
		text := i18n.Text("en", e.Key, e.Args)
		for _, f := range e.Fields {
			text += " " + f.Path + ": " + i18n.Text("en", f.Key, f.Args)
		}
		state := Failed
		if e.Kind == fault.Forbidden || e.Kind == fault.TooMany {
			state = Stopped
		}
		n, err := s.Tx().Exec(ctx, `UPDATE {import_run} SET state = $1, error = $2, finished_at = $3
			WHERE id = $4 AND state IN ($5, $6)`, string(state), text, s.Now(), id, string(Waiting), string(Running))
		if err != nil || n == 0 {
			return err
		}
		return tell(ctx, s, id, state)
	})
}
