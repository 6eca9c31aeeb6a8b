package report

import (
	"cmp"
	"context"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"wellmet/internal/fault"
	"wellmet/internal/i18n"
	"wellmet/internal/record"
	"wellmet/internal/value"
)

// mail is a dashboard or a report as a letter: sections of tables.
type mail struct {
	w        *Words
	site     string // "" = no links
	owner    string // who has it sent
	title    string
	path     string // of the page
	sections []section
}

// section is a tile as a letter tells it.
type section struct {
	title, path string
	note        string
	figure      string
	head        []string
	rows        [][]string
	foot        []string
	right       int // columns from here on are figures
}

// mostMailed is how many lines of a table a letter has.
const mostMailed = 25

func (x *mail) fill(ctx context.Context, s *record.Session, b *Book, of, span string) error {
	kind, key, _ := strings.Cut(of, ":")
	if kind == "report" {
		spec, err := b.Find(ctx, s, key)
		if err != nil {
			return err
		}
		if spec.Problem != nil {
			return spec.Problem
		}
		x.title, x.path = x.w.ours("web.report.title."+key, spec.Title), "/reports/"+key
		a, err := b.Answer(ctx, s, x.w, Tile{Kind: TableTile, Of: key}, Scope{Period: span})
		if err != nil {
			return err
		}
		x.sections = append(x.sections, x.section(a))
		return nil
	}
	d, err := b.Dashboard(ctx, s, key)
	if err != nil {
		return err
	}
	x.title, x.path = d.Title(x.w), "/dashboards/"+key
	scope := d.Layout.Scope(s)
	if span != "" {
		scope.Period = span
	}
	closed := 0
	for n := range d.Layout.Tiles {
		t := d.Tile(s, n)
		a, err := b.Answer(ctx, s, x.w, t, scope)
		f, known := fault.As(err)
		if known && (f.Kind == fault.Forbidden || f.Kind == fault.NotFound) {
			closed++
		}
		switch {
		case err != nil && !known:
			return err
		case err != nil: // a tile fails alone
			x.sections = append(x.sections, x.failed(t, f))
		default:
			x.sections = append(x.sections, x.section(a))
		}
	}
	if closed > 0 && closed == len(d.Layout.Tiles) { // nothing of it is for this reader
		return fault.New(fault.Forbidden, "report.nothing_seen", fault.Args{"dashboard": x.title})
	}
	return nil
}

// Scope is how a layout narrows what its reader sees; one that names no period is
// of all time.
func (l Layout) Scope(s *record.Session) Scope {
	x := Scope{Period: cmp.Or(l.Period, AllTime)}
	switch l.Whose {
	case Mine:
		x.Person = s.Actor().Member()
	case MyTeams:
		x.Team = s.Actor().Team()
	}
	return x
}

// failed is a tile that shows nothing, with the reason.
func (x *mail) failed(t Tile, f *fault.Error) section {
	n := section{title: t.Title}
	if t.Kind != ListTile {
		n.note = Unshared(x.w.Lang, t.Of, f)
		n.title = cmp.Or(n.title, x.w.ours("web.report.title."+t.Of, ""))
	}
	n.note = cmp.Or(n.note, i18n.Text(x.w.Lang, f.Key, f.Args))
	return n
}

func (x *mail) section(a *Answer) section {
	if a.List != nil {
		n := section{title: a.Tile.Title, path: a.List.URL, head: a.List.Heads, right: len(a.List.Heads)}
		if n.title == "" {
			n.title = a.List.Title
		}
		for _, r := range a.List.Rows {
			n.rows = append(n.rows, r.Cells)
		}
		return n
	}
	if a.Picture != nil {
		n := section{title: a.Title()}
		a.Picture.fill(&n)
		return n
	}
	n := section{title: a.Title(), path: a.Path(), right: max(1, len(a.Words.Table.Groups))}
	if a.Tile.Kind == NumberTile {
		n.figure = a.Figure()
		n.note, _ = a.Change()
		return n
	}
	columns := []int{a.Column}
	if a.Tile.Kind == TableTile {
		columns = nil
		for i := range a.Words.Table.Columns {
			columns = append(columns, i)
		}
	}
	a.fill(&n, columns)
	return n
}

