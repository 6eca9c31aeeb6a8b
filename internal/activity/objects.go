package activity

import "wellmet/internal/schema"

// Activities is the one object of this room; its kind tells tasks, calls,
// meetings and notes apart.
var Activities = declareActivities()

// The kinds of activities.
const (
	Task    = "task"
	Call    = "call"
	Meeting = "meeting"
	Note    = "note"
	Mail    = "mail"
)

// Fields of an activity. At is where it stands on a timeline: when it
// happened, else when it is due, else when it was written down.
var (
	Kind     = schema.Choice(Activities, "kind", Task, Call, Meeting, Note, Mail).Required().Default(Task)
	Subject  = schema.Text(Activities, "subject").Fragments()
	Body     = schema.LongText(Activities, "body").Searched()
	Targets  = schema.About(Activities, "about")
	At       = schema.Moment(Activities, "at").ReadOnly()
	DueAt    = schema.Moment(Activities, "due_at")
	StartsAt = schema.Moment(Activities, "starts_at")
	EndsAt   = schema.Moment(Activities, "ends_at")
	Done     = schema.Bool(Activities, "done").Default("false")
	DoneAt   = schema.Moment(Activities, "done_at")
	Result   = schema.Choice(Activities, "result", "reached", "not_reached", "left_message", "held", "no_show", "cancelled", "sent", "other")
	Priority = schema.Choice(Activities, "priority", "low", "normal", "high").Default("normal")
	Inbound  = schema.Bool(Activities, "inbound")
	Minutes  = schema.Int(Activities, "minutes").Between(0, 100_000)
	// NextAt is when to follow up again; it makes a task.
	NextAt = schema.Moment(Activities, "next_at")
	// Repeats makes the next task when this one is done.
	Repeats = schema.Choice(Activities, "repeats", "daily", "weekly", "monthly", "quarterly", "yearly")
	// Previous is the task that this one repeats, or the follow-up that it follows.
	Previous = schema.Link(Activities, "previous", "activity").Unique().ReadOnly().OnDelete(schema.Clear)
	Private  = schema.Bool(Activities, "private")
	// Mentions are the colleagues that the text names.
	Mentions = schema.Links(Activities, "mentions", "member")
	External = schema.Text(Activities, "external_id").Unique()
	// Imported says that an import made it; nobody was at work in this program.
	Imported = schema.Bool(Activities, "imported").ReadOnly()
)

// Objects lists what this room declares.
func Objects() []*schema.Object { return []*schema.Object{Activities, Queues} }

func declareActivities() *schema.Object {
	o := schema.NewObject("activity", "activities", schema.Owned, "Activity", "Activities").Titled("subject").Indexed("due_at").Indexed("-at")
	o.When = "at"
	return o.SecretBy("private")
}
