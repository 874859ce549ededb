package plateautest

import (
	"encoding/json"
	"errors"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plateau/internal/claim"
)

var Update = flag.Bool("update", false, "write what the tests make of the pages of docs and the goldens of testdata anew")

// Golden compares text with a file of testdata; go test ./cmd/plateau -update
// writes the file anew.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *Update {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
	}
}

// Frame is a view with marks at both edges of the terminal.
func Frame(t *testing.T, columns int, columnsOf func(string) int, lines []string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range lines {
		if n := columnsOf(line); n >= columns {
			t.Errorf("a line of %d columns in a terminal of %d, want one to be free: %q", n, columns, line)
		}
		b.WriteString(strings.ReplaceAll(line, "\x1b", "␛") + "\n")
	}
	return b.String()
}

// JSONLines parses JSON lines, each of which must be an object with an event.
func JSONLines(t *testing.T, text string) []map[string]any {
	t.Helper()
	var events []map[string]any
	for line := range strings.Lines(text) {
		var e map[string]any
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("not a JSON object: %q: %v", line, err)
		}
		if e["event"] == "" || e["event"] == nil {
			t.Fatalf("no event in %q", line)
		}
		events = append(events, e)
	}
	return events
}

// Tree lists everything below the current folder.
func Tree(t *testing.T) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if path != "." {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Empty changes to an empty folder, where no data sets are found.
func Empty(t *testing.T) {
	t.Helper()
	t.Setenv("PLATEAU_DATA", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("KERAS_HOME", t.TempDir())
	t.Chdir(t.TempDir())
}

// Held reports whether an error says that another process has claimed a folder.
func Held(err error) bool {
	_, ok := errors.AsType[*claim.Held](err)
	return ok
}

// WriteFile writes a file.
func WriteFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// ReadFile returns what is in a file.
func ReadFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Near checks that got is want, up to a tolerance that is relative where want is large.
func Near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}
