package protocols

import "plateau/network"

// A Lesson is the outcome of one training example. Everything in it is valid only
// during the call of Learnt.
type Lesson struct {
	Number    uint64    // number of the example since the training began, counted from 1
	Example   int       // index of the example in the data, from 0
	Class     int       // true class
	Predicted int       // predicted class, read out in the forward phase
	Intensity []float32 // intensities that were shown, each in [0, 1]
	Forward   []network.Means
	Target    []network.Means
	Losses    []float64 // L_0 of each hidden layer (eq. 32), then L_1 (eq. 23)
}

// A Witness is told of every lesson, in the order of the batch and before the
// batch changes the weights. It must not change anything: a run has the same bits
// with and without witnesses.
type Witness interface {
	Learnt(Lesson)
}

// AddWitness tells a witness of every lesson from now on. If rates is set, the forward
// means hold the firing rates of every layer, which costs time; the other means are
// computed anyway.
func (l *Learner) AddWitness(w Witness, rates bool) {
	l.witnesses = append(l.witnesses, w)
	for _, p := range l.slots {
		if p.target == nil {
			p.target = l.net.TargetMeans()
		}
		for m := range p.forward {
			if rates && p.forward[m].Rate == nil {
				p.forward[m].Rate = make([]float32, l.net.Layers[m].Size())
			}
		}
	}
}

// tell tells all witnesses of the batch that was shown last.
func (l *Learner) tell() {
	if l.witnesses == nil {
		return
	}
	for k, p := range l.slots[:l.batch.Len()] {
		e, seen := l.batch.Example(k), l.batch.Seen[k]
		lesson := Lesson{
			Number: l.batch.First + uint64(k), Example: e.Index,
			Class: e.Class, Predicted: seen.Predicted, Intensity: e.Intensity,
			Forward: p.forward, Target: p.target, Losses: seen.Losses,
		}
		for _, w := range l.witnesses {
			w.Learnt(lesson)
		}
	}
}
