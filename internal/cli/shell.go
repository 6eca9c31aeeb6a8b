package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// shell is what a command works with: its flags, its input and output, and the
// way to the installation.
type shell struct {
	Program
	flags flags
	args  []string
	sync  store.Sync
	// folderSaid: --data was typed, and is not just what the environment names.
	folderSaid bool
}

// need says what a command wants with the installation.
type need uint8

const (
	reading need = iota // may read beside a running server
	writing
	serving // and runs the background jobs
)

// errHeld means that a server holds the data folder and that the command must
// be handed to it.
var errHeld = errors.New("cli: a server holds the folder")

// open opens the installation and the workspace of the flags. Where a server
// holds the folder it reads beside it, or answers errHeld.
func (sh *shell) open(ctx context.Context, n need) (*app.Workspace, func(), error) {
	if sh.inside != nil {
		w, err := sh.inside.Workspace(ctx, sh.flags.Workspace)
		return w, func() {}, err
	}
	c, clock, err := sh.config()
	if err != nil {
		return nil, nil, err
	}
	if c.Quiet = n != serving; n == reading {
		if err := sh.exists(); err != nil {
			return nil, nil, err
		}
	}
	a, err := app.Open(ctx, c)
	if held(err) && n == reading {
		c.Beside = true
		a, err = app.Open(ctx, c)
	} else if held(err) && n == writing {
		return nil, nil, errors.Join(errHeld, err)
	}
	if err != nil {
		return nil, nil, err
	}
	closing := func() {
		if err := a.Close(); err != nil {
			c.Log.Error("close", "error", err)
		}
	}
	w, err := a.Default(ctx)
	if err != nil {
		closing()
		return nil, nil, err
	}
	clock.in(w.Engine().Settings().Zone)
	return w, closing, nil
}

func held(err error) bool {
	e, ok := fault.As(err)
	return ok && e.Key == "store.in_use"
}

// exists keeps a reading command from making an empty workspace where somebody
// mistyped a folder.
func (sh *shell) exists() error {
	if sh.flags.Database != "" {
		return nil
	}
	_, err := os.Stat(filepath.Join(sh.path(sh.flags.Data), "control.db"))
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "cli.no_data", fault.Args{"path": sh.flags.Data})
	}
	return err
}

func (sh *shell) config() (app.Config, *clock, error) {
	clock, err := newClock(sh.now, sh.flags.Today)
	if err != nil {
		return app.Config{}, nil, err
	}
	f := sh.flags
	c := app.Config{Dir: sh.path(f.Data), Database: f.Database, Direct: f.Direct, Prefix: sh.prefix, Slug: f.Workspace,
		Currency: f.Currency, Zone: f.Zone, Locale: f.Locale, Clock: clock.now, Log: sh.log(), Cost: sh.cost, Sync: sh.sync,
		PrivateHooks: f.Private}
	if c.Zone == "" {
		c.Zone = machineZone()
	}
	return c, clock, nil
}

func (sh *shell) log() *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(sh.flags.Log)); err != nil {
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(sh.Err, &slog.HandlerOptions{Level: level}))
}

// path resolves a path as the caller typed it.
func (sh *shell) path(p string) string {
	if filepath.IsAbs(p) || sh.Dir == "" {
		return p
	}
	return filepath.Join(sh.Dir, p)
}

// input opens a file, or standard input for "-".
func (sh *shell) input(p string) (io.ReadCloser, error) {
	if p == "-" || p == "/dev/stdin" {
		return io.NopCloser(sh.In), nil
	}
	f, err := os.Open(sh.path(p))
	if err == nil { // opening a folder works, reading it does not
		if info, stat := f.Stat(); stat == nil && info.IsDir() {
			err = errors.Join(syscall.EISDIR, f.Close())
		}
	}
	if err != nil {
		return nil, unreadable(p, err)
	}
	return f, nil
}

