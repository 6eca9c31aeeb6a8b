package wire

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"wellmet/internal/fault"
)

func TestEveryKindHasAStatus(t *testing.T) {
	t.Parallel()
	seen := map[int]fault.Kind{}
	for kind := fault.Invalid; kind <= fault.Unavailable; kind++ {
		status := Status(fault.New(kind, "x", nil))
		if other, twice := seen[status]; twice || status == http.StatusInternalServerError {
			t.Errorf("%v is %d, as %v", kind, status, other)
		}
		seen[status] = kind
	}
	if status := Status(errors.New("broken")); status != 500 {
		t.Errorf("an error of ours is %d", status)
	}
}

func TestPlainPaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{"/": true, "/deals/12": true, "/Договоры": true, "//deals": false, "/deals/../x": false, "/a\nb": false,
		"/\xff": false, "/" + strings.Repeat("x", 2000): false} {
		if Plain(path) != want {
			t.Errorf("%q is plain: %v", path, !want)
		}
	}
}

func TestAddressIsTheConnectionsUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	r := &http.Request{RemoteAddr: "192.0.2.7:5000"}
	if got := Address(nil).OrConnection()(r); got != "192.0.2.7" {
		t.Errorf("connection: %q", got)
	}
	r.RemoteAddr = "@" // a socket has no port
	if got := Address(nil).OrConnection()(r); got != "@" {
		t.Errorf("socket: %q", got)
	}
	if got := Address(func(*http.Request) string { return "proxy" }).OrConnection()(r); got != "proxy" {
		t.Errorf("proxy: %q", got)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for args, want := range map[any]string{7: "7", int64(9): "9", 0: "1", "soon": ""} {
		if got, ok := RetryAfter(fault.New(fault.TooMany, "x", fault.Args{"retry_after": args})); got != want || ok != (want != "") {
			t.Errorf("%v becomes %q", args, got)
		}
	}
}
