package dataset

import (
	"math"
	"slices"
	"testing"
)

// An image moves by what By says, pixel by pixel, in each of its channels; what comes in is
// background.
func TestShift(t *testing.T) {
	s := Shift{Most: 3, Width: 4, Height: 5, Channels: 3, Seed: 7}
	seen := map[[2]int]bool{}
	for number := uint64(1); number < 1000; number++ {
		right, down := s.By(number)
		seen[[2]int{right, down}] = true
		pixels, intensity := make([]byte, 60), make([]float32, 60)
		for k := range pixels {
			pixels[k], intensity[k] = byte(k+1), float32(k+1)
		}
		var want []byte
		for c := range 3 {
			for y := range 5 {
				for x := range 4 {
					v := 0
					if x, y := x-right, y-down; x >= 0 && x < 4 && y >= 0 && y < 5 {
						v = c*20 + y*4 + x + 1
					}
					want = append(want, byte(v))
				}
			}
		}
		s.AlterPixels(number, pixels)
		s.Alter(number, intensity)
		same := slices.EqualFunc(want, intensity, func(a byte, b float32) bool { return float32(a) == b })
		if !slices.Equal(pixels, want) || !same {
			t.Fatalf("moved by %d, %d, the image is\n%v, %v, want\n%v", right, down, pixels, intensity, want)
		}
	}
	if len(seen) != 49 {
		t.Errorf("there were %d shifts, want all 7×7", len(seen))
	}
}

// All shifts are equally frequent, and another seed has others.
func TestShiftsAreUniform(t *testing.T) {
	s, other := Shift{Most: 2, Seed: 1}, Shift{Most: 2, Seed: 2}
	const n = 50000
	counts := map[[2]int]int{}
	same := 0
	for number := range uint64(n) {
		right, down := s.By(number)
		counts[[2]int{right, down}]++
		if r, d := other.By(number); r == right && d == down {
			same++
		}
	}
	// Standard error of a count of 2000: 43.8; four of them.
	for by, count := range counts {
		if math.Abs(float64(count)-n/25) > 175 {
			t.Errorf("%v was drawn %d times of %d, want about %d", by, count, n, n/25)
		}
	}
	if len(counts) != 25 || math.Abs(float64(same)-n/25) > 175 {
		t.Errorf("%d shifts; %d of %d are the same for two seeds, want about %d", len(counts), same, n, n/25)
	}
}
