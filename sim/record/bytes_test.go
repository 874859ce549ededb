package record_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"plateau/kernels"
	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
	"plateau/sim/record"
)

// The bytes of a recording are the same on every machine and with every later version
// of the program, whatever is recorded of a run. They may change with the format, and
// with a version of the library that compresses.
func TestBytes(t *testing.T) {
	all := func(*protocols.Model, *record.Header) {}
	for _, c := range []struct {
		name   string
		change func(*protocols.Model, *record.Header)
		hidden []int
		trials int
		small  int // number of spikes in a group; 0 for the default
		want   string
	}{
		{"everything", all, []int{8}, 30, 0, "14b7fb29d9f8f426"},
		{"small groups", all, []int{8}, 30, 40, "a7001ce0c6ff1df2"},
		{"a group a block", all, []int{8}, 30, 1, "6d03703f0c64f7e3"},
		{"several indexes", all, nil, 1100, 1, "94a0f33f46f55867"},
		{"two hidden layers", all, []int{9, 5}, 30, 40, "2d9c6b18e4e3e6e7"},
		{"only spikes", func(m *protocols.Model, h *record.Header) { *h = protocols.RecordingHeader(*m) }, []int{8}, 30, 0, "baf4f8c9573eefad"},
		{"no spikes", func(m *protocols.Model, h *record.Header) {
			h.Populations = record.Populations(m.Network)
			for i := range h.Populations {
				h.Populations[i].Spikes = false
			}
		}, []int{8}, 30, 40, "bb8a928de7f8ca84"},
		{"no plateaus", func(_ *protocols.Model, h *record.Header) { h.Plateaus = false }, []int{8}, 30, 40, "0126e284781dc06f"},
		{"apical dendrites that act", func(m *protocols.Model, h *record.Header) {
			m.Neurons.Hidden.Apical = 0.05
			h.Neurons = m.Neurons
		}, []int{8}, 30, 40, "ad52f682886e5196"},
		{"batches", func(m *protocols.Model, _ *record.Header) { m.Batch = 4 }, []int{8}, 30, 40, "69f7f0aebddcd2e9"},
		{"half of each batch", func(m *protocols.Model, h *record.Header) { m.Batch, h.Select.Every = 4, 2 }, []int{8}, 30, 40, "865059a62802f934"},
		{"every third", func(_ *protocols.Model, h *record.Header) { h.Select.Every = 3 }, []int{8}, 30, 0, "7e17ae8d599119fb"},
		{"some numbers", func(_ *protocols.Model, h *record.Header) { h.Select.Numbers = []uint64{2, 7, 9, 1000} }, []int{8}, 30, 0, "96eceaf78a0060da"},
		{"wrong predictions", func(_ *protocols.Model, h *record.Header) { h.Select.Mispredicted = true }, []int{8}, 30, 0, "dff02dccd9e2db12"},
		{"wrong predictions of long trials", func(m *protocols.Model, h *record.Header) {
			m.Train.Forward, h.Select.Mispredicted = 400, true
		}, []int{8}, 20, 5, "0e414672ea23473d"},
		{"a snapshot every 7 trials", func(_ *protocols.Model, h *record.Header) { h.SnapshotEvery = 7 }, []int{8}, 30, 0, "9f764750458902a4"},
		{"digests of weights", func(_ *protocols.Model, h *record.Header) { h.Weights, h.SnapshotEvery = false, 1 }, []int{8}, 30, 0, "9ebf391a717a9ad7"},
		{"weights that do not change", func(_ *protocols.Model, h *record.Header) { h.Rule, h.SnapshotEvery = nil, 1 }, []int{8}, 30, 0, "4270d59e83335144"},
		{"plateau times", func(m *protocols.Model, _ *record.Header) {
			m.Train.Window, m.Train.PlateauSpread = 4, 3
			m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
		}, []int{8}, 30, 40, "45315c0bba3f8b86"},
		{"rates", func(m *protocols.Model, h *record.Header) {
			m.Neurons.Forward, m.Neurons.Feedback = sim.Rates, sim.Rates
			h.Neurons = m.Neurons
		}, []int{8}, 30, 40, "feaf8afdd2d10bbe"},
		{"a kernel without end", func(m *protocols.Model, h *record.Header) {
			m.Neurons.Kernel = kernels.DoubleExponential{Rise: 3, Decay: 10}
			h.Neurons = m.Neurons
		}, []int{8}, 30, 40, "3e61bdb91b1bfd88"},
		{"silent synapses", func(m *protocols.Model, h *record.Header) {
			m.Network.Silent = 0.5
			h.Network = m.Network
		}, []int{8}, 30, 40, "5c9e85d9c3454de4"},
		{"feedback of the layer above", func(m *protocols.Model, h *record.Header) {
			m.Network.Feedback = network.LayerWise
			h.Network = m.Network
		}, []int{9, 5}, 30, 40, "3e802d189086b997"},
		{"long phases", func(m *protocols.Model, _ *record.Header) { m.Train.Forward, m.Train.Target = 300, 200 }, []int{8}, 10, 1000, "bf10c9022a396bcf"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := tiny(c.hidden...)
			h := header(m)
			c.change(&m, &h)
			file, _, _ := recordTraining(t, m, h, c.trials, c.small)
			wantBytes(t, file, c.want)
		})
	}
	t.Run("another process continues", func(t *testing.T) {
		for _, c := range []struct {
			batch, every int
			known        bool // whether the mark knows what happened to the weights
			want         string
		}{
			{1, 1, true, "707087d892569156"}, {1, 3, true, "2bae67a8f5d582ac"}, {4, 2, true, "b93bc42677678d7b"}, {4, 2, false, "e0e29cba84687a40"},
		} {
			m := tiny(8)
			m.Batch = c.batch
			h := header(m)
			h.Select.Every = c.every
			wantBytes(t, recordInterrupted(t, m, h, c.known), c.want)
		}
	})
}

