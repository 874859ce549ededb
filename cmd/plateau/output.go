package main

import "plateau/internal/atomicfile"

// createFile begins a file that is whole or not there. With replace it may take
// the place of another, which stays until it is whole.
func createFile(path string, replace bool) (*atomicfile.File, error) {
	if replace {
		return atomicfile.Replace(path)
	}
	return atomicfile.Create(path)
}

// saveFile writes a file that is whole or not there.
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
