package form

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/marketing"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// counts are submissions by form and state.
type counts map[value.ID]map[string]int64

// countsOf counts the submissions of one form, or of all.
func countsOf(c *door.Call, s *record.Session, form string) (counts, error) {
	filter := ""
	if form != "" {
		filter = `form = "` + form + `"`
	}
	a, err := s.Aggregate(c.Ctx, record.Aggregate{Object: marketing.Submissions.Name, Filter: filter,
		Group: []string{marketing.SubmissionForm.Name(), marketing.SubmissionState.Name()}, Measures: []string{"count"}, Limit: 10_000})
	if err != nil {
		return nil, err
	}
	by := counts{}
	for _, g := range a.Groups {
		id, _ := g.Keys[0].(value.ID)
		state, _ := g.Keys[1].(string)
		if by[id] == nil {
			by[id] = map[string]int64{}
		}
		by[id][state], _ = g.Values[0].Value.(int64)
	}
	return by, nil
}

// words say how many submissions of a form there are, and what became of them.
func (c counts) words(v *kit.View, form value.ID) string {
	all := int64(0)
	for _, n := range c[form] {
		all += n
	}
	if all == 0 {
		return v.T("web.form.no_submissions")
	}
	return v.T("web.form.came", "count", all, "n", v.Int(all), "leads", v.Int(c[form][marketing.MadeLead]), "failed", v.Int(c[form][marketing.Failed]), "spam", v.Int(c[form][marketing.Spam]))
}

// arrived is one submission.
type arrived struct {
	Rec     *record.Record
	State   string
	Reason  string
	Answers []answered
	About   []answered // where it came from
	Lead    value.ID
	Beyond  int64 // refused ones after it of which nothing is kept
	Again   bool  // may be made a lead after all
	Spam    bool  // may be called spam
}

type answered struct{ Label, Text string }

// inbox is a page of a form's submissions.
type inbox struct {
	v      *kit.View
	Rec    *record.Record
	State  string
	States []string
	object *schema.Object
	Counts map[string]int64
	List   []arrived
	Next   string
	names  *parts.Names
}

func (x *inbox) URL() string { return home + "/" + x.Rec.ID.String() + "/submissions" }

// at is the page of a state, from a place on.
func (x *inbox) at(state, cursor string) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", state)
	}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	if len(q) == 0 {
		return x.URL()
	}
	return x.URL() + "?" + q.Encode()
}

// pageSize is how many submissions a page shows.
const pageSize = 50

var states = []string{marketing.MadeLead, marketing.Repeated, marketing.Failed, marketing.Refused, marketing.Spam, marketing.Received}

var stateColors = map[string]string{marketing.MadeLead: "green", marketing.Repeated: "blue", marketing.Failed: "red", marketing.Spam: "gray", marketing.Received: "amber", marketing.Refused: "amber"}

func (x *inbox) stateLabel(key string) string {
	f, _ := x.object.Field(marketing.SubmissionState.Name())
	return f.OptionLabel(key, x.v.Lang)
}

// submissions lists what a form brought, the latest first.
func submissions(c *door.Call) error {
	id, err := c.ID()
	if err != nil {
		return err
	}
	x := &inbox{v: c.View, State: c.R.URL.Query().Get("state")}
	if x.State != "" && !slices.Contains(states, x.State) {
		return fault.New(fault.NotFound, "web.no_page", nil)
	}
	if err := x.count(c, id); err != nil {
		return err
	}
	if err := c.AdminRead(func(s *record.Session) error { return x.load(c, s, id) }); err != nil {
		return err
	}
	return c.Show(kit.Page{Title: c.View.T("web.form.submissions"), Nav: "/settings", Body: inboxPage(x)})
}

