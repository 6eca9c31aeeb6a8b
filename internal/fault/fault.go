package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Args fill the places of a translated text; the names are part of its key.
type Args map[string]any

// Error is a refusal that its receiver can understand and often mend. It is
// never changed after New: With and Because answer copies, so a package may
// keep one in a variable.
type Error struct {
	Kind   Kind
	Key    string
	Args   Args
	Fields []Field

	cause error
}

// Field is one input at fault.
type Field struct {
	Path  string // API name of the field, dotted over links; "" is the whole record
	Key   string
	Args  Args
	Row   int    // 1-based row or batch position; 0 where there is only one
	Value string // what was typed, so that a form can show it again
}

// Taken are the arguments of a field whose value another record has that the
// reader may see: its title, and where it is.
func Taken(title, object, plural, id string) Args {
	return Args{"by": title, "object": object, "plural": plural, "record": id}
}

// Told is the field with the key of what is said of it: that a value is taken
// can be told more plainly where it is known by what.
func (f Field) Told() Field {
	if _, known := f.Args["record"].(string); known && f.Key == "field.in_use" {
		f.Key = "field.in_use_by"
	}
	return f
}

// New makes a fault. The key is dotted, beginning with the name of the room
// that makes it: "record.stale".
func New(kind Kind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// With answers a copy that names these fields too.
func (e *Error) With(fields ...Field) *Error {
	other := *e
	other.Fields = slices.Concat(e.Fields, fields)
	return &other
}

// Because answers a copy with its cause, which the log shows and no user sees.
func (e *Error) Because(cause error) *Error {
	other := *e
	other.cause = cause
	return &other
}

// At turns the fault of a single value into the fault of the field that the
// value was typed into.
func (e *Error) At(path, typed string) Field {
	return Field{Path: path, Key: e.Key, Args: e.Args, Value: typed}
}

// Error is for logs and tests; users get the translated text of Key.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	b.WriteString(": ")
	writeKey(&b, e.Key, e.Args)
	for _, f := range e.Fields {
		b.WriteString("; ")
		if f.Row > 0 {
			fmt.Fprintf(&b, "row %d ", f.Row)
		}
		b.WriteString(f.Path)
		b.WriteByte(' ')
		writeKey(&b, f.Key, f.Args)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Unwrap is the cause, so that errors.Is finds what the database said.
func (e *Error) Unwrap() error { return e.cause }

// As finds the outermost fault in a chain.
func As(err error) (*Error, bool) {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e, true
	}
	return nil, false
}

// Is reports whether the outermost fault in the chain is of this kind.
func Is(err error, kind Kind) bool {
	e, ok := As(err)
	return ok && e.Kind == kind
}

// writeKey sorts the arguments: a log line that changes its order from run to
// run cannot be searched for.
func writeKey(b *strings.Builder, key string, args Args) {
	b.WriteString(key)
	if len(args) == 0 {
		return
	}
	b.WriteByte('(')
	for i, name := range slices.Sorted(maps.Keys(args)) {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(b, "%s=%v", name, args[name])
	}
	b.WriteByte(')')
}
