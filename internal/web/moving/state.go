package moving

import (
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/value"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// most bounds how many options a field may have to be one of states.
const most = 60

// States are the fields of an object whose values are states of its records,
// as far as the actor may see and filter by them: choices, and links to lists
// of states.
func States(s *record.Session, o *schema.Object) []*schema.FieldDef {
	var found []*schema.FieldDef
	for _, f := range o.Visible() {
		if f.ReadOnly || f.Engine || f.Derived() || !s.Actor().CanFilter(f) {
			continue
		}
		switch target := s.Schema().Target(f); {
		case f.Kind == schema.KindChoice && len(f.Options) > 1 && len(f.Options) <= most:
			found = append(found, f)
		case f.Kind == schema.KindLink && target != nil && target.StateList && s.Actor().Can(target, access.Read):
			found = append(found, f)
		}
	}
	// Where records stand on their way comes first: a list of states, a status.
	slices.SortStableFunc(found, func(a, b *schema.FieldDef) int { return rank(a) - rank(b) })
	return found
}

func rank(f *schema.FieldDef) int {
	switch {
	case f.IsLink():
		return 0
	case f.Name == "status" || f.Name == "stage" || f.Name == "state":
		return 1
	case !f.Builtin:
		return 2
	}
	return 3
}

// NoneLabel is what stands for no state of a field.
func NoneLabel(v *kit.View, f *schema.FieldDef) string {
	return v.T("web.moving.none", "field", f.Label(v.Lang))
}

// byStage reports whether a field is the stage of deals, whose kinds decide
// what a move means.
func byStage(f *schema.FieldDef) bool { return f.ID == sales.DealStage.ID() }

// read is a state as forms name it: the key of an option, the id of a record,
// None. A deal may also be sent to a kind of stage: won, lost or open; a lead,
// to that of the disqualified.
func read(f *schema.FieldDef, key string) (state any, kind string, err error) {
	switch {
	case key == None:
		return nil, "", nil
	case byStage(f) && (key == sales.Won || key == sales.Lost || key == sales.Open):
		return nil, key, nil
	case f.ID == sales.LeadStage.ID() && key == sales.Disqualified:
		return nil, key, nil
	case f.IsLink():
		id, err := value.ParseID(key)
		if err != nil {
			return nil, "", errNoState
		}
		return id, "", nil
	}
	if _, ok := f.Option(key); !ok {
		return nil, "", errNoState
	}
	return key, "", nil
}

// label is how people call a state of the field.
func (m *moving) label(n *parts.Names, state any) string {
	if state == nil {
		return NoneLabel(m.c.View, m.field)
	}
	return parts.Text(m.c.View, n, m.field, state)
}
