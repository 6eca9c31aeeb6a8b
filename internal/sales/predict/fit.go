package predict

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// mostSteps of the solver; a dozen are the rule.
const mostSteps = 40

// solve finds the weights that make the examples most likely, kept small by
// half of strength times their squares: Newton's method, each step halved until
// it leads down. The last weight is the part of no feature, which is left free.
func solve(ctx context.Context, x *sparse, features int, strength float64, from []float64) ([]float64, error) {
	w := make([]float64, features+1)
	copy(w, from)
	cost := x.cost(w, strength)
	for range mostSteps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step, ok := x.step(w, strength)
		if !ok {
			return w, nil
		}
		next, better := make([]float64, len(w)), false
		for scale := 1.0; scale > 1e-4 && !better; scale /= 2 {
			for i := range w {
				next[i] = w[i] - scale*step[i]
			}
			lower := x.cost(next, strength)
			if better = lower < cost; better {
				done := cost-lower < 1e-7*(1+math.Abs(cost))
				w, cost = next, lower
				if done {
					return w, nil
				}
			}
		}
		if !better {
			return w, nil
		}
	}
	return w, nil
}

// score is the sum of the weights that example i has.
func (x *sparse) score(i int, w []float64) float64 {
	z := w[len(w)-1]
	for k := x.start[i]; k < x.start[i+1]; k++ {
		z += w[x.index[k]] * float64(x.value[k])
	}
	return z
}

func (x *sparse) cost(w []float64, strength float64) float64 {
	sum := 0.0
	for i := range x.won {
		z := x.score(i, w)
		if x.won[i] {
			z = -z
		}
		if z > 30 {
			sum += z
		} else {
			sum += math.Log1p(math.Exp(z))
		}
	}
	for _, v := range w[:len(w)-1] {
		sum += strength / 2 * v * v
	}
	return sum
}

// step is where the slope and the curvature point to; false where they do not.
func (x *sparse) step(w []float64, strength float64) ([]float64, bool) {
	p := len(w)
	slope, curve := make([]float64, p), make([]float64, p*p)
	for i := range x.won {
		chance := sigmoid(x.score(i, w))
		off := chance
		if x.won[i] {
			off--
		}
		bend := chance * (1 - chance)
		index, vals := x.index[x.start[i]:x.start[i+1]], x.value[x.start[i]:x.start[i+1]]
		for a, ia := range index {
			va := float64(vals[a])
			slope[ia] += off * va
			row, half := curve[int(ia)*p:int(ia)*p+p], bend*va
			for b := a; b < len(index); b++ {
				row[index[b]] += half * float64(vals[b])
			}
			row[p-1] += half
		}
		slope[p-1] += off
		curve[p*p-1] += bend
	}
	h := mat.NewSymDense(p, nil)
	for a := range p {
		for b := a; b < p; b++ {
			v := curve[a*p+b]
			if a != b {
				v += curve[b*p+a]
			} else if a < p-1 {
				v += strength
			} else {
				v += 1e-6
			}
			h.SetSym(a, b, v)
		}
		if a < p-1 {
			slope[a] += strength * w[a]
		}
	}
	var c mat.Cholesky
	if !c.Factorize(h) {
		return nil, false
	}
	var out mat.VecDense
	if err := c.SolveVecTo(&out, mat.NewVecDense(p, slope)); err != nil {
		return nil, false
	}
	return out.RawVector().Data, true
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
