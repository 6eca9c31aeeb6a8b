package record

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"wellmet/internal/access"
	"wellmet/internal/activity"
	"wellmet/internal/commerce"
	"wellmet/internal/expr"
	"wellmet/internal/record"
	"wellmet/internal/schema"
	bought "wellmet/internal/web/commerce"
	"wellmet/internal/web/door"
	"wellmet/internal/web/parts"
)

// Tabs that every record may have.
const (
	tabActivity = "activity"
	tabTasks    = "tasks"
	tabNotes    = "notes"
	tabFiles    = "files"
	tabPayments = "payments" // of a contract: what is planned and what came in
	tabBought   = "bought"   // of a customer: contracts and receipts
	tabHistory  = "history"
	tabTrace    = "process" // how it came through its process, and what was not done
)

// tab is one panel under the header.
type tab struct {
	key, label string
	link       *schema.FieldDef // of a related list: the field that leads here
}

// maxTabs is how many tabs stand in the bar; more are in a menu.
const maxTabs = 8

// tabsOf are the tabs of a record: what happened, what is to do, one for each
// way in which other records lead here, files and history.
func tabsOf(ctx context.Context, s *record.Session, m *model) []tab {
	v := m.v
	var tabs []tab
	if m.o.Timeline {
		tabs = append(tabs, tab{key: tabActivity, label: v.T("web.record.tab_activity")}, tab{key: tabTasks, label: v.T("web.record.tab_tasks")},
			tab{key: tabNotes, label: v.T("web.record.tab_notes")})
	}
	if traced(ctx, s, m.o) {
		tabs = append(tabs, tab{key: tabTrace, label: v.T("web.record.tab_trace")})
	}
	fixed := len(tabs)
	for _, w := range parts.Ways(v, s.Schema(), m.o) {
		f := w.Field
		if !s.Actor().Can(f.Object, access.Read) || !s.Actor().CanFilter(f) {
			continue
		}
		t := tab{key: money(m.o, f), label: f.Object.Label(v.Lang).Many}
		switch {
		case slices.ContainsFunc(tabs, func(x tab) bool { return t.key != "" && x.key == t.key }):
		case t.key == tabPayments: // what a contract's page is opened for
			t.label = v.T("web.commerce.payments")
			tabs, fixed = append([]tab{t}, tabs...), fixed+1
		case t.key != "" && !w.Placed:
			tabs, fixed = slices.Insert(tabs, fixed, t), fixed+1
		case t.key != "":
			tabs = append(tabs, t)
		default:
			t = tab{key: f.Object.Plural + "." + f.Name, label: w.Label, link: f}
			if products, ok := s.Schema().Object("product"); ok && f.Object.Name == m.linesOf() {
				t.label = products.Label(v.Lang).Many
			}
			tabs = append(tabs, t)
		}
	}
	return append(tabs, tab{key: tabFiles, label: v.T("web.record.tab_files")}, tab{key: tabHistory, label: v.T("web.record.tab_history")})
}

// money is the key of the tab that shows, all in one, the records that lead to
// an object by a field; "" where they have a list of their own.
func money(o *schema.Object, f *schema.FieldDef) string {
	switch {
	case customers[o.Name] && f.Object.Name == commerce.Contracts.Name:
		return tabBought
	case o.Name == commerce.Contracts.Name && (f.Object.Name == commerce.PlanLines.Name || f.Object.Name == commerce.Receipts.Name):
		return tabPayments
	}
	return ""
}

// home is the tab that a record opens with.
func (m *model) home() string {
	if m.o.Name == commerce.Contracts.Name {
		return tabPayments
	}
	return tabActivity
}

// known is the tab of that key, or the first.
func (m *model) known(key string) string {
	if i := slices.IndexFunc(m.tabs, func(t tab) bool { return t.key == key }); i >= 0 {
		return key
	}
	return m.tabs[0].key
}

func (m *model) tabOf(key string) tab {
	return m.tabs[max(0, slices.IndexFunc(m.tabs, func(t tab) bool { return t.key == key }))]
}

// bar splits the tabs into those of the bar and those of the menu.
func (m *model) bar() (shown, more []tab) {
	if len(m.tabs) <= maxTabs {
		return m.tabs, nil
	}
	shown = slices.Clone(m.tabs[:maxTabs-2])
	return append(shown, m.tabs[len(m.tabs)-2:]...), m.tabs[maxTabs-2 : len(m.tabs)-2]
}

