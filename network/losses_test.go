package network

import (
	"math"
	"testing"

	"plateau/compartments"
)

// Eqs. 23 and 32, with numbers whose sum is exact; Rule.Learn finds the same losses.
func TestLosses(t *testing.T) {
	noise := compartments.EscapeNoise{MaxRate: 0.25}
	forward := []Means{
		{Trace: []float32{1}, Soma: []float32{0, 0}, Plateau: []float32{0.25, 0.5}, FeedbackTrace: []float32{0, 0}, Apical: []float32{0, 0}},
		{Trace: []float32{1, 1}, Soma: []float32{0, 0}},
	}
	target := []Means{{Plateau: []float32{0.5, 1}}, {Rate: []float32{0.25, 0.0625}}}
	want := []float64{
		0.25*0.25 + 0.5*0.5,
		0.125*0.125 + 0.0625*0.0625, // φ_max σ(0) is 0.125
	}
	got := AppendLosses([]float64{7}, noise, forward, target)
	if len(got) != 3 || got[0] != 7 || got[1] != want[0] || math.Abs(got[2]-want[1]) > 1e-15 {
		t.Errorf("losses %v, want 7 and %v", got, want)
	}
	a := Architecture{Inputs: 1, Hidden: []int{2}, Classes: 2, PerClass: 1, Feedback: Broadcast}
	r := Rule{Rates: []float64{0, 0}, HiddenScale: 1, OutputScale: 1, HiddenGain: 1, OutputGain: 1, Noise: noise}
	u := r.NewUpdate(a)
	for range 2 { // the second does not add to the first
		r.Learn(u, forward, target)
		if len(u.Losses) != 2 || u.Losses[0] != got[1] || u.Losses[1] != got[2] {
			t.Errorf("the rule has losses %v, want %v", u.Losses, got[1:])
		}
	}
}
