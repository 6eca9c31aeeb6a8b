package process

import (
	"context"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/ownership"
	"wellmet/internal/process"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/moving"
	"wellmet/internal/web/parts"
	"wellmet/internal/web/views"
)

// sheet is what is being edited: the draft of a blueprint, or a rule.
type sheet struct {
	v    *kit.View
	r    *record.Record
	o    *schema.Object
	base string // its address
	at   string // what of it is open: state:KEY, move:KEY; "" = it as a whole

	name, help, when string

	// Of a blueprint.
	field  *schema.FieldDef
	def    *process.Definition
	states []choice // that the field has
	exam   *process.Examination
	status string
	number int64
	edited bool // the draft differs from what governs

	// Of a rule.
	trigger, fields, date string
	offset                int64
	inlet                 value.ID // the incoming hook that is waited for
	active                bool
	actions               []process.Action
	problems              []process.Problem
	past                  *past

	people           people
	templates, hooks []choice
	papers           []choice            // templates of documents
	inlets           []choice            // incoming hooks about the object
	assigning        []choice            // rules of ownership
	statesByField    map[string][]choice // of a rule's object
	schema           *schema.Schema
	told             map[string][]string // conditions in sentences
	names            *parts.Names
}

func (x *sheet) isRule() bool { return x.def == nil }

// load reads the blueprint or rule of the address.
func load(c *door.Call, s *record.Session, at string) (*sheet, error) {
	x := &sheet{v: c.View, at: at, told: map[string][]string{}, names: parts.NewNames(s)}
	id, err := c.ID()
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(c.R.URL.Path, rulesURL+"/") {
		x.base = rulesURL + "/" + id.String()
		err = x.loadRule(c.Ctx, s, id)
	} else {
		x.base = blueprintsURL + "/" + id.String()
		err = x.loadBlueprint(c.Ctx, s, id)
	}
	if err != nil {
		return nil, err
	}
	if x.people, err = peopleOf(c.Ctx, s); err != nil {
		return nil, err
	}
	if err = x.readNamed(c.Ctx, s); err != nil {
		return nil, err
	}
	if x.assigning, err = choices(c.Ctx, s, ownership.AssignmentRules.Name, nil); err != nil {
		return nil, err
	}
	x.schema, x.statesByField = s.Schema(), map[string][]choice{}
	for _, f := range moving.States(s, x.o) {
		if x.statesByField[f.Name], err = statesOf(c.Ctx, s, f); err != nil {
			return nil, err
		}
	}
	return x, x.tell(c.Ctx, s)
}

var errGone = fault.New(fault.NotFound, "web.process.object_gone", nil)

func (x *sheet) loadBlueprint(ctx context.Context, s *record.Session, id value.ID) (err error) {
	if x.r, err = s.Get(ctx, process.Blueprints.Name, id); err != nil {
		return err
	}
	x.name, _ = record.Get(x.r, process.BlueprintName)
	x.help, _ = record.Get(x.r, process.BlueprintHelp)
	x.when, _ = record.Get(x.r, process.BlueprintWhen)
	x.status, _ = record.Get(x.r, process.BlueprintStatus)
	x.number, _ = record.Get(x.r, process.BlueprintNumber)
	object, _ := record.Get(x.r, process.BlueprintObject)
	field, _ := record.Get(x.r, process.BlueprintField)
	text, _ := record.Get(x.r, process.BlueprintText)
	if x.def, err = process.ParseDefinition(text); err != nil {
		return err
	}
	o, ok := s.Schema().Object(object)
	if !ok {
		return errGone
	}
	if x.o = o; x.at == "" {
		x.at = "process"
	}
	if x.field, ok = o.Field(field); !ok {
		return errGone
	}
	if x.states, err = statesOf(ctx, s, x.field); err != nil {
		return err
	}
	if x.exam, err = process.Examine(ctx, s, id); err != nil {
		return err
	}
	return x.compare(ctx, s)
}

// compare tells whether the draft differs from the version that governs.
func (x *sheet) compare(ctx context.Context, s *record.Session) error {
	if x.edited = true; x.number == 0 {
		return nil
	}
	p, err := s.Query(ctx, record.Query{Object: process.Versions.Name, Filter: `blueprint = "` + x.r.ID.String() + `"`, Sort: "-number", Limit: 1})
	if err != nil || len(p.Records) == 0 {
		return err
	}
	text, _ := record.Get(p.Records[0], process.VersionText)
	when, _ := record.Get(p.Records[0], process.VersionWhen)
	was, err := process.ParseDefinition(text)
	x.edited = err != nil || when != x.when || was.String() != x.def.String()
	return nil
}

// statesOf are the states that a field has, in their order.
func statesOf(ctx context.Context, s *record.Session, f *schema.FieldDef) ([]choice, error) {
	labels, err := process.StateLabels(ctx, s, f)
	if err != nil {
		return nil, err
	}
	var list []choice
	if f.Kind == schema.KindChoice {
		for _, o := range f.Options {
			list = append(list, choice{o.Key, labels[o.Key]})
		}
		return list, nil
	}
	q := record.Query{Object: f.Target}
	if t := s.Schema().Target(f); t != nil {
		if _, ok := t.Field("position"); ok {
			q.Sort = "position"
		}
	}
	err = s.Each(ctx, q, func(r *record.Record) error {
		list = append(list, choice{r.ID.String(), labels[r.ID.String()]})
		return nil
	})
	return list, err
}

