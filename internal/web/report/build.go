package report

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// builder is a report while it is made. All of it stands in the address, so
// that Back undoes a step and a half-made report can be sent to a colleague.
type builder struct {
	v       *kit.View
	id      value.ID // of the saved report that is changed, 0 = a new one
	version int64
	token   string
	spec    report.Spec
	object  *schema.Object
	objects []option
	fields  choices
	filter  *views.Box
	sheet   *sheet // the preview; nil while it cannot be run
	err     string
	faults  map[string]string // by field of the record
}

// building shows the builder: of a new report, of a copy, of a saved one.
func building(c *door.Call) error {
	b, err := newBuilder(c, c.R.URL.Query())
	if err != nil {
		return err
	}
	return b.answer(c, http.StatusOK)
}

func (b *builder) answer(c *door.Call, status int) error {
	if c.Fragment() {
		c.W.Header().Set("HX-Push-Url", b.url())
		return c.Parts(status, builderForm(b))
	}
	return c.ShowStatus(status, kit.Page{Title: b.title(), Nav: "/reports", Body: builderPage(b)})
}

// newBuilder reads the builder's state from an address or a form, and runs the
// report as it stands.
func newBuilder(c *door.Call, q url.Values) (*builder, error) {
	b := &builder{v: c.View, token: door.Token(q), faults: map[string]string{}}
	err := c.Read(func(s *record.Session) error {
		base, err := b.base(c, s, q)
		if err != nil {
			return err
		}
		if b.spec, err = b.read(s, q, base); err != nil {
			return err
		}
		for _, o := range s.Schema().Objects() {
			if _, err := s.Object(o.Name); err == nil && !o.Hidden && (!door.Kept(o) || counted[o.Name]) {
				b.objects = append(b.objects, option{o.Name, o.Label(c.View.Lang).Many, o == b.object})
			}
		}
		slices.SortFunc(b.objects, func(x, y option) int { return strings.Compare(x.label, y.label) })
		b.fields = choicesOf(c.Ctx, c.View, s, b.object)
		if b.filter, err = views.NewBox(c.Ctx, c.View, s, views.Box{Object: b.object.Name, Name: "filter", Text: b.spec.Filter, Back: b.url("filter")}); err != nil {
			return err
		}
		return b.preview(c, s)
	}, store.Report)
	return b, err
}

// counted are objects without pages of their own that reports are made of.
var counted = map[string]bool{"deal_line": true, "touch": true, "contract_line": true, "deal_competitor": true, "deal_member": true, "stage": true}

// base is the report that the builder begins with.
func (b *builder) base(c *door.Call, s *record.Session, q url.Values) (report.Spec, error) {
	from := q.Get("from")
	if name := c.R.PathValue("name"); name != "" {
		id, err := value.ParseID(name)
		if err != nil {
			return report.Spec{}, fault.New(fault.NotFound, "web.no_page", nil)
		}
		b.id, from = id, name
	}
	if from == "" {
		return report.Spec{Object: cmp.Or(q.Get("object"), "deal"), Visibility: record.ViewPrivate}, nil
	}
	spec, err := c.App.Reports().Find(c.Ctx, s, from)
	if err == nil && spec.Problem != nil { // to be mended, not made anew of nothing
		spec, err = report.WrittenSpec(c.Ctx, s, spec.ID)
	}
	if err != nil {
		return spec, err
	}
	if b.version = spec.Version; b.id == 0 {
		spec.Title = c.View.T("web.report.copy_of", "report", (&report.Words{Format: c.View.Format, Lang: c.View.Lang, Spec: spec}).Title(spec.Name))
		spec.ID, spec.Visibility = 0, record.ViewPrivate
	}
	spec.Name = ""
	return spec, nil
}

// read puts what the address says over what the report began with.
func (b *builder) read(s *record.Session, q url.Values, spec report.Spec) (report.Spec, error) {
	o, err := s.Object(cmp.Or(q.Get("object"), spec.Object))
	if err != nil {
		return spec, err
	}
	b.object = o
	if o.Name != spec.Object { // nothing of another object's fields fits
		spec = report.Spec{Title: spec.Title, ID: spec.ID, Visibility: spec.Visibility}
		q = url.Values{"title": q["title"], "visibility": q["visibility"]}
	}
	spec.Object, spec.Problem = o.Name, nil
	for name, to := range map[string]*string{"title": &spec.Title, "description": &spec.Help, "filter": &spec.Filter, "sort": &spec.Sort, "field": &spec.Period,
		"period": &spec.Span, "compare": &spec.Compare, "show": &spec.Show, "visibility": &spec.Visibility} {
		if q.Has(name) {
			*to = strings.TrimSpace(q.Get(name))
		}
	}
	if q.Has("group") {
		spec.Group = nil
		for i, path := range q["group"] {
			if path = strings.TrimSpace(path); path == "" {
				continue
			}
			if i < len(q["by"]) && q["by"][i] != "" && !strings.Contains(path, ":") {
				path += ":" + q["by"][i]
			}
			spec.Group = append(spec.Group, path)
		}
	}
	if q.Has("of") {
		spec.Columns = readMeasures(q)
	} else if q.Has("measures") {
		spec.Columns = report.ParseColumns(q.Get("measures"))
	}
	if len(spec.Columns) == 0 {
		spec.Columns = report.ParseColumns("")
	}
	if q.Has("limit") {
		spec.Limit, _ = strconv.Atoi(q.Get("limit"))
		spec.Limit = min(max(spec.Limit, 0), 10_000)
	}
	if q.Has("built") {
		spec.PerDay = q.Get("per_day") != ""
	}
	b.tidy(s, &spec)
	return spec, nil
}