// count has what came in the last second counted too.
func (x *inbox) count(c *door.Call, id value.ID) error {
	var slug string
	err := c.AdminRead(func(s *record.Session) error {
		r, err := s.Get(c.Ctx, marketing.Forms.Name, id)
		if err == nil {
			slug, _ = record.Get(r, marketing.FormSlug)
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.App.Forms().WriteRefused(c.Ctx, c.WS, slug)
}

func (x *inbox) load(c *door.Call, s *record.Session, id value.ID) (err error) {
	x.List, x.names = nil, parts.NewNames(s)
	if x.Rec, err = s.Get(c.Ctx, marketing.Forms.Name, id); err != nil {
		return err
	}
	x.object = s.Schema().MustObject(marketing.Submissions.Name)
	all, err := countsOf(c, s, id.String())
	if err != nil {
		return err
	}
	x.Counts = all[id]
	q := record.Query{Object: marketing.Submissions.Name, Filter: `form = "` + id.String() + `"`, Sort: "-received_at,-id", Limit: pageSize, Cursor: c.R.URL.Query().Get("cursor")}
	if x.State != "" {
		q.Filter += ` and state = "` + x.State + `"`
	}
	page, err := s.Query(c.Ctx, q)
	if err != nil {
		return err
	}
	x.Next = page.Next
	lead := s.Schema().MustObject(sales.Leads.Name)
	f, _ := x.object.Field(marketing.SubmissionLead.Name())
	for _, r := range page.Records {
		x.List = append(x.List, arrivedOf(c.View, r, lead))
		x.names.Want(f, r.Value(f))
	}
	return x.names.Load(c.Ctx)
}

func arrivedOf(v *kit.View, r *record.Record, lead *schema.Object) arrived {
	a := arrived{Rec: r}
	a.State, _ = record.Get(r, marketing.SubmissionState)
	a.Reason, _ = record.Get(r, marketing.SubmissionReason)
	a.Lead, _ = record.Get(r, marketing.SubmissionLead)
	a.Beyond, _ = record.Get(r, marketing.SubmissionBeyond)
	a.Again = a.State != marketing.MadeLead && a.State != marketing.Repeated
	a.Spam = a.State != marketing.Spam
	raw, _ := record.Get(r, marketing.SubmissionRaw)
	sent, readable := marketing.Answers(raw)
	if !readable {
		a.Answers = []answered{{v.T("web.form.raw"), raw}}
	}
	var names []string
	for name := range sent {
		if !strings.HasPrefix(name, "_") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		label := cmp.Or(name, v.T("web.form.raw"))
		if f, ok := lead.Field(name); ok {
			label = f.Label(v.Lang)
		}
		a.Answers = append(a.Answers, answered{label, strings.Join(sent[name], ", ")})
	}
	for _, f := range []schema.Field[string]{marketing.SubmissionConsent, marketing.SubmissionPage, marketing.SubmissionFrom, marketing.SubmissionAgent} {
		if text, ok := record.Get(r, f); ok && text != "" {
			field, _ := r.Object.Field(f.Name())
			a.About = append(a.About, answered{field.Label(v.Lang), text})
		}
	}
	return a
}

// judge makes a lead of a submission after all, or calls it spam.
func judge(c *door.Call) error {
	form, sent, err := c.Sent()
	if err != nil {
		return err
	}
	id, err := c.IDOf("submission")
	if err != nil {
		return err
	}
	text := c.View.T("web.form.is_spam")
	act, err := c.AdminWrite("forms.judge", func(s *record.Session) error {
		r, err := s.Get(c.Ctx, marketing.Submissions.Name, id)
		if err != nil {
			return err
		}
		if of, _ := record.Get(r, marketing.SubmissionForm); of != form {
			return fault.New(fault.NotFound, "web.no_page", nil)
		}
		switch sent.Get("do") {
		case "spam":
			return marketing.CallSpam(c.Ctx, s, id)
		case "retry":
			text = c.View.T("web.form.is_lead")
			_, err := marketing.Retry(c.Ctx, s, id)
			return err
		}
		return fault.New(fault.Invalid, "web.bad_form", nil)
	})
	if err != nil {
		return err
	}
	return c.Leave(home+"/"+form.String()+"/submissions", text, door.Undo(act))
}

// received is when a submission came.
func (x *inbox) received(a arrived) string {
	at, _ := record.Get(a.Rec, marketing.SubmissionAt)
	return x.v.MomentFull(at, x.v.Zone)
}
