package record_test

import (
	"bytes"
	"math"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim/record"
)

// Potentials of dendrites follow from the weights and spikes of a recording by the
// rule in the package comment, up to the rounding of float32. If a feedback spike
// acted one row earlier or later, they would differ.
func TestPotentialsFromSpikes(t *testing.T) {
	for name, change := range map[string]func(m *protocols.Model){
		"broadcast":  func(*protocols.Model) {},
		"layer-wise": func(m *protocols.Model) { m.Network.Feedback = network.LayerWise },
		"fine steps": func(m *protocols.Model) { m.Neurons.Dt = 0.25 },
	} {
		m := tiny(5, 4)
		m.Train.Forward, m.Train.Target = 40, 40
		change(&m)
		net := newNetwork(t, m)
		var file bytes.Buffer
		w, err := record.NewWriter(&file, header(m), net)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := protocols.RunTrial(m, net, noise{3, 6, 3, 1}, 2, w); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r := read(t, file.Bytes())
		trial, err := r.Trial(0)
		if err != nil || !trial.Rested {
			t.Fatalf("%+v, %v", trial, err)
		}
		weights, err := r.Weights(trial.Weights)
		if err != nil {
			t.Fatal(err)
		}
		h := r.Header()
		for p := range h.Populations[1:] {
			layer := &weights.Layers[p]
			basal := rowsOf(t, r, h.Probe(p+1, record.Basal))
			compareRows(t, name+": basal of "+h.Populations[p+1].Name, basal, dendrite(t, r, p, layer.Weights, layer.Bias, 0))
			if p == len(h.Network.Hidden) {
				continue
			}
			apical := rowsOf(t, r, h.Probe(p+1, record.Apical))
			from := h.Network.FeedbackFrom(p) + 1 // as a population
			compareRows(t, name+": apical of "+h.Populations[p+1].Name, apical, dendrite(t, r, from, layer.Feedback, layer.FeedbackBias, 1))
			if early := dendrite(t, r, from, layer.Feedback, layer.FeedbackBias, 0); distance(apical, early) < 0.1 {
				t.Errorf("%s: feedback one row early makes a difference of only %v, so the test proves nothing", name, distance(apical, early))
			}
		}
	}
}

// dendrite computes potentials from the spikes of a population. A spike in step f
// acts from row f + later on.
func dendrite(t *testing.T, r *record.Reader, population int, weights network.Projection, bias []float32, later int) [][]float64 {
	t.Helper()
	trial, err := r.Trial(0)
	if err != nil {
		t.Fatal(err)
	}
	h := r.Header()
	rows := make([][]float64, trial.Steps)
	for k := range rows {
		rows[k] = make([]float64, weights.Cols)
		for i := range bias {
			rows[k][i] = float64(bias[i])
		}
	}
	s := r.Spikes(0, population, 0, record.End)
	for s.Scan() {
		for _, spike := range s.Spikes() {
			for k := int(spike.Step) + later; k < trial.Steps; k++ {
				trace := h.Neurons.Kernel.At(float64(k-int(spike.Step)-later+1) * h.Dt())
				for i, w := range weights.Row(int(spike.Neuron)) {
					rows[k][i] += float64(w) * trace
				}
			}
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return rows
}

// rowsOf reads a probe of trial 0 that includes every neuron and step.
func rowsOf(t *testing.T, r *record.Reader, probe int) (rows [][]float64) {
	t.Helper()
	width := len(r.Header().Probes[probe].Neurons)
	s := r.Samples(0, probe, 0, record.End)
	for s.Scan() {
		for k := range s.Len() {
			row := make([]float64, width)
			for i, v := range s.Values()[k*width : (k+1)*width] {
				row[i] = float64(v)
			}
			rows = append(rows, row)
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return rows
}

// compareRows allows the error of float32 sums of some hundred spikes.
func compareRows(t *testing.T, what string, got, want [][]float64) {
	t.Helper()
	if len(got) != len(want) || len(got) < 80 {
		t.Fatalf("%s: %d rows, want %d", what, len(got), len(want))
	}
	largest := 0.0
	for _, row := range want {
		for _, v := range row {
			largest = max(largest, math.Abs(v))
		}
	}
	const rounding = 1.0 / (1 << 24) // relative error of a float32
	if d := distance(got, want); !(d < 100*rounding*largest) || largest < 0.1 {
		t.Errorf("%s: they differ by %v, want less than %v; the largest is %v", what, d, 100*rounding*largest, largest)
	}
}

// distance returns the largest difference between two tables.
func distance(a, b [][]float64) (most float64) {
	for k := range a {
		for i := range a[k] {
			most = max(most, math.Abs(a[k][i]-b[k][i]))
		}
	}
	return most
}