// loadTabs reads the record with its tabs, of which one is open.
func loadTabs(c *door.Call, s *record.Session, open string) (*model, error) {
	m, err := load(c, s)
	if err != nil {
		return nil, err
	}
	if st, here := current(c); here {
		m.in = st.in
	}
	m.tabs = tabsOf(c.Ctx, s, m)
	m.tab = m.known(open)
	return m, nil
}

// showTab answers one panel, and the bar that marks it.
func showTab(c *door.Call) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = loadTabs(c, s, c.R.PathValue("tab")); err != nil {
			return err
		}
		if m.tab != c.R.PathValue("tab") {
			return errNoState
		}
		m.panel, err = panel(c, s, m, m.tab)
		return err
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, panelBox(m))
}

// showTabs answers the bar with counts.
func showTabs(c *door.Call) error {
	var m *model
	err := c.Read(func(s *record.Session) (err error) {
		if m, err = loadTabs(c, s, c.R.URL.Query().Get("tab")); err != nil {
			return err
		}
		return m.count(c, s)
	})
	if err != nil {
		return err
	}
	return c.Parts(http.StatusOK, tabBar(m))
}

// count fills in how much the tabs hold.
func (m *model) count(c *door.Call, s *record.Session) (err error) {
	m.counts = map[string]string{}
	for _, t := range m.tabs {
		if m.counts[t.key], err = countOf(c, s, m, t); err != nil {
			return err
		}
	}
	return nil
}

// countOf is how much a tab holds, as far as that is cheap to know; "" for none.
func countOf(c *door.Call, s *record.Session, m *model, t tab) (string, error) {
	var n int64
	var more bool
	switch t.key {
	case tabActivity, tabHistory, tabPayments, tabTrace:
		return "", nil
	case tabBought:
		var err error
		if n, more, err = bought.Count(c, s, m.o, m.r.ID); err != nil {
			return "", err
		}
	case tabFiles:
		files, err := s.Files(c.Ctx, m.o.Name, m.r.ID)
		if err != nil {
			return "", err
		}
		n = int64(len(files))
	case tabTasks, tabNotes:
		items, next, err := activity.Timeline(c.Ctx, s, m.o.Name, m.r.ID, activity.Filter{Kinds: kindsOf[t.key]}, nil, countedItems)
		if err != nil {
			return "", err
		}
		n, more = int64(len(items)), next != nil
	default:
		where, err := linked(m, t.link)
		if err != nil {
			return "", err
		}
		if n, more, err = s.Count(c.Ctx, record.Query{Object: t.link.Object.Name, Where: where, Count: record.CountCapped}); err != nil {
			return "", err
		}
	}
	switch {
	case n == 0:
		return "", nil
	case more:
		return m.v.T("web.record.capped", "count", m.v.Int(n)), nil
	}
	return m.v.Int(n), nil
}

// countedItems is how many entries of a timeline are counted for a tab.
const countedItems = 50

// kindsOf are the activities of a tab.
var kindsOf = map[string][]string{tabTasks: {activity.Task}, tabNotes: {activity.Note}}

// linked is the condition of records whose field leads to this one.
func linked(m *model, f *schema.FieldDef) (*expr.Expr, error) {
	if f.Kind == schema.KindLinks {
		return expr.Compare(f.ExprField(), expr.OpContains, m.r.ID)
	}
	return expr.Compare(f.ExprField(), expr.OpEq, m.r.ID)
}

// panel is the content of a tab.
func panel(c *door.Call, s *record.Session, m *model, key string) (templ.Component, error) {
	switch key {
	case tabActivity:
		return timelinePanel(c, s, m)
	case tabFiles:
		return filesPanel(c, s, m)
	case tabHistory:
		return historyPanel(c, s, m)
	case tabTrace:
		return tracePanel(c, s, m)
	case tabTasks, tabNotes:
		return activitiesPanel(c, s, m, key)
	case tabPayments:
		x, err := bought.Panel(c, s, m.r.ID)
		if err != nil {
			return nil, err
		}
		return x.Show(), nil
	case tabBought:
		x, err := bought.Of(c, s, m.o, m.r.ID)
		if err != nil {
			return nil, err
		}
		return x.Show(), nil
	}
	t := m.tabOf(key)
	if t.link.Object.Name == m.linesOf() {
		return linesPanel(c, s, m)
	}
	return relatedPanel(c, s, m, t)
}

// tabURL is the address of a tab's panel.
func (m *model) tabURL(key string) string { return m.url("/tab/" + url.PathEscape(key)) }
