package terminal

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A Screen keeps a few lines in place at the end of a terminal. Each drawing replaces
// the previous one in a single write, so that nothing flickers. The cursor stays on the
// empty line below.
type Screen struct {
	To   io.Writer
	Size func() Terminal // asked for each drawing: windows change
	seen []string        // the lines that are shown
	wide int             // number of columns when they were drawn
}

// show draws as many of the lines as there is room for.
func (s *Screen) show(lines []string) {
	t := s.Size()
	lines = lines[:min(len(lines), max(t.Rows-1, 1))]
	var b bytes.Buffer
	s.back(&b, t)
	if t.Columns != s.wide {
		b.WriteString("\x1b[J") // forget where lines were broken
	}
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	s.seen, s.wide = lines, t.Columns
	s.To.Write(b.Bytes())
}

// clear removes the lines. The cursor is then where they began.
func (s *Screen) clear() {
	if s.seen == nil {
		return
	}
	var b bytes.Buffer
	s.back(&b, s.Size())
	b.WriteString("\x1b[J")
	s.seen = nil
	s.To.Write(b.Bytes())
}

// back moves the cursor to where the lines begin. If the window was made narrower,
// longer lines have been wrapped.
func (s *Screen) back(b *bytes.Buffer, t Terminal) {
	rows := 0
	for _, line := range s.seen {
		rows += max(1, (ColumnsOf(line)+t.Columns-1)/t.Columns)
	}
	if rows > 0 {
		fmt.Fprintf(b, "\r\x1b[%dA", rows)
	}
}

// barLine returns a bar with words on both sides, or only the words if they fill the
// line.
func barLine(t Terminal, before string, share float64, after string) string {
	r := Row{T: t}
	r.Add(Plainly, before+"  ")
	if width := min(r.Left()-len([]rune(after))-2, 40); width >= 5 {
		r.Bar(share, width, Green)
		r.Add(Plainly, "  ")
	}
	r.Add(Plainly, after)
	return r.String()
}

// Bar adds a bar of a share of its width.
func (r *Row) Bar(share float64, width int, p Paint) {
	full := min(int(share*float64(width)+0.5), width)
	done, rest := "━", "─"
	if !r.T.Unicode {
		done, rest = "#", "-"
	}
	r.Add(p, strings.Repeat(done, full))
	r.Add(Dim, strings.Repeat(rest, width-full))
}
