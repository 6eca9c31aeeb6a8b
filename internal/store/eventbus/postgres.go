package eventbus

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Postgres carries events between nodes with LISTEN and NOTIFY, on two direct connections of its own. What
// is published here is heard here, too, by way of the server.
type Postgres struct {
	subscribers
	config  *pgconn.Config
	channel string
	log     *slog.Logger
	pending *pending
	stop    context.CancelFunc
	running sync.WaitGroup
	sent    chan struct{} // closed when the sender is through
}

// NewPostgres starts a bus on the channel of that name; url must lead to PostgreSQL itself, not through
// PgBouncer. It returns when it is listening.
func NewPostgres(ctx context.Context, url, channel string, log *slog.Logger) (*Postgres, error) {
	config, err := pgconn.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	p := &Postgres{config: config, channel: channel, log: log, pending: newPending(), stop: stop, sent: make(chan struct{})}
	config.OnNotification = p.heard
	listener, err := p.listener(ctx)
	if err != nil {
		stop()
		return nil, err
	}
	p.running.Go(func() { p.receive(run, listener) })
	p.running.Go(func() { p.send(run) })
	return p, nil
}

// Publish leaves the sending to the bus's own goroutine.
func (p *Postgres) Publish(events ...Event) { p.pending.add(events) }

// Close sends what is left, and waits for it no longer than a few seconds.
func (p *Postgres) Close() error {
	p.pending.close()
	select {
	case <-p.sent:
	case <-time.After(5 * time.Second):
	}
	p.stop()
	p.running.Wait()
	return nil
}

// heard hands the events of a notification on.
func (p *Postgres) heard(_ *pgconn.PgConn, n *pgconn.Notification) {
	var events []Event
	if err := json.Unmarshal([]byte(n.Payload), &events); err != nil {
		p.log.Warn("events: not understood", "error", err)
		return
	}
	p.deliver(events)
}

// listener is a connection that listens.
func (p *Postgres) listener(ctx context.Context) (*pgconn.PgConn, error) {
	c, err := pgconn.ConnectConfig(ctx, p.config)
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, `LISTEN "`+strings.ReplaceAll(p.channel, `"`, `""`)+`"`).ReadAll(); err != nil {
		c.Close(ctx)
		return nil, err
	}
	return c, nil
}

// receive hears until stop, with a new connection when one breaks.
func (p *Postgres) receive(ctx context.Context, c *pgconn.PgConn) {
	for c != nil {
		err := c.WaitForNotification(ctx)
		if err == nil {
			continue
		}
		c.Close(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			return
		}
		p.log.Warn("events: listening broke off", "error", err)
		c = p.connect(ctx, p.listener)
	}
}

func (p *Postgres) sender(ctx context.Context) (*pgconn.PgConn, error) {
	return pgconn.ConnectConfig(ctx, p.config)
}

// connect tries until it has a connection; nil when the bus stops.
func (p *Postgres) connect(ctx context.Context, try func(context.Context) (*pgconn.PgConn, error)) *pgconn.PgConn {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		c, err := try(ctx)
		if err == nil {
			return c
		}
		p.log.Warn("events: no connection", "error", err)
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil
		}
	}
}

// maxPayload is below the 8,000 bytes that NOTIFY takes.
const maxPayload = 7800

// payloads packs events into as few notifications as fit.
func payloads(events []Event) []string {
	var out []string
	b := []byte{'['}
	for _, e := range events {
		text, err := json.Marshal(e)
		if err != nil || len(text) > maxPayload-2 {
			continue // no event of ours
		}
		if len(b)+len(text)+2 > maxPayload {
			out = append(out, string(append(b, ']')))
			b = []byte{'['}
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, text...)
	}
	if len(b) > 1 {
		out = append(out, string(append(b, ']')))
	}
	return out
}

func (p *Postgres) send(ctx context.Context) {
	defer close(p.sent)
	var c *pgconn.PgConn
	defer func() {
		if c != nil {
			c.Close(context.WithoutCancel(ctx))
		}
	}()
	for {
		<-p.pending.wake
		events, more := p.pending.take()
		for _, text := range payloads(events) {
			if c == nil || c.IsClosed() {
				if c = p.connect(ctx, p.sender); c == nil {
					return
				}
			}
			res := c.ExecParams(ctx, "SELECT pg_notify($1, $2)", [][]byte{[]byte(p.channel), []byte(text)}, nil, nil, nil).Read()
			if res.Err != nil {
				p.log.Warn("events: not sent", "error", res.Err)
			}
		}
		if !more {
			return
		}
	}
}
