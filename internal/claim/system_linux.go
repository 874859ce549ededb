package claim

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// system returns which machine this is, which of its starts, and the space in which
// processes are numbered: containers on one machine cannot see each other's processes.
func system() (machine, boot, space string) {
	first := func(path string) string {
		b, _ := os.ReadFile(path)
		return strings.TrimSpace(string(b))
	}
	space, _ = os.Readlink("/proc/self/ns/pid")
	return first("/etc/machine-id"), first("/proc/sys/kernel/random/boot_id"), space
}

// began is the clock tick at which a process was started, "" if that is not known.
func began(process int) string { return stat(process, 22) }

// ended reports whether a process has ended and only waits for its parent to ask for
// its status.
func ended(process int) bool {
	state := stat(process, 3)
	return state == "Z" || state == "X"
}

// stat returns a field of what the system says about a process, counted from 1 as in
// the system's manual.
func stat(process, field int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process))
	if err != nil {
		return ""
	}
	// The second field is the program's name in brackets, with spaces as it likes.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) <= field-3 {
		return ""
	}
	return fields[field-3]
}
