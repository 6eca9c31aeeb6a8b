package record

import (
	"slices"
	"strings"
	"time"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/moving"
	"wellmet/internal/web/parts"
)

// path is the way of a record through the states of one field.
type path struct {
	field *schema.FieldDef
	steps []step
	may   bool // the actor may move the record
	// closed says how it ended: won or lost; "" for what is in work. end is the
	// state that it ended in.
	closed, end string
	// governed says that a process governs the field; ways are where it leads
	// from here, by state.
	governed bool
	ways     map[string]process.Transition
}

// step is one state on the path.
type step struct {
	state   any    // key of the option, or id of the record
	key     string // the same as text
	label   string
	kind    string // done, cur or ""
	on      record.OnPath
	retired bool   // out of use: nothing moves there
	days    int    // spent there; -1 = not known
	spent   string // the same at length
}

// maxSteps is how many states a field may have to be shown as a path.
const maxSteps = 12

// stateField is the field whose values are the way of an object's records: a
// link to a list of states, or a tracked choice; nil for none.
func stateField(s *record.Session, o *schema.Object) *schema.FieldDef {
	for _, f := range moving.States(s, o) {
		if f.IsLink() || f.Tracked && len(f.Options) <= maxSteps {
			return f
		}
	}
	return nil
}

// pathOf reads the way of a record, nil for one without states.
func pathOf(c *door.Call, s *record.Session, m *model) (*path, error) {
	f := stateField(s, m.o)
	if f == nil {
		return nil, nil
	}
	p := &path{field: f, may: m.writable(f) && m.moves(), closed: m.ended()}
	read := p.states
	switch {
	case f.Kind == schema.KindChoice:
		read = p.options
	case f.ID == sales.DealStage.ID() || f.ID == sales.LeadStage.ID():
		read = p.stages
	}
	if err := read(c, s, m); err != nil {
		return nil, err
	}
	if err := p.govern(c, s, m); err != nil {
		return nil, err
	}
	if m.deal() || m.lead() {
		return p, p.days(c, s, m)
	}
	return p, nil
}

// options are the states of a choice.
func (p *path) options(c *door.Call, s *record.Session, m *model) error {
	f := p.field
	been, err := p.been(c, s, m)
	if err != nil {
		return err
	}
	current, _ := m.r.Value(f).(string)
	for _, option := range f.Options {
		if m.lead() && ended[option.Key] != "" || option.Hidden && !was(been, option.Key) && option.Key != current {
			continue
		}
		p.steps = append(p.steps, step{state: option.Key, key: option.Key, label: f.OptionLabel(option.Key, m.v.Lang), days: -1, retired: option.Hidden})
	}
	p.end = f.OptionLabel(current, m.v.Lang)
	p.mark(been, current)
	return nil
}

// stages are those of a deal's pipeline or of leads, after which it is closed.
func (p *path) stages(c *door.Call, s *record.Session, m *model) error {
	paths, err := sales.Paths(c.Ctx, s, m.o, []*record.Record{m.r}, time.Time{})
	if err != nil {
		return err
	}
	for _, x := range paths[m.r.ID] {
		st := step{state: x.Stage, key: x.Stage.String(), label: x.Name, days: -1, retired: x.Retired}
		st.is(x.State)
		p.steps = append(p.steps, st)
	}
	current, ok := m.r.Value(p.field).(value.ID)
	if !ok || p.closed == "" {
		return nil
	}
	found, err := s.GetMany(c.Ctx, p.field.Target, []value.ID{current})
	if r := found[current]; r != nil {
		p.end = r.Title()
	}
	return err
}

// states are the records that the field may link to.
func (p *path) states(c *door.Call, s *record.Session, m *model) error {
	q := record.Query{Object: p.field.Target, Limit: 100}
	if _, ok := m.schema.Target(p.field).Field("position"); ok {
		q.Sort = "position"
	}
	page, err := s.Query(c.Ctx, q)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	been, err := p.been(c, s, m)
	if err != nil {
		return err
	}
	current, _ := m.r.Value(p.field).(value.ID)
	for _, r := range page.Records {
		active, told := r.Field("active").(bool)
		if r.ID != current && told && !active && !was(been, r.ID) {
			continue
		}
		p.steps = append(p.steps, step{state: r.ID, key: r.ID.String(), label: r.Title(), days: -1, retired: told && !active})
	}
	p.mark(been, current)
	return nil
}

