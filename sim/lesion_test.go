package sim_test

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"plateau/network"
	"plateau/sim"
)

// deaf returns a copy of a network in which nothing comes from the silenced neurons: the
// weights of their synapses on others are 0.
func deaf(net *network.Network, lesions []network.Lesion) *network.Network {
	d := net.Clone()
	for _, lesion := range lesions {
		for j := lesion.From; j < lesion.To; j++ {
			w := d.Layers[lesion.Layer].Weights
			w.SetRow(j, make([]float32, w.Cols))
			for m := range d.Hidden {
				if d.FeedbackFrom(m) == lesion.Layer-1 {
					y := d.Layers[m].Feedback
					y.SetRow(j, make([]float32, y.Cols))
				}
			}
		}
	}
	return d
}

// still returns a rig that runs the network of another without learning.
func still(t *testing.T, r *rig, net *network.Network) *rig {
	t.Helper()
	engine, err := sim.New(net, r.engine.Params(), 1)
	if err != nil {
		t.Fatal(err)
	}
	s := &rig{engine: engine, net: net.Clone(), rule: r.rule, model: r.model, forward: allMeans(net), target: allMeans(net)}
	s.update = s.rule.NewUpdate(net.Architecture)
	s.seen.layers = len(net.Layers)
	s.engine.Watch(&s.seen, true)
	return s
}

// Silenced neurons do not fire and have rate 0, and all others do exactly what they would
// do if they did not hear the silenced ones, with the same random numbers: spikes,
// potentials, means and plateaus, with every schedule, kernel and signal.
func TestLesions(t *testing.T) {
	heard := 0
	for _, v := range someVariants() {
		t.Run(v.name, func(t *testing.T) {
			r := newBlindRig(t, v.model, v.weights, 1)
			r.net.Symmetric = false // the control's weights must stay as they are made
			lesions := []network.Lesion{{Layer: 0, From: 1, To: 4}}
			if len(r.net.Hidden) > 0 {
				lesions = append(lesions, network.Lesion{Layer: 1, From: 2, To: 4}, network.Lesion{Layer: 1, From: 5, To: 6})
			}
			if len(r.net.Hidden) > 1 {
				lesions = append(lesions, network.Lesion{Layer: 2, From: 0, To: 1})
			}
			if len(r.net.Hidden) > 0 && r.net.Hidden[0] > network.MaxBlockWidth {
				lesions = append(lesions, network.Lesion{Layer: 1, From: 65, To: 69}) // in the second block
			}
			silenced := r.net.Clone()
			silenced.Lesions = lesions
			lesioned, control := still(t, r, silenced), still(t, r, deaf(r.net, lesions))
			for i, e := range v.examples {
				got, want := *lesioned.Run(t, e, false), *control.Run(t, e, false)
				for layer := range lesioned.seen.spikes {
					quiet := silenced.Silenced(layer)
					loud := func(s [3]int) bool { return quiet == nil || !quiet[s[1]] }
					spikes := lesioned.seen.spikes[layer]
					if all := len(spikes); len(slices.DeleteFunc(spikes, func(s [3]int) bool { return !loud(s) })) != all {
						t.Fatalf("example %d: silenced neurons of population %d fired", i, layer)
					}
					others := slices.DeleteFunc(slices.Clone(control.seen.spikes[layer]), func(s [3]int) bool { return !loud(s) })
					heard += len(control.seen.spikes[layer]) - len(others)
					if !reflect.DeepEqual(spikes, others) {
						t.Fatalf("example %d: the other neurons of population %d fired differently", i, layer)
					}
					if layer == 0 {
						continue
					}
					for what, pair := range map[string][2][][][]float64{"basal": {got.Basal, want.Basal}, "soma": {got.Soma, want.Soma}, "apical": {got.Apical, want.Apical}} {
						if layer > len(pair[0]) {
							continue // output neurons have no apical dendrite
						}
						for step, row := range pair[0][layer-1] {
							for n, x := range row {
								if y := pair[1][layer-1][step][n]; x != y && (quiet == nil || !quiet[n]) {
									t.Fatalf("example %d: %s potential of neuron %d of population %d in step %d is %v, want %v", i, what, n, layer, step, x, y)
								}
							}
						}
					}
					for phase, pair := range [][2][]network.Means{{lesioned.forward, control.forward}, {lesioned.target, control.target}} {
						a, b, below := pair[0][layer-1], pair[1][layer-1], silenced.Silenced(layer-1)
						equalExcept(t, a.Soma, b.Soma, quiet, false)
						equalExcept(t, a.Apical, b.Apical, quiet, false)
						equalExcept(t, a.Plateau, b.Plateau, quiet, false)
						equalExcept(t, a.Rate, b.Rate, quiet, phase == 0 || e.Target.Steps > 0)
						equalExcept(t, a.Trace, b.Trace, below, phase == 0 || e.Target.Steps > 0)
						if a.FeedbackTrace != nil {
							equalExcept(t, a.FeedbackTrace, b.FeedbackTrace, silenced.Silenced(1+silenced.FeedbackFrom(layer-1)), true)
						}
					}
				}
			}
		})
	}
	if heard < 1000 {
		t.Errorf("the silenced neurons would have fired only %d times, so little was tested", heard)
	}
}

// equalExcept fails unless two slices are equal wherever a neuron is not silenced. Where it
// is, the first must be 0 if zero is set.
func equalExcept(t *testing.T, got, want []float32, silenced []bool, zero bool) {
	t.Helper()
	for i := range got {
		quiet := silenced != nil && silenced[i]
		if !quiet && math.Float32bits(got[i]) != math.Float32bits(want[i]) && got[i] != want[i] || quiet && zero && got[i] != 0 {
			t.Fatalf("neuron %d (silenced: %v) has %v, want %v", i, quiet, got[i], want[i])
		}
	}
}

// Whoever is silenced, a script cannot make them fire either.
func TestLesionsOfScriptedNeurons(t *testing.T) {
	v := variantOf("scripted", []int{8})
	r := newBlindRig(t, v.model, v.weights, 1)
	r.net.Lesions = []network.Lesion{{Layer: 1, From: 0, To: 8}}
	s := still(t, r, r.net)
	e := v.examples[0]
	control := newRig(t, v.model, v.weights)
	control.Run(t, e, false)
	e.Input, e.Layers = control.seen.spikes[0], control.seen.spikes[1:]
	if len(e.Layers[0]) == 0 {
		t.Fatal("nothing to silence")
	}
	s.Run(t, e, true)
	if len(s.seen.spikes[1]) > 0 {
		t.Errorf("silenced neurons fired %d times", len(s.seen.spikes[1]))
	}
	if !reflect.DeepEqual(s.seen.spikes[0], control.seen.spikes[0]) {
		t.Error("the input fired differently")
	}
}
