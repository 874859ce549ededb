package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

// fakeTerminal obeys what a screen writes, as a terminal does, and scrolls. It
// knows no other escape sequences than the screen needs.
type fakeTerminal struct {
	columns, rows int
	lines         [][]rune // all, those that have scrolled away too
	x, y          int      // of the cursor; y counts in lines
}

func (f *fakeTerminal) Write(p []byte) (int, error) {
	text := []rune(string(p))
	for len(text) > 0 {
		c := text[0]
		text = text[1:]
		switch c {
		case '\n':
			f.x, f.y = 0, f.y+1
		case '\r':
			f.x = 0
		case '\x1b':
			text = f.escape(text)
		default:
			if f.x == f.columns {
				f.x, f.y = 0, f.y+1
			}
			line := f.line(f.y)
			for len(*line) <= f.x {
				*line = append(*line, ' ')
			}
			(*line)[f.x] = c
			f.x++
		}
	}
	return len(p), nil
}

func (f *fakeTerminal) line(y int) *[]rune {
	for len(f.lines) <= y {
		f.lines = append(f.lines, nil)
	}
	return &f.lines[y]
}

func (f *fakeTerminal) escape(text []rune) []rune {
	end := strings.IndexFunc(string(text), func(c rune) bool { return c >= 'A' && c != '[' })
	n := 0
	fmt.Sscanf(string(text[1:end]), "%d", &n)
	switch text[end] {
	case 'A': // up, to the first line that is to be seen
		f.y = max(f.y-n, max(len(f.lines), f.y+1)-f.rows, 0)
	case 'K':
		line := f.line(f.y)
		*line = (*line)[:min(f.x, len(*line))]
	case 'J':
		line := f.line(f.y)
		*line = (*line)[:min(f.x, len(*line))]
		f.lines = f.lines[:f.y+1]
	case 'm':
	default:
		panic(fmt.Sprintf("unknown escape sequence %q", string(text[:end+1])))
	}
	return text[end+1:]
}

