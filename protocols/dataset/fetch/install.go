package fetch

import (
	"os"
	"path/filepath"
)

// install gives a complete file its name in one step, after writing it to the disk.
func install(part, path string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return err
	}
	os.Remove(part + originSuffix)
	// The new name is stored in the folder, so write that to the disk too. Not
	// every system can, and the file is good either way.
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return nil
}
