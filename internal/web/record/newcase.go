package record

import (
	"net/url"

	"wellmet/internal/activity"
	"wellmet/internal/record"
)

// newCaseOf is what a case about this record begins with; nil for records that
// no case is about.
func newCaseOf(m *model) url.Values {
	q := url.Values{}
	switch m.o.Name {
	case "deal":
		q.Set("deal", m.r.ID.String())
		for _, name := range []string{"account", "contact"} {
			m.also(q, name)
		}
	case "account", "contact", "product":
		q.Set(m.o.Name, m.r.ID.String())
		if m.o.Name == "contact" {
			m.also(q, "account")
		}
	case activity.Activities.Name:
		return m.letter(q)
	default:
		return nil
	}
	return q
}

// also takes over a link of the record that the actor sees.
func (m *model) also(q url.Values, name string) {
	f := m.field(name)
	if f == nil {
		return
	}
	if to, ok := m.r.Value(f).(interface{ String() string }); ok {
		q.Set(name, to.String())
	}
}

// letter is what a case out of a mail begins with; nil for other activities.
func (m *model) letter(q url.Values) url.Values {
	if kind, _ := record.Get(m.r, activity.Kind); kind != activity.Mail {
		return nil
	}
	q.Set("subject", m.r.Title())
	if f := m.field(activity.Body.Name()); f != nil {
		text, _ := m.r.Value(f).(string)
		q.Set("description", told(text))
	}
	refs, _ := record.Get(m.r, activity.Targets)
	for _, name := range []string{"account", "contact", "deal"} {
		o, ok := m.schema.Object(name)
		if id, about := ref(refs, o.ID); ok && about {
			q.Set(name, id.String())
		}
	}
	return q
}
