package measure_test

import (
	"testing"

	"plateau/protocols/measure"
)

// Powers of two are exact, so the result can be compared as it is.
func TestComparePlateaus(t *testing.T) {
	const tiny = 1.0 / 128 // less than a change that counts
	got := measure.ComparePlateaus([]float32{0.5, 0.5, 0.25, 0.25}, []float32{0.75, 0.5 + tiny, 0.125, 0.25 - tiny})
	want := measure.PlateauChange{Forward: 0.375, Target: 0.40625, Rose: 1, Fell: 1, Mean: (0.375 + 2*tiny) / 4, Most: 0.25}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
