package list

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

const (
	boolKind = expr.Bool
	// mostBulk is how many records one click may change.
	mostBulk = 10_000
	// mostRefusals are told one by one.
	mostRefusals = 100
)

// stage is the field that a bar's button of its own sets.
func stage(p *page) (*schema.FieldDef, bool) {
	for _, c := range p.cols {
		if c.edit && c.Field.Kind == schema.KindLink && c.Field.Target == "stage" {
			return c.Field, true
		}
	}
	return nil, false
}

// editable are the fields that can be set for many records at once.
func editable(s *record.Session, o *schema.Object) []*schema.FieldDef {
	return slices.DeleteFunc(slices.Clone(o.Fields), func(f *schema.FieldDef) bool {
		k := f.ValueKind()
		return f.Hidden || f.Unique || !f.Writable() || !s.Actor().CanWrite(f) || k == schema.KindFile || k == schema.KindAbout
	})
}

// ask opens the dialog that asks for a field's value.
func ask(c *door.Call) error { return dialog(c, c.R.URL.Query(), nil, "") }

func dialog(c *door.Call, form url.Values, typed []string, problem string) error {
	name := form.Get("f")
	var st *views.State
	var fields []*schema.FieldDef
	err := c.Read(func(s *record.Session) error {
		o, err := c.Object(s)
		if err != nil {
			return err
		}
		fields = editable(s, o)
		st, err = views.Parse(c, s, o)
		return err
	})
	if err != nil {
		return err
	}
	if !st.May.Update || len(fields) == 0 {
		return fault.New(fault.Forbidden, "web.list.may_not", nil)
	}
	f := fields[0]
	if i := slices.IndexFunc(fields, func(f *schema.FieldDef) bool { return f.Name == name }); i >= 0 {
		f = fields[i]
	}
	if typed != nil {
		typed = parts.Typed(f, form, "value")
	}
	a := asking{State: st, fields: fields, f: f, fixed: form.Get("fixed") == "1", typed: typed, problem: problem}
	switch {
	case problem != "" && c.Fragment():
		return c.Parts(http.StatusUnprocessableEntity, editAgain(c.View, a))
	case form.Get("pick") == "1":
		return c.Parts(http.StatusOK, editForm(c.View, a))
	case c.Fragment():
		return c.Parts(http.StatusOK, editDialog(c.View, a))
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: c.View.T("web.list.edit"), Nav: nav(st), Body: editForm(c.View, a)})
}

// asking is what the dialog asks and has been told.
type asking struct {
	*views.State
	fields  []*schema.FieldDef
	f       *schema.FieldDef
	fixed   bool // the field is not for choice
	typed   []string
	problem string
}

// job is what one click does to many records.
type job struct {
	c      *door.Call
	st     *views.State
	do     string
	field  string
	form   url.Values
	done   int
	acts   []value.ID
	failed []refusal
}

// refusal is a record that stayed as it was, and why.
type refusal struct {
	id              value.ID
	title, url, why string
}

// bulk changes, deletes or restores the records that are selected.
func bulk(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	j := &job{c: c, form: form, do: form.Get("do"), field: form.Get("f")}
	if !slices.Contains([]string{"edit", "delete", "restore"}, j.do) {
		return fault.New(fault.Invalid, "web.bad_form", nil)
	}
	ids, err := j.selected()
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, record.MaxBatch) {
		if err := j.run(chunk); err != nil {
			if f, ok := fault.As(err); ok && j.do == "edit" && f.Kind == fault.Invalid {
				return dialog(c, form, form["value"], said(c.View, err))
			}
			return err
		}
	}
	return j.answer()
}

// said is what an error says, that of its field if it names one.
func said(v *kit.View, err error) string {
	if f, ok := fault.As(err); ok && len(f.Fields) > 0 {
		return v.FieldFault(f.Fields[0])
	}
	return v.Fault(err)
}

