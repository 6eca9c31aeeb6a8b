package cli

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"wellmet/internal/app"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
)

type schemaCmd struct {
	Plan   schemaPlanCmd   `cmd:"" help:"Say what a file would change, and what that does."`
	Apply  schemaApplyCmd  `cmd:"" help:"Change objects and fields as a file says."`
	Export schemaExportCmd `cmd:"" help:"Write all objects and fields as a file."`
}

type schemaPlanCmd struct {
	File string `arg:"" help:"Changes, or objects as they should be; - = standard input."`
	JSON bool   `help:"Answer as JSON."`
}

// Run plans and changes nothing.
func (c *schemaPlanCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	changes, err := sh.changes(w, c.File)
	if err != nil || len(changes) == 0 {
		return err
	}
	plan, err := w.Engine().PlanSchema(ctx, schemaWho("schema.plan"), changes)
	if err != nil {
		return err
	}
	return sh.plan(plan, c.JSON)
}

type schemaApplyCmd struct {
	File string `arg:"" help:"Changes, or objects as they should be; - = standard input."`
	JSON bool   `help:"Answer as JSON."`
}

// Run applies what plan shows.
func (c *schemaApplyCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	changes, err := sh.changes(w, c.File)
	if err != nil || len(changes) == 0 {
		return err
	}
	plan, err := w.Engine().PlanSchema(ctx, schemaWho("schema.plan"), changes)
	if err != nil {
		return err
	}
	if plan.Refused() {
		return sh.plan(plan, c.JSON)
	}
	if plan, err = w.Engine().ApplySchema(ctx, schemaWho("schema.apply"), changes, plan.Base); err != nil {
		return err
	}
	if err := sh.plan(plan, c.JSON); err != nil || c.JSON {
		return err
	}
	sh.say("cli.schema_applied", fault.Args{"count": len(changes)})
	return nil
}

func schemaWho(cause string) record.Who {
	return record.Who{System: "command line", Door: "cli", Cause: cause}
}

// changes reads the file; none is an answer of its own.
func (sh *shell) changes(w *app.Workspace, path string) ([]schema.Change, error) {
	f, err := sh.input(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	changes, err := w.Engine().Schema().ReadFile(f)
	if err == nil && len(changes) == 0 {
		sh.say("cli.schema_same", nil)
	}
	return changes, err
}

// plan prints changes with their effects. One that refuses is a failure.
func (sh *shell) plan(p *schema.Plan, asJSON bool) error {
	var failed error
	if p.Refused() {
		failed = errSaid
	}
	if asJSON {
		if err := sh.json(p); err != nil {
			return err
		}
		return failed
	}
	for i, c := range p.Changes {
		sh.print(changeLine(c))
		for _, e := range p.Effects {
			if e.Change == i {
				sh.print("    " + string(e.Weight) + ": " + sh.effect(e))
			}
		}
	}
	if failed != nil {
		sh.tell("cli.schema_refused", nil)
	}
	return failed
}

func changeLine(c schema.Change) string {
	text := strings.ReplaceAll(string(c.Op), "_", " ")
	if c.Object != "" {
		text += " " + c.Object
	}
	if c.Field != "" {
		text += "." + c.Field
	}
	var set struct{ Name, Kind string }
	if json.Unmarshal(c.Set, &set) == nil && set.Name != "" && set.Name != c.Field {
		text += " " + set.Name
	}
	if set.Kind != "" {
		text += " (" + set.Kind + ")"
	}
	return text
}

// effect tells an effect with its count among the arguments.
func (sh *shell) effect(e schema.Effect) string {
	args := fault.Args{"count": e.Count}
	for k, v := range e.Args {
		args[k] = v
	}
	return sh.text(e.Key, args)
}

type schemaExportCmd struct {
	File string `arg:"" optional:"" help:"Where to (standard output)."`
}

// Run exports the schema.
func (c *schemaExportCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, reading)
	if err != nil {
		return err
	}
	defer closing()
	return sh.output(c.File, func(out io.Writer) error { return w.Engine().Schema().Export(out) })
}
