package process

import (
	"context"
	"strconv"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Call is what another program sent to an incoming hook.
type Call struct {
	Token string // what the address ends with
	// Message, Timestamp and Signatures are the headers of Standard Webhooks,
	// Round that of ours.
	Message, Timestamp, Signatures, Round string
	Body                                  []byte
	// Unread is why the body was not read, or is no JSON.
	Unread error
}

// RoundHeader says how many hooks have set off one another before a message.
const RoundHeader = "Wellmet-Round"

// One hook may be called so often within a window, and so many calls may wait.
const (
	mostCalls   = 120
	callWindow  = time.Minute
	mostWaiting = 1000
)

// What is kept of calls that are refused, and of a body once it is worked: so
// many of a hook in an hour, and so much of each.
const (
	mostRefused = 20
	MostKept    = 8_000 // letters
)

// maxMessage is the longest id that a caller gives a message.
const maxMessage = 200

// The states of a call.
const (
	CallWaiting = "waiting"
	CallDone    = "done"
	CallFailed  = "failed"  // its work was refused, until somebody tries again
	CallRefused = "refused" // it was not taken
)

func caller(cause string) record.Who {
	return record.Who{System: "incoming hook", Door: "hook", Cause: cause}
}

// Receive keeps a call and asks for its work, which is done after it was
// answered. The same message a second time is the first one.
func (p *Process) Receive(ctx context.Context, e *record.Engine, c Call) (id value.ID, err error) {
	hook, err := p.hookOf(ctx, e, c.Token)
	if err != nil {
		return 0, err
	}
	n, wait := p.calls.Count(hook.String())
	if wait > 0 {
		err = fault.New(fault.TooMany, "process.many_calls", fault.Args{"max": mostCalls, "retry_after": int64((wait + time.Second - 1) / time.Second)})
		if n > mostCalls+1 { // the first one too many tells of all
			return 0, err
		}
		return 0, p.refuse(ctx, e, hook, c, err)
	}
	if err := p.acceptable(ctx, e, hook, c); err != nil {
		return 0, p.refuse(ctx, e, hook, c, err)
	}
	var full bool
	err = e.Write(ctx, caller("hooks.call"), func(s *record.Session) (err error) {
		id, full, err = keepCall(ctx, s, hook, c)
		return err
	})
	if err == nil && full {
		err = p.refuse(ctx, e, hook, c, fault.New(fault.TooMany, "process.many_waiting", fault.Args{"max": mostWaiting, "retry_after": int64(callWindow / time.Second)}))
	}
	return id, err
}

// hookOf finds the hook of an address that is in use.
func (p *Process) hookOf(ctx context.Context, e *record.Engine, token string) (id value.ID, err error) {
	var active bool
	err = e.DB().Read(ctx, func(tx *store.Tx) error {
		var on *bool
		found, err := tx.Row(ctx, `SELECT h.id, h.active FROM {hook_address} a JOIN {incoming_hook} h ON h.id = a.hook AND h.deleted_at IS NULL WHERE a.token = $1`,
			[]any{tokenOf(token)}, &id, &on)
		if err == nil && !found {
			err = fault.New(fault.NotFound, "process.no_such_hook", nil)
		}
		active = on != nil && *on
		return err
	})
	if err == nil && !active {
		err = fault.New(fault.Conflict, "process.hook_off", nil)
	}
	return id, err
}

// acceptable refuses what nobody signed as he should, what could not be read,
// and what has gone round between hooks.
func (p *Process) acceptable(ctx context.Context, e *record.Engine, hook value.ID, c Call) error {
	var secret, former string
	var until time.Time
	err := e.DB().Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Row(ctx, `SELECT secret, former, former_until FROM {webhook_secret} WHERE webhook = $1`, []any{hook}, &secret, &former, &until)
		return err
	})
	if err != nil {
		return err
	}
	if secret != "" && !tooLarge(c.Unread) {
		keys, err := p.secrets(ctx, secret, former, e.Now().Before(until))
		if err != nil {
			return err
		}
		if !signed(keys, c, e.Now()) {
			return fault.New(fault.Unauthenticated, "process.bad_signature", nil)
		}
	}
	switch round, _ := strconv.Atoi(c.Round); {
	case c.Unread != nil:
		return c.Unread
	case len(c.Message) > maxMessage:
		return fault.New(fault.Invalid, "process.long_message_id", fault.Args{"max": maxMessage})
	case round > maxRounds:
		return fault.New(fault.Conflict, "process.hook_loop", fault.Args{"max": maxRounds})
	}
	_, err = readJSON(string(c.Body))
	return err
}

