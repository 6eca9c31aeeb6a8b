package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"wellmet/internal/fault"
)

// Cost is how hard a password is to guess from its hash.
type Cost struct {
	Memory  uint32 // KiB
	Rounds  uint32
	Threads uint8
}

// DefaultCost takes 19 MiB and some 30 ms, the least that OWASP advises for
// argon2id: more would make sign-in a way to exhaust a small server.
var DefaultCost = Cost{Memory: 19 * 1024, Rounds: 2, Threads: 1}

// Bounds of a password. The upper one keeps hashing cheap to ask for.
const (
	minPassword = 8    // characters
	maxPassword = 1024 // bytes
)

const saltBytes, hashBytes = 16, 32

var phc = base64.RawStdEncoding

func newSalt() []byte {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // documented never to fail
	return salt
}

// hash is the PHC string of a password.
func (c Cost) hash(password string, salt []byte) string {
	key := argon2.IDKey([]byte(password), salt, c.Rounds, c.Memory, c.Threads, hashBytes)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Rounds, c.Threads,
		phc.EncodeToString(salt), phc.EncodeToString(key))
}

// parsePHC reads a hash that this program wrote, at whatever cost then.
func parsePHC(text string) (c Cost, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errors.New("access: password hash of an unknown kind")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Rounds, &c.Threads); err != nil {
		return c, nil, nil, fmt.Errorf("access: cost of password hash: %w", err)
	}
	if c.Memory > 1<<20 || c.Rounds == 0 || c.Rounds > 100 || c.Threads == 0 {
		return c, nil, nil, errors.New("access: password hash of an impossible cost")
	}
	if salt, err = phc.DecodeString(parts[4]); err != nil {
		return c, nil, nil, err
	}
	key, err = phc.DecodeString(parts[5])
	return c, salt, key, err
}

// hash makes the hash to store, waiting for its turn.
func (a *Auth) hash(ctx context.Context, password string) (text string, err error) {
	err = a.inSlot(ctx, func() { text = a.cost.hash(norm.NFC.String(password), newSalt()) })
	return text, err
}

// verify compares a password with a hash; rehash says that the hash is of
// another cost than today's. The work is the same whatever the answer.
func (a *Auth) verify(ctx context.Context, text, password string) (right, rehash bool, err error) {
	if len(password) > maxPassword {
		password = "" // nobody's password, at the usual cost
	}
	c, salt, want, err := parsePHC(text)
	if err != nil {
		return false, false, err
	}
	err = a.inSlot(ctx, func() {
		got := argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Rounds, c.Memory, c.Threads, uint32(len(want)))
		right = len(want) > 0 && subtle.ConstantTimeCompare(got, want) == 1
	})
	return right, c != a.cost, err
}

func (a *Auth) inSlot(ctx context.Context, work func()) error {
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return fault.New(fault.Unavailable, "access.busy", nil).Because(ctx.Err())
	}
	defer func() { <-a.slots }()
	work()
	a.hashed()
	return nil
}

// checkPassword refuses passwords too easy or too long to use.
func checkPassword(password, email string) error {
	key, args := "", fault.Args{"min": minPassword, "max": maxPassword}
	switch {
	case !utf8.ValidString(password):
		key = "access.password_broken"
	case utf8.RuneCountInString(password) < minPassword:
		key = "access.password_short"
	case len(password) > maxPassword:
		key = "access.password_long"
	case strings.EqualFold(password, email) || strings.Trim(password, first(password)) == "":
		key = "access.password_easy"
	default:
		return nil
	}
	return fault.New(fault.Invalid, key, args).With(fault.Field{Path: "password", Key: key, Args: args})
}
