package record

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/support"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// lookup is the way of a record through its process with what is worth a look
// on it; of a case that of its deal, and what helped in similar cases.
type lookup struct {
	of      *model  // whose way it is; nil where a case names no deal that one may read
	own     *lookup // that of a case itself, nil where no blueprint governs it
	lapses  []process.Lapse
	lines   []traceLine
	similar []support.Likeness
	isCase  bool
	guided  bool // by a blueprint, which tells what was left out
}

// traceLine is something that happened: a step, a change of what was promised,
// a file.
type traceLine struct {
	at    time.Time
	who   kit.Person
	text  string
	notes []string
	marks []string
}

// mostSimilar is how many similar cases a trace shows at most.
const mostSimilar = 5

// colors of marks.
var markColors = map[string]string{process.LapseSkipped: "red", process.LapseLate: "amber", process.LapseMissing: "red",
	process.MarkBack: "gray", process.MarkOverride: "violet", process.MarkChanged: "blue"}

// traced reports whether a record has a way to look at: through stages, or
// through the states of a process.
func traced(ctx context.Context, s *record.Session, o *schema.Object) bool {
	if f := process.StageField(s, o); o.Name == support.Cases.Name || f != nil && s.Actor().Sees(f) {
		return true
	}
	yes, err := process.Governs(ctx, s, o.Name)
	return err == nil && yes
}

func tracePanel(c *door.Call, s *record.Session, m *model) (templ.Component, error) {
	x := &lookup{of: m, isCase: m.o.Name == support.Cases.Name}
	if x.isCase {
		own := &lookup{of: m}
		err := own.read(c, s)
		if err != nil {
			return nil, err
		}
		if own.guided {
			x.own = own
		}
		if x.of, err = dealOf(c, s, m); err != nil {
			return nil, err
		}
		if x.similar, err = support.Similar(c.Ctx, s, m.r.ID, mostSimilar); err != nil {
			return nil, err
		}
	}
	if x.of != nil {
		if err := x.read(c, s); err != nil {
			return nil, err
		}
	}
	return traceView(m, x), nil
}