// output is a file, which appears only when all of it was written, or standard
// output for "" and "-". A device or a pipe is refused: the new file would take
// its place, for everybody on the machine where the command runs as root.
func (sh *shell) output(p string, write func(io.Writer) error) error {
	if p == "" || p == "-" || p == "/dev/stdout" {
		return write(sh.Out)
	}
	p = sh.path(p)
	if info, err := os.Stat(p); err == nil && !info.Mode().IsRegular() {
		return fault.New(fault.Invalid, "cli.no_file", fault.Args{"path": p})
	}
	f, err := os.CreateTemp(filepath.Dir(p), ".wellmet-*")
	if err != nil {
		return unwritable(p, err)
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), p); err != nil {
		return unwritable(p, err)
	}
	return nil
}

func unreadable(p string, err error) error {
	return fault.New(fault.Invalid, "cli.unreadable", fault.Args{"path": p, "problem": reason(err)}).Because(err)
}

func unwritable(p string, err error) error {
	return fault.New(fault.Invalid, "cli.unwritable", fault.Args{"path": p, "problem": reason(err)}).Because(err)
}

// reason is what the system says, without the path that our sentence names.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// who acts: a member, for --as, or the operator, whom no permission stops.
func (sh *shell) who(ctx context.Context, w *app.Workspace, as, cause string) (record.Who, error) {
	if as == "" {
		return record.Who{System: "command line", Door: "cli", Cause: cause}, nil
	}
	id, err := sh.member(ctx, w, as)
	return record.Who{Member: id, Door: "cli", Cause: cause}, err
}

// member finds a member by e-mail address, or, when it is typed in another
// case, the one who signs in with it.
func (sh *shell) member(ctx context.Context, w *app.Workspace, email string) (value.ID, error) {
	id, ok, err := w.MemberByEmail(ctx, email)
	if err != nil || ok {
		return id, err
	}
	auth := w.App().Auth()
	user, _, err := auth.UserByEmail(ctx, email)
	if err != nil {
		return 0, err
	}
	joined, err := auth.Memberships(ctx, user.ID)
	for _, m := range joined {
		if m.Workspace == w.Slug() {
			return m.Member, err
		}
	}
	if err != nil {
		return 0, err
	}
	return 0, fault.New(fault.NotFound, "cli.no_member", fault.Args{"email": value.Printable(email)})
}

// text is a sentence of the catalogue.
func (sh *shell) text(key string, args fault.Args) string {
	return i18n.Text(sh.flags.Locale, key, args)
}

// say prints a sentence of the catalogue; tell does on standard error.
func (sh *shell) say(key string, args fault.Args)  { fmt.Fprintln(sh.Out, sh.text(key, args)) }
func (sh *shell) tell(key string, args fault.Args) { fmt.Fprintln(sh.Err, sh.text(key, args)) }

func (sh *shell) print(line string) { fmt.Fprintln(sh.Out, line) }

// clock runs from a moment of the day that --today names, or is the real one.
type clock struct {
	real  func() time.Time
	day   value.Date
	moved bool
	by    atomic.Int64
}

func newClock(real func() time.Time, today string) (*clock, error) {
	c := &clock{real: real}
	if real == nil {
		c.real = time.Now
	}
	if today == "" {
		return c, nil
	}
	var err error
	c.day, err = value.ParseDate(today)
	c.moved = true
	c.in("UTC")
	return c, err
}

// in puts the clock to the noon of its day in a zone.
func (c *clock) in(zone string) {
	if !c.moved {
		return
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		loc = time.UTC
	}
	c.by.Store(int64(c.day.Time(loc).Add(12 * time.Hour).Sub(c.real())))
}

func (c *clock) now() time.Time { return c.real().Add(time.Duration(c.by.Load())) }

// readAs runs fn on a snapshot with the time that reports may take.
func readAs(ctx context.Context, w *app.Workspace, who record.Who, fn func(*record.Session) error) error {
	return w.Read(ctx, who, fn, store.Report)
}
