package record_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"plateau/protocols"
	"plateau/protocols/dataset"
	"plateau/sim/record"
)

// A writer watches three trials of a network, and a reader finds what happened in them.
func Example() {
	folder, err := os.MkdirTemp("", "plateau")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "digits.plateau")

	m := protocols.Default(784, []int{50}, 10)
	net, err := m.NewNetwork()
	if err != nil {
		log.Fatal(err)
	}
	h := protocols.RecordingHeader(m) // the spikes of all populations
	h.Program, h.Data = "an example", "digits"
	h.Plateaus = true // and the plateaus, and the somata of two hidden neurons
	h.Probes = []record.Probe{{Population: 1, Variable: record.Soma, Neurons: []int{3, 4}, Every: 20}}
	w, err := record.Create(path, h, net)
	if err != nil {
		log.Fatal(err)
	}
	digits := dataset.Digits(1, 3, 0).Train
	for i := range digits.Len() {
		if _, err := protocols.RunTrial(m, net, digits, i, w); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	r, err := record.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	hidden, err := r.Header().Population("hidden0")
	if err != nil {
		log.Fatal(err)
	}
	for i := range r.Trials() {
		t, err := r.Trial(i)
		if err != nil {
			log.Fatal(err)
		}
		spikes := make([]int, len(t.Phases))
		for k, phase := range t.Phases {
			s := r.Spikes(i, hidden, phase.First, phase.End())
			for s.Scan() {
				spikes[k] += len(s.Spikes())
			}
			if err := s.Err(); err != nil {
				log.Fatal(err)
			}
		}
		fmt.Printf("trial %d: class %d, predicted %d, %d hidden spikes in the %s phase, %d in the %s phase\n",
			i, t.Class, t.Predicted, spikes[0], t.Phases[0].Name, spikes[1], t.Phases[1].Name)
	}
	soma := r.Samples(0, 0, 0, record.End) // of trial 0, by probe 0
	for soma.Scan() {
		for k := range soma.Len() { // a Scan reads many samples, each with a value for each neuron
			fmt.Printf("after step %d: V = %.2f\n", soma.Step()+20*k, soma.Values()[2*k:2*k+2])
		}
	}
	if err := soma.Err(); err != nil {
		log.Fatal(err)
	}
	forward, err := r.Plateaus(0, 0, 0) // of trial 0, its first phase and the first hidden layer
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("plateau of neuron 3: %.3f\n", forward.Value[3])
	// Output:
	// trial 0: class 8, predicted 2, 339 hidden spikes in the forward phase, 316 in the target phase
	// trial 1: class 5, predicted 2, 331 hidden spikes in the forward phase, 334 in the target phase
	// trial 2: class 7, predicted 2, 324 hidden spikes in the forward phase, 320 in the target phase
	// after step 0: V = [0.40 0.52]
	// after step 20: V = [1.66 -0.25]
	// after step 40: V = [0.76 -0.35]
	// after step 60: V = [2.19 0.64]
	// after step 80: V = [0.77 -0.24]
	// plateau of neuron 3: 0.954
}
