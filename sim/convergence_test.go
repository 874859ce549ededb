package sim_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// This file has the exact solution that the steps approximate: with spikes at given
// times, all potentials are integrals of exponentials.

// A hit is a spike with the weight of its synapse.
type hit struct{ at, weight float64 } // ms

// continuous is a kernel κ that ends after its support (ms).
type continuous struct{ rise, decay, support float64 }

// parts returns the factors and time constants of the exponentials that make up κ.
func (k continuous) parts() [2][2]float64 {
	f := 1 / (k.decay - k.rise)
	return [2][2]float64{{f, k.decay}, {-f, k.rise}}
}

// dendrite returns V_b or V_a at time t.
func (k continuous) dendrite(hits []hit, bias, t float64) float64 {
	v := bias
	for _, h := range hits {
		if age := t - h.at; age > 0 && age <= k.support {
			for _, p := range k.parts() {
				v += h.weight * p[0] * math.Exp(-age/p[1])
			}
		}
	}
	return v
}

// arrived returns the integral of a dendrite's potential from a to b.
func (k continuous) arrived(hits []hit, bias, a, b float64) float64 {
	sum := bias * (b - a)
	for _, h := range hits {
		from, to := max(a, h.at), min(b, h.at+k.support)
		if from >= to {
			continue
		}
		for _, p := range k.parts() {
			sum += h.weight * p[0] * p[1] * (math.Exp(-(from-h.at)/p[1]) - math.Exp(-(to-h.at)/p[1]))
		}
	}
	return sum
}

// filtered returns ∫ e^(−g (t − x)) V(x) dx from a to t for the potential V of a
// dendrite, as a soma of total conductance g sees it.
func (k continuous) filtered(hits []hit, bias, g, a, t float64) float64 {
	sum := bias / g * (1 - math.Exp(-g*(t-a)))
	for _, h := range hits {
		from, to := max(a, h.at), min(t, h.at+k.support)
		if from >= to {
			continue
		}
		for _, p := range k.parts() {
			at := func(x float64) float64 { return math.Exp(-g*(t-x) - (x-h.at)/p[1]) }
			sum += h.weight * p[0] * (at(to) - at(from)) / (g - 1/p[1])
		}
	}
	return sum
}

