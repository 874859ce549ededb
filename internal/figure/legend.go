package figure

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// lineLook returns the colour of one of several lines, and its dashes.
func lineLook(i int) (color.NRGBA, []vg.Length) {
	return several[i%len(several)], severalDashes[i/len(several)%len(severalDashes)]
}

// A legend names the lines of a picture, below its heading. Short names are in several
// columns; long names are in one, and are broken after commas.
type legend struct {
	names []string
	notes []string // numbers that belong to the names, if there are any
	head  string   // heading of the notes
}

// Places on the page, in points.
const (
	legendLeft   = 14
	legendSample = 28 // of a line, with what is right of it
	legendGap    = 18 // between name and number, and between columns
)

// A legendLayout is how a legend fits the page.
type legendLayout struct {
	style     text.Style
	line      vg.Length // height of one
	columns   int
	each      vg.Length // width of a column
	number    vg.Length // where in it the numbers end
	entries   [][]string
	perColumn int // lines
}

func (g legend) layout() (l legendLayout) {
	l.style, l.line = words(wordSize, black), 14
	if len(g.names) > 30 {
		l.style, l.line = words(8, black), 10.5
	}
	note := vg.Length(0)
	for _, n := range g.notes {
		if w := l.style.Width(n); w > 0 {
			note = max(note, w+legendGap)
		}
	}
	if note > 0 {
		note = max(note, words(smallSize, grey).Width(g.head)+legendGap)
	}
	const whole = width - 2*legendLeft
	widest := vg.Length(0)
	for _, name := range g.names {
		// Names that do not fit in one line are not measured.
		widest = max(widest, l.style.Width(shortened(l.style, name, whole)))
	}
	l.each = legendSample + widest + note
	l.columns = 1
	if len(g.names) > 5 {
		l.columns = max(int((whole+legendGap)/(l.each+legendGap)), 1)
		l.columns = min(l.columns, (len(g.names)+4)/5)
	}
	l.each = min(l.each, whole)
	l.number = l.each
	room := l.each - legendSample - note
	total := 0
	for _, name := range g.names {
		lines := broken(l.style, name, room)
		if total += len(lines); l.columns > 1 && len(lines) > 1 {
			lines = []string{shortened(l.style, name, room)}
		}
		l.entries = append(l.entries, lines)
	}
	l.perColumn = total
	if l.columns > 1 {
		l.perColumn = (len(g.names) + l.columns - 1) / l.columns
	}
	return l
}

// mostLines is the number of lines of a name that are shown.
const mostLines = 4

// broken breaks a name after commas into lines that fit.
func broken(s text.Style, name string, room vg.Length) (lines []string) {
	line := ""
	for part := range strings.SplitAfterSeq(name, ", ") {
		if line != "" && s.Width(printable(line+strings.TrimSpace(part))) > room {
			if lines = append(lines, shortened(s, strings.TrimSpace(line), room)); len(lines) == mostLines {
				lines[mostLines-1] = shortened(s, lines[mostLines-1]+" …", room)
				return lines
			}
			line = ""
		}
		line += part
	}
	return append(lines, shortened(s, line, room))
}

// shown reports whether a legend is needed: for several names, or for notes.
func (g legend) shown() bool { return len(g.names) > 1 || len(g.notes) > 0 }

// headed reports whether any note is not empty; then the notes have a heading.
func (g legend) headed() bool { return strings.Join(g.notes, "") != "" }

func (g legend) height() vg.Length {
	if !g.shown() {
		return 0
	}
	l := g.layout()
	h := vg.Length(l.perColumn)*l.line + 4
	if g.headed() {
		h += 12
	}
	return h
}

func (g legend) draw(c draw.Canvas) {
	if !g.shown() {
		return
	}
	l := g.layout()
	top := c.Max.Y - 50
	if g.headed() {
		top -= 12
	}
	x, y, inColumn := vg.Length(legendLeft), top, 0
	for i, lines := range l.entries {
		if l.columns > 1 && inColumn == l.perColumn {
			x, y, inColumn = x+l.each+legendGap, top, 0
		}
		if inColumn == 0 && g.headed() {
			write(c, aligned(words(smallSize, grey), text.XRight, text.YCenter), x+l.number, top+13, g.head)
		}
		colour, dashes := lineLook(i)
		line(c, 2, colour, dashes, vg.Point{X: x, Y: y}, vg.Point{X: x + 22, Y: y})
		if i < len(g.notes) {
			write(c, aligned(bold(l.style), text.XRight, text.YCenter), x+l.number, y+0.5, g.notes[i])
		}
		for _, words := range lines {
			write(c, aligned(l.style, text.XLeft, text.YCenter), x+legendSample, y+0.5, words)
			y -= l.line
			inColumn++
		}
	}
}
