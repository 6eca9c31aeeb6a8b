package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/cli/front"
	"wellmet/internal/fault"
)

// listenFlag is where a server answers.
type listenFlag struct {
	Listen string `default:"127.0.0.1:8080" env:"WELLMET_LISTEN" placeholder:"ADDR" help:"Where to answer (${default}); :0 takes a free port."`
}

type serveCmd struct {
	listenFlag
	Secure bool `env:"WELLMET_SECURE" help:"Browsers come by HTTPS, over a proxy: cookies are for HTTPS only."`
}

// Run serves until it is interrupted.
func (c *serveCmd) Run(ctx context.Context, sh *shell) error {
	w, closing, err := sh.open(ctx, serving)
	if err != nil {
		return err
	}
	defer closing()
	listener, err := listen(c.Listen)
	if err != nil {
		return err
	}
	return sh.serve(ctx, w.App(), listener, c.Secure, func() error {
		sh.say("cli.serving", fault.Args{"address": address(listener)})
		return sh.welcome(ctx, w)
	})
}

func listen(at string) (net.Listener, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		var op *net.OpError
		problem := err
		if errors.As(err, &op) {
			problem = op.Err
		}
		return nil, fault.New(fault.Unavailable, "cli.cannot_listen", fault.Args{"address": at, "problem": problem.Error()}).Because(err)
	}
	return l, nil
}

// address is how a person on this machine reaches the listener.
func address(l net.Listener) string {
	host, port, _ := net.SplitHostPort(l.Addr().String())
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// welcome tells how to get in while nobody can.
func (sh *shell) welcome(ctx context.Context, w *app.Workspace) error {
	empty, err := w.Empty(ctx)
	if err != nil || !empty {
		return err
	}
	code, err := w.App().Auth().SetupCode(ctx, w.Slug())
	if err != nil {
		return err
	}
	sh.say("cli.setup", fault.Args{"code": code})
	sh.print("    " + sh.command("user add --role admin --email you@company.example"))
	return nil
}

// command is a command line that works on the same installation.
func (sh *shell) command(rest string) string {
	var b strings.Builder
	b.WriteString("wellmet " + rest)
	add := func(name, v, usual string) {
		if v != usual {
			b.WriteString(" --" + name + " " + quoted(v))
		}
	}
	add("data", sh.flags.Data, "wellmet-data")
	add("database", sh.flags.Database, "")
	add("workspace", sh.flags.Workspace, "main")
	return b.String()
}

// quoted writes a word so that a shell takes it as one.
func quoted(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune("_-./:=@%+,", r) && !isWord(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// serve answers until ctx ends, then lets running requests end. It announces
// itself when it takes requests and commands.
func (sh *shell) serve(ctx context.Context, a *app.App, listener net.Listener, secure bool, announce func() error) error {
	server, err := front.Server(ctx, a, secure)
	if err != nil {
		return err
	}
	server.BaseContext = func(net.Listener) context.Context { return context.WithoutCancel(ctx) }
	server.RegisterOnShutdown(a.Live().HangUp)
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	stopDoor := sh.openDoor(ctx, a)
	defer stopDoor()
	if err := announce(); err != nil {
		return errors.Join(err, server.Close())
	}
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	err = server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) { // somebody never hangs up
		err = server.Close()
	}
	if got := <-ended; !errors.Is(got, http.ErrServerClosed) {
		err = errors.Join(err, got)
	}
	return err
}