// errorsOf runs the engine with spikes at given times in steps of dt, and returns
// its errors: the largest ones of potentials at whole ms in both phases, and those
// of means over the windows.
func errorsOf(t *testing.T, m denseModel, support, dt float64, input, hidden, output []float64) map[string]float64 {
	t.Helper()
	const (
		length, settle = 40.0, 15.0 // ms
		w0, w1, w2, y1 = 90.0, 70.0, -60.0, -80.0
		y2             = 50.0
		bias           = 0.4
	)
	kernel := continuous{m.Rise, m.Decay, support}
	m.Dt, m.Classes, m.ForwardEta = dt, 2, []float64{0, 0}
	m.HiddenScale, m.OutputScale, m.MaxRate = 1, 1, 0.2
	if !math.IsInf(support, 1) {
		m.Memory = int(math.Round(support / dt))
	}
	steps := int(math.Round(length / dt))
	spikes := func(times []float64, neuron int) (list [][3]int) {
		for _, at := range times {
			list = append(list, [3]int{int(math.Floor(at/dt + 1e-9)), neuron, 1})
		}
		return list
	}
	r := newRig(t, m, denseWeights{
		W: [][][]float64{{{w0}}, {{w1}, {w2}}}, B: [][]float64{{bias}, {0, bias}}, Y: [][][]float64{{{y1, y2}}},
	})
	phase := densePhase{Steps: steps, Window: denseWindow{First: int(math.Round(settle / dt))}}
	got := r.Run(t, denseExample{
		Rates: []float64{0.1}, Label: 1, Forward: phase, Target: phase, Input: spikes(input, 0),
		// The second output neuron is silent; the first alone feeds back.
		Layers: [][][3]int{spikes(hidden, 0), spikes(output, 0)},
	}, true)

	through := func(times []float64, weight float64) (list []hit) {
		for _, at := range times {
			list = append(list, hit{at, weight})
		}
		return list
	}
	basal, apical := through(input, w0), through(output, y1)
	soma := func(at float64) float64 {
		g := m.Leak + m.Basal + m.Apical
		return m.Basal*kernel.filtered(basal, bias, g, 0, at) + m.Apical*kernel.filtered(apical, 0, g, 0, at)
	}
	out := [2][]hit{through(hidden, w1), through(hidden, w2)}
	outSoma := func(i int, at float64) float64 {
		g, b := m.Leak+m.Dendritic, float64(i)*bias
		v := m.Dendritic * kernel.filtered(out[i], b, g, 0, min(at, length))
		if at > length {
			pull := []float64{m.Inhibition, m.Excitation}[i] // neuron 1 is of the true class
			g++
			v = v*math.Exp(-g*(at-length)) + pull/g*(1-math.Exp(-g*(at-length))) +
				m.Dendritic*kernel.filtered(out[i], b, g, length, at)
		}
		return v
	}
	wrong := map[string]float64{}
	note := func(what string, got, want float64) { wrong[what] = max(wrong[what], math.Abs(got-want)) }
	jumps := func(times []float64, at float64) bool { // whether a spike is forgotten at that time
		for _, s := range times {
			if math.Abs(at-s-support) < 1e-9 {
				return true
			}
		}
		return false
	}
	for ms := 1.0; ms <= 2*length; ms++ {
		k := int(math.Round(ms/dt)) - 1
		if !jumps(input, ms) {
			note("basal", got.Basal[0][k][0], kernel.dendrite(basal, bias, ms))
		}
		if !jumps(output, ms) {
			note("apical", got.Apical[0][k][0], kernel.dendrite(apical, 0, ms))
		}
		note("soma", got.Soma[0][k][0], soma(ms))
		for i := range 2 {
			note("output soma", got.Soma[1][k][i], outSoma(i, ms))
		}
	}
	for i, means := range []denseMeans{got.Forward, got.Target} {
		a, b := float64(i)*length+settle, float64(i+1)*length
		note("mean apical", means.Apical[0][0], kernel.arrived(apical, 0, a, b)/(b-a))
		// From dV/dt = −g V + …, integrated over the window.
		g := m.Leak + m.Basal + m.Apical
		note("mean soma", means.Soma[0][0], (m.Basal*kernel.arrived(basal, bias, a, b)+m.Apical*kernel.arrived(apical, 0, a, b)-
			(soma(b)-soma(a)))/g/(b-a))
		note("mean trace", means.PSP[0][0], kernel.arrived(through(input, 1), 0, a, b)/(b-a))
	}
	return wrong
}

// With the same spikes in continuous time, halving dt halves the errors of
// potentials and means: forward Euler is of first order, and feedback comes a step
// late. Spikes lie on whole ms, so that forward traces, which see them at their true
// age, are exact with any dt.
func TestConvergenceInTime(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	whole := func() (times []float64) {
		for at := range 79 {
			if random.IntN(5) == 0 {
				times = append(times, float64(at))
			}
		}
		return times
	}
	input, hidden, output := whole(), whole(), whole()
	for name, c := range map[string]struct {
		support float64
		alter   func(*denseModel)
	}{
		"unlimited":             {math.Inf(1), func(*denseModel) {}},
		"10 ms":                 {10, func(*denseModel) {}},
		"apical":                {math.Inf(1), func(m *denseModel) { m.Apical = 0.6 }},
		"apical, 10 ms":         {10, func(m *denseModel) { m.Apical = 0.05 }},
		"exponential":           {math.Inf(1), func(m *denseModel) { m.Exponential = true }},
		"exponential, all else": {7, func(m *denseModel) { m.Exponential, m.Apical, m.Rise, m.Decay = true, 0.6, 2, 12 }},
	} {
		t.Run(name, func(t *testing.T) {
			m := denseModel{Rise: 3, Decay: 10, Leak: 0.1, Basal: 0.6, Dendritic: 0.6, Excitation: 8, Inhibition: -8}
			c.alter(&m)
			var before map[string]float64
			for _, dt := range []float64{0.25, 0.125, 0.0625} {
				now := errorsOf(t, m, c.support, dt, input, hidden, output)
				t.Logf("dt %v: %v", dt, now)
				for what, wrong := range now {
					switch {
					case what == "basal":
						// Each step rounds sums of up to 60 to float32, an error of
						// 60 × 2⁻²⁴, which is kept for τ_L/dt steps.
						if wrong > 60*0x1p-24*m.Decay/dt {
							t.Errorf("dt %v: %s is wrong by %v", dt, what, wrong)
						}
					case before != nil:
						if ratio := before[what] / wrong; !(ratio > 1.8 && ratio < 2.2) {
							t.Errorf("dt %v: %s is wrong by %v, and with twice the step by %v, %.2f times as much", dt, what, wrong, before[what], ratio)
						}
					}
				}
				before = now
			}
		})
	}
}

