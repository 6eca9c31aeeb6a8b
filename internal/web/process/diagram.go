package process

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wellmet/internal/process"
)

// diagram is the picture of a blueprint, drawn from its lists: what is in work
// stands in a row in its order, the ends below one another behind it.
type diagram struct {
	Width, Height int
	Nodes         []node
	Edges         []edge
}

type node struct {
	X, Y        int
	Label, Full string
	URL         string
	Open, Wrong bool
}

type edge struct {
	Path  string
	Label string
	X, Y  int // of the label
	Open  bool
	URL   string
}

// Measures of the picture.
const (
	nodeW, nodeH = 116, 44
	gapX, gapY   = 72, 32
	edgeLabel    = 13 // letters
)

// draw lays the picture out.
func (x *sheet) draw() *diagram {
	d := &diagram{}
	at := map[string]*node{}
	row := map[string]int{} // place in the row; ends have none
	var ends []string
	for i := range x.def.States {
		st := &x.def.States[i]
		if st.End {
			ends = append(ends, st.State)
			continue
		}
		row[st.State] = len(row)
	}
	top := 48
	middle := max(top+40, top+(len(ends)*(nodeH+gapY)-gapY)/2-nodeH/2)
	for i := range x.def.States {
		st := &x.def.States[i]
		n := node{Label: short(x.stateLabel(st.State), 15), Full: x.stateLabel(st.State), URL: x.open("state:" + st.State),
			Open: x.at == "state:"+st.State, Wrong: len(x.trouble("state:"+st.State)) > 0}
		if place, ok := row[st.State]; ok {
			n.X, n.Y = 16+place*(nodeW+gapX), middle
		} else {
			n.X, n.Y = 16+len(row)*(nodeW+gapX), top+slices.Index(ends, st.State)*(nodeH+gapY)
		}
		d.Nodes = append(d.Nodes, n)
	}
	for i := range d.Nodes {
		at[x.def.States[i].State] = &d.Nodes[i]
		d.Width, d.Height = max(d.Width, d.Nodes[i].X+nodeW+16), max(d.Height, d.Nodes[i].Y+nodeH+16)
	}
	low := d.Height + 6
	for i := range x.def.Moves {
		m := &x.def.Moves[i]
		bus := 0 // the line below the row, one for all of a way's beginnings
		for k, from := range x.sources(m) {
			if at[from] == nil || at[m.To] == nil || from == m.To {
				continue
			}
			e := x.connect(at[from], at[m.To], row, from, m.To, &low, &bus)
			e.URL, e.Open = x.open("move:"+m.Key), x.at == "move:"+m.Key
			if k == 0 && !strings.Contains(x.moveName(m), x.stateLabel(m.To)) { // the arrow says it already
				e.Label = short(x.moveName(m), edgeLabel)
			}
			d.Edges = append(d.Edges, e)
		}
	}
	d.Height = max(d.Height, low+4)
	slices.SortStableFunc(d.Edges, func(a, b edge) int { // what is open lies on top
		if a.Open == b.Open {
			return 0
		}
		if a.Open {
			return 1
		}
		return -1
	})
	return d
}

// sources are the states that a way leads from, those of the row for one from
// anywhere.
func (x *sheet) sources(m *process.Move) []string {
	if len(m.From) > 0 {
		return m.From
	}
	var list []string
	for _, st := range x.def.States {
		if !st.End {
			list = append(list, st.State)
		}
	}
	return list
}

// connect draws one arrow: straight to the neighbour, above the row when it
// goes back, below when it leaps, curved into an end beside the last.
func (x *sheet) connect(a, b *node, row map[string]int, from, to string, low, bus *int) edge {
	i, inRow := row[from]
	j, toRow := row[to]
	ay, by := a.Y+nodeH/2, b.Y+nodeH/2
	switch {
	case inRow && toRow && j == i+1:
		return edge{Path: fmt.Sprintf("M%d %dH%d", a.X+nodeW, ay, b.X-6), X: (a.X + nodeW + b.X) / 2, Y: ay - 8}
	case inRow && !toRow && i == len(row)-1:
		mid := (a.X + nodeW + b.X) / 2
		return edge{Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X+nodeW, ay, mid, ay, mid, by, b.X-6, by), X: mid, Y: (ay+by)/2 - 8}
	case inRow && toRow && j < i:
		peak := max(14, a.Y-22-8*(i-j))
		return edge{Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X+nodeW/2, a.Y, a.X+nodeW/2, peak, b.X+nodeW/2, peak, b.X+nodeW/2, b.Y-6), X: (a.X + b.X + nodeW) / 2, Y: peak + 8}
	case !inRow:
		return edge{Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", a.X+nodeW/2, a.Y, a.X+nodeW/2, 20, b.X+nodeW/2, 20, b.X+nodeW/2, b.Y-6), X: (a.X + b.X + nodeW) / 2, Y: 24}
	}
	if *bus == 0 {
		*bus, *low = *low+4, *low+18
	}
	y := *bus
	return edge{Path: fmt.Sprintf("M%d %dV%dH%dV%d", a.X+nodeW/2, a.Y+nodeH, y, b.X+nodeW/2, b.Y+nodeH+6), X: (a.X + b.X + nodeW) / 2, Y: y - 4}
}

func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return text
}

// open is the address of the sheet with something else open.
func (x *sheet) open(at string) string { return x.base + "?" + url.Values{"at": {at}}.Encode() }

func px(n int) string { return strconv.Itoa(n) }

// least is how narrow the picture may become and still be read.
func (d *diagram) least() string { return fmt.Sprintf("min-width:%dpx", d.Width*4/5) }

func (d *diagram) box() string { return fmt.Sprintf("0 0 %d %d", d.Width, d.Height) }
