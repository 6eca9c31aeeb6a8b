package exchange

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"wellmet/internal/web/door"
)

const (
	tick     = 400 * time.Millisecond // between two looks at the figures
	beat     = 15 * time.Second       // between two signs of life
	longLive = 2 * time.Minute        // then the browser asks again, so that its session is checked
)

// progress answers the figures of now: for browsers whose stream does not come
// through.
func progress(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, runBody(p))
}

// live sends the figures whenever they change, the first ones at once: a
// browser that comes back has missed some.
func live(c *door.Call) error {
	p, err := find(c)
	if err != nil {
		return err
	}
	h := c.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	rc := http.NewResponseController(c.W)
	_ = rc.SetWriteDeadline(time.Time{}) // a stream outlives the usual limit
	ctx, cancel := context.WithTimeout(c.Ctx, longLive)
	defer cancel()
	s := &stream{w: c.W, flush: rc.Flush}
	again := time.NewTicker(tick)
	defer again.Stop()
	for {
		c.View.Now = c.App.Now()
		var b bytes.Buffer
		if err := runBody(p).Render(ctx, &b); err != nil || s.send(b.Bytes()) != nil {
			return nil // the browser has gone
		}
		if !p.busy() {
			s.end()
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-c.App.Live().HungUp():
			return nil
		case <-again.C:
		}
		if p, err = find(c); err != nil { // it may have been discarded
			s.end()
			return nil
		}
	}
}

// stream writes server-sent events.
type stream struct {
	w     io.Writer
	flush func() error
	last  []byte
	at    time.Time
}

// send writes what differs from the last time, or a sign of life.
func (s *stream) send(html []byte) error {
	var out []byte
	switch {
	case !bytes.Equal(html, s.last):
		s.last = html
		for line := range bytes.SplitSeq(html, []byte("\n")) {
			out = append(append(append(out, "data: "...), bytes.ReplaceAll(line, []byte("\r"), nil)...), '\n')
		}
		out = append(out, '\n')
	case time.Since(s.at) > beat:
		out = []byte(": here\n\n")
	default:
		return nil
	}
	s.at = time.Now()
	if _, err := s.w.Write(out); err != nil {
		return err
	}
	return s.flush()
}

func (s *stream) end() {
	_, _ = s.w.Write([]byte("event: done\ndata: 1\n\n"))
	_ = s.flush()
}
