package protocols_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/protocolstest"
	"plateau/sim"
)

// A diary is an observer that keeps everything that a trial tells.
type diary struct {
	events []string
	steps  int         // number of steps since the presentation began
	spikes [][][]int32 // by layer and step
	basal  [][][]float32
	apical [][][]float32
	soma   [][][]float32
	means  [][]network.Means // of each phase
	bad    []string
}

func newDiary(layers int) *diary {
	return &diary{spikes: make([][][]int32, layers+1), basal: make([][][]float32, layers+1),
		apical: make([][][]float32, layers+1), soma: make([][][]float32, layers+1)}
}

func (d *diary) Observe(e sim.Event) {
	switch e := e.(type) {
	case *sim.PhaseBegan:
		d.events = append(d.events, e.Phase.Name+" began")
		if e.Step != d.steps {
			d.bad = append(d.bad, e.Phase.Name+" does not begin where the last phase ended")
		}
	case *sim.Presentation:
		if e.Purpose != sim.TrialSpikes {
			d.bad = append(d.bad, "not the spikes of trials")
		}
	case *sim.Block:
		if e.First != d.steps || e.Steps < 1 {
			d.bad = append(d.bad, "a block does not follow the last")
		}
		d.steps += e.Steps
		for t := range e.Steps {
			for l := range d.spikes {
				d.spikes[l] = append(d.spikes[l], slices.Clone(e.Spikes(l, t)))
				if l > 0 {
					d.basal[l] = append(d.basal[l], slices.Clone(e.Basal(l, t)))
					d.apical[l] = append(d.apical[l], slices.Clone(e.Apical(l, t)))
					d.soma[l] = append(d.soma[l], slices.Clone(e.Soma(l, t)))
				}
			}
		}
	case *sim.PhaseEnded:
		d.events = append(d.events, e.Phase.Name+" ended")
		var means []network.Means
		for _, m := range e.Means {
			means = append(means, network.Means{Soma: slices.Clone(m.Soma), Apical: slices.Clone(m.Apical), Plateau: slices.Clone(m.Plateau)})
		}
		d.means = append(d.means, means)
	}
}

// mean averages rows from ≤ k < to.
func mean(rows [][]float32, from, to int) []float64 {
	m := make([]float64, len(rows[from]))
	for _, row := range rows[from:to] {
		for i, v := range row {
			m[i] += float64(v) / float64(to-from)
		}
	}
	return m
}

// near compares means of float32 potentials of about 10, summed over some tens of
// steps: the tolerance is somewhat more than 10⁻⁷ × 10 × the number of steps.
func near(got []float32, want []float64) bool {
	if len(got) != len(want) {
		return false
	}
	for i, v := range got {
		if !(math.Abs(float64(v)-want[i]) < 5e-5) {
			return false
		}
	}
	return true
}

// An observer is told of the phases in order and of all steps of a trial, and the
// means, plateaus, losses and predicted class that the trial returns follow from the
// potentials that it was told.
func TestTrialTellsEverything(t *testing.T) {
	for _, apical := range []float64{0, 0.05} {
		for _, dt := range []float64{1, 0.1} {
			m := protocols.Default(6, []int{5, 4}, 3) // 100 ms, more than a block at dt 0.1
			m.Network.PerClass = 2
			m.Neurons.Hidden.Apical, m.Neurons.Dt = apical, dt
			net := protocolstest.Network(t, m)
			data := protocolstest.Noise(3, 12, 6, 3)
			d := newDiary(3)
			trial, err := protocols.RunTrial(m, net, data, 7, d)
			if err != nil {
				t.Fatal(err)
			}
			if len(d.bad) > 0 {
				t.Error(d.bad)
			}
			if want := []string{"forward began", "forward ended", "target began", "target ended"}; !slices.Equal(d.events, want) {
				t.Errorf("phases %q, want %q", d.events, want)
			}
			phase, settle := int(math.Round(50/dt)), int(math.Round(30/dt))
			if d.steps != 2*phase {
				t.Errorf("%d steps, want %d", d.steps, 2*phase)
			}
			if trial.Example != 7 || trial.Class != data.Classes[7] || trial.Training != m.Train {
				t.Errorf("trial of example %d of class %d, want 7 of %d", trial.Example, trial.Class, data.Classes[7])
			}
			total := make([]int, 4)
			for l, steps := range d.spikes {
				for _, s := range steps {
					total[l] += len(s)
				}
			}
			if slices.Contains(total, 0) {
				t.Errorf("spikes of layers %v, want some of all", total)
			}
			for p, means := range [][]network.Means{trial.Forward, trial.Target} {
				from, to := p*phase+settle, (p+1)*phase
				for l := range 3 {
					if !reflect.DeepEqual(means[l].Plateau, d.means[p][l].Plateau) || !reflect.DeepEqual(means[l].Soma, d.means[p][l].Soma) {
						t.Errorf("phase %d, layer %d: the means differ from those that the observer was told", p, l)
					}
					if p == 0 && !near(means[l].Soma, mean(d.soma[l+1], from, to)) {
						t.Errorf("layer %d: mean potentials %v, want %v", l, means[l].Soma, mean(d.soma[l+1], from, to))
					}
					if l == 2 {
						continue
					}
					want := mean(d.apical[l+1], from, to)
					if !near(means[l].Apical, want) {
						t.Errorf("phase %d, layer %d: mean apical potentials %v, want %v", p, l, means[l].Apical, want)
					}
					for i := range want {
						want[i] = 1 / (1 + math.Exp(-want[i]))
					}
					if !near(means[l].Plateau, want) {
						t.Errorf("phase %d, layer %d: plateaus %v, want %v", p, l, means[l].Plateau, want)
					}
				}
			}
			if d.apical[3][0] != nil {
				t.Error("output neurons have apical dendrites")
			}
			// Losses (eqs. 32, 23) and the class, from the potentials.
			var losses [3]float64
			for l := range 2 {
				forward, target := mean(d.apical[l+1], settle, phase), mean(d.apical[l+1], phase+settle, 2*phase)
				for i := range forward {
					diff := 1/(1+math.Exp(-target[i])) - 1/(1+math.Exp(-forward[i]))
					losses[l] += diff * diff
				}
			}
			out := mean(d.soma[3], settle, phase)
			for i, v := range out {
				var rate float64
				for _, row := range d.soma[3][phase+settle : 2*phase] {
					rate += 0.2 / (1 + math.Exp(-float64(row[i]))) / float64(phase-settle)
				}
				diff := rate - 0.2/(1+math.Exp(-v))
				losses[2] += diff * diff
			}
			for l, want := range losses {
				if !(math.Abs(trial.Losses[l]-want) < 1e-4*want+1e-7) {
					t.Errorf("loss of layer %d is %v, want %v", l, trial.Losses[l], want)
				}
			}
			read := 0
			for c := range 3 {
				if out[2*c]+out[2*c+1] > out[2*read]+out[2*read+1] {
					read = c
				}
			}
			if trial.Predicted != read {
				t.Errorf("predicted class %d, want %d", trial.Predicted, read)
			}
		}
	}
}