func wantBytes(t *testing.T, file []byte, want string) {
	t.Helper()
	sum := sha256.Sum256(file)
	if got := hex.EncodeToString(sum[:8]); got != want {
		t.Errorf("SHA-256 of %d bytes begins with %s, want %s", len(file), got, want)
	}
}

// recordInterrupted records training that stops within a batch and is continued from
// a mark, after which more had been written. The mark passes through JSON, as it does
// in checkpoints.
func recordInterrupted(t *testing.T, m protocols.Model, h record.Header, known bool) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.plateau")
	net := newNetwork(t, m)
	w, err := record.Create(path, h, net)
	if err != nil {
		t.Fatal(err)
	}
	engine, err := sim.New(net, m.Neurons, m.Seed)
	if err != nil {
		t.Fatal(err)
	}
	means := make([]network.Means, len(net.Layers))
	show := func(w *record.Writer, from, to int) {
		for i := from; i < to; i++ {
			engine.Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: uint64(i + 1), Example: i, Class: i % 3, Slot: i % m.Batch})
			p := sim.Phase{Name: "forward", Steps: 20, Intensity: []float32{1, 0.5, 0, 0.25, 0.75, 1}}
			if err := engine.Run(&p, means); err != nil {
				t.Fatal(err)
			}
			if i%m.Batch == m.Batch-1 {
				net.Layers[0].Bias[0] += 0.25
			}
		}
	}
	engine.Watch(w, w.Potentials())
	show(w, 0, 10)
	mark, err := w.Flush()
	if err != nil {
		t.Fatal(err)
	}
	weights, state := net.Clone(), engine.AppendState(nil)
	show(w, 10, 15)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(mark)
	if err != nil {
		t.Fatal(err)
	}
	mark = record.Mark{}
	if err := json.Unmarshal(text, &mark); err != nil {
		t.Fatal(err)
	}
	if !known {
		mark.Weights = nil
	}
	net = weights
	if engine, err = sim.New(net, m.Neurons, m.Seed); err != nil {
		t.Fatal(err)
	}
	if err := engine.SetState(state); err != nil {
		t.Fatal(err)
	}
	if w, err = record.Continue(path, mark, net); err != nil {
		t.Fatal(err)
	}
	engine.Watch(w, w.Potentials())
	show(w, 10, 25)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Concat(text, file)
}
