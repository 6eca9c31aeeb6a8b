package process

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"wellmet/internal/fault"
)

// secretPrefix begins a symmetric secret of Standard Webhooks.
const secretPrefix = "whsec_"

// keyOf are the bytes that a secret stands for.
func keyOf(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, secretPrefix))
	if err != nil || len(key) == 0 {
		return nil, fault.New(fault.Invalid, "process.bad_secret", nil)
	}
	return key, nil
}

// Sign signs a message after Standard Webhooks: "v1," and the base64 of the
// HMAC-SHA256 of id, time and body.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	key, err := keyOf(secret)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, key)
	h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// tolerance is how old or early a signed message may be.
const tolerance = 5 * time.Minute

// Verify tells whether one of the signatures of a message is right, and its
// time near enough.
func Verify(secret, id, timestamp, signatures string, body []byte, now time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	at := time.Unix(seconds, 0)
	if err != nil || id == "" || now.Sub(at) >= tolerance || at.Sub(now) > tolerance {
		return false
	}
	want, err := Sign(secret, id, at, body)
	if err != nil {
		return false
	}
	for _, got := range strings.Fields(signatures) {
		if subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1 {
			return true
		}
	}
	return false
}
