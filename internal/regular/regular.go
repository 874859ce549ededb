// Package regular opens files that hold something. A pipe or a device that stands
// where a file should be is an error, where opening it could wait for ever.
package regular

import (
	"errors"
	"io/fs"
	"os"
)

// ErrNot is the error of what is no regular file.
var ErrNot = errors.New("is not a regular file")

// Check returns an error if path is not that of a regular file, or of a link to
// one. It does not open it.
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
