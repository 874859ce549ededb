package protocols_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
)

// optimised returns a small model with an optimiser.
func optimised(o protocols.Optimiser) protocols.Model {
	m := protocolstest.Tiny(8, 5)
	m.Optimiser, m.Rates = o, []float64{0.3, 0.2, 0.1}
	return m
}

var (
	momentum = protocols.Optimiser{Name: protocols.Momentum, Momentum: 0.8}
	adam     = protocols.Optimiser{Name: protocols.Adam, Momentum: 0.9, Beta2: 0.99, Epsilon: 1e-6}
)

// teach shows batches of examples, one after another.
func teach(t *testing.T, l training.Learner, data training.Examples, batches ...[]int) {
	t.Helper()
	for _, list := range batches {
		if err := l.Learn(training.NewBatch(data, list)); err != nil {
			t.Fatal(err)
		}
	}
}

// Weights follow the updates as the equations of the optimisers say. What the rule wants
// is taken from a learner without an optimiser that begins each step with the same
// weights and at rest.
func TestOptimisers(t *testing.T) {
	data := protocolstest.Noise(1, 4, 6, 3)
	for _, o := range []protocols.Optimiser{momentum, adam} {
		t.Run(o.Name, func(t *testing.T) {
			m := optimised(o)
			m.FeedbackRates = []float64{0.05, 0.04}
			net := protocolstest.Network(t, m)
			learner, err := protocols.NewLearner(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			plain := m
			plain.Optimiser = protocols.Optimiser{}
			etas := func(name string) float64 {
				layer := int(name[1] - '0')
				if name[0] == 'Y' || name[0] == 'c' {
					return m.FeedbackRates[layer]
				}
				return m.Rates[layer]
			}
			first, second := map[string][]float64{}, map[string][]float64{}
			for step := 1; step <= 3; step++ {
				before := net.Clone()
				asked, err := protocols.NewLearner(plain, before.Clone(), 1)
				if err != nil {
					t.Fatal(err)
				}
				state := learner.AppendState(nil)
				if o.Name == protocols.Momentum {
					state = state[:len(state)-8-4*net.Weights().Count()]
				} else {
					state = state[:len(state)-8-8*net.Weights().Count()]
				}
				if err := asked.SetState(state); err != nil {
					t.Fatal(err)
				}
				teach(t, asked, data, []int{step})
				teach(t, learner, data, []int{step})
				was, wants, got := before.Weights(), asked.Weights(), net.Weights()
				for k := range got {
					name, eta := got[k].Name, etas(got[k].Name)
					index := 0
					for r := range got[k].Rows {
						for i, w := range got[k].Row(r) {
							g := (float64(wants[k].Row(r)[i]) - float64(was[k].Row(r)[i])) / eta
							for len(first[name]) <= index {
								first[name], second[name] = append(first[name], 0), append(second[name], 0)
							}
							v, s := &first[name][index], &second[name][index]
							index++
							change := 0.0
							if o.Name == protocols.Momentum {
								*v = o.Momentum**v + g
								change = eta * *v
							} else {
								*v = o.Momentum**v + (1-o.Momentum)*g
								*s = o.Beta2**s + (1-o.Beta2)*g*g
								change = eta * *v / (1 - math.Pow(o.Momentum, float64(step))) / (math.Sqrt(*s/(1-math.Pow(o.Beta2, float64(step)))) + o.Epsilon)
							}
							want := float64(was[k].Row(r)[i]) + change
							// The update is a difference of two float32.
							slip := 1e-5 * (1 + math.Abs(want) + math.Abs(change))
							if o.Name == protocols.Adam && math.Abs(g) < 1e-3 {
								slip = eta // its sign decides, and is lost in the rounding
							}
							if math.Abs(float64(w)-want) > slip {
								t.Fatalf("step %d: %s[%d][%d] is %v, want %v (it was %v)", step, name, r, i, w, want, was[k].Row(r)[i])
							}
						}
					}
				}
			}
		})
	}
}

// Learning with an optimiser has the same bits for any number of workers, and when it is
// stopped and resumed in the middle.
func TestOptimisersKeepTheirBits(t *testing.T) {
	data := protocolstest.Noise(1, 30, 6, 3)
	batches := [][]int{{0, 1, 2, 3}, {4, 5, 6, 7}, {8, 9, 10}, {11, 12, 13, 14}, {15, 16, 17, 18}}
	for _, o := range []protocols.Optimiser{momentum, adam} {
		for name, change := range map[string]func(*protocols.Model){
			"plain":     func(*protocols.Model) {},
			"mean":      func(m *protocols.Model) { m.MeanUpdate = true },
			"symmetric": func(m *protocols.Model) { m.Network.Symmetric = true },
			"silent":    func(m *protocols.Model) { m.Network.Silent, m.FeedbackRates = 0.5, []float64{0.1, 0.1} },
			"apical":    func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		} {
			m := optimised(o)
			m.Batch = 4
			change(&m)
			digest := func(workers, stop int) string {
				net := protocolstest.Network(t, m)
				l, err := protocols.NewLearner(m, net, workers)
				if err != nil {
					t.Fatal(err)
				}
				teach(t, l, data, batches[:stop]...)
				if stop < len(batches) {
					state := l.AppendState(nil)
					if l, err = protocols.NewLearner(m, net.Clone(), workers); err != nil {
						t.Fatal(err)
					}
					if err := l.SetState(state); err != nil {
						t.Fatal(err)
					}
					if !bytes.Equal(l.AppendState(nil), state) {
						t.Errorf("%s, %s: the state is another after it was restored", o.Name, name)
					}
					teach(t, l, data, batches[stop:]...)
				}
				if name == "silent" {
					for _, y := range []network.Projection{l.Network().Layers[0].Feedback, l.Network().Layers[1].Feedback} {
						zeros := 0
						for j := range y.Rows {
							for _, w := range y.Row(j) {
								if w == 0 {
									zeros++
								}
							}
						}
						if zeros < 3 {
							t.Errorf("%s: silent synapses have woken up: %d are 0", o.Name, zeros)
						}
					}
				}
				return l.Weights().SHA256()
			}
			want := digest(1, len(batches))
			for _, other := range [][2]int{{2, 5}, {3, 5}, {1, 2}, {4, 3}} {
				if got := digest(other[0], other[1]); got != want {
					t.Errorf("%s, %s: %d workers, stopped after %d batches: other weights", o.Name, name, other[0], other[1])
				}
			}
		}
	}
}

// A layer whose learning rate is 0 keeps its bits, and learning rates that slow down make
// the steps smaller.
func TestOptimisersFollowTheRates(t *testing.T) {
	data := protocolstest.Noise(1, 30, 6, 3)
	for _, o := range []protocols.Optimiser{momentum, adam} {
		m := optimised(o)
		m.Rates = []float64{0, 0.2, 0.1}
		net := protocolstest.Network(t, m)
		net.Layers[0].Weights.Row(0)[0] = float32(math.Copysign(0, -1))
		before := net.Clone()
		l, err := protocols.NewLearner(m, net, 1)
		if err != nil {
			t.Fatal(err)
		}
		teach(t, l, data, []int{0}, []int{1}, []int{2})
		for j := range net.Layers[0].Weights.Rows {
			a, b := net.Layers[0].Weights.Row(j), before.Layers[0].Weights.Row(j)
			if !slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) }) {
				t.Errorf("%s: row %d of a frozen layer has changed", o.Name, j)
			}
		}
		if slices.Equal(net.Layers[1].Weights.Row(0), before.Layers[1].Weights.Row(0)) {
			t.Errorf("%s: the other layer has not changed", o.Name)
		}

		moved := func(factor float64) (sum float64) {
			net := protocolstest.Network(t, m)
			before := net.Clone()
			l, err := protocols.NewLearner(m, net, 1)
			if err != nil {
				t.Fatal(err)
			}
			b := training.NewBatch(data, []int{0})
			b.Rate = factor
			if err := l.Learn(b); err != nil {
				t.Fatal(err)
			}
			for j := range net.Layers[1].Weights.Rows {
				for i, w := range net.Layers[1].Weights.Row(j) {
					sum += math.Abs(float64(w) - float64(before.Layers[1].Weights.Row(j)[i]))
				}
			}
			return sum
		}
		if whole, half := moved(1), moved(0.5); math.Abs(half/whole-0.5) > 1e-3 {
			t.Errorf("%s: with half the rate the weights move by %v, with all of it by %v", o.Name, half, whole)
		}
	}
}

func TestOptimiserValidate(t *testing.T) {
	for _, test := range []struct {
		o    protocols.Optimiser
		want string
	}{
		{protocols.Optimiser{Name: "sgd"}, `want "", "momentum" or "adam"`},
		{protocols.Optimiser{Name: protocols.Momentum}, "Momentum = 0"},
		{protocols.Optimiser{Name: protocols.Momentum, Momentum: 1}, "Momentum = 1"},
		{protocols.Optimiser{Name: protocols.Adam, Momentum: 0.9, Beta2: 1, Epsilon: 1e-8}, "Beta2 = 1"},
		{protocols.Optimiser{Name: protocols.Adam, Momentum: 0.9, Beta2: 0.9}, "Epsilon = 0"},
	} {
		if err := optimised(test.o).Validate(); err == nil || !strings.Contains(fmt.Sprint(err), test.want) {
			t.Errorf("%+v: error %v, want one with %q", test.o, err, test.want)
		}
	}
}