func (f *fakeTerminal) String() string {
	var b strings.Builder
	for _, line := range f.lines {
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// writers write to all of them.
type writers []io.Writer

func (w writers) Write(p []byte) (int, error) { return io.MultiWriter(w...).Write(p) }

func newFake(columns, rows int) (*fakeTerminal, *console) {
	f := &fakeTerminal{columns: columns, rows: rows}
	return f, &console{out: f, err: f, screen: &screen{
		to: f, size: func() terminal { return terminal{f.columns, f.rows, true, 16} },
	}}
}

// Lines are drawn in place, whatever was there, and results go above them.
func TestScreen(t *testing.T) {
	f, con := newFake(20, 10)
	want := func(text string) {
		t.Helper()
		if got := f.String(); got != text {
			t.Errorf("the terminal shows\n%swant\n%s", got, text)
		}
	}
	con.line("table")
	con.screen.show([]string{"one", "two two", "three"})
	want("table\none\ntwo two\nthree\n")
	con.screen.show([]string{"1", (terminal{colours: 16}).painted(green, "2")})
	want("table\n1\n2\n")
	if f.y != 3 || f.x != 0 {
		t.Errorf("the cursor is in line %d, column %d, want the line below", f.y, f.x)
	}
	con.line("row 1")
	want("table\nrow 1\n")
	con.screen.show([]string{"a", "b", "c"})
	con.note("note: be warned")
	con.screen.show([]string{"a", "b"})
	con.event("nobody asked for this")
	want("table\nrow 1\nnote: be warned\na\nb\n")
	con.json = true
	con.event(4)
	want("table\nrow 1\nnote: be warned\n4\n")
	con.clear()
	con.clear()
	want("table\nrow 1\nnote: be warned\n4\n")
}

// At the foot of a terminal, and with more lines than it has, nothing but the
// view is touched.
func TestScreenIsFull(t *testing.T) {
	f, con := newFake(20, 5)
	for k := range 7 {
		con.line("row %d", k)
		con.screen.show([]string{"a", "b", "c", "d", "e", "f"})
		con.screen.show([]string{"a", "b", "c", "d", "e", "f"})
	}
	con.clear()
	if got := f.String(); got != "row 0\nrow 1\nrow 2\nrow 3\nrow 4\nrow 5\nrow 6\n" {
		t.Errorf("got %s", got)
	}
}

// A window that is made narrower breaks the lines that are longer, and one that
// is made wider joins them again.
func TestScreenIsResized(t *testing.T) {
	for _, test := range []struct {
		columns int
		up      string
	}{{80, "\r\x1b[3A"}, {70, "\r\x1b[3A\x1b[J"}, {69, "\r\x1b[4A\x1b[J"}, {30, "\r\x1b[6A\x1b[J"}, {120, "\r\x1b[3A\x1b[J"}} {
		var b bytes.Buffer
		columns := 80
		s := &screen{to: &b, size: func() terminal { return terminal{columns, 24, true, 16} }}
		s.show([]string{strings.Repeat("x", 70), "\x1b[32m" + strings.Repeat("━", 35) + "\x1b[0m", ""})
		b.Reset()
		columns = test.columns
		s.show([]string{"y"})
		if want := test.up + "y\x1b[K\n\x1b[J"; b.String() != want {
			t.Errorf("from 80 to %d columns: %q, want %q", test.columns, b.String(), want)
		}
	}
}

func TestProgressBar(t *testing.T) {
	f, con := newFake(50, 10)
	p := con.progress("counting", 100, func(done int64, elapsed time.Duration) string { return fmt.Sprintf("%d of 100", done) })
	p.at(10)
	if f.String() != "\n" {
		t.Errorf("too early: %s", f)
	}
	p.shown = p.shown.Add(-2 * drawEvery)
	p.at(50)
	p.at(60)
	if want := "counting  " + strings.Repeat("━", 14) + strings.Repeat("─", 14) + "  50 of 100\n"; f.String() != want {
		t.Errorf("got\n%swant\n%s", f, want)
	}
	p.end()
	if f.String() != "\n" {
		t.Errorf("left behind: %s", f)
	}
	if got := barLine(terminal{columns: 30}, "a file", 0.5, "12.3 MB of 24.6 MB"); got != "a file  12.3 MB of 24.6 MB" {
		t.Errorf("narrow: %q", got)
	}
	if got := barLine(terminal{columns: 40}, "a file", 0.5, "12.3 of 24.6 MB"); got != "a file  #######-------  12.3 of 24.6 MB" {
		t.Errorf("ASCII: %q", got)
	}
}

// What the environment says of a terminal.
func TestTerminal(t *testing.T) {
	env := func(pairs string) func(string) string {
		return func(name string) string {
			for pair := range strings.FieldsSeq(pairs) {
				if key, value, _ := strings.Cut(pair, "="); key == name {
					return value
				}
			}
			return ""
		}
	}
	for _, test := range []struct {
		env     string
		unicode bool
		colours int
		dumb    bool
	}{
		{"TERM=xterm LANG=C.UTF-8", true, 16, false},
		{"TERM=xterm-256color LANG=de_DE.utf8", true, 256, false},
		{"TERM=screen LANG=en_US.UTF-8 LC_ALL=C", false, 16, false},
		{"TERM=screen LANG=C LC_CTYPE=C.UTF-8", true, 16, false},
		{"TERM=xterm-256color NO_COLOR=1", false, 0, false},
		{"TERM=xterm COLORTERM=truecolor", false, allColours, false},
		{"TERM=xterm COLORTERM=yes", false, 256, false},
		{"TERM=linux LANG=C.UTF-8", false, 16, false},
		{"TERM=vt100 LANG=C.UTF-8", true, 0, false},
		{"TERM=dumb LANG=C.UTF-8", true, 16, true},
		{"LANG=C.UTF-8", true, 16, true},
	} {
		e := env(test.env)
		if got := unicodeLocale(e, "linux"); got != test.unicode {
			t.Errorf("%s: Unicode %v, want %v", test.env, got, test.unicode)
		}
		if got := colours(e); got != test.colours {
			t.Errorf("%s: %d colours, want %d", test.env, got, test.colours)
		}
		if got := dumb(e, "linux"); got != test.dumb {
			t.Errorf("%s: dumb %v, want %v", test.env, got, test.dumb)
		}
	}
	if windows := env(""); !unicodeLocale(windows, "windows") || dumb(windows, "windows") {
		t.Error("Windows has no such variables")
	}
	file, err := os.Create(t.TempDir() + "/file")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got, moves := terminalAt(file, env("TERM=xterm LANG=C.UTF-8")); moves || got != (terminal{80, 24, true, 0}) {
		t.Errorf("a file is a terminal: %v, %v", got, moves)
	}
}
