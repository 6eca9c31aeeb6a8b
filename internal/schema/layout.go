package schema

import (
	"maps"
	"slices"
	"strings"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/value"
)

// Layout is how the records of an object are shown: the groups of fields that
// the record's page, the form of a new one and the sheet beside a list have in
// common, the columns of a list nobody has chosen others for, and the fields of
// a card. Fields stand in it by name; it may name removed ones, which take their
// places again when they come back.
type Layout struct {
	Groups  []Group  `json:"groups,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Card    []string `json:"card,omitempty"`
	// Links is the order of the lists of records that lead here, each by Way;
	// those that it does not name come behind.
	Links []string `json:"links,omitempty"`
}

// Group is a headed part of a layout.
type Group struct {
	Key    string            `json:"key"`
	Labels map[string]string `json:"labels,omitempty"`
	Fields []string          `json:"fields,omitempty"`
	// Folded groups are closed until somebody opens them.
	Folded bool `json:"folded,omitempty"`
}

// The groups of objects that nobody has arranged, in their order.
const (
	GroupDetails  = "details"
	GroupForecast = "forecast"
	GroupReach    = "reach"
	GroupAmounts  = "amounts"
	GroupOutcome  = "outcome"
	GroupMore     = "more"
	GroupSystem   = "system"
)

var groupOrder = []string{GroupDetails, GroupForecast, GroupReach, GroupAmounts, GroupOutcome, GroupMore, GroupSystem}

const (
	maxGroups  = 30
	maxColumns = 30
	maxCard    = 8
	maxLinks   = 200
	maxHeading = 100
	maxLayouts = 200
)

// Label is the heading of the group in a language: the company's own, else the
// catalogue's, else the company's English one.
func (g Group) Label(language string) string {
	for _, l := range own(language) {
		if s := g.Labels[l]; s != "" {
			return s
		}
	}
	if s := g.Labels[english]; s != "" {
		return s
	}
	if slices.Contains(groupOrder, g.Key) {
		return i18n.Text(language, "schema.group."+g.Key, nil)
	}
	for _, l := range slices.Sorted(maps.Keys(g.Labels)) {
		if s := g.Labels[l]; s != "" {
			return s
		}
	}
	return humanize(g.Key)
}

// Layout is the arrangement of today: every field that is not hidden stands in
// exactly one group. What nobody has placed, such as a new field, stands where
// its like do.
func (o *Object) Layout() Layout { return o.arranged(o.Arranged) }

// LayoutOf is the arrangement of records of a kind: its own groups, where it has
// any, and all else as the object has it.
func (o *Object) LayoutOf(kind string) Layout {
	l := o.Layout()
	if own := o.Layouts[kind]; own != nil {
		l.Groups = o.arranged(own).Groups
	}
	return l
}

// arrangements are the layouts that somebody made, the object's own first.
func (o *Object) arrangements() (list []*Layout) {
	if o.Arranged != nil {
		list = append(list, o.Arranged)
	}
	for _, kind := range slices.Sorted(maps.Keys(o.Layouts)) {
		list = append(list, o.Layouts[kind])
	}
	return list
}

func (o *Object) arranged(own *Layout) Layout {
	var l Layout
	if own != nil {
		l = *own.clone()
	}
	left := map[string]bool{}
	for _, f := range o.Fields {
		left[f.Name] = !f.Hidden && f.Name != "id" && f.Name != "version"
	}
	living := func(names []string, take bool) (kept []string) {
		for _, name := range names {
			if left[name] {
				kept = append(kept, name)
				left[name] = !take
			}
		}
		return kept
	}
	l.Columns, l.Card = living(l.Columns, false), living(l.Card, false)
	for i := range l.Groups {
		l.Groups[i].Fields = living(l.Groups[i].Fields, true)
	}
	whole := len(l.Groups) == 0
	for _, f := range o.Fields {
		if left[f.Name] {
			l.place(groupOf(f), f.Name, whole)
		}
	}
	if whole {
		slices.SortStableFunc(l.Groups, func(a, b Group) int { return slices.Index(groupOrder, a.Key) - slices.Index(groupOrder, b.Key) })
	}
	if len(l.Columns) == 0 {
		l.Columns = usualColumns(o)
	}
	return l
}

// place puts a field into the group of that key. In an arranged layout without
// it, engine fields get their folded group and all else the last one before.
func (l *Layout) place(key, field string, make bool) {
	at := slices.IndexFunc(l.Groups, func(g Group) bool { return g.Key == key })
	if at < 0 && !make && key != GroupSystem {
		for i, g := range l.Groups {
			if g.Key != GroupSystem {
				at = i
			}
		}
	}
	if at < 0 {
		l.Groups = append(l.Groups, Group{Key: key, Folded: key == GroupSystem})
		at = len(l.Groups) - 1
	}
	l.Groups[at].Fields = append(l.Groups[at].Fields, field)
}

// Group is the place of a field in the layout, -1 for one that is not shown.
func (l Layout) Group(field string) int {
	return slices.IndexFunc(l.Groups, func(g Group) bool { return slices.Contains(g.Fields, field) })
}

// placed are built-in fields whose kind does not say where they belong.
var placed = map[string]string{
	"probability": GroupForecast, "weighted": GroupForecast, "forecast": GroupForecast, "next_step": GroupForecast, "score": GroupForecast,
	"won_reason": GroupOutcome, "lost_reason": GroupOutcome, "competitor": GroupOutcome, "closed_at": GroupOutcome, "cycle_days": GroupOutcome,
	"converted_at": GroupOutcome, "converted_account": GroupOutcome, "converted_contact": GroupOutcome, "converted_deal": GroupOutcome,
	"once_total": GroupAmounts, "yearly_recurring": GroupAmounts, "tax_total": GroupAmounts, "gross_total": GroupAmounts,
	"amount_differs": GroupSystem, "lines_mixed": GroupSystem,
	"no_calls": GroupReach, "no_mail": GroupReach, "preferences": GroupReach, "language": GroupReach,
	"owner": GroupDetails, "external_id": GroupSystem, "incomplete": GroupSystem, "own_probability": GroupSystem, "own_forecast": GroupSystem, "stage_since": GroupSystem, "path": GroupSystem,
	"campaign": GroupSystem, "channel": GroupSystem, "captured_at": GroupSystem,
}

// groupOf tells where a field stands that nobody has placed: Details unless its
// name or kind says otherwise; what the company added to a built-in object
// stands by itself.
func groupOf(f *FieldDef) string {
	if key := placed[f.Name]; key != "" && f.Builtin {
		return key
	}
	switch {
	case !f.Builtin && f.Object != nil && f.Object.Builtin:
		return GroupMore
	case f.Engine:
		return GroupSystem
	}
	switch f.Kind {
	case KindEmail, KindPhone, KindURL, KindAddress, KindPlace:
		return GroupReach
	}
	return GroupDetails
}

// usual are the columns of built-in objects that nobody has chosen others for.
var usual = map[string][]string{
	"deal":     {"name", "account", "stage", "path", "amount", "probability", "close_date", "stage_since", "owner", "next_activity_at"},
	"lead":     {"name", "company", "status", "source", "score", "owner", "next_activity_at", "created_at"},
	"account":  {"name", "kinds", "industry", "owner", "last_activity_at", "next_activity_at"},
	"contact":  {"name", "account", "job_title", "email", "phone", "owner", "next_activity_at"},
	"activity": {"subject", "kind", "about", "due_at", "done", "priority", "owner"},
	"product":  {"name", "code", "series", "price", "billing", "active"},
}

// usualFew is how many fields of a company's own object a list begins with.
const usualFew = 6

func usualColumns(o *Object) []string {
	if names := usual[o.Name]; o.Builtin && names != nil {
		return names
	}
	var names []string
	for _, f := range o.Fields {
		if !f.Hidden && !f.Engine && f.ValueKind() != KindLongText && f.Name != "owner" && len(names) < usualFew {
			names = append(names, f.Name)
		}
	}
	if o.HasOwner() {
		names = append(names, "owner")
	}
	return append(names, "updated_at")
}

func (l *Layout) clone() *Layout {
	if l == nil {
		return nil
	}
	c := Layout{Groups: slices.Clone(l.Groups), Columns: slices.Clone(l.Columns), Card: slices.Clone(l.Card), Links: slices.Clone(l.Links)}
	for i, g := range c.Groups {
		c.Groups[i].Labels, c.Groups[i].Fields = maps.Clone(g.Labels), slices.Clone(g.Fields)
	}
	return &c
}

// Way names a list of records that lead to an object by a field of theirs.
func Way(f *FieldDef) string { return f.Object.Name + "." + f.Name }

// renameWays keeps orders of lists: to answers what a way is called from now on.
func (d *draft) renameWays(to func(object, field string) (string, string)) {
	for _, o := range d.objects {
		if o.Arranged == nil {
			continue
		}
		for i, way := range o.Arranged.Links {
			object, field := to(cut(way))
			o.Arranged.Links[i] = object + "." + field
		}
	}
}

func cut(way string) (object, field string) {
	object, field, _ = strings.Cut(way, ".")
	return object, field
}

// checkWays refuses an order of lists that there are not, or of one twice.
// Lists by removed fields keep their places.
func (d *draft) checkWays(o *Object) error {
	if o.Arranged == nil {
		return nil
	}
	wrong := fault.New(fault.Invalid, "schema.bad_layout", fault.Args{"object": o.Name})
	if len(o.Arranged.Links) > maxLinks {
		return wrong
	}
	seen := map[string]bool{}
	for _, way := range o.Arranged.Links {
		object, field := cut(way)
		leads := slices.ContainsFunc(d.objects, func(x *Object) bool {
			return x.Name == object && slices.ContainsFunc(x.Fields, func(f *FieldDef) bool { return f.Name == field && f.Target == o.Name })
		})
		if !leads || seen[way] {
			return wrong
		}
		seen[way] = true
	}
	return nil
}

// rename keeps what names a field.
func (l *Layout) rename(from, to string) {
	if l == nil {
		return
	}
	lists := [][]string{l.Columns, l.Card}
	for _, g := range l.Groups {
		lists = append(lists, g.Fields)
	}
	for _, names := range lists {
		for i, name := range names {
			if name == from {
				names[i] = to
			}
		}
	}
}

// checkLayouts refuses an arrangement that names what the object does not have,
// or one thing twice, and one of a kind that says more than groups of fields.
func checkLayouts(o *Object) error {
	wrong := fault.New(fault.Invalid, "schema.bad_layout", fault.Args{"object": o.Name})
	if len(o.Layouts) > maxLayouts {
		return wrong
	}
	for kind, l := range o.Layouts {
		if _, err := value.ParseID(kind); err != nil || l == nil || len(l.Groups) == 0 || len(l.Columns)+len(l.Card)+len(l.Links) > 0 {
			return wrong
		}
	}
	for _, l := range o.arrangements() {
		if err := checkLayout(o, l); err != nil {
			return err
		}
	}
	return nil
}

func checkLayout(o *Object, l *Layout) error {
	wrong := fault.New(fault.Invalid, "schema.bad_layout", fault.Args{"object": o.Name})
	if len(l.Groups) > maxGroups || len(l.Columns) > maxColumns || len(l.Card) > maxCard {
		return wrong
	}
	keys := map[string]bool{}
	var all []string
	for _, g := range l.Groups {
		if !nameShape.MatchString(g.Key) || keys[g.Key] {
			return wrong
		}
		keys[g.Key] = true
		for _, label := range g.Labels {
			if _, err := value.Clean(label); err != nil || len([]rune(label)) > maxHeading {
				return wrong
			}
		}
		all = append(all, g.Fields...)
	}
	known := map[string]bool{}
	for _, f := range slices.Concat(engineFields(o), o.Fields) {
		known[f.Name] = true
	}
	for _, names := range [][]string{all, l.Columns, l.Card} {
		seen := map[string]bool{}
		for _, name := range names {
			if !known[name] {
				return UnknownField(o, name, nil)
			}
			if seen[name] {
				return wrong
			}
			seen[name] = true
		}
	}
	return nil
}

// RemovedObjects are the objects that can be brought back, the last first.
func (s *Schema) RemovedObjects() []*Object {
	var list []*Object
	for _, o := range slices.Backward(s.model) {
		if o.Removed {
			list = append(list, o)
		}
	}
	return list
}

// RemovedFields are the fields of an object that can be brought back.
func (s *Schema) RemovedFields(o *Object) []*FieldDef {
	var list []*FieldDef
	for _, m := range s.model {
		if m.ID != o.ID {
			continue
		}
		for _, f := range slices.Backward(m.Fields) {
			if f.Removed {
				list = append(list, f)
			}
		}
	}
	return list
}
