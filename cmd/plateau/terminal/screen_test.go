package terminal

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"plateau/cmd/plateau/plateautest"
)

func newFake(columns, rows int) (*plateautest.FakeTerminal, *Console) {
	f := &plateautest.FakeTerminal{Columns: columns, Rows: rows}
	return f, &Console{Out: f, Err: f, Screen: &Screen{
		To: f, Size: func() Terminal { return Terminal{f.Columns, f.Rows, true, 16} },
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
	con.Line("table")
	con.Screen.show([]string{"one", "two two", "three"})
	want("table\none\ntwo two\nthree\n")
	con.Screen.show([]string{"1", (Terminal{Colours: 16}).painted(Green, "2")})
	want("table\n1\n2\n")
	if f.Y != 3 || f.X != 0 {
		t.Errorf("the cursor is in line %d, column %d, want the line below", f.Y, f.X)
	}
	con.Line("row 1")
	want("table\nrow 1\n")
	con.Screen.show([]string{"a", "b", "c"})
	con.Note("note: be warned")
	con.Screen.show([]string{"a", "b"})
	con.Event("nobody asked for this")
	want("table\nrow 1\nnote: be warned\na\nb\n")
	con.JSON = true
	con.Event(4)
	want("table\nrow 1\nnote: be warned\n4\n")
	con.Clear()
	con.Clear()
	want("table\nrow 1\nnote: be warned\n4\n")
}

// At the foot of a terminal, and with more lines than it has, nothing but the
// view is touched.
func TestScreenIsFull(t *testing.T) {
	f, con := newFake(20, 5)
	for k := range 7 {
		con.Line("row %d", k)
		con.Screen.show([]string{"a", "b", "c", "d", "e", "f"})
		con.Screen.show([]string{"a", "b", "c", "d", "e", "f"})
	}
	con.Clear()
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
		s := &Screen{To: &b, Size: func() Terminal { return Terminal{columns, 24, true, 16} }}
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
	p := con.Progress("counting", 100, func(done int64, elapsed time.Duration) string { return fmt.Sprintf("%d of 100", done) })
	p.At(10)
	if f.String() != "\n" {
		t.Errorf("too early: %s", f)
	}
	p.shown = p.shown.Add(-2 * drawEvery)
	p.At(50)
	p.At(60)
	if want := "counting  " + strings.Repeat("━", 14) + strings.Repeat("─", 14) + "  50 of 100\n"; f.String() != want {
		t.Errorf("got\n%swant\n%s", f, want)
	}
	p.End()
	if f.String() != "\n" {
		t.Errorf("left behind: %s", f)
	}
	if got := barLine(Terminal{Columns: 30}, "a file", 0.5, "12.3 MB of 24.6 MB"); got != "a file  12.3 MB of 24.6 MB" {
		t.Errorf("narrow: %q", got)
	}
	if got := barLine(Terminal{Columns: 40}, "a file", 0.5, "12.3 of 24.6 MB"); got != "a file  #######-------  12.3 of 24.6 MB" {
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
	if got, moves := terminalAt(file, env("TERM=xterm LANG=C.UTF-8")); moves || got != (Terminal{80, 24, true, 0}) {
		t.Errorf("a file is a terminal: %v, %v", got, moves)
	}
}
