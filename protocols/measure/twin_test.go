package measure_test

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/measure"
	"plateau/protocols/training"
	"plateau/sim"
)

// All measurements agree with their definitions, computed from whole matrices in
// float64, for every kind of network.
func TestTwin(t *testing.T) {
	for _, c := range []struct {
		name   string
		hidden []int
		every  int
		alter  func(*protocols.Model)
	}{
		{"one hidden layer", []int{9}, 20, func(m *protocols.Model) {}},
		{"no hidden layer", nil, 20, func(m *protocols.Model) {}},
		{"three, batches", []int{8, 7, 6}, 20, func(m *protocols.Model) { m.Batch, m.MeanUpdate = 8, true }},
		{"layerwise, per class 2, biased apical", []int{8, 7}, 33, func(m *protocols.Model) {
			m.Network.Feedback, m.Network.PerClass, m.Network.FeedbackBias = network.LayerWise, 2, true
			m.FeedbackRates = []float64{0.01, 0.01}
			m.Neurons.Hidden.Apical = 0.3
		}},
		{"rates", []int{8, 7}, 20, func(m *protocols.Model) {
			m.Neurons.Forward, m.Neurons.Feedback, m.Batch = sim.Rates, sim.Rates, 3
		}},
		{"lesions", []int{8, 7}, 20, func(m *protocols.Model) {
			m.Network.Lesions = []network.Lesion{{Layer: 0, From: 1, To: 2}, {Layer: 1, From: 2, To: 4}, {Layer: 2, From: 6, To: 7}}
		}},
		{"lesions, rates", []int{8, 7}, 20, func(m *protocols.Model) {
			m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
			m.Network.Lesions = []network.Lesion{{Layer: 0, From: 1, To: 2}, {Layer: 1, From: 2, To: 4}, {Layer: 2, From: 6, To: 7}}
		}},
		{"more than the window", []int{5}, 130, func(m *protocols.Model) { m.Batch = 3 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := tiny(c.hidden...)
			c.alter(&m)
			trainer := newTrainer(t, m, 2)
			twin := &slow{model: m, net: trainer.Network()}
			initial := trainer.Network().Clone()
			measurements := newMeasurements(t, measure.All(c.every, trainer.Learner), trainer)
			trainer.AddWitness(twin, true)
			trainer.Watch(twin, false)
			var after []*network.Network // weights at each line
			var lines []measure.Line
			for range 3 {
				_, err := trainer.Epoch(t.Context(), noise(100), func(training.Epoch) {
					if line, ok := measurements.Next(); ok {
						lines, after = append(lines, line), append(after, trainer.Network().Clone())
					}
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			if len(lines) != 300/c.every {
				t.Fatalf("%d lines of 300 examples, one every %d", len(lines), c.every)
			}
			begin := 0
			for k, line := range lines {
				// Intervals end with the batch in which the multiple is reached; the
				// last batch of an epoch has the examples that are left.
				want := 0
				for due := (k + 1) * c.every; want < due; {
					want += min(m.Batch, 100-want%100)
				}
				if line.Examples != uint64(want) {
					t.Fatalf("line %d comes after %d examples, want %d", k, line.Examples, want)
				}
				name := func(s string) string { return fmt.Sprintf("line %d: %s", k, s) }
				in := twin.lessons[begin:want]
				begin = want
				hidden, output, correlation := slowLosses(in)
				// The sums are in another order, which makes a difference of some units in
				// the last place.
				near(t, name("hidden losses"), line.HiddenLosses, hidden, 1e-12)
				near(t, name("output loss"), []float64{line.OutputLoss}, []float64{output}, 1e-12)
				near(t, name("correlation"), line.LossCorrelation, correlation, 1e-9)
				near(t, name("rates"), line.Rates, twin.rates(in), 1e-12)
				weights := []*network.Network{initial, initial, after[k]}
				for i := range 2 {
					if k > i {
						weights[1-i] = after[k-1-i]
					}
				}
				norms, changes, gradients := slowNorms(weights, k == 0)
				near(t, name("norms"), line.WeightNorms, norms, 1e-12)
				near(t, name("changes"), line.WeightChanges, changes, 1e-12)
				near(t, name("gradient changes"), line.GradientChanges, gradients, 1e-12)
				if len(c.hidden) == 0 {
					if line.UpdateAngles != nil || !math.IsNaN(line.LargestEigenvalue) || !math.IsNaN(line.AlignmentAngle) {
						t.Errorf("measured without a hidden layer: %+v", line)
					}
					continue
				}
				// Slopes are in float32, and differences of plateaus are not small
				// enough to magnify that: errors are some 1e-7 of angles in degrees.
				near(t, name("angles"), line.UpdateAngles, twin.angles(in), 1e-5)
				last := len(m.Network.Hidden)
				w, y := receiving(after[k].Layers[last].Weights), receiving(after[k].Layers[last-1].Feedback)
				near(t, name("alignment"), []float64{line.AlignmentAngle}, []float64{angle(w.flat(), y.transposed().flat())}, 1e-9)
				window := in
				if n := (k+1)*c.every - measure.Window - (want - len(in)); n > 0 {
					window = in[n:]
				}
				if digits := strconv.FormatFloat(line.LargestEigenvalue, 'g', -1, 64); len(digits) > len("0.0123456789") {
					t.Errorf("eigenvalue %s has more than ten digits", digits)
				}
				near(t, name("eigenvalue"), []float64{line.LargestEigenvalue}, []float64{twin.eigenvalue(window)}, 1e-6)
			}
		})
	}
}

func slowLosses(in []slowLesson) (hidden []float64, output float64, correlation []float64) {
	last := len(in[0].losses) - 1
	column := func(m int) (x []float64) {
		for _, l := range in {
			x = append(x, l.losses[m])
		}
		return x
	}
	output = average(column(last))
	for m := range last {
		hidden = append(hidden, average(column(m)))
		var xy, xx, yy float64
		for i, x := range column(m) {
			dx, dy := x-hidden[m], column(last)[i]-output
			xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
		}
		correlation = append(correlation, xy/math.Sqrt(xx*yy))
	}
	return hidden, output, correlation
}

func (s *slow) rates(in []slowLesson) []float64 {
	sums := make([]float64, 1+len(s.net.Layers))
	if s.model.Neurons.Forward == sim.Spikes {
		var time float64
		for _, l := range in {
			time += l.time
			for i, n := range l.spikes {
				sums[i] += float64(n)
			}
		}
		sums[0] /= time * float64(s.net.Inputs)
		for m := range s.net.Layers {
			sums[m+1] /= time * float64(s.net.Layers[m].Size())
		}
		return sums
	}
	for _, l := range in {
		sums[0] += s.model.Neurons.Noise.MaxRate * average(l.intensity) / float64(len(in))
		for m := range l.forward {
			sums[m+1] += average(l.forward[m].rate) / float64(len(in))
		}
	}
	return sums
}

// slowNorms gets the weights one interval before, at the beginning and at the end of an
// interval.
func slowNorms(w []*network.Network, first bool) (norms, changes, gradients []float64) {
	for m := range w[0].Layers {
		var flat [3][]float64
		for i := range flat {
			flat[i] = receiving(w[i].Layers[m].Weights).flat()
		}
		now, before := minus(flat[2], flat[1]), minus(flat[1], flat[0])
		norms = append(norms, norm(flat[2]))
		changes = append(changes, norm(now)/norm(flat[1]))
		change := norm(minus(now, before)) / norm(before)
		if first {
			change = math.NaN()
		}
		gradients = append(gradients, change)
	}
	return norms, changes, gradients
}

// angles returns the angles between whole matrices ΔW, none of which is zero.
func (s *slow) angles(in []slowLesson) []float64 {
	noise, last := s.model.Neurons.Noise, len(s.net.Layers)-1
	kb, kd := s.model.Neurons.Hidden.Gain(), s.model.Neurons.Output.Gain()
	found := make([][]float64, last)
	for _, l := range in {
		var e []float64
		for i, v := range l.forward[last].soma {
			e = append(e, (l.target[last].rate[i]-noise.MaxRate*sigma(v))*kd*noise.MaxRate*dsigma(v))
		}
		for m := last - 1; m >= 0; m-- {
			f, t := l.forward[m], l.target[m]
			e = receiving(l.weights.Layers[m+1].Weights).transposed().of(e)
			var local []float64
			for i, v := range f.soma {
				e[i] *= kb * noise.MaxRate * dsigma(v)
				local = append(local, (t.plateau[i]-f.plateau[i])*kb*noise.MaxRate*dsigma(v))
			}
			if norm(local) > 0 && norm(f.trace) > 0 {
				found[m] = append(found[m], angle(outer(local, f.trace), outer(e, f.trace)))
			}
		}
	}
	var means []float64
	for _, angles := range found {
		means = append(means, average(angles))
	}
	return means
}

// eigenvalue finds the largest eigenvalue by the power method.
func (s *slow) eigenvalue(in []slowLesson) float64 {
	noise, last, kd := s.model.Neurons.Noise, len(s.net.Layers)-1, s.model.Neurons.Output.Gain()
	outputs, hidden := s.net.Layers[last].Size(), s.net.Layers[last-1].Size()
	jb, jg := zeros(outputs, hidden), zeros(hidden, outputs)
	for _, l := range in {
		w, y := receiving(l.weights.Layers[last].Weights), receiving(l.weights.Layers[last-1].Feedback)
		var rates []float64
		for _, v := range l.forward[last].soma {
			rates = append(rates, noise.MaxRate*sigma(v))
		}
		apical := y.of(rates)
		for i := range outputs {
			for j := range hidden {
				v := apical[j]
				if c := l.weights.Layers[last-1].FeedbackBias; c != nil {
					v += float64(c[j])
				}
				jb[i][j] += noise.MaxRate * dsigma(l.forward[last].soma[i]) * kd * w[i][j] / float64(len(in))
				jg[j][i] += dsigma(v) * y[j][i] / float64(len(in))
			}
		}
	}
	rest := jb.times(jg)
	for i := range rest {
		for k := range rest {
			rest[i][k] = -rest[i][k]
		}
		rest[i][i]++
	}
	square := rest.transposed().times(rest)
	x := make([]float64, outputs)
	for i := range x {
		x[i] = 1 + 0.1*float64(i)
	}
	var value float64
	for range 5000 {
		x = square.of(x)
		value = norm(x)
		for i := range x {
			x[i] /= value
		}
	}
	return value
}
