package record

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// A cursor is the place where a page ended, sealed so that nobody can make one
// up: it would read key values into a query unchecked. Its bytes:
//
//	form, hash of the query (8), schema version, keys, id, MAC (16)
const (
	cursorForm = 1
	hashBytes  = 8
	macBytes   = 16
	maxCursor  = 16 << 10
)

const secretKey = "cursor_secret"

// prepare makes the workspace's secret, once in its life.
func (b *indexBook) prepare(ctx context.Context, tx *store.Tx) error {
	fresh := make([]byte, 32)
	if _, err := rand.Read(fresh); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO {setting} (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`,
		secretKey, hex.EncodeToString(fresh))
	return err
}

// sign returns the MAC of a cursor's bytes.
func (s *Session) sign(ctx context.Context, text []byte) ([]byte, error) {
	b := &s.engine.indexes
	b.mu.Lock()
	secret := b.secret
	b.mu.Unlock()
	if secret == nil {
		var stored string
		if _, err := s.tx.Row(ctx, `SELECT value FROM {setting} WHERE key = $1`, []any{secretKey}, &stored); err != nil {
			return nil, err
		}
		secret = []byte(stored)
		b.mu.Lock()
		b.secret = secret
		b.mu.Unlock()
	}
	m := hmac.New(sha256.New, secret)
	m.Write(text)
	return m.Sum(nil)[:macBytes], nil
}

// hash tells queries apart: a cursor goes on in the one it came from. Fields,
// limit and count may change from page to page.
func (l *listing) hash() []byte {
	h := sha256.New()
	parts := []string{l.o.ID, l.q.Filter, "", l.q.Text, strconv.FormatBool(l.q.Trash)}
	if !l.q.Gone.IsZero() {
		parts = append(parts, "gone "+value.MomentText(l.q.Gone))
	}
	if l.past != nil {
		parts = append(parts, value.MomentText(l.past.at))
	}
	if l.q.Where != nil {
		parts[2] = l.q.Where.String()
	}
	for _, k := range l.keys {
		parts = append(parts, k.name, strconv.FormatBool(k.down))
	}
	for _, p := range parts {
		h.Write(binary.AppendUvarint(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return h.Sum(nil)[:hashBytes]
}

// seal writes the cursor behind the page that was read.
func (l *listing) seal(ctx context.Context) (string, error) {
	b := append([]byte{cursorForm}, l.hash()...)
	b = binary.AppendUvarint(b, uint64(l.s.state.schema.Version))
	for _, v := range l.last.values {
		b = appendKey(b, v)
	}
	b = binary.AppendVarint(b, int64(l.last.id))
	mac, err := l.s.sign(ctx, b)
	return base64.RawURLEncoding.EncodeToString(append(b, mac...)), err
}

// unseal reads a cursor. Everything that is wrong with one looks the same.
func (l *listing) unseal(ctx context.Context, text string) (*mark, error) {
	bad := fault.New(fault.Invalid, "query.bad_cursor", nil).With(fault.Field{Path: "cursor", Key: "query.bad_cursor"})
	if len(text) > maxCursor {
		return nil, bad
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) < 1+hashBytes+macBytes || b[0] != cursorForm {
		return nil, bad
	}
	body, given := b[:len(b)-macBytes], b[len(b)-macBytes:]
	mac, err := l.s.sign(ctx, body)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(mac, given) || string(body[1:1+hashBytes]) != string(l.hash()) {
		return nil, bad
	}
	r := keyReader{b: body[1+hashBytes:]}
	if r.uvarint() != uint64(l.s.state.schema.Version) {
		return nil, bad
	}
	m := &mark{}
	for range l.keys[:len(l.keys)-1] {
		m.values = append(m.values, r.key())
	}
	m.id = value.ID(r.varint())
	if r.broken || len(r.b) > 0 {
		return nil, bad
	}
	return m, nil
}

// Key values carry their type, so that reading one needs no schema.
const (
	keyNull = iota
	keyInt
	keyText
	keyBytes
	keyDate
	keyFalse
	keyTrue
)

func appendKey(b []byte, v any) []byte {
	switch x := v.(type) {
	case int64:
		return binary.AppendVarint(append(b, keyInt), x)
	case value.Date:
		return binary.AppendVarint(append(b, keyDate), int64(x))
	case string:
		return append(binary.AppendUvarint(append(b, keyText), uint64(len(x))), x...)
	case []byte:
		return append(binary.AppendUvarint(append(b, keyBytes), uint64(len(x))), x...)
	case bool:
		if x {
			return append(b, keyTrue)
		}
		return append(b, keyFalse)
	}
	return append(b, keyNull)
}

// keyReader reads what appendKey wrote.
type keyReader struct {
	b      []byte
	broken bool
}

func (r *keyReader) key() any {
	if len(r.b) == 0 {
		r.broken = true
		return nil
	}
	kind := r.b[0]
	r.b = r.b[1:]
	switch kind {
	case keyInt:
		return r.varint()
	case keyDate:
		return value.Date(r.varint())
	case keyText:
		return strings.Clone(string(r.bytes()))
	case keyBytes:
		return append([]byte{}, r.bytes()...)
	case keyFalse, keyTrue:
		return kind == keyTrue
	}
	return nil
}

func (r *keyReader) bytes() []byte {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.broken = true
		return nil
	}
	x := r.b[:n]
	r.b = r.b[n:]
	return x
}

func (r *keyReader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	return x & r.took(n)
}

func (r *keyReader) varint() int64 {
	x, n := binary.Varint(r.b)
	return x & int64(r.took(n))
}

// took advances behind a number; it answers the mask that keeps it.
func (r *keyReader) took(n int) uint64 {
	if n <= 0 {
		r.broken, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return ^uint64(0)
}
