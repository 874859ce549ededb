package figure

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A measuring canvas remembers how wide each text is to be, which stays so where
// a viewer has to use another font.
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

// compacted writes the paths of an SVG file that are nothing but upright strokes,
// as spikes are, in a third of the bytes: each from where the last one began, in
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
		if strokes := uprightStrokes(path); len(strokes) > 1 {
			writeStrokes(&out, strokes)
		} else {
			out.Write(path)
		}
		out.WriteByte('"')
		file = rest
	}
}

// An uprightStroke goes from y to end, in hundredths of a point.
type uprightStroke struct{ x, y, end int }

// uprightStrokes reads a path, of which nothing is returned if there is anything
// else in it.
func uprightStrokes(path []byte) []uprightStroke {
	var strokes []uprightStroke
	point := func(text []byte) (x, y int, ok bool) {
		before, after, ok := bytes.Cut(text, []byte(","))
		a, bad := strconv.ParseFloat(string(before), 64)
		b, worse := strconv.ParseFloat(string(after), 64)
		return int(math.Round(100 * a)), int(math.Round(100 * b)), ok && bad == nil && worse == nil
	}
	for stroke := range bytes.SplitSeq(path, []byte("M")) {
		if len(stroke) == 0 && strokes == nil {
			continue // before the first
		}
		from, to, _ := bytes.Cut(stroke, []byte("L"))
		x, y, ok := point(from)
		x1, y1, whole := point(to)
		if !ok || !whole || x != x1 {
			return nil
		}
		strokes = append(strokes, uprightStroke{x, y, y1})
	}
	return strokes
}

func writeStrokes(out *bytes.Buffer, strokes []uprightStroke) {
	x, y := 0, 0
	var b []byte
	for i, s := range strokes {
		if i == 0 {
			b = append(hundredths(append(b, 'M'), s.x), ' ')
		} else {
			b = append(hundredths(append(b, 'm'), s.x-x), ' ')
		}
		b = hundredths(b, s.y-y)
		b = hundredths(append(b, 'v'), s.end-s.y)
		x, y = s.x, s.end
	}
	out.Write(b)
}

// hundredths prints a number of them as short as it goes.
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
