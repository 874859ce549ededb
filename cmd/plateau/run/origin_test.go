package run

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plateau/cmd/plateau/plateautest"
	"plateau/cmd/plateau/settings"
	"plateau/internal/atomicfile"
	"plateau/protocols/training"
	"plateau/sim/record"
	"plateau/sim/record/npz"
)

// learnerOf returns a learner of small networks of 784 inputs with the given settings.
func learnerOf(t *testing.T, pairs ...string) (*settings.Config, training.Learner) {
	t.Helper()
	c, err := settings.New(append([]string{"network.hidden=6,5"}, pairs...)...)
	if err != nil {
		t.Fatal(err)
	}
	l, _, err := c.Learner(c.Data.Images(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return c, l
}

// saved writes the weights of a learner to w.npz.
func saved(t *testing.T, l training.Learner) {
	t.Helper()
	if err := SaveWeights("w.npz", l.(weighted)); err != nil {
		t.Fatal(err)
	}
}

// begun returns a learner that begins with w.npz.
func begun(t *testing.T, pairs ...string) (training.Learner, *record.Origin, error) {
	t.Helper()
	c, l := learnerOf(t, append([]string{"initial.weights=w.npz"}, pairs...)...)
	o, err := TakeWeights(c, l)
	return l, o, err
}

// values returns all weights by the names of their arrays.
func values(l training.Learner) map[string][]float32 {
	all := map[string][]float32{}
	for _, a := range l.Weights() {
		for _, row := range a.All() {
			all[a.Name] = append(all[a.Name], row...)
		}
	}
	return all
}

// A network begins with the weights of a file, to the bit, with its silent synapses and
// apical biases; the digest is that of the run that wrote it.
func TestBeginWithWeights(t *testing.T) {
	plateautest.Empty(t)
	for _, pairs := range [][]string{
		nil,
		{"network.silent=0.5", "network.feedback_bias=true", "network.feedback=layerwise"},
		{"network.symmetric=true"},
		{"network.symmetric=true", "network.silent=0.5"},
		{"learning.rule=backprop"},
		{"network.hidden=none"},
	} {
		_, source := learnerOf(t, append(pairs, "seed=5")...)
		saved(t, source)
		l, o, err := begun(t, pairs...)
		if err != nil {
			t.Fatalf("%q: %v", pairs, err)
		}
		digest := source.Weights().SHA256()
		if l.Weights().SHA256() != digest || o.SHA256 != digest || !filepath.IsAbs(o.Path) || filepath.Base(o.Path) != "w.npz" || o.Arrays != nil {
			t.Errorf("%q: the weights are %.12s, from %+v, want %.12s", pairs, l.Weights().SHA256(), o, digest)
		}
		of, from := masks(l.(weighted)), masks(source.(weighted))
		for k := range of {
			for j := range of[k].Rows {
				if !slices.Equal(of[k].Row(j), from[k].Row(j)) {
					t.Fatalf("%q: other synapses of %s are silent", pairs, of[k].Of)
				}
			}
		}
		// The drawn weights were others.
		if _, drawn := learnerOf(t, pairs...); drawn.Weights().SHA256() == digest {
			t.Errorf("%q: nothing was tested", pairs)
		}
	}
}

// Arrays that are named are taken, and all others are those that the seed draws.
func TestTransfer(t *testing.T) {
	plateautest.Empty(t)
	for _, test := range []struct {
		pairs []string
		taken []string
	}{
		{[]string{"network.hidden=6,5"}, []string{"W0", "b0"}},
		{[]string{"network.hidden=6,7"}, []string{"W0", "b0", "Y0"}},
		{[]string{"network.hidden=6"}, []string{"Y0"}},
		{[]string{"learning.rule=backprop"}, []string{"W0", "b0", "W1", "b1", "W2", "b2"}},
		{[]string{"learning.rule=backprop", "network.hidden=6,9"}, []string{"W0", "b2"}},
	} {
		_, source := learnerOf(t, "seed=5")
		saved(t, source)
		_, drawn := learnerOf(t, test.pairs...)
		l, o, err := begun(t, append(test.pairs, "initial.transfer="+strings.Join(test.taken, ","))...)
		if err != nil {
			t.Fatalf("%q: %v", test.pairs, err)
		}
		from, fresh := values(source), values(drawn)
		for name, got := range values(l) {
			want := fresh[name]
			if slices.Contains(test.taken, name) {
				want = from[name]
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: %s is neither taken nor drawn as it should be", test.pairs, name)
			}
		}
		if o.SHA256 != source.Weights().SHA256() || !slices.Equal(o.Arrays, test.taken) {
			t.Errorf("%q: the origin is %+v", test.pairs, o)
		}
	}
}

// archived writes arrays to w.npz.
func archived(t *testing.T, arrays map[string]any, shapes map[string][]int) {
	t.Helper()
	f, err := atomicfile.Replace("w.npz")
	if err != nil {
		t.Fatal(err)
	}
	w := npz.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		if err := w.Write(name, shapes[name], arrays[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
}

// contentsOf returns the arrays of a learner as a user could have made them.
func contentsOf(l training.Learner) (arrays map[string]any, shapes map[string][]int) {
	arrays, shapes = map[string]any{}, map[string][]int{}
	for _, a := range l.Weights() {
		shapes[a.Name] = a.Shape()
	}
	for name, v := range values(l) {
		arrays[name] = v
	}
	for _, m := range masks(l.(weighted)) {
		var silent []bool
		for j := range m.Rows {
			silent = append(silent, m.Row(j)...)
		}
		arrays[m.Name], shapes[m.Name] = silent, []int{m.Rows, m.Cols}
	}
	return arrays, shapes
}

// Symmetric feedback follows the forward weights that were taken, whatever the file says of
// it and if it says nothing, with the noise and the silent synapses of the network.
func TestSymmetricFeedbackFollowsWhatWasTaken(t *testing.T) {
	plateautest.Empty(t)
	for _, more := range [][]string{nil, {"network.silent=0.5"}, {"network.feedback_noise=0.1"}, {"network.silent=0.5", "network.feedback_noise=0.1"}} {
		pairs := append([]string{"network.symmetric=true", "network.feedback=layerwise"}, more...)
		_, source := learnerOf(t, append(pairs, "seed=5")...)
		arrays, shapes := contentsOf(source)
		archived(t, arrays, shapes)
		l, _, err := begun(t, pairs...)
		if err != nil {
			t.Fatal(err)
		}
		// What it is worked out to: Wᵀ of the layer above, with noise, and 0 where silent.
		net := l.(settings.Spiking).Network()
		off, gain := 0.0, 1.0
		if net.Silent > 0 {
			gain = net.SilentGain
		}
		for m := range net.Hidden {
			y, w := net.Layers[m].Feedback, net.Layers[m+1].Weights
			for j := range y.Rows {
				for i, v := range y.Row(j) {
					if net.Layers[m].Silent != nil && net.Layers[m].Silent[j*y.Cols+i] {
						if v != 0 {
							t.Fatalf("%q: a silent synapse has weight %v", pairs, v)
						}
						continue
					}
					off = max(off, math.Abs(float64(v)-gain*float64(w.Row(i)[j])))
				}
			}
		}
		if noise := net.FeedbackNoise; off > 1e-5+6*noise || off < noise {
			t.Errorf("%q: feedback is up to %v away from the forward weights", pairs, off)
		}
		want := l.Weights().SHA256()
		if noisy := net.FeedbackNoise > 0; noisy == (want == source.Weights().SHA256()) {
			t.Errorf("%q: the noise is that of the other seed: %v", pairs, noisy)
		}
		arrays["Y0"] = make([]float32, len(arrays["Y0"].([]float32)))
		delete(arrays, "Y1")
		archived(t, arrays, shapes)
		if l, _, err = begun(t, pairs...); err != nil || l.Weights().SHA256() != want {
			t.Errorf("%q: without feedback in the file: %v, other weights: %v", pairs, err, l.Weights().SHA256() != want)
		}
	}
}

// What does not fit is listed, with what would.
func TestWeightsThatDoNotFit(t *testing.T) {
	plateautest.Empty(t)
	_, plain := learnerOf(t)
	_, sparse := learnerOf(t, "network.silent=0.5")
	negative := float32(math.Inf(-1))
	for name, test := range map[string]struct {
		from   training.Learner
		change func(arrays map[string]any, shapes map[string][]int)
		pairs  []string
		want   []string // "!" in front: must not be said
	}{
		"classes": {plain, func(a map[string]any, s map[string][]int) {
			for _, n := range []string{"W2", "Y0", "Y1"} {
				s[n] = []int{s[n][0] * s[n][1]}
			}
		}, nil, []string{"W2 is 50 values, want 5×10", "Y1 is", "--transfer W0,b0,W1,b1,b2"}},
		"missing":       {plain, func(a map[string]any, s map[string][]int) { delete(a, "b2"); delete(a, "W1") }, nil, []string{"there is no array W1", "there is no array b2", "--transfer W0,b0,Y0,b1,Y1,W2"}},
		"more":          {plain, func(a map[string]any, s map[string][]int) { a["x"], s["x"] = []bool{true}, []int{1} }, nil, []string{"there is also x", "--transfer W0,b0,Y0,W1,b1,Y1,W2,b2"}},
		"float64":       {plain, func(a map[string]any, s map[string][]int) { a["b0"] = make([]float64, 6) }, nil, []string{"b0 has elements of type <f8, want <f4", "!--transfer"}},
		"infinite":      {plain, func(a map[string]any, s map[string][]int) { a["W1"].([]float32)[7] = negative }, nil, []string{"W1 holds -Inf at [1, 2]", "!--transfer"}},
		"another rule":  {plain, nil, []string{"learning.rule=backprop"}, []string{"there is also Y0, Y1", "--transfer W0,b0,W1,b1,W2,b2"}},
		"no such array": {plain, nil, []string{"initial.transfer=W0,V9"}, []string{"there is no array V9 in this network, which has W0, b0, Y0, W1, b1, Y1, W2, b2", "!--transfer"}},
		"not in it":     {plain, func(a map[string]any, s map[string][]int) { delete(a, "b0") }, []string{"initial.transfer=W0,b0"}, []string{"there is no array b0; the network needs one of 6 values"}},
		"another size":  {plain, nil, []string{"network.hidden=7", "initial.transfer=W0"}, []string{"W0 is 784×6, want 784×7"}},
		"silent synapses, which the network does not have": {sparse, nil, nil, []string{"there is also Y0_silent, Y1_silent"}},
		"the same, by name":  {sparse, nil, []string{"initial.transfer=Y0"}, []string{"some synapses of Y0 are silent in the file, as Y0_silent says"}},
		"no silent synapses": {plain, nil, []string{"network.silent=0.5"}, []string{"there is no array Y0_silent"}},
		"another share":      {sparse, nil, []string{"network.silent=0.2"}, []string{"Y0_silent has 30 of 60 synapses silent, but network.silent says 12; want network.silent=0.5", "--transfer W0,b0,W1,b1,W2,b2"}},
		"loud": {sparse, func(a map[string]any, s map[string][]int) {
			k := slices.Index(a["Y1_silent"].([]bool), true)
			a["Y1"].([]float32)[k] = 2
		}, []string{"network.silent=0.5"}, []string{"is 2, but Y1_silent says it is silent"}},
	} {
		arrays, shapes := contentsOf(test.from)
		if test.change != nil {
			test.change(arrays, shapes)
		}
		archived(t, arrays, shapes)
		_, _, err := begun(t, test.pairs...)
		if err == nil || !strings.HasPrefix(err.Error(), "weights w.npz: ") {
			t.Errorf("%s: error %v", name, err)
			continue
		}
		for _, want := range test.want {
			want, never := strings.CutPrefix(want, "!")
			if strings.Contains(err.Error(), want) == never {
				t.Errorf("%s: the message must have %q: %v, and is %v", name, want, !never, err)
			}
		}
	}
	if err := os.Mkdir("folder", 0o777); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "notes.txt", "mine")
	plateautest.WriteFile(t, "run.toml", "seed = 3")
	for path, want := range map[string]string{"gone.npz": "no such file", "folder": "is a folder without weights.npz", "notes.txt": "notes.txt: is neither an .npz archive nor a .npy file", "run.toml": "; it is a configuration"} {
		c, l := learnerOf(t, "initial.weights="+path)
		if o, err := TakeWeights(c, l); err == nil || o != nil || !strings.Contains(err.Error(), "weights "+path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A matrix in Fortran order, as numpy.save writes a transposed one, is refused rather than
// read the wrong way round.
func TestFortranOrderIsRefused(t *testing.T) {
	plateautest.Empty(t)
	_, l := learnerOf(t, "network.hidden=none")
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, a := range l.Weights() {
		f, err := z.Create(a.Name + ".npy")
		if err != nil {
			t.Fatal(err)
		}
		order, shape := "True", "(784, 10)"
		if a.Rows == 0 {
			order, shape = "False", "(10,)"
		}
		header := fmt.Sprintf("{'descr': '<f4', 'fortran_order': %s, 'shape': %s, }", order, shape)
		header += strings.Repeat(" ", 117-len(header)) + "\n"
		f.Write([]byte("\x93NUMPY\x01\x00"))
		binary.Write(f, binary.LittleEndian, uint16(len(header)))
		f.Write([]byte(header))
		binary.Write(f, binary.LittleEndian, make([]float32, a.Count()))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	plateautest.WriteFile(t, "w.npz", b.String())
	_, _, err := begun(t, "network.hidden=none")
	if err == nil || !strings.Contains(err.Error(), "W0: is in Fortran order, want C order") || strings.Contains(err.Error(), "--transfer") {
		t.Errorf("error %v", err)
	}
}

// The network of a trial begins with the same weights as a run.
func TestInitialNetwork(t *testing.T) {
	plateautest.Empty(t)
	_, source := learnerOf(t, "seed=5")
	saved(t, source)
	c, l := learnerOf(t, "initial.weights=w.npz")
	net, o, err := InitialNetwork(c, l.(settings.Spiking).Model())
	if err != nil || o == nil || net.Weights().SHA256() != source.Weights().SHA256() {
		t.Errorf("%v: from %+v", err, o)
	}
	c, l = learnerOf(t)
	if net, o, err = InitialNetwork(c, l.(settings.Spiking).Model()); err != nil || o != nil || net.Weights().SHA256() != l.Weights().SHA256() {
		t.Errorf("%v: drawn weights are from %+v", err, o)
	}
}
