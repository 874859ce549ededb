package sim_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A fixture is one file of reference numbers, which another program computed for a
// small network, with all its random draws. testdata/README.md says who computed the
// files and how.
//
// Times are in steps of Params.Dt, rates in spikes per step, potentials
// relative to rest. A [][]float64 is [layer][neuron], or [row][column] for a
// matrix; a [][][]float64 is [layer][step][neuron], or [layer][row][column].
type fixture struct {
	Name   string          `json:"name"`
	About  string          `json:"about"`
	Params fixtureParams   `json:"params"`
	Flags  map[string]bool `json:"flags"`
	Inputs int             `json:"inputs"`
	Layers []int           `json:"layers"` // sizes, the output layer last

	ForwardRates  []float64 `json:"f_etas"` // learning rate of W and b, per layer
	FeedbackRates []float64 `json:"b_etas"` // learning rate of Y and c, per hidden layer; may be null

	Initial  fixtureWeights   `json:"initial"`
	Silent   [][]int          `json:"silent_feedback"` // per hidden layer, row-major indices into Y; may be absent
	Examples []fixtureExample `json:"examples"`

	path   string
	digits int // significant digits with which the potentials are written
}

type fixtureParams struct {
	Dt          float64 `json:"dt"`               // ms
	TauS        float64 `json:"tau_s"`            // ms
	TauL        float64 `json:"tau_L"`            // ms
	Leak        float64 `json:"g_L"`              // 1/ms
	Basal       float64 `json:"g_B"`              // 1/ms
	Apical      float64 `json:"g_A"`              // 1/ms
	Dendritic   float64 `json:"g_D"`              // 1/ms, output layer
	Excitation  float64 `json:"E_E"`              // reversal potential
	Inhibition  float64 `json:"E_I"`              // reversal potential
	MaxRate     float64 `json:"lambda_max"`       // φ_max, per step
	Memory      float64 `json:"mem"`              // number of steps for which a spike acts
	Window      float64 `json:"integration_time"` // steps averaged before a plateau
	HiddenScale float64 `json:"P_hidden"`         // P_0
	OutputScale float64 `json:"P_final"`          // P_1
	HiddenGain  float64 `json:"k_B"`              // g_B/(g_L+g_B+g_A)
	OutputGain  float64 `json:"k_D"`              // g_D/(g_L+g_D)
}

type fixtureWeights struct {
	W [][][]float64 `json:"W"`
	B [][]float64   `json:"b"`
	Y [][][]float64 `json:"Y"`
	C [][]float64   `json:"c"` // only if feedback has biases
}

type fixtureExample struct {
	Rates        []float64     `json:"rates"` // of the inputs, per step
	Label        int           `json:"label"`
	ForwardSteps int           `json:"forward_steps"`
	TargetSteps  int           `json:"target_steps"`
	Spikes       fixtureSpikes `json:"spikes"`

	// PlateauSteps is the step, counted within its phase, at which each hidden
	// neuron's plateau comes; nil if all come at the end of the phase.
	PlateauSteps *struct {
		Forward [][]int `json:"forward"`
		Target  [][]int `json:"target"`
	} `json:"plateau_steps"`

	Traces struct {
		Apical [][][]float64 `json:"apical"` // hidden layers only
		Basal  [][][]float64 `json:"basal"`
		Soma   [][][]float64 `json:"soma"`
		Rate   [][][]float64 `json:"rate"`
	} `json:"traces"`
	Forward struct {
		Alpha      [][]float64 `json:"alpha"`
		MeanApical [][]float64 `json:"mean_apical"`
		MeanSoma   [][]float64 `json:"mean_soma"`
		MeanPSP    [][]float64 `json:"mean_psp"` // of the neurons that project to layer m
	} `json:"forward"`
	Target struct {
		Alpha          [][]float64 `json:"alpha"`
		MeanSoma       [][]float64 `json:"mean_soma"`
		MeanOutputRate []float64   `json:"mean_output_rate"`
	} `json:"target"`
	OutputLoss float64        `json:"output_loss"` // mean, not sum, over the output neurons
	After      fixtureWeights `json:"after"`
}

