package report

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wellmet/internal/access"
	"wellmet/internal/fault"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	"wellmet/internal/value"
)

// Dashboards are pages of tiles that somebody puts together: for himself, for
// his team, or for everybody. Those that the program ships are code, not rows.
var Dashboards = dashboards()

func dashboards() *schema.Object {
	o := schema.NewObject("dashboard", "dashboards", schema.Owned, "Dashboard", "Dashboards").PersonalBy("visibility")
	o.Hidden = true // it has pages of its own
	return o
}

// Fields of a dashboard. The layout is that of Layout, as JSON; whoever has the
// role sees the dashboard first unless he has chosen another.
var (
	DashboardName       = schema.Text(Dashboards, "name").Required()
	DashboardVisibility = schema.Choice(Dashboards, "visibility", record.ViewPrivate, record.ViewTeam, record.ViewAll).Default(record.ViewPrivate).Required()
	DashboardLayout     = schema.LongText(Dashboards, "layout").On(func(f *schema.FieldDef) { f.Quiet = true })
	DashboardRole       = schema.Link(Dashboards, "first_for", access.Roles.Name)
)

// Dashboard is one page of tiles as somebody has it.
type Dashboard struct {
	// Key is its address: the id, or the word of one that is shipped.
	Key        string
	ID         value.ID // 0 = shipped
	Version    int64
	Owner      value.ID
	Name       string // "" = shipped: the program knows its name in every language
	Visibility string
	Role       value.ID
	Layout     Layout
}

// Layout is what a dashboard shows, and how it is narrowed unless its reader
// chooses otherwise.
type Layout struct {
	Period string `json:"period,omitempty"` // one of Periods
	Whose  string `json:"whose,omitempty"`  // one of Whose
	Tiles  []Tile `json:"tiles"`
}

// Whose figures a dashboard shows at first: all that its reader sees, his own, or
// those of his team.
const (
	Everybodys = ""
	Mine       = "me"
	MyTeams    = "team"
)

// Tile is one place on a dashboard.
type Tile struct {
	Kind string `json:"kind"`
	// Of is what is shown: the name or id of a report; the plural of an object or
	// the id of a view, for a list; the key of a panel.
	Of string `json:"of"`
	// Column is the figure of a report, "" = its first; of a list its fields, with
	// commas between.
	Column string `json:"column,omitempty"`
	Filter string `json:"filter,omitempty"` // a further condition
	Sort   string `json:"sort,omitempty"`   // of a list
	Title  string `json:"title,omitempty"`  // "" = what is shown says its own
	Period string `json:"period,omitempty"` // of its own; "" = the dashboard's
	Width  int    `json:"width"`            // of twelve
	// Own says that whoever looks wrote it himself.
	Own bool `json:"-"`
}

// Kinds of tiles.
const (
	ChartTile  = "chart"  // a report as its chart
	TableTile  = "table"  // a report as its table
	NumberTile = "number" // the total of one figure of a report
	ListTile   = "list"   // the first records of a list
	PanelTile  = "panel"  // something of another room
)

// Widths are those that a tile can have.
var Widths = []int{3, 4, 6, 8, 12}

const (
	mostTiles = 24
	longTitle = 120
)

// Check says what is wrong with a layout.
func (l Layout) Check() error {
	bad := func(key string, args fault.Args) error { return fault.New(fault.Invalid, key, args) }
	if l.Period != "" && (!slices.Contains(Periods, l.Period) || l.Period == Dates) {
		return bad("report.layout_period", fault.Args{"period": value.Printable(l.Period)})
	}
	if l.Whose != Everybodys && l.Whose != Mine && l.Whose != MyTeams {
		return bad("report.layout_whose", fault.Args{"whose": value.Printable(l.Whose)})
	}
	if len(l.Tiles) > mostTiles {
		return bad("report.layout_many", fault.Args{"most": mostTiles})
	}
	for i, t := range l.Tiles {
		switch {
		case !slices.Contains([]string{ChartTile, TableTile, NumberTile, ListTile, PanelTile}, t.Kind), t.Of == "", len(t.Of) > longTitle:
			return bad("report.layout_tile", fault.Args{"tile": i + 1})
		case !slices.Contains(Widths, t.Width):
			return bad("report.layout_width", fault.Args{"tile": i + 1})
		case t.Period != "" && (!slices.Contains(Periods, t.Period) || t.Period == Dates):
			return bad("report.layout_period", fault.Args{"period": value.Printable(t.Period)})
		case len(t.Title) > longTitle, len(t.Column) > longTitle, len(t.Filter) > 2000, len(t.Sort) > longTitle:
			return bad("report.layout_title", fault.Args{"tile": i + 1, "most": longTitle})
		}
	}
	return nil
}

// ParseLayout reads a layout; an empty text is an empty one.
func ParseLayout(text string) (Layout, error) {
	var l Layout
	if strings.TrimSpace(text) == "" {
		return l, nil
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil || d.More() {
		return Layout{}, fault.New(fault.Invalid, "report.layout_bad", nil).Because(err)
	}
	return l, l.Check()
}

// Tile is the one of a place, as the actor has it.
func (d Dashboard) Tile(s *record.Session, n int) Tile {
	t := d.Layout.Tiles[n]
	t.Own = d.ID != 0 && d.Owner == s.Actor().Member()
	return t
}

func (l Layout) String() string {
	if l.Tiles == nil {
		l.Tiles = []Tile{}
	}
	text, _ := json.Marshal(l) // texts and numbers only
	return string(text)
}

// checkDashboards refuses a layout that nobody could draw, and lets only
// administrators say what a role sees first.
func checkDashboards(_ context.Context, s *record.Session, drafts []*record.Draft) error {
	for _, d := range drafts {
		if d.Doing == record.Deleting || d.Doing == record.Restoring {
			continue
		}
		if text, ok := record.Will(d, DashboardLayout); ok {
			if _, err := ParseLayout(text); err != nil {
				d.Fail(err)
				continue
			}
		}
		was, _ := record.Was(d, DashboardRole)
		if role, _ := record.Will(d, DashboardRole); role != was && !s.Actor().Admin() && !s.Actor().System() {
			d.Fail(fault.New(fault.Forbidden, "record.admin_only", nil))
		}
	}
	return nil
}

// DashboardOf is a record as a dashboard.
func DashboardOf(r *record.Record) Dashboard {
	d := Dashboard{Key: r.ID.String(), ID: r.ID, Version: r.Version, Owner: r.Owner()}
	d.Name, _ = record.Get(r, DashboardName)
	d.Visibility, _ = record.Get(r, DashboardVisibility)
	d.Role, _ = record.Get(r, DashboardRole)
	text, _ := record.Get(r, DashboardLayout)
	d.Layout, _ = ParseLayout(text) // it was checked when it was written
	return d
}
