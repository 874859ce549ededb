package measure

import (
	"math"
	"strconv"

	"gonum.org/v1/gonum/mat"

	"plateau/compartments"
	"plateau/internal/elementary"
	"plateau/network"
	"plateau/protocols"
)

// Window is the number of examples at the end of an interval over which the Jacobians
// of Theorem 1 are averaged. In shorter intervals, all examples are used.
const Window = 100

// eigenvalue measures the largest eigenvalue of (I − J_B J_G)ᵀ(I − J_B J_G). The
// Jacobians are those of the rates of the output layer as a function of the last hidden
// layer, and of the plateaus of the last hidden layer as a function of the output
// layer, which feeds back to it:
//
//	J_B = φ_max σ′(V̄_out^f) ∘ k_d W_outᵀ            a row for each output neuron
//	J_G = σ′(Yᵀ φ_max σ(V̄_out^f) + c) ∘ Yᵀ         a row for each hidden neuron
//
// Each is averaged over a window of examples. If the eigenvalue is below 1, the
// condition of Theorem 1 holds: the target of the hidden layer brings the output layer
// nearer to its own target. In every architecture, the feedback to the last hidden
// layer comes from the output layer.
type eigenvalue struct {
	output, hidden *network.Layer
	noise          compartments.EscapeNoise
	gain           float64 // k_d

	n    []float64 // number of examples, one element
	up   []float64 // sum of J_B, [hidden neuron][output neuron]
	back []float64 // sum of J_G, [output neuron][hidden neuron]

	slopes   []float32 // of the rates of the output neurons
	apical   []float64
	row      []float32
	silenced []bool // hidden neurons that never fire: the output does not depend on them
}

func newEigenvalue(m protocols.Model, net *network.Network) *eigenvalue {
	last := len(net.Layers) - 1
	p := &eigenvalue{
		output: &net.Layers[last], hidden: &net.Layers[last-1],
		noise: m.Neurons.Noise, gain: m.Neurons.Output.Gain(),
		n: make([]float64, 1), silenced: net.Silenced(last),
	}
	hidden, outputs := p.hidden.Size(), p.output.Size()
	p.up, p.back = make([]float64, hidden*outputs), make([]float64, outputs*hidden)
	p.slopes, p.apical = make([]float32, outputs), make([]float64, hidden)
	return p
}

func (p *eigenvalue) heard(l protocols.Lesson, left int64) {
	if left >= Window {
		return
	}
	p.n[0]++
	soma := l.Forward[len(l.Forward)-1].Soma
	outputs, hidden := len(p.slopes), len(p.apical)
	p.noise.Slopes(p.slopes, soma)
	scale := p.noise.MaxRate * p.gain
	for j := range hidden {
		if p.silenced != nil && p.silenced[j] {
			continue
		}
		sum := p.up[j*outputs:][:outputs]
		p.row = p.output.Weights.AppendRow(p.row[:0], j)
		for i, w := range p.row {
			sum[i] += float64(scale * float64(p.slopes[i]) * float64(w))
		}
	}

	clear(p.apical)
	for j, c := range p.hidden.FeedbackBias {
		p.apical[j] = float64(c)
	}
	for i, v := range soma {
		rate := p.noise.Rate(float64(v))
		p.row = p.hidden.Feedback.AppendRow(p.row[:0], i)
		for j, y := range p.row {
			p.apical[j] += float64(rate * float64(y))
		}
	}
	for j, v := range p.apical {
		alpha := elementary.Sigmoid(v)
		p.apical[j] = alpha * (1 - alpha)
	}
	for i := range outputs {
		sum := p.back[i*hidden:][:hidden]
		p.row = p.hidden.Feedback.AppendRow(p.row[:0], i)
		for j, y := range p.row {
			sum[j] += float64(p.apical[j] * float64(y))
		}
	}
}

func (p *eigenvalue) finish(line *Line) {
	line.LargestEigenvalue = p.largest()
	for _, s := range [][]float64{p.n, p.up, p.back} {
		clear(s)
	}
}

func (p *eigenvalue) largest() float64 {
	outputs, hidden := len(p.slopes), len(p.apical)
	up := mat.NewDense(hidden, outputs, p.up)
	back := mat.NewDense(outputs, hidden, p.back)
	var rest mat.Dense // I − J_B J_G
	rest.Mul(up.T(), back.T())
	rest.Scale(-1/float64(p.n[0]*p.n[0]), &rest)
	for i := range outputs {
		rest.Set(i, i, 1+rest.At(i, i))
	}
	var square mat.SymDense
	square.SymOuterK(1, rest.T())
	for i := range outputs {
		for k := range i + 1 {
			if x := square.At(i, k); math.IsNaN(x) || math.IsInf(x, 0) {
				return math.NaN()
			}
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(&square, false) {
		return math.NaN()
	}
	values := eigen.Values(nil)
	return rounded(values[len(values)-1]) // they are in ascending order
}

// rounded rounds a number to ten digits. The last digits of an eigenvalue depend on the
// order in which gonum adds, which differs with the vector unit, but a run that goes on
// on another machine should measure the same.
func rounded(x float64) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 9, 64), 64)
	if err != nil {
		return x
	}
	return y
}

func (p *eigenvalue) state() []any { return []any{p.n, p.up, p.back} }
