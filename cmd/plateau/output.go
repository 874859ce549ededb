package main

import "plateau/internal/atomicfile"

// createFile begins a file that appears only when it is complete. With replace it may
// take the place of another file, which stays until then.
func createFile(path string, replace bool) (*atomicfile.File, error) {
	if replace {
		return atomicfile.Replace(path)
	}
	return atomicfile.Create(path)
}

// saveFile writes a file, completely or not at all.
func saveFile(path string, replace bool, content []byte) error {
	f, err := createFile(path, replace)
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := f.Write(content); err != nil {
		return err
	}
	return f.Commit()
}
