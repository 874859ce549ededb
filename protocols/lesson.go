package protocols

import "plateau/network"

// A Lesson is what a training example gave. All that it holds is valid only
// during the call that tells of it.
type Lesson struct {
	Number    uint64    // of the example, counted from 1 since the training began
	Sample    int       // its index in the data
	Class     int       // the true class
	Read      int       // the class read out in the forward phase
	Intensity []float32 // what was shown, each in [0, 1]
	Forward   []network.Means
	Target    []network.Means
	Losses    []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23)
}

// A Witness is told of every lesson, in the order of the batch and before the
// batch changes the weights. It must change nothing: whoever looks on, the run is
// the same to the last bit.
type Witness interface {
	Learnt(Lesson)
}

// AddWitness tells a witness of every lesson from now on. Rates says whether the
// forward means must hold the firing rates of every layer, which costs time that
// the others, needed for learning, do not.
func (t *Trainer) AddWitness(w Witness, rates bool) {
	t.witnesses = append(t.witnesses, w)
	for _, p := range t.places {
		if p.target == nil {
			p.target = newTarget(t.net)
			p.intensity = make([]float32, t.net.Inputs)
		}
		for m := range p.forward {
			if rates && p.forward[m].Rate == nil {
				p.forward[m].Rate = make([]float32, t.net.Layers[m].Size())
			}
		}
	}
}

// tell tells all witnesses of the group that was shown last.
func (t *Trainer) tell() {
	if t.witnesses == nil {
		return
	}
	for k, p := range t.places[:len(t.group)] {
		lesson := Lesson{
			Number: t.shown - uint64(len(t.group)) + uint64(k) + 1, Sample: t.group[k],
			Class: p.class, Read: p.read, Intensity: p.intensity,
			Forward: p.forward, Target: p.target, Losses: p.update.Losses,
		}
		for _, w := range t.witnesses {
			w.Learnt(lesson)
		}
	}
}
