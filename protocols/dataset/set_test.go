package dataset

import (
	"bytes"
	"testing"
)

// The first and the last images of a set are views of it, with their labels.
func TestFirstAndLast(t *testing.T) {
	all := Digits(1, 9, 1).Train
	for n := range 12 {
		first, last := all.First(n), all.Last(n)
		if want := min(n, 9); first.Len() != want || last.Len() != want {
			t.Fatalf("of %d there are %d and %d, want %d", n, first.Len(), last.Len(), want)
		}
		for i := range first.Len() {
			k := 9 - last.Len() + i
			if first.Label(i) != all.Label(i) || !bytes.Equal(first.Image(i), all.Image(i)) {
				t.Errorf("the first %d: image %d is another one", n, i)
			}
			if last.Label(i) != all.Label(k) || !bytes.Equal(last.Image(i), all.Image(k)) {
				t.Errorf("the last %d: image %d is another one", n, i)
			}
		}
	}
}