// The engine's own draws have a limit too: with steps of 1, 1/4 and 1/16 ms, rates,
// potentials, traces and plateaus have the same means within their standard errors.
// Effects of the order of dt, such as the delay of one step, are over when the
// windows begin.
func TestConvergenceInDistribution(t *testing.T) {
	n := 500
	if testing.Short() {
		n = 150
	}
	for _, apical := range []float64{0, 0.6} {
		v := variantOf("steps", []int{8}, func(p *variantPlan) { p.model.Apical = apical })
		v.model.ForwardEta = []float64{0, 0}
		measure := func(dt float64) (mean, sd map[string]float64) {
			m := v.model
			m.Dt, m.Memory = dt, int(10/dt)
			r := newBlindRig(t, m, v.weights, uint64(1/dt))
			mean, squares := map[string]float64{}, map[string]float64{}
			note := func(what string, layer, i int, x float64) {
				name := fmt.Sprintf("g_a = %v: %s of neuron %d of layer %d", apical, what, i, layer)
				mean[name] += x / float64(n)
				squares[name] += x * x / float64(n)
			}
			phase := densePhase{Steps: int(50 / dt), Window: denseWindow{First: int(30 / dt)}}
			for k := range n {
				e := v.examples[0]
				e.Forward, e.Target, e.Label = phase, phase, k%3
				got := r.Run(t, e, false)
				for layer, what := range got.Forward.Soma {
					for i := range what {
						note("V̄^f", layer, i, got.Forward.Soma[layer][i])
						note("φ̄^f", layer, i, got.Forward.Rate[layer][i])
						note("φ̄^t", layer, i, got.Target.Rate[layer][i])
					}
				}
				for layer, s := range got.Forward.PSP {
					for i := range s {
						note("s̄", layer-1, i, s[i])
					}
				}
				for i := range got.Forward.Alpha[0] {
					note("α^f", 0, i, got.Forward.Alpha[0][i])
					note("α^t", 0, i, got.Target.Alpha[0][i])
				}
			}
			sd = map[string]float64{}
			for name := range mean {
				sd[name] = math.Sqrt((squares[name] - mean[name]*mean[name]) / float64(n))
			}
			return mean, sd
		}
		fine, fineError := measure(1.0 / 16)
		if want := 3*(8+3) + 12 + 8 + 2*8; len(fine) != want {
			t.Fatalf("%d means were compared, want %d", len(fine), want)
		}
		for _, dt := range []float64{1, 0.25} {
			coarse, coarseError := measure(dt)
			for name, want := range fine {
				e := math.Hypot(coarseError[name], fineError[name])
				if !(math.Abs(coarse[name]-want) <= 4.5*e) {
					t.Errorf("%s is %v with steps of %v ms and %v with steps of 1/16 ms, %.1f standard errors apart", name, coarse[name], dt, want, (coarse[name]-want)/e)
				}
			}
		}
	}
}
