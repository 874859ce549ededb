package plateautest

import (
	"fmt"
	"io"
	"strings"
)

// FakeTerminal obeys what a screen writes, as a terminal does, and scrolls. It
// knows no other escape sequences than the screen needs.
type FakeTerminal struct {
	Columns, Rows int
	lines         [][]rune // all, those that have scrolled away too
	X, Y          int      // of the cursor; y counts in lines
}

// Write obeys text and escape sequences.
func (f *FakeTerminal) Write(p []byte) (int, error) {
	text := []rune(string(p))
	for len(text) > 0 {
		c := text[0]
		text = text[1:]
		switch c {
		case '\n':
			f.X, f.Y = 0, f.Y+1
		case '\r':
			f.X = 0
		case '\x1b':
			text = f.escape(text)
		default:
			if f.X == f.Columns {
				f.X, f.Y = 0, f.Y+1
			}
			line := f.line(f.Y)
			for len(*line) <= f.X {
				*line = append(*line, ' ')
			}
			(*line)[f.X] = c
			f.X++
		}
	}
	return len(p), nil
}

func (f *FakeTerminal) line(y int) *[]rune {
	for len(f.lines) <= y {
		f.lines = append(f.lines, nil)
	}
	return &f.lines[y]
}

func (f *FakeTerminal) escape(text []rune) []rune {
	end := strings.IndexFunc(string(text), func(c rune) bool { return c >= 'A' && c != '[' })
	n := 0
	fmt.Sscanf(string(text[1:end]), "%d", &n)
	switch text[end] {
	case 'A': // up, to the first line that is to be seen
		f.Y = max(f.Y-n, max(len(f.lines), f.Y+1)-f.Rows, 0)
	case 'K':
		line := f.line(f.Y)
		*line = (*line)[:min(f.X, len(*line))]
	case 'J':
		line := f.line(f.Y)
		*line = (*line)[:min(f.X, len(*line))]
		f.lines = f.lines[:f.Y+1]
	case 'm':
	default:
		panic(fmt.Sprintf("unknown escape sequence %q", string(text[:end+1])))
	}
	return text[end+1:]
}

// String returns what the terminal shows.
func (f *FakeTerminal) String() string {
	var b strings.Builder
	for _, line := range f.lines {
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// Writers write to all of them.
type Writers []io.Writer

// Write writes to all of them.
func (w Writers) Write(p []byte) (int, error) { return io.MultiWriter(w...).Write(p) }
