package training

// A Witness is told of every batch after a Learner has learnt from it. It must not change
// anything: a run has the same bits with and without witnesses.
type Witness interface {
	Learnt(b *Batch)
}

// AddWitness tells a witness of every batch from now on, before Epoch reports progress.
func (t *Trainer) AddWitness(w Witness) { t.witnesses = append(t.witnesses, w) }
