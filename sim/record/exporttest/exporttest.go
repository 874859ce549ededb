// Package exporttest makes recordings for the tests of exporters. It also observes
// the runs themselves, so that tests know what happened.
package exporttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plateau/compartments"
	"plateau/kernels"
	"plateau/network"
	"plateau/sim"
	"plateau/sim/record"
	"plateau/sim/record/intact"
)

// A Plan says what to simulate and to record.
type Plan struct {
	Network network.Architecture
	Dt      float64 // ms
	MaxRate float64 // spikes/ms
	Begun   time.Time
	Probes  []record.Probe
	// Populations names the populations whose spikes are recorded; nil means all.
	Populations []string

	Trials  int // number of training trials, with two phases each
	Tests   int // number of test trials after these, with one phase each
	Forward int // steps of the first phase; trial i has i % Uneven more
	Target  int
	Uneven  int
	Scatter int    // plateaus begin less than this many steps before the phase's last one
	Cut     int    // percent of the file to keep, as if the run had been killed; 0 keeps all
	Damage  bool   // change a byte of the spikes in the middle of the file, so that trials are left out
	Keep    string // name of the file; "" for a temporary one
	Forget  bool   // do not remember what happened; for large recordings
}

// Default returns the plan of a small network of which everything is recorded. Its
// first hidden neuron never fires, and some neurons fire twice in a step.
func Default() Plan {
	p := Plan{
		Network: network.Architecture{Inputs: 12, Hidden: []int{9, 5}, Classes: 3, PerClass: 1, Feedback: network.Broadcast, SilentGain: 5},
		Dt:      1, MaxRate: 0.2,
		Begun:  time.Date(2024, 2, 29, 13, 30, 0, 123456789, time.UTC),
		Trials: 8, Tests: 3, Forward: 40, Target: 24,
	}
	for layer := 1; layer <= 3; layer++ {
		for _, v := range []record.Variable{record.Basal, record.Apical, record.Soma, record.Rate} {
			if v == record.Apical && layer == 3 {
				continue
			}
			p.Probes = append(p.Probes, record.Probe{Population: layer, Variable: v, Every: 1})
		}
	}
	return p
}

// Plans returns plans for recordings of different kinds.
func Plans() map[string]Plan {
	plans := map[string]Plan{}
	add := func(name string, change func(*Plan)) {
		p := Default()
		change(&p)
		plans[name] = p
	}
	add("default", func(*Plan) {})
	add("fine steps", func(p *Plan) { p.Dt = 0.25 })
	add("tenths", func(p *Plan) { p.Dt = 0.1 })
	add("every third step", func(p *Plan) { p.Uneven = 3; p.every(3) })
	add("every eighth step", func(p *Plan) { p.Tests = 0; p.every(8) })
	add("some neurons", func(p *Plan) {
		p.Probes = []record.Probe{
			{Population: 1, Variable: record.Soma, Neurons: []int{0, 1, 2, 7}, Every: 1},
			{Population: 1, Variable: record.Soma, Neurons: []int{4}, Every: 2},
		}
		p.Populations = []string{"hidden0", "output"}
	})
	add("few samples", func(p *Plan) { p.Trials, p.Tests = 1, 0; p.every(16) })
	add("scattered plateaus", func(p *Plan) { p.Scatter = 6 })
	add("no hidden layer", func(p *Plan) { p.Network.Hidden, p.Probes = nil, nil })
	add("no trials", func(p *Plan) { p.Trials, p.Tests, p.Begun = 0, 0, time.Time{} })
	add("no spikes", func(p *Plan) { p.Populations = []string{} })
	add("broke off", func(p *Plan) {
		// The trials are long enough to be written in parts.
		p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 50}}
		p.MaxRate, p.Forward, p.Target, p.Trials, p.Tests, p.Cut = 1, 4000, 4000, 3, 0, 60
	})
	broken := plans["broke off"]
	broken.Scatter = 6
	plans["broke off with scattered plateaus"] = broken
	return plans
}

// every sets the interval of all probes.
func (p *Plan) every(interval int) {
	for i := range p.Probes {
		p.Probes[i].Every = interval
	}
}

// A Memory is what happened in a run, as its observer.
type Memory struct {
	Header *record.Header
	Trials []Trial
}

// Trial is what happened in a trial.
type Trial struct {
	sim.Presentation
	Index   int // number of the trial in the run, from 0
	First   int64
	Steps   int
	Phases  []Phase
	Cut     bool             // whether the recording broke off in it
	Spikes  [][]record.Spike // of each population
	Samples [][][]float32    // probe, sample, neuron
}

