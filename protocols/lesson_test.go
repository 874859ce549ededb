package protocols_test

import (
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

// A register is a witness that keeps copies of all lessons.
type register []protocols.Lesson

func (r *register) Learnt(l protocols.Lesson) {
	l.Intensity, l.Losses = slices.Clone(l.Intensity), slices.Clone(l.Losses)
	l.Forward, l.Target = copyMeans(l.Forward), copyMeans(l.Target)
	*r = append(*r, l)
}

func copyMeans(means []network.Means) []network.Means {
	means = slices.Clone(means)
	for m := range means {
		f := &means[m]
		for _, x := range []*[]float32{&f.Trace, &f.Soma, &f.Rate, &f.FeedbackTrace, &f.Apical, &f.Plateau} {
			*x = slices.Clone(*x)
		}
	}
	return means
}

// Witnesses do not change the weights, and are told the same lessons in the same
// order whatever the number of workers.
func TestWitnessChangesNothing(t *testing.T) {
	data := protocolstest.Noise(3, 21, 6, 3)
	for _, c := range []struct {
		name  string
		alter func(*protocols.Model)
	}{
		{"online", func(m *protocols.Model) {}},
		{"batches", func(m *protocols.Model) { m.Batch, m.MeanUpdate = 8, true }},
		{"apical", func(m *protocols.Model) { m.Batch, m.Neurons.Hidden.Apical = 4, 0.6 }},
		{"rates", func(m *protocols.Model) { *m = protocolstest.Rates(*m); m.Batch = 4 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := protocolstest.Tiny(7, 5)
			c.alter(&m)
			var want, told string
			for _, workers := range []int{1, 2, 7} {
				for _, witnessed := range []bool{false, true} {
					trainer, err := protocolstest.New(m, protocolstest.Network(t, m), workers)
					if err != nil {
						t.Fatal(err)
					}
					var lessons register
					if witnessed {
						trainer.AddWitness(&lessons, true)
					}
					var order []int
					set := training.Examples(data)
					if m.Batch == 1 {
						set = protocolstest.Logged{Examples: data, Asked: &order}
					}
					epoch := protocolstest.Train(t, trainer, set, 2)
					got := fmt.Sprint(trainer.Network().Weights().SHA256(), epoch)
					if want == "" {
						want = got
					}
					if got != want {
						t.Errorf("%d workers, witnessed %v: %s, want %s", workers, witnessed, got, want)
					}
					if !witnessed {
						continue
					}
					if len(lessons) != 42 {
						t.Fatalf("%d lessons, want 42", len(lessons))
					}
					if told == "" {
						told = fmt.Sprint(lessons)
					}
					if fmt.Sprint(lessons) != told {
						t.Errorf("%d workers: other lessons", workers)
					}
					for k, l := range lessons {
						if l.Number != uint64(k+1) || l.Class != data.Classes[l.Example] || !slices.Equal(l.Intensity, data.Intensities[l.Example]) {
							t.Fatalf("lesson %d is number %d of image %d, class %d, %v", k, l.Number, l.Example, l.Class, l.Intensity)
						}
						if order != nil && l.Example != order[k] {
							t.Errorf("lesson %d is of image %d, want %d", k, l.Example, order[k])
						}
					}
				}
			}
		})
	}
}

// digests is a witness that keeps the digest of the weights at every lesson.
type digests struct {
	net  *network.Network
	list []string
}

func (d *digests) Learnt(protocols.Lesson) { d.list = append(d.list, d.net.Weights().SHA256()) }

// Lessons are told before they change the weights.
func TestWitnessSeesWeightsOfTheLesson(t *testing.T) {
	m := protocolstest.Tiny(7)
	m.Batch = 4
	trainer := protocolstest.NewTraining(t, m)
	d := digests{net: trainer.Network()}
	want := []string{d.net.Weights().SHA256()}
	trainer.AddWitness(&d, false)
	if _, err := trainer.Epoch(t.Context(), protocolstest.Noise(3, 12, 6, 3), func(training.Epoch) { want = append(want, d.net.Weights().SHA256()) }); err != nil {
		t.Fatal(err)
	}
	for k, got := range d.list {
		if got != want[k/4] || want[k/4] == want[k/4+1] {
			t.Errorf("lesson %d came with the weights %s, want %s, not yet %s", k, got, want[k/4], want[k/4+1])
		}
	}
}

// The means of a lesson are those from which the network learns: its losses and the
// predicted class follow from them.
func TestLessonHoldsWhatWasLearnt(t *testing.T) {
	m := protocolstest.Tiny(7, 5)
	m.Batch = 4
	trainer := protocolstest.NewTraining(t, m)
	var lessons register
	trainer.AddWitness(&lessons, false)
	protocolstest.Train(t, trainer, protocolstest.Noise(3, 12, 6, 3), 1)
	for k, l := range lessons {
		update := m.Rule().NewUpdate(m.Network)
		m.Rule().Learn(update, l.Forward, l.Target)
		if !slices.Equal(update.Losses, l.Losses) {
			t.Errorf("lesson %d has losses %v, its means %v", k, l.Losses, update.Losses)
		}
		if read := network.ReadOut(l.Forward[2].Soma, 1); read != l.Predicted {
			t.Errorf("lesson %d was predicted as %d, its means say %d", k, l.Predicted, read)
		}
		if l.Forward[0].Rate != nil {
			t.Error("there are rates that nobody asked for")
		}
	}
}

// The rates of the forward phase are φ(V) averaged over its window.
func TestLessonRates(t *testing.T) {
	m := protocolstest.Tiny(7)
	trainer := protocolstest.NewTraining(t, m)
	var lessons register
	trainer.AddWitness(&lessons, true)
	slow := slowRates{noise: m.Neurons.Noise.Rate}
	trainer.Watch(&slow, true)
	protocolstest.Train(t, trainer, protocolstest.Noise(3, 5, 6, 3), 1)
	for k, l := range lessons {
		for layer, f := range l.Forward {
			for i, got := range f.Rate {
				// Rates and their sum are in float32.
				if want := slow.means[k][layer][i]; math.Abs(float64(got)-want) > 1e-6*want {
					t.Errorf("lesson %d: neuron %d of layer %d fires with %v/ms, want %v/ms", k, i, layer, got, want)
				}
			}
		}
	}
}

// slowRates computes the mean rates of forward phases from potentials.
type slowRates struct {
	noise func(v float64) float64
	phase *sim.Phase
	begin int
	means [][2][7]float64
}

func (s *slowRates) Observe(e sim.Event) {
	switch e := e.(type) {
	case *sim.PhaseBegan:
		if s.phase, s.begin = e.Phase, e.Step; !e.Phase.Taught {
			s.means = append(s.means, [2][7]float64{})
		}
	case *sim.Block:
		for step := range e.Steps {
			if s.phase.Taught || e.First+step-s.begin < s.phase.From {
				continue
			}
			for layer := range 2 {
				for i, v := range e.Soma(layer+1, step) {
					s.means[len(s.means)-1][layer][i] += s.noise(float64(v)) / float64(s.phase.Steps-s.phase.From)
				}
			}
		}
	}
}
