package settings

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"wellmet/internal/goal"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// Words says what another area knows to say: changes of the schema, and what a
// plan does to what is stored.
type Words struct {
	Schema func(*kit.View, *schema.Schema, []schema.Logged) []string
	Effect func(*kit.View, *schema.Schema, schema.Effect) (weight, text string)
	// Key makes the key of a new option of a choice from its label.
	Key func(label string, list []schema.Option, of *schema.FieldDef) string
}

// teller says changes of configuration in words.
type teller struct {
	v     *kit.View
	s     *record.Session
	n     *parts.Names
	words Words
}

// subject is what a subject of configuration is called.
func (t teller) subject(name string) string {
	switch name {
	case record.SchemaSubject:
		return t.v.T("web.people.objects")
	case record.CompanySubject:
		return t.v.T("web.people.company")
	case record.OpennessSubject:
		return t.v.T("web.people.openness")
	case goal.RaiseSubject:
		return t.v.T("web.goals.title")
	case "@hours":
		return t.v.T("web.settings.hours")
	case "@mail":
		return t.v.T("web.inbox.server")
	}
	for _, o := range t.s.Schema().Objects() {
		if o.ID == name {
			return o.Label(t.v.Lang).Many
		}
	}
	return name
}

// want remembers what the values of a change link to.
func (t teller) want(x *record.ConfigurationChange) {
	for _, l := range x.Records {
		for _, c := range l.Changes {
			if f, ok := l.Object.Field(c.Field); ok {
				t.n.Want(f, parts.Past(t.s, f, c.Old))
				t.n.Want(f, parts.Past(t.s, f, c.New))
			}
		}
	}
}

// lines are what a change did.
func (t teller) lines(x *record.ConfigurationChange) (lines []string) {
	if len(x.Schema) > 0 {
		lines = t.words.Schema(t.v, t.s.Schema(), x.Schema)
	}
	for _, c := range x.Settings {
		for _, name := range slices.Sorted(maps.Keys(c.Became)) {
			lines = append(lines, t.fromTo(t.setting(c.Subject, name), t.settingText(c.Subject, name, c.Was[name]), t.settingText(c.Subject, name, c.Became[name])))
		}
	}
	for _, l := range x.Records {
		lines = append(lines, t.record(l)...)
	}
	if x.More > 0 {
		lines = append(lines, t.v.T("web.settings.more", "count", x.More))
	}
	if x.Others > 0 && x.Version == 0 {
		lines = append(lines, t.v.T("web.settings.others", "count", x.Others, "n", t.v.Int(int64(x.Others))))
	}
	if len(lines) == 0 {
		for _, subject := range x.Subjects {
			lines = append(lines, t.v.T("web.settings.changed", "what", t.subject(subject)))
		}
	}
	return lines
}

// record is what became of one record.
func (t teller) record(l record.ConfigurationLine) (lines []string) {
	what := t.v.T("web.settings.named", "object", l.Object.Label(t.v.Lang).One, "name", t.title(l))
	switch record.Doing(l.Kind) {
	case record.Creating:
		return []string{t.v.T("web.settings.created", "what", what)}
	case record.Deleting:
		return []string{t.v.T("web.settings.deleted", "what", what)}
	case record.Restoring:
		return []string{t.v.T("web.settings.restored", "what", what)}
	}
	for _, c := range l.Changes {
		f, ok := l.Object.Field(c.Field)
		if !ok || f.Hidden {
			continue
		}
		label := t.v.T("web.settings.field", "what", what, "field", f.Label(t.v.Lang))
		was, now := parts.Past(t.s, f, c.Old), parts.Past(t.s, f, c.New)
		if f.ValueKind() == schema.KindLongText {
			lines = append(lines, t.v.T("web.settings.changed", "what", label))
			continue
		}
		lines = append(lines, t.fromTo(label, parts.Text(t.v, t.n, f, was), parts.Text(t.v, t.n, f, now)))
	}
	if len(lines) == 0 {
		lines = []string{t.v.T("web.settings.changed", "what", what)}
	}
	return lines
}

