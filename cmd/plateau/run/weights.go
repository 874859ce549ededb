package run

import (
	"errors"
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

// LoadLearner returns what has learnt in a run, with its weights, or with those that the
// command line names.
func LoadLearner(c *settings.Config, info dataset.Info, folder string) (training.Learner, error) {
	l, _, err := c.Learner(info, 1)
	if err != nil {
		return nil, err
	}
	if c.NamesWeights() {
		_, err := TakeWeights(c, l)
		return l, err
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
	a, err := openWeights(path)
	if err != nil {
		return fmt.Errorf("weights: %w", err)
	}
	defer a.Close()
	arrays := map[string]network.Array{}
	for _, w := range of.Weights() {
		arrays[w.Name] = w
		a.read(w)
	}
	for _, m := range masks(of) {
		a.readMask(m, arrays[m.Of], false)
	}
	a.failOthers()
	if err := a.err(); err != nil {
		return fmt.Errorf("weights %s: %w", path, err)
	}
	return nil
}

// A weightArchive is a file of weights that is being read. It collects all that is wrong
// with it.
type weightArchive struct {
	*npz.Reader
	names  []string
	known  map[string]bool // arrays that somebody has asked for
	faults []string
	broken bool // whether one of them is no matter of names and shapes
}

func openWeights(path string) (*weightArchive, error) {
	r, err := npz.Open(path)
	if err != nil {
		return nil, errors.New(cli.Plain(err))
	}
	return &weightArchive{Reader: r, names: r.Names(), known: map[string]bool{}}, nil
}

func (a *weightArchive) fail(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// spoilt reports an array that would be wrong for every network.
func (a *weightArchive) spoilt(format string, args ...any) {
	a.fail(format, args...)
	a.broken = true
}

// err returns all that was wrong.
func (a *weightArchive) err() error {
	if a.faults == nil {
		return nil
	}
	return errors.New(strings.Join(a.faults, "\n  "))
}

// has reports whether there is an array of the wanted type and shape.
func (a *weightArchive) has(name string, t npz.Type, want []int) bool {
	a.known[name] = true
	if !slices.Contains(a.names, name) {
		a.fail("there is no array %s; the network needs one of %s", name, dimensions(want))
		return false
	}
	found, err := a.Shape(name)
	if err == nil && !slices.Equal(found, want) {
		a.fail("%s is %s, want %s for this network", name, dimensions(found), dimensions(want))
		return false
	}
	if got, err := a.Type(name); err == nil && got != t {
		a.spoilt("%s has elements of type %s, want %s", name, got, t)
		return false
	}
	return true
}

// read reads an array of weights, and reports whether that went well.
func (a *weightArchive) read(w network.Array) bool {
	if !a.has(w.Name, npz.Float32, w.Shape()) {
		return false
	}
	values, _, err := a.Float32(w.Name)
	if err != nil {
		a.spoilt("%s", cli.Plain(err))
		return false
	}
	rest := values
	w.Fill(func(row []float32) { rest = rest[copy(row, rest):] })
	i := slices.IndexFunc(values, notFinite)
	if i >= 0 {
		a.spoilt("%s holds %v at %s, want finite numbers", w.Name, values[i], element(i, w))
	}
	return i < 0
}

// readMask reads which synapses are silent, and reports whether that went well. Their
// weights must be 0, unless they follow others.
func (a *weightArchive) readMask(m network.Mask, weights network.Array, follow bool) bool {
	if !a.has(m.Name, npz.Bool, []int{m.Rows, m.Cols}) {
		return false
	}
	silent, _, err := a.Bool(m.Name)
	if err != nil {
		a.spoilt("%s", cli.Plain(err))
		return false
	}
	right := true
	for j, row := range weights.All() {
		copy(m.Row(j), silent[j*m.Cols:])
		for i, w := range row {
			if m.Row(j)[i] && w != 0 && !follow {
				a.spoilt("%s[%d, %d] is %v, but %s says it is silent, want 0", m.Of, j, i, w, m.Name)
				right = false
				break
			}
		}
	}
	return right
}

// failOthers reports arrays that nobody has asked for.
func (a *weightArchive) failOthers() {
	var others []string
	for _, name := range a.names {
		if !a.known[name] {
			others = append(others, name)
		}
	}
	if len(others) > 0 {
		a.fail("there is also %s, which this network does not have", strings.Join(others, ", "))
	}
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
