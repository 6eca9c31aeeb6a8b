package cli

import (
	"context"
	"encoding/json"
	"io"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
)

type processCmd struct {
	Export processExportCmd `cmd:"" help:"Write blueprints, rules and templates as a file."`
	Apply  processApplyCmd  `cmd:"" help:"Make blueprints, rules and templates as a file says; blueprints become drafts."`
}

type processExportCmd struct {
	File string `arg:"" optional:"" help:"Where to (standard output)."`
}

// Run writes the company's process.
func (c *processExportCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	var f *process.File
	if err := w.Read(ctx, schemaWho("process.export"), func(s *record.Session) (err error) {
		f, err = process.Export(ctx, s)
		return err
	}); err != nil {
		return err
	}
	return sh.output(c.File, func(out io.Writer) error {
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		return enc.Encode(f)
	})
}

type processApplyCmd struct {
	File string `arg:"" help:"What export wrote; - = standard input."`
}

// Run makes what the file says, all of it or nothing.
func (c *processApplyCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	in, err := sh.input(c.File)
	if err != nil {
		return err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, 64<<20))
	if err != nil {
		return err
	}
	var done process.Applied
	if err := w.Write(ctx, schemaWho("process.apply"), func(s *record.Session) (err error) {
		f, err := process.ReadFile(text) // anew: applying turns names into ids in it
		if err != nil {
			return err
		}
		done, err = process.Apply(ctx, s, f)
		return err
	}); err != nil {
		return err
	}
	sh.say("cli.process_applied", fault.Args{"created": done.Created, "changed": done.Changed})
	return nil
}
