package value

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseEmail reads one bare address. The domain becomes lower case; the part
// before @ stays as typed, since its owner's server decides what case means
// there (searching and matching fold it anyway). Addresses in other scripts are
// addresses (RFC 6531).
func ParseEmail(s string) (string, error) {
	clean, err := Clean(s)
	if err != nil {
		return "", err
	}
	text := strings.TrimFunc(strings.ReplaceAll(clean, "＠", "@"), outside)
	if len(text) > 7 && strings.EqualFold(text[:7], "mailto:") {
		text = text[7:]
	}
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || len(text) > 254 || at > 64 {
		return "", invalid("value.email", s, nil)
	}
	local, domain := text[:at], strings.ToLower(text[at+1:])
	if !localPart(local) || !hostName(domain) {
		return "", invalid("value.email", s, nil)
	}
	return local + "@" + domain, nil
}

// outside is what may surround pasted text without being part of it.
func outside(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// localPart accepts dot-separated atoms, and any quoted string.
func localPart(s string) bool {
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return !strings.ContainsFunc(s, unicode.IsControl) && !strings.ContainsAny(s[1:len(s)-1], `"\`)
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7F || strings.ContainsRune(`()<>[]:;,@\"`, r) || r >= utf8.RuneSelf && outside(r) {
			return false
		}
	}
	return true
}

// hostName accepts two or more labels of letters, digits and inner hyphens, in
// any script.
func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, label := range labels {
		if !hostLabel(label) {
			return false
		}
	}
	return strings.ContainsFunc(labels[len(labels)-1], func(r rune) bool { return !unicode.IsDigit(r) })
}

func hostLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for _, r := range s {
		if r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			return false
		}
	}
	return true
}
