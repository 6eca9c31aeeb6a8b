package record

import (
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/customer"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/parts"
)

// maxFacts is how many facts stand under a title.
const maxFacts = 4

// facts of built-in objects, by name; the owner comes last.
var factNames = map[string][]string{
	"deal":     {"account", "amount", "close_date"},
	"account":  {"industry", "phone", "website"},
	"contact":  {"account", "job_title", "phone", "mobile", "email"},
	"lead":     {"company", "email", "phone", "source"},
	"product":  {"code", "price", "unit", "series"},
	"contract": {"number", "account", "signer", "total", "open_amount"},
	"case":     {"account", "deal", "priority", "due_on"},
	"activity": {"kind", "due_at", "starts_at"},
}

// factKinds are what else says most about a record at a glance.
var factKinds = []schema.Kind{schema.KindLink, schema.KindChoice, schema.KindMoney, schema.KindDate, schema.KindPhone, schema.KindEmail}

// facts are the fields under the title: those that say most and hold something.
func (m *model) facts() []*schema.FieldDef {
	var facts []*schema.FieldDef
	add := func(f *schema.FieldDef) {
		if f != nil && !slices.Contains(m.typed.Hides, f.Name) && len(facts) < maxFacts && f.Name != m.o.Title && m.r.Value(f) != nil && !slices.Contains(facts, f) {
			facts = append(facts, f)
		}
	}
	owner := m.field("owner")
	names, named := factNames[m.o.Name]
	for _, name := range names {
		if len(facts) < maxFacts-1 {
			add(m.field(name))
		}
	}
	for _, f := range m.fields() {
		if !named && !f.Engine && f != owner && len(facts) < maxFacts-1 && slices.Contains(factKinds, f.ValueKind()) {
			add(f)
		}
	}
	add(owner)
	return facts
}

// person reports whether the record is somebody: his avatar is round.
func (m *model) person() bool { return m.o.Name == "contact" || m.o.Name == "member" }

// face is the name whose initials stand for the record: a deal shows whom it is
// with; "" shows the object's drawing.
func (m *model) face() string {
	switch m.o.Name {
	case "account", "contact", "lead":
		return m.title()
	case "deal":
		if id, ok := m.r.Field("account").(value.ID); ok {
			name, _ := m.n.Title("account", id)
			return name
		}
	}
	return ""
}

// fact is a value as the header shows it; a close date says what it is.
func (m *model) fact(f *schema.FieldDef) templ.Component {
	if d, ok := m.r.Value(f).(value.Date); ok && f.Name == sales.DealCloseDate.Name() && m.deal() {
		if m.status() == sales.Open {
			text := m.v.T("web.record.closes", "date", m.v.DateNear(d, m.v.Today()))
			if moved := m.slipped(); moved != "" {
				text += " · " + moved
			}
			return templ.Raw(templ.EscapeString(text))
		}
		return templ.Raw(templ.EscapeString(m.v.T("web.record.closed", "date", m.v.DateNear(d, m.v.Today()))))
	}
	return parts.Cell(m.v, m.n, f, m.r.Value(f))
}

// ending is a way in which the work on a record can end, and its dialog.
type ending struct{ url, icon, label, class string }

// ends are the ways that the actor may take now.
func (m *model) ends() []ending {
	if m.path == nil || !m.path.may || m.ended() != "" {
		return nil
	}
	t := func(key string) string { return m.v.T(key) }
	switch {
	case m.deal():
		return m.led([]ending{{m.url("/move?to=won"), "trophy", t("web.record.won"), "ok"}, {m.url("/move?to=lost"), "thumbs-down", t("web.record.lost"), ""}})
	case m.lead() && m.convertible():
		return []ending{{m.url("/convert"), "handshake", t("web.record.convert"), "primary"},
			{m.url("/move?to=" + sales.Disqualified), "thumbs-down", t("web.moving.disqualify"), ""}}
	}
	return nil
}

// led leaves out the ends that the process does not lead to now.
func (m *model) led(list []ending) []ending {
	return slices.DeleteFunc(list, func(x ending) bool {
		_, kind, _ := strings.Cut(x.url, "?to=")
		return !m.path.leads(kind)
	})
}

// convertible reports whether the actor may say what became of the lead.
func (m *model) convertible() bool {
	status := m.field(sales.LeadStatus.Name())
	return status != nil && m.writable(status) && m.ended() != sales.Won
}

// endLabel is the end of a path in words.
func (m *model) endLabel() string {
	switch {
	case m.lead() && m.path.closed == "":
		return m.v.T("web.record.outcome")
	case m.lead():
		return m.path.end
	case m.path.closed == sales.Won:
		return m.v.T("web.record.won")
	case m.path.closed == sales.Lost:
		return m.v.T("web.record.lost")
	}
	return m.v.T("web.record.close_deal")
}

// erasable reports whether the record is a person whom the actor may make
// unknowable.
func (m *model) erasable() bool { return m.o.Name == customer.Contacts.Name && m.actor.Admin() }

// shareable reports whether records of the object can be shared one by one.
func (m *model) shareable() bool { return m.change && m.o.Access == schema.Owned && m.o.Personal == "" }

// assignable reports whether the actor may give the record to somebody else.
func (m *model) assignable() bool {
	f, ok := m.o.Field("owner")
	return ok && m.writable(f)
}

// export is the address of a file with this record.
func (m *model) export() string {
	q := url.Values{"filter": {`id = "` + m.r.ID.String() + `"`}, "format": {"csv"}}
	return "/api/v1/" + m.o.Plural + "/export?" + q.Encode()
}

// newDeal is the address of a new deal with this customer, "" where there is
// none to make.
func (m *model) newDeal() string {
	deal, ok := m.schema.Object(sales.Deals.Name)
	if !ok || m.o.Name != "account" && m.o.Name != "contact" || !m.actor.Can(deal, access.Create) {
		return ""
	}
	q := url.Values{m.o.Name: {m.r.ID.String()}}
	if id, ok := m.r.Field("account").(value.ID); ok && m.o.Name == "contact" {
		q.Set("account", id.String())
	}
	return "/deals/new?" + q.Encode()
}

// keyName is how menus write a key.
func keyName(key string) string { return strings.ToUpper(key) }

func escape(s string) string { return url.QueryEscape(s) }

func avatarClass(m *model) string {
	if m.person() {
		return "xl"
	}
	return "sq xl"
}
