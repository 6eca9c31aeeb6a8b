package guide

import (
	"net/http"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/support"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
)

// mostTips is how many tips stand in the guide at once; the others are a click
// away.
const mostTips = 5

// hear finds the tips of colleagues.
func (p *Panel) hear(c *door.Call, s *record.Session, r *record.Record) (err error) {
	if p.tips, err = support.TipsOn(c.Ctx, s, r); err != nil {
		return err
	}
	if p.topics, err = support.Topics(c.Ctx, s, r); err != nil {
		return err
	}
	f, _ := s.Schema().MustObject(support.Tips.Name).Field(support.TipObjection.Name())
	p.objections = map[string]string{}
	for _, o := range f.Options {
		p.objections[o.Key] = f.OptionLabel(o.Key, c.View.Lang)
	}
	p.author = s.Roster().Name
	return nil
}

// from says whose a tip is and what it is about.
func (p *Panel) from(t support.Tip) string {
	words := []string{p.author(t.Author)}
	if t.Objection != "" {
		words = append(words, p.topic(support.Topic{Field: support.TipObjection.Name(), Label: p.objections[t.Objection]}))
	}
	if t.Product != 0 {
		words = append(words, t.Place)
	}
	return strings.Join(words, " · ")
}

// topic is what a tip can be about, in words.
func (p *Panel) topic(x support.Topic) string {
	switch x.Field {
	case support.TipObjection.Name():
		return p.v.T("web.guide.on_objection", "text", x.Label)
	case support.TipProduct.Name():
		return p.v.T("web.guide.on_product", "name", x.Label)
	}
	return p.v.T("web.guide.on_state", "name", x.Label)
}

// addTip adds a tip about where the record stands, one of its products or an
// objection.
func addTip(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	field, key, _ := strings.Cut(form.Get("about"), "=")
	err = c.Write("tips.guide", func(s *record.Session) error {
		r, err := theRecord(c, s)
		if err != nil {
			return err
		}
		return support.AddTip(c.Ctx, s, r, form.Get("text"), support.Topic{Field: field, Value: key})
	})
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && c.Fragment() {
		return again(c, form.Get("text"), err)
	}
	return tipped(c, err)
}

// rateTip says that a tip is useful, or takes that back.
func rateTip(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	tip, err := c.IDOf("tip")
	if err != nil {
		return err
	}
	return tipped(c, c.Write("tips.guide", func(s *record.Session) error {
		if _, err := theRecord(c, s); err != nil {
			return err
		}
		return support.Rate(c.Ctx, s, tip, form.Get("useful") != "")
	}))
}

// tipped shows the guide after its tips have changed.
func tipped(c *door.Call, err error) error {
	if err != nil {
		return err
	}
	if c.Fragment() {
		return show(c)
	}
	return c.Go("/" + c.R.PathValue("plural") + "/" + c.R.PathValue("id"))
}

// again shows what was typed with what is wrong with it.
func again(c *door.Call, text string, why error) error {
	var p *Panel
	err := c.Read(func(s *record.Session) error {
		r, err := theRecord(c, s)
		if err == nil {
			p, err = Of(c, s, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	if p != nil {
		p.draft, p.problem = text, c.View.Fault(why)
		if f, _ := fault.As(why); len(f.Fields) > 0 {
			p.problem = c.View.FieldFault(f.Fields[0])
		}
	}
	return c.Parts(http.StatusUnprocessableEntity, p.Show())
}

// useful is the address at which a tip is rated.
func (p *Panel) useful(id value.ID) string { return p.url + "/guide/tips/" + id.String() }
