package dataset

import (
	"fmt"
	"slices"
	"strings"
)

// A MissingError says that a data set, or some of its files, was found in none of
// the folders, and where to put the files. Package fetch downloads them.
type MissingError struct {
	Name   string   // the data set
	Files  []string // what is missing in the folder that has most of the files
	Near   string   // that folder; "" if none of the files is in any
	Looked []string // every folder that was searched, together with the folders below it
	Put    string   // the folder to put the files into; "" if there is none
	Python string   // a folder with the Python version, which Load cannot read; "" if there is none
	Exact  string   // the folder that the user named; "" for none
}

func (e *MissingError) Error() string {
	info, err := Lookup(e.Name)
	if err != nil {
		info = Info{Name: e.Name}
	}
	var b strings.Builder
	if e.Near == "" {
		fmt.Fprintf(&b, "dataset: %s not found", e.Name)
	} else {
		fmt.Fprintf(&b, "dataset: %s is incomplete: %s missing in %s", e.Name, list(e.Files, "and"), e.Near)
	}
	subs := slices.DeleteFunc(subfolders(info), func(sub string) bool { return sub == "." })
	switch {
	case len(e.Looked) == 0:
		b.WriteString("\nlooked nowhere: $PLATEAU_DATA is not set and there is no cache folder")
	default:
		fmt.Fprintf(&b, "\nlooked in %s, and there in %s", list(e.Looked, "and"), list(subs, "and"))
	}
	if e.Python != "" {
		fmt.Fprintf(&b, "\n%s holds the version for Python, which cannot be read; the binary version can", e.Python)
	}
	if e.Exact != "" {
		b.WriteString("\n(only the given folder was searched; without it, $PLATEAU_DATA and the user's caches are)")
	}
	put := e.Put
	if put == "" {
		put = "a folder that $PLATEAU_DATA names"
	}
	b.WriteString("\nwithout a network: put these files")
	if len(info.Files) > 0 && !info.Files[0].inArray() {
		b.WriteString(", each with .gz if it is gzipped,")
	}
	fmt.Fprintf(&b, " into %s", put)
	if info.Packed != "" {
		fmt.Fprintf(&b, " (%s holds them)", info.Packed)
	}
	for _, name := range e.Files {
		fmt.Fprintf(&b, "\n  %s", name)
	}
	return b.String()
}

// A FormatError says that a file is damaged, or not of the format that it should
// have.
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
