package exchange

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/exchange"
	"wellmet/internal/ownership"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// What a column's choice says beside paths.
const (
	leaveOut  = "-"
	makeField = "+"
	makeEmpty = "_empty" // a value that is to become no value
)

// match is the second step: what each column means.
type match struct {
	*place
	look       *exchange.Preview
	groups     []group
	creates    map[string]bool // objects whose missing records may be made
	errors     map[int]string  // by column
	problem    string          // with the rest of the form
	currency   string          // the workspace's
	money      bool            // some column is an amount
	incomplete bool            // the object can keep incomplete records
	assigns    bool            // some rule gives records of the object their owner
	touches    bool            // people of the object may come again
}

// group is paths that belong together in the choice.
type group struct {
	label string
	paths []option
}

// matching gathers what a column can mean.
func matching(c *door.Call, p *place, look *exchange.Preview) (*match, error) {
	m := &match{place: p, look: look, errors: map[int]string{}, touches: c.WS.Importer().Touches(p.object.Name)}
	err := c.Read(func(s *record.Session) error {
		m.groups, m.creates, m.money = nil, map[string]bool{}, false
		m.currency = s.Settings().Currency
		m.groups = append(m.groups, group{p.label.One, m.own(s, p.object, "", nil)})
		for _, name := range p.object.Backs() {
			link, ok := p.object.Back(name)
			if ok && link.Object.Access == schema.Child && s.Actor().Can(link.Object, access.Create) {
				m.groups = append(m.groups, group{link.Object.Label(p.v.Lang).Many, m.own(s, link.Object, name+".", link)})
			}
		}
		f, ok := p.object.Field("incomplete")
		m.incomplete = ok && f.Kind == schema.KindBool
		var err error
		if m.assigns, err = ownership.Gives(c.Ctx, s, p.object.Name); err != nil {
			return err
		}
		for _, col := range look.Columns {
			if col.Target != nil && s.Actor().Can(col.Target, access.Create) {
				m.creates[col.Target.Name] = true
			}
			m.money = m.money || col.Field != nil && col.Field.Kind == schema.KindMoney
		}
		return nil
	})
	return m, err
}

// own lists paths of an object's fields that the user may set; links by the
// fields that find their records.
func (m *match) own(s *record.Session, o *schema.Object, prefix string, without *schema.FieldDef) []option {
	var list []option
	add := func(path, label string) { list = append(list, option{value: prefix + path, label: label}) }
	for _, f := range o.Fields {
		kind := f.ValueKind()
		if f == without || f.Hidden || !f.Writable() || kind == schema.KindAbout || kind == schema.KindFile || !s.Actor().CanWrite(f) {
			continue
		}
		label := f.Label(m.v.Lang)
		switch {
		case f.IsLink():
			to := s.Schema().Target(f)
			for _, key := range keys(s, to) {
				add(f.Name+"."+key.Name, m.v.T("web.exchange.by", "field", label, "key", key.Label(m.v.Lang)))
			}
		case kind == schema.KindAddress:
			for _, path := range f.AddressPaths() {
				part := strings.TrimPrefix(path, f.Name+"_")
				add(path, m.v.T("web.exchange.part", "field", label, "part", m.v.T("web.parts.address."+part)))
			}
		default:
			add(f.Name, label)
		}
	}
	return list
}

// keys are the fields that find a record: its title first.
func keys(s *record.Session, o *schema.Object) []*schema.FieldDef {
	var list []*schema.FieldDef
	for _, f := range o.Fields {
		if f.Hidden || !s.Actor().CanFilter(f) {
			continue
		}
		switch {
		case f.Name == o.Title:
			list = slices.Insert(list, 0, f)
		case f.Unique, f.Kind == schema.KindEmail && !f.Many, f.Name == "external_id":
			list = append(list, f)
		}
	}
	return list
}

// saveMatch keeps what the columns mean; then it shows the form again or asks
// for the check.
func saveMatch(c *door.Call) error {
	p, form, err := sent(c)
	if err != nil {
		return err
	}
	im := c.WS.Importer()
	look, err := im.Look(c.Ctx, c.Who, p.run.ID)
	if err != nil {
		return err
	}
	m, wrong, problem := readMatch(p.v, form, p.run.Mapping, look)
	if err := im.Change(c.Ctx, c.Who, p.run.ID, m); err != nil {
		return err
	}
	if form.Get("do") == "check" && len(wrong) == 0 && problem == "" {
		if err := im.Check(c.Ctx, c.Who, p.run.ID); err != nil {
			return err
		}
		return c.Go(p.url(""))
	}
	if look, err = im.Look(c.Ctx, c.Who, p.run.ID); err != nil {
		return err
	}
	p.step = 2
	v, err := matching(c, p, look)
	if err != nil {
		return err
	}
	v.errors, v.problem = wrong, problem
	status := http.StatusOK
	if len(wrong) > 0 || problem != "" {
		status = http.StatusUnprocessableEntity
	}
	if c.Fragment() {
		return c.Parts(status, matchForm(v))
	}
	return c.ShowStatus(status, kit.Page{Title: p.run.Name, Nav: "/imports", Body: matchPage(v)})
}

