package record_test

import (
	"bytes"
	"testing"

	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
	"plateau/sim/record"
)

// Recording does not change a run, whatever is recorded.
func TestRecordingChangesNothing(t *testing.T) {
	for _, apical := range []float64{0, 0.05} {
		m := tiny(9, 5)
		m.Neurons.Hidden.Apical = apical
		want := ""
		for name, h := range map[string]func() record.Header{
			"nothing":    nil,
			"spikes":     func() record.Header { return protocols.RecordingHeader(m) },
			"everything": func() record.Header { return header(m) },
			"wrong predictions": func() record.Header {
				h := header(m)
				h.Select.Mispredicted = true
				return h
			},
		} {
			net := newNetwork(t, m)
			trainer, err := protocolstest.New(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			if h != nil {
				w, err := record.NewWriter(&bytes.Buffer{}, h(), net)
				if err != nil {
					t.Fatal(err)
				}
				defer w.Close()
				trainer.Watch(w, w.Potentials())
			}
			if _, err := trainer.Epoch(t.Context(), noise{50, 6, 3, 1}, nil); err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = net.Weights().SHA256()
			}
			if net.Weights().SHA256() != want {
				t.Errorf("recording %s changes the run", name)
			}
		}
	}
}

// Trials without steps, silent populations and recordings without trials are
// possible.
func TestNothingHappens(t *testing.T) {
	engine, net, h := bare(t, 3)
	var file bytes.Buffer
	w, err := record.NewWriter(&file, h, net)
	if err != nil {
		t.Fatal(err)
	}
	engine.Watch(w, w.Potentials())
	for i := range 3 {
		engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: uint64(i)})
	}
	show(t, engine, net, script{nil, nil}, script{nil, {1, 1, 2}, nil}, script{nil})
	engine.Present(sim.Presentation{Purpose: sim.TrialSpikes, Number: 1 << 63})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := read(t, file.Bytes())
	steps := []int{0, 0, 0, 2, 3, 1, 0}
	if r.Trials() != len(steps) || r.Steps() != 6 {
		t.Fatalf("%d trials and %d steps, want %d and 6", r.Trials(), r.Steps(), len(steps))
	}
	for i, n := range steps {
		trial, err := r.Trial(i)
		if err != nil || trial.Steps != n || !trial.Whole || trial.Predicted != -1 || trial.Losses != nil {
			t.Errorf("trial %d: %+v, %v", i, trial, err)
		}
		want := script(nil)
		if i == 4 {
			want = script{nil, {1, 1, 2}}
		}
		if err := compareScript(r, i, want); err != nil {
			t.Errorf("trial %d: %v", i, err)
		}
	}
	if last, _ := r.Trial(6); last == nil || last.Number != 1<<63 {
		t.Errorf("the last trial is %+v", last)
	}
	r.Verify(func(d record.Damage) { t.Errorf("%+v", d) }, nil)

	r = read(t, recordScripts(t, 3))
	if r.Trials() != 0 || r.Steps() != 0 || !r.Complete() {
		t.Errorf("a recording of nothing has %d trials", r.Trials())
	}
	if _, err := r.Trial(0); err == nil {
		t.Error("there is a trial in a recording of nothing")
	}
}

// More spikes than fit a chunk are recorded, whether they are in one step or in
// many.
func TestHugeCounts(t *testing.T) {
	const neurons = 1000
	burst := make([]int32, 300000)
	for i := range burst {
		burst[i] = int32(i * neurons / len(burst))
	}
	for name, s := range map[string]script{
		"one step":        {nil, burst, nil, {0, 999}},
		"two steps":       {burst[:131072], burst[:131073]},
		"up to the limit": {burst[:65535], {999}, burst[:65536], burst[:65537]},
		"last neuron":     {{999}, {999}, {0}, {999}},
	} {
		r := read(t, recordScripts(t, neurons, s, s))
		for i := range 2 {
			if err := compareScript(r, i, s); err != nil {
				t.Errorf("%s: %.200s", name, err.Error())
			}
		}
		r.Verify(func(d record.Damage) { t.Errorf("%s: %+v", name, d) }, nil)
	}
}
