package rate

import (
	"fmt"

	"plateau/internal/elementary"
)

// Loss is what the output layer minimises. It decides the activation of the output units.
type Loss string

const (
	CrossEntropy       Loss = "cross-entropy"        // −Σ y ln p, softmax
	BinaryCrossEntropy Loss = "binary cross-entropy" // −Σ (y ln p + (1 − y) ln(1 − p)), logistic
	SquaredError       Loss = "squared error"        // ½ Σ (y − p)², logistic
	LinearSquaredError Loss = "linear squared error" // ½ Σ (y − a)², linear
)

// Validate reports a loss that there is not.
func (l Loss) Validate() error {
	if l.Output() == "" {
		return fmt.Errorf("rate: Loss = %q, want %q, %q, %q or %q", string(l), CrossEntropy, BinaryCrossEntropy, SquaredError, LinearSquaredError)
	}
	return nil
}

// Output returns the activation of the output units.
func (l Loss) Output() Activation {
	switch l {
	case CrossEntropy:
		return Softmax
	case BinaryCrossEntropy, SquaredError:
		return Logistic
	case LinearSquaredError:
		return Linear
	}
	return ""
}

// of returns the loss of an example with sums a, outputs p and targets y, and writes
// e = −∂loss/∂a to e.
func (l Loss) of(e, a, p, y []float32) (loss float64) {
	for i := range e {
		e[i] = y[i] - p[i]
	}
	switch l {
	case CrossEntropy:
		total := logSum(a)
		for i, v := range a {
			if y[i] != 0 {
				loss += float64(float64(y[i]) * (total - float64(v)))
			}
		}
	case BinaryCrossEntropy:
		for i, v := range a {
			// −ln p is ln(1 + e^−a), and −ln(1 − p) is that plus a.
			x := float64(v)
			loss += max(x, 0) - float64(x*float64(y[i])) + elementary.Log(1+elementary.Exp(-max(x, -x)))
		}
	case SquaredError, LinearSquaredError:
		for _, d := range e {
			loss += float64(0.5 * float64(d) * float64(d))
		}
	}
	if l == SquaredError {
		Logistic.slope(e, p)
	}
	return loss
}
