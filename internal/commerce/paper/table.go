package paper

import "strconv"

func itoa(n int) string { return strconv.Itoa(n) }

// table writes rows; where they go on on another page, the total so far stands
// at the bottom of the one and on top of the other.
func (p *printer) table(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	p.heading(t.Heading)
	at := columnsOf(t)
	p.size = 8.5
	p.tableHead(t, at)
	running := ""
	for _, row := range t.Rows {
		p.row(t, at, row, running)
		if row.Running != "" {
			running = row.Running
		}
	}
	p.totals(t)
}

// place is where a column stands.
type place struct{ x, width float64 }

func columnsOf(t *Table) []place {
	weight := 0.0
	for _, c := range t.Columns {
		weight += c.Weight
	}
	at, x := make([]place, len(t.Columns)), margin
	for i, c := range t.Columns {
		width := inner * c.Weight / weight
		at[i] = place{x, width - gap}
		if i == len(at)-1 {
			at[i].width = width
		}
		x += width
	}
	return at
}

func (p *printer) tableHead(t *Table, at []place) {
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = c.Label
	}
	p.grey()
	p.cells(t, at, cells)
	p.black()
	p.y += 1.2
	p.rule(120)
}

// row writes one row whole: on the next page, if it does not fit on this one.
func (p *printer) row(t *Table, at []place, row Row, running string) {
	spare := 0.0
	if t.Carried != "" {
		spare = p.height() + 2
	}
	if p.y+p.rowHeight(t, at, row.Cells)+spare > bottom {
		if running != "" && t.Carried != "" {
			p.carry(t.Carried, running)
		}
		p.page()
		p.size = 8.5
		p.tableHead(t, at)
		if running != "" && t.Brought != "" {
			p.carry(t.Brought, running)
		}
	}
	p.y += 0.8
	p.cells(t, at, row.Cells)
	p.y += 1.2
	p.rule(215)
}

func (p *printer) carry(label, running string) {
	p.y += p.height() + 0.8
	p.right(margin+inner, p.y, label+"  "+running, "B")
	p.y += 1.2
}

func (p *printer) rowHeight(t *Table, at []place, cells []string) float64 {
	lines := 1
	for i, text := range cells {
		lines = max(lines, len(p.wrap(text, at[i].width, "")))
	}
	return float64(lines)*p.height() + 2
}

// cells writes texts side by side and moves below the longest.
func (p *printer) cells(t *Table, at []place, cells []string) {
	low := p.y
	for i, text := range cells {
		y := p.y
		for _, line := range p.wrap(text, at[i].width, "") {
			y += p.height()
			if t.Columns[i].Right {
				p.right(at[i].x+at[i].width, y, line, "")
			} else {
				p.line(at[i].x, y, line, "")
			}
		}
		low = max(low, y)
	}
	p.y = low
}

// totals stand together under the table, the last one strong.
func (p *printer) totals(t *Table) {
	if len(t.Totals) == 0 {
		p.y += 2
		return
	}
	p.room(float64(len(t.Totals))*(p.height()+1) + 4)
	p.size = 9
	p.y += 1.5
	for i, pair := range t.Totals {
		weight := ""
		if i == len(t.Totals)-1 {
			weight, p.size = "B", 10.5
		}
		p.y += p.height() + 0.6
		p.right(margin+inner-38, p.y, pair.Label, weight)
		p.right(margin+inner, p.y, pair.Value, weight)
	}
	p.y += 3
}
