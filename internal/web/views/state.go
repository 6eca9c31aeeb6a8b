package views

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"wellmet/internal/access"
	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/sales"
	"wellmet/internal/schema"
	"wellmet/internal/web/door"
	"wellmet/internal/web/kit"
	"wellmet/internal/web/parts"
)

// State is how the caller looks at an object's records just now.
type State struct {
	Object *schema.Object
	Layout string // record.ListLayout, BoardLayout or CalendarLayout
	Tabs   []Tab
	Tab    int // the current one's place in Tabs
	Home   int // of the one that opens when the address names none
	Chips  []Chip
	// Filter is all chips as one expression, those that are not applied too.
	Filter  string
	Sort    string
	Columns []string // API paths, the title first
	Text    string   // what stands in the box for full text
	Place
	Trash bool
	// AsOf is the moment that is looked back to, zero for now: nothing can be
	// changed then.
	AsOf time.Time
	// Notes are what of the address could not be followed, and why.
	Notes []string
	// Names has the titles of what chips name.
	Names *parts.Names
	// Layouts that the object has.
	Layouts []string
	// May says what the caller may do with records of the object.
	May Rights
	// Own are what a board or calendar keeps in its address beside: its columns,
	// its pipeline, its month.
	Own url.Values

	asked   string // the filter as the address has it, broken or not
	applied string // of the chips that can be
	day     string // of AsOf, as the address has it
	choices []*schema.FieldDef
	columns []Column
}

// Rights are what one may do with an object's records, some of them at least.
// Who may teach makes processes of what they have in common.
type Rights struct{ Create, Update, Delete, Export, Import, Save, Teach bool }

// Parse reads the address of the call as a look at the object's records.
// Nothing that stands there is an error: what cannot be followed is left out
// and told.
func Parse(c *door.Call, s *record.Session, o *schema.Object) (*State, error) {
	st, err := Of(c, s, o, c.R.URL.Query())
	if err != nil {
		return nil, err
	}
	return st, st.Names.Load(c.Ctx)
}

// LearnURL is the page that makes a process of what won deals have in common.
const LearnURL = "/settings/blueprints/learn"

// Of is the look that the parameters of another address describe.
func Of(c *door.Call, s *record.Session, o *schema.Object, q url.Values) (*State, error) {
	st := &State{Object: o, Names: parts.NewNames(s), Text: clip(q.Get("q"), 200), Place: placeOf(q), Trash: q.Get("trash") == "1"}
	can := func(a access.Action) bool { return s.Actor().Can(o, a) }
	st.May = Rights{Create: can(access.Create), Update: can(access.Update), Delete: can(access.Delete), Export: can(access.Export), Import: can(access.Import),
		Teach: o.Name == sales.Deals.Name && s.Actor().Admin()}
	st.Trash = st.Trash && st.May.Delete
	st.lookBack(c.View, s, q.Get("as_of"))
	if err := st.findTabs(c, s, q.Get("view")); err != nil {
		return nil, err
	}
	tab := st.Tabs[st.Tab]
	st.Layouts = layouts(s, o)
	if st.Past() { // months are of now
		st.Layouts = slices.DeleteFunc(st.Layouts, func(l string) bool { return l == record.CalendarLayout })
	}
	st.Layout = given(q, "layout", cmp.Or(tab.Layout, record.ListLayout))
	if !slices.Contains(st.Layouts, st.Layout) {
		st.Layout = record.ListLayout
	}
	st.readOwn(q)
	if tab.problem != "" {
		st.Notes = append(st.Notes, tab.problem)
	}
	st.readFilter(c.View, s, given(q, "filter", tab.Filter))
	st.readColumns(c.View, s, given(q, "columns", strings.Join(tab.Columns, ",")))
	st.readSort(c.View, s, given(q, "sort", tab.Sort))
	return st, nil
}

// ownParams are the parameters of boards and calendars.
var ownParams = []string{"by", "pipeline", "open", "month", "span"}

