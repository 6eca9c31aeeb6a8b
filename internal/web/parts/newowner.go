package parts

import (
	"net/url"

	"wellmet/internal/record"
	"wellmet/internal/schema"
)

// tasksName is the box of TasksFollow.
const tasksName = "tasks"

// AsksForTasks reports whether a change of the field is one of the owner of a
// record that tasks may be about.
func AsksForTasks(o *schema.Object, f *schema.FieldDef) bool {
	return f != nil && f.Name == "owner" && o.Timeline
}

// Set are the values of a change that sets one field; of the owner, with what
// the box of TasksFollow says.
func Set(o *schema.Object, f *schema.FieldDef, form url.Values, x any) record.Values {
	v := record.Values{f.Name: x}
	if AsksForTasks(o, f) && form.Get(tasksName) != "" {
		v[record.SaidKey] = record.Said{Tasks: true}
	}
	return v
}
