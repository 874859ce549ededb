// Package fileversion reads the format version from files that begin with a line
// such as "plateau checkpoint 1".
package fileversion

import (
	"bytes"
	"strconv"
)

// Of returns the version of a file that begins with the name of its family, such as
// "plateau checkpoint ". Ok is false if it does not, or if no number follows.
func Of(file []byte, family string) (version int, ok bool) {
	rest, ok := bytes.CutPrefix(file, []byte(family))
	if !ok {
		return 0, false
	}
	number, _, ok := bytes.Cut(rest[:min(len(rest), longest)], []byte("\n"))
	if !ok {
		return 0, false
	}
	version, err := strconv.Atoi(string(number))
	return version, err == nil && version > 0
}

// longest is the largest number of bytes of a version and the end of its line.
const longest = 10