func tooLarge(err error) bool { return fault.Is(err, fault.TooLarge) }

func signed(keys []string, c Call, now time.Time) bool {
	for _, key := range keys {
		if Verify(key, c.Message, c.Timestamp, c.Signatures, c.Body, now) {
			return true
		}
	}
	return false
}

// keepCall writes down a call before anything is done about it; full says that
// too many wait already.
func keepCall(ctx context.Context, s *record.Session, hook value.ID, c Call) (id value.ID, full bool, err error) {
	message, _ := value.Clean(c.Message)
	if message != "" {
		known, err := s.Tx().Row(ctx, `SELECT id FROM {hook_call} WHERE hook = $1 AND message = $2`, []any{hook, message}, &id)
		if err != nil || known {
			return id, false, err
		}
	}
	var waiting int64
	if _, err := s.Tx().Row(ctx, `SELECT count(*) FROM (SELECT 1 AS one FROM {hook_call} WHERE hook = $1 AND state = 'waiting' LIMIT $2) AS w`, []any{hook, mostWaiting}, &waiting); err != nil {
		return 0, false, err
	}
	if waiting >= mostWaiting {
		return 0, true, nil
	}
	round, _ := strconv.ParseInt(c.Round, 10, 64)
	id = value.NewID(s.Now())
	n, err := insertCall(ctx, s, id, hook, message, string(c.Body), max(round, 0), CallWaiting, "")
	if err != nil {
		return 0, false, err
	}
	if n == 0 { // the same message came at the same time
		_, err = s.Tx().Row(ctx, `SELECT id FROM {hook_call} WHERE hook = $1 AND message = $2`, []any{hook, message}, &id)
		return id, false, err
	}
	return id, false, s.Later(calls{Hook: hook})
}

func insertCall(ctx context.Context, s *record.Session, id, hook value.ID, message, body string, round int64, state, problem string) (int64, error) {
	return s.Tx().Exec(ctx, `INSERT INTO {hook_call} (id, hook, message, body, round, state, attempt, problem, object, did, beyond, at)
		VALUES ($1, $2, $3, $4, $5, $6, 0, $7, '', '', 0, $8) ON CONFLICT DO NOTHING`, id, hook, message, body, round, state, problem, s.Now())
}

// refuse keeps, within bounds, a call that is not taken, and answers why.
func (p *Process) refuse(ctx context.Context, e *record.Engine, hook value.ID, c Call, why error) error {
	if !isFault(why) {
		return why
	}
	err := e.Write(ctx, caller("hooks.refused"), func(s *record.Session) error {
		var kept int64
		var last value.ID
		if _, err := s.Tx().Row(ctx, `SELECT count(*), coalesce(max(id), 0) FROM {hook_call} WHERE hook = $1 AND state = 'refused' AND at >= $2`,
			[]any{hook, s.Now().Truncate(time.Hour)}, &kept, &last); err != nil {
			return err
		}
		if kept >= mostRefused {
			_, err := s.Tx().Exec(ctx, `UPDATE {hook_call} SET beyond = beyond + 1 WHERE id = $1`, last)
			return err
		}
		text, err := value.Clean(first(string(c.Body), MostKept))
		if err != nil {
			text = ""
		}
		_, err = insertCall(ctx, s, value.NewID(s.Now()), hook, "", text, 0, CallRefused, problemOf(why))
		return err
	})
	if err != nil {
		return err
	}
	return why
}
