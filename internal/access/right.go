package access

import (
	"strings"
)

// Right is what a role grants for one action: a fixed scope, or whatever the
// object's openness gives, or the wider of both.
type Right struct {
	Open  bool
	Scope Scope
}

// open is how role records spell "by the object's openness".
const open = "open"

// String is "team", "open" or "open|team".
func (r Right) String() string {
	switch {
	case !r.Open:
		return r.Scope.String()
	case r.Scope == None:
		return open
	}
	return open + "|" + r.Scope.String()
}

// MarshalText writes String.
func (r Right) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what String writes.
func (r *Right) UnmarshalText(text []byte) error {
	rest, isOpen := strings.CutPrefix(string(text), open)
	if isOpen && rest == "" {
		*r = Right{Open: true}
		return nil
	}
	if isOpen {
		rest, isOpen = strings.CutPrefix(rest, "|")
		if !isOpen {
			rest = string(text)
		}
	}
	s, err := ParseScope(rest)
	if err != nil {
		return err
	}
	*r = Right{Open: isOpen, Scope: s}
	return nil
}

// under is the scope that the right gives under an object's openness.
func (r Right) under(o Openness) Scope {
	if !r.Open {
		return r.Scope
	}
	return max(r.Scope, o.Scope())
}
