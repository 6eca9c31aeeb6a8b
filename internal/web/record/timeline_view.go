package record

import (
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// kindIcons are the drawings of entries.
var kindIcons = map[string]string{activity.Note: "sticky-note", activity.Mail: "mail", activity.Call: "phone", activity.Meeting: "calendar",
	activity.Task: "square-check-big", change: "pencil"}

func (e entry) icon() string {
	switch {
	case e.move:
		return "arrow-left-right"
	case e.doing == string(record.Creating):
		return "plus"
	case e.doing == string(record.Deleting):
		return "trash-2"
	case e.doing == string(record.Restoring):
		return "undo-2"
	case e.doing == string(record.Merging):
		return "merge"
	}
	if icon := kindIcons[e.kind]; icon != "" {
		return icon
	}
	return "circle"
}

// text is a field of the entry's activity, "" where the actor may not read it.
func (e entry) text(m *model, name string) string {
	f, ok := e.record.Object.Field(name)
	if !ok || !m.actor.Sees(f) {
		return ""
	}
	text, _ := e.record.Value(f).(string)
	if m.actor.Field(f) == access.Masked {
		masked, _ := access.Mask(text).(string)
		return masked
	}
	return text
}

// subject is what an activity is called;
// one that is the beginning of the text is not said twice.
func (e entry) subject(m *model) string {
	subject := e.text(m, activity.Subject.Name())
	if start := strings.TrimSuffix(subject, "…"); start != "" && strings.HasPrefix(e.text(m, activity.Body.Name()), start) {
		return ""
	}
	return subject
}

func (e entry) done() bool {
	done, _ := record.Get(e.record, activity.Done)
	return done
}

// outcome is what came of an activity, in words.
func (e entry) outcome(m *model) string {
	var said []string
	f, _ := e.record.Object.Field(activity.Result.Name())
	if result := e.text(m, f.Name); result != "" {
		said = append(said, f.OptionLabel(result, m.v.Lang))
	}
	if n, ok := record.Get(e.record, activity.Minutes); ok && n > 0 {
		said = append(said, m.v.Duration(time.Duration(n)*time.Minute))
	}
	if due, ok := record.Get(e.record, activity.DueAt); ok && !e.done() && e.kind == activity.Task {
		said = append(said, m.v.T("web.record.due", "date", m.v.Near(value.DateOf(due, m.v.Zone), m.v.Today())))
	}
	if imported, _ := record.Get(e.record, activity.Imported); imported {
		if f, ok := e.record.Object.Field(activity.Imported.Name()); ok && m.actor.Sees(f) {
			said = append(said, f.Label(m.v.Lang))
		}
	}
	return strings.Join(said, " · ")
}

// told is the sentence of an entry about an activity.
func (e entry) told(m *model) string {
	who, planned := mark, e.at.After(m.v.Now) && !e.done()
	switch {
	case planned && e.kind == activity.Call:
		return m.v.T("web.record.has_call", "who", who)
	case planned && e.kind == activity.Meeting:
		return m.v.T("web.record.has_meeting", "who", who)
	}
	switch e.kind {
	case activity.Note:
		return m.v.T("web.record.did_note", "who", who)
	case activity.Call:
		return m.v.T("web.record.did_call", "who", who)
	case activity.Meeting:
		return m.v.T("web.record.did_meeting", "who", who)
	case activity.Mail:
		return m.v.T("web.record.did_mail", "who", who)
	}
	if e.done() {
		return m.v.T("web.record.did_task", "who", who)
	}
	return m.v.T("web.record.has_task", "who", who)
}

// happened is the sentence of an entry about the record.
func (e entry) happened(m *model) string {
	who := mark
	switch e.doing {
	case string(record.Creating):
		return m.v.T("web.record.did_create", "who", who)
	case string(record.Deleting):
		return m.v.T("web.record.did_delete", "who", who)
	case string(record.Restoring):
		return m.v.T("web.record.did_restore", "who", who)
	case string(record.Merging):
		return m.v.T("web.record.did_merge", "who", who, "other", e.took.title)
	}
	if e.move {
		return m.v.T("web.record.did_move", "who", who)
	}
	return m.v.T("web.record.did_change", "who", who)
}

// kindLabel names a kind of entries, as the filter offers it.
func kindLabel(m *model, kind string) string {
	if kind == change {
		return m.v.T("web.record.changes")
	}
	o, ok := m.schema.Object(activity.Activities.Name)
	if !ok {
		return kind
	}
	f, _ := o.Field(activity.Kind.Name())
	return f.OptionLabel(kind, m.v.Lang)
}

// heading is how a timeline calls a day.
func heading(m *model, d value.Date) string {
	if distance := int64(m.v.Today()) - int64(d); -1 <= distance && distance <= 1 {
		return capital(m.v.Relative(d, m.v.Today()))
	}
	return m.v.DateNear(d, m.v.Today())
}

// long reports whether a text is folded at first.
func long(text string) bool { return len(text) > 420 || lines(text) > 6 }

// beginning is of a long text what shows while it is folded, and a little more.
func beginning(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 2000)], "")
}

func lines(text string) int {
	n := 1
	for _, r := range text {
		if r == '\n' {
			n++
		}
	}
	return n
}

// capital begins a text with a capital letter.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// shown is how much of a text a line of changes tells.
const shown = 120

func short(text string) string {
	if runes := []rune(text); len(runes) > shown {
		return string(runes[:shown]) + "…"
	}
	return text
}

// newActivity is the address of a new task or note about the record.
func newActivity(m *model, key string) string {
	return "/activities/new?" + url.Values{"about": {m.o.Name + ":" + m.r.ID.String()}, "kind": {kindsOf[key][0]}}.Encode()
}

// mark stands in a sentence where a name goes that is set apart.
const mark = "\x01"

func before(text string) string { b, _, _ := strings.Cut(text, mark); return b }

func after(text string) string { _, a, _ := strings.Cut(text, mark); return a }

// name is who did it.
func (e entry) name(m *model) string {
	if e.who.Name == "" {
		return m.v.T("web.record.system")
	}
	return e.who.Name
}
