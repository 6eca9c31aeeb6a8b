package bench

import (
	"cmp"
	"encoding/json"
	"io"
	"math"
	"slices"
)

// Report gathers what one run of the bench measured and judges it.
type Report struct {
	Machine  Machine  `json:"machine"`
	Database string   `json:"database"`
	Entries  []Entry  `json:"entries"`
	Numbers  []Number `json:"numbers"`
	Targets  []Target `json:"targets"`
}

// verdict is how a row stands to its target.
type verdict string

const (
	met    verdict = "met"
	missed verdict = "MISSED"
	none   verdict = "-" // nothing was asked of it
)

// row is a line of the table: one figure at every size.
type row struct {
	name    string
	as      string
	clients int // 0 for a number
	unit    string
	value   map[int]float64 // what is judged, by size: CPU a request, or the number
	entry   map[int]Entry
	target  *Target
	verdict verdict
	growth  float64 // cost at the largest size ÷ at the smallest, 0 when not comparable
	grew    verdict
}

// JSON writes the figures with their verdicts.
func (r *Report) JSON(w io.Writer) error {
	type judged struct {
		Name    string   `json:"name"`
		As      string   `json:"as,omitempty"`
		Clients int      `json:"clients,omitempty"`
		Value   float64  `json:"value"`
		Unit    string   `json:"unit"`
		Limit   *float64 `json:"limit,omitempty"`
		Verdict verdict  `json:"verdict"`
		Growth  float64  `json:"growth,omitempty"`
		Grew    verdict  `json:"growth_verdict"`
	}
	sizes := r.sizes()
	out := struct {
		*Report
		Sizes   []int    `json:"sizes"`
		Summary []judged `json:"summary"`
	}{Report: r, Sizes: sizes}
	for _, line := range r.rows() {
		j := judged{
			Name: line.name, As: line.as, Clients: line.clients, Unit: line.unit,
			Value: line.value[line.largest(sizes)], Verdict: line.verdict, Growth: line.growth, Grew: line.grew,
		}
		if line.target != nil {
			j.Limit = &line.target.Limit
		}
		out.Summary = append(out.Summary, j)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

// Missed counts the rows that miss their target or grow too fast.
func (r *Report) Missed() int {
	n := 0
	for _, line := range r.rows() {
		if line.verdict == missed || line.grew == missed {
			n++
		}
	}
	return n
}

func (r *Report) sizes() []int {
	var sizes []int
	for _, e := range r.Entries {
		sizes = append(sizes, e.Size)
	}
	for _, n := range r.Numbers {
		sizes = append(sizes, n.Size)
	}
	slices.Sort(sizes)
	return slices.Compact(sizes)
}

// rows lays the figures of all sizes side by side, in the order measured.
func (r *Report) rows() []*row {
	type key struct {
		name, as string
		clients  int
	}
	var list []*row
	at := map[key]*row{}
	find := func(k key, unit string) *row {
		if at[k] == nil {
			at[k] = &row{name: k.name, as: k.as, clients: k.clients, unit: unit, value: map[int]float64{}, entry: map[int]Entry{}}
			list = append(list, at[k])
		}
		return at[k]
	}
	for _, e := range r.Entries {
		line := find(key{e.Name, e.As, e.Clients}, "ms CPU")
		line.value[e.Size], line.entry[e.Size] = e.ServerCPU, e
	}
	for _, n := range r.Numbers {
		find(key{name: n.Name, as: n.As}, n.Unit).value[n.Size] = n.Value
	}
	sizes := r.sizes()
	for _, line := range list {
		line.judge(r.Targets, sizes)
	}
	return list
}

func (line *row) judge(targets []Target, sizes []int) {
	line.verdict, line.grew = none, none
	last := line.largest(sizes)
	for i, t := range targets {
		if t.Name == line.name && (t.As == "" || t.As == line.as) {
			line.target = &targets[i]
			line.verdict = judged(t.met(line.value[last]))
		}
	}
	if line.entry[last].Errors > 0 { // an answer that is an error is no answer
		line.verdict = missed
	}
	first := slices.MinFunc(sizes, func(a, b int) int { return cmp.Compare(line.rank(a), line.rank(b)) })
	if first == last || line.clients == 0 && line.target == nil || line.value[first] <= 0 || line.value[last] <= 0 {
		return
	}
	line.growth = line.value[last] / line.value[first]
	if line.target != nil && line.target.AtLeast { // of a rate, falling is what hurts
		line.growth = 1 / line.growth
	}
	line.grew = judged(line.growth <= growthLimit || math.Abs(line.value[last]-line.value[first]) < growthFloor)
}

// rank orders the sizes for which the row has a figure before the others.
func (line *row) rank(size int) int {
	if _, ok := line.value[size]; ok {
		return size
	}
	return 1 << 62
}

// largest is the largest size for which the row has a figure.
func (line *row) largest(sizes []int) int {
	for _, size := range slices.Backward(sizes) {
		if _, ok := line.value[size]; ok {
			return size
		}
	}
	return 0
}

func judged(ok bool) verdict {
	if ok {
		return met
	}
	return missed
}