// dealOf is the deal of a case, nil for none that the actor may read.
func dealOf(c *door.Call, s *record.Session, m *model) (*model, error) {
	f := m.field(support.CaseDeal.Name())
	id, ok := record.Get(m.r, support.CaseDeal)
	if f == nil || !ok {
		return nil, nil
	}
	o, err := s.Object(sales.Deals.Name)
	if err != nil || !s.Actor().Can(o, access.Read) {
		return nil, nil //nolint:nilerr // out of sight is as if there were none
	}
	r, err := s.Get(c.Ctx, o.Name, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &model{v: m.v, o: o, r: r, n: parts.NewNames(s), actor: m.actor, schema: m.schema}, nil
}

// read gathers steps, changed promises and files, in the order in which they
// happened.
func (x *lookup) read(c *door.Call, s *record.Session) error {
	m := x.of
	seen, err := process.Look(c.Ctx, s, m.o.Name, m.r.ID)
	if err != nil {
		return err
	}
	x.lapses = seen.Lapses
	for _, p := range seen.Trace {
		x.lines = append(x.lines, m.step(p))
		x.guided = x.guided || p.Kind != process.KindHistory
	}
	for _, p := range seen.Changes {
		if l, ok := m.promise(s, p); ok {
			x.lines = append(x.lines, l)
		}
	}
	if err := x.files(c, s); err != nil {
		return err
	}
	slices.SortStableFunc(x.lines, func(a, b traceLine) int { return a.at.Compare(b.at) })
	return m.n.Load(c.Ctx)
}

// files are those that came and went. Of files that are older than these lines
// nobody knows more than that they are there.
func (x *lookup) files(c *door.Call, s *record.Session) error {
	m := x.of
	deeds, err := s.FileDeeds(c.Ctx, m.o.Name, m.r.ID)
	if err != nil {
		return err
	}
	told := map[value.ID]bool{}
	for _, e := range deeds {
		a := act{doing: e.Kind, file: fileName(e)}
		told[e.File.ID] = true
		x.lines = append(x.lines, traceLine{at: time.UnixMilli(e.At), who: m.n.Person(e.Actor), text: a.what(m)})
	}
	there, err := s.Files(c.Ctx, m.o.Name, m.r.ID)
	for _, f := range there {
		if !told[f.ID] {
			x.lines = append(x.lines, traceLine{at: f.CreatedAt, who: m.n.Person(f.CreatedBy), text: m.v.T("web.record.file_attached", "name", f.Name)})
		}
	}
	return err
}

// step is a step of the process as a line.
func (m *model) step(p process.Passage) traceLine {
	l := traceLine{at: p.At, who: m.n.Person(p.Member), marks: p.Marks}
	switch {
	case p.Kind == "leave":
		l.text = m.v.T("web.record.trace_left")
		if p.Was != p.State {
			l.text += " · " + cmp.Or(p.WasLabel, p.Was) + " → " + cmp.Or(p.Label, p.State)
		}
	case p.Was == "" || p.Kind == "start":
		l.text = m.v.T("web.record.trace_start", "state", cmp.Or(p.Label, p.State))
	default:
		l.text = cmp.Or(p.WasLabel, p.Was) + " → " + cmp.Or(p.Label, p.State)
	}
	if len(p.Skipped) > 0 {
		l.notes = append(l.notes, m.v.T("web.record.trace_passed", "states", m.v.List(p.Skipped)))
	}
	for _, said := range []string{p.Said.Reason, p.Said.Note} {
		if strings.TrimSpace(said) != "" {
			l.notes = append(l.notes, said)
		}
	}
	if len(p.Said.Checked) > 0 {
		l.notes = append(l.notes, "✓ "+m.v.List(p.Said.Checked))
	}
	return l
}

// promise tells of a day or an amount that was something else before.
func (m *model) promise(s *record.Session, x process.Changed) (traceLine, bool) {
	f := m.field(x.Field)
	if f == nil {
		return traceLine{}, false
	}
	text := m.v.T("web.record.emptied")
	if v := parts.Past(s, f, x.New); v != nil {
		text = parts.Text(m.v, m.n, f, v)
	}
	text = f.Label(m.v.Lang) + ": " + parts.Text(m.v, m.n, f, parts.Past(s, f, x.Old)) + " → " + text
	return traceLine{at: x.At, who: m.n.Person(x.Member), text: text, marks: x.Marks}, true
}

// lapseWords say what a lapse is about, and until when it was due.
func (m *model) lapseWords(x process.Lapse) string {
	words := cmp.Or(x.Label, x.State)
	if x.Field != "" {
		if f, ok := m.o.Field(x.Field); ok {
			words = f.Label(m.v.Lang) + " · " + words
		}
	}
	if x.Due != nil {
		words += " · " + m.v.T("web.record.lapse_due", "when", m.v.MomentFull(*x.Due, m.v.Zone))
	}
	return words
}

// newCase is the address of a new case about this record, "" where there is
// none to make: about a deal or customer, or out of a letter.
func (m *model) newCase() string {
	o, ok := m.schema.Object(support.Cases.Name)
	if !ok || !m.actor.Can(o, access.Create) {
		return ""
	}
	q := newCaseOf(m)
	if q == nil {
		return ""
	}
	return "/cases/new?" + q.Encode()
}

// told is the text of a letter that fits an address.
func told(text string) string {
	const most = 1500
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// ref finds what an activity is about, of one object.
func ref(refs []schema.Ref, object string) (value.ID, bool) {
	for _, r := range refs {
		if r.Object == object {
			return r.ID, true
		}
	}
	return 0, false
}

// solution is how a similar case was solved, as far as the actor may read it.
func (m *model) solution(x support.Likeness) string {
	f := m.field(support.CaseSolution.Name())
	if f == nil {
		return ""
	}
	text, _ := x.Case.Value(f).(string)
	return told(text)
}
