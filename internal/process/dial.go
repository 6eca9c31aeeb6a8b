package process

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
)

// errPrivate says that an address is of the server's own network.
var errPrivate = errors.New("the address is not a public one")

// Answers of a receiver are waited for so long, and no longer.
const patience = 15 * time.Second

// Why nobody answered, as it is kept: a key, and behind it what the network says.
const (
	privateAddress = "process.private_address"
	noAnswer       = "process.no_answer"
	notReached     = "process.not_reached"
)

// unheard is why a receiver did not answer.
func unheard(err error) string {
	var slow net.Error
	switch {
	case errors.Is(err, errPrivate):
		return privateAddress
	case errors.As(err, &slow) && slow.Timeout():
		return noAnswer
	}
	var of *url.Error
	if errors.As(err, &of) { // whose words begin with the address, which everybody knows
		err = of.Err
	}
	return notReached + " " + err.Error()
}

// heard is what became of a message in the reader's language. The words of a
// receiver stand as they are.
func heard(s *record.Session, text string) string {
	switch key, why, _ := strings.Cut(text, " "); key {
	case privateAddress:
		return i18n.Text(langOf(s), "process.private_address", nil)
	case noAnswer:
		return i18n.Text(langOf(s), "process.no_answer", nil)
	case notReached:
		return i18n.Text(langOf(s), "process.not_reached", fault.Args{"why": why})
	}
	return text
}

// newClient makes the client that webhooks are sent by. It follows nobody
// elsewhere, uses no proxy, which would connect in its place, and looks at the
// very address that it connects to: a name that leads inside, now or the
// second time it is asked, does not.
func newClient(private bool) *http.Client {
	d := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: -1}
	if !private {
		d.Control = func(network, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !public(at.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		Timeout: patience,
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			return d.DialContext(ctx, network, address)
		},
			TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: patience, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second,
			MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reservedNets are networks that lead nowhere in public, beside those that
// netip knows.
var reservedNets = func() []netip.Prefix {
	var list []netip.Prefix
	for _, text := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10"} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}()

// public reports whether an address is one of the internet.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" {
		return false
	}
	for _, n := range reservedNets {
		if n.Contains(a) {
			return false
		}
	}
	return true
}
