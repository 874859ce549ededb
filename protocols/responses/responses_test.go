package responses_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/responses"
	"plateau/protocols/training"
	"plateau/sim"
	"plateau/sim/record"
)

// A recording of images, each shown some times, in a network that a test can compare with.
func recorded(t *testing.T, m protocols.Model, examples []int, repeats int) (*record.Reader, protocolstest.Images) {
	t.Helper()
	net, data := protocolstest.Network(t, m), protocolstest.Noise(3, 12, m.Network.Inputs, m.Network.Classes)
	h := protocols.RecordingHeader(m)
	h.Rule, h.Course, h.Weights, h.Repeats = nil, network.Course{}, true, repeats
	var b bytes.Buffer
	w, err := record.NewWriter(&b, h, net)
	if err != nil {
		t.Fatal(err)
	}
	trials := &protocols.Trials{Model: m, Network: net, Number: len(examples) * repeats,
		Show: func(trial int) (sim.Presentation, []sim.Phase, error) {
			i := examples[trial/repeats]
			e, err := training.ReadExample(data, i, training.Shape{Inputs: m.Network.Inputs, Classes: m.Network.Classes}, "trial")
			number := sim.RepeatNumber(i, trial%repeats)
			return sim.Presentation{Purpose: sim.TrialSpikes, Number: number, Example: i, Class: e.Class}, m.Phases(number, e), err
		},
		Done: func(int, sim.Presentation, *protocols.Shown) error { return nil },
	}
	err = trials.Run(t.Context(), protocols.Watched{Workers: 2, Watch: w})
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return reader(t, b.Bytes()), data
}