func (st *State) readOwn(q url.Values) {
	st.Own = url.Values{}
	for _, name := range ownParams {
		if st.Layout != record.ListLayout && q.Get(name) != "" {
			st.Own.Set(name, clip(q.Get(name), 500))
		}
	}
}

// given is a parameter of the address if it stands there, even empty.
func given(q url.Values, name, otherwise string) string {
	if v, ok := q[name]; ok {
		return v[0]
	}
	return otherwise
}

func clip(text string, most int) string {
	runes := []rune(strings.ToValidUTF8(text, "�"))
	return string(runes[:min(len(runes), most)])
}

// Query is what to read for a page of the list.
func (st *State) Query() record.Query {
	return record.Query{Object: st.Object.Name, Filter: st.applied, Sort: st.Sort, Text: st.Text, Trash: st.Trash, Cursor: st.Cursor, Limit: st.Rows, AsOf: st.AsOf}
}

// Aggregate asks for figures over all that the view shows.
func (st *State) Aggregate(measures ...string) record.Aggregate {
	return record.Aggregate{Object: st.Object.Name, Filter: st.applied, Text: st.Text, Measures: measures, AsOf: st.AsOf}
}

// Applied is the filter without what cannot be followed.
func (st *State) Applied() string { return st.applied }

// Teaches reports whether what is listed can be learned from. What a search for
// words finds cannot be told to another page.
func (st *State) Teaches() bool { return st.May.Teach && !st.Trash && st.Text == "" }

// Workable reports whether the look is a list that can be worked through.
func (st *State) Workable() bool { return !st.Trash && !st.Past() && st.Layout == record.ListLayout }

// Current is the tab that is chosen.
func (st *State) Current() Tab { return st.Tabs[st.Tab] }

// Filtered reports whether something narrows the records that are shown.
func (st *State) Filtered() bool { return st.applied != "" || st.Text != "" }

// Changed reports whether the look differs from the view that it began with.
// Seeing the same in another layout is no change, though it can be saved.
func (st *State) Changed() bool {
	tab := st.Tabs[st.Tab]
	return st.asked != tab.Filter || st.Sort != tab.sort || !slices.Equal(st.Columns, tab.columns)
}

// Otherwise reports whether there is anything to save, the layout included.
func (st *State) Otherwise() bool {
	return st.Changed() || st.Layout != cmp.Or(st.Current().Layout, record.ListLayout)
}

// ByHand reports whether records are narrowed beyond what the view itself asks.
func (st *State) ByHand() bool { return st.asked != st.Current().Filter || st.Text != "" }

// stateOf finds a field by which records move from state to state.
func stateOf(s *record.Session, o *schema.Object) (*schema.FieldDef, bool) {
	for _, f := range o.Fields {
		if f.Hidden || !s.Actor().CanFilter(f) {
			continue
		}
		switch {
		case f.Kind == schema.KindChoice && len(f.Options) > 1:
			return f, true
		case f.Kind == schema.KindLink && s.Schema().Target(f).StateList:
			return f, true
		}
	}
	return nil, false
}

// layouts are the ways in which an object can be looked at.
func layouts(s *record.Session, o *schema.Object) []string {
	all := []string{record.ListLayout}
	if _, ok := stateOf(s, o); ok {
		all = append(all, record.BoardLayout)
	}
	if o.When != "" {
		all = append(all, record.CalendarLayout)
	}
	return all
}

// sqlable reports whether the database can ask for the field.
func sqlable(f *schema.FieldDef) bool {
	if f.Kind != schema.KindFormula || f.Stored || f.Expr == nil {
		return true
	}
	ok, _ := f.Expr.SQLable()
	return ok
}

// Label is the name of the object's records.
func (st *State) Label(v *kit.View) schema.Label { return st.Object.Label(v.Lang) }

var anyCondition = expr.Bool
