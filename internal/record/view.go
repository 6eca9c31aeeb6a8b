package record

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"wellmet/internal/expr"
	"wellmet/internal/fault"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Views are saved ways to look at an object's records. A view belongs to who
// made it; he may show it to his team, with the teams below it, or to
// everybody. Views that the program ships are code, not rows.
var Views = schema.NewObject("view", "views", schema.Owned, "View", "Views").PersonalBy("visibility")

// Fields of a view. Texts hold names as people write them; beside them stand
// the ids of the fields that were meant, so that a rename reaches them.
var (
	ViewName   = schema.Text(Views, "name").Required()
	ViewObject = schema.Text(Views, "object").Required()
	ViewLayout = schema.Choice(Views, "layout", ListLayout, BoardLayout, CalendarLayout).Default(ListLayout).Required()
	ViewFilter = schema.LongText(Views, "filter")
	// ViewSort is as Query.Sort, ViewColumns as Query.Fields and ViewGroup as
	// Aggregate.Group, with commas between.
	ViewSort       = schema.Text(Views, "sort")
	ViewColumns    = schema.LongText(Views, "columns")
	ViewGroup      = schema.Text(Views, "group")
	ViewVisibility = schema.Choice(Views, "visibility", ViewPrivate, ViewTeam, ViewAll).Default(ViewPrivate).Required()
	ViewOrder      = schema.Int(Views, "order")
	viewBindings   = schema.LongText(Views, "bindings").ReadOnly().On(func(f *schema.FieldDef) { f.Hidden, f.Quiet = true, true })
)

// Layouts of a view.
const (
	ListLayout     = "list"
	BoardLayout    = "board"
	CalendarLayout = "calendar"
)

// Who sees a view.
const (
	ViewPrivate = "private"
	ViewTeam    = "team"
	ViewAll     = "all"
)

// View is a saved view as one actor has it.
type View struct {
	ID         value.ID
	Version    int64
	Owner      value.ID
	Object     string
	Name       string
	Layout     string
	Filter     string
	Sort       string
	Columns    []string // those the actor may see; nil = as the list has them
	Group      []string
	Visibility string
	Order      int64
	// Problem is why the view cannot be run for the actor; nil = it can. A view
	// that asks for a field he may not read tells neither filter nor order.
	Problem *fault.Error
}

// Query is what the view lists, or why it cannot.
func (v View) Query() (Query, error) {
	if v.Problem != nil {
		return Query{}, v.Problem
	}
	return Query{Object: v.Object, Filter: v.Filter, Sort: v.Sort, Fields: v.Columns}, nil
}

// mostViews is how many views of an object are offered.
const mostViews = 500

// Views lists the saved views of an object that the actor sees, his own and
// those shown to him, in their order and by name.
func (s *Session) Views(ctx context.Context, object string) ([]View, error) {
	o, err := s.Object(object)
	if err != nil {
		return nil, err
	}
	views := s.state.schema.MustObject(Views.Name)
	if !s.knows(views) {
		return nil, nil
	}
	of, _ := views.Field(ViewObject.Name())
	where, err := expr.Compare(of.ExprField(), expr.OpEq, o.Name)
	if err != nil {
		return nil, err
	}
	page, err := s.Query(ctx, Query{Object: Views.Name, Limit: mostViews, Where: where})
	if err != nil {
		return nil, err
	}
	list := make([]View, len(page.Records))
	for i, r := range page.Records {
		if list[i], err = s.viewOf(ctx, o, r); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(list, func(a, b View) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return list, nil
}

// View reads one saved view, as the actor has it.
func (s *Session) View(ctx context.Context, id value.ID) (View, error) {
	r, err := s.Get(ctx, Views.Name, id)
	if err != nil {
		return View{}, err
	}
	object, _ := Get(r, ViewObject)
	o, err := s.Object(object)
	if err != nil {
		return View{}, noRecord(s.state.schema.MustObject(Views.Name), id)
	}
	return s.viewOf(ctx, o, r)
}

func (s *Session) viewOf(ctx context.Context, o *schema.Object, r *Record) (View, error) {
	v := View{ID: r.ID, Version: r.Version, Owner: r.Owner(), Object: o.Name}
	for _, x := range []struct {
		to *string
		of schema.Field[string]
	}{{&v.Name, ViewName}, {&v.Layout, ViewLayout}, {&v.Filter, ViewFilter}, {&v.Sort, ViewSort}, {&v.Visibility, ViewVisibility}} {
		*x.to, _ = Get(r, x.of)
	}
	v.Order, _ = Get(r, ViewOrder)
	columns, _ := Get(r, ViewColumns)
	group, _ := Get(r, ViewGroup)
	v.Group = viewParts(group)
	for _, path := range viewParts(columns) {
		if _, err := s.project(o, []string{path}); err == nil {
			v.Columns = append(v.Columns, path)
		}
	}
	problem, err := s.viewProblem(ctx, o, v)
	if problem != nil {
		v.Problem, v.Filter, v.Sort, v.Group = problem, "", "", nil
	}
	return v, err
}

// viewProblem tells what keeps the view from being run: fields that are gone,
// or that the actor may not read.
func (s *Session) viewProblem(ctx context.Context, o *schema.Object, v View) (*fault.Error, error) {
	err := s.runs(ctx, o, v)
	if err == nil {
		return nil, nil
	}
	if _, ok := fault.As(err); !ok {
		return nil, err
	}
	args := fault.Args{"view": v.Name}
	broken, ok := fault.As(s.system().runs(ctx, o, v))
	if !ok {
		return fault.New(fault.Forbidden, "record.view_hidden", args), nil
	}
	return fault.New(fault.Invalid, "record.view_broken", args).With(broken.Fields...), nil
}

// runs says why filter, sort and group would be refused.
func (s *Session) runs(ctx context.Context, o *schema.Object, v View) error {
	if _, err := s.list(ctx, Query{Object: o.Name, Filter: v.Filter, Sort: v.Sort, Fields: []string{"id"}}); err != nil {
		return err
	}
	p := &aggregation{s: s, o: o}
	for _, text := range v.Group {
		if _, err := p.parseGroup(text); err != nil {
			return err
		}
	}
	return nil
}

// viewParts reads "a, b".
func viewParts(text string) (parts []string) {
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}
