package schema

import (
	"encoding/json"
	"io"

	"wellmet/internal/fault"
)

// File is what `wellmet schema plan` reads: either changes, or the objects as
// they should be, in the form that Export writes. Objects and fields that the
// file leaves out stay as they are.
type File struct {
	Changes []Change     `json:"changes,omitempty"`
	Objects []ObjectFile `json:"objects,omitempty"`
}

// ObjectFile is an object with its fields.
type ObjectFile struct {
	Object
	Fields []*FieldDef `json:"fields"`
}

// Export writes the whole schema, as people and version control like to see it.
func (s *Schema) Export(w io.Writer) error {
	var file File
	for _, o := range s.objects {
		of := ObjectFile{Object: *o}
		for _, f := range o.Fields {
			if !f.Engine && !isEngineName(f.Name) {
				of.Fields = append(of.Fields, f)
			}
		}
		file.Objects = append(file.Objects, of)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(file)
}

// ReadFile reads a schema file and works out the changes that lead there.
func (s *Schema) ReadFile(r io.Reader) ([]Change, error) {
	var file struct {
		Changes []Change `json:"changes"`
		Objects []struct {
			Name   string            `json:"name"`
			Fields []json.RawMessage `json:"fields"`
			rest   json.RawMessage
		} `json:"objects"`
	}
	raw, err := io.ReadAll(io.LimitReader(r, 16<<20))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return nil, fault.New(fault.Invalid, "schema.bad_file", fault.Args{"problem": err.Error()})
	}
	changes := file.Changes
	var whole struct {
		Objects []json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, fault.New(fault.Invalid, "schema.bad_file", fault.Args{"problem": err.Error()})
	}
	for i, o := range file.Objects {
		more, err := s.diffObject(o.Name, whole.Objects[i], o.Fields)
		if err != nil {
			return nil, err
		}
		changes = append(changes, more...)
	}
	return changes, nil
}

func (s *Schema) diffObject(name string, raw json.RawMessage, fields []json.RawMessage) ([]Change, error) {
	o, ok := s.Object(name)
	if !ok {
		return []Change{{Op: AddObject, Set: withoutIDs(raw)}}, nil
	}
	var changes []Change
	for _, rawField := range fields {
		var key struct {
			ID, Name string
			Kind     Kind
			Scale    int
		}
		if err := json.Unmarshal(rawField, &key); err != nil {
			return nil, fault.New(fault.Invalid, "schema.bad_file", fault.Args{"problem": err.Error()})
		}
		f, ok := o.FieldByID(key.ID)
		if !ok {
			f, ok = o.Field(key.Name)
		}
		switch {
		case !ok:
			changes = append(changes, Change{Op: AddField, Object: name, Set: withoutIDs(rawField)})
		case f.Kind != key.Kind || f.Scale != key.Scale:
			changes = append(changes, Change{Op: RetypeField, Object: name, Field: f.Name, Set: withoutIDs(rawField)})
		case !sameDefinition(f, rawField):
			changes = append(changes, Change{Op: ChangeField, Object: name, Field: f.Name, Set: withoutIDs(rawField)})
		}
	}
	return changes, nil
}

// sameDefinition reports whether the file says of the field what is so.
func sameDefinition(f *FieldDef, raw json.RawMessage) bool {
	g := f.clone(f.Object)
	if overlay(Change{Set: raw}, g) != nil {
		return false
	}
	return definition(g) == definition(f)
}

// withoutIDs drops what only the engine decides, so that a file exported here
// can be applied elsewhere.
func withoutIDs(raw json.RawMessage) json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return raw
	}
	for _, k := range []string{"id", "column", "table", "builtin", "engine", "removed", "stored", "former"} {
		delete(m, k)
	}
	if fields, ok := m["fields"]; ok {
		var list []json.RawMessage
		if json.Unmarshal(fields, &list) == nil {
			for i := range list {
				list[i] = withoutIDs(list[i])
			}
			m["fields"], _ = json.Marshal(list)
		}
	}
	out, err := json.Marshal(m)
	if err != nil {
		return raw
	}
	return out
}