// title is what a record is called; one that is named by a link has no name of
// its own.
func (t teller) title(l record.ConfigurationLine) string {
	if f, ok := l.Object.Field(l.Object.Title); ok && len(f.Options) == 0 && f.ValueKind() != schema.KindLink && l.Title != "" {
		return short(l.Title)
	}
	return t.v.T("web.settings.nameless")
}

// longest is how much of a text the history shows.
const longest = 80

func short(text string) string {
	if runes := []rune(text); len(runes) > longest {
		return string(runes[:longest-1]) + "…"
	}
	return text
}

func (t teller) fromTo(what, was, now string) string {
	nothing := t.v.T("web.settings.nothing")
	return t.v.T("web.settings.from_to", "what", what, "from", cmp.Or(short(was), nothing), "to", cmp.Or(short(now), nothing))
}

// setting is what a value of a setting is called.
func (t teller) setting(subject, name string) string {
	switch subject {
	case record.OpennessSubject:
		return t.v.T("web.settings.open", "object", t.subject(name))
	case goal.RaiseSubject:
		return t.v.T("web.goals.limit")
	case "@hours":
		return t.v.T("web.settings.on", "day", t.day(name))
	case "@mail":
		return t.mail(name)
	}
	switch name {
	case "name":
		return t.v.T("web.people.company_label")
	case "currency":
		return t.v.T("web.people.currency")
	case "zone":
		return t.v.T("web.people.zone")
	case "locale":
		return t.v.T("web.people.locale")
	case "collation":
		return t.v.T("web.people.collation")
	case "region":
		return t.v.T("web.people.region")
	case "credit":
		return t.v.T("web.people.credit")
	case "response_minutes":
		return t.v.T("web.people.response")
	case "fiscal_start":
		return t.v.T("web.people.fiscal")
	}
	return t.v.T("web.people.letterhead." + name)
}

func (t teller) mail(name string) string {
	switch name {
	case "host":
		return t.v.T("web.inbox.server")
	case "port":
		return t.v.T("web.inbox.port")
	case "safety":
		return t.v.T("web.inbox.safety")
	case "user":
		return t.v.T("web.inbox.user")
	case "sender":
		return t.v.T("web.inbox.sender")
	case "site":
		return t.v.T("web.inbox.site")
	}
	return name
}

// days are the names of settings, in the order of time.Weekday.
var days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (t teller) day(name string) string { return dayName(t.v, slices.Index(days, name)) }

// dayName is a day of the week; any date of it will do.
func dayName(v *kit.View, day int) string {
	if day < 0 {
		return ""
	}
	return v.WeekdaysLong()[(day-int(v.FirstWeekday())+7)%7]
}

// settingText is a value of a setting for reading.
func (t teller) settingText(subject, name string, raw json.RawMessage) string {
	var text string
	var number int
	var list []string
	switch {
	case json.Unmarshal(raw, &list) == nil && len(list) > 0:
		return t.v.List(list)
	case subject == "@hours":
		return t.v.T("web.settings.closed")
	case name == "credit" && json.Unmarshal(raw, &text) == nil && slices.Contains(record.CreditRules, text):
		return t.v.T("web.people.credit." + text)
	case json.Unmarshal(raw, &number) == nil && number != 0 && name == "fiscal_start" && number <= 12:
		return t.v.MonthName(time.Month(number))
	case json.Unmarshal(raw, &number) == nil && number != 0:
		return t.v.Int(int64(number))
	case json.Unmarshal(raw, &text) != nil || text == "":
		return ""
	case subject == record.OpennessSubject:
		return t.v.T("web.people.degree." + text)
	case subject == "@mail" && name == "safety":
		return t.v.T("web.inbox." + text)
	case name == "locale" && slices.Contains(i18n.Languages(), text):
		return i18n.Text(t.v.Lang, "web.language."+text, nil)
	}
	return strings.Join(strings.Fields(text), " ")
}

// who is who did something.
func (t teller) who(member value.ID) string {
	return cmp.Or(t.s.Roster().Name(member), t.v.T("web.record.system"))
}
