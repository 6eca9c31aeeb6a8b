package record

import (
	"net/url"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// remove puts the record into the trash, and leads to the list. Where something
// holds on to it, it asks what takes its place.
func remove(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	var act value.ID
	var title string
	err = c.Write(c.R.PathValue("plural")+".delete", func(s *record.Session) error {
		m, err := load(c, s)
		if err != nil {
			return err
		}
		title = m.title()
		r := record.Removal{Object: m.o.Name, IDs: []value.ID{m.r.ID}}
		if r.Into, err = parts.Replacement(c.View, s, m.o, form); err != nil {
			return err
		}
		_, err = s.Remove(c.Ctx, r)
		act = s.Act()
		return err
	})
	if asksReplacement(form, err) {
		return askReplacement(c, form, err)
	}
	if err != nil {
		return err
	}
	to := "/" + c.R.PathValue("plural")
	if st, here := current(c); here && st.in != "" && st.in != everything {
		to += "?" + st.in
	}
	return c.Leave(to, c.View.T("web.record.did_trash", "title", title), door.Undo(act))
}

// asksReplacement reports whether a refusal is about what holds on to the
// record, or about what was to take its place.
func asksReplacement(form url.Values, err error) bool {
	f, ok := fault.As(err)
	if !ok {
		return false
	}
	return f.Key == record.Linked || form.Has(parts.ReplaceWith) && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}

// replacing asks what takes the place of a record that is held.
type replacing struct {
	m       *model
	holders []record.Holder
	with    parts.Control
	problem string
}

func askReplacement(c *door.Call, form url.Values, refusal error) error {
	x := &replacing{}
	if err := c.Read(func(s *record.Session) (err error) {
		if x.m, err = load(c, s); err != nil {
			return err
		}
		if x.holders, err = s.Holders(c.Ctx, x.m.o, x.m.r.ID); err != nil {
			return err
		}
		x.with = parts.Replacing(c.View, x.m.o, form)
		return nil
	}); err != nil {
		return err
	}
	again := form.Has(parts.ReplaceWith)
	if again {
		x.problem = c.View.Said(refusal)
	}
	switch {
	case c.Fragment() && again:
		return c.Parts(door.Status(refusal), replaceAgain(x))
	case c.Fragment():
		return c.Parts(door.Status(refusal), replaceDialog(x))
	}
	return c.ShowStatus(door.Status(refusal), kit.Page{Title: x.title(), Nav: "/" + x.m.o.Plural, Body: replacePage(x)})
}

func (x *replacing) title() string { return x.m.v.T("web.record.replace_title", "title", x.m.title()) }

// held says what links to the record, each sort with its number.
func (x *replacing) held() []string {
	var list []string
	for _, h := range x.holders {
		list = append(list, moved(x.m.v, h.Field, int64(h.Count)))
	}
	return list
}

// moved is how many records of one sort link by a field, in words.
func moved(v *kit.View, f *schema.FieldDef, n int64) string {
	return v.T("web.record.merge_moves", "objects", f.Object.Label(v.Lang).Many, "field", f.Label(v.Lang), "count", n)
}
