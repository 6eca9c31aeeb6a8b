package predict

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
)

// plant makes examples whose chance is known: a number and a choice matter, the
// rest is noise.
func plant(n int, seed uint64) (*Table, []float64) {
	random := rand.New(rand.NewPCG(seed, 1))
	t := NewTable([]Column{{Key: "size"}, {Key: "noise"}, {Key: "kind", Choice: true}, {Key: "color", Choice: true}})
	var truth []float64
	for i := range n {
		size, kind := random.NormFloat64(), []string{"a", "b", "c"}[random.IntN(3)]
		z := -0.3 + 0.8*size + map[string]float64{"b": math.Log(2)}[kind]
		p := sigmoid(z)
		truth = append(truth, p)
		at := int64(i) * 1000
		t.Add(Example{Row: Row{Numbers: []float64{math.Exp(size) * 100, random.Float64(), 0, 0}, Words: []string{"", "", kind, []string{"red", "blue"}[random.IntN(2)]}},
			Of: int64(i), Stage: "s", Set: 0.5, At: at, End: at + 5000, Won: random.Float64() < p})
	}
	return t, truth
}

func TestTrainingFindsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	table, truth := plant(6000, 3)
	m, back, err := Train(t.Context(), table, table.Where(func(int) bool { return true }))
	if err != nil {
		t.Fatal(err)
	}
	off := 0.0
	for i, p := range truth {
		r := Row{Numbers: []float64{float64(table.numbers[0][i]), float64(table.numbers[1][i]), 0, 0}, Words: []string{"", "", table.Word(2, i), table.Word(3, i)}}
		off += math.Abs(m.Chance(r) - p)
	}
	if off /= float64(len(truth)); off > 0.03 {
		t.Errorf("chances are off by %.3f on average", off)
	}
	weight := map[string]float64{}
	for _, f := range m.Features {
		weight[f.Word] = f.Weight
	}
	if odds := math.Exp(weight["b"] - (weight["a"]+weight["c"])/2); odds < 1.6 || odds > 2.4 {
		t.Errorf("the planted kind has odds of %.2f, want about 2", odds)
	}
	if back.Model.AUC < 0.68 || back.Model.Off > 0.06 || back.Model.Brier >= back.Stage.Brier || back.Base.AUC != 0.5 {
		t.Errorf("back-test %+v", back)
	}
}

// What is kept as JSON tells the same chances, and their parts add up to them.
func TestModelsCanBeKept(t *testing.T) {
	t.Parallel()
	table, _ := plant(2000, 4)
	m, _, err := Train(t.Context(), table, table.Where(func(int) bool { return true }))
	if err != nil {
		t.Fatal(err)
	}
	b, _ := json.Marshal(m)
	var again Model
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	r := Row{Numbers: []float64{900, 0.5, 0, 0}, Words: []string{"", "", "b", "red"}}
	if m.Chance(r) != again.Chance(r) {
		t.Error("a kept model says something else")
	}
	parts := again.Parts(r)
	if len(parts) == 0 || parts[0].Key != "size" || parts[0].Weight < 0.5 || parts[0].Number != 900 || parts[0].Usual < 50 || parts[0].Usual > 300 {
		t.Errorf("parts %+v", parts)
	}
	usual := m.Bias
	for _, f := range m.Features {
		if f.Scale == 0 {
			usual += f.Weight * f.Mean
		}
	}
	for _, p := range parts {
		usual += p.Weight
	}
	if math.Abs(sigmoid(usual)-m.Chance(r)) > 1e-9 {
		t.Errorf("the parts make %f, the chance is %f", sigmoid(usual), m.Chance(r))
	}
	if !m.Knows("kind", "b") || m.Knows("kind", "z") {
		t.Error("a model does not know what it knows")
	}
}

// Numbers that are unknown count as usual; a word that nobody saw does no harm.
func TestWhatIsUnknownIsUsual(t *testing.T) {
	t.Parallel()
	table, _ := plant(2000, 5)
	m, _, err := Train(t.Context(), table, table.Where(func(int) bool { return true }))
	if err != nil {
		t.Fatal(err)
	}
	p := m.Chance(Row{Numbers: []float64{Unknown, Unknown, 0, 0}, Words: []string{"", "", UnknownWord, "green"}})
	if math.Abs(p-float64(m.Won)/float64(m.Of)) > 0.1 {
		t.Errorf("of nothing known the chance is %.2f, %d of %d were won", p, m.Won, m.Of)
	}
}

// A row is put into the order of a model that learnt of other columns: what the model
// knows and the row has not, or not as such, is unknown.
func TestRowsAreArranged(t *testing.T) {
	t.Parallel()
	m := &Model{Columns: []Column{{Key: "size"}, {Key: "gone"}, {Key: "kind", Choice: true}, {Key: "lost", Choice: true}, {Key: "turned", Choice: true}}}
	columns := []Column{{Key: "new", Choice: true}, {Key: "kind", Choice: true}, {Key: "turned"}, {Key: "size"}}
	r := m.Arrange(columns, Row{Numbers: []float64{0, 0, 3, 7}, Words: []string{"x", "b", "", ""}})
	if r.Numbers[0] != 7 || !math.IsNaN(r.Numbers[1]) || r.Words[2] != "b" || r.Words[3] != UnknownWord || r.Words[4] != UnknownWord || len(r.Numbers) != 5 || len(r.Words) != 5 {
		t.Errorf("arranged it is %v %q", r.Numbers, r.Words)
	}
	m.Chance(r)
	same := Row{Numbers: []float64{1, 2, 0, 0, 0}, Words: []string{"", "", "a", "b", "c"}}
	if r := m.Arrange(m.Columns, same); &r.Numbers[0] != &same.Numbers[0] {
		t.Error("a row in order is copied")
	}
}

func TestJudging(t *testing.T) {
	t.Parallel()
	s := Judge([]float64{0.1, 0.4, 0.35, 0.8}, []bool{false, false, true, true})
	if s.AUC != 0.75 || math.Abs(s.Brier-0.158125) > 1e-9 || math.Abs(s.LogLoss-0.4722879) > 1e-6 {
		t.Errorf("%+v", s)
	}
	if s := Judge([]float64{0.5, 0.5}, []bool{true, false}); s.AUC != 0.5 {
		t.Errorf("a draw is %+v", s)
	}
	if s := Judge(nil, nil); s.Examples != 0 {
		t.Errorf("of nothing %+v", s)
	}
}

func TestTooFewForABacktest(t *testing.T) {
	t.Parallel()
	table, _ := plant(60, 6)
	m, back, err := Train(t.Context(), table, table.Where(func(int) bool { return true }))
	if err != nil || back != nil || m.Of != 60 {
		t.Errorf("%+v, %+v, %v", m, back, err)
	}
}
