// Package sealed checks files that begin with a line that names their family and version,
// such as "plateau checkpoint 1", and end with the SHA-256 of everything before.
package sealed

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What may be wrong with a file.
var (
	ErrForeign = errors.New("it does not begin with the line of its family")
	ErrShort   = errors.New("it is cut short")
	ErrDamaged = errors.New("its checksum does not match")
)

// A LaterError says that a file has a later version of its format.
type LaterError struct{ Version, Known int }

func (e *LaterError) Error() string {
	return fmt.Sprintf("it has version %d, and versions up to %d are known", e.Version, e.Known)
}

// Contents checks a file of the given size whose first line is line, with "\n" at its end,
// and returns what stands between that and the digest. The error is one of the above, or
// that of reading.
func Contents(from io.ReaderAt, size int64, line string) (*io.SectionReader, error) {
	start := make([]byte, min(size, int64(len(line)+longest)))
	if _, err := from.ReadAt(start, 0); err != nil && err != io.EOF {
		return nil, err
	}
	family := line[:strings.LastIndexByte(line, ' ')+1]
	known, _ := version([]byte(line), family)
	switch v, ok := version(start, family); {
	case !ok || v < known:
		return nil, ErrForeign
	case v > known:
		return nil, &LaterError{v, known}
	}
	end := size - sha256.Size
	if end < int64(len(line)) {
		return nil, ErrShort
	}
	sum, digest := sha256.New(), make([]byte, sha256.Size)
	if _, err := io.Copy(sum, io.NewSectionReader(from, 0, end)); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(io.NewSectionReader(from, end, sha256.Size), digest); err != nil {
		return nil, err
	}
	if !bytes.Equal(sum.Sum(nil), digest) {
		return nil, ErrDamaged
	}
	return io.NewSectionReader(from, int64(len(line)), end-int64(len(line))), nil
}

// version returns the version of a file that begins with the name of its family. Ok is
// false if it does not, or if no number follows.
func version(file []byte, family string) (version int, ok bool) {
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