// fill writes a table's lines into a section.
func (a *Answer) fill(n *section, columns []int) {
	w := a.Words
	for i := range w.Table.Groups {
		n.head = append(n.head, w.Head(i))
	}
	if len(w.Table.Groups) == 0 {
		n.head = append(n.head, "")
	}
	for _, c := range columns {
		n.head = append(n.head, w.Column(w.Table.Columns[c]))
	}
	if w.Table.Sparse() {
		n.head = append(n.head, w.Say("report.few_head"))
	}
	cells := func(r Row, label func(i int) string) (line []string) {
		for i := range max(1, len(w.Table.Groups)) {
			line = append(line, label(i))
		}
		for _, c := range columns {
			line = append(line, w.Figure(r, c, false))
		}
		if w.Table.Sparse() {
			line = append(line, w.Sample(r))
		}
		return line
	}
	for i, r := range w.Table.Rows {
		if i == mostMailed {
			n.note = i18n.Text(w.Lang, "report.mail_more", fault.Args{"shown": mostMailed, "all": len(w.Table.Rows)})
			break
		}
		n.rows = append(n.rows, cells(r, func(i int) string {
			if text := w.Label(r, i); text != "" {
				return text
			}
			return w.Say("web.chart.none")
		}))
	}
	if w.Table.Total != nil {
		n.foot = cells(*w.Table.Total, func(i int) string {
			if i > 0 {
				return ""
			}
			return w.Say("web.chart.total")
		})
	}
	n.note = strings.TrimSpace(n.note + " " + w.Nothing())
	for _, x := range w.Table.Notes {
		n.note = strings.TrimSpace(n.note + " " + x.Text)
	}
	if m := w.Missing(); m > 0 {
		n.note = strings.TrimSpace(n.note + " " + i18n.Text(w.Lang, "web.report.missing", fault.Args{"count": m}))
	}
}

// Title is what the tile is called.
func (a *Answer) Title() string {
	if a.Tile.Title != "" {
		return a.Tile.Title
	}
	if a.Picture != nil {
		return a.Words.PanelTitle(a.Tile.Of)
	}
	if a.Tile.Kind == NumberTile {
		return a.Words.Column(a.Words.Table.Columns[a.Column])
	}
	return a.Words.Title(a.Tile.Of)
}

// Figure is the number that the tile shows.
func (a *Answer) Figure() string {
	if a.Words.Table.Total == nil {
		return a.Words.Say("web.report.none")
	}
	return a.Words.Figure(*a.Words.Table.Total, a.Column, true)
}

// Change says how a number stands to that of the period before, with sign and
// word: 1 more, -1 less. Nothing is divided by nought.
func (a *Answer) Change() (text string, sign int) {
	total := a.Words.Table.Total
	if total == nil || a.Column >= len(total.Before) || Told(total.Before[a.Column]) == nil {
		return "", 0
	}
	now, before := Size(total.Values[a.Column]), Size(total.Before[a.Column])
	was := a.Words.Figure(Row{Values: total.Before}, a.Column, true)
	if before <= 0 {
		return i18n.Text(a.Words.Lang, "report.change_none", fault.Args{"before": was}), 0
	}
	share := a.Words.Percent(decimal.NewFromFloat((now-before)/before*100).Abs(), 0)
	args := fault.Args{"percent": share, "before": was}
	switch {
	case now > before:
		return i18n.Text(a.Words.Lang, "report.change_more", args), 1
	case now < before:
		return i18n.Text(a.Words.Lang, "report.change_less", args), -1
	}
	return i18n.Text(a.Words.Lang, "report.change_same", args), 0
}

// Path is the page of what the tile shows, narrowed as it is.
func (a *Answer) Path() string {
	if a.List != nil {
		return a.List.URL
	}
	if a.Picture != nil {
		return a.Picture.Path
	}
	return "/reports/" + a.Tile.Of + a.Scope.query(a.Words.Spec.Span != "")
}

func (x *mail) foot() string {
	return i18n.Text(x.w.Lang, "report.mail_foot", fault.Args{"owner": x.owner})
}

func (x *mail) link(path string) string {
	if x.site == "" || path == "" {
		return ""
	}
	return x.site + path
}

// text is the letter for who reads no HTML: tables in columns of equal width.
func (x *mail) text() string {
	var b strings.Builder
	b.WriteString(x.title + "\n")
	for _, n := range x.sections {
		b.WriteString("\n")
		if n.title != "" {
			b.WriteString(n.title + "\n" + strings.Repeat("-", max(3, utf8.RuneCountInString(n.title))) + "\n")
		}
		if n.figure != "" {
			b.WriteString(n.figure + "\n")
		}
		writeColumns(&b, n)
		if len(n.head) > 0 && len(n.rows) == 0 {
			b.WriteString(x.w.Say("web.chart.nothing") + "\n")
		}
		for _, line := range []string{n.note, x.link(n.path)} {
			if line != "" {
				b.WriteString(line + "\n")
			}
		}
	}
	b.WriteString("\n--\n" + x.foot() + "\n")
	if link := x.link(x.path); link != "" {
		b.WriteString(link + "\n")
	}
	return b.String()
}

