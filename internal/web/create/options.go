package create

import (
	"net/http"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// mostOptions is how many rows a combobox shows.
const mostOptions = 20

var errNoField = fault.New(fault.NotFound, "web.create.no_field", nil)

// options lists what a combobox may choose: the best matches, or the latest
// records while nothing is typed.
func options(c *door.Call) error {
	q := strings.TrimSpace(c.R.URL.Query().Get("q"))
	var list []parts.Option
	var create, url string
	var n *parts.Names
	err := c.Read(func(s *record.Session) error {
		f, err := asking(c, s)
		if err != nil {
			return err
		}
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		n = parts.NewNames(s)
		l := lister{c: c, s: s, n: n, field: f, object: o}
		list, err = l.list(q)
		create, url = l.create(q)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, parts.Options(c.View, n, list, create, url))
}

// asking is the field that the combobox edits: "for" says object.field. nil
// when the address names none.
func asking(c *door.Call, s *record.Session) (*schema.FieldDef, error) {
	object, name, found := strings.Cut(c.R.URL.Query().Get("for"), ".")
	if !found {
		return nil, nil
	}
	o, err := s.Object(object)
	if err != nil {
		return nil, errNoField
	}
	f, ok := o.Field(name)
	if !ok || !s.Actor().Sees(f) {
		return nil, errNoField
	}
	return f, nil
}

// lister gathers the rows of one answer.
type lister struct {
	c      *door.Call
	s      *record.Session
	n      *parts.Names
	field  *schema.FieldDef
	object *schema.Object
}

func (l lister) list(q string) ([]parts.Option, error) {
	switch {
	case l.field != nil && l.field.ValueKind() == schema.KindChoice:
		return l.choices(q), nil
	case l.field != nil && l.field.ValueKind() == schema.KindAbout:
		return l.about(q)
	case l.object.Name == "member":
		return l.colleagues(q), nil
	}
	if title, ok := l.object.Field(l.object.Title); q != "" && ok && (title.Search || title.Fragments) {
		return l.found(q, l.object.Name)
	}
	return l.latest(q)
}

// choices are the options of a long list.
func (l lister) choices(q string) []parts.Option {
	var out []parts.Option
	for _, o := range l.field.Options {
		label := l.field.OptionLabel(o.Key, l.c.View.Lang)
		if !o.Hidden && strings.Contains(i18n.Fold(label), i18n.Fold(q)) {
			out = append(out, parts.Option{ID: o.Key, Title: label})
		}
	}
	return best(out, q)
}

// best puts what begins with the text before what only has it.
func best(list []parts.Option, q string) []parts.Option {
	folded := i18n.Fold(q)
	slices.SortStableFunc(list, func(a, b parts.Option) int {
		return rankOf(a.Title, folded) - rankOf(b.Title, folded)
	})
	return list[:min(len(list), mostOptions)]
}

func rankOf(title, folded string) int {
	if strings.HasPrefix(i18n.Fold(title), folded) {
		return 0
	}
	return 1
}

// colleagues are those who work here, oneself first.
func (l lister) colleagues(q string) []parts.Option {
	roster, me := l.s.Roster(), l.s.Actor().Member()
	var out []parts.Option
	for _, id := range roster.MemberIDs() {
		name := roster.Name(id)
		if !roster.Person(id) || !strings.Contains(i18n.Fold(name), i18n.Fold(q)) {
			continue
		}
		option := parts.Option{ID: id.String(), Title: name, Object: "member"}
		if id == me {
			option.Note = l.c.View.T("web.create.me")
			out = slices.Insert(out, 0, option)
			continue
		}
		out = append(out, option)
	}
	return best(out, q)
}

// found is what the search finds, ranked by it.
func (l lister) found(q string, objects ...string) ([]parts.Option, error) {
	result, err := l.s.Search(l.c.Ctx, record.SearchQuery{Text: q, Objects: objects, Limit: mostOptions})
	if err != nil {
		return nil, err
	}
	out := make([]parts.Option, 0, len(result.Hits))
	for _, h := range result.Hits {
		option := parts.Option{ID: h.ID.String(), Title: h.Title, Object: h.Object.Name}
		if f, ok := h.Object.Field(h.Field); ok && f.Name != h.Object.Title && f.ValueKind() != schema.KindLongText {
			option.Note = h.Text
		}
		if l.field != nil && l.field.ValueKind() == schema.KindAbout {
			option.ID = schema.Ref{Object: h.Object.Name, ID: h.ID}.String()
		}
		out = append(out, option)
	}
	return out, l.note(out, objects)
}

// beside is the link that tells records of the same name apart.
var beside = map[string]string{"contact": "account", "deal": "account", "stage": "pipeline"}

// note adds to each row what tells it from others of its name.
func (l lister) note(list []parts.Option, objects []string) error {
	if len(objects) != 1 || len(list) == 0 {
		return nil
	}
	f, ok := l.object.Field(beside[l.object.Name])
	if !ok || !l.s.Actor().Sees(f) {
		return nil
	}
	ids := make([]value.ID, 0, len(list))
	for _, o := range list {
		if id, err := value.ParseID(o.ID); err == nil {
			ids = append(ids, id)
		}
	}
	id, _ := l.object.Field("id")
	where, err := expr.In(id.ExprField(), ids...)
	if err != nil {
		return err
	}
	page, err := l.s.Query(l.c.Ctx, record.Query{Object: l.object.Name, Where: where, Fields: []string{"id", f.Name}, Limit: len(ids)})
	if err != nil {
		return err
	}
	links := map[string]value.ID{}
	for _, r := range page.Records {
		if to, ok := r.Value(f).(value.ID); ok {
			links[r.ID.String()] = to
			l.n.Want(f, to)
		}
	}
	if err := l.n.Load(l.c.Ctx); err != nil {
		return err
	}
	for i, o := range list {
		if title, ok := l.n.Title(f.Target, links[o.ID]); ok && o.Note == "" {
			list[i].Note = title
		}
	}
	return nil
}

// latest are the newest records; of an object without search index, those
// whose title has the text.
func (l lister) latest(q string) ([]parts.Option, error) {
	query := record.Query{Object: l.object.Name, Fields: []string{"id"}, Limit: mostOptions}
	title, ok := l.object.Field(l.object.Title)
	if ok && l.s.Actor().Sees(title) && title.Name != "id" {
		query.Fields = append(query.Fields, title.Name)
	}
	if q != "" {
		if !ok || !l.s.Actor().CanFilter(title) {
			return nil, nil
		}
		where, err := expr.Compare(title.ExprField(), expr.OpContains, q)
		if err != nil {
			return nil, err
		}
		query.Where = where
	}
	page, err := l.s.Query(l.c.Ctx, query)
	if err != nil {
		return nil, err
	}
	out := make([]parts.Option, len(page.Records))
	for i, r := range page.Records {
		out[i] = parts.Option{ID: r.ID.String(), Title: r.Title(), Object: l.object.Name}
	}
	return out, l.note(out, []string{l.object.Name})
}

// about are records of any object that activities can be about.
func (l lister) about(q string) ([]parts.Option, error) {
	var objects []string
	for _, o := range l.s.Schema().Objects() {
		if o.Timeline && l.s.Actor().Can(o, access.Read) {
			objects = append(objects, o.Name)
		}
	}
	if q == "" || len(objects) == 0 {
		return nil, nil
	}
	return l.found(q, objects...)
}

// create is the row that makes what is missing.
func (l lister) create(q string) (text, url string) {
	if l.field == nil || l.object.Name == "member" || l.object.Name != l.field.Target || !l.s.Actor().Can(l.object, access.Create) || pageless[l.object.Name] {
		return "", ""
	}
	name := parts.InSentence(l.object.Label(l.c.View.Lang).One)
	url = "/" + l.object.Plural + "/new?from=" + l.field.Object.Name + "." + l.field.Name
	if q == "" {
		return l.c.View.T("web.create.title", "object", name), url
	}
	return l.c.View.T("web.create.named", "text", q), url
}

// pageless objects are made in settings, not on the way.
var pageless = map[string]bool{"team": true, "role": true, "pipeline": true, "stage": true, "currency_rate": true, "view": true, "deal_line": true}
