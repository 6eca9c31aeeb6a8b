package parts

import "wellmet/internal/schema"

// Control is one control of a form.
type Control struct {
	ID, Name string // of the element, and in the form
	Field    *schema.FieldDef
	Value    any      // what is stored, or the default
	Typed    []string // what was typed, after a refusal; nil = Value stands
	Error    string   // what is wrong with it
	// Autofocus puts the caret there when the form appears.
	Autofocus bool
	Required  bool
}

// ErrorID is the id of the text that tells what is wrong.
func (c Control) ErrorID() string { return c.ID + "-e" }
