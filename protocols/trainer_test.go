package protocols_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/sim"
)

// A Trainer does what is written out here step by step: state flows on from example
// to example, and weights change after each batch.
func TestTrainerIsTheProtocol(t *testing.T) {
	for name, change := range map[string]func(*protocols.Model){
		"one hidden layer":    func(m *protocols.Model) {},
		"no hidden layer":     func(m *protocols.Model) { m.Network.Hidden, m.Rates = nil, m.Rates[:1] },
		"apical conductance":  func(m *protocols.Model) { m.Neurons.Hidden.Apical = 0.05 },
		"feedback learns":     func(m *protocols.Model) { m.FeedbackRates = []float64{0.1} },
		"three to a class":    func(m *protocols.Model) { m.Network.PerClass = 3 },
		"half a ms":           func(m *protocols.Model) { m.Neurons.Dt = 0.5 },
		"batches of four":     func(m *protocols.Model) { m.Batch = 4 },
		"means of four":       func(m *protocols.Model) { m.Batch, m.MeanUpdate = 4, true },
		"one of one":          func(m *protocols.Model) { m.MeanUpdate = true },
		"more than there are": func(m *protocols.Model) { m.Batch = 100 },
		"batches, much learns": func(m *protocols.Model) {
			m.Batch, m.MeanUpdate = 7, true
			m.FeedbackRates, m.Network.FeedbackBias, m.Network.Silent = []float64{0.1}, true, 0.5
		},
		"batches, symmetric": func(m *protocols.Model) { m.Batch, m.Network.Symmetric = 4, true },
		"rates that decay": func(m *protocols.Model) {
			m.RateDecay, m.FeedbackRates = 0.7, []float64{0.1}
		},
		"symmetric, layerwise": func(m *protocols.Model) { m.Network.Symmetric, m.Network.Feedback = true, network.LayerWise },
	} {
		t.Run(name, func(t *testing.T) {
			m := tiny(9)
			change(&m)
			data := noise(1, 30, m.Network.Inputs, m.Network.Classes)

			var asked []int
			trainer := newTrainer(t, m)
			var got []protocols.Epoch
			for range 2 {
				got = append(got, train(t, trainer, logged{data, &asked}, 1))
			}

			net := newNetwork(t, m)
			rule := m.Rule()
			rule.Rates, rule.FeedbackRates = slices.Clone(rule.Rates), slices.Clone(rule.FeedbackRates)
			// Each slot of a batch has its own state.
			var engines []*sim.Engine
			for range m.Batch {
				engine, err := sim.New(net, m.Neurons, m.Seed)
				if err != nil {
					t.Fatal(err)
				}
				engines = append(engines, engine)
			}
			steps := func(ms float64) int { return int(ms / m.Neurons.Dt) }
			shown := 0
			for number := range 2 {
				if number == 1 {
					for l := range rule.Rates {
						rule.Rates[l] *= m.RateDecay
					}
					for l := range rule.FeedbackRates {
						rule.FeedbackRates[l] *= m.RateDecay
					}
				}
				want := protocols.Epoch{Number: number + 1, Losses: make([]float64, len(net.Layers))}
				for group := range slices.Chunk(asked[number*30:][:30], m.Batch) {
					var updates []*network.Update
					for k, i := range group {
						shown++
						forward, target := everything(net), everything(net)
						x, class := data.intensities[i], data.classes[i]
						engines[k].Present(sim.Presentation{Purpose: sim.TrainingSpikes, Number: uint64(shown)})
						for _, phase := range []struct {
							sim.Phase
							means []network.Means
						}{
							{sim.Phase{Intensity: x, Steps: steps(12), From: steps(4)}, forward},
							{sim.Phase{Intensity: x, Steps: steps(10), From: steps(4), Taught: true, Class: class}, target},
						} {
							if err := engines[k].Run(&phase.Phase, phase.means); err != nil {
								t.Fatal(err)
							}
						}
						update := rule.NewUpdate(net.Architecture)
						rule.Learn(update, forward, target)
						if m.MeanUpdate {
							for l := range update.Layers {
								for _, delta := range [][]float32{update.Layers[l].Delta, update.Layers[l].FeedbackDelta} {
									for i := range delta {
										delta[i] *= 1 / float32(len(group))
									}
								}
							}
						}
						updates = append(updates, update)
						want.Examples++
						if network.ReadOut(forward[len(forward)-1].Soma, m.Network.PerClass) != class {
							want.Errors++
						}
						for l, loss := range update.Losses {
							want.Losses[l] += loss / 30
						}
					}
					for _, update := range updates {
						net.Apply(update)
					}
				}
				e := got[number]
				if e.Number != want.Number || e.Examples != want.Examples || e.Errors != want.Errors {
					t.Errorf("epoch %+v, want %+v", e, want)
				}
				if want := float64(want.Errors) / 30; e.Error() != want {
					t.Errorf("error %v, want %v", e.Error(), want)
				}
				for l, loss := range want.Losses {
					if !(math.Abs(e.Losses[l]-loss) <= 1e-12*loss) {
						t.Errorf("loss of layer %d is %v, want %v", l, e.Losses[l], loss)
					}
				}
			}
			if trainer.Network().Weights().SHA256() != net.Weights().SHA256() {
				t.Error("the weights are not those of the protocol")
			}
		})
	}
}

