// Package atomicfile writes files that are either whole or not there. It writes to
// a temporary file in the same folder, which gets its final name only after
// everything has reached the disk:
//
//	f, err := atomicfile.Create(path)
//	if err != nil {
//		return err
//	}
//	defer f.Abort() // without effect after Commit
//	if err := write(f); err != nil {
//		return err
//	}
//	return f.Commit()
//
// After a failure, an older file of that name is as it was, and nothing else is
// left behind. Only a process that is killed can leave its temporary file, whose
// name begins with a dot and ends with .tmp.
package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// A File is being written and does not have its name yet.
type File struct {
	path    string // the name that Commit gives it
	temp    *os.File
	replace bool
	err     error // of a failed Write
	done    bool
}

// Create begins a new file. If something with this name exists, Create or Commit
// returns an error that is fs.ErrExist and leaves it alone.
func Create(path string) (*File, error) {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return nil, refusal(path)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, wrap(path, err)
	}
	return begin(path, false, 0o666)
}

// Replace begins a file that replaces an existing one, if there is one, and keeps
// its permissions. If path is a symbolic link, it replaces the file behind the link.
func Replace(path string) (*File, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return begin(path, true, 0o666)
	}
	if err != nil {
		return nil, wrap(path, err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, wrap(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, wrap(path, errors.New("is not a regular file"))
	}
	f, err := begin(target, true, info.Mode().Perm())
	if err != nil {
		return nil, err
	}
	// Restore permissions that the umask removed.
	if err := f.temp.Chmod(info.Mode().Perm()); err != nil && runtime.GOOS != "windows" {
		f.Abort()
		return nil, wrap(path, err)
	}
	return f, nil
}

func begin(path string, replace bool, mode fs.FileMode) (*File, error) {
	folder, name := filepath.Split(path)
	if name == "" {
		return nil, fmt.Errorf("writing %q: want the name of a file", path)
	}
	for range 100 {
		temp := filepath.Join(folder, fmt.Sprintf(".%s.%08x.tmp", name, rand.Uint32()))
		f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, wrap(path, err)
		}
		return &File{path: path, temp: f, replace: replace}, nil
	}
	return nil, wrap(path, errors.New("no free name for a temporary file beside it"))
}

// Write appends to the file.
func (f *File) Write(b []byte) (int, error) {
	if f.done {
		return 0, wrap(f.path, fs.ErrClosed)
	}
	n, err := f.temp.Write(b)
	if err != nil {
		err = wrap(f.path, err)
		if f.err == nil {
			f.err = err
		}
	}
	return n, err
}

// Commit waits until the contents are on the disk and gives the file its name. If
// that fails, or a Write has failed before, it returns an error and aborts the file.
func (f *File) Commit() error {
	if f.done {
		return wrap(f.path, fs.ErrClosed)
	}
	defer f.Abort()
	if f.err != nil {
		return f.err
	}
	if err := f.temp.Sync(); err != nil {
		return wrap(f.path, err)
	}
	if err := f.temp.Close(); err != nil {
		return wrap(f.path, err)
	}
	if err := f.rename(); err != nil {
		return err
	}
	f.done = true
	if err := syncFolder(filepath.Dir(f.path)); err != nil {
		return wrap(f.path, err)
	}
	return nil
}

func (f *File) rename() error {
	temp := f.temp.Name()
	if !f.replace {
		// Unlike a rename, a link fails if the name has been taken meanwhile.
		err := os.Link(temp, f.path)
		if err == nil {
			if err := os.Remove(temp); err != nil {
				return wrap(f.path, errors.Join(err, os.Remove(f.path)))
			}
			return nil
		}
		// Some file systems have no links; there, checking first must do.
		if _, look := os.Lstat(f.path); errors.Is(err, fs.ErrExist) || look == nil {
			return refusal(f.path)
		}
	}
	if err := os.Rename(temp, f.path); err != nil {
		return wrap(f.path, err)
	}
	return nil
}

// syncFolder makes the new name survive a power cut, if the system can do that.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Abort removes the temporary file. After Commit or Abort it has no effect.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	f.temp.Close() // may be closed already
	if err := os.Remove(f.temp.Name()); err != nil {
		return wrap(f.path, err)
	}
	return nil
}

func refusal(path string) error {
	return fmt.Errorf("writing %s: something with this name exists: %w", path, fs.ErrExist)
}

// wrap returns an error that names the final file, not the temporary one.
func wrap(path string, err error) error {
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	} else if cause, ok := errors.AsType[*os.LinkError](err); ok {
		err = cause.Err
	}
	return fmt.Errorf("writing %s: %w", path, err)
}
