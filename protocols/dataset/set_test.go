package dataset

import (
	"bytes"
	"testing"
)

// First and Last return the first and the last images, with their labels.
func TestFirstAndLast(t *testing.T) {
	all := Digits(1, 9, 1).Train
	for n := range 12 {
		first, last := all.First(n), all.Last(n)
		if want := min(n, 9); first.Len() != want || last.Len() != want {
			t.Fatalf("the first and the last %d are %d and %d images, want %d", n, first.Len(), last.Len(), want)
		}
		for i := range first.Len() {
			k := 9 - last.Len() + i
			if first.Label(i) != all.Label(i) || !bytes.Equal(first.Image(i), all.Image(i)) {
				t.Errorf("the first %d: image %d is not that of the set", n, i)
			}
			if last.Label(i) != all.Label(k) || !bytes.Equal(last.Image(i), all.Image(k)) {
				t.Errorf("the last %d: image %d is not that of the set", n, i)
			}
		}
	}
}

// Three channels are a colour; one is a grey, and so is the mean of two or four.
func TestColour(t *testing.T) {
	for channels, want := range map[int][3]byte{1: {8, 8, 8}, 2: {18, 18, 18}, 3: {8, 28, 48}, 4: {38, 38, 38}} {
		s := &Set{Width: 2, Height: 5, Channels: channels, Classes: 1, Labels: []byte{0}}
		for v := range 10 * channels {
			s.Pixels = append(s.Pixels, byte(2*v))
		}
		if r, g, b := s.Colour(0, 0, 2); [3]byte{r, g, b} != want {
			t.Errorf("with %d channels: %d, %d, %d, want %v", channels, r, g, b, want)
		}
	}
}
