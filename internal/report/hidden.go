package report

import (
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// hidden says that something asks for what its reader may not read, in the place of
// the words with which an expression stumbles over a name. It is for what others
// wrote: whoever asks by himself is told of his own words.
func hidden(s *record.Session, title string, err error) error {
	f, ok := fault.As(err)
	if !ok || f.Kind != fault.Invalid || !unseen(s, f) {
		return err
	}
	return fault.New(fault.Forbidden, "report.hidden", fault.Args{"report": title}).Because(f)
}

// Hidden is the same for a ready report that has a page of its own, on which its reader
// writes no filter.
func Hidden(s *record.Session, name string, err error) error {
	return hidden(s, Spec{Name: name}.title(i18n.FormatFor(s.Who().Locale).Language()), err)
}

// hidden is a fault of a tile as its reader is told of it. On his own dashboard he is
// told of his own words; of another's words he does not learn whether what they ask
// for is hidden from him or not there, as lists do not tell either. Who sees
// everything is told what is gone.
func (a *Answer) hidden(s *record.Session, title string, err error) error {
	f, ok := fault.As(err)
	if !ok || a.Tile.Own || s.Actor().Admin() || f.Kind != fault.Invalid || !Unknown(f) {
		return err
	}
	return fault.New(fault.Forbidden, "report.hidden", fault.Args{"report": title}).Because(f)
}

// unseen reports whether a fault is about a name that is there, and kept from the
// reader.
func unseen(s *record.Session, f *fault.Error) bool {
	object, _ := f.Args["object"].(string)
	name, _ := f.Args["name"].(string)
	o, known := s.Schema().Object(object)
	switch {
	case !known:
		return false
	case strings.HasPrefix(f.Key, "schema.unknown_field"):
		name = name[strings.LastIndexByte(name, '.')+1:] // of a path the object is the last
		_, there := s.Schema().Bind(o, name)
		return there
	case strings.HasPrefix(f.Key, "expr.unknown_name"):
		all := s.Schema().Scope(o, nil)
		_, field := all.Field(name)
		_, back := all.Back(name)
		return field || back
	}
	return false
}

// ready is a fault of a ready report as its reader is told of it: where his own filter
// cannot be read, that is what is wrong.
func (spec Spec) ready(s *record.Session, p Params, err error) error {
	if err == nil || spec.ID != 0 || spec.Name == "" {
		return err
	}
	if o, known := s.Schema().Object(spec.Object); known && strings.TrimSpace(p.Filter) != "" {
		if _, bad := s.Check(o, p.Filter, expr.Bool); bad != nil {
			return err
		}
	}
	return hidden(s, spec.title(i18n.FormatFor(s.Who().Locale).Language()), err)
}

// title is what the report is called in a language.
func (spec Spec) title(language string) string {
	return (&Words{Lang: language, Spec: spec}).Title(spec.Name)
}

// Unshared is what is said of a saved report that is not there for its reader: it has no
// name, and its id tells him nothing. "" where something else is the matter.
func Unshared(language, of string, err error) string {
	if _, bad := value.ParseID(of); bad != nil || !fault.Is(err, fault.NotFound) {
		return ""
	}
	return i18n.Text(language, "web.dashboard.unshared", nil)
}
