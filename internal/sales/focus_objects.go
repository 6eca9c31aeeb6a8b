package sales

import "wellmet/internal/schema"

// FocusMarks are what somebody says for himself about a deal in his focus list:
// that it stays on top, or that it is to be out of sight until a day. They are
// nobody else's.
var FocusMarks = focusMarks()

// Fields of a focus mark.
var (
	MarkName    = schema.Text(FocusMarks, "name").ReadOnly()
	MarkDeal    = schema.Link(FocusMarks, "deal", "deal").Required().Inverse("focus_marks").OnDelete(schema.Cascade)
	MarkPinned  = schema.Bool(FocusMarks, "pinned")
	MarkSnoozed = schema.Date(FocusMarks, "snoozed_until")
	MarkShown   = hidden(schema.Choice(FocusMarks, "shown", "private", "team", "all").Default("private").ReadOnly())
	MarkKey     = hidden(schema.Text(FocusMarks, "pair").Unique().ReadOnly())
)

func focusMarks() *schema.Object {
	o := schema.NewObject("focus_mark", "focus_marks", schema.Owned, "Focus mark", "Focus marks").PersonalBy("shown")
	o.Hidden = true
	return o
}
