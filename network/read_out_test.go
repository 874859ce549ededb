package network

import (
	"slices"
	"testing"
)

func TestReadOut(t *testing.T) {
	for _, c := range []struct {
		perClass int
		soma     []float32
		want     int
	}{
		{1, []float32{0, 1, 2}, 2},
		{1, []float32{3, 1, 2}, 0},
		{1, []float32{-3, -1, -2}, 1},
		{1, []float32{-1e-30, -1e30}, 0},
		{1, []float32{1, 2, 2, 2}, 1}, // the first of equals
		{1, []float32{0, 0, 0}, 0},
		{1, []float32{-1, -1}, 0},
		{2, []float32{9, 0, 5, 5, 4, 5}, 1}, // the mean counts, not the maximum
		{2, []float32{1, 3, 3, 1, 2, 2}, 0},
		{3, []float32{0, 0, 1, 0, 2, 0, 1, 1, 1}, 2},
		{3, []float32{-1, -1, -1, -1, -1, 0}, 1},
		{10, []float32{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 1},
	} {
		if got := ReadOut(c.soma, c.perClass); got != c.want {
			t.Errorf("class %d of %v, %d neurons each, want %d", got, c.soma, c.perClass, c.want)
		}
	}
}

func TestClassPotentials(t *testing.T) {
	got := ClassPotentials([]float32{1, 2, -3, 4, 8, 8}, 2)
	if want := []float64{1.5, 0.5, 8}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
