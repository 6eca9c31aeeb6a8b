package kit

import (
	"time"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

// View is how one user wants to see things: language, formats, time zone. Every
// component takes it first.
type View struct {
	*i18n.Format
	Lang string // of the catalogue: "en", "ca", "fi", "ru", "zh"
	Zone *time.Location
	// OwnZone says that the user chose his zone; otherwise it is the workspace's.
	OwnZone bool
	Now     time.Time
	Theme   string // "light", "dark"; "" = the system's
	Dense   bool   // rows closer together
	NoKeys  bool   // single-letter keys are off
	NoGuide bool   // records show no guide of their process
	Heard   string // the mark of live hints from before anything was read
}

// T is the sentence of a key. Arguments are pairs of name and value.
func (v *View) T(key string, args ...any) string {
	if len(args) == 0 {
		return i18n.Text(v.Lang, key, nil)
	}
	named := make(fault.Args, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return i18n.Text(v.Lang, key, named)
}

// Today is the user's day.
func (v *View) Today() value.Date { return value.DateOf(v.Now, v.Zone) }

// Fault is what an error says, in the user's language.
func (v *View) Fault(err error) string {
	if f, ok := fault.As(err); ok {
		return i18n.Text(v.Lang, f.Key, v.spelled(f.Args))
	}
	return v.T("web.failed")
}

// spelled writes amounts and days among arguments as the user does.
func (v *View) spelled(args fault.Args) fault.Args {
	named := make(fault.Args, len(args))
	for name, arg := range args {
		switch x := arg.(type) {
		case value.Money:
			named[name] = v.Money(x)
		case value.Date:
			named[name] = v.Date(x)
		case value.Period:
			named[name] = v.Period(x)
		default:
			named[name] = arg
		}
	}
	return named
}

// FieldFault is what is wrong with one field.
func (v *View) FieldFault(f fault.Field) string {
	told := f.Told()
	return i18n.Text(v.Lang, told.Key, v.spelled(told.Args))
}

// Said is what a refusal says, of its first field if it has one.
func (v *View) Said(err error) string {
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return v.FieldFault(f.Fields[0])
	}
	return v.Fault(err)
}

// In is a label as it stands inside a sentence: "Deal" becomes "deal"; what is
// written in capitals stays.
func (v *View) In(label string) string {
	first, size := utf8.DecodeRuneInString(label)
	second, _ := utf8.DecodeRuneInString(label[size:])
	if unicode.IsUpper(second) {
		return label
	}
	return string(unicode.ToLower(first)) + label[size:]
}
