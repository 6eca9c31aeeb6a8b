package process

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// delivery is one message to one webhook.
type delivery struct {
	id      value.ID
	event   string
	record  value.ID
	payload string
	attempt int64
	round   int64 // how many hooks have set off one another
}

// The states of a delivery.
const (
	waiting   = "waiting"
	delivered = "delivered"
	dead      = "dead" // given up, until somebody sends it again
)

// waits are the pauses after each failed attempt, three days in all.
var waits = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour,
	3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// deliveries is the job that works off what waits for a webhook, one message
// after the other.
type deliveries struct {
	Webhook value.ID `json:"webhook"`
}

// Kind implements jobs.Job.
func (deliveries) Kind() string { return "process.deliver" }

// deliver keeps messages to be sent after the commit.
func (p *Process) deliver(ctx context.Context, s *record.Session, hook value.ID, list []delivery) error {
	as, err := underWay(s)
	if err != nil {
		return err
	}
	rows := make([][]any, len(list))
	for i, d := range list {
		rows[i] = []any{value.NewID(s.Now()), hook, d.event, d.record, d.payload, waiting, int64(0), s.Now(), "", s.Now(), as.round}
	}
	if err := s.Tx().PostRows(ctx, `INSERT INTO {webhook_delivery} (id, webhook, event, record, payload, state, attempt, next_at, problem, created_at, round) VALUES`,
		11, rows, ``); err != nil {
		return err
	}
	if as.hooked[hook] {
		return nil
	}
	as.hooked[hook] = true
	return s.Later(deliveries{Webhook: hook})
}

// lease is how long one worker may be at a webhook before another takes over.
const lease = 90 * time.Second

// atOnce is how long a worker sends before it lets others have their turn.
const atOnce = 30 * time.Second

