package training

import (
	"fmt"

	"plateau/network"
)

// A Learner is a network and the rule by which it learns.
type Learner interface {
	Readable
	// Learn shows a batch, fills in b.Seen and changes the weights. What it does depends
	// on b and on the state of the learner alone, never on how many workers it uses.
	Learn(b *Batch) error
	// Weights lists all that Learn changes and that a user may want to see. The arrays
	// stay the same ones as long as the learner lives.
	Weights() network.Weights
	// AppendState appends what else flows on from batch to batch. It has the same bytes on
	// every machine.
	AppendState(b []byte) []byte
	// SetState restores what AppendState wrote for a learner with the same settings. After
	// an error the learner is as it was.
	SetState(b []byte) error
}

// Readable is what a Tester needs of a Learner.
type Readable interface {
	Shape() Shape
	// Reader returns a reader for one goroutine. Weights rest while readers read.
	Reader() (Reader, error)
}

// A Reader reads examples out.
type Reader interface {
	// Read returns the predicted class of an example.
	Read(e Example) (class int, err error)
}

// Shape says from what a learner learns and what it tells.
type Shape struct {
	Inputs  int // intensities of an example
	Classes int // classes to tell apart
	Losses  int // number of losses of an example; see Seen
}

// Check reports an example that something of this shape cannot learn from.
func (s Shape) Check(e Example) error {
	if e.Class < 0 || e.Class >= s.Classes {
		return fmt.Errorf("class is %d, want 0 to %d", e.Class, s.Classes-1)
	}
	for j, x := range e.Intensity {
		if !(x >= 0 && x <= 1) {
			return fmt.Errorf("intensity of input %d is %v, want 0 to 1", j, x)
		}
	}
	return nil
}