// A trial changes nothing. It is a function of model, weights and example, and does
// not depend on observers or on what was run before.
func TestTrialIsDeterministic(t *testing.T) {
	m := protocolstest.Tiny(5)
	m.Train.Longer = &protocols.Wald{Mean: 2, Scale: 1}
	net := protocolstest.Network(t, m)
	data := protocolstest.Noise(3, 12, 6, 3)
	digest := net.Weights().SHA256()
	run := func(m protocols.Model, i int, watch sim.Observer) *protocols.Trial {
		trial, err := protocols.RunTrial(m, net, data, i, watch)
		if err != nil {
			t.Fatal(err)
		}
		return trial
	}
	first, second := newDiary(2), newDiary(2)
	want := run(m, 4, first)
	if !(want.Losses[0] > 0 && want.Losses[1] > 0) {
		t.Errorf("losses %v, want some", want.Losses)
	}
	run(m, 5, nil)
	if got := run(m, 4, second); !reflect.DeepEqual(got, want) {
		t.Errorf("a second trial gives %+v, want %+v", got, want)
	}
	if !reflect.DeepEqual(first, second) {
		t.Error("a second trial tells something else")
	}
	if got := run(m, 4, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("without an observer, a trial gives %+v, want %+v", got, want)
	}
	if net.Weights().SHA256() != digest {
		t.Error("a trial changed the weights")
	}
	if got := run(m, 5, nil); reflect.DeepEqual(got.Forward, want.Forward) {
		t.Error("another example gives the same")
	}
	other := m
	other.Seed++
	if got := run(other, 4, nil); reflect.DeepEqual(got.Forward, want.Forward) {
		t.Error("another seed gives the same")
	}
	// Draws depend on the index, even if the protocolstest.Images are equal.
	twins := protocolstest.Images{Intensities: [][]float32{data.Intensities[4], data.Intensities[4]}, Classes: []int{1, 1}}
	one, err := protocols.RunTrial(m, net, twins, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	two, err := protocols.RunTrial(m, net, twins, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(one.Forward, two.Forward) {
		t.Error("two examples have the same spikes")
	}
	// The other examples do not matter.
	alone := protocolstest.Images{Intensities: slices.Clone(data.Intensities), Classes: slices.Clone(data.Classes)}
	for i := range alone.Intensities {
		if i != 4 {
			alone.Intensities[i] = make([]float32, 6)
		}
	}
	got, err := protocols.RunTrial(m, net, alone, 4, nil)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("among other examples it gives %+v, %v; want %+v", got, err, want)
	}
}

func TestTrialRefusesExamples(t *testing.T) {
	m := protocolstest.Tiny(3)
	net := protocolstest.Network(t, m)
	for _, i := range []int{-1, 12, math.MaxInt} {
		if _, err := protocols.RunTrial(m, net, protocolstest.Noise(1, 12, 6, 3), i, nil); err == nil {
			t.Errorf("a trial of example %d, which does not exist, is accepted", i)
		} else {
			protocolstest.CheckSays(t, err, []string{"example", "want 0 to 11"})
		}
	}
	for name, c := range protocolstest.Spoilt(9) {
		t.Run(name, func(t *testing.T) {
			data := protocolstest.Noise(1, 12, 6, 3)
			c.Spoil(data)
			_, err := protocols.RunTrial(m, net, data, 9, nil)
			protocolstest.CheckSays(t, err, c.Want)
			if _, err := protocols.RunTrial(m, net, data, 8, nil); err != nil {
				t.Error(err)
			}
		})
	}
}
