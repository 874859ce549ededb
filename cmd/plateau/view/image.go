package view

import (
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"

	"plateau/sim/record"
)

// image sends the image that a trial showed. A header says whether it is the image or
// the spikes of the input.
func (s *Server) image(w http.ResponseWriter, r *http.Request, q *query) error {
	reader := s.recording.Reader
	index := q.int("trial", 0, reader.Trials()-1)
	if err := q.done(); err != nil {
		return err
	}
	t, err := reader.Trial(index)
	if err != nil {
		return damaged(err)
	}
	m, kind := s.recording.picture(t)
	if m == nil {
		return refuse(http.StatusNotFound, "what was shown in trial %d is not known", index)
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Plateau-Image", kind)
	return png.Encode(w, m)
}

// picture returns the image that a trial showed, or else how often the input neurons
// fired; nil if neither is known.
func (c *Recording) picture(t *record.Trial) (m image.Image, kind string) {
	if c.Image != nil {
		if m, err := c.Image(t); err == nil {
			return m, "shown"
		}
	}
	input := c.Reader.Header().Populations[0]
	planes, side := 1, int(math.Sqrt(float64(input.Size)))
	if side*side != input.Size {
		planes, side = 3, int(math.Sqrt(float64(input.Size/3)))
	}
	if !input.Spikes || planes*side*side != input.Size || t.Steps == 0 {
		return nil, ""
	}
	counts, most := make([]int, input.Size), 1
	for s := c.Reader.Span(0, t.First, t.First+int64(t.Steps)); s.Scan(); {
		for _, spike := range s.Spikes() {
			counts[spike.Neuron]++
			most = max(most, counts[spike.Neuron])
		}
	}
	out := image.NewNRGBA(image.Rect(0, 0, side, side))
	for i := range side * side {
		level := func(plane int) uint8 { return uint8(255 * counts[i+min(plane, planes-1)*side*side] / most) }
		out.SetNRGBA(i%side, i/side, color.NRGBA{level(0), level(1), level(2), 255})
	}
	return out, "spikes"
}
