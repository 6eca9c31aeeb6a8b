package access

import (
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"strings"
)

// tokenPrefix begins API tokens, so that scanners for leaked secrets know them.
const tokenPrefix = "wm_"

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newSecret makes 32 random bytes and spells them in letters and digits.
func newSecret() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // documented never to fail
	const digits = 43        // of 256 bits
	out := []byte(strings.Repeat("0", digits))
	n, base, rest := new(big.Int).SetBytes(raw[:]), big.NewInt(62), new(big.Int)
	for i := digits - 1; i >= 0; i-- {
		n.DivMod(n, base, rest)
		out[i] = base62[rest.Int64()]
	}
	return string(out)
}

// digest is what the database keeps of a secret. Secrets are random, so a
// plain hash can not be reversed, and finding one by its index tells nothing
// of its neighbours.
func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// readable are letters and digits that nobody mistakes for one another.
const readable = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// newCode makes 80 random bits for people to copy: XXXX-XXXX-XXXX-XXXX.
func newCode() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:])
	var b strings.Builder
	for i, c := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(readable[int(c)%len(readable)])
	}
	return b.String()
}

// plainCode undoes what people do to a code when copying it.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' || r == '\n' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
}
