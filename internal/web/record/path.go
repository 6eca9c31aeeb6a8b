package record

import (
	"cmp"
	"slices"

	"wellmet/internal/fault"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/moving"
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
	key   string // of the option, or id of the record
	label string
	kind  string // done, cur or ""
	days  int    // spent there; -1 = not known
	spent string // the same at length
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
	if f.Kind == schema.KindChoice {
		for _, option := range f.Options {
			if m.lead() && ended[option.Key] != "" {
				continue
			}
			if current, _ := m.r.Value(f).(string); !option.Hidden || current == option.Key {
				p.steps = append(p.steps, step{key: option.Key, label: f.OptionLabel(option.Key, m.v.Lang), days: -1})
			}
		}
		current, _ := m.r.Value(f).(string)
		p.end = f.OptionLabel(current, m.v.Lang)
		p.mark(current)
		return p, p.govern(c, s, m)
	}
	if err := p.states(c, s, m); err != nil {
		return nil, err
	}
	current, _ := m.r.Value(f).(value.ID)
	p.mark(current.String())
	if err := p.govern(c, s, m); err != nil {
		return nil, err
	}
	if m.deal() {
		return p, p.days(c, s, m)
	}
	return p, nil
}

// states are the records that the field may link to: a deal's are the open
// stages of its pipeline, after which it is closed, and a lead's those before its
// end.
func (p *path) states(c *door.Call, s *record.Session, m *model) error {
	q := record.Query{Object: p.field.Target, Limit: 100}
	target := m.schema.Target(p.field)
	if _, ok := target.Field("position"); ok {
		q.Sort = "position"
	}
	if m.deal() {
		pipeline, _ := record.Get(m.r, sales.DealPipeline)
		q.Filter = `pipeline = "` + pipeline.String() + `"`
	}
	page, err := s.Query(c.Ctx, q)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil
	}
	if err != nil {
		return err
	}
	current, _ := m.r.Value(p.field).(value.ID)
	for _, r := range page.Records {
		kind, _ := r.Field("kind").(string)
		active, told := r.Field("active").(bool)
		if ends := m.deal() && kind != sales.Open || m.lead() && ended[kind] != ""; ends || r.ID != current && told && !active {
			if r.ID == current {
				p.end = r.Title()
			}
			continue
		}
		p.steps = append(p.steps, step{key: r.ID.String(), label: r.Title(), days: -1})
	}
	return nil
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

// blocked says why a way is not open yet.
func (p *path) blocked(key string) string { return p.ways[key].Blocked }

// asks reports whether a way has something to ask.
func (p *path) asks(key string) bool {
	t := p.ways[key]
	return len(t.Ask)+len(t.Checklist) > 0 || t.Note != process.None || t.File != process.None || t.Reason
}

// mark tells what lies behind from what lies ahead.
func (p *path) mark(current string) {
	at := slices.IndexFunc(p.steps, func(x step) bool { return x.key == current })
	for i := range p.steps {
		switch {
		case i == at:
			p.steps[i].kind = "cur"
		case i < at || p.closed == sales.Won:
			p.steps[i].kind = "done"
		}
	}
}

// days counts what the deal spent in each stage, all visits together.
func (p *path) days(c *door.Call, s *record.Session, m *model) error {
	times, err := sales.StageTimes(c.Ctx, s, m.r.ID)
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
		} else if st.kind != "" {
			st.days = x.Days
			st.spent = m.v.T("web.record.days_spent", "count", x.Days, "n", m.v.Int(int64(x.Days)), "business", m.v.Int(int64(x.Business)))
			if x.Visits > 1 {
				st.spent += " · " + m.v.T("web.record.visits", "count", x.Visits, "n", m.v.Int(int64(x.Visits)))
			}
		}
		if p.closed == sales.Lost && x.Spent > 0 {
			st.kind = cmp.Or(st.kind, "done")
		}
	}
	return nil
}
