package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

type importCmd struct {
	Object string `arg:"" optional:"" help:"What the rows are: accounts, contacts, deals …"`
	File   string `arg:"" optional:"" help:"CSV or XLSX file; - = standard input."`

	Map          string `placeholder:"MAP.json" help:"What the columns mean; headers that it leaves out are matched by name."`
	Match        string `placeholder:"FIELD" help:"Update the record with the same value in this field instead of making another."`
	CreateFields bool   `help:"Make a field for each header that matches nothing."`
	DryRun       bool   `help:"Only say what would happen."`
	Columns      bool   `help:"Only say what the columns mean, as they were mapped last time or as they read; with --json as a mapping to edit."`
	As           string `placeholder:"ADDRESS" help:"Import with the rights of this member, who owns what names no owner."`
	JSON         bool   `help:"Answer as JSON."`
	Undo         string `placeholder:"ID" help:"Take an import back."`
	Stop         string `placeholder:"ID" help:"Let an import that runs end after the rows it is at."`
	Resume       string `placeholder:"ID" help:"Let an import that was stopped or failed go on, to its end."`
	Errors       string `placeholder:"ID" help:"Write the rows of an import that failed as a CSV file, to mend and import."`
	Output       string `short:"o" placeholder:"FILE" help:"Where --errors writes (standard output)."`
}

// Run imports a file, or stops, resumes or takes back an import, or writes its
// failed rows.
func (c *importCmd) Run(ctx context.Context, sh *shell) error {
	n := writing
	if c.Errors != "" {
		n = reading
	}
	w, closing, err := sh.open(ctx, n)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, c.As, "import")
	if err != nil {
		return err
	}
	im := w.Importer()
	switch {
	case c.Undo != "":
		return c.undo(ctx, sh, im, who)
	case c.Stop != "":
		return c.stop(ctx, sh, im, who)
	case c.Resume != "":
		return c.finish(ctx, sh, w, func() (*exchange.Run, error) { return c.resume(ctx, sh, im, who) })
	case c.Errors != "":
		id, err := value.ParseID(c.Errors)
		if err != nil {
			return err
		}
		return sh.output(c.Output, func(out io.Writer) error { return im.WriteErrors(ctx, who, id, out) })
	case c.Object == "" || c.File == "":
		return fault.New(fault.Invalid, "cli.import_usage", nil)
	}
	if c.Columns {
		return c.columns(ctx, sh, im, who)
	}
	return c.finish(ctx, sh, w, func() (*exchange.Run, error) { return c.do(ctx, sh, im, who) })
}