func (x *sheet) loadRule(ctx context.Context, s *record.Session, id value.ID) (err error) {
	if x.r, err = s.Get(ctx, process.Rules.Name, id); err != nil {
		return err
	}
	x.name, _ = record.Get(x.r, process.RuleName)
	x.help, _ = record.Get(x.r, process.RuleHelp)
	x.when, _ = record.Get(x.r, process.RuleWhen)
	x.trigger, _ = record.Get(x.r, process.RuleTrigger)
	x.fields, _ = record.Get(x.r, process.RuleFields)
	x.date, _ = record.Get(x.r, process.RuleDate)
	x.offset, _ = record.Get(x.r, process.RuleOffset)
	x.inlet, _ = record.Get(x.r, process.RuleHook)
	x.active, _ = record.Get(x.r, process.RuleActive)
	text, _ := record.Get(x.r, process.RuleActions)
	object, _ := record.Get(x.r, process.RuleObject)
	if x.actions, err = process.ParseActions(text); err != nil {
		return err
	}
	o, ok := s.Schema().Object(object)
	if !ok {
		return errGone
	}
	x.o = o
	x.problems, err = process.CheckRule(ctx, s, id)
	return err
}

// tell puts all conditions and values into words, with the names of what they
// link to in one look.
func (x *sheet) tell(ctx context.Context, s *record.Session) error {
	texts := []string{x.when}
	lists := [][]process.Action{x.actions}
	if x.def != nil {
		for _, m := range x.def.Moves {
			texts = append(texts, m.When)
			lists = append(lists, m.Then)
		}
		for _, st := range x.def.States {
			if st.Limit != nil {
				lists = append(lists, st.Limit.Then)
			}
		}
	}
	for _, text := range texts {
		if _, known := x.told[text]; known || text == "" {
			continue
		}
		w := views.Read(x.v, s, x.o, text)
		if err := w.Names().Load(ctx); err != nil {
			return err
		}
		x.told[text] = w.All(x.v)
	}
	for _, list := range lists {
		for _, a := range list {
			f, ok := x.o.Field(a.Field)
			id, err := value.ParseID(a.Value)
			if ok && err == nil && f.IsLink() {
				x.names.Want(f, id)
			}
		}
	}
	return x.names.Load(ctx)
}

// save writes the sheet as it is now.
func (x *sheet) save(ctx context.Context, s *record.Session) error {
	if x.isRule() {
		v := record.With(record.Values{}, process.RuleName, x.name)
		record.With(v, process.RuleHelp, x.help)
		record.With(v, process.RuleWhen, x.when)
		record.With(v, process.RuleTrigger, x.trigger)
		record.With(v, process.RuleFields, x.fields)
		record.With(v, process.RuleDate, x.date)
		record.With(v, process.RuleOffset, x.offset)
		record.With(v, process.RuleActions, process.ActionsText(x.actions))
		if v[process.RuleHook.Name()] = nil; x.inlet != 0 {
			record.With(v, process.RuleHook, x.inlet)
		}
		_, err := s.Update(ctx, process.Rules.Name, x.r.ID, 0, v)
		return err
	}
	v := record.With(record.Values{}, process.BlueprintName, x.name)
	record.With(v, process.BlueprintHelp, x.help)
	record.With(v, process.BlueprintWhen, x.when)
	record.With(v, process.BlueprintText, x.def.String())
	_, err := s.Update(ctx, process.Blueprints.Name, x.r.ID, 0, v)
	return err
}

// state is the state that is open, nil for none.
func (x *sheet) state() *process.State {
	key, ok := strings.CutPrefix(x.at, "state:")
	if !ok || x.def == nil {
		return nil
	}
	if i := slices.IndexFunc(x.def.States, func(st process.State) bool { return st.State == key }); i >= 0 {
		return &x.def.States[i]
	}
	return nil
}

// move is the way that is open, nil for none.
func (x *sheet) move() *process.Move {
	key, ok := strings.CutPrefix(x.at, "move:")
	if !ok || x.def == nil {
		return nil
	}
	if i := slices.IndexFunc(x.def.Moves, func(m process.Move) bool { return m.Key == key }); i >= 0 {
		return &x.def.Moves[i]
	}
	return nil
}

// trouble is what is wrong with the part of the definition at a place; all of
// it at "".
func (x *sheet) trouble(at string) []process.Problem {
	list := x.problems
	if x.exam != nil {
		list = x.exam.Problems
	}
	if at == "" {
		return list
	}
	prefix := strings.Replace(strings.Replace(at, "state:", "states.", 1), "move:", "moves.", 1)
	return slices.DeleteFunc(slices.Clone(list), func(p process.Problem) bool {
		return p.Path != prefix && !strings.HasPrefix(p.Path, prefix+".")
	})
}

// place is what a problem is about, as an address shows it.
func place(p process.Problem) string {
	names := strings.SplitN(p.Path, ".", 3)
	if len(names) > 1 && names[0] == "states" {
		return "state:" + names[1]
	}
	if len(names) > 1 && names[0] == "moves" {
		return "move:" + names[1]
	}
	return "process"
}

// target is the object that a field leads to.
func (x *sheet) target(f *schema.FieldDef) *schema.Object { return x.schema.Target(f) }
