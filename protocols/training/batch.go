package training

// A Batch is some examples that are shown with the same weights, before these change.
// Each example has a slot, numbered from 0. A learner may keep a state for each slot from
// batch to batch.
type Batch struct {
	First uint64  // number of the first example since the training began, counted from 1
	Rate  float64 // factor of all learning rates
	Seen  []Seen  // what Learn saw in each slot

	data     Examples
	alter    Alteration // nil if examples are shown as they are
	indices  []int
	examples []Example // by slot
}

// Seen is what a Learner saw in an example, before it learnt from it.
type Seen struct {
	Predicted int       // predicted class
	Losses    []float64 // the losses; valid until the next batch
}

// NewBatch returns the first batch of a training, with the examples of data that have the
// given indices.
func NewBatch(data Examples, indices []int) *Batch {
	b := &Batch{}
	b.begin(data, indices, 1, 1)
	return b
}

// begin makes b another batch, in the memory that it has.
func (b *Batch) begin(data Examples, indices []int, first uint64, rate float64) {
	b.data, b.indices, b.First, b.Rate = data, indices, first, rate
	if n := len(indices); n > len(b.examples) {
		b.examples = append(b.examples, make([]Example, n-len(b.examples))...)
		b.Seen = append(b.Seen[:cap(b.Seen)], make([]Seen, n-cap(b.Seen))...)
	}
	b.Seen = b.Seen[:len(indices)]
}

// Len returns the number of examples.
func (b *Batch) Len() int { return len(b.indices) }

// Index returns which example a slot has.
func (b *Batch) Index(slot int) int { return b.indices[slot] }

// Read reads the example of a slot and returns it. A Learner must read every slot once;
// goroutines may read different slots at the same time.
func (b *Batch) Read(slot int) Example {
	e := &b.examples[slot]
	e.read(b.data, b.indices[slot])
	if b.alter != nil {
		b.alter.Alter(b.First+uint64(slot), e.Intensity)
	}
	return *e
}

// Example returns the example of a slot, once it has been read.
func (b *Batch) Example(slot int) Example { return b.examples[slot] }
