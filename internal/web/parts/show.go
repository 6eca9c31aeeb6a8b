package parts

import (
	"strings"

	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// A cell shows that many tags or links, then how many more there are.
const (
	fewTags  = 3
	fewLinks = 2
)

// writable reports whether the actor may fill the field.
func (n *Names) writable(f *schema.FieldDef) bool {
	return f.Writable() && (n == nil || n.actor.CanWrite(f))
}

// refs are the records that a field with many links names.
func refs(f *schema.FieldDef, ids []value.ID) []schema.Ref {
	out := make([]schema.Ref, len(ids))
	for i, id := range ids {
		out[i] = schema.Ref{Object: f.Target, ID: id}
	}
	return out
}

// oneLine is where an address lies, for a cell.
func oneLine(a value.Address) string {
	var words []string
	for _, w := range []string{a.Street, a.City, a.Country} {
		if w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		words = addressLines(a)
	}
	return strings.Join(words, ", ")
}