// everything returns room for all means of all layers.
func everything(net *network.Network) []network.Means {
	means := make([]network.Means, len(net.Layers))
	for m := range means {
		l := &net.Layers[m]
		n := l.Size()
		means[m] = network.Means{Trace: make([]float32, l.Weights.Rows), Soma: make([]float32, n), Rate: make([]float32, n)}
		if !l.Feedback.Empty() {
			means[m].FeedbackTrace = make([]float32, l.Feedback.Rows)
			means[m].Apical, means[m].Plateau = make([]float32, n), make([]float32, n)
		}
	}
	return means
}

// ordersOf returns the orders in which epochs show n examples.
func ordersOf(t *testing.T, m protocols.Model, n, epochs int) [][]int {
	t.Helper()
	var asked []int
	train(t, newTrainer(t, m), logged{noise(1, n, m.Network.Inputs, m.Network.Classes), &asked}, epochs)
	return slices.Collect(slices.Chunk(asked, n))
}

func TestEpochOrder(t *testing.T) {
	const n, epochs = 50, 6
	m := tiny(2)
	orders := ordersOf(t, m, n, epochs)
	if len(orders) != epochs {
		t.Fatalf("%d epochs of %d, want %d", len(orders), n, epochs)
	}
	for e, order := range orders {
		sorted := slices.Sorted(slices.Values(order))
		for i, k := range sorted {
			if i != k {
				t.Fatalf("epoch %d shows %v, want each example once", e+1, order)
			}
		}
		for other := range e {
			if slices.Equal(order, orders[other]) {
				t.Errorf("epochs %d and %d have the same order", other+1, e+1)
			}
		}
	}
	equal := func(a, b [][]int) bool { return slices.EqualFunc(a, b, slices.Equal) }
	if !equal(ordersOf(t, m, n, epochs), orders) {
		t.Error("a second run has other orders")
	}
	larger := tiny(5, 4)
	larger.Train.Forward = 6
	if !equal(ordersOf(t, larger, n, epochs), orders) {
		t.Error("another network has other orders")
	}
	m.Seed = 2
	for e, order := range ordersOf(t, m, n, epochs) {
		if slices.Equal(order, orders[e]) {
			t.Errorf("epoch %d has the same order for another seed", e+1)
		}
	}
}

// All orders are equally likely, and the order of one epoch says nothing about the
// next.
func TestEpochOrderIsUniform(t *testing.T) {
	const n, permutations = 4, 24
	epochs := 4800
	if testing.Short() {
		epochs = 960
	}
	m := tiny(1)
	m.Train = protocols.TwoPhase{Forward: 1, Target: 1}
	counts := map[string]int{}
	var follow [n][n]int // counts by first example of an epoch and first of the next
	orders := ordersOf(t, m, n, epochs)
	for e, order := range orders {
		counts[fmt.Sprint(order)]++
		if e > 0 {
			follow[orders[e-1][0]][order[0]]++
		}
	}
	var chi2, next float64
	for _, got := range counts {
		d := float64(got) - float64(epochs)/permutations
		chi2 += d * d / (float64(epochs) / permutations)
	}
	// χ² with 23 degrees of freedom exceeds 58, and with 15 exceeds 45, less than once
	// in ten thousand times.
	if len(counts) != permutations || chi2 > 58 {
		t.Errorf("%d orders, χ² %.0f, want %d and < 58", len(counts), chi2, permutations)
	}
	for _, row := range follow {
		for _, got := range row {
			d := float64(got) - float64(epochs)/(n*n)
			next += d * d / (float64(epochs) / (n * n))
		}
	}
	if next > 45 {
		t.Errorf("first examples follow one another like %v, χ² %.0f, want < 45", follow, next)
	}
}