// Phase is what happened in a phase.
type Phase struct {
	sim.Phase
	First    int
	Plateaus [][]Value // of each hidden layer; NaN if not recorded
}

// Value is a number. In JSON it is null if it is not known.
type Value float32

// MarshalJSON implements json.Marshaler.
func (v Value) MarshalJSON() ([]byte, error) {
	if v != v {
		return []byte("null"), nil
	}
	return json.Marshal(float32(v))
}

// Make simulates a plan and returns the recording and what happened.
func Make(t testing.TB, p Plan) (*record.Reader, *Memory) {
	t.Helper()
	net := network.New(p.Network)
	draw := sim.NewStream(1, sim.InitialWeights, 0, 0, 0)
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
		random := sim.NewStream(1, 1000, uint64(i), 0, 0)
		intensity := make([]float32, p.Network.Inputs)
		for j := range intensity {
			intensity[j] = float32(random.Uniform())
		}
		shown := sim.Presentation{Purpose: sim.TrainingSpikes, Number: uint64(i), Sample: 100 + 3*i, Class: random.Below(p.Network.Classes)}
		forward := p.Forward
		if p.Uneven > 0 {
			forward += i % p.Uneven
		}
		phases := []sim.Phase{
			{Name: "forward", Intensity: intensity, Steps: forward, From: forward / 3},
			{Name: "target", Intensity: intensity, Steps: p.Target, From: p.Target / 3, Taught: true, Class: shown.Class},
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

// forget removes what happened after the recording broke off.
func (m *Memory) forget(t testing.TB, r *intact.Recording) {
	t.Helper()
	if r.Trials() < 2 {
		t.Fatalf("%d trials in a recording that broke off, want some", r.Trials())
	}
	m.Trials = m.Trials[:r.Trials()]
	last, err := r.Trial(r.Trials() - 1)
	if err != nil {
		t.Fatal(err)
	}
	trial := &m.Trials[r.Trials()-1]
	if last.Whole || last.Steps >= trial.Steps {
		t.Fatalf("the last trial was to break off: %+v", last)
	}
	trial.Cut, trial.Steps = true, last.Steps
	for p := range trial.Spikes {
		trial.Spikes[p] = slices.DeleteFunc(trial.Spikes[p], func(s record.Spike) bool { return int(s.Step) >= last.Steps })
	}
	for i, probe := range m.Header.Probes {
		trial.Samples[i] = trial.Samples[i][:probe.Samples(last.Steps)]
	}
	trial.Phases = slices.DeleteFunc(trial.Phases, func(p Phase) bool { return p.First >= last.Steps })
	phase := &trial.Phases[len(trial.Phases)-1]
	phase.Steps = last.Steps - phase.First
	for _, values := range phase.Plateaus {
		for i := range values {
			values[i] = Value(math.NaN())
		}
	}
}

// Damaged returns a recording of eight trials with a changed byte in the spikes of
// a trial in the middle, and the same recording undamaged.
func Damaged(t testing.TB) (damaged, whole *record.Reader) {
	t.Helper()
	p := ToDamage()
	p.Keep, p.Damage, p.Forget = t.TempDir()+"/whole.plateau", false, true
	whole, _ = Make(t, p)
	file, err := os.ReadFile(p.Keep)
	if err != nil {
		t.Fatal(err)
	}
	damage(t, file)
	damaged, err = record.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	someLost(t, damaged)
	return damaged, whole
}

// ToDamage returns the plan of a recording in which trials in the middle are
// damaged.
func ToDamage() Plan {
	p := Default()
	p.MaxRate, p.Forward, p.Target, p.Tests, p.Damage = 1, 2000, 2000, 0, true // a trial fills about a group
	p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 2}}
	return p
}

// damage changes a byte of the spikes in the middle of a file.
func damage(t testing.TB, file []byte) {
	t.Helper()
	at := bytes.LastIndex(file[:len(file)/2], []byte("\xc9Pc\x1a\x03")) // the frame of a chunk of spikes
	if at < 0 {
		t.Fatal("there are no spikes")
	}
	file[at+60] ^= 1
}

// someLost returns the numbers of the damaged trials.
func someLost(t testing.TB, r *record.Reader) []int {
	t.Helper()
	lost := intact.Of(r).LeftOut()
	if len(lost) == 0 || len(lost) > 3 || lost[0] == 0 {
		t.Fatalf("trials %v are damaged, want one to three, and not the first", lost)
	}
	return lost
}

