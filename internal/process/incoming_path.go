package process

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"wellmet/internal/fault"
	"wellmet/internal/value"
)

// Path leads to a place in JSON: names of members and places of lists, from 0.
type Path []string

// The longest path.
const (
	maxPath  = 300 // letters
	maxSteps = 20
)

// ReadPath reads a path such as customer.emails.0; a dot or backslash inside a
// name stands behind a backslash.
func ReadPath(text string) (Path, error) {
	bad := fault.New(fault.Invalid, "process.bad_path", fault.Args{"path": value.Printable(text)})
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxPath {
		return nil, bad
	}
	var p Path
	var step strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i == len(text) || text[i] != '.' && text[i] != '\\' {
				return nil, bad
			}
			step.WriteByte(text[i])
		case '.':
			p = append(p, step.String())
			step.Reset()
		default:
			step.WriteByte(c)
		}
	}
	p = append(p, step.String())
	for _, name := range p {
		if name == "" {
			return nil, bad
		}
	}
	if len(p) > maxSteps {
		return nil, bad
	}
	return p, nil
}

var escaped = strings.NewReplacer(`\`, `\\`, `.`, `\.`)

// String is the path as it is written.
func (p Path) String() string {
	names := make([]string, len(p))
	for i, name := range p {
		names[i] = escaped.Replace(name)
	}
	return strings.Join(names, ".")
}

// Find is what stands at the path, if anything does.
func (p Path) Find(v any) (any, bool) {
	for _, name := range p {
		switch x := v.(type) {
		case map[string]any:
			inner, ok := x[name]
			if !ok {
				return nil, false
			}
			v = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			v = x[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// readJSON reads what a call brought; numbers stay as they are written.
func readJSON(text string) (any, error) {
	dec := json.NewDecoder(bytes.NewReader([]byte(text)))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	if err == nil {
		if _, err = dec.Token(); err == io.EOF {
			return v, nil
		}
		err = errTrailing
	}
	return nil, fault.New(fault.Invalid, "process.no_json", nil).Because(err)
}

// Mapped says what comes into a field: what stands at a path, or behind "=" a
// text that is always the same.
type Mapped struct {
	Path  string `json:"path"`
	Field string `json:"field"`
}

// maxMapped is how many fields a hook fills.
const maxMapped = 60

// ParseMapping reads a mapping as hooks keep it.
func ParseMapping(text string) ([]Mapped, error) {
	var list []Mapped
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := strict(text, &list); err != nil {
		return nil, fault.New(fault.Invalid, "process.bad_mapping", fault.Args{"problem": value.Printable(err.Error())})
	}
	if len(list) > maxMapped {
		return nil, fault.New(fault.TooLarge, "process.many_mapped", fault.Args{"max": maxMapped})
	}
	return list, nil
}

// MappingText is a mapping as hooks keep it.
func MappingText(list []Mapped) string {
	if len(list) == 0 {
		return ""
	}
	return marshal(list)
}
