package terminal

import (
	"os"

	"golang.org/x/sys/windows"
)

// understandsEscapes asks the console to obey escape sequences. It can since Windows
// 10, but does not by default.
func understandsEscapes(f *os.File) bool {
	h := windows.Handle(f.Fd())
	var mode uint32
	if err := windows.GetConsoleMode(h, &mode); err != nil {
		return false
	}
	return windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
