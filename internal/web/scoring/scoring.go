// Package scoring is the settings of what makes leads and deals likely to
// become business: rules in sentences, tried on real records, with their effect
// in numbers before they are saved; and how a record shows what its score is
// made of.
package scoring

import (
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

const home = "/settings/scoring"

// Routes are the addresses of this area.
func Routes() []door.Route {
	return []door.Route{
		{Pattern: "GET /settings/scoring", Do: list},
		{Pattern: "POST /settings/scoring/order", Do: arrange},
		{Pattern: "GET /settings/scoring/new", Do: show},
		{Pattern: "POST /settings/scoring/new", Do: save},
		{Pattern: "GET /settings/scoring/{id}", Do: show},
		{Pattern: "POST /settings/scoring/{id}", Do: save},
		{Pattern: "POST /settings/scoring/{id}/delete", Do: remove},
	}
}

// scored are the objects that have scores.
var scored = []string{sales.Leads.Name, sales.Deals.Name}

// rule is one in its place.
type rule struct {
	Rec  *record.Record
	Said []string // its condition in sentences
	On   bool
}

func (r rule) URL() string { return home + "/" + r.Rec.ID.String() }

func (r rule) kind() string    { k, _ := record.Get(r.Rec, sales.ScoreKind); return k }
func (r rule) points() int64   { n, _ := record.Get(r.Rec, sales.ScorePoints); return n }
func (r rule) problem() string { p, _ := record.Get(r.Rec, sales.ScoreProblem); return p }

// book is the rules of one object, and a record that they are tried on.
type book struct {
	v       *kit.View
	Object  *schema.Object
	Tabs    []*schema.Object
	Rules   []rule
	Text    string // what was looked for
	Found   []*record.Record
	Tried   *record.Record
	Score   sales.Scored
	Judged  bool
	Err     error
	seen    string // the order that the page shows
	ofRules *schema.Object
}

// at is the page of an object.
func at(object string, more ...string) string {
	q := url.Values{"object": {object}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return home + "?" + q.Encode()
}

func list(c *door.Call) error { return (&book{}).answer(c, c.R.URL.Query()) }

func (b *book) answer(c *door.Call, q url.Values) error {
	if err := c.AdminRead(func(s *record.Session) error { return b.load(c, s, q) }); err != nil {
		return err
	}
	return c.ShowStatus(door.StatusOf(b.Err), kit.Page{Title: c.View.T("web.scoring.title"), Nav: "/settings", Body: listPage(b)})
}

// objectOf reads which object is meant: leads, where nothing is said.
func objectOf(s *record.Session, q url.Values) (*schema.Object, error) {
	name := q.Get("object")
	if name == "" {
		name = scored[0]
	}
	if !slices.Contains(scored, name) {
		return nil, fault.New(fault.NotFound, "web.no_page", nil)
	}
	return s.Object(name)
}

func (b *book) load(c *door.Call, s *record.Session, q url.Values) (err error) {
	b.v, b.Rules, b.Tabs, b.Found = c.View, nil, nil, nil
	b.ofRules = s.Schema().MustObject(sales.ScoreRules.Name)
	if b.Object, err = objectOf(s, q); err != nil {
		return err
	}
	for _, name := range scored {
		b.Tabs = append(b.Tabs, s.Schema().MustObject(name))
	}
	rules, err := rulesOf(c, s, b.Object.Name)
	if err != nil {
		return err
	}
	b.seen = kit.Seen(parts.IDs(rules))
	for _, r := range rules {
		text, _ := record.Get(r, sales.ScoreCondition)
		x := views.Read(c.View, s, b.Object, text)
		if err := x.Names().Load(c.Ctx); err != nil {
			return err
		}
		active, said := record.Get(r, sales.ScoreActive)
		b.Rules = append(b.Rules, rule{r, x.All(c.View), active || !said})
	}
	return b.try(c, s, q)
}

func rulesOf(c *door.Call, s *record.Session, object string) ([]*record.Record, error) {
	page, err := s.Query(c.Ctx, record.Query{Object: sales.ScoreRules.Name, Filter: `object = "` + object + `"`, Sort: "position,id", Limit: 500})
	if err != nil {
		return nil, err
	}
	return page.Records, nil
}

// mostFound is how many records are offered to try the rules on.
const mostFound = 8

// try looks for records, and scores the one that was chosen.
func (b *book) try(c *door.Call, s *record.Session, q url.Values) error {
	b.Text = strings.TrimSpace(q.Get("q"))
	page, err := s.Query(c.Ctx, record.Query{Object: b.Object.Name, Text: b.Text, Limit: mostFound})
	if err != nil {
		return err
	}
	b.Found = page.Records
	id, err := value.ParseID(q.Get("record"))
	if err != nil {
		return nil
	}
	if b.Tried, err = s.Get(c.Ctx, b.Object.Name, id); err != nil {
		return err
	}
	b.Score, b.Judged, err = sales.Explain(c.Ctx, s, b.Object.Name, id)
	return err
}

// arrange moves a rule; the order is only how they are read.
func arrange(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	overtaken := false
	act, err := c.AdminWrite("scoring.order", func(s *record.Session) error {
		o, err := objectOf(s, form)
		if err != nil {
			return err
		}
		overtaken, err = parts.Arrange(c.Ctx, s, sales.ScorePosition.Name(), form, func() ([]*record.Record, error) { return rulesOf(c, s, o.Name) })
		return err
	})
	if err != nil {
		return err
	}
	if overtaken {
		c.Warn("web.settings.overtaken")
	}
	return c.Leave(at(form.Get("object")), c.View.T("web.scoring.moved"), door.Undo(act))
}

func remove(c *door.Call) error {
	id, form, err := c.Sent()
	if err != nil {
		return err
	}
	act, err := c.AdminWrite("scoring.delete", func(s *record.Session) error { return s.Delete(c.Ctx, sales.ScoreRules.Name, id) })
	if err != nil {
		return err
	}
	return c.Leave(at(form.Get("object")), c.View.T("web.scoring.deleted"), door.Undo(act))
}
