package run

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"plateau/cmd/plateau/cli"
	"plateau/cmd/plateau/settings"
	"plateau/cmd/plateau/terminal"
	"plateau/internal/atomicfile"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/training"
	"plateau/sim/record/npz"
)

// LoadNetwork makes the network of a model with the weights of a run.
func LoadNetwork(m protocols.Model, run string) (*network.Network, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	net := network.New(m.Network)
	if err := loadWeights(filepath.Join(run, cli.WeightsName), net); err != nil {
		return nil, err
	}
	return net, nil
}

// Weights are an archive of NumPy arrays: W0, b0, Y0, c0, W1, … as
// network.Weights lists them, float32, a row of W and Y for each sending neuron;
// and Y0_silent, …, where feedback synapses are silent.

// weighted is what has weights. It may also be masked.
type weighted interface{ Weights() network.Weights }

// masked is what has synapses that are silent.
type masked interface{ Masks() []network.Mask }

// masks returns the masks of what may have some.
func masks(of weighted) []network.Mask {
	if m, ok := of.(masked); ok {
		return m.Masks()
	}
	return nil
}

// LoadLearner returns what has learnt in a run, with its weights.
func LoadLearner(c *settings.Config, info dataset.Info, folder string) (training.Learner, error) {
	l, _, err := c.Learner(info, 1)
	if err != nil {
		return nil, err
	}
	return l, loadWeights(filepath.Join(folder, cli.WeightsName), l)
}

// SaveWeights writes all weights to a file; after a failure the file is as it was.
func SaveWeights(path string, of weighted) error {
	f, err := atomicfile.Replace(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	w := npz.NewWriter(f)
	for _, a := range of.Weights() {
		s, err := w.Stream(a.Name, npz.Float32, a.Shape())
		if err != nil {
			return err
		}
		for _, row := range a.All() {
			if err := s.Write(row); err != nil {
				return err
			}
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	for _, m := range masks(of) {
		all := make([]bool, 0, m.Rows*m.Cols)
		for j := range m.Rows {
			all = append(all, m.Row(j)...)
		}
		if err := w.Write(m.Name, []int{m.Rows, m.Cols}, all); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return err
	}
	return f.Commit()
}

// loadWeights fills something with the weights of a file, which must have exactly the
// arrays that it has.
func loadWeights(path string, of weighted) error {
	r, err := npz.Open(path)
	if err != nil {
		return fmt.Errorf("weights: %s", cli.Plain(err))
	}
	defer r.Close()
	var faults []string
	fail := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	names := r.Names()
	known := map[string]bool{}
	has := func(name string, t npz.Type, want []int) bool {
		known[name] = true
		if !slices.Contains(names, name) {
			fail("there is no array %s; the network needs one of %s", name, dimensions(want))
			return false
		}
		found, err := r.Shape(name)
		if err == nil && !slices.Equal(found, want) {
			fail("%s is %s, want %s for this network", name, dimensions(found), dimensions(want))
			return false
		}
		if got, err := r.Type(name); err == nil && got != t {
			fail("%s has elements of type %s, want %s", name, got, t)
			return false
		}
		return true
	}
	arrays := map[string]network.Array{}
	for _, a := range of.Weights() {
		arrays[a.Name] = a
		if !has(a.Name, npz.Float32, a.Shape()) {
			continue
		}
		values, _, err := r.Float32(a.Name)
		if err != nil {
			fail("%s", cli.Plain(err))
			continue
		}
		for j, row := range a.All() {
			copy(row, values[j*a.Cols:])
		}
		if i := slices.IndexFunc(values, notFinite); i >= 0 {
			fail("%s holds %v at %s, want finite numbers", a.Name, values[i], element(i, a))
		}
	}
	for _, m := range masks(of) {
		if !has(m.Name, npz.Bool, []int{m.Rows, m.Cols}) {
			continue
		}
		silent, _, err := r.Bool(m.Name)
		if err != nil {
			fail("%s", cli.Plain(err))
			continue
		}
		for j, row := range arrays[m.Of].All() {
			copy(m.Row(j), silent[j*m.Cols:])
			for i, w := range row {
				if m.Row(j)[i] && w != 0 {
					fail("%s[%d, %d] is %v, but %s says it is silent, want 0", m.Of, j, i, w, m.Name)
					break
				}
			}
		}
	}
	var extra []string
	for _, name := range names {
		if !known[name] {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		fail("there is also %s, which this network does not have", strings.Join(extra, ", "))
	}
	if faults != nil {
		return fmt.Errorf("weights %s: %s", path, strings.Join(faults, "\n  "))
	}
	return nil
}

func notFinite(x float32) bool { return math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) }

// element returns the index of an element as in NumPy.
func element(i int, a network.Array) string {
	if a.Rows == 0 {
		return fmt.Sprintf("[%d]", i)
	}
	return fmt.Sprintf("[%d, %d]", i/a.Cols, i%a.Cols)
}

func dimensions(shape []int) string {
	if len(shape) == 0 {
		return "a single value"
	}
	s := terminal.Join(shape, "×")
	if len(shape) == 1 {
		s += " values"
	}
	return s
}
