package training

import (
	"errors"
	"fmt"

	"plateau/internal/stream"
	"plateau/network"
)

// A Schedule says in which order and in what portions examples are shown, and how
// learning rates change.
type Schedule struct {
	Batch  int            // number of examples of a batch; ≥ 1; the last batch of an epoch may have fewer
	Course network.Course // how learning rates change from epoch to epoch
	Seed   uint64         // decides the order of the examples
}

// MaxBatch is the largest size of a batch, because each slot takes memory.
const MaxBatch = 1 << 16

// Validate reports every field outside its domain.
func (s Schedule) Validate() error {
	var errs []error
	if s.Batch < 1 || s.Batch > MaxBatch {
		errs = append(errs, fmt.Errorf("training: Schedule.Batch = %d, want 1 to %d", s.Batch, MaxBatch))
	}
	return errors.Join(append(errs, s.Course.Validate())...)
}

// order writes the order of the examples of an epoch to order.
func (s Schedule) order(order []int, epoch int) {
	for i := range order {
		order[i] = i
	}
	r := stream.New(s.Seed, stream.ExampleOrder, uint64(epoch-1), 0, 0)
	for i := len(order) - 1; i > 0; i-- {
		k := r.Below(i + 1)
		order[i], order[k] = order[k], order[i]
	}
}
