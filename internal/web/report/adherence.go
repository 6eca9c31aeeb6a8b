package report

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/report"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/views"
)

// kept is the report on how people keep to a process, with the records behind
// the figure that was asked for.
type kept struct {
	v         *kit.View
	processes []process.Named
	a         *process.Adherence // nil where no process is published
	plural    string
	specs     []report.Spec // ready ones
	days      int
	from, to  string // days instead, "" = none
	// What the records are narrowed to; "" = all. The filter comes with a report
	// that leads here; told says it in words.
	owner, state, kind, filter string
	told                       []string
	behind                     []process.Lapse
}

// spans are the days that the report looks back.
var spans = []int{30, 92, 366}

// mostBehind is how many records behind a figure are listed.
const mostBehind = 200

func adherence(c *door.Call) error {
	q := c.R.URL.Query()
	x := &kept{v: c.View, days: 92, owner: q.Get("owner"), state: q.Get("state"), kind: q.Get("kind"), filter: q.Get("filter")}
	if n, err := strconv.Atoi(q.Get("days")); err == nil && n > 0 && n <= 366 {
		x.days = n
	}
	err := c.Read(func(s *record.Session) (err error) {
		if x.processes, err = process.Governing(c.Ctx, s); err != nil || len(x.processes) == 0 {
			return err
		}
		key := q.Get("process")
		if key == "" {
			key = x.processes[0].Key
		}
		id, err := value.ParseID(key)
		if err != nil {
			return err
		}
		span := process.Span{From: s.Now().Add(-time.Duration(x.days) * 24 * time.Hour), To: s.Now().Add(time.Second), Zone: c.View.Zone, Filter: x.filter}
		x.between(&span, q)
		if x.a, err = process.Adhere(c.Ctx, s, id, span); err != nil {
			return err
		}
		o, err := s.Object(x.a.Object)
		if err != nil {
			return err
		}
		x.plural, x.specs = o.Plural, c.App.Reports().Specs(s)
		return x.tell(c, s, o)
	}, store.Report)
	if err != nil {
		return err
	}
	if x.a != nil {
		x.narrow()
	}
	return c.ShowStatus(http.StatusOK, kit.Page{Title: c.View.T("web.report.adherence"), Nav: "/reports", Body: adherencePage(x)})
}

// tell says in words what the records are narrowed to.
func (x *kept) tell(c *door.Call, s *record.Session, o *schema.Object) error {
	if x.filter == "" {
		return nil
	}
	read := views.Read(x.v, s, o, x.filter)
	if err := read.Names().Load(c.Ctx); err != nil {
		return err
	}
	x.told = read.All(x.v)
	return nil
}

// of reports whether figures of an owner are asked for.
func (x *kept) of(owner value.ID) bool { return x.owner == "" || owner.String() == x.owner }

// months are those of the person that is asked for, or of all together.
func (x *kept) months() []process.Month {
	if x.owner == "" {
		return x.a.Months
	}
	for _, t := range x.a.Trends {
		if x.of(t.Owner) {
			return t.Months
		}
	}
	return nil
}

// between takes the days of an address that a report leads to.
func (x *kept) between(span *process.Span, q url.Values) {
	to, err := value.ParseDate(q.Get("to"))
	if err != nil {
		return
	}
	span.To, span.From = to.AddDays(1).Time(span.Zone), time.UnixMilli(0)
	if from, err := value.ParseDate(q.Get("from")); err == nil {
		span.From = from.Time(span.Zone)
	}
	x.from, x.to = q.Get("from"), q.Get("to")
}

// narrow picks the lapses behind the figure.
func (x *kept) narrow() {
	for _, l := range x.a.Lapses {
		if x.of(l.Owner) && (x.state == "" || l.State == x.state) && (x.kind == "" || l.Kind == x.kind) && len(x.behind) < mostBehind {
			x.behind = append(x.behind, l)
		}
	}
}

func name(list []process.Named, key string) string {
	for _, n := range list {
		if n.Key == key {
			return n.Name
		}
	}
	return key
}

// url is the report narrowed to the records behind a figure.
func (x *kept) url(r process.Kept, kind string) string {
	q := url.Values{"process": {x.a.Blueprint.String()}, "days": {strconv.Itoa(x.days)}, "owner": {r.Owner.String()}, "state": {r.State}, "kind": {kind}}
	if x.to != "" {
		q.Set("from", x.from)
		q.Set("to", x.to)
	}
	if x.filter != "" {
		q.Set("filter", x.filter)
	}
	return process.AdherencePath + "?" + q.Encode() + "#behind"
}

// reported reports whether there is a report of the same figures, for files and
// mails.
func (x *kept) reported() bool {
	return slices.ContainsFunc(x.specs, func(r report.Spec) bool { return r.Name == "adherence-of-"+x.plural })
}
