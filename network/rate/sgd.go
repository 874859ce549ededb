package rate

import "errors"

// SGD is stochastic gradient descent, with the momentum of Polyak 1964 if there is one:
// with g the update, v ← μ v + g and w ← w + η v.
type SGD struct {
	LearningRate float64 // η
	Momentum     float64 // μ; in [0, 1)
}

// Memories is 1 with momentum: v.
func (o SGD) Memories() int {
	if o.Momentum == 0 {
		return 0
	}
	return 1
}

// Rate returns η.
func (o SGD) Rate() float64 { return o.LearningRate }

// At returns the change of a step.
func (o SGD) At(_ uint64, factor float64) Change {
	eta, mu := float32(factor*o.LearningRate), float32(o.Momentum)
	if mu == 0 {
		return func(w, u []float32, _ [][]float32) {
			for i, g := range u {
				w[i] += float32(eta * g)
			}
		}
	}
	return func(w, u []float32, memory [][]float32) {
		v := memory[0]
		for i, g := range u {
			v[i] = float32(mu*v[i]) + g
			w[i] += float32(eta * v[i])
		}
	}
}

// Validate reports every field outside its domain.
func (o SGD) Validate() error {
	return errors.Join(positive("SGD.LearningRate", o.LearningRate), inRange("SGD.Momentum", o.Momentum, 0, 1))
}
