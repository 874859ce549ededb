package protocols_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/protocols/training"
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
			m.Course.Decay, m.FeedbackRates = 0.7, []float64{0.1}
		},
		"symmetric, layerwise": func(m *protocols.Model) { m.Network.Symmetric, m.Network.Feedback = true, network.LayerWise },
	} {
		t.Run(name, func(t *testing.T) {
			m := protocolstest.Tiny(9)
			change(&m)
			data := protocolstest.Noise(1, 30, m.Network.Inputs, m.Network.Classes)

			var asked []int
			trainer := protocolstest.NewTraining(t, m)
			var got []training.Epoch
			for range 2 {
				got = append(got, protocolstest.Train(t, trainer, protocolstest.Logged{Examples: data, Asked: &asked}, 1))
			}

			net := protocolstest.Network(t, m)
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
						rule.Rates[l] *= m.Course.Decay
					}
					for l := range rule.FeedbackRates {
						rule.FeedbackRates[l] *= m.Course.Decay
					}
				}
				want := training.Epoch{Number: number + 1, Losses: make([]float64, len(net.Layers))}
				for group := range slices.Chunk(asked[number*30:][:30], m.Batch) {
					var updates []*network.Update
					for k, i := range group {
						shown++
						forward, target := protocolstest.Everything(net), protocolstest.Everything(net)
						x, class := data.Intensities[i], data.Classes[i]
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

// The weights are a function of model, seed and data, to the last bit.
func TestSameSeedSameWeights(t *testing.T) {
	m := protocolstest.Tiny(7, 5)
	m.Train = protocols.TwoPhase{Forward: 10, Target: 10, Settle: 2, Window: 4, PlateauSpread: 6,
		Longer: &protocols.Wald{Mean: 2, Scale: 1}}
	data := protocolstest.Noise(1, 30, 6, 3)
	digest := func(m protocols.Model, watch sim.Observer, potentials bool) string {
		trainer := protocolstest.NewTraining(t, m)
		if watch != nil {
			trainer.Watch(watch, potentials)
		}
		protocolstest.Train(t, trainer, data, 2)
		return trainer.Network().Weights().SHA256()
	}
	want := digest(m, nil, false)
	if digest(m, nil, false) != want {
		t.Error("a second run gives other weights")
	}
	if protocolstest.Network(t, m).Weights().SHA256() == want {
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
	m := protocolstest.Tiny(4)
	one := protocolstest.Noise(1, 1, 6, 3)
	start := protocolstest.Network(t, m)
	var digests []string
	for seed := range uint64(4) {
		m.Seed = seed
		trainer, err := protocolstest.New(m, start.Clone(), 1)
		if err != nil {
			t.Fatal(err)
		}
		protocolstest.Train(t, trainer, one, 1)
		digests = append(digests, trainer.Network().Weights().SHA256())
	}
	slices.Sort(digests)
	if len(slices.Compact(digests)) != 4 {
		t.Error("two seeds have the same spikes")
	}
}

// With learning rates of zero, nothing changes.
func TestZeroRatesLearnNothing(t *testing.T) {
	m := protocolstest.Tiny(4)
	m.Rates = []float64{0, 0}
	trainer := protocolstest.NewTraining(t, m)
	before := trainer.Network().Weights().SHA256()
	e := protocolstest.Train(t, trainer, protocolstest.Noise(1, 20, 6, 3), 1)
	if trainer.Network().Weights().SHA256() != before {
		t.Error("weights changed")
	}
	if !(e.Losses[0] > 0 && e.Losses[1] > 0) {
		t.Errorf("losses %v, want some above zero", e.Losses)
	}
}

// A state that was appended before the first example is rest: who gets it goes on as a
// new learner does. A state that does not fit is refused, and changes nothing.
func TestLearnerState(t *testing.T) {
	data := protocolstest.Noise(1, 12, 6, 3)
	for _, batch := range []int{1, 4} {
		m := protocolstest.Tiny(7)
		m.Batch, m.Rates = batch, []float64{0, 0} // the weights stay the same
		spikes := func(l *protocols.Learner) string {
			log := tally{sizes: []int{6, 7, 3}}
			l.Watch(&log, false)
			b := training.NewBatch(data, []int{3, 1, 4, 5}[:batch])
			if err := l.Learn(b); err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(log)
		}
		fresh := protocolstest.NewTraining(t, m)
		rest := fresh.AppendState(nil)
		want := spikes(fresh.Learner)

		used := protocolstest.NewTraining(t, m)
		protocolstest.Train(t, used, data, 1)
		flowing := used.AppendState(nil)
		for name, state := range map[string][]byte{
			"empty": nil, "cut short": flowing[:len(flowing)-1], "too long": append(slices.Clone(flowing), 0),
			"of a batch of 9": append([]byte{9}, flowing[1:]...),
		} {
			if err := used.SetState(state); err == nil {
				t.Errorf("batches of %d: a state that is %s is accepted", batch, name)
			}
			if !bytes.Equal(used.AppendState(nil), flowing) {
				t.Fatalf("batches of %d: a state that is %s changes the learner", batch, name)
			}
		}
		if err := used.SetState(rest); err != nil {
			t.Fatal(err)
		}
		if got := used.AppendState(nil); !bytes.Equal(got, rest) {
			t.Errorf("batches of %d: rest becomes %d bytes, want %d", batch, len(got), len(rest))
		}
		if got := spikes(used.Learner); got != want {
			t.Errorf("batches of %d: after rest %s, want %s", batch, got, want)
		}
	}
}
