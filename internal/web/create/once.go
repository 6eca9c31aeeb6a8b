package create

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

const (
	// keep is how long a form is known to have been sent.
	keep = 48 * time.Hour
	// tidy is of how many forms one also drops what is older.
	tidy = 64
)

// once makes the record unless this very form has made one: a second press of
// Save waits for the first one's commit and finds its record. The same form
// sent with other content, after going back, is another record.
func once(c *door.Call, s *record.Session, o *schema.Object, values url.Values, do func() (outcome, error)) (outcome, error) {
	name := values.Get(tokenName)
	if !token.MatchString(name) {
		return do()
	}
	sum := sha256.Sum256([]byte(o.ID + "\n" + values.Encode()))
	key := "form:" + name + ":" + hex.EncodeToString(sum[:8])
	n, err := s.Tx().Exec(c.Ctx, `INSERT INTO {idempotency} (member, key, method, path, request_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (member, key) DO NOTHING`, c.Who.Member, key, c.R.Method, c.R.URL.Path, sum[:], s.Now())
	if err != nil {
		return outcome{}, err
	}
	if n == 0 {
		return before(c, s, o, key)
	}
	made, err := do()
	if err != nil {
		return outcome{}, err
	}
	if sum[0]%tidy == 0 {
		if _, err := s.Tx().Exec(c.Ctx, `DELETE FROM {idempotency} WHERE created_at < $1`, s.Now().Add(-keep)); err != nil {
			return outcome{}, err
		}
	}
	_, err = s.Tx().Exec(c.Ctx, `UPDATE {idempotency} SET status = $1, body = $2 WHERE member = $3 AND key = $4`, 201, made.ID.String(), c.Who.Member, key)
	return made, err
}

// before is what the form made when it was sent first.
func before(c *door.Call, s *record.Session, o *schema.Object, key string) (outcome, error) {
	var text string
	if _, err := s.Tx().Row(c.Ctx, `SELECT body FROM {idempotency} WHERE member = $1 AND key = $2`, []any{c.Who.Member, key}, &text); err != nil {
		return outcome{}, err
	}
	id, err := value.ParseID(text)
	if err != nil {
		return outcome{}, err
	}
	made := outcome{ID: id}
	r, err := s.Get(c.Ctx, o.Name, id)
	if err == nil {
		made.Title = r.Title()
	} else if !fault.Is(err, fault.NotFound) {
		return outcome{}, err
	}
	return made, nil
}
