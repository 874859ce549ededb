package figure

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A measuring canvas remembers the width of each text, so that it stays the same if a
// viewer has to use another font.
type measuring struct {
	vg.CanvasSizer
	widths []vg.Length
}

// FillString draws text.
func (m *measuring) FillString(f font.Face, at vg.Point, s string) {
	m.widths = append(m.widths, f.Width(s))
	m.CanvasSizer.FillString(f, at, s)
}

// fitted adds the widths to the texts of an SVG file.
func (m *measuring) fitted(file []byte) []byte {
	open := []byte("<text ")
	parts := bytes.Split(file, open)
	if len(parts) != len(m.widths)+1 {
		return file
	}
	var out bytes.Buffer
	out.Write(parts[0])
	for i, part := range parts[1:] {
		out.Write(open)
		if m.widths[i] > 0 {
			fmt.Fprintf(&out, `textLength="%.5g" lengthAdjust="spacingAndGlyphs" `, m.widths[i].Points())
		}
		out.Write(part)
	}
	return out.Bytes()
}

// compacted rewrites paths of an SVG file that have only straight lines, such as spikes
// and curves, in half of the bytes or less: each position relative to the last one, in
// hundredths of a point.
func compacted(file []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(file) / 2)
	for {
		before, rest, ok := bytes.Cut(file, []byte(`<path d="`))
		out.Write(before)
		if !ok {
			return out.Bytes()
		}
		out.WriteString(`<path d="`)
		path, rest, _ := bytes.Cut(rest, []byte(`"`))
		if places, ok := straight(path); ok && len(places) > 2 {
			writeStraight(&out, places)
		} else {
			out.Write(path)
		}
		out.WriteByte('"')
		file = rest
	}
}

// A place on a path is in hundredths of a point: where a line goes to, or where
// another begins.
type place struct {
	x, y   int
	begins bool
}

// straight reads a path, if it has only straight lines.
func straight(path []byte) (places []place, ok bool) {
	for len(path) > 0 {
		command := path[0]
		point, rest := path[1:], []byte(nil)
		if end := bytes.IndexAny(point, "MLAQCZ"); end >= 0 {
			point, rest = point[:end], point[end:]
		}
		before, after, whole := bytes.Cut(point, []byte(","))
		x, bad := strconv.ParseFloat(string(before), 64)
		y, worse := strconv.ParseFloat(string(after), 64)
		if command != 'M' && command != 'L' || !whole || bad != nil || worse != nil {
			return nil, false
		}
		places = append(places, place{int(math.Round(100 * x)), int(math.Round(100 * y)), command == 'M'})
		path = rest
	}
	return places, true
}

func writeStraight(out *bytes.Buffer, places []place) {
	var b []byte
	var last place
	command := byte(0)
	for i, p := range places {
		next := byte('l')
		dx, dy := p.x-last.x, p.y-last.y
		switch {
		case i == 0:
			next = 'M'
		case p.begins:
			next = 'm'
		case dx == 0:
			next = 'v'
		case dy == 0:
			next = 'h'
		}
		// A command goes on until there is another, and after m come lines.
		var numbers []int
		switch next {
		case 'v':
			numbers = []int{dy}
		case 'h':
			numbers = []int{dx}
		default:
			numbers = []int{dx, dy}
		}
		goesOn := next == command && next != 'm' || next == 'l' && command == 'm'
		if !goesOn {
			b = append(b, next)
		}
		for k, n := range numbers {
			if n >= 0 && (goesOn || k > 0) { // else the sign parts it from what is before
				b = append(b, ' ')
			}
			b = hundredths(b, n)
		}
		last, command = p, next
	}
	out.Write(b)
}

// hundredths prints a number of hundredths as short as possible.
func hundredths(b []byte, n int) []byte {
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	if n >= 100 || n == 0 {
		b = strconv.AppendInt(b, int64(n/100), 10)
	}
	if n %= 100; n > 0 {
		b = append(b, '.', byte('0'+n/10))
		if n%10 > 0 {
			b = append(b, byte('0'+n%10))
		}
	}
	return b
}
