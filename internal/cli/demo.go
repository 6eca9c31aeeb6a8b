package cli

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

type demoCmd struct {
	listenFlag
	Reset bool   `help:"Start over with a fresh company."`
	Keep  string `placeholder:"DIR" help:"Keep the demo in this folder instead of a temporary one, as --data does."`
}

// demoPrefix keeps a demo on PostgreSQL apart from real workspaces.
const demoPrefix = "demo_"

// Run opens the demo, making it when there is none, and serves it.
func (c *demoCmd) Run(ctx context.Context, sh *shell) error {
	if err := c.settle(sh); err != nil {
		return err
	}
	listener, err := c.listen() // before the making, which takes its time
	if err != nil {
		return err
	}
	defer listener.Close() // the server has closed it when all went well
	if c.Reset {
		if err := c.wipe(ctx, sh); err != nil {
			return err
		}
	}
	w, closing, err := sh.open(ctx, serving)
	if err != nil {
		return err
	}
	defer func() { closing() }()
	d, err := sh.demoOf(ctx, w)
	if err == nil && d != nil && !d.Whole() { // its making was interrupted
		closing()
		if err := c.wipe(ctx, sh); err != nil {
			return err
		}
		w, closing, err = sh.open(ctx, serving)
		d = nil
	}
	if err == nil && d == nil {
		sh.tell("cli.demo_making", nil)
		if d, err = w.LoadDemo(ctx); err == nil {
			err = w.ForeseeLater(ctx)
		}
		debug.FreeOSMemory() // the making took more than the serving will
	}
	if err != nil {
		return err
	}
	return sh.serve(ctx, w.App(), listener, false, func() error {
		sh.introduce(d, listener, w.App().Now())
		return nil
	})
}

// settle says where the demo lives. A temporary one may be lost with the power;
// its name is known to all, so somebody else may have taken it.
func (c *demoCmd) settle(sh *shell) error {
	if sh.flags.Database != "" && sh.prefix == "" {
		sh.prefix = demoPrefix
	}
	if c.Keep == "" && sh.folderSaid { // typed; what the environment names is no place for a demo
		c.Keep = sh.flags.Data
	}
	if sh.flags.Data = c.Keep; c.Keep != "" {
		return nil
	}
	sh.flags.Data = filepath.Join(os.TempDir(), "wellmet-demo-"+strconv.Itoa(os.Getuid()))
	sh.sync = store.SyncOff
	info, err := os.Lstat(sh.flags.Data)
	if err == nil && (!info.IsDir() || info.Mode().Perm()&0o022 != 0) {
		return fault.New(fault.Conflict, "cli.demo_folder", fault.Args{"path": sh.flags.Data})
	}
	return nil
}

// demoOf is the demo of a workspace, nil for an empty one; anything else is
// somebody's own work.
func (sh *shell) demoOf(ctx context.Context, w *app.Workspace) (*app.Demo, error) {
	d, err := w.Demo(ctx)
	empty, err2 := w.Empty(ctx)
	if err := errors.Join(err, err2); err != nil || d != nil || empty {
		return d, err
	}
	return nil, fault.New(fault.Conflict, "cli.demo_not_one", fault.Args{"path": sh.flags.Data})
}

// wipe removes a demo. Opening it first tells whether it is one, and whether a
// server is running on it.
func (c *demoCmd) wipe(ctx context.Context, sh *shell) error {
	if sh.flags.Database == "" && sh.exists() != nil {
		return nil
	}
	w, closing, err := sh.open(ctx, serving)
	if err != nil {
		return err
	}
	_, err = sh.demoOf(ctx, w)
	closing()
	if err != nil {
		return err
	}
	dir := sh.path(sh.flags.Data)
	if sh.flags.Database != "" {
		err := store.DropPrefix(ctx, store.Config{Dir: dir, URL: sh.flags.Database, DirectURL: sh.flags.Direct, SchemaPrefix: sh.prefix})
		if err != nil {
			return err
		}
	}
	return removeData(dir)
}

// removeData removes what an installation keeps in its folder, and nothing
// that somebody else put there.
func removeData(dir string) error {
	var all []error
	for _, pattern := range []string{"control.db*", "ws_*.db*", "blobs", "wellmet.lock", doorName} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		all = append(all, err)
		for _, path := range found {
			all = append(all, os.RemoveAll(path))
		}
	}
	return errors.Join(all...)
}

// listen takes a free port where the usual one is taken and nobody asked for
// it.
func (c *demoCmd) listen() (net.Listener, error) {
	l, err := listen(c.Listen)
	if err != nil && c.Listen == "127.0.0.1:8080" {
		return listen("127.0.0.1:0")
	}
	return l, err
}

// introduce prints the address and who can sign in.
func (sh *shell) introduce(d *app.Demo, l net.Listener, now time.Time) {
	sh.say("cli.serving", fault.Args{"address": address(l)})
	sh.say("cli.demo", fault.Args{"company": d.Company, "password": app.DemoPassword})
	var t table
	for _, x := range d.SignIns {
		t.add("   ", x.Role, x.Email, x.Name)
	}
	t.write(sh.Out)
	if now.Sub(d.Made) > 7*24*time.Hour {
		sh.say("cli.demo_old", fault.Args{"day": value.DateOf(d.Made, time.UTC).String()})
	}
}
