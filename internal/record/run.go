package record

import (
	"context"
	"encoding/json"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/jobs"
	"wellmet/internal/value"
)

// runStep is how long the job of a long run is at it before it lets others go
// first.
const runStep = 30 * time.Second

// runWho is in whose name a long run goes on; his rights are those he has at the
// time.
type runWho struct {
	Member value.ID `json:"member,omitempty"`
	System string   `json:"system,omitempty"`
	Scopes []string `json:"scopes"`
	Door   string   `json:"door,omitempty"`
	Cause  string   `json:"cause,omitempty"`
	Own    bool     `json:"own,omitempty"`   // the act that is taken back is his
	Fresh  bool     `json:"fresh,omitempty"` // and was done a moment before
}

// inWhoseName is the actor of a run that is asked for now, as it is stored.
func (s *Session) inWhoseName(right undoRight) (string, error) {
	text, err := json.Marshal(runWho{Member: s.who.Member, System: s.who.System, Scopes: s.who.Scopes, Door: s.who.Door, Cause: s.who.Cause, Own: right.own, Fresh: right.fresh})
	return string(text), err
}

// who opens a session in that name.
func (w runWho) who() Who {
	return Who{Member: w.Member, System: w.System, Scopes: w.Scopes, Door: w.Door, Cause: w.Cause}
}

// goOn does the next chunks of a long run, for its job, and asks for the job
// again when others should have their turn. What a person can understand ends
// the run, by fail.
func (e *Engine) goOn(ctx context.Context, j jobs.Job, chunk func() (more bool, err error), fail func(*fault.Error) error) error {
	began := time.Now()
	for {
		more, err := chunk()
		if f, ok := fault.As(err); ok && f.Kind != fault.Unavailable {
			return fail(f)
		}
		if err != nil || !more {
			return err
		}
		if time.Since(began) > runStep {
			return e.Write(ctx, AsSystem(j.Kind()+" goes on"), func(s *Session) error { return s.Later(j) })
		}
	}
}
