package door

import (
	"net/http"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// AdminOnly refuses everybody but administrators, in the words of the key.
func AdminOnly(s *record.Session, key string) error {
	if s.Actor().Admin() {
		return nil
	}
	return fault.New(fault.Forbidden, key, nil)
}

// AdminRead is Read for administrators; to others the place is closed.
func (c *Call) AdminRead(fn func(*record.Session) error, class ...store.Class) error {
	return c.Read(func(s *record.Session) error {
		if err := AdminOnly(s, "web.people.admin_only"); err != nil {
			return err
		}
		return fn(s)
	}, class...)
}

// AdminWrite is one act of an administrator, which it answers; fn may run twice.
func (c *Call) AdminWrite(cause string, fn func(*record.Session) error) (act value.ID, err error) {
	err = c.Write(cause, func(s *record.Session) error {
		err := AdminOnly(s, "web.people.admin_only")
		if err == nil {
			err = fn(s)
		}
		act = s.Act()
		return err
	})
	return act, err
}

// Showable reports whether an error is one that a form can show.
func Showable(err error) bool {
	f, ok := fault.As(err)
	return ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// StatusOf is the status of a page that shows what was refused, nil for nothing.
func StatusOf(refused error) int {
	if refused == nil {
		return http.StatusOK
	}
	return Status(refused)
}
