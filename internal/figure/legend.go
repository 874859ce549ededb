package figure

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// lineLook is the colour of one of several lines, and its dashes.
func lineLook(i int) (color.NRGBA, []vg.Length) {
	return several[i%len(several)], severalDashes[i/len(several)%len(severalDashes)]
}

// legendLines are names of courses, broken after a comma where they are long.
func legendLines(names []string) [][]string {
	const room = width - 54
	if len(names) < 2 {
		return nil
	}
	s := words(wordSize, black)
	all := make([][]string, len(names))
	for i, name := range names {
		line := ""
		for part := range strings.SplitAfterSeq(name, ", ") {
			if line != "" && s.Width(line+strings.TrimSpace(part)) > room {
				all[i], line = append(all[i], strings.TrimSpace(line)), ""
			}
			line += part
		}
		all[i] = append(all[i], shortened(s, line, room))
	}
	return all
}

const legendLine = 14 // height of one

// legendHeight is that of the names of courses, if there are several.
func legendHeight(names []string) vg.Length {
	h := vg.Length(0)
	for _, lines := range legendLines(names) {
		h += vg.Length(len(lines)) * legendLine
	}
	if h > 0 {
		h += 4
	}
	return h
}

// legend names courses below the heading.
func legend(c draw.Canvas, names []string) {
	y := c.Max.Y - 50
	for i, lines := range legendLines(names) {
		colour, dashes := lineLook(i)
		line(c, 2, colour, dashes, vg.Point{X: 14, Y: y}, vg.Point{X: 36, Y: y})
		for _, l := range lines {
			write(c, aligned(words(wordSize, black), text.XLeft, text.YCenter), 42, y+0.5, l)
			y -= legendLine
		}
	}
}