// been is in which states the record was.
func (p *path) been(c *door.Call, s *record.Session, m *model) ([]record.Been, error) {
	all, err := s.BeenIn(c.Ctx, m.o.Name, p.field.Name, []value.ID{m.r.ID}, time.Time{})
	return all[m.r.ID], err
}

func was(been []record.Been, state any) bool {
	return slices.ContainsFunc(been, func(b record.Been) bool { return b.State == state })
}

// mark tells what lies behind from what was jumped and what lies ahead.
func (p *path) mark(been []record.Been, current any) {
	states := make([]any, len(p.steps))
	for i, x := range p.steps {
		states[i] = x.state
	}
	for i, on := range record.Along(states, been, current, p.closed == sales.Won) {
		p.steps[i].is(on)
	}
}

// is says what the state is to the record.
func (x *step) is(on record.OnPath) {
	x.on = on
	x.kind = map[record.OnPath]string{record.PathPassed: "done", record.PathCurrent: "cur"}[on]
}

// govern learns where the process leads from here, if one governs the record.
func (p *path) govern(c *door.Call, s *record.Session, m *model) error {
	list, err := process.Standings(c.Ctx, s, m.r)
	if err != nil {
		return err
	}
	for _, st := range list {
		if st.Field != p.field.Name {
			continue
		}
		p.governed, p.ways = true, map[string]process.Transition{}
		for _, t := range st.Moves {
			if known, ok := p.ways[t.To]; !ok || known.Blocked != "" {
				p.ways[t.To] = t
			}
		}
	}
	return p.closings(c, s)
}

// closings names ways by the kind of their stage too: to be won or lost.
func (p *path) closings(c *door.Call, s *record.Session) error {
	kinds := map[string]schema.Field[string]{sales.Stages.Name: sales.StageKind, sales.LeadStages.Name: sales.LeadStageKind}
	kind, staged := kinds[p.field.Target]
	if !staged || len(p.ways) == 0 {
		return nil
	}
	var ids []value.ID
	for _, t := range p.ways {
		if id, ok := t.Value.(value.ID); ok {
			ids = append(ids, id)
		}
	}
	found, err := s.GetMany(c.Ctx, p.field.Target, ids)
	for id, r := range found {
		k, _ := record.Get(r, kind)
		p.ways[k] = p.ways[id.String()]
	}
	return err
}

// leads reports whether one may go to a state, or to a kind of stage.
func (p *path) leads(key string) bool {
	_, ok := p.ways[key]
	return p.may && (!p.governed || ok)
}

// opens reports whether one may go to a state of the path.
func (p *path) opens(x step) bool { return !x.retired && p.leads(x.key) }

// said is what is told of a state beside its name: that the record jumped it, or
// for how long it was there.
func (x *step) said(v *kit.View) string {
	var all []string
	if x.on == record.PathJumped || x.on == record.PathUnknown || x.retired {
		all = append(all, parts.OnPath(v, x.on, x.retired))
	}
	if x.spent != "" {
		all = append(all, x.spent)
	}
	return strings.Join(all, " · ")
}

// blocked says why a way is not open yet.
func (p *path) blocked(key string) string { return p.ways[key].Blocked }

// asks reports whether a way has something to ask.
func (p *path) asks(key string) bool {
	t := p.ways[key]
	return len(t.Ask)+len(t.Checklist) > 0 || t.Note != process.None || t.File != process.None || t.Reason
}

// days counts what a deal or lead spent in each stage, all visits together.
func (p *path) days(c *door.Call, s *record.Session, m *model) error {
	times, err := sales.StageTimes(c.Ctx, s, m.o, m.r.ID)
	if err != nil {
		return err
	}
	for _, x := range times {
		i := slices.IndexFunc(p.steps, func(st step) bool { return st.key == x.Stage.String() })
		if i < 0 {
			continue
		}
		st := &p.steps[i]
		if !x.Known {
			st.spent = m.v.T("web.record.days_unknown")
		} else {
			st.days = x.Days
			st.spent = m.v.T("web.record.days_spent", "count", x.Days, "n", m.v.Int(int64(x.Days)), "business", m.v.Int(int64(x.Business)))
			if x.Visits > 1 {
				st.spent += " · " + m.v.T("web.record.visits", "count", x.Visits, "n", m.v.Int(int64(x.Visits)))
			}
		}
	}
	return nil
}
