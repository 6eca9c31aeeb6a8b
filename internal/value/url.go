package value

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode"

	"wellmet/internal/fault"
)

const maxURL = 2048

// ParseURL reads a web address. Without a scheme it is https. Only http and
// https are taken: anything else (javascript:, data:, file:) would be an attack
// on whoever clicks it. Scheme and host become lower case, the rest stays.
func ParseURL(s string) (string, error) {
	clean, err := Clean(s)
	if err != nil {
		return "", err
	}
	text := strings.TrimFunc(clean, outside)
	if len(text) > maxURL {
		return "", invalid("value.url.long", s, fault.Args{"max": maxURL})
	}
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", invalid("value.url", s, nil)
	}
	switch scheme := schemeOf(text); {
	case scheme == "":
		text = "https://" + strings.TrimPrefix(text, "//")
	case !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https"):
		return "", invalid("value.url.scheme", s, nil)
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil || !webHost(u) {
		return "", invalid("value.url", s, nil)
	}
	// Only the beginning is rewritten: url.String would re-escape what was typed.
	_, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest+"/", "/?#")
	return u.Scheme + "://" + strings.ToLower(rest[:end]) + rest[end:], nil
}

// schemeOf is what stands before the first colon, unless that is a host with a
// port, or the colon belongs to the path.
func schemeOf(s string) string {
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok || strings.ContainsAny(scheme, "/?#[@") {
		return ""
	}
	port, _, _ := strings.Cut(rest, "/")
	if port != "" && onlyDigits(port) {
		return ""
	}
	return scheme
}

func webHost(u *url.URL) bool {
	host := strings.TrimSuffix(u.Hostname(), ".")
	if host == "localhost" || hostName(strings.ReplaceAll(host, "_", "x")) {
		return true
	}
	_, err := netip.ParseAddr(host)
	return err == nil
}