// readMatch reads the form over what was told before. Columns that it does not
// name stay as they were.
func readMatch(v *kit.View, form url.Values, base exchange.Mapping, look *exchange.Preview) (m exchange.Mapping, wrong map[int]string, problem string) {
	m, wrong = base, map[int]string{}
	m.Columns, m.Ignore, m.NewFields, m.Create, m.CreateFields = map[string]string{}, nil, nil, nil, false
	m.Values = map[string]map[string]string{}
	for path, list := range base.Values {
		m.Values[path] = list
	}
	takenBy := map[string]string{}
	for i, col := range look.Columns {
		n := strconv.Itoa(i)
		choice := form.Get("p." + n)
		if choice == "" {
			choice = col.Path
		}
		switch choice {
		case "", leaveOut:
			m.Ignore = append(m.Ignore, col.Header)
			continue
		case makeField:
			m.NewFields = append(m.NewFields, col.Header)
			continue
		}
		m.Columns[col.Header] = choice
		if other, taken := takenBy[choice]; taken && !joins(col) {
			wrong[i] = v.T("web.exchange.twice", "column", other)
		}
		takenBy[choice] = col.Header
		if form.Get("c."+n) != "" && strings.Contains(choice, ".") {
			m.Create = append(m.Create, choice)
		}
		if choice == col.Path && len(col.Strange) > 0 {
			m.Values[choice] = readValues(form, n, col.Strange)
		}
	}
	m.Match = form.Get("match")
	if m.Match != "" && m.Match != "id" && takenBy[m.Match] == "" {
		m.Match = ""
	}
	for _, path := range m.Columns {
		if path == "id" {
			m.Match = "id"
		}
	}
	m.AcceptIncomplete = nil
	if form.Get("incomplete") != "" {
		m.AcceptIncomplete = []string{"*"}
	}
	m.AssignOwners, m.Touches = form.Get("assign") != "", form.Get("touches") != ""
	m.Currency = strings.ToUpper(strings.TrimSpace(form.Get("currency")))
	if m.Currency != "" {
		if _, err := value.ParseCurrency(m.Currency); err != nil {
			problem, m.Currency = v.Fault(err), base.Currency
		}
	}
	return m, wrong, problem
}

// joins reports whether several columns may make one field: texts do.
func joins(c exchange.PreviewColumn) bool {
	return c.Key == nil && c.Field != nil && (c.Field.Kind == schema.KindText || c.Field.Kind == schema.KindLongText)
}

// readValues are the replacements of one column's strange values.
func readValues(form url.Values, n string, strange []string) map[string]string {
	values := map[string]string{}
	for j, text := range strange {
		switch to := form.Get("v." + n + "." + strconv.Itoa(j)); to {
		case "":
		case makeEmpty:
			values[text] = ""
		default:
			values[text] = to
		}
	}
	return values
}

// choices are what one column can mean, with what it means now.
func (m *match) chosen(c exchange.PreviewColumn) string {
	switch {
	case c.New:
		return makeField
	case c.Path == "" || c.Ignored:
		return leaveOut
	}
	return c.Path
}

// listed reports whether a path stands in the choice; one that does not, from a
// mapping made elsewhere, is shown by its name.
func (m *match) listed(path string) bool {
	for _, g := range m.groups {
		if slices.ContainsFunc(g.paths, func(o option) bool { return o.value == path }) {
			return true
		}
	}
	return path == "id"
}

// matchBy are the fields by which rows can find records to update.
func (m *match) matchBy() []option {
	list := []option{{"", m.v.T("web.exchange.match.none", "objects", m.label.Many), m.run.Mapping.Match == ""}}
	for _, c := range m.look.Columns {
		if c.Field == nil || c.Key != nil || c.Field.Name != c.Path {
			continue
		}
		switch c.Field.Kind {
		case schema.KindText, schema.KindEmail, schema.KindPhone, schema.KindURL, schema.KindInt:
			list = append(list, option{c.Path, m.v.T("web.exchange.match.by", "field", c.Field.Label(m.v.Lang)), m.run.Mapping.Match == c.Path})
		}
	}
	return list
}

// missing is the title field when no column fills it.
func (m *match) missing() string {
	f, ok := m.object.Field(m.object.Title)
	if !ok || m.run.Mapping.Match == "id" || f.Kind == schema.KindNumber || f.Derived() {
		return ""
	}
	for _, c := range m.look.Columns {
		if c.Field == f && !c.Ignored {
			return ""
		}
	}
	return f.Label(m.v.Lang)
}

// left is how many columns are left out.
func (m *match) left() (n int) {
	for _, c := range m.look.Columns {
		if m.chosen(c) == leaveOut {
			n++
		}
	}
	return n
}
