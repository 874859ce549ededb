package network

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// source is a stream of uniform numbers: SplitMix64.
type source struct{ state uint64 }

func (s *source) Uniform() float64 {
	s.state += 0x9e3779b97f4a7c15
	z := s.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return float64((z^z>>31)>>11) * 0x1p-53
}

// plan is a small architecture with everything in it.
func plan(hidden ...int) Architecture {
	return Architecture{
		Inputs: 7, Hidden: hidden, Classes: 3, PerClass: 2, Feedback: Broadcast,
		Silent: 0.3, SilentGain: 5, FeedbackBias: true,
	}
}

func drawn(a Architecture, seed uint64) *Network {
	n := New(a)
	n.Draw(DefaultOptimised(0.2), &source{seed})
	return n
}

func TestShapes(t *testing.T) {
	for _, test := range []struct {
		feedback Feedback
		hidden   []int
		from     []int // layer that feeds each hidden layer
		names    string
	}{
		{Broadcast, nil, nil, "W0 b0"},
		{Broadcast, []int{5}, []int{1}, "W0 b0 Y0 c0 W1 b1"},
		{Broadcast, []int{5, 20, 4}, []int{3, 3, 3}, "W0 b0 Y0 c0 W1 b1 Y1 c1 W2 b2 Y2 c2 W3 b3"},
		{LayerWise, []int{5, 20, 4}, []int{1, 2, 3}, "W0 b0 Y0 c0 W1 b1 Y1 c1 W2 b2 Y2 c2 W3 b3"},
	} {
		a := plan(test.hidden...)
		a.Feedback = test.feedback
		n := drawn(a, 1)
		if a.Outputs() != 6 {
			t.Errorf("Outputs = %d, want 6", a.Outputs())
		}
		sizes := append(append([]int{}, test.hidden...), 6)
		if !reflect.DeepEqual(a.Sizes(), sizes) {
			t.Errorf("Sizes = %v, want %v", a.Sizes(), sizes)
		}
		below := a.Inputs
		for m := range n.Layers {
			l := &n.Layers[m]
			if l.Size() != sizes[m] || len(l.Bias) != sizes[m] || l.Weights.Rows != below || l.Weights.Cols != sizes[m] {
				t.Errorf("layer %d: size %d with %d biases and %d×%d weights, want %d from %d", m, l.Size(), len(l.Bias), l.Weights.Rows, l.Weights.Cols, sizes[m], below)
			}
			below = sizes[m]
			if m == len(test.hidden) {
				if !l.Feedback.Empty() || l.FeedbackBias != nil || l.Silent != nil {
					t.Error("the output layer has feedback")
				}
				continue
			}
			if a.FeedbackFrom(m) != test.from[m] || l.Feedback.Rows != sizes[test.from[m]] || l.Feedback.Cols != sizes[m] || len(l.FeedbackBias) != sizes[m] {
				t.Errorf("%s: layer %d has %d×%d feedback from layer %d, want that of %d", a.Feedback, m, l.Feedback.Rows, l.Feedback.Cols, a.FeedbackFrom(m), test.from[m])
			}
		}
		var names []string
		for _, array := range n.Weights() {
			names = append(names, array.Name)
		}
		if got := strings.Join(names, " "); got != test.names {
			t.Errorf("Weights lists %s, want %s", got, test.names)
		}
		checkPadding(t, n)
	}
}

// checkPadding fails unless the weights of missing neurons are zero, and all others are where
// rows, blocks and indices say they are.
func checkPadding(t *testing.T, n *Network) {
	t.Helper()
	for m := range n.Layers {
		for _, w := range []Projection{n.Layers[m].Weights, n.Layers[m].Feedback} {
			if w.Empty() {
				continue
			}
			for k := range w.Len() {
				from, to := w.Receivers(k)
				block := w.Block(k)
				for j := range w.Rows {
					for i, v := range block[j*w.Width:][:w.Width] {
						if i < to-from && (v != w.At(j, from+i) || v != w.Row(j)[from+i]) {
							t.Fatalf("layer %d: the weight from %d to %d is %v in its block, %v at its index, %v in its row", m, j, from+i, v, w.At(j, from+i), w.Row(j)[from+i])
						}
						if i >= to-from && v != 0 {
							t.Errorf("layer %d: weight %d of row %d of block %d is %v, want 0", m, i, j, k, v)
						}
					}
				}
			}
		}
	}
}

