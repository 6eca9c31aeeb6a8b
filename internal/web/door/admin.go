package door

import (
	"wellmet/internal/fault"
	"wellmet/internal/record"
)

// AdminOnly refuses everybody but administrators, in the words of the key.
func AdminOnly(s *record.Session, key string) error {
	if s.Actor().Admin() {
		return nil
	}
	return fault.New(fault.Forbidden, key, nil)
}

// Showable reports whether an error is one that a form can show.
func Showable(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}
