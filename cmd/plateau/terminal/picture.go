package terminal

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"plateau/protocols/dataset"
)

// A pixel is a colour, each part from 0 to 255.
type pixel [3]byte

// pixelAt returns a pixel of an image, the mean of each square whose sides have that many
// pixels; it is black below the last row.
func pixelAt(set *dataset.Set, i, x, y, side int) (p pixel) {
	if y*side >= set.Height {
		return p
	}
	var sum [3]int
	n := 0
	for yy := y * side; yy < min((y+1)*side, set.Height); yy++ {
		for xx := x * side; xx < min((x+1)*side, set.Width); xx++ {
			red, green, blue := set.Colour(i, xx, yy)
			sum[0], sum[1], sum[2] = sum[0]+int(red), sum[1]+int(green), sum[2]+int(blue)
			n++
		}
	}
	for c := range p {
		p[c] = byte(sum[c] / n)
	}
	return p
}

// maxRows is the largest number of rows of pixels of a picture.
const maxRows = 96

// shrinking returns by how much an image is drawn smaller, so that it fits into the width
// of the terminal, if that is known, and is not too long.
func (t Terminal) shrinking(set *dataset.Set) int {
	side := max(1, (set.Height+maxRows-1)/maxRows)
	if room := t.Columns - 4; room > 0 {
		side = max(side, (set.Width+room-1)/room)
	}
	return side
}

// grey is how bright a pixel is, from 0 to 1.
func (p pixel) grey() float64 { return float64(int(p[0])+int(p[1])+int(p[2])) / (3 * 255) }

// Picture draws an image with characters that are half as wide as high, two rows of
// pixels on a line. Each half of a character has the colour of its pixel; on a terminal
// with few colours, block characters or ASCII stand for shades. What is too large is drawn
// smaller.
func (t Terminal) Picture(set *dataset.Set, i int) []string {
	var lines []string
	side := t.shrinking(set)
	for y := 0; y*side < set.Height; y += 2 {
		var b strings.Builder
		for x := range (set.Width + side - 1) / side {
			top, bottom := pixelAt(set, i, x, y, side), pixelAt(set, i, x, y+1, side)
			switch {
			case t.Colours >= 256:
				b.WriteString(t.painted(Paint("38;"+t.colour(top)+";48;"+t.colour(bottom)), "▀"))
			case t.Unicode:
				b.WriteRune(block(top.grey(), bottom.grey()))
			default:
				b.WriteByte(shade(" .:-=+*#%@", (top.grey()+bottom.grey())/2))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// colour returns the SGR parameter of the colour nearest to a pixel.
func (t Terminal) colour(p pixel) string {
	if t.Colours >= allColours {
		return fmt.Sprintf("2;%d;%d;%d", p[0], p[1], p[2])
	}
	if v := int(p[0]); p[0] == p[1] && p[1] == p[2] { // a ramp of greys from 8 to 238, and black and white
		switch {
		case v < 4:
			return "5;16"
		case v > 246:
			return "5;231"
		}
		return fmt.Sprintf("5;%d", 231+min((v+6)/10, 24))
	}
	levels := [6]int{0, 95, 135, 175, 215, 255}
	n := 16 // a cube of 6 × 6 × 6
	for c, weight := range []int{36, 6, 1} {
		level := 0
		for k, v := range levels {
			if abs(int(p[c])-v) < abs(int(p[c])-levels[level]) {
				level = k
			}
		}
		n += weight * level
	}
	return fmt.Sprintf("5;%d", n)
}

func abs(n int) int { return max(n, -n) }

// block returns the character for one pixel above another.
func block(top, bottom float64) rune {
	switch {
	case top-bottom > 0.4:
		return '▀'
	case bottom-top > 0.4:
		return '▄'
	}
	shades := []rune(" ░▒▓█")
	return shades[min(int((top+bottom)/2*float64(len(shades))), len(shades)-1)]
}

// shade returns one of the characters of of, which go from dark to bright.
func shade(of string, grey float64) byte {
	return of[min(int(grey*float64(len(of))), len(of)-1)]
}

// ClassBars draws the potential of each class, with marks at the true and at the
// predicted one.
func (t Terminal) ClassBars(width int, potentials []float64, names []string, class, predicted int) []string {
	low, high := min(0, slices.Min(potentials)), max(0, slices.Max(potentials))
	arrow := "  ← "
	if !t.Unicode {
		arrow = "  <- "
	}
	wide := 0
	for _, name := range names {
		wide = max(wide, len(name))
	}
	room := min(max(width-wide-len(" -10.000 ")-len(arrow+"predicted"+arrow+"true"), 4), 20)
	lines := []string{"mean output potential", ""}
	for i, v := range potentials {
		mark, p := "", Plainly
		if i == predicted {
			mark += arrow + "predicted"
			p = Yellow
		}
		if i == class {
			mark += arrow + "true"
			p = Green
		}
		share := 0.0
		if high > low {
			share = (v - low) / (high - low)
		}
		lines = append(lines, fmt.Sprintf("%*s %7.3f ", wide, names[i], v)+t.painted(p, t.Gauge(share, room))+mark)
	}
	return lines
}

// bar is a horizontal bar in eighths of a character.
func bar(value, full float64, width int) string {
	if !(full > 0) {
		return ""
	}
	eighths := int(math.Round(value / full * float64(8*width)))
	s := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		s += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return s
}

// Beside puts two blocks of lines next to each other or, if there is no room for both,
// one below the other. The first has constant width, the second fits into the width
// that it is given.
func (t Terminal) Beside(left []string, right func(width int) []string) string {
	const margin, gap, least = 2, 3, 40
	var b strings.Builder
	width := ColumnsOf(left[0])
	room := t.Columns - 1 - margin - width - gap
	if room < least {
		left = append(left, "")
		left = append(left, right(t.Columns-1-margin)...)
		for _, line := range left {
			b.WriteString(strings.TrimRight("  "+line, " ") + "\n")
		}
		return b.String()
	}
	beside := right(room)
	for i := range max(len(left), len(beside)) {
		l, r := strings.Repeat(" ", width), ""
		if i < len(left) {
			l = left[i]
		}
		if i < len(beside) {
			r = beside[i]
		}
		b.WriteString(strings.TrimRight("  "+l+"   "+r, " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
