package door

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"time"

	"wellmet/internal/record"
	"wellmet/internal/value"
)

// TokenName is the input by which a form that was sent twice is known.
const TokenName = "_token"

var token = regexp.MustCompile(`^[A-Za-z0-9]{8,64}$`)

// Token is that of a form that was sent, else a new one.
func Token(form url.Values) string {
	if t := form.Get(TokenName); token.MatchString(t) {
		return t
	}
	return rand.Text()
}

const (
	// keep is how long a form is known to have been sent.
	keep = 48 * time.Hour
	// tidy is of how many forms one also drops what is older.
	tidy = 64
)

// Once makes something unless this very form has made it: a second press of
// Save waits for the first one's commit and finds its record. The same form
// sent with other content, after going back, makes another. What says what is
// made; before reports that it was there.
func (c *Call) Once(s *record.Session, what string, form url.Values, do func() (value.ID, error)) (id value.ID, before bool, err error) {
	name := form.Get(TokenName)
	if !token.MatchString(name) {
		id, err = do()
		return id, false, err
	}
	sum := sha256.Sum256([]byte(what + "\n" + form.Encode()))
	key := "form:" + name + ":" + hex.EncodeToString(sum[:8])
	n, err := s.Tx().Exec(c.Ctx, `INSERT INTO {idempotency} (member, key, method, path, request_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (member, key) DO NOTHING`, c.Who.Member, key, c.R.Method, c.R.URL.Path, sum[:], s.Now())
	if err != nil {
		return 0, false, err
	}
	if n == 0 {
		var text string
		if _, err := s.Tx().Row(c.Ctx, `SELECT body FROM {idempotency} WHERE member = $1 AND key = $2`, []any{c.Who.Member, key}, &text); err != nil {
			return 0, true, err
		}
		id, err = value.ParseID(text)
		return id, true, err
	}
	if id, err = do(); err != nil {
		return 0, false, err
	}
	if sum[0]%tidy == 0 {
		if _, err := s.Tx().Exec(c.Ctx, `DELETE FROM {idempotency} WHERE created_at < $1`, s.Now().Add(-keep)); err != nil {
			return 0, false, err
		}
	}
	_, err = s.Tx().Exec(c.Ctx, `UPDATE {idempotency} SET status = $1, body = $2 WHERE member = $3 AND key = $4`, 201, id.String(), c.Who.Member, key)
	return id, false, err
}
