package stimulus

import (
	"bufio"
	"fmt"
	"image"
	"image/color"
	_ "image/jpeg" // image.Decode reads it
	_ "image/png"  // likewise

	"plateau/internal/regular"
)

// readImage reads an image of the size of the input.
func readImage(path string, in Input) (*Stimulus, error) {
	f, err := regular.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer f.Close()
	// The size is looked at first, because an image of a few bytes can unpack to
	// gigabytes.
	about, _, err := image.DecodeConfig(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if about.Width != in.Width || about.Height != in.Height {
		return nil, fmt.Errorf("%s has %d×%d pixels, want %d×%d, the size of the input", path, about.Width, about.Height, in.Width, in.Height)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, err
	}
	m, _, err := image.Decode(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if in.Channels != 1 && in.Channels != 3 {
		return nil, fmt.Errorf("%s: an image has 1 or 3 channels, but the input has %d", path, in.Channels)
	}
	s := &Stimulus{Intensity: make([]float32, in.Size())}
	plane := in.Width * in.Height
	for y := range in.Height {
		for x := range in.Width {
			at := m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y)
			c := color.NRGBAModel.Convert(at).(color.NRGBA)
			if c.A != 255 {
				return nil, fmt.Errorf("%s is transparent at column %d, row %d; want an image without transparency", path, x, y)
			}
			k := y*in.Width + x
			if in.Channels == 3 {
				s.Intensity[k], s.Intensity[plane+k], s.Intensity[2*plane+k] = level(c.R), level(c.G), level(c.B)
				continue
			}
			if c.R != c.G || c.G != c.B {
				return nil, fmt.Errorf("%s is coloured at column %d, row %d; want a grey image, because the input has one channel", path, x, y)
			}
			s.Intensity[k] = level(c.R)
		}
	}
	return s, nil
}

func level(v uint8) float32 { return float32(v) / 255 }
