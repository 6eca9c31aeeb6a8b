package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"wellmet/internal/access"
	"wellmet/internal/app"
)

// Program is one run of the command line.
type Program struct {
	Version  string
	In       io.Reader
	Out, Err io.Writer
	// Terminal says that a person sits before it: passwords are asked for and
	// progress is shown on one line.
	Terminal bool
	// Dir is what relative paths are relative to; "" = the process's folder.
	Dir string

	now    func() time.Time // nil = time.Now
	cost   access.Cost      // of password hashes
	prefix string           // of PostgreSQL schemas
	inside *app.App         // the server that runs this for another process
}

// Main runs the program and answers its exit status. An interrupt ends the
// running command in good order; a second one ends it at once.
func Main(version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	p := Program{Version: version, In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Terminal: isTerminal(os.Stdin) && isTerminal(os.Stderr)}
	return p.Run(ctx, os.Args[1:])
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// exited is how the parser ends the program after --help and --version.
type exited int

// Run runs one command and answers the exit status.
func (p Program) Run(ctx context.Context, args []string) (status int) {
	defer func() {
		if x := recover(); x != nil {
			code, ok := x.(exited)
			if !ok {
				panic(x)
			}
			status = int(code)
		}
	}()
	sh := &shell{Program: p, args: args}
	parser, err := kong.New(&sh.flags, kong.Name("wellmet"), kong.Description("A CRM in one program."),
		kong.Writers(p.Out, p.Err), kong.Exit(func(code int) { panic(exited(code)) }), kong.Bind(sh),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.Vars{"version": p.Version}, kong.WithHyphenPrefixedParameters(true)) // --sort -amount
	if err != nil {
		panic(err) // the grammar is wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(p.Err, sh.text("cli.usage", map[string]any{"problem": err.Error()}))
		return 2
	}
	for _, at := range parsed.Path {
		sh.folderSaid = sh.folderSaid || at.Flag != nil && at.Flag.Name == "data"
	}
	err = parsed.Run()
	if errors.Is(err, errHeld) {
		return sh.knock(ctx, parsed.Selected().Target.Addr().Interface())
	}
	return sh.finish(ctx, err)
}
