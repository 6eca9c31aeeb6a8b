package board

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/app"
	"wellmet/internal/notify"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
)

const (
	// gather is how long hints are collected: a burst of changes is one look.
	gather = 250 * time.Millisecond
	// beat keeps proxies from ending a quiet stream.
	beat = 25 * time.Second
	// longest is when a browser has to come again and show who it is.
	longest = 15 * time.Minute
)

// hint is what a page hears: which records of an object to read again; none
// named means many.
type hint struct {
	Object string   `json:"o"`
	IDs    []string `json:"ids,omitempty"`
	// Since says, of a snapshot, that it changed after the page began to be read.
	Since bool `json:"s,omitempty"`
}

// live streams hints about the objects that a page shows. It begins with one
// about each: whatever changed while nobody listened is seen then.
func live(c *door.Call) error {
	var objects []string
	err := c.Read(func(s *record.Session) error {
		for _, name := range strings.Fields(c.R.URL.Query().Get("o")) {
			o, err := s.Object(name)
			if may := name == notify.Event || err == nil && s.Actor().Can(o, access.Read); may && !slices.Contains(objects, name) {
				objects = append(objects, name)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(objects) == 0 {
		return errNoColumn
	}
	watch, end := c.App.Live().Watch(c.WS.Slug(), c.Secret(), c.Who.Member, objects)
	defer end()
	h := c.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.W.WriteHeader(http.StatusOK)
	x := stream{c.W, http.NewResponseController(c.W)}
	first := make([]hint, 0, len(objects))
	for _, o := range objects {
		first = append(first, hint{Object: o, Since: c.App.Live().Since(c.R.URL.Query().Get("since"), c.WS.Slug(), o)})
	}
	if x.send("snapshot", first) == nil {
		x.follow(c.Ctx, watch)
	}
	return nil
}

// stream is an open answer.
type stream struct {
	w   io.Writer
	out *http.ResponseController
}

// follow hands hints on until somebody hangs up. What is heard first begins to
// gather; what comes meanwhile goes with it, so that a company which never
// rests is told of, too.
func (x stream) follow(ctx context.Context, watch *app.Watch) {
	until, pulse := time.NewTimer(longest), time.NewTicker(beat)
	defer until.Stop()
	defer pulse.Stop()
	ready, gathered := watch.Ready(), (<-chan time.Time)(nil)
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-until.C:
			return
		case <-watch.Done():
			_ = x.send("over", nil)
			return
		case <-pulse.C:
			if _, err = io.WriteString(x.w, ": \n\n"); err == nil {
				err = x.out.Flush()
			}
		case <-ready:
			ready, gathered = nil, time.After(gather)
		case <-gathered:
			ready, gathered = watch.Ready(), nil
			err = x.send("changed", hintsOf(watch))
		}
		if err != nil {
			return
		}
	}
}

// send writes one event.
func (x stream) send(event string, hints []hint) error {
	data, err := json.Marshal(hints)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(x.w, "event: "+event+"\ndata: "+string(data)+"\n\n"); err != nil {
		return err
	}
	return x.out.Flush()
}

// hintsOf puts what was heard together by object.
func hintsOf(w *app.Watch) []hint {
	var list []hint
	for _, e := range w.Take() {
		i := slices.IndexFunc(list, func(h hint) bool { return h.Object == e.Object })
		if i < 0 {
			i = len(list)
			list = append(list, hint{Object: e.Object, IDs: []string{}})
		}
		switch {
		case e.ID == 0:
			list[i].IDs = nil
		case list[i].IDs != nil:
			list[i].IDs = append(list[i].IDs, e.ID.String())
		}
	}
	return list
}
