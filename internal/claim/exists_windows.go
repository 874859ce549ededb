package claim

import (
	"errors"

	"golang.org/x/sys/windows"
)

// exists reports whether there is a process of this number.
func exists(process int) bool {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(process))
	if err != nil {
		return !errors.Is(err, windows.ERROR_INVALID_PARAMETER)
	}
	defer windows.CloseHandle(h)
	const stillActive = 259
	var status uint32
	if err := windows.GetExitCodeProcess(h, &status); err != nil {
		return true
	}
	return status == stillActive
}
