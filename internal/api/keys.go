package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
)

// keyHeader names a call, so that its repetition is known as one.
const keyHeader = "Idempotency-Key"

const (
	longestKey = 255
	// keepKeys is how long an answer can be asked for again.
	keepKeys = 48 * time.Hour
	// tidyKeys is of how many calls with a key one also drops old answers.
	tidyKeys = 64
)

// idempotencyKey is the key of the call, "" without one. Only POST is repeated
// by mistake: the other methods say what shall be, and may come twice.
func (c *call) idempotencyKey() (string, error) {
	key := c.r.Header.Get(keyHeader)
	if key == "" || c.op.method != "POST" {
		return "", nil
	}
	ok := len(key) <= longestKey
	for i := range len(key) {
		ok = ok && key[i] > ' ' && key[i] < 0x7f
	}
	if !ok {
		return "", fault.New(fault.Invalid, "api.bad_header", fault.Args{"name": keyHeader})
	}
	return key, nil
}

// kept is the answer as it is kept for repetitions. One that holds a secret is
// not: the database would have it in plain text.
func (c *call) kept() any {
	if c.op.secret {
		return nil
	}
	return string(c.out)
}

// requestHash tells calls apart that come with the same key.
func (c *call) requestHash() []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(c.r.URL.Path), []byte(c.r.URL.RawQuery), c.text} {
		sum := sha256.Sum256(part)
		h.Write(sum[:])
	}
	return h.Sum(nil)
}

// once runs fn unless a call with the key has been answered before. The row of
// the key is written first: a second call at the same time waits for the first
// one's commit and then finds its answer.
func (c *call) once(s *record.Session, key string, fn func(*record.Session) error) error {
	tx, hash := s.Tx(), c.requestHash()
	n, err := tx.Exec(c.ctx, `INSERT INTO {idempotency} (member, key, method, path, request_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (member, key) DO NOTHING`, c.id.Member, key, c.r.Method, c.r.URL.Path, hash, s.Now())
	if err != nil {
		return err
	}
	if n == 0 {
		return c.replay(tx, key, hash)
	}
	if err := fn(s); err != nil {
		return err
	}
	if _, err := tx.Exec(c.ctx, `UPDATE {idempotency} SET status = $1, body = $2 WHERE member = $3 AND key = $4`,
		c.status, c.kept(), c.id.Member, key); err != nil {
		return err
	}
	if hash[0]%tidyKeys == 0 {
		return dropKeys(c.ctx, tx, s.Now().Add(-keepKeys))
	}
	return nil
}

// apart is write for what makes transactions of its own and answers an object
// with an id: the key is taken first and its answer kept afterwards. When the
// server dies between, nobody knows what became of the call, and the key stays
// taken until heldKeys is over.
func (c *call) apart(do func() error, place string) error {
	key, err := c.idempotencyKey()
	if err != nil {
		return err
	}
	replayed := false
	if key != "" {
		if replayed, err = c.take(key); err != nil {
			return err
		}
	}
	if !replayed {
		err = do()
	}
	if key != "" && !replayed {
		err = errors.Join(err, c.settle(key, err == nil))
	}
	if err != nil {
		return err
	}
	if id, _, ok := strings.Cut(strings.TrimPrefix(string(c.out), `{"id":"`), `"`); ok {
		c.w.Header().Set("Location", base+place+id)
	}
	return c.send()
}

// heldKeys is how long a call that makes its own transactions may take.
const heldKeys = time.Hour

// take writes the row of a key, or finds the answer of a call before.
func (c *call) take(key string) (replayed bool, err error) {
	hash := c.requestHash()
	err = c.ws.Write(c.ctx, c.who, func(s *record.Session) error {
		n, err := s.Tx().Exec(c.ctx, `INSERT INTO {idempotency} AS i (member, key, method, path, request_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (member, key) DO UPDATE SET created_at = excluded.created_at, request_hash = excluded.request_hash
			WHERE i.status IS NULL AND i.created_at < $7`, c.id.Member, key, c.r.Method, c.r.URL.Path, hash, s.Now(), s.Now().Add(-heldKeys))
		if err != nil || n > 0 {
			return err
		}
		replayed = true
		return c.replay(s.Tx(), key, hash)
	})
	return replayed, err
}

// settle keeps the answer, or gives the key back after a refusal.
func (c *call) settle(key string, done bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 10*time.Second)
	defer cancel()
	return c.ws.Write(ctx, c.who, func(s *record.Session) (err error) {
		if done {
			_, err = s.Tx().Exec(ctx, `UPDATE {idempotency} SET status = $1, body = $2 WHERE member = $3 AND key = $4`,
				c.status, c.kept(), c.id.Member, key)
		} else {
			_, err = s.Tx().Exec(ctx, `DELETE FROM {idempotency} WHERE member = $1 AND key = $2 AND status IS NULL`, c.id.Member, key)
		}
		return err
	})
}

// replay gives the answer that the first call with the key got.
func (c *call) replay(tx *store.Tx, key string, hash []byte) error {
	var before []byte
	var status *int64
	var text *string
	found, err := tx.Row(c.ctx, `SELECT request_hash, status, body FROM {idempotency} WHERE member = $1 AND key = $2`,
		[]any{c.id.Member, key}, &before, &status, &text)
	switch {
	case err != nil:
		return err
	case !found || status == nil:
		return fault.New(fault.Conflict, "api.key_in_use", nil)
	case !bytes.Equal(before, hash):
		return fault.New(fault.Invalid, "api.key_other_request", nil)
	case text == nil:
		return fault.New(fault.Conflict, "api.key_done", nil)
	}
	c.status, c.out = int(*status), append(c.out[:0], *text...)
	c.w.Header().Set("Idempotent-Replayed", "true")
	return nil
}

func dropKeys(ctx context.Context, tx *store.Tx, before time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM {idempotency} WHERE created_at < $1`, before)
	return err
}
