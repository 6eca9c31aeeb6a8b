package views

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

// Box is a condition inside a form of settings: its sentences, each with a form
// of its own, and the whole as text in a hidden input, which is saved with the
// form around it. Without scripts a changed condition goes to the page at Back,
// as a parameter of the input's name.
type Box struct {
	Object, Name, Text, Back string
	Said                     []string
}

// NewBox tells a condition on an object's records in sentences.
func NewBox(ctx context.Context, v *kit.View, s *record.Session, b Box) (*Box, error) {
	o, ok := s.Schema().Object(b.Object)
	if !ok {
		return nil, fault.New(fault.NotFound, "web.no_page", nil)
	}
	x := Read(v, s, o, b.Text)
	if err := x.Names().Load(ctx); err != nil {
		return nil, err
	}
	b.Said = x.All(v)
	return &b, nil
}

// boxURL is where the sentences of a condition in settings are asked for.
const boxURL = "/settings/condition"

// What goes along with a sentence: the condition that it is of.
const (
	boxObject = "of"
	boxName   = "name"
	boxText   = "text"
	boxBack   = "back"
	boxDrop   = "drop"
)

func (b *Box) hidden() [][2]string {
	return [][2]string{{boxObject, b.Object}, {boxName, b.Name}, {boxText, b.Text}, {boxBack, b.Back}}
}

func (b *Box) url(more ...string) string {
	q := url.Values{}
	for _, h := range b.hidden() {
		q.Set(h[0], h[1])
	}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return boxURL + "?" + q.Encode()
}

// sentence is the form of the sentence at a place, of a new one at -1.
func (b *Box) sentence(i int) string {
	if i < 0 {
		return b.url()
	}
	return b.url("chip", strconv.Itoa(i))
}

// boxOf reads which condition a request is about.
func boxOf(q url.Values) (Box, error) {
	b := Box{Object: q.Get(boxObject), Name: q.Get(boxName), Text: q.Get(boxText), Back: q.Get(boxBack)}
	if !b.settings() && !strings.HasPrefix(b.Back, reportsAt) || b.Name == "" {
		return b, fault.New(fault.NotFound, "web.no_page", nil)
	}
	return b, nil
}

// reportsAt begins the addresses of reports, which anybody makes: there a
// changed condition leads to the page anew, with what else its address says.
const reportsAt = "/reports/"

func (b Box) settings() bool { return strings.HasPrefix(b.Back, "/settings/") }

// read reads in the name of who may change the condition.
func (b Box) read(c *door.Call, fn func(*record.Session) error) error {
	if b.settings() {
		return c.AdminRead(fn)
	}
	return c.Read(fn)
}

// ask opens the question of a box's sentence.
func (b Box) ask(c *door.Call, s *record.Session, q url.Values) (*Question, *Sentences, error) {
	o, ok := s.Schema().Object(b.Object)
	if _, err := s.Object(b.Object); !ok || err != nil {
		return nil, nil, fault.New(fault.NotFound, "web.no_page", nil)
	}
	x := Read(c.View, s, o, b.Text)
	return x.Ask(c.View, s, boxURL, b.hidden(), q), x, nil
}

// askBox answers the form of a sentence, or the condition without one.
func askBox(c *door.Call) error {
	q := c.R.URL.Query()
	b, err := boxOf(q)
	if err != nil {
		return err
	}
	var a *Question
	err = b.read(c, func(s *record.Session) error {
		var x *Sentences
		if a, x, err = b.ask(c, s, q); err != nil {
			return err
		}
		if i, err := strconv.Atoi(q.Get(boxDrop)); err == nil {
			b.Text = x.Without(i)
		}
		return a.Names().Load(c.Ctx)
	})
	switch {
	case err != nil:
		return err
	case q.Has(boxDrop):
		return b.changed(c)
	case c.Fragment() && strings.HasSuffix(c.R.Header.Get("HX-Target"), "#sentence"):
		return c.Parts(http.StatusOK, a.Show(c.View))
	case c.Fragment():
		return c.Parts(http.StatusOK, boxDialog(c.View, a))
	}
	return c.Show(kit.Page{Title: c.View.T("web.views.condition"), Nav: "/settings", Body: boxPage(c.View, b.Back, a)})
}

// takeBox takes a sentence over into the condition; the form around it saves it.
func takeBox(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	b, err := boxOf(form)
	if err != nil {
		return err
	}
	var a *Question
	sound := false
	err = b.read(c, func(s *record.Session) error {
		if a, _, err = b.ask(c, s, form); err != nil {
			return err
		}
		var text string
		if text, sound = a.Answered(c.View, s, form); sound {
			b.Text = text
		}
		return a.Names().Load(c.Ctx)
	})
	switch {
	case err != nil:
		return err
	case sound:
		return b.changed(c)
	case c.Fragment():
		return c.Parts(http.StatusUnprocessableEntity, a.Show(c.View))
	}
	return c.ShowStatus(http.StatusUnprocessableEntity, kit.Page{Title: c.View.T("web.views.condition"), Nav: "/settings", Body: boxPage(c.View, b.Back, a)})
}

// changed shows the condition as it is now.
func (b Box) changed(c *door.Call) error {
	if !c.Fragment() || !b.settings() {
		join := "?"
		if strings.Contains(b.Back, "?") {
			join = "&"
		}
		return c.Reload(b.Back + join + url.Values{b.Name: {b.Text}}.Encode())
	}
	var now *Box
	err := b.read(c, func(s *record.Session) (err error) {
		now, err = NewBox(c.Ctx, c.View, s, b)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, boxPart(c.View, now))
}
