package rate

import (
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/internal/stream"
	"plateau/network"
)

// A perceptron with lesions does, to the bit, what one does in which no weight leads away
// from the silenced units, and learns the same, but for those weights.
func TestLesions(t *testing.T) {
	lesions := []network.Lesion{{Layer: 0, From: 2, To: 4}, {Layer: 1, From: 0, To: 3}, {Layer: 2, From: 5, To: 6}}
	for _, f := range []Activation{ReLU, Tanh, Logistic, Linear} {
		p := Plan{Sizes: []int{7, 9, 8, 3}, Activation: f, Loss: CrossEntropy}
		control := New(p)
		draws := stream.New(4, stream.InitialWeights, 0, 0, 0)
		control.Draw(&draws)
		p.Lesions = lesions
		n := New(p)
		n.Weights().Set(control.Weights().Append(nil))
		for _, lesion := range lesions {
			for j := lesion.From; j < lesion.To; j++ {
				clear(control.Layers[lesion.Layer].Weights.Row(j))
			}
		}
		x, y := []float32{0.1, 0.9, 0.5, 0.4, 0, 0.3, 1}, []float32{0, 1, 0}
		shown := slices.Clone(x)
		a, b := n.NewActivity(), control.NewActivity()
		for _, of := range []struct {
			net *Perceptron
			c   *Activity
		}{{n, a}, {control, b}} {
			of.net.Forward(of.c, x)
			of.net.Backprop(of.c, y)
		}
		if !slices.Equal(x, shown) {
			t.Fatal("the input of the caller was changed")
		}
		if a.Loss != b.Loss || !slices.Equal(a.Output(), b.Output()) {
			t.Errorf("%s: the output is %v, want %v", f, a.Output(), b.Output())
		}
		u, v := n.NewUpdate(), control.NewUpdate()
		u.Add([]*Activity{a}, 0, 1)
		v.Add([]*Activity{b}, 0, 1)
		for l := range u.Layers {
			from := network.Silenced(lesions, p.Sizes, l)
			for j := range u.Layers[l].Weights.Rows {
				for i, g := range u.Layers[l].Weights.Row(j) {
					want := v.Layers[l].Weights.Row(j)[i]
					if from[j] {
						want = 0
					}
					if math.Abs(float64(g-want)) > 1e-7 {
						t.Errorf("%s: update of W%d[%d, %d] is %v, want %v", f, l, j, i, g, want)
					}
				}
			}
		}
		for l := range n.Sizes[1:3] {
			for i, silenced := range network.Silenced(lesions, p.Sizes, l+1) {
				if silenced && (a.Unit[l][i] != 0 || a.Delta[l][i] != 0) {
					t.Errorf("%s: unit %d of layer %d has %v and teaching signal %v, want 0", f, i, l, a.Unit[l][i], a.Delta[l][i])
				}
			}
		}
	}
	p := Plan{Sizes: []int{7, 9, 3}, Activation: ReLU, Loss: CrossEntropy, Lesions: []network.Lesion{{Layer: 1, From: 0, To: 9}, {Layer: 2, From: 0, To: 1}}}
	if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "rate: Plan.Lesions[1].Layer = 2, want 0 for the input to 1") {
		t.Errorf("error %v", err)
	}
}
