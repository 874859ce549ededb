package protocols_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plateau/internal/vec"
	"plateau/network"
	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/protocols/protocolstest"
	"plateau/sim"
)

// lesioned is a model some of whose neurons are silenced.
func lesioned() protocols.Model {
	m := protocols.Default(784, []int{40, 20}, 10)
	m.Network.Feedback = network.LayerWise
	m.Network.Lesions = []network.Lesion{{Layer: 1, From: 5, To: 9}, {Layer: 2, From: 0, To: 1}}
	return m
}

// Learning with lesions gives the same bits with any number of workers and on every vector
// path. What comes from silenced neurons is never learnt; what comes to them is.
func TestLearningWithLesions(t *testing.T) {
	defer vec.Use(vec.Current())
	data := protocolstest.Digits().Train.First(40)
	var want string
	for _, path := range vec.Paths() {
		for _, workers := range []int{1, 3} {
			vec.Use(path)
			m := lesioned()
			m.Batch = 8
			net := protocolstest.Network(t, m)
			before := net.Clone()
			trainer, err := protocolstest.New(m, net, workers)
			if err != nil {
				t.Fatal(err)
			}
			protocolstest.Train(t, trainer, data, 1)
			for j := range 40 {
				same := slices.Equal(net.Layers[1].Weights.Row(j), before.Layers[1].Weights.Row(j))
				if silenced := j >= 5 && j < 9; same != silenced {
					t.Fatalf("neuron %d is silenced: %v, but the weights from it are unchanged: %v", j, silenced, same)
				}
			}
			if net.Layers[0].Bias[6] == before.Layers[0].Bias[6] {
				t.Error("a silenced neuron has not learnt")
			}
			got := fmt.Sprint(net.Weights().SHA256(), protocolstest.Test(t, m, net, data, workers))
			if want == "" {
				want = got
			}
			if got != want {
				t.Errorf("%s, %d workers: other bits", path, workers)
			}
		}
	}
}

// Of a network that has learnt, the more neurons are silenced, the more predictions change;
// with all of them gone, every image looks the same.
func TestSilencedNetworkPredictsWorse(t *testing.T) {
	data := dataset.Digits(1, 2000, 200)
	m := protocols.Default(784, []int{60}, 10)
	// As the preset digits has it, with which a network learns fast.
	m.Neurons.Noise.MaxRate, m.Neurons.Feedback, m.Initial = 0.5, sim.Rates, network.DefaultOptimised(0.5)
	m.HiddenScale, m.OutputScale, m.Rates = 20/0.5, 20/(0.5*0.5), []float64{1.2, 0.06}
	trainer := protocolstest.NewTraining(t, m)
	protocolstest.Train(t, trainer, data.Train, 1)
	errors := func(silenced int) int {
		l := m
		if silenced > 0 {
			l.Network.Lesions = []network.Lesion{{Layer: 1, From: 0, To: silenced}}
		}
		net := protocolstest.Network(t, l)
		net.Weights().Set(trainer.Network().Weights().Append(nil))
		return protocolstest.Test(t, l, net, data.Test, 1).Errors
	}
	whole, some, most := errors(0), errors(30), errors(60)
	if !(whole < 80 && whole < some && some < most && most > 160) { // guessing is wrong in 180 of 200 cases
		t.Errorf("%d, %d and %d of 200 predictions are wrong with 0, 30 and 60 of 60 neurons silenced", whole, some, most)
	}
}

// A model without lesions does not run a network with some, nor the other way round.
func TestLesionsMustFit(t *testing.T) {
	with := lesioned()
	without := lesioned()
	without.Network.Lesions = nil
	for _, pair := range [][2]protocols.Model{{with, without}, {without, with}} {
		if _, err := protocols.NewLearner(pair[0], protocolstest.Network(t, pair[1]), 1); err == nil || !strings.Contains(err.Error(), "lesions") {
			t.Errorf("error %v", err)
		}
	}
}

// A recording's header has the lesions, and none where there are none, as before there were
// lesions.
func TestHeaderHasLesions(t *testing.T) {
	m := lesioned()
	h := protocols.RecordingHeader(m)
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	got := h
	got.Network.Lesions = nil
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got.Network, m.Network) {
		t.Errorf("%v: the network is read as %+v", err, got.Network)
	}
	h.Network.Lesions = nil
	if text, err := json.Marshal(h); err != nil || strings.Contains(string(text), "Lesion") {
		t.Errorf("%v: %s", err, text)
	}
	h.Network.Lesions = []network.Lesion{{Layer: 1, From: 0, To: math.MaxInt}}
	if err := h.Validate(); err == nil || !strings.Contains(err.Error(), "Lesions[0]") {
		t.Errorf("a lesion of neurons that are not there: %v", err)
	}
}