func reader(t *testing.T, file []byte) *record.Reader {
	t.Helper()
	r, err := record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// spikesOf lists the spikes of a neuron in the first steps of a trial.
func spikesOf(t *testing.T, r *record.Reader, trial, population, neuron, steps int) (at []float64) {
	t.Helper()
	s := r.Spikes(trial, population, 0, steps)
	for s.Scan() {
		for _, spike := range s.Spikes() {
			if int(spike.Neuron) == neuron {
				at = append(at, float64(spike.Step))
			}
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return at
}

// meanVariance is that of textbooks, in two passes.
func meanVariance(values []float64) (mean, variance float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		variance += (v - mean) * (v - mean) / float64(len(values)-1)
	}
	return mean, variance
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(b)) }

// Rates, Fano factors and CVs are those that the definitions give, spike by spike, also if
// phases have random lengths.
func TestDefinitions(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	m.Neurons.Dt = 0.5
	m.Train.Longer = &protocols.Wald{Mean: 5, Scale: 3}
	examples := []int{2, 4, 7, 9}
	const repeats, population = 30, 1
	r, data := recorded(t, m, examples, repeats)
	tuning, err := responses.TuningOf(r, population)
	if err != nil {
		t.Fatal(err)
	}
	v, err := responses.VariabilityOf(r, population)
	if err != nil {
		t.Fatal(err)
	}
	shortest, time := math.MaxInt, make([]float64, 3)
	spikes := [5][3]float64{}
	lengths := map[int]bool{}
	for i := range r.Trials() {
		trial, err := r.Trial(i)
		if err != nil {
			t.Fatal(err)
		}
		steps := trial.Phases[0].Steps
		lengths[steps] = true
		shortest = min(shortest, steps)
		c := data.Classes[trial.Example]
		time[c] += float64(steps) * 0.5 / 1000
		for n := range 5 {
			spikes[n][c] += float64(len(spikesOf(t, r, i, population, n, steps)))
		}
	}
	if len(lengths) < 3 || v.Steps != shortest || v.Examples != len(examples) {
		t.Fatalf("windows of %d steps, %d examples, want %d, %d; %d lengths", v.Steps, v.Examples, shortest, len(examples), len(lengths))
	}
	for n := range 5 {
		for c := range 3 {
			want := 0.0
			if time[c] > 0 {
				want = spikes[n][c] / time[c]
			}
			if !near(tuning.Rates[n][c], want) {
				t.Errorf("neuron %d, class %d: %v Hz, want %v", n, c, tuning.Rates[n][c], want)
			}
		}
	}
	for n := range 5 {
		low, high := math.Inf(1), 0.0
		for c := range 3 {
			if time[c] > 0 {
				low, high = min(low, spikes[n][c]/time[c]), max(high, spikes[n][c]/time[c])
			}
		}
		if !near(tuning.Range(n), high-low) {
			t.Errorf("neuron %d has a range of %v Hz, want %v", n, tuning.Range(n), high-low)
		}
	}
	if !slices.IsSortedFunc(tuning.Order(), func(a, b int) int { return tuning.Preferred(a) - tuning.Preferred(b) }) {
		t.Errorf("order %v is not by preferred class", tuning.Order())
	}
	k := 0
	for e := range examples {
		for n := range 5 {
			var counts []float64
			for i := range repeats {
				counts = append(counts, float64(len(spikesOf(t, r, e*repeats+i, population, n, shortest))))
			}
			mean, variance := meanVariance(counts)
			if mean == 0 {
				continue
			}
			if k >= len(v.Mean) || !near(v.Mean[k], mean) || !near(v.Fano[k], variance/mean) {
				t.Fatalf("example %d, neuron %d: mean count and Fano factor are not %v and %v", examples[e], n, mean, variance/mean)
			}
			k++
		}
	}
	if k != len(v.Mean) || k < 10 {
		t.Errorf("%d Fano factors, want %d", len(v.Mean), k)
	}
	var want []float64
	for n := range 5 {
		var gaps []float64
		for i := range r.Trials() {
			at := spikesOf(t, r, i, population, n, shortest)
			for s := 1; s < len(at); s++ {
				gaps = append(gaps, at[s]-at[s-1])
			}
		}
		if mean, variance := meanVariance(gaps); len(gaps) >= 20 {
			want = append(want, math.Sqrt(variance)/mean)
		}
	}
	if len(want) < 2 || !slices.EqualFunc(v.CV, want, near) {
		t.Errorf("CVs %v, want %v", v.CV, want)
	}
}

// Inputs are Poisson processes of one rate, so their Fano factors are 1.
func TestPoissonInputHasFanoOne(t *testing.T) {
	r, _ := recorded(t, protocols.Default(200, []int{3}, 3), []int{1, 5}, 200)
	v, err := responses.VariabilityOf(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	mean, _ := meanVariance(v.Fano)
	// The Fano factor of n counts has a standard error of about √(2/(n−1)); here the mean of 400.
	if e := math.Sqrt(2.0/199) / math.Sqrt(400); math.Abs(mean-1) > 5*e {
		t.Errorf("mean Fano factor %v of %d, want 1 ± %v", mean, len(v.Fano), 5*e)
	}
}

func TestNothingToMeasure(t *testing.T) {
	r, _ := recorded(t, protocols.Default(6, []int{5}, 3), []int{2, 3}, 1)
	if _, err := responses.VariabilityOf(r, 1); err == nil || err.Error() != "nothing was shown more than once with the same weights" {
		t.Errorf("without repeats: %v", err)
	}
	if _, err := responses.CurrentCurves(r); err == nil {
		t.Error("without currents there is a curve")
	}
}

// The curve has the rate of the neurons that got each current, in the phase in which they
// did, since it has settled.
func TestCurrentCurves(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	net := protocolstest.Network(t, m)
	h := protocols.RecordingHeader(m)
	h.Rule, h.Course, h.Weights, h.Protocol = nil, network.Course{}, true, "currents"
	var b bytes.Buffer
	w, err := record.NewWriter(&b, h, net)
	if err != nil {
		t.Fatal(err)
	}
	var phases []sim.Phase
	for _, level := range []float32{4, -20, 20} {
		phases = append(phases, sim.Phase{Name: "step", Intensity: make([]float32, 6), Steps: 100, From: 30, Currents: []sim.Current{{Layer: 1, Into: sim.Soma, Neurons: []int{1, 3}, Values: []float32{level}}}})
	}
	_, err = protocols.ShowPhases(m, net, sim.Presentation{Purpose: sim.ProtocolSpikes, Example: -1, Class: -1}, phases, w)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r := reader(t, b.Bytes())
	curves, err := responses.CurrentCurves(r)
	if err != nil || len(curves) != 1 || !slices.Equal(curves[0].Current, []float64{-20, 4, 20}) || curves[0].Into != sim.Soma || curves[0].Population != 1 {
		t.Fatalf("%+v, %v", curves, err)
	}
	for k, phase := range []int{1, 0, 2} {
		n := 0.0
		for _, neuron := range []int{1, 3} {
			n += float64(len(spikesOf(t, r, 0, 1, neuron, 100*phase+100)) - len(spikesOf(t, r, 0, 1, neuron, 100*phase+30)))
		}
		if want := n / 2 / 0.07; !near(curves[0].Rate[k], want) {
			t.Errorf("current %v: %v Hz, want %v", curves[0].Current[k], curves[0].Rate[k], want)
		}
	}
	if curves[0].Rate[0] >= curves[0].Rate[2] {
		t.Errorf("rates %v do not rise with the current", curves[0].Rate)
	}
}

// show records trials of phases of one's own.
func show(t *testing.T, m protocols.Model, change func(*record.Header), trials int, trial func(i int) (sim.Presentation, []sim.Phase)) *record.Reader {
	t.Helper()
	net := protocolstest.Network(t, m)
	h := protocols.RecordingHeader(m)
	h.Rule, h.Course, h.Weights, h.Protocol = nil, network.Course{}, true, "a test"
	change(&h)
	var b bytes.Buffer
	w, err := record.NewWriter(&b, h, net)
	if err != nil {
		t.Fatal(err)
	}
	for i := range trials {
		p, phases := trial(i)
		if _, err := protocols.ShowPhases(m, net, p, phases, w); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return reader(t, b.Bytes())
}

// steady returns a phase in which all inputs fire at the same share of their largest rate.
func steady(name string, steps int, intensity float32) sim.Phase {
	return sim.Phase{Name: name, Steps: steps, Intensity: slices.Repeat([]float32{intensity}, 6)}
}

// Repeats of a stimulus of one's own vary too. Without repeats, nothing says that trials
// of such stimuli show the same.
func TestVariabilityOfAStimulus(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	trial := func(i int) (sim.Presentation, []sim.Phase) {
		return sim.Presentation{Purpose: sim.ProtocolSpikes, Number: sim.RepeatNumber(0, i), Example: -1, Class: -1}, []sim.Phase{steady("own", 80, 0.5)}
	}
	r := show(t, m, func(h *record.Header) { h.Repeats = 10 }, 10, trial)
	v, err := responses.VariabilityOf(r, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		var counts []float64
		for i := range 10 {
			counts = append(counts, float64(len(spikesOf(t, r, i, 0, n, 80))))
		}
		if mean, variance := meanVariance(counts); len(v.Fano) != 6 || !near(v.Fano[n], variance/mean) || v.Examples != 1 {
			t.Errorf("input %d: %+v, want a Fano factor of %v", n, v, variance/mean)
		}
	}
	if _, err := responses.VariabilityOf(show(t, m, func(*record.Header) {}, 3, trial), 0); err == nil {
		t.Error("trials that are no repeats are compared")
	}
}

// Training shows examples again with other weights, which is no repeat.
func TestLearningIsNoVariability(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	net := protocolstest.Network(t, m)
	var b bytes.Buffer
	w, err := record.NewWriter(&b, protocols.RecordingHeader(m), net)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := protocolstest.New(m, net, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer.Watch(w, false)
	for range 2 {
		if _, err := trainer.Epoch(t.Context(), protocolstest.Noise(3, 4, 6, 3), nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if v, err := responses.VariabilityOf(reader(t, b.Bytes()), 1); err == nil {
		t.Errorf("two epochs of training are %d examples that were repeated", v.Examples)
	}
}

// A phase before the stimulus is not the response to it.
func TestResponseIsToTheStimulus(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	given := steady("given", 50, 0)
	for range given.Steps {
		given.Spikes = append(given.Spikes, []int32{2})
	}
	for _, stimulus := range []sim.Phase{steady("image", 50, 1), given} {
		r := show(t, m, func(*record.Header) {}, 1, func(int) (sim.Presentation, []sim.Phase) {
			taught := steady("taught", 20, 1)
			taught.Taught = true
			return sim.Presentation{Purpose: sim.TrialSpikes, Class: 1}, []sim.Phase{steady("silence", 100, 0), taught, stimulus, steady("more", 30, 1)}
		})
		tuning, err := responses.TuningOf(r, 0)
		if err != nil {
			t.Fatal(err)
		}
		before := len(spikesOf(t, r, 0, 0, 2, 120))
		if want := float64(len(spikesOf(t, r, 0, 0, 2, 170))-before) / 0.05; want == 0 || !near(tuning.Rates[2][1], want) {
			t.Errorf("%s: input 2 fires at %v Hz, want %v", stimulus.Name, tuning.Rates[2][1], want)
		}
	}
}

// Currents into one neuron add up; with one that changes, there is no constant current.
func TestCurrentsAddUp(t *testing.T) {
	m := protocols.Default(6, []int{5}, 3)
	r := show(t, m, func(*record.Header) {}, 1, func(int) (sim.Presentation, []sim.Phase) {
		p := steady("own", 10, 0)
		inject := func(neurons []int, values ...float32) {
			p.Currents = append(p.Currents, sim.Current{Layer: 1, Into: sim.Soma, Neurons: neurons, Values: values})
		}
		inject([]int{0, 1, 2}, 1)
		inject([]int{1, 2, 3}, 2)
		inject([]int{2}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
		return sim.Presentation{Purpose: sim.ProtocolSpikes, Example: -1, Class: -1}, []sim.Phase{p}
	})
	curves, err := responses.CurrentCurves(r)
	if err != nil || len(curves) != 1 || !slices.Equal(curves[0].Current, []float64{1, 2, 3}) {
		t.Fatalf("%+v, %v, want currents of 1, 2 and 3", curves, err)
	}
	changing := show(t, m, func(*record.Header) {}, 1, func(int) (sim.Presentation, []sim.Phase) {
		p := steady("own", 2, 0)
		p.Currents = []sim.Current{{Layer: 1, Into: sim.Soma, Neurons: []int{0}, Values: []float32{1, 2}}}
		return sim.Presentation{Purpose: sim.ProtocolSpikes, Example: -1, Class: -1}, []sim.Phase{p}
	})
	if curves, err := responses.CurrentCurves(changing); err == nil {
		t.Errorf("a current that changes has the curves %+v", curves)
	}
	for k, neuron := range []int{0, 3, 1} {
		if want := float64(len(spikesOf(t, r, 0, 1, neuron, 10))) / 0.01; !near(curves[0].Rate[k], want) {
			t.Errorf("current %v: %v Hz, want %v", curves[0].Current[k], curves[0].Rate[k], want)
		}
	}
}
