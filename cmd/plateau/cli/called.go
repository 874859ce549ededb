package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"plateau/cmd/plateau/terminal"
)

// Command returns a command line that calls the program with the given words. It uses
// the name by which the program was called, which need not be on the PATH.
func Command(words ...string) string {
	line := Program()
	for _, w := range words {
		line += " " + ShellWord(w)
	}
	return line
}

// Argument returns a path in a form that cannot be mistaken for an option.
func Argument(path string) string {
	if strings.HasPrefix(path, "-") {
		return "." + string(filepath.Separator) + path
	}
	return path
}

// Program returns how the program was called, quoted for a shell.
func Program() string {
	var source string
	if info, ok := debug.ReadBuildInfo(); ok {
		source = info.Path
	}
	here, err := os.Getwd()
	if err != nil {
		return ShellWord(os.Args[0])
	}
	return calledAs(os.Args[0], source, here, os.Getenv("PWD"))
}

// ranByGo matches the paths from which go run starts a program: in a temporary folder,
// or in its build cache.
var ranByGo = regexp.MustCompile(`/(go-build[0-9]*/b[0-9]+/exe|[0-9a-f]{2}/[0-9a-f]{64}-d)/[^/]+$`)

// calledAs returns how a user whose shell is in the folder shell has called the program
// of the package source, whose name is name and whose working folder is here.
func calledAs(name, source, here, shell string) string {
	if !ranByGo.MatchString(filepath.ToSlash(name)) {
		return ShellWord(name)
	}
	goes := "go"
	if shell != "" && !Same(shell, here) {
		goes += " -C " + ShellWord(here)
	}
	if IsFolder(filepath.Join(here, "cmd", "plateau")) {
		return goes + " run ./cmd/plateau"
	}
	for folder := here; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil && source != "" {
			return goes + " run " + source
		}
		if folder == filepath.Dir(folder) {
			return ShellWord(name)
		}
	}
}

// AsCalled replaces "plateau" in the commands of a text by the way in which the program
// was called.
func AsCalled(text string) string {
	return OwnCommand.ReplaceAllStringFunc(text, func(words string) string {
		return Program() + strings.TrimPrefix(words, "plateau")
	})
}

var OwnCommand = regexp.MustCompile(`\bplateau (bench|train|test|trial|plot|inspect|view|replay|export|data|config|version|completion)\b`)

// ShellWord quotes a word if a shell would not take it literally.
func ShellWord(s string) string {
	if runtime.GOOS == "windows" {
		return windowsWord(s)
	}
	return UnixWord(s)
}

var plainWord = regexp.MustCompile(`^[\pL\pN_@%+:,./\\-][\pL\pN_@%+=:,./\\-]*$`)

// UnixWord quotes for the shells of Unix.
func UnixWord(s string) string {
	switch {
	case terminal.Printable(s) != s || strings.ContainsAny(s, "\n\t"):
		return "$'" + escaped(s) + "'"
	case plainWord.MatchString(s) && !strings.Contains(s, `\`):
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// escaped writes a word that cannot be printed with escapes, for use between $' and '.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range terminal.SplitRunes(s) {
		switch {
		case r == `\` || r == "'":
			b.WriteString(`\` + r)
		case terminal.Printable(r) == r && r != "\n" && r != "\t":
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

// FetchCommand is the command that fetches a data set into the given folder, or the
// usual one.
func FetchCommand(name, dir string) string {
	if dir == "" {
		return Command("data", "fetch", name)
	}
	return Command("data", "fetch", name, "--data-dir", Argument(dir))
}

// Same reports whether two paths name the same file.
func Same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// IsFolder reports whether there is a folder at a path.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
