package dataset

import "plateau/internal/stream"

// A Shift moves images by some pixels, each time that one is shown in training, so that a
// network does not learn where on the page things are. What comes in from beyond the edge is
// background.
type Shift struct {
	Most                    int // the largest number of pixels in each direction; ≥ 0
	Width, Height, Channels int // of the images
	Seed                    uint64
}

// ShiftOf returns a shift of the images of a set.
func ShiftOf(s *Set, most int, seed uint64) Shift {
	return Shift{Most: most, Width: s.Width, Height: s.Height, Channels: s.Channels, Seed: seed}
}

// By returns by how many pixels an image moves to the right and down. It depends on the
// seed and the number of the example since the training began, counted from 1.
func (s Shift) By(number uint64) (right, down int) {
	r := stream.New(s.Seed, stream.ImageShifts, number, 0, 0)
	right = r.Below(2*s.Most+1) - s.Most
	down = r.Below(2*s.Most+1) - s.Most
	return right, down
}

// Alter moves the image of an example, given as intensities.
func (s Shift) Alter(number uint64, intensity []float32) { move(s, number, intensity) }

// AlterPixels does the same to an image of a Set.
func (s Shift) AlterPixels(number uint64, pixels []byte) { move(s, number, pixels) }

// move moves an image in its memory: row by row, beginning with the side to which it moves,
// so that no row is overwritten before it has moved.
func move[T byte | float32](s Shift, number uint64, image []T) {
	right, down := s.By(number)
	from, to := max(0, -right), max(0, right) // columns of the part that stays on the page
	n := max(0, s.Width-max(right, -right))
	for plane := range s.Channels {
		for i := range s.Height {
			y := i
			if down > 0 {
				y = s.Height - 1 - i
			}
			row := func(y int) []T { return image[(plane*s.Height+y)*s.Width:][:s.Width] }
			if y-down < 0 || y-down >= s.Height || n == 0 {
				clear(row(y))
				continue
			}
			copy(row(y)[to:to+n], row(y - down)[from:from+n])
			clear(row(y)[:to])
			clear(row(y)[to+n:])
		}
	}
}
