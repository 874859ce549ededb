package dataset

import (
	"fmt"
	"strings"
)

// A MissingError says that a data set, or some of its files, is in none of the
// folders where it may be.
type MissingError struct {
	Name   string   // the data set
	Files  []string // what is missing in the folder that comes closest
	Looked []string // every folder that was looked at, in order
	Exact  bool     // the user named the folder
}

func (e *MissingError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "dataset: %s not found: missing %s\nlooked in:", e.Name, strings.Join(e.Files, ", "))
	for _, dir := range e.Looked {
		fmt.Fprintf(&b, "\n  %s", dir)
	}
	if len(e.Looked) == 0 {
		b.WriteString("\n  (nowhere: $PLATEAU_DATA is not set and there is no cache folder)")
	}
	fmt.Fprintf(&b, "\nto download it: plateau data fetch %s", e.Name)
	if e.Exact {
		fmt.Fprintf(&b, "\n(only the given folder was searched; without it, $PLATEAU_DATA and the user's cache are)")
	}
	return b.String()
}

// A FormatError says that a file does not hold what its format promises.
type FormatError struct {
	Path string
	Err  error
}

func (e *FormatError) Error() string { return "dataset: " + e.Path + ": " + e.Err.Error() }
func (e *FormatError) Unwrap() error { return e.Err }

// An UnknownError says that there is no data set of that name.
type UnknownError struct{ Name string }

func (e *UnknownError) Error() string {
	return fmt.Sprintf("dataset: no data set %q, want one of %s", e.Name, strings.Join(Names(), ", "))
}