func open(t testing.TB, name string) *record.Reader {
	t.Helper()
	r, err := record.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// Time returns the time at which a step begins (ms), computed exactly and rounded
// once.
func (m *Memory) Time(step int64) float64 {
	dt, _ := new(big.Rat).SetString(strconv.FormatFloat(m.Header.Dt(), 'f', -1, 64))
	ms, _ := dt.Mul(dt, new(big.Rat).SetInt64(step)).Float64()
	return ms
}

// Observe implements sim.Observer.
func (m *Memory) Observe(e sim.Event) {
	if p, ok := e.(*sim.Presentation); ok {
		first := int64(0)
		if n := len(m.Trials); n > 0 {
			first = m.Trials[n-1].First + int64(m.Trials[n-1].Steps)
		}
		m.Trials = append(m.Trials, Trial{
			Presentation: *p, Index: len(m.Trials), First: first,
			Spikes:  make([][]record.Spike, len(m.Header.Populations)),
			Samples: make([][][]float32, len(m.Header.Probes)),
		})
		return
	}
	t := &m.Trials[len(m.Trials)-1]
	switch e := e.(type) {
	case *sim.PhaseBegan:
		t.Phases = append(t.Phases, Phase{Phase: *e.Phase, First: e.Step})
	case *sim.PhaseEnded:
		p := &t.Phases[len(t.Phases)-1]
		for _, means := range e.Means[:len(e.Means)-1] {
			var values []Value
			for _, v := range means.Plateau {
				values = append(values, Value(v))
			}
			p.Plateaus = append(p.Plateaus, values)
		}
	case *sim.Block:
		for step := range e.Steps {
			for i := range t.Spikes {
				for _, n := range e.Spikes(i, step) {
					t.Spikes[i] = append(t.Spikes[i], record.Spike{Step: int32(t.Steps + step), Neuron: n})
				}
			}
			for i, probe := range m.Header.Probes {
				if (t.Steps+step)%probe.Every == 0 {
					t.Samples[i] = append(t.Samples[i], m.row(e, probe, step))
				}
			}
		}
		t.Steps += e.Steps
	}
}

func (m *Memory) row(e *sim.Block, probe record.Probe, step int) []float32 {
	soma := e.Soma(probe.Population, step)
	var row []float32
	switch probe.Variable {
	case record.Basal:
		row = e.Basal(probe.Population, step)
	case record.Apical:
		row = e.Apical(probe.Population, step)
	case record.Soma:
		row = soma
	case record.Rate:
		row = make([]float32, len(soma))
		m.Header.Neurons.Noise.Rates(row, soma)
	default:
		panic(fmt.Sprintf("exporttest: variable %q", probe.Variable))
	}
	var picked []float32
	for _, n := range probe.Neurons {
		picked = append(picked, row[n])
	}
	return picked
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

// Long makes a recording of several million spikes, which takes 50 MB compressed.
func Long(t testing.TB) *record.Reader {
	t.Helper()
	p := Default()
	p.Network.Inputs, p.Network.Hidden, p.Network.Classes = 800, []int{300}, 10
	p.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Every: 10}}
	p.MaxRate, p.Forward, p.Target, p.Trials, p.Tests, p.Forget = 1, 50, 50, 150, 0, true
	r, _ := Make(t, p)
	return r
}

// Ceiling fails if an export takes more than most bytes of memory.
func Ceiling(t *testing.T, most int64, export func(w io.WriterAt) error) {
	t.Helper()
	w := &watching{}
	before := heap()
	if err := export(w); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MB written, at most %d KB of memory", w.bytes>>20, (w.most-before)>>10)
	if w.most-before > most || w.most == 0 {
		t.Errorf("%d bytes of memory, want ≤ %d", w.most-before, most)
	}
}

// watching discards what is written and measures the memory in use meanwhile.
type watching struct {
	most  int64
	bytes int64
	next  int64 // number of bytes at which to measure again
}

func (w *watching) WriteAt(b []byte, _ int64) (int, error) { return w.Write(b) }

func (w *watching) Write(b []byte) (int, error) {
	w.bytes += int64(len(b))
	if w.bytes > w.next { // not each time, because collecting garbage takes time
		w.most = max(w.most, heap())
		w.next += 2 << 20
	}
	return len(b), nil
}

func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
