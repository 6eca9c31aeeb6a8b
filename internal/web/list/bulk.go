package list

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

const boolKind = expr.Bool

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
	a := asking{State: st, fields: fields, f: f, fixed: form.Get("fixed") == "1", typed: typed, problem: problem, tasks: form.Get("tasks") != ""}
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
	tasks   bool // of a refused change of the owner: tasks follow
}

// doings are what one click does to many records, by the form's word.
var doings = map[string]record.Doing{"edit": record.Updating, "delete": record.Deleting, "restore": record.Restoring}

// job is one click on its way.
type job struct {
	c    *door.Call
	st   *views.State
	do   string
	form url.Values
	run  *record.BulkRun
	told *parts.Bulk
	set  *schema.FieldDef // that an edit sets
}

// bulk changes, deletes or restores the records that are selected: few at once,
// many by a job.
func bulk(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	j := &job{c: c, form: form, do: form.Get("do")}
	if _, ok := doings[j.do]; !ok {
		return fault.New(fault.Invalid, "web.bad_form", nil)
	}
	if err := c.Write(c.R.PathValue("plural")+"."+j.do, j.carryOut); err != nil {
		if f, ok := fault.As(err); ok && j.do == "edit" && f.Kind == fault.Invalid && len(f.Fields) > 0 {
			return dialog(c, form, form["value"], c.View.Said(err))
		}
		return err
	}
	return j.answer()
}

// carryOut does it; the transaction may run twice.
func (j *job) carryOut(s *record.Session) error {
	o, err := j.c.Object(s)
	if err != nil {
		return err
	}
	if j.st, err = views.Parse(j.c, s, o); err != nil {
		return err
	}
	b := record.Bulk{Object: o.Name, Do: doings[j.do], IDs: parts.Ticked(j.form), Filter: j.st.Applied(), Text: j.st.Text}
	if j.form.Get("all") == "1" {
		b.IDs = nil
	} else if len(b.IDs) == 0 {
		return fault.New(fault.Invalid, "web.list.none_selected", nil)
	}
	if j.do == "edit" {
		if b.Values, err = j.values(s, o); err != nil {
			return err
		}
	}
	if j.do == "delete" {
		if b.Into, err = parts.Replacement(j.c.View, s, o, j.form); err != nil {
			return err
		}
	}
	carry := s.ChangeMany
	if unsure, err := j.unsure(s, b); err != nil {
		return err
	} else if unsure {
		carry = s.TryMany
	}
	if j.run, err = carry(j.c.Ctx, b); err != nil {
		return err
	}
	j.told, err = parts.DescribeBulk(j.c.Ctx, j.c.View, s, j.run)
	return err
}

// unsure reports whether what would come of it is to be shown first: who asks
// for that, or means more than are changed at once, has not seen it yet.
func (j *job) unsure(s *record.Session, b record.Bulk) (bool, error) {
	switch {
	case j.form.Get("sure") == "1":
		return false, nil
	case j.form.Get("try") == "1" || len(b.IDs) > record.BulkAtOnce:
		return true, nil
	case len(b.IDs) > 0:
		return false, nil
	}
	n, capped, err := s.Count(j.c.Ctx, record.Query{Object: b.Object, Filter: b.Filter, Text: b.Text, Trash: b.Do == record.Restoring, Count: record.CountCapped})
	return capped || n > record.BulkAtOnce, err
}

// values reads what the dialog asked for.
func (j *job) values(s *record.Session, o *schema.Object) (record.Values, error) {
	fields := editable(s, o)
	i := slices.IndexFunc(fields, func(f *schema.FieldDef) bool { return f.Name == j.form.Get("f") })
	if i < 0 {
		return nil, fault.New(fault.Forbidden, "web.list.may_not", nil)
	}
	j.set = fields[i]
	x, err := parts.Read(j.c.View, s, j.set, j.form, "value")
	return parts.Set(o, j.set, j.form, x), err
}

