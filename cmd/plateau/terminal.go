package main

import (
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// A terminal describes where text is shown: its size, and what it can show.
type terminal struct {
	columns, rows int
	unicode       bool // can show blocks and braille; otherwise only ASCII
	colours       int  // 0, 16, 256 or allColours
}

const allColours = 1 << 24

// terminalAt describes what w leads to. moves reports whether that is a terminal that
// can move its cursor; otherwise t is a page of 80 columns without colours.
func terminalAt(w io.Writer, env func(string) string) (t terminal, moves bool) {
	t = terminal{columns: 80, rows: 24, unicode: unicodeLocale(env, runtime.GOOS)}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return t, false
	}
	if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
		t.columns, t.rows = columns, rows
	}
	if dumb(env, runtime.GOOS) || !understandsEscapes(f) {
		return t, false
	}
	t.colours = colours(env)
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

// paint is a way to print text, as the parameters of the escape sequence SGR.
type paint string

const (
	plainly paint = ""
	bold    paint = "1"
	dim     paint = "2"
	green   paint = "32"
	yellow  paint = "33"
	cyan    paint = "36"
)

// painted returns text in a colour, if the terminal has colours.
func (t terminal) painted(p paint, text string) string {
	if t.colours == 0 || p == plainly || text == "" {
		return text
	}
	return "\x1b[" + string(p) + "m" + text + "\x1b[0m"
}

// A row is a line for a terminal, built from left to right. It leaves out what does not
// fit, and keeps the last column free, because some terminals wrap the line there.
type row struct {
	t    terminal
	text strings.Builder
	used int // number of columns in use
}

// left returns the number of free columns.
func (r *row) left() int { return max(r.t.columns-1-r.used, 0) }

func (r *row) add(p paint, text string) {
	runes := []rune(printable(text)) // each of them a column wide
	runes = runes[:min(len(runes), r.left())]
	r.used += len(runes)
	r.text.WriteString(r.t.painted(p, string(runes)))
}

// to appends spaces up to a column.
func (r *row) to(column int) { r.add(plainly, strings.Repeat(" ", max(column-r.used, 0))) }

func (r *row) String() string { return strings.TrimRight(r.text.String(), " ") }

// columnsOf returns the width of a line, without its escape sequences.
func columnsOf(line string) int {
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
