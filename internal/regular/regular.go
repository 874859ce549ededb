// Package regular opens regular files only. A pipe or a device in the place of a
// file is an error, because opening or reading it could wait for ever.
package regular

import (
	"errors"
	"io/fs"
	"os"
)

// ErrNot is the error for anything that is not a regular file.
var ErrNot = errors.New("is not a regular file")

// Check returns an error if path is not a regular file or a link to one. It does not
// open the file.
func Check(path string) error {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: ErrNot}
	}
	return err
}

// Open opens a regular file.
func Open(path string) (*os.File, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	return os.Open(path)
}
