package process

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
)

func showRules(c *door.Call) error {
	var list []row
	err := read(c, func(s *record.Session) error {
		return s.Each(c.Ctx, record.Query{Object: process.Rules.Name, Sort: "name"}, func(r *record.Record) error {
			x := row{Name: r.Title(), URL: rulesURL + "/" + r.ID.String(), Tag: c.View.T("web.process.off"), Color: "gray"}
			object, _ := record.Get(r, process.RuleObject)
			if o, ok := s.Schema().Object(object); ok {
				x.Help = o.Label(c.View.Lang).Many
			}
			if active, _ := record.Get(r, process.RuleActive); active {
				x.Tag, x.Color = c.View.T("web.process.on"), "green"
				if wrong, err := process.CheckRule(c.Ctx, s, r.ID); err != nil {
					return err
				} else if len(wrong) > 0 {
					x.Tag, x.Color = c.View.T("web.process.wrong"), "amber"
				}
			}
			list = append(list, x)
			return nil
		})
	})
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.rules"), rulesPage(c.View, list))
}

func showNewRule(c *door.Call) error { return newRule(c, http.StatusOK, naming{chosen: "deal"}) }

func newRule(c *door.Call, status int, n naming) error {
	err := read(c, func(s *record.Session) error {
		n.of = business(c.View, s)
		return nil
	})
	if err != nil {
		return err
	}
	return page(c, status, c.View.T("web.process.new_rule"), newRulePage(c.View, n))
}

// addRule begins a rule that is off and does nothing yet.
func addRule(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	n := naming{name: strings.TrimSpace(form.Get("name")), chosen: form.Get("of")}
	var made value.ID
	err = write(c, "rules.new", func(s *record.Session) error {
		v := record.With(record.Values{}, process.RuleName, n.name)
		out, err := s.Create(c.Ctx, process.Rules.Name, record.With(v, process.RuleObject, n.chosen))
		made = out.ID
		return err
	})
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		n.err, n.refused = c.View.Said(e), e
		return newRule(c, http.StatusUnprocessableEntity, n)
	}
	if err != nil {
		return err
	}
	return c.Go(rulesURL + "/" + made.String())
}

// dryDays is how far back a rule is tried by itself.
const dryDays = 30

// mostFired and mostLogged are how many lines of each a rule's page shows.
const (
	mostFired  = 10
	mostLogged = 20
)

// logged is a line of the run log.
type logged struct {
	at                      time.Time
	title, url, did, reason string
	color                   string
}

// past is what a rule would have done, and what it has done.
type past struct {
	dry *process.DryRun
	log []logged
}

func showRule(c *door.Call) error {
	var x *sheet
	var p past
	err := read(c, func(s *record.Session) (err error) {
		if x, err = load(c, s, ""); err != nil {
			return err
		}
		if c.R.URL.Query().Has("dry") && len(x.problems) == 0 {
			if p.dry, err = process.Dry(c.Ctx, s, x.r.ID, s.Now().AddDate(0, 0, -dryDays), s.Now().Add(time.Millisecond)); err != nil {
				return err
			}
		}
		p.log, err = x.logOf(c, s)
		return err
	})
	if err != nil {
		return err
	}
	x.past = &p
	return page(c, http.StatusOK, x.name, sheetPage(x))
}

// logOf are the latest lines of the run log, with the titles of their records.
func (x *sheet) logOf(c *door.Call, s *record.Session) ([]logged, error) {
	lines, err := process.Log(c.Ctx, s, x.r.ID, 0, mostLogged)
	if err != nil {
		return nil, err
	}
	var ids []value.ID
	for _, l := range lines {
		ids = append(ids, l.Record)
	}
	found, err := s.GetMany(c.Ctx, x.o.Name, ids)
	if err != nil {
		return nil, err
	}
	var list []logged
	for _, l := range lines {
		y := logged{at: l.At, did: x.v.T("web.process.outcome." + l.Outcome), reason: l.Problem, color: map[string]string{"done": "green", "failed": "red", "stopped": "amber"}[l.Outcome]}
		if r := found[l.Record]; r != nil {
			y.title, y.url = r.Title(), "/"+x.o.Plural+"/"+r.ID.String()
		}
		list = append(list, y)
	}
	return list, nil
}

// switchRule switches a rule on or off.
func switchRule(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	id, err := c.ID()
	if err != nil {
		return err
	}
	on := form.Get("on") == "1"
	var act value.ID
	err = write(c, "rules.switch", func(s *record.Session) error {
		_, err := s.Update(c.Ctx, process.Rules.Name, id, 0, record.With(record.Values{}, process.RuleActive, on))
		act = s.Act()
		return err
	})
	if err != nil {
		if e, ok := fault.As(err); ok && len(e.Fields) > 0 {
			return fault.New(e.Kind, e.Fields[0].Key, e.Fields[0].Args)
		}
		return err
	}
	x := &sheet{base: rulesURL + "/" + id.String()}
	text := c.View.T("web.process.is_off")
	if on {
		text = c.View.T("web.process.is_on")
	}
	return saved(c, x, text, door.Undo(act))
}

func deleteRule(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	if err := write(c, "rules.delete", func(s *record.Session) error { return s.Delete(c.Ctx, process.Rules.Name, id) }); err != nil {
		return err
	}
	return c.Go(rulesURL)
}

func showRuleTest(c *door.Call) error {
	q := c.R.URL.Query()
	return testingRule(c, &trial{text: q.Get("q"), record: idOf(q, "record"), form: url.Values{}}, false)
}

func runRuleTest(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	return testingRule(c, &trial{record: idOf(form, "record"), form: form}, true)
}

// testingRule tries a rule on a record, as if somebody had just saved it.
func testingRule(c *door.Call, t *trial, try bool) error {
	var x *sheet
	do := func(s *record.Session) (err error) {
		if x, err = load(c, s, ""); err != nil {
			return err
		}
		if err = t.pick(c, s, x); err != nil || !try {
			return err
		}
		t.out, err = c.WS.Process().TryRule(c.Ctx, s, x.r.ID, t.record)
		return err
	}
	run := read
	if try { // in a transaction, of which nothing stays
		run = func(c *door.Call, do func(*record.Session) error) error { return write(c, "rules.test", do) }
	}
	err := run(c, do)
	if f, ok := fault.As(err); ok && f.Kind == fault.Invalid && x != nil {
		t.out, err = &process.Rehearsal{Refused: c.View.Said(f)}, nil
	}
	if err != nil {
		return err
	}
	return page(c, http.StatusOK, c.View.T("web.process.test"), ruleTestPage(x, t))
}

// firedWords say how often a rule would have fired.
func firedWords(v *kit.View, d *process.DryRun) string {
	return v.T("web.process.would_have", "count", d.Fired, "records", d.Records, "days", dryDays)
}
