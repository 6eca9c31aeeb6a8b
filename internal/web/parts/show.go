package parts

import (
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
