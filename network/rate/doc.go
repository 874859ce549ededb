// Package rate has networks without time, whose units have a real-valued activity instead
// of spikes: the rivals of the plateau rule.
//
// In all of it h_0 = x, a_l = W_l h_(l−1) + b_l, h_l = f_l(a_l) for the layers l = 1 … L,
// and δ_l is the teaching signal of a layer. A rule says what δ_l is; each rule is a file,
// such as backprop.go. The update that a rule asks for is ΔW_l = ⟨δ_l h_(l−1)ᵀ⟩ and
// Δb_l = ⟨δ_l⟩, where ⟨ ⟩ is the mean over a batch; an Optimiser makes changes of the
// weights of it.
//
// Sums have a fixed order, so that results are the same bits whatever the number of
// workers, the vector unit and the processor.
package rate
