package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"plateau/internal/atomicfile"
)

// CreateFile begins a file that appears only when it is complete. With replace it may
// take the place of another file, which stays until then.
func CreateFile(path string, replace bool) (*atomicfile.File, error) {
	if replace {
		return atomicfile.Replace(path)
	}
	return atomicfile.Create(path)
}

// SaveFile writes a file, completely or not at all.
func SaveFile(path string, replace bool, content []byte) error {
	f, err := CreateFile(path, replace)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Commit()
}

// CheckNew checks, before anything is computed, that a file can be written at path and,
// without force, that there is none yet.
func CheckNew(path string, force bool) error { return CheckFree("--out", path, force) }

// CheckFree does that for the file of any option.
func CheckFree(option, path string, force bool) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s %s: is a folder; want the name of a file", option, path)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s %s: is not a regular file; want the name of a file", option, path)
	case err == nil && !force:
		return fmt.Errorf("%s %s: the file is there already; --force replaces it, or choose another name", option, path)
	}
	folder := filepath.Dir(path)
	if info, err := os.Stat(folder); err != nil {
		return fmt.Errorf("%s %s: there is no folder %s", option, path, folder)
	} else if !info.IsDir() {
		return fmt.Errorf("%s %s: %s is not a folder", option, path, folder)
	}
	return nil
}
