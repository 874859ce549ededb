package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A screen keeps a few lines in place at the end of a terminal. Each drawing replaces
// the previous one in a single write, so that nothing flickers. The cursor stays on the
// empty line below.
type screen struct {
	to   io.Writer
	size func() terminal // asked for each drawing: windows change
	seen []string        // the lines that are shown
	wide int             // number of columns when they were drawn
}

// show draws as many of the lines as there is room for.
func (s *screen) show(lines []string) {
	t := s.size()
	lines = lines[:min(len(lines), max(t.rows-1, 1))]
	var b bytes.Buffer
	s.back(&b, t)
	if t.columns != s.wide {
		b.WriteString("\x1b[J") // forget where lines were broken
	}
	for _, line := range lines {
		b.WriteString(line + "\x1b[K\n")
	}
	b.WriteString("\x1b[J")
	s.seen, s.wide = lines, t.columns
	s.to.Write(b.Bytes())
}

// clear removes the lines. The cursor is then where they began.
func (s *screen) clear() {
	if s.seen == nil {
		return
	}
	var b bytes.Buffer
	s.back(&b, s.size())
	b.WriteString("\x1b[J")
	s.seen = nil
	s.to.Write(b.Bytes())
}

// back moves the cursor to where the lines begin. If the window was made narrower,
// longer lines have been wrapped.
func (s *screen) back(b *bytes.Buffer, t terminal) {
	rows := 0
	for _, line := range s.seen {
		rows += max(1, (columnsOf(line)+t.columns-1)/t.columns)
	}
	if rows > 0 {
		fmt.Fprintf(b, "\r\x1b[%dA", rows)
	}
}

// barLine returns a bar with words on both sides, or only the words if they fill the
// line.
func barLine(t terminal, before string, share float64, after string) string {
	r := row{t: t}
	r.add(plainly, before+"  ")
	if width := min(r.left()-len([]rune(after))-2, 40); width >= 5 {
		r.bar(share, width, green)
		r.add(plainly, "  ")
	}
	r.add(plainly, after)
	return r.String()
}

// bar adds a bar of a share of its width.
func (r *row) bar(share float64, width int, p paint) {
	full := min(int(share*float64(width)+0.5), width)
	done, rest := "━", "─"
	if !r.t.unicode {
		done, rest = "#", "-"
	}
	r.add(p, strings.Repeat(done, full))
	r.add(dim, strings.Repeat(rest, width-full))
}
