package wire

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/fault"
)

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Unauthenticated: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden,
	fault.NotFound: http.StatusNotFound, fault.Conflict: http.StatusConflict, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable,
}

// Status is how HTTP spells an error; what is no fault is internal.
func Status(err error) int {
	if f, ok := fault.As(err); ok {
		if status := statuses[f.Kind]; status != 0 {
			return status
		}
	}
	return http.StatusInternalServerError
}

// RetryAfter is after how many seconds a fault says that one may try again; ok
// is false where it says nothing.
func RetryAfter(e *fault.Error) (seconds string, ok bool) {
	switch n := e.Args["retry_after"].(type) {
	case int:
		return strconv.Itoa(max(1, n)), true
	case int64:
		return strconv.FormatInt(max(1, n), 10), true
	}
	return "", false
}

// Address finds where a caller comes from; behind a proxy only who runs it knows
// which header to believe.
type Address func(*http.Request) string

// OrConnection is the address of the connection where there is no better way.
func (a Address) OrConnection() Address {
	if a != nil {
		return a
	}
	return func(r *http.Request) string {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			return r.RemoteAddr
		}
		return host
	}
}

// Plain reports whether a path is text in its shortest spelling.
func Plain(path string) bool {
	return len(path) <= 2000 && !strings.Contains(path, "//") && !strings.Contains(path, "/.") && utf8.ValidString(path) &&
		!strings.ContainsFunc(path, unicode.IsControl)
}

// CookieName is of the cookie that holds the secret of a browser's session.
const CookieName = "wellmet_session"

// Cookie is for this host's own pages: no script reads it, no other site sends
// it along with a change. Age is in seconds; without a secret it ends at once.
func Cookie(secret string, age int, secure bool) *http.Cookie {
	if secret == "" {
		age = -1
	}
	return &http.Cookie{Name: CookieName, Value: secret, Path: "/", MaxAge: age, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
}
