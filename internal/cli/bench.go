package cli

import (
	"context"
	"os"

	"wellmet/internal/cli/bench"
)

type benchCmd struct {
	Rows    int      `default:"1000000" placeholder:"N" help:"Deals in the largest workspace; 10,000 and each ten-fold up to N are measured side by side (${default})."`
	Only    bool     `help:"This size alone."`
	Crowd   bool     `help:"5,000 members in 1,300 teams on 6 levels instead of 50 in 7."`
	JSON    bool     `help:"Answer as JSON."`
	Keep    string   `placeholder:"DIR" help:"Keep the workspaces in this folder, for another run."`
	Seconds float64  `default:"2" help:"How long each request is repeated (${default})."`
	Shape   []string `placeholder:"NAME" help:"Only these requests, such as create; may be given again."`

	ServeAt string `hidden:"" help:"Be the server under measurement."`
	Prefix  string `hidden:"" help:"Of its PostgreSQL schemas."`
}

// Run measures, or is the process that is measured. It never touches the data
// folder of the flags: its workspaces are made up.
func (c *benchCmd) Run(ctx context.Context, sh *shell) error {
	if c.ServeAt != "" {
		return bench.Serve(ctx, bench.Place{Dir: sh.path(c.Keep), Database: sh.flags.Database, Prefix: c.Prefix}, c.ServeAt)
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	o := bench.Options{Rows: c.Rows, Only: c.Only, Crowd: c.Crowd, JSON: c.JSON, Seconds: c.Seconds, Shapes: c.Shape,
		Database: sh.flags.Database, Out: sh.Out, Err: sh.Err}
	if c.Keep != "" {
		o.Dir = sh.path(c.Keep)
	}
	o.Server = func(p bench.Place, addr string) (string, []string) {
		return program, []string{"bench", "--serve-at=" + addr, "--keep=" + p.Dir, "--prefix=" + p.Prefix, "--database=" + p.Database}
	}
	return bench.Run(ctx, o)
}