func writeColumns(b *strings.Builder, n section) {
	if len(n.rows) == 0 {
		return
	}
	lines := append([][]string{n.head}, n.rows...)
	if n.foot != nil {
		lines = append(lines, n.foot)
	}
	wide := make([]int, len(n.head))
	for _, line := range lines {
		for i, cell := range line {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		var parts []string
		for i, cell := range line {
			space := strings.Repeat(" ", wide[i]-utf8.RuneCountInString(cell))
			if i >= n.right {
				cell, space = space+cell, ""
			}
			parts = append(parts, cell+space)
		}
		b.WriteString(strings.TrimRight(strings.Join(parts, "  "), " ") + "\n")
	}
}

// html is the letter as mail programs show it: plain tables, their looks beside
// each, as they know no style sheets.
func (x *mail) html() string {
	var b strings.Builder
	esc := html.EscapeString
	b.WriteString(`<!doctype html><html lang="` + esc(x.w.Lang) + `"><body style="font-family:sans-serif;font-size:14px;color:#1b1d21"><h1 style="font-size:20px">`)
	x.anchor(&b, x.path, x.title)
	b.WriteString("</h1>")
	for _, n := range x.sections {
		if n.title != "" {
			b.WriteString(`<h2 style="font-size:16px;margin:24px 0 6px">`)
			x.anchor(&b, n.path, n.title)
			b.WriteString("</h2>")
		}
		if n.figure != "" {
			b.WriteString(`<p style="font-size:24px;margin:0"><b>` + esc(n.figure) + "</b></p>")
		}
		if len(n.head) > 0 && len(n.rows) == 0 {
			b.WriteString("<p>" + esc(x.w.Say("web.chart.nothing")) + "</p>")
		}
		x.table(&b, n)
		if n.note != "" {
			b.WriteString(`<p style="color:#555960;margin:4px 0">` + esc(n.note) + "</p>")
		}
	}
	b.WriteString(`<p style="color:#63676f;font-size:12px;margin-top:32px">` + esc(x.foot()) + "</p></body></html>\n")
	return b.String()
}

func (x *mail) anchor(b *strings.Builder, path, text string) {
	if link := x.link(path); link != "" {
		b.WriteString(`<a href="` + html.EscapeString(link) + `" style="color:#2a5bd7">` + html.EscapeString(text) + "</a>")
		return
	}
	b.WriteString(html.EscapeString(text))
}

func (x *mail) table(b *strings.Builder, n section) {
	if len(n.rows) == 0 {
		return
	}
	line := func(tag string, cells []string) {
		b.WriteString("<tr>")
		for i, cell := range cells {
			side := "left"
			if i >= n.right {
				side = "right"
			}
			b.WriteString("<" + tag + ` style="text-align:` + side + `;padding:4px 12px 4px 0;border-bottom:1px solid #e5e5e1">` + html.EscapeString(cell) + "</" + tag + ">")
		}
		b.WriteString("</tr>")
	}
	b.WriteString(`<table style="border-collapse:collapse;font-size:14px">`)
	line("th", n.head)
	for _, r := range n.rows {
		line("td", r)
	}
	if n.foot != nil {
		line("th", n.foot)
	}
	b.WriteString("</table>")
}

// query is the scope as the address of a report has it, "" for one that narrows
// nothing. A report with a period of its own is asked for all time by name.
func (x Scope) query(own bool) string {
	var q []string
	add := func(name, text string) { q = append(q, name+"="+text) }
	if x.Period != "" && (own || x.Period != AllTime) {
		add("period", x.Period)
	}
	if x.Period == Dates {
		for _, d := range []struct {
			name string
			day  value.Date
		}{{"from", x.From}, {"to", x.To}} {
			if d.day != 0 {
				add(d.name, d.day.String())
			}
		}
	}
	if x.Person != 0 {
		add("owner", x.Person.String())
	}
	if x.Team != 0 {
		add("team", x.Team.String())
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + strings.Join(q, "&")
}
