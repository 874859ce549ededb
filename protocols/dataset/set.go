package dataset

import (
	"errors"
	"fmt"
)

// A Set is a list of labelled images of one size, in memory. Images count from 0.
type Set struct {
	Name     string
	Width    int
	Height   int
	Channels int    // 1 for grey; 3 for red, green and blue, each a whole plane
	Classes  int    // labels are 0 … Classes−1
	Pixels   []byte // Len() × Size(), row by row from the top left; 0 is background (black), 255 full ink (white)
	Labels   []byte
}

// Validate reports everything that does not fit together, for sets that a program
// made itself.
func (s *Set) Validate() error {
	var errs []error
	require := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("dataset: Set."+format, args...))
		}
	}
	side := func(n int) bool { return n >= 1 && n <= maxSide }
	require(side(s.Width), "Width = %d pixels, want 1 to %d", s.Width, maxSide)
	require(side(s.Height), "Height = %d pixels, want 1 to %d", s.Height, maxSide)
	require(side(s.Channels), "Channels = %d, want 1 to %d", s.Channels, maxSide)
	require(s.Classes >= 1, "Classes = %d, want ≥ 1", s.Classes)
	if errs != nil {
		return errors.Join(errs...)
	}
	n := s.Size()
	require(len(s.Pixels)%n == 0 && len(s.Pixels)/n == s.Len(),
		"Pixels has %d bytes, want %d for each of %d labels", len(s.Pixels), n, s.Len())
	if err := checkLabels(s.Labels, 0, s.Classes); err != nil {
		errs = append(errs, fmt.Errorf("dataset: Set.Labels: %w", err))
	}
	return errors.Join(errs...)
}

// Len returns the number of images.
func (s *Set) Len() int { return len(s.Labels) }

// Size returns the number of bytes of an image, which is the number of input
// neurons it needs.
func (s *Set) Size() int { return s.Width * s.Height * s.Channels }

// Image returns image i. It shares the memory of the set: writing to it changes the
// set, appending to it does not.
func (s *Set) Image(i int) []byte {
	n := s.Size()
	return s.Pixels[i*n : (i+1)*n : (i+1)*n]
}

// Colour returns the colour of a pixel of image i, which is grey unless there are three
// channels. The grey of several channels is their mean.
func (s *Set) Colour(i, x, y int) (red, green, blue byte) {
	image, plane, at := s.Image(i), s.Width*s.Height, y*s.Width+x
	if s.Channels == 3 {
		return image[at], image[plane+at], image[2*plane+at]
	}
	sum := 0
	for ; at < len(image); at += plane {
		sum += int(image[at])
	}
	grey := byte(sum / s.Channels)
	return grey, grey, grey
}

// Label returns the class of image i.
func (s *Set) Label(i int) int { return int(s.Labels[i]) }

// First returns a set of the first n images, or of all if there are fewer. It
// shares the memory of s.
func (s *Set) First(n int) *Set { return s.part(0, min(n, s.Len())) }

// Last returns a set of the last n images, or of all if there are fewer. It shares
// the memory of s.
func (s *Set) Last(n int) *Set { return s.part(max(0, s.Len()-n), s.Len()) }

func (s *Set) part(begin, end int) *Set {
	part := *s
	part.Pixels = s.Pixels[begin*s.Size() : end*s.Size() : end*s.Size()]
	part.Labels = s.Labels[begin:end:end]
	return &part
}

// String describes the set for a person: "mnist: 60000 images of 28×28 in 10
// classes".
func (s *Set) String() string {
	return fmt.Sprintf("%s: %d images of %s in %d classes", s.Name, s.Len(), s.shape(), s.Classes)
}

// shape describes the size of the images for a person.
func (s *Set) shape() string {
	shape := fmt.Sprintf("%d×%d", s.Width, s.Height)
	if s.Channels != 1 {
		shape += fmt.Sprintf("×%d", s.Channels)
	}
	return shape
}

// Data is a data set as an experiment needs it: images to train on and images to
// test on, of the same shape.
type Data struct {
	Name    string
	Train   *Set
	Test    *Set
	Dir     string   // the folder it was read from; "" if it was drawn
	Missing []string // optional files that were not found
	Notices []string // what the user should know, such as that batches are missing; one line each
	Changed bool     // whether these are known not to be the images that were there before
}

// Example writes the pixels of image i to intensity, scaled to 0 to 1, and returns
// its label.
func (s *Set) Example(i int, intensity []float32) (class int) {
	for k, v := range s.Image(i) {
		intensity[k] = intensities[v]
	}
	return s.Label(i)
}

// intensities holds v/255 for each grey level.
var intensities = func() (t [256]float32) {
	for v := range t {
		t[v] = float32(v) / 255
	}
	return t
}()
