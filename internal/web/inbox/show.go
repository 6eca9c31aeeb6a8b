package inbox

import (
	"time"

	"wellmet/internal/notify"
	"wellmet/internal/record"
)

// icons are the drawings of kinds.
var icons = map[notify.Kind]string{notify.Mention: "at-sign", notify.Owner: "user-plus", notify.Due: "clock", notify.Lead: "target",
	notify.Process: "workflow", notify.Access: "key-round", notify.Work: "circle-check"}

func icon(x *notify.Item) string {
	switch name := icons[x.Kind]; {
	case x.Gone:
		return "eye-off"
	case name != "":
		return name
	}
	return "bell"
}

// leads reports whether there is something to open.
func leads(x *notify.Item) bool { return x.Link.ID != 0 || x.URL != "" }

func stamp(x *notify.Item) string { return x.At.UTC().Format(time.RFC3339) }

// nothing lets the call learn what the shell shows.
func nothing(*record.Session) error { return nil }
