package report

import (
	"cmp"
	"context"
	"slices"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/store"
	"wellmet/internal/value"
)

// Dashboards that every company begins with: one's own business first, and what
// a manager looks at on Monday.
const (
	OwnDashboard     = "mine"
	ManagerDashboard = "monday"
)

// Offer adds dashboards that the program ships; rooms declare them as they do
// reports.
func (b *Book) Offer(list ...Dashboard) *Book {
	b.shipped = append(b.shipped, list...)
	return b
}

// mostDashboards is how many of a company's are offered.
const mostDashboards = 200

// Dashboards are those that the actor may open: the shipped ones, then his own
// and those shown to him by name.
func (b *Book) Dashboards(ctx context.Context, s *record.Session) ([]Dashboard, error) {
	list := slices.Clone(b.shipped)
	if _, err := s.Object(Dashboards.Name); err != nil {
		return list, nil
	}
	page, err := s.Query(ctx, record.Query{Object: Dashboards.Name, Sort: "name", Limit: mostDashboards})
	if err != nil {
		return nil, err
	}
	for _, r := range page.Records {
		list = append(list, DashboardOf(r))
	}
	return list, nil
}

// Dashboard finds one by its key: the word of one that is shipped, or an id.
func (b *Book) Dashboard(ctx context.Context, s *record.Session, key string) (Dashboard, error) {
	if i := slices.IndexFunc(b.shipped, func(d Dashboard) bool { return d.Key == key }); i >= 0 {
		return b.shipped[i], nil
	}
	id, err := value.ParseID(key)
	if err != nil {
		return Dashboard{}, fault.New(fault.NotFound, "report.no_dashboard", fault.Args{"key": value.Printable(key)})
	}
	r, err := s.Get(ctx, Dashboards.Name, id)
	if err != nil {
		return Dashboard{}, err
	}
	return DashboardOf(r), nil
}

// Title is the name of a dashboard in a language.
func (d Dashboard) Title(w *Words) string {
	return cmp.Or(d.Name, w.ours("report.dashboard."+d.Key, d.Key))
}

// Help says what a dashboard that the program ships is for.
func (d Dashboard) Help(w *Words) string {
	if d.ID != 0 {
		return ""
	}
	return w.ours("report.dashboard_help."+d.Key, "")
}

// first keeps which dashboard a member chose to see first.
func first(s *record.Session) store.Setting[string] {
	return store.Setting[string]{Key: "dashboard:" + s.Actor().Member().String()}
}

// ChooseFirst makes a dashboard the one that the actor sees first.
func (b *Book) ChooseFirst(ctx context.Context, s *record.Session, key string) error {
	d, err := b.Dashboard(ctx, s, key)
	if err != nil {
		return err
	}
	return first(s).Set(ctx, s.Tx(), d.Key)
}

// First is the dashboard that the actor sees first: the one he chose, else that
// of his role, else his own business or, if he leads somebody, that of a manager.
func (b *Book) First(ctx context.Context, s *record.Session) (string, error) {
	key, err := first(s).Get(ctx, s.Tx())
	if err != nil {
		return "", err
	}
	if key != "" {
		if _, err := b.Dashboard(ctx, s, key); err == nil {
			return key, nil
		}
	}
	list, err := b.Dashboards(ctx, s)
	if err != nil {
		return "", err
	}
	for _, d := range list {
		if d.Role != 0 && d.Role == s.Actor().Role() {
			return d.Key, nil
		}
	}
	if Leads(s) {
		return ManagerDashboard, nil
	}
	return OwnDashboard, nil
}

// Leads reports whether the actor leads somebody who works here.
func Leads(s *record.Session) bool {
	r, me := s.Roster(), s.Actor().Member()
	manager, ok := r.Role(access.ManagerRole)
	return s.Actor().Admin() || ok && s.Actor().Role() == manager ||
		slices.ContainsFunc(r.MemberIDs(), func(id value.ID) bool { return r.Active(id) && r.ManagerOf(id) == me })
}

// Answer is what a tile shows to one reader.
type Answer struct {
	Tile  Tile
	Scope Scope
	// Words tell the figures of a report; Column is the place of the one that the
	// tile is about.
	Words  *Words
	Object *schema.Object
	Column int
	Trend  *Words   // the figure of a number by month, nil where it has no day
	List   *Listing // of a list
	// Picture is what a panel shows; its Words tell only in which language.
	Picture *Picture
}

// Answer works out a tile in the session's name. x is how the reader narrowed
// the dashboard.
func (b *Book) Answer(ctx context.Context, s *record.Session, w *Words, t Tile, x Scope) (*Answer, error) {
	if t.Period != "" {
		x.Period = t.Period
	}
	a := &Answer{Tile: t, Scope: x.On(s)}
	switch t.Kind {
	case ListTile:
		return a, a.list(ctx, s, w)
	case PanelTile:
		return a, b.panel(ctx, s, a, w)
	}
	return a, b.answer(ctx, s, a, w)
}

func (b *Book) answer(ctx context.Context, s *record.Session, a *Answer, w *Words) error {
	spec, err := b.Find(ctx, s, a.Tile.Of)
	if err != nil {
		return err
	}
	if spec.Problem != nil {
		return spec.Problem
	}
	return a.hidden(s, cmp.Or(a.Tile.Title, spec.title(w.Lang)), b.figures(ctx, s, a, spec, w))
}

// figures asks the report as the tile does.
func (b *Book) figures(ctx context.Context, s *record.Session, a *Answer, spec Spec, w *Words) (err error) {
	if a.Object, err = s.Object(spec.Object); err != nil {
		return err
	}
	p := a.Scope.Params(s, spec, a.Object)
	p.Filter = Both(p.Filter, a.Tile.Filter)
	if a.Tile.Column != "" {
		a.Column = slices.IndexFunc(spec.Columns, func(c Column) bool { return c.Name == a.Tile.Column })
	}
	if a.Tile.Kind == NumberTile && spec.Run == nil && a.Column >= 0 && a.Column < len(spec.Columns) {
		return b.number(ctx, s, a, spec, p, w)
	}
	if a.Tile.Kind == NumberTile {
		p.Compare = NoComparison
	}
	table, err := b.RunSpec(ctx, s, spec, p)
	if err != nil {
		return err
	}
	if a.Tile.Column != "" {
		a.Column = slices.IndexFunc(table.Columns, func(c Column) bool { return c.Name == a.Tile.Column })
	}
	if a.Column < 0 || a.Column >= len(table.Columns) {
		return fault.New(fault.Invalid, "report.no_column", fault.Args{"column": value.Printable(a.Tile.Column)})
	}
	a.Words, err = Worded(s, w.Format, spec, table)
	return err
}

// number asks for one figure alone: its total, beside that of the period before,
// and by month where the report has a day.
func (b *Book) number(ctx context.Context, s *record.Session, a *Answer, spec Spec, p Params, w *Words) error {
	spec.Columns, spec.Group, spec.Sort, spec.Then = spec.Columns[a.Column:a.Column+1], nil, "", nil
	a.Column, p.Compare = 0, PreviousPeriod
	t, err := b.RunSpec(ctx, s, spec, p)
	if err != nil {
		return err
	}
	if a.Words, err = Worded(s, w.Format, spec, t); err != nil || spec.Period == "" {
		return err
	}
	spec.Group, p.Compare = []string{spec.Period + ":month"}, NoComparison
	p.From, p.To = SpanOf("last_12", s)
	if t, err = b.RunSpec(ctx, s, spec, p); err != nil {
		return err
	}
	a.Trend, err = Worded(s, w.Format, spec, t)
	return err
}
