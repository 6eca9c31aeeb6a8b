package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// errSaid ends a command with status 1 that has said what is wrong already.
var errSaid = errors.New("cli: said")

// finish tells a person what went wrong and answers the exit status.
func (sh *shell) finish(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errSaid):
		return 1
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		sh.tell("cli.interrupted", nil)
		return 130
	}
	e, ok := fault.As(err)
	var p *fs.PathError
	if !ok && errors.As(err, &p) {
		e, ok = fault.As(unwritable(p.Path, err))
	}
	if !ok {
		// Nobody can act on a chain of causes; who looks into it asks for the log.
		sh.log().Debug("failed", "error", err)
		sh.tell("cli.internal", nil)
		return 1
	}
	fmt.Fprintln(sh.Err, sh.text(e.Key, e.Args))
	for _, f := range e.Fields {
		sh.problem(f)
	}
	if problem, ok := e.Args["problem"]; ok && e.Key == "store.unreachable" {
		sh.tell("cli.because", fault.Args{"problem": problem})
	}
	if e.Key == "store.in_use" {
		sh.tell("cli.held", nil)
	}
	return 1
}

// problem tells what is wrong with one field.
func (sh *shell) problem(f fault.Field) {
	line := "  "
	if f.Row > 0 {
		line += strconv.Itoa(f.Row) + ", "
	}
	if f.Path != "" {
		line += f.Path + ": "
	}
	line += sh.text(f.Key, f.Args)
	if f.Value != "" {
		line += " (" + value.Printable(f.Value) + ")"
	}
	fmt.Fprintln(sh.Err, line)
}
