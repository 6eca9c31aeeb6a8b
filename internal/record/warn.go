package record

import (
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Warning is what a rule found odd about a change that was written all the same
// (engine decision 20).
type Warning struct {
	Object string
	Record value.ID
	fault.Field
}

// mostWarnings is how many a transaction keeps; a batch has its own in the
// outcomes.
const mostWarnings = 100

// Caution says something odd about one field of a draft, which is written all the
// same.
func (d *Draft) Caution(field, key string, args fault.Args) {
	d.warned = append(d.warned, fault.Field{Path: field, Key: key, Args: args, Row: d.Row})
}

// Caution says something odd about what the session has done with a record.
func (s *Session) Caution(object string, id value.ID, field, key string, args fault.Args) {
	s.addWarning(Warning{Object: object, Record: id, Field: fault.Field{Path: field, Key: key, Args: args}})
}

func (s *Session) addWarning(w Warning) {
	same := func(x Warning) bool { return x.Record == w.Record && x.Path == w.Path && x.Key == w.Key }
	if len(s.warnings) < mostWarnings && !slices.ContainsFunc(s.warnings, same) {
		s.warnings = append(s.warnings, w)
	}
}

// Warnings are what rules found odd about what the session has written, each
// thing about a record once.
func (s *Session) Warnings() []Warning { return s.warnings }

// warn keeps what was said of drafts that are written.
func (s *Session) warn(drafts []*Draft) {
	for _, d := range drafts {
		for _, f := range d.warned {
			s.addWarning(Warning{Object: d.Object.Name, Record: d.ID, Field: f})
		}
	}
}
