package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
)

// command is what to type so that the program is called once more with such words:
// by the name by which it was called this time, as it need not be on the PATH.
func command(words ...string) string {
	line := program()
	for _, w := range words {
		line += " " + shellWord(w)
	}
	return line
}

// argument is a path that cannot be taken for an option.
func argument(path string) string {
	if strings.HasPrefix(path, "-") {
		return "." + string(filepath.Separator) + path
	}
	return path
}

// program is how the program was called, in the words of a shell.
func program() string {
	var source string
	if info, ok := debug.ReadBuildInfo(); ok {
		source = info.Path
	}
	here, err := os.Getwd()
	if err != nil {
		return shellWord(os.Args[0])
	}
	return calledAs(os.Args[0], source, here, os.Getenv("PWD"))
}

// ranByGo are the places from which go run starts a program: a folder that is gone
// afterwards, or the one where it keeps what it has built.
var ranByGo = regexp.MustCompile(`/(go-build[0-9]*/b[0-9]+/exe|[0-9a-f]{2}/[0-9a-f]{64}-d)/[^/]+$`)

// calledAs is how somebody in the folder shell has called the program of the package
// source, which is called name and works in the folder here.
func calledAs(name, source, here, shell string) string {
	if !ranByGo.MatchString(filepath.ToSlash(name)) {
		return shellWord(name)
	}
	goes := "go"
	if shell != "" && !same(shell, here) {
		goes += " -C " + shellWord(here)
	}
	if isFolder(filepath.Join(here, "cmd", "plateau")) {
		return goes + " run ./cmd/plateau"
	}
	for folder := here; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil && source != "" {
			return goes + " run " + source
		}
		if folder == filepath.Dir(folder) {
			return shellWord(name)
		}
	}
}

// asCalled puts the words by which the program was called into a text of its own that
// names commands.
func asCalled(text string) string {
	return ownCommand.ReplaceAllStringFunc(text, func(words string) string {
		return program() + strings.TrimPrefix(words, "plateau")
	})
}

var ownCommand = regexp.MustCompile(`\bplateau (bench|train|test|trial|plot|inspect|view|replay|export|data|config|version|completion)\b`)

// shellWord quotes a word where a shell would take it for something else.
func shellWord(s string) string {
	if runtime.GOOS == "windows" {
		return windowsWord(s)
	}
	return unixWord(s)
}

var plainWord = regexp.MustCompile(`^[\pL\pN_@%+:,./\\-][\pL\pN_@%+=:,./\\-]*$`)

// unixWord quotes for the shells of Unix.
func unixWord(s string) string {
	switch {
	case printable(s) != s || strings.ContainsAny(s, "\n\t"):
		return "$'" + escaped(s) + "'"
	case plainWord.MatchString(s) && !strings.Contains(s, `\`):
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// escaped writes a word byte by byte as between $' and ', where it cannot be printed.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range splitRunes(s) {
		switch {
		case r == `\` || r == "'":
			b.WriteString(`\` + r)
		case printable(r) == r && r != "\n" && r != "\t":
			b.WriteString(r)
		default:
			for i := range len(r) {
				fmt.Fprintf(&b, `\%03o`, r[i])
			}
		}
	}
	return b.String()
}

// windowsWord quotes for the shells of Windows, where backslashes are in every path
// and quotation marks in none.
func windowsWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"`
}