// Spikes are triples [step, neuron, count]; steps are counted through both phases.
type fixtureSpikes struct {
	Input  [][3]int   `json:"input"`
	Layers [][][3]int `json:"layers"`
}

// Flags that a fixture may set. Those mapped to false change what is computed
// in ways that nothing here implements.
var knownFlags = map[string]bool{
	"use_conductances":        true,
	"use_broadcast":           true,
	"use_spiking_feedback":    true,
	"use_spiking_feedforward": true,
	"use_symmetric_weights":   true,
	"use_sparse_feedback":     true,
	"update_feedback_weights": true,
	"use_apical_conductance":  true,
	"use_feedback_bias":       true,
	"use_rand_plateau_times":  true,

	"use_rand_phase_lengths":  true, // the lengths drawn are in the file
	"use_weight_optimization": true, // the weights drawn are in the file
	"nonspiking_mode":         true, // a shorthand for other flags

	"noisy_symmetric_weights": false,
	"use_backprop":            false,
}

// check reports what our tests cannot check in the fixture, and what contradicts
// itself, so that tests fail on it and do not skip it.
func (f *fixture) check() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for flag, set := range f.Flags {
		implemented, known := knownFlags[flag]
		require(!set || known, "flag %s is set, which these tests do not know", flag)
		require(!set || !known || implemented, "flag %s is set, which is not implemented", flag)
	}
	for _, flag := range []string{"use_conductances", "use_broadcast", "use_spiking_feedback", "use_spiking_feedforward"} {
		_, ok := f.Flags[flag]
		require(ok, "flag %s is missing", flag)
	}
	require(!f.Flags["use_symmetric_weights"] || !f.Flags["update_feedback_weights"],
		"feedback weights cannot both learn and follow the forward weights")

	p := f.Params
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*math.Abs(b) }
	whole := func(x float64) bool { return x == math.Trunc(x) }
	require(p.Dt == 1, "dt = %v ms, want 1: the reference program samples κ by step index whatever dt is", p.Dt)
	require(p.Memory >= 1 && whole(p.Memory), "mem = %v steps, want a whole number > 0", p.Memory)
	require(p.Window >= 1 && whole(p.Window), "integration_time = %v steps, want a whole number > 0", p.Window)
	require(near(p.HiddenGain, p.Basal/(p.Leak+p.Basal+p.Apical)), "k_B = %v is not g_B/(g_L+g_B+g_A)", p.HiddenGain)
	require(near(p.OutputGain, p.Dendritic/(p.Leak+p.Dendritic)), "k_D = %v is not g_D/(g_L+g_D)", p.OutputGain)
	require(p.Apical == 0 || f.Flags["use_apical_conductance"], "g_A = %v without use_apical_conductance", p.Apical)

	layers, hidden := len(f.Layers), len(f.Layers)-1
	require(layers > 0, "no layers")
	if layers == 0 {
		return errors.Join(errs...)
	}
	require(len(f.ForwardRates) == layers, "%d f_etas, want %d", len(f.ForwardRates), layers)
	if f.Flags["update_feedback_weights"] {
		require(len(f.FeedbackRates) == hidden, "%d b_etas, want %d", len(f.FeedbackRates), hidden)
	}
	require(f.Flags["use_sparse_feedback"] == (f.Silent != nil), "silent_feedback and use_sparse_feedback disagree")
	require(f.Flags["use_feedback_bias"] == (f.Initial.C != nil), "initial.c and use_feedback_bias disagree")
	require(len(f.Initial.W) == layers && len(f.Initial.B) == layers && len(f.Initial.Y) == hidden,
		"the initial weights are not for %d layers", layers)
	require(len(f.Examples) > 0, "no examples")
	for i := range f.Examples {
		e := &f.Examples[i]
		require(f.Flags["use_rand_plateau_times"] == (e.PlateauSteps != nil),
			"example %d: plateau_steps and use_rand_plateau_times disagree", i)
		require(int(p.Window) <= min(e.ForwardSteps, e.TargetSteps),
			"example %d: integration_time = %v steps exceeds a phase", i, p.Window)
		require(len(e.Spikes.Layers) == layers, "example %d: spikes of %d layers, want %d", i, len(e.Spikes.Layers), layers)
		require(len(e.Traces.Basal) == layers && len(e.Traces.Soma) == layers && len(e.Traces.Rate) == layers &&
			len(e.Traces.Apical) == hidden, "example %d: the traces are not for %d layers", i, layers)
		require(len(e.Rates) == f.Inputs, "example %d: %d rates, want %d", i, len(e.Rates), f.Inputs)
	}
	return errors.Join(errs...)
}

