package terminal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Cause returns the reason why a file operation failed, for messages that name the file
// themselves.
func Cause(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}

// Writing says which file could not be written, and why.
func Writing(path string, err error) error {
	return fmt.Errorf("writing %s: %w", path, Cause(err))
}
