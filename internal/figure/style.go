package figure

import (
	"image/color"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// width of every figure, in points.
const width = 680

// Colours of Okabe and Ito.
var (
	white         = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	black         = color.NRGBA{0x1a, 0x1a, 0x1a, 0xff}
	orange        = color.NRGBA{0xe6, 0x9f, 0x00, 0xff}
	skyBlue       = color.NRGBA{0x56, 0xb4, 0xe9, 0xff}
	green         = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	blue          = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion     = color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
	purple        = color.NRGBA{0xcc, 0x79, 0xa7, 0xff}
	grey          = color.NRGBA{0x66, 0x66, 0x66, 0xff} // words of second rank
	lightGrey     = color.NRGBA{0xbb, 0xbb, 0xbb, 0xff}
	gridGrey      = color.NRGBA{0xe4, 0xe4, 0xe4, 0xff}
	several       = []color.NRGBA{blue, vermilion, green, purple, orange, skyBlue, black}
	severalDashes = [][]vg.Length{nil, {5, 2}, {1.5, 1.5}, {7, 2, 1.5, 2}, {2, 4}} // dashes when the colours begin again
)

// Sizes of type, in points.
const (
	titleSize = 13
	wordSize  = 10
	smallSize = 9
)

// words is a style of text.
func words(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: plot.DefaultTextHandler,
	}
}

func bold(s text.Style) text.Style {
	s.Font.Weight = font.WeightBold
	return s
}

func aligned(s text.Style, x text.XAlignment, y text.YAlignment) text.Style {
	s.XAlign, s.YAlign = x, y
	return s
}

// write puts text at a place that the style's alignment refers to.
func write(c draw.Canvas, s text.Style, x, y vg.Length, line string) {
	c.FillText(s, vg.Point{X: x, Y: y}, printable(line))
}

// printable returns text that any file can hold and any page can show: names come from
// outside, and may hold line ends, other control characters, or bytes that are no text
// at all.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, line)
}

// shortened cuts text that would be wider than there is room for.
func shortened(s text.Style, line string, room vg.Length) string {
	line = printable(line)
	runes := []rune(line)
	// No letter is narrower than a tenth of its height, so longer text needs no measuring.
	if most := max(int(10*room/s.Font.Size), 1); len(runes) > most {
		runes = runes[:most]
	} else if s.Width(line) <= room {
		return line
	}
	fits := sort.Search(len(runes), func(n int) bool { return s.Width(string(runes[:n+1])+"…") > room })
	return string(runes[:max(fits, 1)]) + "…"
}

// heading writes what a page shows at its top.
func heading(c draw.Canvas, title, subtitle string) {
	s := bold(words(titleSize, black))
	write(c, aligned(s, text.XLeft, text.YTop), 12, c.Max.Y-8, shortened(s, title, width-24))
	s = words(smallSize, grey)
	write(c, aligned(s, text.XLeft, text.YTop), 12, c.Max.Y-26, shortened(s, subtitle, width-24))
}

// rowLabel names a row at the left edge of the page.
func rowLabel(c draw.Canvas, top vg.Length, name string, lines ...string) {
	const room = 114
	y := top + 1
	s := bold(words(wordSize, black))
	write(c, aligned(s, text.XLeft, text.YTop), 12, y, shortened(s, name, room))
	for _, l := range lines {
		y -= 12
		write(c, aligned(words(smallSize, grey), text.XLeft, text.YTop), 12, y, l)
	}
}

func fill(c draw.Canvas, r vg.Rectangle, colour color.Color) {
	c.SetColor(colour)
	c.Fill(r.Path())
}

func line(c draw.Canvas, thickness vg.Length, colour color.Color, dashes []vg.Length, points ...vg.Point) {
	if len(points) < 2 {
		return
	}
	c.StrokeLines(draw.LineStyle{Color: colour, Width: thickness, Dashes: dashes}, points)
}

// frame draws a border around something light.
func frame(c draw.Canvas, r vg.Rectangle) {
	line(c, 0.6, lightGrey, nil, r.Min, vg.Point{X: r.Max.X, Y: r.Min.Y}, r.Max, vg.Point{X: r.Min.X, Y: r.Max.Y}, r.Min)
}

// colourBar fills a rectangle with colours from left to right. Each is drawn up
// to the right edge, so that no seams are seen.
func colourBar(c draw.Canvas, r vg.Rectangle, colours color.Palette) {
	step := (r.Max.X - r.Min.X) / vg.Length(len(colours))
	for k, colour := range colours {
		fill(c, vg.Rectangle{Min: vg.Point{X: r.Min.X + vg.Length(k)*step, Y: r.Min.Y}, Max: r.Max}, colour)
	}
}

// faded mixes a colour with white.
func faded(c color.NRGBA, share float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(255 - share*(255-float64(v)) + 0.5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}
