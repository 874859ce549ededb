package terminal

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// A Terminal describes where text is shown: its size, and what it can show.
type Terminal struct {
	Columns, Rows int
	Unicode       bool // can show blocks and braille; otherwise only ASCII
	Colours       int  // 0, 16, 256 or allColours
}

const allColours = 1 << 24

// Narrow is the number of columns below which a terminal gets fewer words.
const Narrow = 60

// terminalAt describes what w leads to. moves reports whether that is a terminal that
// can move its cursor; otherwise t is a page of 80 columns without colours.
func terminalAt(w io.Writer, env func(string) string) (t Terminal, moves bool) {
	t = Terminal{Columns: 80, Rows: 24, Unicode: unicodeLocale(env, runtime.GOOS)}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return t, false
	}
	if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
		t.Columns, t.Rows = columns, rows
	}
	if dumb(env, runtime.GOOS) || !understandsEscapes(f) {
		return t, false
	}
	t.Colours = colours(env)
	return t, true
}

// unicodeLocale reports whether text may contain more than ASCII.
func unicodeLocale(env func(string) string, system string) bool {
	if system == "windows" {
		return true
	}
	if env("TERM") == "linux" { // the kernel's console, whose fonts have few blocks
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return false
}

// dumb reports whether a terminal can only print.
func dumb(env func(string) string, system string) bool {
	name := env("TERM")
	return name == "dumb" || name == "" && system != "windows"
}

// colours returns the number of colours of a terminal that can move its cursor; see
// no-color.org.
func colours(env func(string) string) int {
	name := env("TERM")
	switch {
	case env("NO_COLOR") != "" || strings.HasPrefix(name, "vt"):
		return 0
	case env("COLORTERM") == "truecolor" || env("COLORTERM") == "24bit" || env("WT_SESSION") != "":
		return allColours
	case strings.Contains(name, "256") || env("COLORTERM") != "":
		return 256
	}
	return 16
}

// Paint is a way to print text, as the parameters of the escape sequence SGR.
type Paint string

const (
	Plainly Paint = ""
	bold    Paint = "1"
	Dim     Paint = "2"
	Green   Paint = "32"
	Yellow  Paint = "33"
	Cyan    Paint = "36"
)

// painted returns text in a colour, if the terminal has colours.
func (t Terminal) painted(p Paint, text string) string {
	if t.Colours == 0 || p == Plainly || text == "" {
		return text
	}
	return "\x1b[" + string(p) + "m" + text + "\x1b[0m"
}

// A Row is a line for a terminal, built from left to right. It leaves out what does not
// fit, and keeps the last column free, because some terminals wrap the line there.
type Row struct {
	T    Terminal
	text strings.Builder
	Used int // number of columns in use
}

// Left returns the number of free columns.
func (r *Row) Left() int { return max(r.T.Columns-1-r.Used, 0) }

// Add appends a text in a paint.
func (r *Row) Add(p Paint, text string) {
	runes := []rune(Printable(text)) // each of them a column wide
	runes = runes[:min(len(runes), r.Left())]
	r.Used += len(runes)
	r.text.WriteString(r.T.painted(p, string(runes)))
}

// To appends spaces up to a column.
func (r *Row) To(column int) { r.Add(Plainly, strings.Repeat(" ", max(column-r.Used, 0))) }

// String returns the row without blanks at its end.
func (r *Row) String() string { return strings.TrimRight(r.text.String(), " ") }

// ColumnsOf returns the width of a line, without its escape sequences.
func ColumnsOf(line string) int {
	n, escape := 0, false
	for _, c := range line {
		switch {
		case c == '\x1b':
			escape = true
		case escape:
			escape = c != 'm'
		default:
			n++
		}
	}
	return n
}