// work sends what waits for a webhook. At any time one worker is at one
// webhook; a receiver that does not answer is left alone for a while, so that
// it costs one wait and not one for each message.
func (p *Process) work(ctx context.Context, e *record.Engine, hook value.ID) error {
	var mine bool
	err := e.DB().Write(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO {webhook_state} (webhook, busy_until, wait_until, failures) VALUES ($1, $2, 0, 0)
			ON CONFLICT (webhook) DO UPDATE SET busy_until = excluded.busy_until WHERE webhook_state.busy_until <= $3 AND webhook_state.wait_until <= $3`,
			hook, e.Now().Add(lease), e.Now())
		mine = n == 1
		return err
	})
	if err != nil || !mine {
		return err // whoever is at it, or the next look, sends the rest
	}
	began := time.Now()
	wait := time.Duration(0)
	for wait == 0 && ctx.Err() == nil && time.Since(began) < atOnce {
		var more bool
		if more, wait, err = p.sendNext(ctx, e, hook); err != nil || !more {
			break
		}
	}
	return errors.Join(err, p.release(ctx, e, hook, wait))
}

// release lets others at the webhook, and asks for another turn when something
// is still to be sent. What waits for one that is switched off goes when it is
// switched on again.
func (p *Process) release(ctx context.Context, e *record.Engine, hook value.ID, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return e.Write(ctx, record.Who{System: "webhooks", Door: "system"}, func(s *record.Session) error {
		now := s.Now()
		if _, err := s.Tx().Exec(ctx, `UPDATE {webhook_state} SET busy_until = 0, wait_until = $1 WHERE webhook = $2`, now.Add(wait), hook); err != nil {
			return err
		}
		var next time.Time
		found, err := s.Tx().Row(ctx, `SELECT d.next_at FROM {webhook_delivery} d JOIN {webhook} h ON h.id = d.webhook AND h.deleted_at IS NULL AND h.active IS TRUE
			WHERE d.webhook = $1 AND d.state = 'waiting' ORDER BY d.next_at, d.id LIMIT 1`, []any{hook}, &next)
		if err != nil || !found {
			return err
		}
		if at := now.Add(wait); next.Before(at) {
			next = at
		}
		return s.LaterAt(next, deliveries{Webhook: hook})
	})
}

// sendNext sends the message that has waited longest, if one is due.
func (p *Process) sendNext(ctx context.Context, e *record.Engine, hook value.ID) (more bool, wait time.Duration, err error) {
	var d delivery
	var url, secret, former string
	var until time.Time
	err = e.DB().Read(ctx, func(tx *store.Tx) error {
		found, err := tx.Row(ctx, `SELECT d.id, d.event, d.record, d.payload, d.attempt, d.round, h.url FROM {webhook_delivery} d
			JOIN {webhook} h ON h.id = d.webhook AND h.deleted_at IS NULL AND h.active IS TRUE
			WHERE d.webhook = $1 AND d.state = 'waiting' AND d.next_at <= $2 ORDER BY d.next_at, d.id LIMIT 1`,
			[]any{hook, e.Now()}, &d.id, &d.event, &d.record, &d.payload, &d.attempt, &d.round, &url)
		if more = found; err != nil || !found {
			return err
		}
		_, err = tx.Row(ctx, `SELECT secret, former, former_until FROM {webhook_secret} WHERE webhook = $1`, []any{hook}, &secret, &former, &until)
		return err
	})
	if err != nil || !more {
		return false, 0, err
	}
	keys, err := p.secrets(ctx, secret, former, e.Now().Before(until))
	if err != nil {
		return false, 0, err
	}
	status, problem := p.call(ctx, url, keys, d, e.Now())
	if ctx.Err() != nil && status == 0 { // we are stopping: no fault of the receiver
		return false, 0, nil
	}
	return p.settle(ctx, e, hook, d, status, problem)
}

func (p *Process) secrets(ctx context.Context, sealed, former string, both bool) ([]string, error) {
	var keys []string
	for _, text := range []string{sealed, former} {
		if text == "" || text == former && !both {
			continue
		}
		secret, err := p.needs.Unseal(ctx, text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, secret)
	}
	return keys, nil
}

// call sends one message; status is 0 when nobody answered.
func (p *Process) call(ctx context.Context, url string, secrets []string, d delivery, now time.Time) (status int, problem string) {
	body := []byte(d.payload)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, shorten(err.Error())
	}
	id := "msg_" + d.id.String()
	h := r.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", "Wellmet-Webhooks/1")
	h.Set("Webhook-Id", id)
	h.Set(RoundHeader, strconv.FormatInt(d.round+1, 10))
	h.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	signatures := ""
	for _, secret := range secrets {
		one, err := Sign(secret, id, now, body)
		if err != nil {
			return 0, shorten(err.Error())
		}
		if signatures != "" {
			signatures += " "
		}
		signatures += one
	}
	if signatures != "" {
		h.Set("Webhook-Signature", signatures)
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return 0, shorten(unheard(err))
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
	if answer.StatusCode/100 == 2 {
		return answer.StatusCode, ""
	}
	return answer.StatusCode, shorten(string(text))
}

func shorten(text string) string {
	clean, err := value.Clean(text)
	if err != nil {
		return "unreadable"
	}
	return first(clean, 500)
}

// nobodyThere is the problem of a webhook that answered so.
const nobodyThere = "410 Gone"

// Trouble is why the program switched a webhook off, in the reader's language; ""
// where it did not.
func Trouble(s *record.Session, webhook *record.Record) string {
	text, _ := record.Get(webhook, WebhookProblem)
	if text == nobodyThere {
		return i18n.Text(langOf(s), "process.webhook_gone", nil)
	}
	return text
}

// settle notes what became of an attempt. A receiver that is gone (410) is
// switched off; one that did not answer at all is left alone for as long as
// its message waits.
func (p *Process) settle(ctx context.Context, e *record.Engine, hook value.ID, d delivery, status int, problem string) (more bool, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	now := e.Now()
	state, next := delivered, now
	if status/100 != 2 {
		state = dead
		if int(d.attempt) < len(waits) {
			state, next = waiting, now.Add(waits[d.attempt])
		}
		if status == 0 || status >= 500 || status == http.StatusTooManyRequests {
			wait = waits[min(int(d.attempt), 4)]
		}
	}
	err = e.Write(ctx, record.Who{System: "webhooks", Door: "system"}, func(s *record.Session) error {
		var done, code any
		if state != waiting {
			done = now
		}
		if status != 0 {
			code = int64(status)
		}
		if _, err := s.Tx().Exec(ctx, `UPDATE {webhook_delivery} SET state = $1, attempt = attempt + 1, next_at = $2, status = $3, problem = $4, done_at = $5 WHERE id = $6`,
			state, next, code, problem, done, d.id); err != nil {
			return err
		}
		if status != http.StatusGone {
			return nil
		}
		v := record.With(record.Values{}, WebhookActive, false)
		_, err := s.Update(ctx, Webhooks.Name, hook, 0, record.With(v, WebhookProblem, nobodyThere))
		return err
	})
	return true, wait, err
}

// Delivery is a message as administrators see it.
type Delivery struct {
	ID       value.ID   `json:"id"`
	Webhook  value.ID   `json:"webhook"`
	Event    string     `json:"event"`
	Record   value.ID   `json:"record"`
	State    string     `json:"state"`
	Attempts int64      `json:"attempts"`
	Next     *time.Time `json:"next,omitempty"`
	Status   *int64     `json:"status,omitempty"`
	Problem  string     `json:"problem,omitempty"`
	At       time.Time  `json:"at"`
	Done     *time.Time `json:"done,omitempty"`
	Payload  string     `json:"-"`
}

// Deliveries lists the messages to a webhook, the latest first, of one state
// ("" = all) and before one (0 = from the latest).
func Deliveries(ctx context.Context, s *record.Session, hook value.ID, state string, before value.ID, limit int) ([]Delivery, error) {
	if !s.Actor().Admin() {
		return nil, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if _, err := s.Get(ctx, Webhooks.Name, hook); err != nil {
		return nil, err
	}
	if before == 0 {
		before = 1<<62 - 1
	}
	where, args := `webhook = $1 AND id < $2`, []any{hook, before, limit}
	if state != "" {
		where += ` AND state = $4`
		args = append(args, state)
	}
	rows, err := s.Tx().Query(ctx, `SELECT id, webhook, event, record, state, attempt, next_at, status, problem, created_at, done_at, payload
		FROM {webhook_delivery} WHERE `+where+` ORDER BY id DESC LIMIT $3`, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Delivery{}
	for rows.Next() {
		var d Delivery
		var next time.Time
		if err := rows.Scan(&d.ID, &d.Webhook, &d.Event, &d.Record, &d.State, &d.Attempts, &next, &d.Status, &d.Problem, &d.At, &d.Done, &d.Payload); err != nil {
			return nil, err
		}
		if d.State == waiting {
			d.Next = &next
		}
		d.Problem = heard(s, d.Problem)
		list = append(list, d)
	}
	return list, rows.Close()
}

// Resend sends messages to a webhook again: one, or with 0 all that were given
// up. It answers how many.
func Resend(ctx context.Context, s *record.Session, hook, id value.ID) (int64, error) {
	if !s.Actor().Admin() {
		return 0, fault.New(fault.Forbidden, "record.admin_only", nil)
	}
	if err := listening(ctx, s, hook); err != nil {
		return 0, err
	}
	sql, args := `state = 'dead'`, []any{s.Now(), hook}
	if id != 0 {
		sql, args = `id = $3`, append(args, id)
	}
	n, err := s.Tx().Exec(ctx, `UPDATE {webhook_delivery} SET state = 'waiting', attempt = 0, next_at = $1, done_at = NULL WHERE webhook = $2 AND `+sql, args...)
	if err != nil {
		return 0, err
	}
	if n == 0 && id != 0 {
		return 0, fault.New(fault.NotFound, "process.no_delivery", nil)
	}
	if _, err := s.Tx().Exec(ctx, `UPDATE {webhook_state} SET wait_until = 0 WHERE webhook = $1`, hook); err != nil {
		return n, err
	}
	return n, s.Later(deliveries{Webhook: hook})
}