// answer tells what was done and shows the rows as they are now; of a long
// change, how far it is.
func (j *job) answer() error {
	v, later := j.c.View, j.run.State == record.BulkRunning
	switch {
	case j.run.State == record.BulkTried && !j.c.Fragment():
		return j.c.Show(kit.Page{Title: j.title(), Nav: nav(j.st), Body: tried(j)})
	case j.run.State == record.BulkTried:
		return j.c.Parts(http.StatusOK, triedDialog(j))
	case later && !j.c.Fragment():
		return j.c.Go("/jobs/" + j.run.ID.String())
	case later:
		return j.c.Parts(http.StatusOK, progress(v, j.run.ID.String()))
	case !j.c.Fragment():
		return j.c.Go(j.st.URL())
	}
	p, err := read(j.c)
	if err != nil {
		return err
	}
	all := []templ.Component{anew(v, p)}
	if j.run.Changed+j.run.Unchanged > 0 {
		undo := ""
		if j.run.Changed > 0 {
			undo = door.Undo(j.run.Act)
		}
		all = append(all, kit.ToastPart(v, j.said(), undo))
	}
	if j.run.Failed > 0 {
		all = append(all, refusals(j, v.T("web.list.refused", "count", j.run.Failed)))
	}
	return j.c.Parts(http.StatusOK, all...)
}

// said is what was done, in words.
func (j *job) said() string {
	v, n := j.c.View, j.run.Changed+j.run.Unchanged
	switch j.do {
	case "delete":
		return v.T("web.list.deleted", "count", n)
	case "restore":
		return v.T("web.list.restored", "count", n)
	}
	return v.T("web.list.changed", "count", n)
}

// title is what is done, as its button says.
func (j *job) title() string {
	switch j.do {
	case "delete":
		return j.c.View.T("web.list.delete")
	case "restore":
		return j.c.View.T("web.list.restore")
	}
	return j.c.View.T("web.list.set", "field", j.c.View.In(j.set.Label(j.c.View.Lang)))
}

// would is what becomes of records that are not refused.
func (j *job) would() string {
	switch j.do {
	case "delete":
		return j.c.View.T("web.list.would_delete")
	case "restore":
		return j.c.View.T("web.list.would_restore")
	}
	return j.c.View.T("web.list.would_change")
}

// meant is of how many records it is, in words.
func (j *job) meant() string {
	v, l := j.c.View, j.st.Label(j.c.View)
	objects := l.Many
	if j.run.Total == 1 {
		objects = l.One
	}
	return v.T("web.list.count", "n", v.Int(int64(j.run.Total)), "objects", v.In(objects))
}

// held are the records that a deletion leaves because something links to them,
// as the form sends them: those named by the reason, or all that were meant.
func (j *job) held() (again [][2]string) {
	i := slices.IndexFunc(j.run.Reasons, func(r record.BulkReason) bool { return r.Key == record.Linked })
	if j.do != "delete" || i < 0 {
		return nil
	}
	r := j.run.Reasons[i]
	if len(r.Records) < r.Count {
		return j.repeated()
	}
	again = [][2]string{{"do", j.do}}
	for _, id := range r.Records {
		again = append(again, [2]string{"id", id.String()})
	}
	return again
}

// replacing asks what takes the place of those that are held.
func (j *job) replacing() parts.Control {
	c := parts.Replacing(j.c.View, j.st.Object, nil)
	c.Required, c.Autofocus = false, false
	return c
}

// repeated is what was asked for, to be sent again.
func (j *job) repeated() (all [][2]string) {
	for _, name := range slices.Sorted(maps.Keys(j.form)) {
		for _, text := range j.form[name] {
			if name != "try" && name != "sure" && !strings.HasPrefix(name, parts.ReplaceWith) {
				all = append(all, [2]string{name, text})
			}
		}
	}
	return all
}