// tidy groups by records instead of by their names and drops what does not go
// together: an order by what is no more asked for, a period of no field, parts of
// days of what is no day.
func (b *builder) tidy(s *record.Session, spec *report.Spec) {
	*spec = spec.ByRecord(s, b.object)
	for i, g := range spec.Group {
		path, period := record.SplitGroup(g)
		if day := b.isDay(s, path); day && period == "" {
			spec.Group[i] = path + ":month"
		} else if !day && period != "" {
			spec.Group[i] = path
		}
	}
	known := append(slices.Clone(spec.Group), "")
	for _, c := range spec.Columns {
		known = append(known, c.Measure)
	}
	if !slices.Contains(known, strings.TrimPrefix(spec.Sort, "-")) {
		spec.Sort = ""
	}
	if spec.Period == "" {
		spec.Span, spec.Compare, spec.PerDay = "", "", false
	}
	if spec.Compare == "" {
		spec.PerDay = false
	}
}

// preview runs the report; what is wrong with it is told instead.
func (b *builder) preview(c *door.Call, s *record.Session) error {
	t := &sheet{v: c.View, most: 20, plural: b.object.Plural, schema: s.Schema()}
	t.scope.dated = b.spec.Period != ""
	t.scope.Scope = report.Scope{Period: cmp.Or(b.spec.Span, report.AllTime)}.On(s)
	err := t.run(c, s, b.spec, report.Params{})
	if err != nil {
		f, ok := fault.As(err)
		if !ok || fault.Is(err, fault.Unavailable) {
			return err
		}
		b.err = c.View.Said(err)
		if name, ok := f.Args["name"].(string); ok && report.Unknown(f) {
			b.err = c.View.T("web.report.gone", "name", name)
		}
		return nil
	}
	b.sheet = t
	return nil
}

func (b *builder) title() string {
	if b.id == 0 {
		return b.v.T("web.report.new")
	}
	return b.v.T("web.report.change", "report", b.spec.Title)
}

// path is the page of the builder itself.
func (b *builder) path() string {
	if b.id == 0 {
		return "/reports/new"
	}
	return "/reports/" + b.id.String() + "/edit"
}

// url is the address of the builder as it stands.
func (b *builder) url(without ...string) string {
	q := url.Values{"object": {b.object.Name}, "filter": {b.spec.Filter}, "group": b.spec.Group, "measures": {report.ColumnsText(b.spec.Columns)},
		"sort": {b.spec.Sort}, "field": {b.spec.Period}, "period": {b.spec.Span}, "compare": {b.spec.Compare}, "show": {b.spec.Show}, "title": {b.spec.Title},
		"visibility": {b.spec.Visibility}, "built": {"1"}}
	if b.spec.PerDay {
		q.Set("per_day", "1")
	}
	if b.spec.Limit > 0 {
		q.Set("limit", strconv.Itoa(b.spec.Limit))
	}
	if len(b.spec.Group) == 0 {
		q.Set("group", "")
	}
	for _, name := range without {
		q.Del(name)
	}
	return b.path() + "?" + q.Encode()
}

// keep saves the report and leads to it.
func keep(c *door.Call) error {
	form, err := c.Form()
	if err != nil {
		return err
	}
	b, err := newBuilder(c, form)
	if err != nil {
		return err
	}
	id := b.id
	err = c.Write("report.save", func(s *record.Session) error {
		if b.id != 0 {
			version, _ := strconv.ParseInt(form.Get("version"), 10, 64)
			_, err := s.Update(c.Ctx, report.Saved.Name, b.id, version, b.spec.Values())
			return err
		}
		id, _, err = c.Once(s, "report", form, func() (value.ID, error) {
			out, err := s.Create(c.Ctx, report.Saved.Name, b.spec.Values())
			return out.ID, err
		})
		return err
	})
	if err == nil {
		return c.Go("/reports/" + id.String())
	}
	f, ok := fault.As(err)
	if !ok || door.Status(err) != http.StatusUnprocessableEntity {
		return err
	}
	for _, x := range f.Fields {
		b.faults[x.Path] = c.View.FieldFault(x)
	}
	b.err = c.View.Said(err)
	return b.answer(c, http.StatusUnprocessableEntity)
}

// drop deletes a saved report; the notice takes it back.
func drop(c *door.Call) error {
	id, err := c.IDOf("name")
	if err != nil {
		return err
	}
	var act value.ID
	err = c.Write("report.delete", func(s *record.Session) error {
		err := s.Delete(c.Ctx, report.Saved.Name, id)
		act = s.Act()
		return err
	})
	if err != nil {
		return err
	}
	return c.Leave("/reports", c.View.T("web.report.deleted"), door.Undo(act))
}
