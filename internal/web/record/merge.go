package record

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/dedupe"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// merging is the page on which two records become one: the model's stays, the
// other goes into it.
type merging struct {
	m       *model
	plan    *dedupe.Plan
	with    parts.Control // chooses the other while there is none
	problem string
}

// pickPart is before the name of a field in the form.
const pickPart = "pick."

// mergeable reports whether the record can be merged with another of its kind.
func (m *model) mergeable() bool { return m.change && dedupe.Mergeable(m.o) }

// pair leads from a selection of two to the page that merges them.
func pair(c *door.Call) error {
	ids := c.R.URL.Query()["id"]
	if len(ids) != 2 {
		return fault.New(fault.Invalid, "web.record.merge_two", nil)
	}
	return c.Go("/" + url.PathEscape(c.R.PathValue("plural")) + "/" + url.PathEscape(ids[0]) + "/merge?with=" + url.QueryEscape(ids[1]))
}

// askMerge asks for the other record, or shows the two side by side.
func askMerge(c *door.Call) error { return answerMerge(c, http.StatusOK, c.R.URL.Query(), nil) }

func answerMerge(c *door.Call, status int, form url.Values, problem error) error {
	x := &merging{}
	if problem != nil {
		x.problem = c.View.Fault(problem)
	}
	if err := c.Write("merge.try", func(s *record.Session) error { return x.load(c, s, form) }); err != nil { // of which nothing stays
		return err
	}
	switch {
	case x.plan == nil && c.Fragment():
		return c.Parts(status, mergeDialog(x))
	case c.Fragment() && problem != nil:
		return c.Parts(status, mergeForm(x))
	}
	return c.ShowStatus(status, kit.Page{Title: x.title(), Nav: "/" + x.m.o.Plural, Body: mergePage(x)})
}

// load reads both records, and what a merge of them would do.
func (x *merging) load(c *door.Call, s *record.Session, form url.Values) (err error) {
	if x.m, err = load(c, s); err != nil {
		return err
	}
	if !x.m.mergeable() {
		return fault.New(fault.Forbidden, "record.may_not_change", fault.Args{"object": x.m.o.Name})
	}
	with, err := value.ParseID(form.Get("with"))
	if err != nil {
		f := &schema.FieldDef{Name: "with", Kind: schema.KindLink, Target: x.m.o.Name, Labels: map[string]string{c.View.Lang: c.View.T("web.record.merge_with")}}
		x.with = parts.Control{ID: "merge-with", Name: "with", Field: f, Autofocus: true, Required: true}
		return nil
	}
	if x.plan, err = dedupe.Try(c.Ctx, s, x.m.order(with, form)); err != nil {
		return err
	}
	if x.plan.Refused != nil && x.problem == "" {
		x.problem = c.View.Said(x.plan.Refused)
	}
	for _, f := range x.plan.Fields {
		x.m.n.Want(f.Def, f.Left)
		x.m.n.Want(f.Def, f.Right)
	}
	return x.m.n.Load(c.Ctx)
}

// order is what the form wants of the two.
func (m *model) order(with value.ID, form url.Values) dedupe.Order {
	x := dedupe.Order{Object: m.o.Name, Winner: m.r.ID, Loser: with, Picks: map[string]dedupe.Pick{}}
	for name := range form {
		if field, ok := strings.CutPrefix(name, pickPart); ok {
			x.Picks[field] = dedupe.Pick(form.Get(name))
		}
	}
	return x
}

// merge makes one record of the two, as one act that can be taken back.
func merge(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	with, err := value.ParseID(form.Get("with"))
	if err != nil {
		return fault.New(fault.Invalid, "web.record.merge_two", nil)
	}
	var done dedupe.Merged
	var text string
	err = c.Write(c.R.PathValue("plural")+".merge", func(s *record.Session) error {
		m, err := load(c, s)
		if err != nil {
			return err
		}
		other, err := s.Get(c.Ctx, m.o.Name, with)
		if err != nil {
			return err
		}
		if done, err = dedupe.Merge(c.Ctx, s, m.order(with, form)); err != nil {
			return err
		}
		text = c.View.T("web.record.merged", "title", m.title(), "other", other.Title())
		if done.Running {
			text = c.View.T("web.record.merging", "title", m.title(), "other", other.Title())
		}
		return nil
	})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		return answerMerge(c, door.Status(err), form, err)
	}
	if err != nil {
		return err
	}
	return c.Leave("/"+c.R.PathValue("plural")+"/"+c.R.PathValue("id"), text, door.Undo(done.Act))
}

func (x *merging) title() string {
	if x.plan == nil {
		return x.m.v.T("web.record.merge_title_one", "title", x.m.title())
	}
	return x.m.v.T("web.record.merge_title", "title", x.m.title(), "other", x.other())
}

func (x *merging) other() string { return x.plan.Loser.Title() }

// differing are the fields of which at least one side says something that the
// other does not; same is how many more there are.
func (x *merging) differing() (list []dedupe.Field, same int) {
	list = slices.DeleteFunc(slices.Clone(x.plan.Fields), func(f dedupe.Field) bool { return schema.Equal(f.Left, f.Right) })
	return list, len(x.plan.Fields) - len(list)
}

// along says what comes along, each sort with its number.
func (x *merging) along() []string {
	v := x.m.v
	var list []string
	for _, m := range x.plan.Moves {
		list = append(list, moved(v, m.Field, m.Count))
	}
	if x.plan.Files > 0 {
		list = append(list, v.T("web.record.merge_files", "count", x.plan.Files))
	}
	if x.plan.Shares > 0 {
		list = append(list, v.T("web.record.merge_shares", "count", x.plan.Shares))
	}
	return list
}

// swapped is the address of the page with the other one staying.
func (x *merging) swapped() string {
	return "/" + x.m.o.Plural + "/" + x.plan.Loser.ID.String() + "/merge?with=" + x.m.r.ID.String()
}