// classes returns the number of classes among which the output neurons are divided.
// The reference program always has ten; with another number of output neurons, each
// is a class.
func (f *fixture) classes() int {
	if n := f.Layers[len(f.Layers)-1]; n%10 != 0 {
		return n
	}
	return 10
}

// tolerance returns the relative error that the rounding of the file explains: the
// potentials are written with f.digits significant digits (an error of at most
// half of 10^(1−digits)), and inputs may have been rounded in the same way. Files in
// full precision agree to 1e-11, although we add in another order.
func (f *fixture) tolerance() float64 {
	return max(1e-11, 100*math.Pow(10, -float64(f.digits)))
}

// fixtures lists the files to check: those of testdata/reference and of the
// folder that $PLATEAU_REFERENCE names, which may be relative to the module's
// root.
func fixtures(t testing.TB) []string {
	t.Helper()
	list := func(dir string) []string {
		var paths []string
		for _, pattern := range []string{"*.json.gz", "*.json"} {
			found, err := filepath.Glob(filepath.Join(dir, pattern))
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, found...)
		}
		slices.Sort(paths)
		return paths
	}
	paths := list(filepath.Join("..", "testdata", "reference"))
	if len(paths) == 0 {
		t.Fatal("no files in testdata/reference")
	}
	if dir := os.Getenv("PLATEAU_REFERENCE"); dir != "" {
		more := list(dir)
		if len(more) == 0 && !filepath.IsAbs(dir) {
			more = list(filepath.Join("..", dir))
		}
		if len(more) == 0 {
			t.Fatalf("PLATEAU_REFERENCE = %s: no .json.gz or .json files there", dir)
		}
		paths = append(paths, more...)
	}
	return paths
}

// fixtureName returns the name of the subtest for a file: its base name without
// extensions, which is also the name of the variant.
func fixtureName(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".gz"), ".json")
}

// loadFixture reads a file. A file with something that is not implemented is an
// error.
func loadFixture(path string) (*fixture, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	f := &fixture{path: path}
	if err := json.NewDecoder(r).Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, e := range f.Examples {
		for _, layer := range e.Traces.Soma {
			for _, row := range layer {
				for _, v := range row {
					f.digits = max(f.digits, significantDigits(v, f.digits))
				}
			}
		}
	}
	return f, nil
}

// significantDigits returns how many decimal digits v needs, if more than atLeast.
func significantDigits(v float64, atLeast int) int {
	for n := max(atLeast, 1); n < 17; n++ {
		if short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', n-1, 64), 64); short == v {
			return n
		}
	}
	return 17
}

// A file with something that we cannot compute must fail, not pass because nobody
// looked at it.
func TestFixtureRefusesWhatIsNotImplemented(t *testing.T) {
	path := filepath.Join("..", "testdata", "reference", "one_hidden.json.gz")
	for _, test := range []struct {
		name, want string
		alter      func(*fixture)
	}{
		{"unknown flag", "use_dragons", func(f *fixture) { f.Flags["use_dragons"] = true }},
		{"backpropagation", "use_backprop", func(f *fixture) { f.Flags["use_backprop"] = true }},
		{"noisy symmetry", "noisy_symmetric", func(f *fixture) { f.Flags["noisy_symmetric_weights"] = true }},
		{"missing flag", "use_broadcast is missing", func(f *fixture) { delete(f.Flags, "use_broadcast") }},
		{"step", "dt = 0.5", func(f *fixture) { f.Params.Dt = 0.5 }},
		{"window", "integration_time = 51", func(f *fixture) { f.Params.Window = 51 }},
		{"plateaus", "plateau_steps", func(f *fixture) { f.Flags["use_rand_plateau_times"] = true }},
	} {
		f, err := loadFixture(path)
		if err != nil {
			t.Fatal(err)
		}
		test.alter(f)
		if err := f.check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.name, err, test.want)
		}
	}
}