// columns tells what the columns of a file mean, and imports nothing.
func (c *importCmd) columns(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who) error {
	mapping, err := c.mapping(sh)
	if err != nil {
		return err
	}
	file, err := sh.input(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	list, err := im.Columns(ctx, who, exchange.Request{Object: c.Object, Name: filepath.Base(c.File), File: file, Mapping: mapping})
	if err != nil {
		return err
	}
	m := exchange.Mapping{Columns: map[string]string{}}
	t := table{}
	for _, x := range list {
		if x.Field == "" {
			m.Ignore = append(m.Ignore, x.Header)
			x.Field = sh.text("cli.import_unmatched", nil)
		} else {
			m.Columns[x.Header] = x.Field
		}
		t.add("   ", x.Header, "→", x.Field)
	}
	if c.JSON {
		return sh.json(m)
	}
	t.write(sh.Out)
	return nil
}

// finish runs an import and tells what came of it.
func (c *importCmd) finish(ctx context.Context, sh *shell, w *app.Workspace, do func() (*exchange.Run, error)) error {
	run, err := do()
	if err != nil {
		return err
	}
	if err := fold(ctx, w); err != nil {
		return err
	}
	return c.answer(sh, run)
}

// stop lets an import end early; what came in stays.
func (c *importCmd) stop(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who) error {
	id, err := value.ParseID(c.Stop)
	if err != nil {
		return err
	}
	if err := im.Stop(ctx, who, id); err != nil {
		return err
	}
	run, err := im.Get(ctx, who, id)
	if err != nil {
		return err
	}
	if c.JSON {
		return sh.json(map[string]any{"id": run.ID, "state": run.State, "rows": run.Rows})
	}
	sh.say("cli.import_stopped", fault.Args{"rows": run.Rows})
	sh.print(sh.text("cli.import_go_on", nil) + "  " + sh.command("import --resume "+run.ID.String()))
	return nil
}

// resume lets an import go on behind the last row done.
func (c *importCmd) resume(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who) (*exchange.Run, error) {
	id, err := value.ParseID(c.Resume)
	if err != nil {
		return nil, err
	}
	if err := im.Resume(ctx, who, id, false); err != nil {
		return nil, err
	}
	return c.follow(ctx, sh, im, who, id)
}

func (c *importCmd) do(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who) (*exchange.Run, error) {
	mapping, err := c.mapping(sh)
	if err != nil {
		return nil, err
	}
	file, err := sh.input(c.File)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	id, err := im.Start(ctx, who, exchange.Request{Object: c.Object, Name: filepath.Base(c.File), File: file, Mapping: mapping, DryRun: c.DryRun}, false)
	if err != nil {
		return nil, err
	}
	return c.follow(ctx, sh, im, who, id)
}

// follow does the rows of an import and shows how far it is.
func (c *importCmd) follow(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who, id value.ID) (*exchange.Run, error) {
	shown := sh.progress()
	err := im.Go(ctx, id, shown.show)
	shown.end()
	if err != nil {
		if errors.Is(err, context.Canceled) {
			sh.tell("cli.import_interrupted", fault.Args{"id": id.String()})
		}
		return nil, err
	}
	return im.Get(ctx, who, id)
}

func (c *importCmd) mapping(sh *shell) (exchange.Mapping, error) {
	var m exchange.Mapping
	if c.Map != "" {
		text, err := sh.readText(c.Map)
		if err != nil {
			return m, err
		}
		if m, err = exchange.ParseMapping([]byte(text)); err != nil {
			return m, err
		}
	}
	if c.Match != "" {
		m.Match = c.Match
	}
	m.CreateFields = m.CreateFields || c.CreateFields
	return m, nil
}

// importAnswer is what --json answers.
type importAnswer struct {
	ID         value.ID            `json:"id"`
	Object     string              `json:"object"`
	State      exchange.State      `json:"state"`
	DryRun     bool                `json:"dry_run"`
	Rows       int                 `json:"rows"`
	Created    int                 `json:"created"`
	Updated    int                 `json:"updated"`
	Skipped    int                 `json:"skipped"`
	Failed     int                 `json:"failed"`
	Incomplete int                 `json:"incomplete"`
	Links      map[string]int      `json:"created_links"`
	Errors     []exchange.RowError `json:"errors"`
	Error      string              `json:"error,omitempty"`
	Columns    []exchange.Matched  `json:"columns"`
	Unmatched  []string            `json:"unmatched"`
	Seconds    float64             `json:"seconds"`
}

// answer prints the result. Rows that failed are a result too; only an import
// that did not come to its end is a failure.
func (c *importCmd) answer(sh *shell, r *exchange.Run) error {
	var failed error
	if r.State != exchange.Done {
		failed = errSaid
	}
	if c.JSON {
		a := importAnswer{ID: r.ID, Object: r.Object, State: r.State, DryRun: r.DryRun, Rows: r.Rows, Created: r.Created, Updated: r.Updated,
			Skipped: r.Skipped, Failed: r.Failed, Incomplete: r.Incomplete, Links: r.Links, Errors: r.Errors, Error: r.Error,
			Columns: r.Matched, Unmatched: r.Unknown, Seconds: r.Seconds}
		if a.Links == nil {
			a.Links = map[string]int{}
		}
		if a.Unmatched == nil {
			a.Unmatched = []string{}
		}
		if a.Columns == nil {
			a.Columns = []exchange.Matched{}
		}
		return errors.Join(sh.json(a), failed)
	}
	if failed != nil {
		sh.tell("cli.import_failed", fault.Args{"problem": r.Error})
		return failed
	}
	c.summary(sh, r)
	return nil
}

func (c *importCmd) summary(sh *shell, r *exchange.Run) {
	args := fault.Args{"rows": r.Rows, "created": r.Created, "updated": r.Updated, "skipped": r.Skipped, "failed": r.Failed,
		"seconds": fmt.Sprintf("%.1f", r.Seconds)}
	if r.DryRun {
		sh.say("cli.import_would", args)
	} else {
		sh.say("cli.import_did", args)
	}
	t := table{}
	for _, m := range r.Matched {
		t.add("   ", m.Header, "→", m.Field)
	}
	for _, h := range r.Unknown {
		t.add("   ", h, "→", sh.text("cli.import_unmatched", nil))
	}
	t.write(sh.Out)
	links := "cli.import_links"
	if r.DryRun {
		links = "cli.import_would_links"
	}
	for _, name := range slices.Sorted(maps.Keys(r.Links)) {
		sh.say(links, fault.Args{"count": r.Links[name], "name": name})
	}
	if r.Incomplete > 0 {
		sh.say("cli.import_incomplete", fault.Args{"count": r.Incomplete})
	}
	c.mistakes(sh, r)
	if r.DryRun {
		return
	}
	if r.Failed > 0 {
		sh.print(sh.text("cli.import_mend", nil) + "  " + sh.command("import --errors "+r.ID.String()+" -o failed.csv"))
	}
	if r.Created+r.Updated > 0 {
		sh.print(sh.text("cli.import_back", nil) + "  " + sh.command("import --undo "+r.ID.String()))
	}
}

// mistakes prints the first of them. The run itself keeps only some.
func (c *importCmd) mistakes(sh *shell, r *exchange.Run) {
	rows := map[int]bool{}
	for _, e := range r.Errors {
		rows[e.Row] = true
	}
	for i, e := range r.Errors {
		if i == 20 && len(rows) < r.Failed {
			sh.say("cli.import_more_rows", fault.Args{"failed": r.Failed})
			break
		}
		if i == 20 {
			sh.say("cli.import_more", fault.Args{"count": len(r.Errors) - 20})
			break
		}
		key := "cli.import_row"
		if e.Value == "" {
			key = "cli.import_row_empty"
		}
		sh.say(key, fault.Args{"row": e.Row, "column": e.Column, "value": line(e.Value, 60), "message": e.Message})
	}
}

func (c *importCmd) undo(ctx context.Context, sh *shell, im *exchange.Importer, who record.Who) error {
	id, err := value.ParseID(c.Undo)
	if err != nil {
		return err
	}
	r, err := im.Undo(ctx, who, id)
	if err != nil {
		return err
	}
	if c.JSON {
		kept := r.Kept
		if kept == nil {
			kept = []record.Kept{}
		}
		return sh.json(struct {
			ID    value.ID       `json:"id"`
			State exchange.State `json:"state"`
			Kept  []record.Kept  `json:"kept"`
		}{r.ID, r.State, kept})
	}
	sh.say("cli.import_undone", nil)
	if len(r.Kept) > 0 {
		sh.say("cli.import_kept", fault.Args{"count": len(r.Kept)})
	}
	t := table{}
	for _, k := range r.Kept {
		t.add("   ", k.Object, k.ID.String(), k.Field, k.Reason)
	}
	t.write(sh.Out)
	return nil
}

// fold moves what an import changed into the totals, so that the next reader
// need not.
func fold(ctx context.Context, w *app.Workspace) error {
	return w.Engine().FoldAll(ctx)
}

// progress shows how far an import is: on one line of a terminal, else now and
// then on a line of its own.
type progress struct {
	sh    *shell
	began time.Time
	last  time.Time
	shown bool
}

func (sh *shell) progress() *progress {
	now := time.Now()
	return &progress{sh: sh, began: now, last: now}
}

func (p *progress) show(n exchange.Counts) {
	pause := 3 * time.Second
	if p.sh.Terminal {
		pause = 100 * time.Millisecond
	}
	now := time.Now()
	if now.Sub(p.last) < pause {
		return
	}
	p.last, p.shown = now, true
	rate := int(float64(n.Rows) / max(now.Sub(p.began).Seconds(), 0.001))
	text := p.sh.text("cli.import_progress", fault.Args{"rows": n.Rows, "failed": n.Failed, "rate": rate})
	if p.sh.Terminal {
		fmt.Fprint(p.sh.Err, "\r"+text+"   ")
		return
	}
	fmt.Fprintln(p.sh.Err, text)
}

func (p *progress) end() {
	if p.shown && p.sh.Terminal {
		fmt.Fprintln(p.sh.Err)
	}
}
