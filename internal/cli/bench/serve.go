package bench

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"wellmet/internal/app"
	"wellmet/internal/cli/front"
)

// Place says where a workspace to measure on lives.
type Place struct {
	Dir, Database, Prefix string
}

func (p Place) config() app.Config {
	return app.Config{Dir: p.Dir, Database: p.Database, Prefix: p.Prefix,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

// Serve is the process under measurement: what "wellmet serve" does, on a place
// of the bench's own. It ends with the context.
func Serve(ctx context.Context, p Place, addr string) error {
	a, err := app.Open(ctx, p.config())
	if err != nil {
		return err
	}
	defer a.Close()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server, err := front.Server(ctx, a, false)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(err, server.Close())
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
