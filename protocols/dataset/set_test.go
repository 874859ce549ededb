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