func TestProjection(t *testing.T) {
	for _, c := range []struct{ cols, width, blocks int }{{1, 16, 1}, {16, 16, 1}, {17, 32, 1}, {32, 32, 1}, {33, 64, 1}, {64, 64, 1}, {65, 64, 2}, {500, 64, 8}} {
		p := NewProjection(3, c.cols)
		if p.Width != c.width || p.Len() != c.blocks || len(p.Data) != 3*c.width*c.blocks || padded(c.cols) != c.width*c.blocks {
			t.Errorf("%d receivers: %d blocks of %d, %d weights, padded %d; want %d of %d", c.cols, p.Len(), p.Width, len(p.Data), padded(c.cols), c.blocks, c.width)
		}
		seen := map[int]bool{}
		for j := range 3 {
			row := make([]float32, c.cols)
			for i := range row {
				row[i] = float32(1000*j + i + 1)
				seen[p.Index(j, i)] = true
			}
			p.SetRow(j, row)
			if got := p.Row(j); !slices.Equal(got, row) {
				t.Fatalf("%d receivers: row %d is %v after it was set to %v", c.cols, j, got, row)
			}
			p.Row(j)[0] = -1 // a copy
			p.Set(j, c.cols-1, p.At(j, c.cols-1)+0.5)
		}
		sum := float32(0)
		for _, v := range p.Data {
			sum += v
		}
		want := float32(1000*3*c.cols+3*c.cols*(c.cols+1)/2) + 1.5
		if len(seen) != 3*c.cols || sum != want {
			t.Errorf("%d receivers: %d places for %d weights, whose sum is %v, want %v", c.cols, len(seen), 3*c.cols, sum, want)
		}
		last := 0
		for k := range p.Len() {
			from, to := p.Receivers(k)
			if from != last || to <= from || to-from > p.Width {
				t.Errorf("%d receivers: block %d has %d to %d", c.cols, k, from, to)
			}
			last = to
		}
		if last != c.cols {
			t.Errorf("%d receivers: the blocks end at %d", c.cols, last)
		}
	}
}

func TestPad(t *testing.T) {
	for _, test := range [][2]int{{0, 0}, {1, 16}, {15, 16}, {16, 16}, {17, 32}, {500, 512}} {
		if got := Pad(test[0]); got != test[1] {
			t.Errorf("Pad(%d) = %d, want %d", test[0], got, test[1])
		}
	}
}

// A clone shares no memory: a change of either leaves the other as it is.
func TestCloneIsDeep(t *testing.T) {
	for _, a := range []Architecture{plan(5, 4), plan(), {Inputs: 3, Hidden: []int{4}, Classes: 2, PerClass: 1, Feedback: LayerWise}} {
		a.Hidden = append([]int(nil), a.Hidden...)
		made := a
		made.Hidden = append([]int(nil), a.Hidden...)
		n := drawn(made, 2)
		c := n.Clone()
		if !reflect.DeepEqual(n, c) {
			t.Fatal("the clone differs")
		}
		digest := n.Weights().SHA256()
		for _, pair := range [][2]*Network{{n, c}, {c.Clone(), n}} {
			kept, altered := pair[0], pair[1]
			for _, array := range altered.Weights() {
				for j, row := range array.All() {
					for i := range row {
						row[i]++
					}
					array.SetRow(j, row)
				}
			}
			for m := range altered.Layers {
				for k := range altered.Layers[m].Silent {
					altered.Layers[m].Silent[k] = !altered.Layers[m].Silent[k]
				}
			}
			for m := range altered.Hidden {
				altered.Hidden[m]++
			}
			if !reflect.DeepEqual(kept, drawn(a, 2)) || kept.Weights().SHA256() != digest {
				t.Errorf("changes reached the other network")
			}
		}
	}
}

