package network

import (
	"errors"
	"fmt"
	"math"
)

// A Source gives independent uniform draws from [0, 1).
type Source interface{ Uniform() float64 }

// A Law says how initial weights are drawn.
type Law interface {
	// Forward returns the distributions of the forward weights and biases of a
	// layer that gets input from the given number of neurons.
	Forward(senders int) (weight, bias Uniform)
	// Feedback returns the same for the feedback to a hidden layer with the given
	// number of neurons.
	Feedback(receivers int) (weight, bias Uniform)
	Validate() error
}

// Uniform is the uniform distribution over Mean ± HalfWidth.
type Uniform struct{ Mean, HalfWidth float64 }

func (u Uniform) draw(src Source) float32 {
	return float32(u.Mean + float64(u.HalfWidth*(float64(2*src.Uniform())-1)))
}

// Optimised is the paper's law: W = W̄ + 3.465 W_sd U(−1, 1). W̄ and W_sd are such
// that dendritic potentials have the given Mean and SD if the potentials of the N
// senders have them too and a potential V means a rate of ν V, ν = φ_max/4. Biases
// are b̄ + 3.465 b_sd U(−1, 1). Feedback weights follow the same law, with N the
// size of the layer that they end on.
type Optimised struct {
	MaxRate float64 // φ_max (spikes/ms)
	Mean    float64 // V̄, of dendritic potentials
	SD      float64 // V_sd
	Bias    float64 // b̄
	BiasSD  float64 // b_sd
}

// DefaultOptimised returns the paper's numbers.
func DefaultOptimised(maxRate float64) Optimised {
	return Optimised{MaxRate: maxRate, Mean: 3, SD: 3, Bias: 0.8, BiasSD: 0.001}
}

// spread is the factor from a standard deviation to a half-width in the
// published program. The right one for a uniform distribution is √3 = 1.732, so
// weights spread twice as far as W_sd says.
const spread = 3.465

// Forward returns the distributions of W and b.
func (o Optimised) Forward(senders int) (weight, bias Uniform) {
	n, nu := float64(senders), o.MaxRate/4
	square := float64(o.SD*o.SD) + float64(o.Mean*o.Mean) // second moment of V
	mean := (o.Mean - o.Bias) / float64(nu*n*o.Mean)
	second := square +
		float64(nu*nu*(n-float64(n*n))*mean*mean*o.Mean*o.Mean) -
		float64(2*n*nu*o.Bias*o.Mean*mean) -
		float64(o.Bias*o.Bias)
	second /= n * nu * nu * square // second moment of W
	sd := math.Sqrt(max(0, second-float64(mean*mean)))
	return Uniform{mean, spread * sd}, Uniform{o.Bias, spread * o.BiasSD}
}

// Feedback returns the distributions of Y and c.
func (o Optimised) Feedback(receivers int) (weight, bias Uniform) { return o.Forward(receivers) }

// Validate reports numbers outside their domain.
func (o Optimised) Validate() error {
	inf := math.Inf(1)
	if !(o.MaxRate > 0 && o.MaxRate < inf && o.Mean > 0 && o.Mean < inf && o.SD > 0 && o.SD < inf &&
		o.BiasSD >= 0 && o.BiasSD < inf && math.Abs(o.Bias) < inf) {
		return fmt.Errorf("network: Optimised = %+v, want MaxRate, Mean, SD > 0 and BiasSD ≥ 0, all finite", o)
	}
	return nil
}

// Plain is a uniform law that is the same for every layer.
type Plain struct {
	Weights Uniform // of W
	Bias    Uniform // of b
	Return  Uniform // of Y and c
}

// Forward returns the distributions of W and b.
func (p Plain) Forward(int) (weight, bias Uniform) { return p.Weights, p.Bias }

// Feedback returns the distributions of Y and c.
func (p Plain) Feedback(int) (weight, bias Uniform) { return p.Return, p.Return }

// Validate reports widths outside their domain.
func (p Plain) Validate() error {
	var errs []error
	for _, u := range []Uniform{p.Weights, p.Bias, p.Return} {
		if !(u.HalfWidth >= 0 && !math.IsInf(u.HalfWidth, 0) && !math.IsNaN(u.Mean) && !math.IsInf(u.Mean, 0)) {
			errs = append(errs, fmt.Errorf("network: Plain has %+v, want a finite Mean and HalfWidth ≥ 0", u))
		}
	}
	return errors.Join(errs...)
}
