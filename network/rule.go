package network

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"plateau/compartments"
	"plateau/internal/vec"
)

// Rule is the local plasticity rule of the paper. With forward means f
// and target means t,
//
//	hidden:  ΔW = η P₀ k_b φ_max (α^t − α^f) σ′(V̄^f) ⊗ s̄^f           (33, 35)
//	output:  ΔW = η P₁ k_d φ_max (φ̄^t − φ_max σ(V̄^f)) σ′(V̄^f) ⊗ s̄^f   (28, 29)
//
// and Δb the same without s̄. Feedback weights, if they learn, approach values with
// which the plateau predicts the soma's rate:
//
//	feedback: ΔY = η_b (φ_max σ(V̄^f) − α^f) σ′(V̄_a^f) ⊗ s̄_feedback^f    Δc the same without s̄
type Rule struct {
	Rates         []float64 // η, one per layer
	FeedbackRates []float64 // η of feedback weights, one per hidden layer; nil leaves them alone
	HiddenScale   float64   // P₀
	OutputScale   float64   // P₁
	HiddenGain    float64   // k_b
	OutputGain    float64   // k_d
	Noise         compartments.EscapeNoise
}

// Validate reports every field outside its domain or of the wrong length for a.
func (r Rule) Validate(a Architecture) error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("network: Rule."+format, args...))
		}
	}
	rates := func(name string, rates []float64, want int) {
		require(len(rates) == want, "%s has %d learning rates, want %d, one for each layer that learns", name, len(rates), want)
		for i, eta := range rates {
			require(eta >= 0 && eta < math.Inf(1), "%s[%d] = %v, want ≥ 0", name, i, eta)
		}
	}
	rates("Rates", r.Rates, len(a.Hidden)+1)
	if r.FeedbackRates != nil {
		rates("FeedbackRates", r.FeedbackRates, len(a.Hidden))
		require(!a.Symmetric, "FeedbackRates are set, but symmetric feedback follows the forward weights; want one of them")
	}
	require(r.HiddenScale > 0 && r.HiddenScale < math.Inf(1), "HiddenScale = %v, want > 0", r.HiddenScale)
	require(r.OutputScale > 0 && r.OutputScale < math.Inf(1), "OutputScale = %v, want > 0", r.OutputScale)
	require(r.HiddenGain > 0 && r.HiddenGain < math.Inf(1), "HiddenGain = %v, want > 0", r.HiddenGain)
	require(r.OutputGain > 0 && r.OutputGain < math.Inf(1), "OutputGain = %v, want > 0", r.OutputGain)
	return errors.Join(append(errs, r.Noise.Validate())...)
}

// Slowed returns the rule with all learning rates multiplied by a factor.
func (r Rule) Slowed(factor float64) Rule {
	slowed := func(rates []float64) []float64 {
		rates = slices.Clone(rates)
		for i := range rates {
			rates[i] *= factor
		}
		return rates
	}
	r.Rates, r.FeedbackRates = slowed(r.Rates), slowed(r.FeedbackRates)
	return r
}

// NewUpdate returns an update for networks with architecture a.
func (r Rule) NewUpdate(a Architecture) *Update {
	u := &Update{Losses: make([]float64, len(a.Hidden)+1)}
	for m, size := range a.Sizes() {
		l := LayerUpdate{Delta: make([]float32, size, padded(size))}
		if r.FeedbackRates != nil && m < len(a.Hidden) {
			l.FeedbackDelta = make([]float32, size, padded(size))
		}
		u.Layers = append(u.Layers, l)
	}
	return u
}

// Learn computes the update and the losses of one example from its means. The
// update keeps slices of forward, so it must be applied before they change.
func (r Rule) Learn(u *Update, forward, target []Means) {
	u.Losses = AppendLosses(u.Losses[:0], r.Noise, forward, target)
	last := len(u.Layers) - 1
	for m := range u.Layers {
		l, f, t := &u.Layers[m], forward[m], target[m]
		l.Trace, l.FeedbackTrace = f.Trace, f.FeedbackTrace
		l.Active = vec.Active(l.Active, f.Trace)
		r.Noise.Slopes(l.Delta, f.Soma)
		if m == last {
			r.learnOutput(l.Delta, f, t, r.Rates[m])
		} else {
			r.learnHidden(l.Delta, f, t, r.Rates[m])
		}
		if l.FeedbackDelta != nil {
			l.FedBack = vec.Active(l.FedBack, f.FeedbackTrace)
			r.learnFeedback(l.FeedbackDelta, f, r.FeedbackRates[m])
		}
	}
}

// learnOutput multiplies the slopes in delta by the output neurons' errors.
func (r Rule) learnOutput(delta []float32, f, t Means, eta float64) {
	scale := eta * r.OutputScale * r.OutputGain * r.Noise.MaxRate
	for i := range delta {
		delta[i] *= float32(scale * outputError(r.Noise, f, t, i))
	}
}

// learnHidden multiplies the slopes in delta by the difference of the plateaus.
func (r Rule) learnHidden(delta []float32, f, t Means, eta float64) {
	scale := eta * r.HiddenScale * r.HiddenGain * r.Noise.MaxRate
	before, after := f.Plateau[:len(delta)], t.Plateau[:len(delta)]
	for i := range delta {
		delta[i] *= float32(scale * (float64(after[i]) - float64(before[i])))
	}
}

func (r Rule) learnFeedback(delta []float32, f Means, eta float64) {
	r.Noise.Slopes(delta, f.Apical)
	for i := range delta {
		d := r.Noise.Rate(float64(f.Soma[i])) - float64(f.Plateau[i])
		delta[i] *= float32(eta * d)
	}
}
