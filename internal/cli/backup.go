package cli

import (
	"context"
	"io"

	"wellmet/internal/fault"
	"wellmet/internal/store"
)

type backupCmd struct {
	File string `arg:"" help:"Where to; - = standard output."`
}

// Run writes a backup; the file is there only when it is whole.
func (c *backupCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	var written int64
	err = sh.output(c.File, func(out io.Writer) error {
		n := &counted{w: out}
		err := w.App().Server().Backup(ctx, n)
		written = n.n
		return err
	})
	if err == nil && c.File != "-" {
		sh.say("cli.backed_up", fault.Args{"path": c.File, "size": size(uint64(written))})
	}
	return err
}

// counted counts what is written.
type counted struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

type restoreCmd struct {
	File string `arg:"" help:"The backup; - = standard input."`
}

// Run restores into an empty folder, or a database without our schemas.
func (c *restoreCmd) Run(ctx context.Context, sh *shell) error {
	f, err := sh.input(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	config := store.Config{Dir: sh.path(sh.flags.Data), URL: sh.flags.Database, DirectURL: sh.flags.Direct, SchemaPrefix: sh.prefix, Log: sh.log()}
	if err := store.Restore(ctx, config, f); err != nil {
		return err
	}
	sh.say("cli.restored", nil)
	sh.print("    " + sh.command("check"))
	return nil
}
