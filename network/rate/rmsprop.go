package rate

import "errors"

// RMSprop divides updates by the root of their mean square (Tieleman & Hinton 2012, in the
// form of torch): with g the update,
//
//	s ← ρ s + (1 − ρ) g²      w ← w + η g / (√s + ε)
//
// Centred, it subtracts the square of the mean m ← ρ m + (1 − ρ) g from s in the root.
// With momentum, v ← μ v + g/(root + ε) and w ← w + η v.
type RMSprop struct {
	LearningRate float64 // η
	Smoothing    float64 // ρ; in [0, 1)
	Epsilon      float64 // ε
	Centred      bool
	Momentum     float64 // μ; in [0, 1)
}

// Memories is the number of s, m and v that there are.
func (o RMSprop) Memories() int {
	n := 1
	if o.Centred {
		n++
	}
	if o.Momentum != 0 {
		n++
	}
	return n
}

// Rate returns η.
func (o RMSprop) Rate() float64 { return o.LearningRate }

// At returns the change of a step.
func (o RMSprop) At(_ uint64, factor float64) Change {
	eta, rho, take := float32(factor*o.LearningRate), float32(o.Smoothing), float32(1-o.Smoothing)
	epsilon, mu := above0(o.Epsilon), float32(o.Momentum)
	return func(w, u []float32, memory [][]float32) {
		s, v := memory[0], memory[len(memory)-1]
		for i, g := range u {
			s[i] = float32(rho*s[i]) + float32(take*float32(g*g))
			spread := s[i]
			if o.Centred {
				m := memory[1]
				m[i] = float32(rho*m[i]) + float32(take*g)
				spread -= float32(m[i] * m[i])
			}
			step := g / (root(max(spread, 0)) + epsilon)
			if mu != 0 {
				v[i] = float32(mu*v[i]) + step
				step = v[i]
			}
			w[i] += float32(eta * step)
		}
	}
}

// Validate reports every field outside its domain.
func (o RMSprop) Validate() error {
	return errors.Join(positive("RMSprop.LearningRate", o.LearningRate), inRange("RMSprop.Smoothing", o.Smoothing, 0, 1),
		positive("RMSprop.Epsilon", o.Epsilon), inRange("RMSprop.Momentum", o.Momentum, 0, 1))
}

// Graves is RMSprop as Graves 2013 (eqs 38–45) has it, which Lee et al. 2015 used: with g
// the update, s and m as for a centred RMSprop,
//
//	v ← μ v + η g / √(s − m² + ε)      w ← w + v
type Graves struct {
	LearningRate float64 // η
	Smoothing    float64 // ρ; in [0, 1)
	Epsilon      float64 // ε
	Momentum     float64 // μ; in [0, 1)
}

// Memories is 3: s, m and v.
func (o Graves) Memories() int { return 3 }

// Rate returns η.
func (o Graves) Rate() float64 { return o.LearningRate }

// At returns the change of a step.
func (o Graves) At(_ uint64, factor float64) Change {
	eta, rho, take := float32(factor*o.LearningRate), float32(o.Smoothing), float32(1-o.Smoothing)
	epsilon, mu := above0(o.Epsilon), float32(o.Momentum)
	return func(w, u []float32, memory [][]float32) {
		s, m, v := memory[0], memory[1], memory[2]
		for i, g := range u {
			s[i] = float32(rho*s[i]) + float32(take*float32(g*g))
			m[i] = float32(rho*m[i]) + float32(take*g)
			v[i] = float32(mu*v[i]) + float32(eta*g)/root(max(s[i]-float32(m[i]*m[i]), 0)+epsilon)
			w[i] += v[i]
		}
	}
}

// Validate reports every field outside its domain.
func (o Graves) Validate() error {
	return errors.Join(positive("Graves.LearningRate", o.LearningRate), inRange("Graves.Smoothing", o.Smoothing, 0, 1),
		positive("Graves.Epsilon", o.Epsilon), inRange("Graves.Momentum", o.Momentum, 0, 1))
}