// selected are the records that are meant: those ticked, or all that match.
func (j *job) selected() (ids []value.ID, err error) {
	err = j.c.Read(func(s *record.Session) error {
		o, err := j.c.Object(s)
		if err != nil {
			return err
		}
		if j.st, err = views.Parse(j.c, s, o); err != nil {
			return err
		}
		if j.form.Get("all") != "1" {
			return nil
		}
		q := j.st.Query()
		q.Fields, q.Cursor, q.Sort = []string{"id"}, "", ""
		n, capped, err := s.Count(j.c.Ctx, q)
		if err != nil {
			return err
		}
		if capped || n > mostBulk {
			return fault.New(fault.TooLarge, "web.list.too_many", fault.Args{"most": mostBulk})
		}
		return s.Each(j.c.Ctx, q, func(r *record.Record) error {
			ids = append(ids, r.ID)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	for _, text := range j.form["id"] {
		id, err := value.ParseID(text)
		if err == nil && !slices.Contains(ids, id) && j.form.Get("all") != "1" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.Invalid, "web.list.none_selected", nil)
	}
	return ids, nil
}

// run does one act to at most as many records as fit into one.
func (j *job) run(ids []value.ID) error {
	var done int
	var failed []refusal
	var act value.ID
	err := j.c.Write(j.st.Object.Plural+"."+j.do, func(s *record.Session) error {
		done, failed, act = 0, nil, 0
		outcomes, err := j.change(s, ids)
		if err != nil {
			return err
		}
		for i, out := range outcomes {
			if out.Err != nil {
				failed = append(failed, refusal{id: ids[i], why: said(j.c.View, out.Err)})
				continue
			}
			done++
		}
		act = s.Act()
		return j.name(s, failed)
	})
	if err != nil {
		return err
	}
	j.done += done
	j.failed = append(j.failed, failed...)
	if act != 0 {
		j.acts = append(j.acts, act)
	}
	return nil
}

func (j *job) change(s *record.Session, ids []value.ID) ([]record.Outcome, error) {
	o := j.st.Object
	switch j.do {
	case "delete":
		return s.DeleteEach(j.c.Ctx, o.Name, ids, true)
	case "restore":
		outcomes := make([]record.Outcome, len(ids))
		for i, id := range ids {
			outcomes[i].Err = s.Try(j.c.Ctx, func() error { return s.Restore(j.c.Ctx, o.Name, id) })
			if _, ok := fault.As(outcomes[i].Err); outcomes[i].Err != nil && !ok {
				return nil, outcomes[i].Err
			}
		}
		return outcomes, nil
	}
	i := slices.IndexFunc(editable(s, o), func(f *schema.FieldDef) bool { return f.Name == j.field })
	if i < 0 {
		return nil, fault.New(fault.Forbidden, "web.list.may_not", nil)
	}
	x, err := parts.Read(j.c.View, s, editable(s, o)[i], j.form, "value")
	if err != nil {
		return nil, err
	}
	b := record.Batch{Object: o.Name, PerRow: true}
	for _, id := range ids {
		b.Changes = append(b.Changes, record.Change{ID: id, Values: record.Values{j.field: x}})
	}
	return s.Save(j.c.Ctx, b)
}

// name finds the titles of the records that were refused.
func (j *job) name(s *record.Session, failed []refusal) error {
	var ids []value.ID
	for _, r := range failed[:min(len(failed), mostRefusals)] {
		ids = append(ids, r.id)
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.GetMany(j.c.Ctx, j.st.Object.Name, ids)
	for i := range failed {
		failed[i].title, failed[i].url = failed[i].id.String(), "/"+j.st.Object.Plural+"/"+failed[i].id.String()
		if r := found[failed[i].id]; r != nil && r.Title() != "" {
			failed[i].title = r.Title()
		}
	}
	return err
}

// answer tells what was done and shows the rows as they are now.
func (j *job) answer() error {
	v := j.c.View
	if !j.c.Fragment() {
		return j.c.Go(j.st.URL())
	}
	p, err := read(j.c)
	if err != nil {
		return err
	}
	all := []templ.Component{anew(v, p)}
	undo := ""
	if len(j.acts) == 1 && j.do != "restore" {
		undo = door.Undo(j.acts[0])
	}
	switch {
	case len(j.acts) > 1:
		all = append(all, kit.ToastPart(v, v.T("web.list.in_steps", "n", v.Int(int64(j.done)), "steps", len(j.acts)), ""))
	case j.done > 0:
		all = append(all, kit.ToastPart(v, j.said(), undo))
	}
	if n := len(j.failed); n > 0 {
		all = append(all, refusals(v, v.T("web.list.refused", "count", n), j.failed[:min(n, mostRefusals)]))
	}
	return j.c.Parts(http.StatusOK, all...)
}

// said is what was done, in words.
func (j *job) said() string {
	v := j.c.View
	switch j.do {
	case "delete":
		return v.T("web.list.deleted", "count", j.done)
	case "restore":
		return v.T("web.list.restored", "count", j.done)
	}
	return v.T("web.list.changed", "count", j.done)
}
