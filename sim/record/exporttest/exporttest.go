// Package exporttest makes recordings for the tests of exporters. It also observes
// the runs themselves, so that tests know what happened.
package exporttest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/compartments"
	"plateau/internal/stream"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// Make simulates a plan and returns the recording and what happened.
func Make(t testing.TB, p Plan) (*record.Reader, *Memory) {
	t.Helper()
	net := network.New(p.Network)
	draw := stream.New(1, stream.InitialWeights, 0, 0, 0)
	net.Draw(network.DefaultOptimised(p.MaxRate), &draw)
	if len(p.Network.Hidden) > 0 {
		net.Layers[0].Bias[0] = -1e6
	}
	params := sim.Params{
		Dt:          p.Dt,
		Kernel:      kernels.Finite{Kernel: kernels.DoubleExponential{Rise: 3, Decay: 10}, Support: 10},
		Hidden:      compartments.Pyramidal{Leak: 0.1, Basal: 0.6},
		Output:      compartments.Output{Leak: 0.1, Dendritic: 0.6, Teaching: 1, Excitatory: 8, Inhibitory: -8},
		Noise:       compartments.EscapeNoise{MaxRate: p.MaxRate},
		Integration: compartments.ForwardEuler, Forward: sim.Spikes, Feedback: sim.Spikes,
	}
	h := record.Header{
		Program: "plateau test", Begun: p.Begun, Config: "seed = 7\n", Data: "made up", Neurons: params, Network: p.Network, Seed: 7,
		Probes: slices.Clone(p.Probes), Plateaus: true,
	}
	if p.Inject {
		h.Protocol = "[[phase]]\n"
	}
	h.Populations = record.Populations(p.Network)
	for i := range h.Populations {
		h.Populations[i].Spikes = p.Populations == nil || slices.Contains(p.Populations, h.Populations[i].Name)
	}
	engine, err := sim.New(net, params, h.Seed)
	if err != nil {
		t.Fatal(err)
	}

	name := p.Keep
	if name == "" {
		name = filepath.Join(t.TempDir(), "recording")
	}
	w, err := record.Create(name, h, net)
	if err != nil {
		t.Fatal(err)
	}
	for i := range h.Probes {
		for n := range h.Populations[h.Probes[i].Population].Size {
			if p.Probes[i].Neurons == nil {
				h.Probes[i].Neurons = append(h.Probes[i].Neurons, n)
			}
		}
	}
	mem := &Memory{Header: &h}
	engine.Watch(w, w.Potentials())
	if !p.Forget {
		engine.Watch(mem, true)
	}

	means := make([]network.Means, len(net.Layers))
	for m := range net.Layers {
		size := net.Layers[m].Size()
		means[m].Soma, means[m].Rate = make([]float32, size), make([]float32, size)
		if m < len(net.Layers)-1 {
			means[m].Apical, means[m].Plateau = make([]float32, size), make([]float32, size)
			means[m].FeedbackTrace = make([]float32, net.Layers[m].Feedback.Rows)
		}
	}
	for i := range p.Trials + p.Tests {
		random := stream.New(1, 1000, uint64(i), 0, 0)
		intensity := make([]float32, p.Network.Inputs)
		for j := range intensity {
			intensity[j] = float32(random.Uniform())
		}
		shown := sim.Presentation{Purpose: sim.TrainingSpikes, Number: uint64(i), Example: 100 + 3*i, Class: random.Below(p.Network.Classes)}
		forward := p.Forward
		if p.Uneven > 0 {
			forward += i % p.Uneven
		}
		phases := []sim.Phase{
			{Name: "forward", Intensity: intensity, Steps: forward, From: forward / 3},
			{Name: "target", Intensity: intensity, Steps: p.Target, From: p.Target / 3, Taught: true, Class: shown.Class},
		}
		if p.Inject {
			phases[0].Currents = currents(forward)
		}
		if i >= p.Trials {
			shown.Purpose, shown.Number = sim.TestSpikes, uint64(i-p.Trials)
			phases = phases[:1]
			phases[0].Name = "test"
			engine.Rest()
		}
		engine.Present(shown)
		for k := range phases {
			if p.Scatter > 0 {
				phases[k].PlateauWindow = 5
				for _, size := range p.Network.Hidden {
					at := make([]int, size)
					for n := range at {
						at[n] = phases[k].Steps - 1 - random.Below(p.Scatter)
					}
					phases[k].PlateauStep = append(phases[k].PlateauStep, at)
				}
			}
			if err := engine.Run(&phases[k], means); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if p.Cut > 0 {
		info, err := os.Stat(name)
		if err == nil {
			err = os.Truncate(name, info.Size()*int64(p.Cut)/100)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.Damage {
		file, err := os.ReadFile(name)
		if err == nil {
			damage(t, file)
			err = os.WriteFile(name, file, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	r := open(t, name)
	if p.Cut > 0 {
		mem.forget(t, intact.Of(r))
	}
	if p.Damage {
		lost := someLost(t, r)
		mem.Trials = slices.DeleteFunc(mem.Trials, func(trial Trial) bool { return slices.Contains(lost, trial.Index) })
	}
	return r, mem
}

// currents are currents of every kind into a phase.
func currents(steps int) []sim.Current {
	var one, two []float32
	for k := range steps {
		one = append(one, float32(k/10)/2)
		two = append(two, float32(k%3), float32(k)/8)
	}
	return []sim.Current{
		{Layer: 1, Into: sim.Soma, Neurons: []int{1, 3}, Values: two},
		{Layer: 1, Into: sim.Soma, Neurons: []int{3, 5}, Values: []float32{0.25}},
		{Layer: 1, Into: sim.Apical, Neurons: []int{0}, Values: []float32{-1}},
		{Layer: 3, Into: sim.Basal, Neurons: []int{2}, Values: one},
	}
}

// File is a file in memory.
type File struct{ Bytes []byte }

// WriteAt implements io.WriterAt.
func (f *File) WriteAt(b []byte, at int64) (int, error) {
	if n := int(at) + len(b); n > len(f.Bytes) {
		f.Bytes = append(f.Bytes, make([]byte, n-len(f.Bytes))...)
	}
	return copy(f.Bytes[at:], b), nil
}

// Check exports a recording of each plan to a folder of its own, together with what
// happened. Then .ci/python/check_exports.py opens the files with the format's own
// libraries and compares. It needs PLATEAU_PYTHON.
func Check(t *testing.T, format string, plans map[string]Plan, export func(r *record.Reader, folder string) error) {
	t.Helper()
	python := os.Getenv("PLATEAU_PYTHON")
	if python == "" {
		t.Skip("PLATEAU_PYTHON names no Python interpreter with the packages of .ci/python/requirements.txt")
	}
	all := t.TempDir()
	for name, p := range plans {
		folder := filepath.Join(all, strings.ReplaceAll(name, " ", "_"))
		if err := os.Mkdir(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		r, mem := Make(t, p)
		if err := export(r, folder); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		want, err := json.Marshal(mem)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, "want.json"), want, 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(python, "../../../.ci/python/check_exports.py", format, all).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// Save writes the output of an exporter to a file.
func Save(name string, export func(io.WriterAt) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(export(f), f.Close())
}
