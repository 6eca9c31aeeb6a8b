package cli

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"wellmet/internal/exchange"
	"wellmet/internal/fault"
	"wellmet/internal/value"
)

type exportCmd struct {
	Object string   `arg:"" help:"What to write: accounts, contacts, deals …"`
	Format string   `placeholder:"csv|xlsx|jsonl" help:"Kind of file; by the name of the file, else csv."`
	Filter string   `placeholder:"EXPR" help:"Only records for which this holds."`
	Sort   string   `placeholder:"KEYS" help:"Fields, - before one for descending: -amount,name."`
	Fields []string `placeholder:"F,F" help:"Fields and paths (account.name); all otherwise."`
	As     string   `placeholder:"ADDRESS" help:"With the rights of this member."`
	Output string   `short:"o" placeholder:"FILE" help:"Where to (standard output)."`
}

// Run exports. It writes too: who took what out is on record.
func (c *exportCmd) Run(ctx context.Context, sh *shell) error {
	name, err := c.format()
	if err != nil {
		return err
	}
	w, closing, err := sh.open(ctx, writing)
	if err != nil {
		return err
	}
	defer closing()
	who, err := sh.who(ctx, w, c.As, "export")
	if err != nil {
		return err
	}
	r := exchange.ExportRequest{Object: c.Object, Filter: c.Filter, Sort: c.Sort, Fields: c.Fields, Format: exchange.Formats[name]}
	rows := 0
	err = sh.output(c.Output, func(out io.Writer) error {
		rows, err = w.Importer().Export(ctx, who, r, out)
		return err
	})
	if err == nil && c.Output != "" && c.Output != "-" {
		sh.say("cli.exported", fault.Args{"count": rows, "path": c.Output})
	}
	return err
}

// format is the one asked for, else the one of the file's name.
func (c *exportCmd) format() (string, error) {
	name := strings.ToLower(c.Format)
	if name == "" {
		name = strings.TrimPrefix(strings.ToLower(filepath.Ext(c.Output)), ".")
		if _, ok := exchange.Formats[name]; !ok {
			name = "csv"
		}
	}
	if _, ok := exchange.Formats[name]; !ok {
		return "", fault.New(fault.Invalid, "cli.no_format", fault.Args{"format": value.Printable(c.Format)})
	}
	return name, nil
}
