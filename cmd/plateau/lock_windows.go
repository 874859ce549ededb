package main

import (
	"errors"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// lockFolder takes a folder for this process alone until the lock is released or
// the process ends, however it ends: a file that nobody else can open and that is
// gone when it is closed.
func lockFolder(path string) (release func(), err error) {
	name, err := windows.UTF16PtrFromString(filepath.Join(path, lockName))
	if err != nil {
		return nil, err
	}
	const nobodyElse = 0
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, nobodyElse, nil,
		windows.CREATE_ALWAYS, windows.FILE_ATTRIBUTE_HIDDEN|windows.FILE_FLAG_DELETE_ON_CLOSE, 0)
	if errors.Is(err, windows.ERROR_SHARING_VIOLATION) {
		return nil, errLocked
	}
	if err != nil {
		return nil, err
	}
	return func() { windows.CloseHandle(h) }, nil
}