func TestArchitectureValidate(t *testing.T) {
	nan := math.NaN()
	for _, a := range []Architecture{plan(), plan(5), plan(5, 4, 3), {Inputs: 1, Classes: 2, PerClass: 1, Feedback: LayerWise}} {
		if err := a.Validate(); err != nil {
			t.Errorf("%+v: %v", a, err)
		}
	}
	for _, test := range []struct {
		alter func(*Architecture)
		want  []string
	}{
		{func(a *Architecture) { a.Inputs = 0 }, []string{"Inputs = 0"}},
		{func(a *Architecture) { a.Inputs = 1 << 25 }, []string{"Inputs = 33554432", "1048576"}},
		{func(a *Architecture) { a.Hidden = []int{5, 0} }, []string{"Hidden[1] = 0"}},
		{func(a *Architecture) { a.Hidden = []int{-5} }, []string{"Hidden[0] = -5"}},
		{func(a *Architecture) { a.Hidden = []int{1 << 25} }, []string{"Hidden[0] = 33554432"}},
		{func(a *Architecture) { a.Classes = 1 }, []string{"Classes = 1", "want 2"}},
		{func(a *Architecture) { a.Classes = 1 << 25 }, []string{"Classes = 33554432"}},
		{func(a *Architecture) { a.PerClass = 0 }, []string{"PerClass = 0"}},
		{func(a *Architecture) { a.Classes, a.PerClass = 1<<13, 1<<13 }, []string{"PerClass = 8192", "8192 classes", "1048576"}},
		{func(a *Architecture) { a.Feedback = "" }, []string{`Feedback = ""`, `"broadcast"`, `"layerwise"`}},
		{func(a *Architecture) { a.Silent = 1 }, []string{"Silent = 1"}},
		{func(a *Architecture) { a.Silent = -0.1 }, []string{"Silent = -0.1"}},
		{func(a *Architecture) { a.Silent = nan }, []string{"Silent = NaN"}},
		{func(a *Architecture) { a.FeedbackNoise = 0.05 }, []string{"FeedbackNoise = 0.05", "not Symmetric"}},
		{func(a *Architecture) { a.Symmetric, a.FeedbackNoise = true, -1 }, []string{"FeedbackNoise = -1, want ≥ 0"}},
		{func(a *Architecture) { a.Symmetric, a.FeedbackNoise = true, nan }, []string{"FeedbackNoise = NaN, want ≥ 0"}},
		{func(a *Architecture) { a.SilentGain = 0 }, []string{"SilentGain = 0"}},
		{func(a *Architecture) { a.SilentGain = nan }, []string{"SilentGain = NaN"}},
		{func(a *Architecture) { a.SilentGain = math.Inf(1) }, []string{"SilentGain = +Inf"}},
		{func(a *Architecture) { a.SilentGain = 2e6 }, []string{"SilentGain = 2e+06, want > 0, at most 1e+06"}},
		{func(a *Architecture) { a.Lesions = []Lesion{{0, 0, 1}, {1, 3, 6}} }, []string{"Lesions[1].From = 3, To = 6", "at most 5"}},
		{func(a *Architecture) { a.Lesions = []Lesion{{1, -1, 2}} }, []string{"Lesions[0].From = -1"}},
		{func(a *Architecture) { a.Lesions = []Lesion{{1, 2, 2}} }, []string{"Lesions[0].From = 2, To = 2"}},
		{func(a *Architecture) { a.Lesions = []Lesion{{2, 0, 1}} }, []string{"Lesions[0].Layer = 2", "1 for the last hidden layer"}},
		{func(a *Architecture) { a.Inputs, a.Classes, a.Feedback = -1, 0, "up" }, []string{"Inputs = -1", "Classes = 0", `"up"`}},
	} {
		a := plan(5)
		test.alter(&a)
		err := a.Validate()
		if err == nil {
			t.Errorf("%+v is accepted", a)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), "network: Architecture.") || !strings.Contains(err.Error(), want) {
				t.Errorf("error %q does not say %q", err, want)
			}
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("New made a network of %+v", a)
				}
			}()
			New(a)
		}()
	}
}

// Masks share memory with the network, row by row without padding.
func TestMasks(t *testing.T) {
	n := drawn(plan(5, 4), 3)
	masks := n.Masks()
	if len(masks) != 2 || masks[1].Name != "Y1_silent" || masks[1].Of != "Y1" {
		t.Fatalf("%+v", masks)
	}
	for m, mask := range masks {
		y, silent := n.Layers[m].Feedback, 0
		for j := range mask.Rows {
			for i, s := range mask.Row(j) {
				if s != (y.Row(j)[i] == 0) {
					t.Errorf("%s[%d, %d] is %v, but the weight is %v", mask.Name, j, i, s, y.Row(j)[i])
				}
				if s {
					silent++
				}
			}
		}
		if mask.Rows != y.Rows || mask.Cols != y.Cols || silent == 0 {
			t.Errorf("%s is %d×%d with %d silent synapses", mask.Name, mask.Rows, mask.Cols, silent)
		}
		was := mask.Row(1)[2]
		mask.Row(1)[2] = !was
		if n.Layers[m].Silent[y.Cols+2] == was {
			t.Errorf("%s is a copy", mask.Name)
		}
	}
	if dense := drawn(Architecture{Inputs: 3, Hidden: []int{4}, Classes: 2, PerClass: 1, Feedback: Broadcast}, 1); dense.Masks() != nil {
		t.Error("a network without silent synapses has masks")
	}
}
