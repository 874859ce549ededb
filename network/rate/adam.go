package rate

import "errors"

// Adam is the optimiser of Kingma & Ba 2015: with g the update,
//
//	m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²
//	w ← w + η (m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε)
type Adam struct {
	LearningRate float64 // η
	Beta1        float64 // β₁; in [0, 1)
	Beta2        float64 // β₂; in [0, 1)
	Epsilon      float64 // ε
}

// DefaultAdam returns the values of the paper.
func DefaultAdam() Adam {
	return Adam{LearningRate: 0.001, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}
}

// Memories is 2: m and v.
func (o Adam) Memories() int { return 2 }

// Rate returns η.
func (o Adam) Rate() float64 { return o.LearningRate }

// At returns the change of a step.
func (o Adam) At(t uint64, factor float64) Change {
	eta := float32(factor * o.LearningRate / (1 - power(o.Beta1, t)))
	second := float32(1 / (1 - power(o.Beta2, t)))
	keep1, keep2, epsilon := float32(o.Beta1), float32(o.Beta2), above0(o.Epsilon)
	take1, take2 := float32(1-o.Beta1), float32(1-o.Beta2)
	return func(w, u []float32, memory [][]float32) {
		m, v := memory[0][:len(u)], memory[1][:len(u)]
		w = w[:len(u)]
		for i, g := range u {
			m[i] = float32(keep1*m[i]) + float32(take1*g)
			v[i] = float32(keep2*v[i]) + float32(take2*float32(g*g))
			w[i] += float32(eta*m[i]) / (root(float32(second*v[i])) + epsilon)
		}
	}
}

// power returns x^t by squaring, with the same bits on every machine.
func power(x float64, t uint64) float64 {
	y := 1.0
	for ; t > 0; t >>= 1 {
		if t&1 == 1 {
			y *= x
		}
		x *= x
	}
	return y
}

// Validate reports every field outside its domain.
func (o Adam) Validate() error {
	return errors.Join(positive("Adam.LearningRate", o.LearningRate), inRange("Adam.Beta1", o.Beta1, 0, 1),
		inRange("Adam.Beta2", o.Beta2, 0, 1), positive("Adam.Epsilon", o.Epsilon))
}