func TestEpochProgress(t *testing.T) {
	m := tiny(3)
	trainer := newTrainer(t, m)
	for number := 1; number <= 2; number++ {
		var steps []protocols.Epoch
		e, err := trainer.Epoch(t.Context(), noise(1, 25, 6, 3), func(e protocols.Epoch) {
			e.Losses = slices.Clone(e.Losses)
			steps = append(steps, e)
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(steps) != 25 {
			t.Fatalf("%d reports of progress, want 25", len(steps))
		}
		errors := 0
		for k, s := range steps {
			if s.Number != number || s.Examples != k+1 || s.Errors < errors || s.Errors > errors+1 {
				t.Errorf("report %d is %+v, after %d errors", k+1, s, errors)
			}
			errors = s.Errors
			if len(s.Losses) != 2 || !(s.Losses[0] > 0) || !(s.Losses[1] > 0) {
				t.Errorf("losses %v, want two above zero", s.Losses)
			}
		}
		last := steps[len(steps)-1]
		if last.Examples != e.Examples || last.Errors != e.Errors || !slices.Equal(last.Losses, e.Losses) {
			t.Errorf("the last report is %+v, the epoch %+v", last, e)
		}
	}
}

// A run that is stopped has learned from the examples that it reports as shown.
func TestEpochCancelled(t *testing.T) {
	m := tiny(3)
	data := noise(1, 40, 6, 3)
	for _, stop := range []int{0, 1, 7, 39} {
		ctx, cancel := context.WithCancel(t.Context())
		if stop == 0 {
			cancel()
		}
		trainer := newTrainer(t, m)
		digest := trainer.Network().Weights().SHA256()
		var asked []int
		e, err := trainer.Epoch(ctx, logged{data, &asked}, func(e protocols.Epoch) {
			if e.Examples == stop {
				cancel()
			}
			digest = trainer.Network().Weights().SHA256()
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
		if e.Examples != stop || len(asked) != stop || e.Number != 1 {
			t.Errorf("%+v after %d of %d examples", e, len(asked), stop)
		}
		if trainer.Network().Weights().SHA256() != digest {
			t.Error("weights changed after the last example")
		}
	}
	// The context ends too late: the epoch is done.
	ctx, cancel := context.WithCancel(t.Context())
	e, err := newTrainer(t, m).Epoch(ctx, data, func(e protocols.Epoch) {
		if e.Examples == 40 {
			cancel()
		}
	})
	if err != nil || e.Examples != 40 {
		t.Errorf("%+v, %v; want a whole epoch", e, err)
	}
}

// The weights are a function of model, seed and data, to the last bit.
func TestSameSeedSameWeights(t *testing.T) {
	m := tiny(7, 5)
	m.Train = protocols.TwoPhase{Forward: 10, Target: 10, Settle: 2, Window: 4, PlateauSpread: 6,
		Longer: &protocols.Wald{Mean: 2, Scale: 1}}
	data := noise(1, 30, 6, 3)
	digest := func(m protocols.Model, watch sim.Observer, potentials bool) string {
		trainer := newTrainer(t, m)
		if watch != nil {
			trainer.Watch(watch, potentials)
		}
		train(t, trainer, data, 2)
		return trainer.Network().Weights().SHA256()
	}
	want := digest(m, nil, false)
	if digest(m, nil, false) != want {
		t.Error("a second run gives other weights")
	}
	if newNetwork(t, m).Weights().SHA256() == want {
		t.Error("nothing was learned")
	}
	if digest(m, new(phaseLog), false) != want || digest(m, new(phaseLog), true) != want {
		t.Error("an observer changes the weights")
	}
	m.Train.Window, m.Train.PlateauSpread = 0, 0
	plain := digest(m, nil, false)
	if digest(m, new(phaseLog), true) != plain {
		t.Error("an observer of potentials changes the weights")
	}
	m.Seed++
	if digest(m, nil, false) == plain {
		t.Error("another seed gives the same weights")
	}
}

// Here only the spikes depend on the seed, not the initial weights.
func TestTrainingSpikesDependOnSeed(t *testing.T) {
	m := tiny(4)
	one := noise(1, 1, 6, 3)
	start := newNetwork(t, m)
	var digests []string
	for seed := range uint64(4) {
		m.Seed = seed
		trainer, err := protocols.NewTrainer(m, start.Clone(), 1)
		if err != nil {
			t.Fatal(err)
		}
		train(t, trainer, one, 1)
		digests = append(digests, trainer.Network().Weights().SHA256())
	}
	slices.Sort(digests)
	if len(slices.Compact(digests)) != 4 {
		t.Error("two seeds have the same spikes")
	}
}

// With learning rates of zero, nothing changes.
func TestZeroRatesLearnNothing(t *testing.T) {
	m := tiny(4)
	m.Rates = []float64{0, 0}
	trainer := newTrainer(t, m)
	before := trainer.Network().Weights().SHA256()
	e := train(t, trainer, noise(1, 20, 6, 3), 1)
	if trainer.Network().Weights().SHA256() != before {
		t.Error("weights changed")
	}
	if !(e.Losses[0] > 0 && e.Losses[1] > 0) {
		t.Errorf("losses %v, want some above zero", e.Losses)
	}
}

// Weights that are no longer finite end the run with an error that names them.
func TestDivergence(t *testing.T) {
	for _, hidden := range [][]int{nil, {4}, {4, 3}} {
		m := tiny(hidden...)
		for i := range m.Rates {
			m.Rates[i] = 1e300
		}
		trainer := newTrainer(t, m)
		_, err := trainer.Epoch(t.Context(), noise(1, 30, 6, 3), nil)
		if err == nil {
			t.Errorf("%v hidden: no error, weights are %v", hidden, trainer.Network().Weights().Check())
			continue
		}
		for _, want := range []string{"diverged", "learning rate", "after 30 examples"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q does not say %q", err, want)
			}
		}
	}
	// In a long epoch this is noticed before the end.
	m := tiny(2)
	m.Rates = []float64{1e300, 1e300}
	e, err := newTrainer(t, m).Epoch(t.Context(), noise(1, 1500, 6, 3), nil)
	if err == nil || e.Examples > 1000 {
		t.Errorf("%v after %d examples, want an error after 1000 at the latest", err, e.Examples)
	}
}

// spoilt returns ways to spoil an example, and what the error must say.
func spoilt(i int) map[string]struct {
	spoil func(images)
	want  []string
} {
	type fault = struct {
		spoil func(images)
		want  []string
	}
	name := fmt.Sprintf("example %d: ", i)
	set := func(v float64) func(images) {
		return func(d images) { d.intensities[i][2] = float32(v) }
	}
	return map[string]fault{
		"class too large": {func(d images) { d.classes[i] = 3 }, []string{name, "3", "want 0 to 2"}},
		"class below 0":   {func(d images) { d.classes[i] = -1 }, []string{name, "-1", "want 0 to 2"}},
		"NaN":             {set(math.NaN()), []string{name, "intensity of input 2 is NaN, want 0 to 1"}},
		"above 1":         {set(1.5), []string{name, "intensity of input 2 is 1.5, want 0 to 1"}},
		"below 0":         {set(-0.25), []string{name, "intensity of input 2 is -0.25, want 0 to 1"}},
		"infinite":        {set(math.Inf(1)), []string{name, "intensity of input 2 is +Inf, want 0 to 1"}},
	}
}

// checkSays fails unless the error contains all texts.
func checkSays(t *testing.T, err error, want []string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", want)
		return
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func TestTrainerRefusesSamples(t *testing.T) {
	m := tiny(3)
	if _, err := newTrainer(t, m).Epoch(t.Context(), images{}, nil); err == nil || !strings.Contains(err.Error(), "no training examples") {
		t.Errorf("no data: %v", err)
	}
	for name, c := range spoilt(13) {
		t.Run(name, func(t *testing.T) {
			data := noise(1, 20, 6, 3)
			c.spoil(data)
			trainer := newTrainer(t, m)
			var asked []int
			digest := trainer.Network().Weights().SHA256()
			e, err := trainer.Epoch(t.Context(), logged{data, &asked}, func(protocols.Epoch) {
				digest = trainer.Network().Weights().SHA256()
			})
			checkSays(t, err, c.want)
			if e.Examples != len(asked)-1 || asked[len(asked)-1] != 13 {
				t.Errorf("%d examples were learned of %v", e.Examples, asked)
			}
			if trainer.Network().Weights().SHA256() != digest {
				t.Error("weights changed")
			}
		})
	}
}
